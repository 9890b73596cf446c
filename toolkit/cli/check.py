"""`aftersales check`: every row's faults at their cells; writes nothing."""

from __future__ import annotations

import typer

from toolkit.cli.options import AsJson, BookName, Config, Now, Quiet, Verbose


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("check", help="Validate every row: tab!cell, code, words. Writes nothing.")(check)


def check(
    config: Config = None,
    book: BookName = None,
    now: Now = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Validate every row."""
    from toolkit.app.desk import opened
    from toolkit.app.own_letters import letter_findings
    from toolkit.app.planned import planned
    from toolkit.app.planning import chosen_jobs, words_of
    from toolkit.cli import as_json as json
    from toolkit.cli.plan import show_findings
    from toolkit.cli.session import moment, settings_of
    from toolkit.cli.show import complain, say, working
    from toolkit.core.finding import Severity

    settings = settings_of(config, quiet=quiet, verbose=verbose)
    words = words_of(settings)
    with opened(settings, book) as desk, working("reading the registers", quiet=quiet):
        made = planned(desk, moment(now, settings), chosen_jobs(()))
    found = (*made.findings, *letter_findings(settings))
    errors = sum(one.severity is Severity.ERROR for one in found)
    if as_json:
        findings = [json.Shown(made.snapshot, words).finding(one) for one in found]
        say(json.dumped({"now": made.now.isoformat(), "books": json.books(made), "findings": findings}))
    else:
        show_findings(found, words)
        if not quiet:
            rows = sum(len(one.rows) for one in made.snapshot.tables)
            complain(f"{rows} rows read, {errors} errors, {len(found) - errors} warnings")
    for refused in made.read.refused:
        complain(str(refused))
    raise typer.Exit(3 if made.read.refused else 1 if errors else 0)

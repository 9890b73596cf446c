"""`aftersales plan`: what a run would do, and why; writes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from toolkit.cli.options import AcceptLoss, AsJson, BookName, Config, Full, Jobs, Now, Quiet, Verbose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from toolkit.app.planned import Planned
    from toolkit.core.finding import Finding
    from toolkit.core.message import Message
    from toolkit.core.words import Words


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "plan", help="What run would do: cells, rows, messages, findings, each with its reason. Writes nothing."
    )(plan)


def plan(
    jobs: Jobs = None,
    config: Config = None,
    book: BookName = None,
    now: Now = None,
    accept_loss: AcceptLoss = None,
    as_json: AsJson = False,
    full: Full = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """What run would do."""
    from toolkit.app.desk import opened
    from toolkit.app.planned import planned
    from toolkit.app.planning import chosen_jobs, words_of
    from toolkit.cli import as_json as json
    from toolkit.cli.session import moment, settings_of
    from toolkit.cli.show import complain, say, working

    settings = settings_of(config, quiet=quiet, verbose=verbose)
    chosen = chosen_jobs(jobs or ())
    with opened(settings, book, accept_loss or ()) as desk, working("planning", quiet=quiet):
        made = planned(desk, moment(now, settings), chosen)
    words = words_of(settings)
    if as_json:
        say(json.dumped(json.Shown(made.snapshot, words).plan(made, full=full)))
    else:
        show_plan(made, words, full=full)
        if not quiet:
            complain(
                f"{len(made.plan.edits)} cells, {len(made.plan.appends)} rows, {len(made.letters.new)} messages, "
                f"{len(made.findings)} findings; nothing was written. `aftersales run` does it"
            )
    for refused in made.read.refused:
        complain(str(refused))
    skipped = any(one.code in ("missing-column", "duplicate-column") for one in made.findings)
    raise typer.Exit(3 if made.read.refused else 1 if skipped else 0)


def show_plan(made: Planned, words: Words, *, full: bool = False) -> None:
    """The plan as tables."""
    from toolkit.cli.as_json import Shown
    from toolkit.cli.show import say, table

    shown = Shown(made.snapshot, words)
    cells = (
        [one[name] for name in ("cell", "key", "old", "new", "reason")] for one in map(shown.edit, made.plan.edits)
    )
    rows = [
        (
            one.register,
            " ".join(str(value) for value in one.values.values() if value is not None),
            words.say(one.reason),
        )
        for one in made.plan.appends
    ]
    if made.plan.edits:
        table(("cell", "key", "old", "new", "why"), cells, title="Cells", styles=("cyan",))
    if rows:
        table(("register", "values", "why"), rows, title="Rows to append")
    if made.letters.new:
        letters = [_letter(one, words) for one in made.letters.new]
        table(("state", "channel", "to", "subject", "why"), letters, title="Messages", styles=("", "cyan"))
    for one in made.letters.new if full else ():
        say(f"--- {one.key}\n{one.letter.text}\n")
    show_findings(made.findings, words, title="Findings")


def _letter(one: Message, words: Words) -> tuple[str, ...]:
    from toolkit.core.message import State, masked_address
    from toolkit.core.private import masked_text
    from toolkit.core.reason import because

    subject = masked_text(one.letter.subject) or words.say(
        because(f"notice.{one.notice}")
    )  # an SMS has none, and its text is private
    return (
        "held" if one.state is State.HELD else "new",
        one.channel,
        masked_address(one.to),
        subject,
        masked_text(one.why),
    )


def show_findings(findings: Sequence[Finding], words: Words, *, title: str = "") -> None:
    """Where, which code, what is wrong; the codes of warnings in brackets."""
    from toolkit.cli.show import table
    from toolkit.core.finding import Severity
    from toolkit.jobs.checks import in_row

    lines = [
        (
            one.place.cell if one.place else one.book or "",
            one.code if one.severity is Severity.ERROR else f"({one.code})",
            words.say(in_row(one)),
        )
        for one in findings
    ]
    if lines:
        table(("cell", "code", "finding"), lines, title=title, styles=("cyan", "red", ""))

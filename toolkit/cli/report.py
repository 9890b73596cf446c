"""`aftersales report MONTH`: the figures of a month beside the month before; on the terminal, as a file or for machines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli.options import AsJson, BookName, Config, Now, Quiet, Verbose


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("report", help="The figures of a month, compared with the month before, without sending them.")(report)


def report(
    month: Annotated[
        str | None,
        typer.Argument(help="The month, like 2026-11; or this, or last (default: last).", show_default=False),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option("--to", help="Write it to this file (.xlsx, .html, .txt, .json).", show_default=False),
    ] = None,
    config: Config = None,
    book: BookName = None,
    now: Now = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """One month's report."""
    from toolkit.app.planning import words_of
    from toolkit.app.report.asked import asked_month, made
    from toolkit.app.report.files import Paper, dumped, fit_target, write
    from toolkit.app.report.text import as_text
    from toolkit.cli.session import looking
    from toolkit.cli.show import complain, say, working
    from toolkit.jobs.figures.worded import Wording

    with looking(config, book, now, quiet=quiet, verbose=verbose, archives=True) as session:
        settings = session.settings
        target = fit_target(settings, to) if to is not None else None
        of = asked_month(month, session.snapshot, settings, session.at)
        wording = Wording(words_of(settings), settings.currency)
        with working(f"counting {of}", quiet=quiet):
            paper = Paper(made(session.snapshot, settings, session.at, of, wording), wording, settings, session.at)
        if target is not None:
            write(target, paper)
            if not quiet:
                complain(f"written to {to}")
        elif as_json:
            say(dumped(paper).rstrip("\n"))
        else:
            say(as_text(paper.report, wording).rstrip("\n"))
    raise typer.Exit(session.exit_code)

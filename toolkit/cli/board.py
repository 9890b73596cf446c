"""`aftersales board [DAY]`: the dispatcher's day board, on the terminal, as a page or as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli.options import AsJson, BookName, Config, Now, Quiet, Verbose

if TYPE_CHECKING:
    from toolkit.core.words import Words
    from toolkit.jobs.dispatching.board import Day
    from toolkit.settings.model import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("board", help="The dispatcher's day board: vendors by slot, today and tomorrow, clashes, free slots.")(
        board
    )


def board(
    day: Annotated[
        str | None, typer.Argument(help="The first day, like 2026-11-24 (default: today).", show_default=False)
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option("--to", help="Write it to this file (.html to print, .xlsx).", show_default=False),
    ] = None,
    city: Annotated[
        str | None, typer.Option("--city", help="Only the vendors and tickets of this city.", show_default=False)
    ] = None,
    config: Config = None,
    book: BookName = None,
    now: Now = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """The board of two days."""
    from toolkit.app.boards import board_page, board_values, board_workbook, first_day
    from toolkit.app.papers import written_to
    from toolkit.app.planning import words_of
    from toolkit.cli.as_json import dumped
    from toolkit.cli.session import looking
    from toolkit.cli.show import complain, say
    from toolkit.jobs.dispatching.board import board as made
    from toolkit.jobs.ticket.case import judge_of

    with looking(config, book, now, quiet=quiet, verbose=verbose) as session:
        words = words_of(session.settings)
        judge = judge_of(session.snapshot, session.settings, session.at)
        days = made(judge, first_day(day, session.settings, session.at), city)
        if to is not None:
            target = written_to(session.settings, to)
            if target.suffix.lower() == ".xlsx":
                board_workbook(target, session.settings, days, words)
            else:
                target.write_text(board_page(session.settings, session.at, days, words), encoding="utf-8")
            if not quiet:
                complain(f"written to {to}")
        elif as_json:
            say(dumped({"days": [{**board_values(one, words), "day": one.day.isoformat()} for one in days]}))
        else:
            _show(session.settings, days, words)
    raise typer.Exit(session.exit_code)


def _show(settings: Settings, days: Sequence[Day], words: Words) -> None:
    from toolkit.app.boards import board_table, board_title, waiting_lines
    from toolkit.cli.show import say, table

    for one in days:
        say(board_title(one, words))
        table(*board_table(settings, one, words))
        for line in waiting_lines(one, words):
            say(line)
        say()

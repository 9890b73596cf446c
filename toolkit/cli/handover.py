"""`aftersales handover`: what somebody who goes away, or a shift that ends, leaves to be done."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli.options import AsJson, BookName, Config, Now, Quiet, Verbose


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "handover",
        help="The open promises of somebody who goes away, or of the shift that ends: what is due, to whom, what comes next.",
    )(handover)


def handover(
    person: Annotated[str | None, typer.Argument(help="Who hands over, by name or number.", show_default=False)] = None,
    shift: Annotated[
        bool,
        typer.Option(
            "--shift", help="Only what is due before the next shift ends; of everybody if no person is named."
        ),
    ] = False,
    to: Annotated[
        Path | None,
        typer.Option("--to", help="Write it to this file: a page (.html) or text (.txt).", show_default=False),
    ] = None,
    config: Config = None,
    book: BookName = None,
    now: Now = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """The list for the one who takes over."""
    from toolkit.app.handover import handed_over, handover_page, lines, shown
    from toolkit.app.papers import written_to
    from toolkit.app.planning import words_of
    from toolkit.cli.as_json import dumped
    from toolkit.cli.session import looking
    from toolkit.cli.show import complain, say
    from toolkit.core.errors import UsageError

    if person is None and not shift:
        raise UsageError(
            "Say who hands over, e.g. aftersales handover Lily; or --shift for all that the next shift must do"
        )
    if to is not None and to.suffix.casefold() not in (".html", ".htm", ".txt"):
        raise UsageError(f"{to} is neither a page (.html) nor a text file (.txt)")
    with looking(config, book, now, quiet=quiet, verbose=verbose) as session:
        settings = session.settings
        told = shown(
            handed_over(session.desk, session.snapshot, settings, session.at, person, by_shift=shift), settings
        )
        text = "\n".join(lines(told, words_of(settings)))
        if to is not None:
            is_page = to.suffix.casefold() != ".txt"
            content = handover_page(settings, session.at, told) if is_page else text + "\n"
            written_to(settings, to).write_text(content, encoding="utf-8")
            if not quiet:
                complain(f"written to {to}")
        elif as_json:
            say(dumped(told))
        else:
            say(text)
    raise typer.Exit(session.exit_code)

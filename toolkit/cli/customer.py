"""`aftersales customer WHO`: everything of one customer on one page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli.options import AsJson, BookName, Config, Now, Quiet, Verbose


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "customer",
        help="Everything of one customer over all registers and books: what is open, promised and owed, and one timeline.",
    )(customer)


def customer(
    who: Annotated[
        str,
        typer.Argument(
            metavar="PHONE|EMAIL|NAME|NUMBER",
            help="A telephone number in any spelling, an address, a name, or the number of a ticket, order, return or contract.",
        ),
    ],
    to: Annotated[
        Path | None,
        typer.Option("--to", help="Write it to this file: a page (.html) or text (.txt).", show_default=False),
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Numbers and addresses whole, and the texts of the messages.")
    ] = False,
    config: Config = None,
    book: BookName = None,
    now: Now = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """One customer's file."""
    from toolkit.app.customers.file import customer_file
    from toolkit.app.customers.pages import customer_page, lines
    from toolkit.app.papers import written_to
    from toolkit.app.planning import words_of
    from toolkit.cli.as_json import dumped
    from toolkit.cli.session import looking
    from toolkit.cli.show import complain, say
    from toolkit.core.errors import UsageError

    if to is not None and to.suffix.casefold() not in (".html", ".htm", ".txt"):
        raise UsageError(f"{to} is neither a page (.html) nor a text file (.txt)")
    with looking(config, book, now, quiet=quiet, verbose=verbose) as session:
        settings = session.settings
        told = customer_file(session.desk, settings, session.snapshot, who, session.at, full=full)
        text = "\n".join(lines(told, words_of(settings)))
        if as_json:
            say(dumped(told))
        elif to is None:
            say(text)
        if to is not None:
            is_page = to.suffix.casefold() != ".txt"
            content = customer_page(settings, session.at, told, settings.locale) if is_page else text + "\n"
            written_to(settings, to).write_text(content, encoding="utf-8")
            if not quiet:
                complain(f"written to {to}")
    raise typer.Exit(session.exit_code)

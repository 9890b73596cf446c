"""`aftersales slip TICKET`: the job slip that the customer signs; after acceptance the repair report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli.options import BookName, Config, Now, Quiet, Verbose


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("slip", help="A ticket's job slip to print and sign; once the work is accepted, the repair report.")(
        slip
    )


def slip(
    ticket: Annotated[str, typer.Argument(help="The ticket number.")],
    to: Annotated[
        Path | None, typer.Option("--to", help="Write the page to this file (.html).", show_default=False)
    ] = None,
    locale: Annotated[
        str | None, typer.Option("--locale", help="zh-CN or en (default: the desk's).", show_default=False)
    ] = None,
    config: Config = None,
    book: BookName = None,
    now: Now = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """One page."""
    from toolkit.app.papers import slip as made
    from toolkit.app.papers import written_to
    from toolkit.cli.session import locale_of, looking
    from toolkit.cli.show import complain, say

    with looking(config, book, now, quiet=quiet, verbose=verbose) as session:
        page = made(session.snapshot, session.settings, session.at, ticket, locale_of(locale, session.settings))
        if to is None:
            say(page)
        else:
            written_to(session.settings, to).write_text(page, encoding="utf-8")
            if not quiet:
                complain(f"written to {to}")
    raise typer.Exit(session.exit_code)

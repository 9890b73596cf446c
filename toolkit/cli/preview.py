"""`aftersales preview TEMPLATE`: one letter rendered with a real row."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli.options import AsJson, BookName, Config, Now, Quiet, Verbose


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("preview", help="One template rendered with a real row.")(preview)


def preview(
    template: Annotated[str, typer.Argument(help="The notice, e.g. appointment.")],
    ticket: Annotated[
        str | None, typer.Option("--ticket", help="With this ticket (default: one that fits).", show_default=False)
    ] = None,
    channel: Annotated[str, typer.Option("--channel", help="email, sms or chat.")] = "email",
    open_page: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    to: Annotated[Path | None, typer.Option("--to", help="Write the page to this file.", show_default=False)] = None,
    config: Config = None,
    book: BookName = None,
    now: Now = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """One letter, as it would look."""
    from toolkit.app.pages import preview_letter
    from toolkit.cli.as_json import dumped
    from toolkit.cli.session import looking
    from toolkit.cli.show import complain, say

    with looking(config, book, now, quiet=quiet, verbose=verbose) as session:
        letter = preview_letter(session.snapshot, session.settings, session.at, template, ticket, channel)
    if open_page or to is not None:
        file = to or Path(tempfile.mkdtemp(prefix="aftersales-")) / f"{template}.{'html' if letter.html else 'txt'}"
        file.write_text(letter.html or letter.text, encoding="utf-8")
        if not quiet:
            complain(f"written to {file}")
        if open_page:
            typer.launch(str(file))
    elif as_json:
        say(dumped({"subject": letter.subject, "text": letter.text, "html": letter.html}))
    else:
        if letter.subject:
            say(f"{letter.subject}\n")
        say(letter.text)
        if channel == "sms":
            from toolkit.letters.sms import sms_parts

            size = sms_parts(letter.text, mainland=session.settings.country == "CN")
            complain(f"{size.length} characters, {size.parts} part(s)")
    raise typer.Exit(session.exit_code)

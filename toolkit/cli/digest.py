"""`aftersales digest`: the managers' digest of the whole desk, rendered, not sent."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli.options import AsJson, BookName, Config, Now, Quiet, Verbose


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("digest", help="Today's digest of the whole desk, without sending it.")(digest)


def digest(
    to: Annotated[
        Path | None, typer.Option("--to", help="Write the page to this file (.html, .txt).", show_default=False)
    ] = None,
    person: Annotated[
        str | None,
        typer.Option(
            "--person", help="One person's digest, or a store's, instead of the whole desk's.", show_default=False
        ),
    ] = None,
    config: Config = None,
    book: BookName = None,
    now: Now = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """The digest as text, or as a page in a file."""
    from toolkit.app.pages import digest_letter
    from toolkit.cli.as_json import digest_values, dumped
    from toolkit.cli.session import looking
    from toolkit.cli.show import complain, say

    with looking(config, book, now, quiet=quiet, verbose=verbose) as session:
        letter, values = digest_letter(session.snapshot, session.settings, session.at, person)
        if to is not None:
            is_page = to.suffix.lower() in (".html", ".htm")
            to.write_text((letter.html or letter.text) if is_page else letter.text, encoding="utf-8")
            if not quiet:
                complain(f"written to {to}")
        elif as_json:
            page = {"subject": letter.subject, "text": letter.text, "html": letter.html}
            say(dumped({**page, **digest_values(values)}))
        else:
            say(letter.text)
    raise typer.Exit(session.exit_code)

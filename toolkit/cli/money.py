"""`aftersales money`: advances, refunds, claims and recoveries that are open, by age; on the terminal, as a file, for machines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli.options import AsJson, BookName, Config, Now, Quiet, Verbose


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "money", help="The money that is open, the oldest first: customers' advances, refunds, claims, recoveries."
    )(money)


def money(
    to: Annotated[
        Path | None, typer.Option("--to", help="Write it to this file (.xlsx, .csv, .txt).", show_default=False)
    ] = None,
    config: Config = None,
    book: BookName = None,
    now: Now = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """All that is open now."""
    from toolkit.app.money import FILES, money_data, money_list, money_text
    from toolkit.app.planning import words_of
    from toolkit.app.report.files import fit_target, put
    from toolkit.cli.as_json import dumped
    from toolkit.cli.session import looking
    from toolkit.cli.show import complain, say

    with looking(config, book, now, quiet=quiet, verbose=verbose, archives=True) as session:
        settings = session.settings
        target = fit_target(settings, to, FILES) if to is not None else None
        made = money_list(session.snapshot, settings, session.at, words_of(settings))
        if target is not None:
            put(target, FILES[target.suffix.lower()](made))
            if not quiet:
                complain(f"written to {to}")
        elif as_json:
            say(dumped(money_data(made)))
        else:
            say(money_text(made).rstrip("\n"))
    raise typer.Exit(session.exit_code)

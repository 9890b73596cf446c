"""`aftersales schedule`: runs the jobs at their times until stopped."""

from __future__ import annotations

import typer

from toolkit.cli.options import Config, Quiet, Verbose


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("schedule", help="Run the jobs at their configured times until stopped (Ctrl-C).")(schedule)


def schedule(config: Config = None, quiet: Quiet = False, verbose: Verbose = False) -> None:
    """Run the jobs at their times."""
    import logging

    from toolkit.app.daemon import serve
    from toolkit.cli.session import real_clock, settings_of

    settings = settings_of(config, quiet=quiet, verbose=verbose)
    if not quiet:
        logging.getLogger().setLevel(logging.DEBUG if verbose else logging.INFO)
    serve(settings, real_clock)

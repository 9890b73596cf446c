"""`aftersales schedule`: runs the jobs at their times until stopped."""

from __future__ import annotations

from typing import Annotated

import typer

from toolkit.cli.options import Config, Quiet, Verbose


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("schedule", help="Run the jobs at their configured times until stopped (Ctrl-C).")(schedule)


Once = Annotated[bool, typer.Option("--once", help="Run what is due now and leave: for cron or the Task Scheduler.")]


def schedule(once: Once = False, config: Config = None, quiet: Quiet = False, verbose: Verbose = False) -> None:
    """Run the jobs at their times."""
    from toolkit.app.daemon import once as run_once
    from toolkit.app.daemon import serve
    from toolkit.cli.session import real_clock, settings_of

    settings = settings_of(config, quiet=quiet, verbose=verbose)
    if once:
        run_once(settings, real_clock)
    else:
        serve(settings, real_clock)

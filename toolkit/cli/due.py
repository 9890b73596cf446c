"""`aftersales due START AMOUNT`: a due time from the configured calendar."""

from __future__ import annotations

from typing import Annotated

import typer

from toolkit.cli.options import AsJson, Config, Quiet, Verbose


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("due", help='A due time from the configured calendar, e.g. aftersales due "2026-09-30 16:00" 2bd')(due)


def due(
    start: Annotated[str, typer.Argument(help="When it starts, ISO 8601; without an offset in the desk's zone.")],
    amount: Annotated[str, typer.Argument(help="30min, 24h, 90bmin, 2bh, 3bd, 7d, 3mo, 1y.")],
    config: Config = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """A due time from the configured calendar, and the days that were counted."""
    from toolkit.app.story import walk_lines
    from toolkit.cli.as_json import dumped
    from toolkit.cli.session import looking, moment
    from toolkit.cli.show import say
    from toolkit.core.errors import UsageError
    from toolkit.rules.worktime.duration import Duration

    with looking(config, None, None, quiet=quiet, verbose=verbose) as session:  # the holidays tab counts as well
        start_at, calendar = moment(start, session.settings), session.snapshot.calendar
        try:
            duration = Duration.parse(amount)
            due_at = calendar.add(start_at, duration)
        except ValueError as error:
            raise UsageError(str(error)) from None
        if as_json:
            say(dumped({"start": start_at.isoformat(), "amount": str(duration), "due": due_at.isoformat()}))
        else:
            say(due_at.strftime("%Y-%m-%d %H:%M:%S %z"))
        for line in walk_lines(calendar, start_at, due_at, (), session.settings) if verbose and not as_json else ():
            say(line)

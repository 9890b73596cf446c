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
    from toolkit.app.desk import opened, read_desk, remembered
    from toolkit.app.story import walk_lines
    from toolkit.cli.as_json import dumped
    from toolkit.cli.session import moment, real_clock, settings_of
    from toolkit.cli.show import complain, say
    from toolkit.core.errors import UsageError
    from toolkit.rules.worktime.duration import Duration

    settings = settings_of(config, quiet=quiet, verbose=verbose)
    start_at = moment(start, settings)
    try:
        duration = Duration.parse(amount)
    except ValueError as error:
        raise UsageError(str(error)) from None
    with opened(settings) as desk:  # the holidays tab counts as well
        read = read_desk(desk, remembered(desk, real_clock()), real_clock())
    calendar = read.snapshot.calendar
    due_at = calendar.add(start_at, duration)
    if as_json:
        say(dumped({"start": start_at.isoformat(), "amount": str(duration), "due": due_at.isoformat()}))
        return
    say(due_at.strftime("%Y-%m-%d %H:%M:%S %z"))
    for refused in read.refused:
        complain(f"without its holidays tab: {refused}")
    if verbose:
        for line in walk_lines(calendar, start_at, due_at, (), settings):
            say(line)

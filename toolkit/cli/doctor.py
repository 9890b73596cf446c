"""`aftersales doctor`: looks at every part of the desk, and says what to do; changes and sends nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from toolkit.cli.options import AsJson, Config, Now, Quiet, Verbose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from toolkit.app.symptoms.line import Line

TONES = {"ok": "green", "warning": "yellow", "wrong": "bold red"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "doctor",
        help="Look at config, hours, books, headers, credentials, letters and channels: each ok, or what to do. "
        "Changes and sends nothing.",
    )(doctor)


def doctor(
    config: Config = None, now: Now = None, as_json: AsJson = False, quiet: Quiet = False, verbose: Verbose = False
) -> None:
    """Look at everything."""
    from toolkit.app.doctor import examined
    from toolkit.app.symptoms.line import wrong
    from toolkit.cli.session import moment, settings_of
    from toolkit.cli.show import working
    from toolkit.settings.faults import ConfigError

    try:
        settings = settings_of(config, quiet=True, verbose=verbose)
    except ConfigError as error:
        cure = "mend the line; `aftersales check` says whether all is well"
        _show([wrong("config", line, cure) for line in str(error).splitlines() if line.strip()], as_json, quiet)
        raise typer.Exit(2) from None
    with working("looking", quiet=quiet or as_json):
        lines = list(examined(settings, moment(now, settings)))
    _show(lines, as_json, quiet)
    is_wrong = any(one.state == "wrong" for one in lines)
    raise typer.Exit(3 if any(one.is_shut for one in lines) else 1 if is_wrong else 0)


def _show(lines: Sequence[Line], as_json: bool, quiet: bool) -> None:
    from toolkit.cli.as_json import dumped
    from toolkit.cli.show import say, table

    if as_json:
        say(dumped([{"check": one.check, "state": one.state, "found": one.found, "cure": one.cure} for one in lines]))
        return
    shown = [one for one in lines if one.state != "ok" or not quiet]
    if shown:
        rows = [(one.state, one.check, one.found, one.cure) for one in shown]
        table(("state", "check", "found", "what to do"), rows, tones=TONES)
    if not quiet:
        counts = {state: sum(one.state == state for one in lines) for state in TONES}
        say(f"{counts['ok']} ok, {counts['warning']} warning(s), {counts['wrong']} wrong")

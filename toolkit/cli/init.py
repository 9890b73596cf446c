"""`aftersales init`: a new desk in a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli.options import Now, Quiet


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("init", help="Write config.yaml and workbooks with ready registers; never overwrites.")(init)


def init(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="Where (default: here).", show_default=False)
    ] = Path(),
    preset: Annotated[
        str | None, typer.Option("--preset", help="The kind of seller, e.g. furniture-retail.", show_default=False)
    ] = None,
    locale: Annotated[str, typer.Option("--locale", help="The language of the sheets: zh-CN or en.")] = "zh-CN",
    demo: Annotated[bool, typer.Option("--demo", help="With about 60 realistic rows, dated around now.")] = False,
    now: Now = None,
    quiet: Quiet = False,
) -> None:
    """A new desk."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from toolkit.app.build import init as build
    from toolkit.cli.show import complain, say, shortened
    from toolkit.core.errors import UsageError

    zone = ZoneInfo("Asia/Shanghai")
    try:
        at = datetime.fromisoformat(now) if now else datetime.now(zone)
    except ValueError:
        raise UsageError(f"“{now}” is not a moment: write it like 2026-11-22T09:30") from None
    wall = at.astimezone(zone).replace(tzinfo=None) if at.tzinfo else at
    made = build(folder, preset=preset, locale=locale, now=wall, is_demo=demo)
    for path in made.kept:
        complain(f"{path} is there already: left as it is")
    if quiet:
        return
    for path in made.written:
        say(f"wrote {shortened(path)}")
    where = "" if folder == Path() else f" -c {folder / 'config.yaml'}"
    say(f"Next: aftersales plan{where}   shows what a run would do\n      aftersales run{where}    does it")

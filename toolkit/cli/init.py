"""`aftersales init`: a new desk in a folder, its registers in a workbook or in a Google spreadsheet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli.options import Now, Quiet

if TYPE_CHECKING:
    from toolkit.app.build import Made
    from toolkit.app.new_config import Sheet

KEY_FILE = "service-account.json"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "init",
        help="Write config.yaml and workbooks with ready registers, or add them to a Google sheet; never overwrites.",
    )(init)


def init(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="Where (default: here).", show_default=False)
    ] = Path(),
    preset: Annotated[
        str | None, typer.Option("--preset", help="The kind of seller, e.g. furniture-retail.", show_default=False)
    ] = None,
    locale: Annotated[str, typer.Option("--locale", help="The language of the sheets: zh-CN or en.")] = "zh-CN",
    demo: Annotated[bool, typer.Option("--demo", help="With about 60 realistic rows, dated around now.")] = False,
    google: Annotated[
        str | None,
        typer.Option(
            "--google",
            metavar="ID",
            help="The registers in this Google sheet (its id, or its address) instead of a workbook: adds the tabs, "
            "columns, dropdowns, colours, views and protections that are missing and leaves the rest. Where config.yaml "
            "names a Google sheet, `init` alone does the same.",
            show_default=False,
        ),
    ] = None,
    credentials: Annotated[
        Path | None,
        typer.Option(
            "--credentials",
            help=f"With --google: the key file of the service account (default: {KEY_FILE} in DIR).",
            show_default=False,
        ),
    ] = None,
    endpoint: Annotated[
        str | None,
        typer.Option("--endpoint", help="With --google: another server than Google's, for trials.", show_default=False),
    ] = None,
    locked: Annotated[
        bool,
        typer.Option(
            "--locked",
            help="Nobody but the toolkit and the sheet's owner may write the toolkit's columns (without it whoever does "
            "is warned). Others can then no longer sort the rows: give them filter views.",
        ),
    ] = False,
    now: Now = None,
    quiet: Quiet = False,
) -> None:
    """A new desk."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from toolkit.app.build import init as build
    from toolkit.cli.show import complain, working
    from toolkit.core.errors import UsageError

    if google is None and (credentials is not None or endpoint is not None):
        raise UsageError("--credentials and --endpoint go with --google: name the sheet too")
    zone = ZoneInfo("Asia/Shanghai")
    try:
        at = datetime.fromisoformat(now) if now else datetime.now(zone)
    except ValueError:
        raise UsageError(f"“{now}” is not a moment: write it like 2026-11-22T09:30") from None
    wall = at.astimezone(zone).replace(tzinfo=None) if at.tzinfo else at
    sheet = _sheet(folder, google, credentials, endpoint) if google is not None else None
    with working("making the registers", quiet=quiet):
        made = build(folder, preset=preset, locale=locale, now=wall, is_demo=demo, sheet=sheet, is_locked=locked)
    for path in made.kept:
        complain(f"{path} is there already: left as it is")
    if not quiet:
        _report(made, folder, is_demo=demo)


def _sheet(folder: Path, google: str, credentials: Path | None, endpoint: str | None) -> Sheet:
    """The sheet as config.yaml names it: paths as seen from its folder."""
    from toolkit.app.new_config import Sheet, spreadsheet_id

    key = KEY_FILE if credentials is None and endpoint is None else None
    if credentials is not None:
        path, home = credentials.expanduser().resolve(), folder.resolve()
        key = path.relative_to(home).as_posix() if path.is_relative_to(home) else path.as_posix()
    return Sheet(spreadsheet_id(google), key, endpoint)


def _report(made: Made, folder: Path, *, is_demo: bool) -> None:
    from toolkit.cli.show import complain, say, shortened

    for path in made.written:
        say(f"wrote {shortened(path)}")
    for built in made.sheets.values():
        for one in built.added:
            say(f"{'made' if one.is_new else 'added to'} “{one.title}”: {', '.join(one.added) or 'its mark'}")
        for title in built.complete:
            say(f"“{title}” was complete: left as it is")
        if built.zone_set:
            say(f"set the sheet's time zone to {built.zone_set}")
        if built.removed:
            say(f"removed the empty tab “{built.removed}”")
        if is_demo and not any(one.is_new for one in built.added):
            complain("no demo rows were written: they go into new tabs only")
        say(f"The sheet: {built.url}")
        who = f", {built.account}," if built.account else ""
        say(f"Share it with your staff as editors; the toolkit's own account{who} has it already.")
    where = "" if folder == Path() else f" -c {folder / 'config.yaml'}"
    doctor = f"aftersales doctor{where}  looks whether all is well\n      " if made.sheets else ""
    say(f"Next: {doctor}aftersales plan{where}    shows what a run would do\n      aftersales run{where}     does it")

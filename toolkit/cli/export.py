"""`aftersales export`: registers as CSV, a workbook or JSON, for other systems."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli.options import AsJson, BookName, Config, Now, Quiet, Verbose

if TYPE_CHECKING:
    from datetime import date

    from toolkit.app.exporting import Sheet
    from toolkit.settings.model import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "export",
        help="Write registers to CSV files in a folder, or to one .csv, .xlsx or .json file. Reads only. "
        "Text in a CSV file that begins like a formula (= + - @) gets an apostrophe before it, which import takes off.",
    )(export)


def export(
    to: Annotated[Path, typer.Option("--to", help="A folder, or a file that ends in .csv, .xlsx or .json.")],
    registers: Annotated[
        list[str] | None,
        typer.Argument(metavar="[REGISTER]...", help="Only these (default: all with rows).", show_default=False),
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", help="Only rows from this day on, 2026-11-01.", show_default=False)
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", help="Only rows up to this day, with it.", show_default=False)
    ] = None,
    is_open: Annotated[bool, typer.Option("--open", help="Only rows that are not over.")] = False,
    keys: Annotated[
        bool, typer.Option("--keys", help="Columns and choices by their keys, not in the words of the sheet.")
    ] = False,
    masked: Annotated[
        bool,
        typer.Option("--masked", help="Without customers' names and addresses; numbers and mail addresses masked."),
    ] = False,
    config: Config = None,
    book: BookName = None,
    now: Now = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Registers as files."""
    from toolkit.app.exporting import Wish, sheets_of
    from toolkit.app.planning import words_of
    from toolkit.cli.as_json import dumped
    from toolkit.cli.session import looking
    from toolkit.cli.show import complain, say, table
    from toolkit.core.reason import Name, because

    wish = Wish(_day(since, "--since"), _day(until, "--until"), is_open, keys, masked)
    with looking(config, book, now, quiet=quiet, verbose=verbose) as session:
        words = words_of(session.settings)
        sheets = sheets_of(session.snapshot, session.settings, registers or (), wish)
        files = _write(session.settings, to, sheets)
        rows = [(one.register.name, len(one.rows), str(file)) for one, file in zip(sheets, files, strict=True)]
        if as_json:
            say(dumped({"files": [dict(zip(("register", "rows", "file"), one, strict=True)) for one in rows]}))
        elif not quiet:
            heads = [words.say(because(f"export.{one}")) for one in ("register", "rows", "file")]
            table(heads, [(words.label(Name(name)), count, file) for name, count, file in rows])
        for one in sheets:
            if one.undated:
                name = Name(one.register.name)
                complain(words.say(because("export.undated", n=one.undated, register=name)))
    raise typer.Exit(session.exit_code)


def _day(text: str | None, option: str) -> date | None:
    from datetime import date

    from toolkit.core.errors import UsageError

    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option}: “{text}” is not a day; write it like 2026-11-01") from None


def _write(settings: Settings, to: Path, sheets: list[Sheet]) -> list[Path]:
    """The files, one for each sheet; the same one several times where it holds all."""
    from toolkit.app.papers import written_to
    from toolkit.core.errors import UsageError
    from toolkit.gateways.tables.writing import write_csv, write_json, write_workbook

    kind = to.suffix.casefold()
    if not sheets:
        raise UsageError("No register has rows of that kind: nothing was written")
    if kind == ".csv" and len(sheets) > 1:
        names = ", ".join(one.register.name for one in sheets)
        raise UsageError(f"A CSV file holds one register, and there are {names}: name one, or write to a folder")
    if kind in (".csv", ".json", ".xlsx"):
        written_to(settings, to)
    elif to.is_file() or kind in (".xlsm", ".xls", ".tsv", ".ods", ".txt"):
        raise UsageError(f"{to} is neither a folder nor a .csv, .xlsx or .json file")
    match kind:
        case ".json":
            write_json(to, {one.register.name: one.values() for one in sheets})
        case ".xlsx":
            write_workbook(to, [one.tab() for one in sheets], [one.cells() for one in sheets])
        case ".csv":
            write_csv(to, sheets[0].headers, sheets[0].cells())
        case _:
            files = [to / f"{one.register.name}.csv" for one in sheets]
            for file, one in zip(files, sheets, strict=True):
                write_csv(file, one.headers, one.cells())
            return files
    return [to] * len(sheets)

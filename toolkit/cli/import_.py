"""`aftersales import FILE`: rows that another system exported, appended to a register."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from toolkit.cli.options import AsJson, BookName, Config, Now, Quiet, Verbose

if TYPE_CHECKING:
    from toolkit.app.importing import Done, Import
    from toolkit.app.reading import Read
    from toolkit.core.words import Words

FIRST_ROWS = 5
"""Enough to see that names stand under names and numbers under numbers."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "import",
        help="Append the rows of another system's file (CSV, Excel) to a register. What stands there is never changed.",
    )(import_)


def import_(
    file: Annotated[Path, typer.Argument(help="A CSV, TSV or Excel file.")],
    into: Annotated[
        str | None, typer.Option("--register", help="The register that the rows belong to.", show_default=False)
    ] = None,
    name: Annotated[
        str | None, typer.Option("--as", help="An entry of `imports` in config.yaml.", show_default=False)
    ] = None,
    maps: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="FILE.yaml|COLUMN=HEADER",
            help="How the file calls a column (#3: its third; blank: leave it out), or a file of such. Several times.",
            show_default=False,
        ),
    ] = None,
    sheet: Annotated[
        str | None, typer.Option("--sheet", help="The sheet of a workbook with several.", show_default=False)
    ] = None,
    encoding: Annotated[
        str | None, typer.Option("--encoding", help="Where it is not recognised: gb18030, big5 …", show_default=False)
    ] = None,
    with_faults: Annotated[
        bool, typer.Option("--with-faults", help="Append also rows of which something is wrong.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be appended; write nothing.")] = False,
    config: Config = None,
    book: BookName = None,
    now: Now = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Take a file over."""
    from dataclasses import replace

    from toolkit.app.desk import opened, remembered
    from toolkit.app.import_wish import source_of, target_of
    from toolkit.app.importing import Done, planned_import, run_import
    from toolkit.app.locking import lock_of
    from toolkit.app.planning import words_of
    from toolkit.app.reading import read_desk
    from toolkit.cli.as_json import dumped
    from toolkit.cli.session import moment, settings_of
    from toolkit.cli.show import complain, say, working

    settings = settings_of(config, quiet=quiet, verbose=verbose)
    target = replace(target_of(settings, into, name, maps or ()), with_faults=with_faults)
    source = source_of(settings, target, file, sheet, encoding)
    at = moment(now, settings)
    with working("reading", quiet=quiet):
        if dry_run:
            with opened(settings, book) as desk:
                read = read_desk(desk, remembered(desk, at), at)
                made, done = planned_import(desk, read, target, source, at), Done()
        else:
            with lock_of(settings), opened(settings, book) as desk:
                made, read, done = run_import(desk, target, source, at)
    words = words_of(settings)
    if as_json:
        say(dumped(as_values(made, read, done, words)))
    elif not quiet:
        show(made, read, done, words, is_dry=dry_run)
    for refused in (*read.refused, *([done.error] if done.error else [])):
        complain(str(refused))
    for note in done.notes:
        complain(note)
    raise typer.Exit(3 if read.refused or done.error else 1 if made.left_out else 0)


def as_values(made: Import, read: Read, done: Done, words: Words) -> dict[str, Any]:
    """All of it for machines; personal data masked as everywhere."""
    from toolkit.cli.as_json import Shown, shielded
    from toolkit.core.private import masked_text

    headers = made.source.rows[made.found.header]
    shown = Shown(read.snapshot, words)
    return {
        "file": made.source.name,
        "kind": made.source.kind,
        "register": made.into.register.name,
        "book": made.into.book,
        "columns": {key: headers[place] for key, place in made.found.columns.items()},
        "unused": list(made.found.unused),
        "lacking": list(made.lacking),
        "rows": made.rows,
        "new": len(made.appends),
        "equal": made.sorted.equal,
        "differ": [
            {
                "place": made.source.place(made.foreign.line_of(one.row), made.found.columns.get(one.column)),
                "cell": one.table.place(one.there.row, one.column).cell,
                "key": one.there.key,
                "column": one.column,
                "sheet": shielded(one.table, one.column, one.there.get(one.column)),
                "file": shielded(one.table, one.column, one.row.get(one.column)),
            }
            for one in made.sorted.differing
        ],
        "left_out": len(made.left_out),
        "findings": [
            {
                "severity": str(one.severity),
                "code": one.code,
                "place": made.place(one),
                "column": one.column or None,
                "value": shielded(made.foreign.table, one.column, one.value),
                "message": masked_text(words.say(one.reason)),
            }
            for one in made.findings
        ],
        "appends": [shown.append(one) for one in made.appends],
        "written": done.rows,
    }


def show(made: Import, read: Read, done: Done, words: Words, *, is_dry: bool) -> None:
    """The columns, the first rows, what differs, what is wrong, and the counts."""
    from toolkit.cli.show import complain, say, table
    from toolkit.core.reason import Name, because

    told = as_values(made, read, done, words)
    name = made.into.register.name

    def head(word: str) -> str:
        return words.say(because(f"import.{word}"))

    def label(column: str | None) -> str:
        return words.label(Name(name, column)) if column else ""

    say(f"{told['file']} ({told['kind']}) → {words.label(Name(name))}")
    for key, header in told["columns"].items():
        say("  " + words.say(because("import.mapped", label=label(key), header=header or "")))
    first = told["appends"][:FIRST_ROWS]
    if first:
        keys = list(dict.fromkeys(key for one in first for key in one["values"]))
        say()
        table([label(key) for key in keys], [[one["values"].get(key) for key in keys] for one in first])
    if told["differ"]:
        say()
        headers = ("line", "column", "cell", "in-sheet", "in-file")
        rows = [[one["place"], label(one["column"]), one["cell"], one["sheet"], one["file"]] for one in told["differ"]]
        table([head(one) for one in headers], rows)
    if told["findings"]:
        say()
        rows = [[one["place"], label(one["column"]), one["code"], one["message"]] for one in told["findings"]]
        table([head("line"), head("column"), "", head("what")], rows)
    say()
    counts = [
        (head("rows"), told["rows"]),
        (head("new" if is_dry else "written"), told["new"] if is_dry else told["written"]),
        (head("equal"), told["equal"]),
        (head("differ"), made.sorted.differing_rows),
        (head("left-out"), told["left_out"]),
    ]
    table((head("in-file"), ""), counts)
    if told["unused"]:
        complain(words.say(because("import.unused", headers=tuple(told["unused"]))))
    if told["lacking"]:
        complain(words.say(because("import.lacking", columns=tuple(Name(name, one) for one in told["lacking"]))))
    if done.rows:
        complain(words.say(because("import.numbers")))

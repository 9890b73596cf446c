"""The lossless writer: some cells of some sheets change, every other byte of the workbook's content stays.

The order matters: look (package), resolve (workbook), rewrite rows (and learn which styles are new), then styles, the
workbook part, tables, and last the zip. Nothing is written before everything has been found possible.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from toolkit.core.place import Place, column_number
from toolkit.gateways.excel.areas import Area, find_area
from toolkit.gateways.excel.atomic import replaced
from toolkit.gateways.excel.extents import (
    Landing,
    grown_table,
    landing,
    styles_above,
    tables_of,
    tail_splices,
    widened_dimension,
)
from toolkit.gateways.excel.package import Package
from toolkit.gateways.excel.present import SharedStrings
from toolkit.gateways.excel.rewrite import Sheet, rewritten, sheet_at_work
from toolkit.gateways.excel.sheet import MOST_COLUMNS, MOST_ROWS, SheetText
from toolkit.gateways.excel.styles import Styles
from toolkit.gateways.excel.unsafe import UnsafeWorkbook
from toolkit.gateways.excel.values import Content, Value, content_of
from toolkit.gateways.excel.workbook import SheetEntry, Workbook
from toolkit.gateways.excel.xmltext import spliced

_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f[\s/>]")
_COLUMN = re.compile(r"[A-Za-z]{1,3}\Z")


@dataclass(frozen=True, slots=True)
class SheetPatch:
    """What shall change in one sheet: (row, column) -> value, and rows (column -> value) to append; counted from 1."""

    title: str
    writes: Mapping[tuple[int, int], object] = field(default_factory=dict)
    appends: Sequence[Mapping[int, object]] = ()


@dataclass(frozen=True, slots=True)
class SheetOutcome:
    """What changes in one sheet: cells with a new value, the numbers of the appended rows, and cells that may not be touched."""

    title: str
    edited: tuple[tuple[int, int], ...]
    blocked: Mapping[tuple[int, int], str]
    appended: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Patched:
    """A patch worked out in memory. `is_changed` is False if every wished value stands already."""

    package: Package
    parts: Mapping[str, Sequence[bytes]]
    sheets: tuple[SheetOutcome, ...]

    @property
    def is_changed(self) -> bool:
        """Whether writing it would make a difference."""
        return bool(self.parts)

    def write(self, out: IO[bytes]) -> None:
        """Write the new workbook; raises UnsafeWorkbook if a member that is only copied turns out damaged."""
        self.package.write(out, self.parts)


def patch_workbook(
    src: str | Path,
    dst: str | Path,
    *,
    sheet: str,
    writes: Mapping[str, Value] | None = None,
    appends: Sequence[Mapping[str, Value]] = (),
) -> None:
    """Write cells (`{"B5": value}`) and append rows (`[{"A": value}]`) to one sheet without touching anything else.

    Raises UnsafeWorkbook, `dst` untouched, for whatever cannot be done without harm (formula cells, signed or encrypted
    or damaged files, values without a form). `dst` may be `src`; it is replaced atomically. A patch that changes no
    value leaves `src` as it is, and makes `dst` a copy.
    """
    wish = SheetPatch(
        sheet,
        {_cell_of(name): value for name, value in (writes or {}).items()},
        [{_column_of(letters): value for letters, value in row.items()} for row in appends],
    )
    source, target = Path(src).resolve(), Path(dst).resolve()
    content = source.read_bytes()
    patched = patched_workbook(content, [wish])
    for outcome in patched.sheets:
        for (row, column), reason in outcome.blocked.items():
            raise UnsafeWorkbook(f"{Place(outcome.title, row, column).cell} cannot be written: {reason}")
    if patched.is_changed:
        replaced(target, patched.write, like=source)
    elif target != source:
        replaced(target, lambda out: out.write(content), like=source)


def patched_workbook(content: bytes, wishes: Sequence[SheetPatch]) -> Patched:
    """A workbook's bytes with the wishes worked out, all sheets in one go. Cells that may not be touched are listed.

    Raises UnsafeWorkbook for a workbook, value or append that cannot be done.
    """
    package = Package(content)
    workbook = Workbook(package)
    styles_part = workbook.part_of("styles")
    styles = Styles(package.read(styles_part) if styles_part else None)
    strings_part = workbook.part_of("sharedStrings")
    strings = SharedStrings(lambda: package.read(strings_part) if strings_part else b"")
    jobs = [_Job(workbook, one, styles, strings) for one in wishes]
    if len({job.entry.part for job in jobs}) < len(jobs):
        raise UnsafeWorkbook("a sheet is named twice in one patch")
    parts: dict[str, Sequence[bytes]] = {}
    for job in jobs:
        parts.update(job.parts)
    if parts:
        if styles.is_changed and styles_part:
            parts[styles_part] = [styles.written()]
        filters = {job.entry.index: job.filter for job in jobs if job.filter}
        has_formulas = _has_formulas(workbook, {job.entry.part: job.sheet.text.scan for job in jobs})
        new = workbook.written(filters, recalculate=has_formulas)
        if new != package.read(workbook.part):
            parts[workbook.part] = [new]
    return Patched(package, parts, tuple(job.outcome for job in jobs))


class _Job:
    """One sheet's share of a patch."""

    def __init__(self, workbook: Workbook, wish: SheetPatch, styles: Styles, strings: SharedStrings) -> None:
        self.entry: SheetEntry = workbook.worksheet(wish.title)
        self.sheet: Sheet = sheet_at_work(SheetText(workbook.package.read(self.entry.part)), styles, strings)
        self.filter: Area | None = None
        self.parts: dict[str, Sequence[bytes]] = {}
        self._package = workbook.package
        tables = tables_of(self._package, self.entry.part)
        rows = _contents(wish, is_1904=workbook.is_1904)
        new_rows = _appended_contents(wish, is_1904=workbook.is_1904)
        where: Landing | None = None
        if new_rows:
            columns = {column for row in new_rows for column in row}
            written_to = max(
                (number for number, cells in rows.items() if any(c.inside for c in cells.values())), default=0
            )
            where = landing(self.sheet.text, tables, columns, len(new_rows), written_to)
            self.sheet.above, self.sheet.first_new = styles_above(self.sheet.text, where), where.first
            for at, row in enumerate(new_rows):
                rows.setdefault(where.first + at, {}).update(row)
        self._headers = {
            (table.area.top, column)
            for table in tables
            if table.has_header
            for column in range(table.area.left, table.area.right + 1)
        }
        pieces = list(rewritten(self.sheet, rows))
        self._refuse(where)
        if self.sheet.edited:
            self._finish(pieces, where)
        appended = tuple(range(where.first, where.last + 1)) if where else ()
        self.outcome = SheetOutcome(wish.title, tuple(self.sheet.edited), dict(self.sheet.blocked), appended)

    def _refuse(self, where: Landing | None) -> None:
        for row, column in self._headers.intersection(self.sheet.edited):
            place = Place(self.entry.title, row, column).cell
            raise UnsafeWorkbook(f"{place} is a table's header, which must stay as the table names it")
        for (row, column), reason in self.sheet.blocked.items():
            if where and where.first <= row <= where.last:
                raise UnsafeWorkbook(f"no row can be appended at {Place(self.entry.title, row, column).cell}: {reason}")

    def _finish(self, pieces: list[bytes], where: Landing | None) -> None:
        text = self.sheet.text
        splices = widened_dimension(text, self.sheet.edited)
        head = spliced(text.data[: text.head_end], splices)
        opening, closing = text.data[text.head_end : text.body_start], text.data[text.body_end : text.tail_start]
        if text.is_bare:
            opening = re.sub(rb"\s*/>\Z", b">", opening)
            closing = f"</{text.prefix}sheetData>".encode()
        tail = text.data[text.tail_start :]
        if where is not None:
            changes, self.filter = tail_splices(text, where)
            tail = spliced(tail, [(a - text.tail_start, b - text.tail_start, new) for a, b, new in changes])
            table = grown_table(self._package, where)
            if table is not None:
                self.parts[table[0]] = [table[1]]
        self.parts[self.entry.part] = [head, opening, *pieces, closing, tail]


def _contents(wish: SheetPatch, *, is_1904: bool) -> dict[int, dict[int, Content]]:
    rows: dict[int, dict[int, Content]] = {}
    for (row, column), value in wish.writes.items():
        _must_be_a_cell(row, column)
        rows.setdefault(row, {})[column] = _content(wish.title, row, column, value, is_1904=is_1904)
    return rows


def _appended_contents(wish: SheetPatch, *, is_1904: bool) -> list[dict[int, Content]]:
    """The rows to append without their blanks; a row of blanks is no row."""
    rows = []
    for cells in wish.appends:
        for column in cells:
            _must_be_a_cell(1, column)
        made = {column: _content(wish.title, None, column, value, is_1904=is_1904) for column, value in cells.items()}
        rows.append({column: content for column, content in made.items() if content.inside})
    return [row for row in rows if row]


def _content(title: str, row: int | None, column: int, value: object, *, is_1904: bool) -> Content:
    try:
        return content_of(value, is_1904=is_1904)
    except UnsafeWorkbook as error:
        where = Place(title, row, column).cell if row else f"a new row of {title!r}"
        raise UnsafeWorkbook(f"{where}: {error}") from error


def _must_be_a_cell(row: int, column: int) -> None:
    if not (1 <= row <= MOST_ROWS and 1 <= column <= MOST_COLUMNS):
        raise UnsafeWorkbook(f"row {row}, column {column} lies outside of every sheet")


def _cell_of(name: str) -> tuple[int, int]:
    area = find_area(name)
    if area is None or (area.top, area.left) != (area.bottom, area.right) or ":" in name:
        raise UnsafeWorkbook(f"{name!r} is not the name of a cell such as B5")
    return area.top, area.left


def _column_of(letters: str) -> int:
    if not _COLUMN.match(letters):
        raise UnsafeWorkbook(f"{letters!r} is not the name of a column such as B")
    return column_number(letters)


def _has_formulas(workbook: Workbook, known: Mapping[str, bytes]) -> bool:
    """Whether any sheet has a formula; libraries write no calculation chain, so the sheets are looked at too."""
    if workbook.part_of("calcChain"):
        return True
    if any(_FORMULA.search(scan) for scan in known.values()):
        return True
    others = (entry.part for entry in workbook.sheets if entry.part not in known and workbook.package.has(entry.part))
    return any(_FORMULA.search(workbook.package.read(part)) for part in others)

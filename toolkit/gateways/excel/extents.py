"""Rows put below a list, as Excel would: the table, filter, validations and conditional formats grow with it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape

from toolkit.gateways.excel.areas import Area, area_of, find_area
from toolkit.gateways.excel.package import Package
from toolkit.gateways.excel.sheet import SheetStream
from toolkit.gateways.excel.sheet_rows import MOST_ROWS, Block, Row
from toolkit.gateways.excel.unsafe import UnsafeWorkbook
from toolkit.gateways.excel.xmltext import Markup, attributes

# a formula that names cells relatively (B2) reads otherwise in each row; [@Amount] and $B$2 read the same
_NO_CELLS = re.compile(r"\"[^\"]*\"|'[^']*'!|\$[A-Z]{1,3}\$[0-9]+|\[[^][]*\]|\[(?:[^][]|\[[^][]*\])*\]")
_RELATIVE = re.compile(r"(?<![\w.])(?:\$?[A-Z]{1,3}\$?[0-9]+(?![\w(.])|\$?[0-9]+:\$?[0-9]+)")


@dataclass(frozen=True, slots=True)
class Table:
    """A table part: its area with header and totals. `calculated`: column -> the formula (XML) of every row of it."""

    part: str
    name: str
    area: Area
    has_header: bool
    totals: int
    calculated: Mapping[int, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Landing:
    """Where appended rows go: the first row, how many, the list's header row, and the tables (side by side) that grow."""

    first: int
    count: int
    header: int
    tables: tuple[Table, ...] = ()

    @property
    def last(self) -> int:
        """The last of the new rows."""
        return self.first + self.count - 1

    @property
    def calculated(self) -> Mapping[int, bytes]:
        """The tables' own formulas for a new row: column -> XML."""
        return {column: formula for table in self.tables for column, formula in table.calculated.items()}


def tables_of(package: Package, sheet_part: str) -> list[Table]:
    """The tables of a sheet."""
    parts = [part for kind, part in package.relations(sheet_part).values() if kind == "table"]
    return [_table(part, Markup(package.read(part))) for part in parts]


def _table(part: str, markup: Markup) -> Table:
    given = attributes(next(tag.text for tag in markup.tags() if tag.name == "table" and not tag.path))
    area = area_of(given.get("ref", ""))
    totals = given.get("totalsRowCount", "0")
    if not totals.isdecimal():
        raise UnsafeWorkbook(f"the table {given.get('displayName', '')!r} is not understood")
    has_header = given.get("headerRowCount", "1") != "0"
    return Table(
        part, given.get("displayName", ""), area, has_header, int(totals), dict(_calculated(markup, area.left))
    )


def _calculated(markup: Markup, left: int) -> Iterator[tuple[int, bytes]]:
    column, begun = left - 1, 0
    for tag in markup.tags():
        if tag.name == "tableColumn" and not tag.is_end:
            column += 1
        elif tag.name == "calculatedColumnFormula" and tag.is_end and begun:
            formula = markup.data[begun : tag.start]
            if not _RELATIVE.search(_NO_CELLS.sub("", unescape(formula.decode()))):
                yield column, formula
        elif tag.name == "calculatedColumnFormula":  # an array formula is no cell's own
            begun = 0 if tag.is_empty or "array" in attributes(tag.text) else tag.end


@dataclass(slots=True)
class Survey:
    """What a first look at a sheet found: its first and last row with a value, the rows asked for, its filter.

    `below` is the first row below a table with a value in the columns asked for.
    """

    first_row: int = 0
    last_row: int = 0
    below: int = 0
    rows: dict[int, Row] = field(default_factory=dict)
    filter: Area | None = None
    merged: list[Area] = field(default_factory=list)


def survey(stream: SheetStream, watched: Sequence[tuple[int, int]], below: Area | None = None) -> Survey:
    """Look through a sheet. `watched` are (first, last) of rows to keep; the last row with a value is kept besides."""
    found = Survey()
    last: Row | None = None
    for block in stream.blocks():
        if below is not None and not found.below:
            found.below = _first_within(block, below)
        for index, number in enumerate(block.numbers):
            if any(low <= number <= high for low, high in watched):
                found.rows[number] = block.row(block.place(index))
        if not found.first_row:
            rows = map(block.row, block.places())
            found.first_row = next((row.number for row in rows if row.has_value()), 0)
        backwards = (block.row(block.place(index)) for index in reversed(range(len(block.numbers))))
        last = next((row for row in backwards if row.has_value()), last)
    if last is not None:
        found.last_row = last.number
        found.rows[last.number] = last
    found.filter, found.merged = _filter_area(stream), merged_areas(stream)
    return found


def _first_within(block: Block, area: Area) -> int:
    """The first row of a block with a value in an area; 0 if there is none."""
    for index in range(bisect_left(block.numbers, area.top), len(block.numbers)):
        row = block.row(block.place(index))
        if any(
            area.left <= cell.column <= area.right and row.grammar.has_value(cell.inside, cell.tag)
            for cell in row.cells()
        ):
            return row.number
    return 0


def area_below(tables: Sequence[Table], columns: Collection[int], header: int) -> Area | None:
    """Where nothing may stand if new rows are to be the table's, though nobody said which list they belong to."""
    mine = () if header else _tables_for(tables, columns, header)
    if not mine:
        return None
    left, right = min(one.area.left for one in mine), max(one.area.right for one in mine)
    return Area(max(one.area.bottom for one in mine) + 1, left, MOST_ROWS, right)


def rows_to_watch(
    tables: Sequence[Table], columns: Collection[int], header: int, count: int, written_to: int
) -> list[tuple[int, int]]:
    """The rows that `landing` and `styles_above` will ask a survey for."""
    watched = [(written_to, written_to)]
    for mine in _tables_for(tables, columns, header):
        first_body = mine.area.top + mine.has_header
        watched += [(first_body - 1, first_body), (mine.area.bottom, mine.area.bottom + count)]
    return watched


def _tables_for(tables: Sequence[Table], columns: Collection[int], header: int) -> tuple[Table, ...]:
    """The tables that new rows belong to: those with the list's header that end alike; without a word of that, for each
    column the lowest that holds it.
    """
    if header:
        mine = [one for one in tables if one.has_header and one.area.top == header]
        mine = [one for one in mine if any(one.area.left <= column <= one.area.right for column in columns)]
        return tuple(one for one in mine if one.area.bottom == mine[0].area.bottom)
    lowest: dict[str, Table] = {}
    for column in columns:
        mine = [one for one in tables if one.area.left <= column <= one.area.right]
        if mine:
            one = max(mine, key=lambda one: one.area.bottom)
            lowest[one.part] = one
    return tuple(lowest.values())


def landing(
    sheet: Survey, tables: Sequence[Table], columns: Collection[int], header: int, count: int, written_to: int
) -> Landing:
    """Where `count` rows with those columns go: the end of the table that they belong to, else below the last value.

    `written_to` is the last row that the same patch writes otherwise. A table with something right below it (typed in
    LibreOffice, where tables do not grow) stays as it is, and the rows go below everything.
    """
    mine = _tables_for(tables, columns, header)
    if mine:
        first = _common_end(sheet, mine)
        left = min(*columns, *(one.area.left for one in mine))
        right = max(*columns, *(one.area.right for one in mine))
        taken = Area(first, left, first + count - 1, right)
        others = [*(one.area for one in tables if one not in mine), *sheet.merged]  # Excel merges nothing in a table
        if _is_free(sheet, taken) and not any(one.meets(taken) for one in others):
            if sheet.below:
                raise UnsafeWorkbook(
                    f"below {_named(mine)} stands something else, in row {sheet.below}: say by its header's row "
                    "to which list the new rows belong"
                )
            return _fitting(Landing(first, count, max(one.area.top if one.has_header else 0 for one in mine), mine))
    header = header or (sheet.filter.top if sheet.filter else sheet.first_row)
    return _fitting(Landing(max(sheet.last_row, written_to) + 1, count, header))


def _common_end(sheet: Survey, mine: Sequence[Table]) -> int:
    """The first row below the tables. A row goes below several only if they end alike: so Excel makes them grow."""
    for table in mine:
        if table.totals:
            raise UnsafeWorkbook(
                f"the table {table.name!r} ends in a totals row: switch it off, then rows can be appended"
            )
    ends = {_first_free(sheet, table) for table in mine}
    if len(ends) > 1:
        raise UnsafeWorkbook(
            f"{_named(mine)} end in different rows, a new row cannot belong to all of them: append to each by itself"
        )
    return ends.pop()


def _named(tables: Sequence[Table]) -> str:
    """`the tables 'A' (B2:C9) and …`."""
    names = " and ".join(f"{one.name!r} ({one.area.text()})" for one in tables)
    return f"the table {names}" if len(tables) == 1 else f"the tables {names}"


def _fitting(one: Landing) -> Landing:
    if one.last > MOST_ROWS:
        raise UnsafeWorkbook("the sheet is full, no row can be appended")
    return one


def _first_free(sheet: Survey, table: Table) -> int:
    """Below the table, or its one blank row: Excel shows an empty table with a row to type in."""
    first_body = table.area.top + table.has_header
    if table.area.bottom == first_body and _is_free(
        sheet, Area(first_body, table.area.left, first_body, table.area.right)
    ):
        return first_body
    return table.area.bottom + 1


def _is_free(sheet: Survey, area: Area) -> bool:
    for number in range(area.top, area.bottom + 1):
        row = sheet.rows.get(number)
        if row and any(
            area.holds(number, cell.column) and row.grammar.has_value(cell.inside, cell.tag) for cell in row.cells()
        ):
            return False
    return True


def _filter_area(stream: SheetStream) -> Area | None:
    for tag in stream.tail_markup.tags():
        if tag.name == "autoFilter" and not tag.path and not tag.is_end:  # those of custom views stay as they are
            return find_area(attributes(tag.text).get("ref", ""))
    return None


def merged_areas(stream: SheetStream) -> list[Area]:
    """The merged areas, known when the cells have been had."""
    if b"mergeCell" not in stream.tail:
        return []
    tags = stream.tail_markup.tags()
    return [area_of(attributes(tag.text).get("ref", "")) for tag in tags if tag.name == "mergeCell" and not tag.is_end]

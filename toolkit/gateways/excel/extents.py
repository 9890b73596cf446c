"""Rows put below a list, as Excel would: the table, filter, validations and conditional formats grow with it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from toolkit.gateways.excel.areas import Area, area_of, find_area
from toolkit.gateways.excel.package import Package
from toolkit.gateways.excel.sheet import MOST_ROWS, SheetText
from toolkit.gateways.excel.unsafe import UnsafeWorkbook
from toolkit.gateways.excel.xmltext import Markup, Splice, Tag, attributes, spliced, with_attribute, without_attributes

_GROWING = ("conditionalFormatting", "dataValidation")


@dataclass(frozen=True, slots=True)
class Table:
    """A table part: its area with header and totals."""

    part: str
    name: str
    area: Area
    has_header: bool
    totals: int


@dataclass(frozen=True, slots=True)
class Landing:
    """Where appended rows go: the first row, how many, the list's header row, and the table that they belong to."""

    first: int
    count: int
    header: int
    table: Table | None

    @property
    def last(self) -> int:
        """The last of the new rows."""
        return self.first + self.count - 1


def tables_of(package: Package, sheet_part: str) -> list[Table]:
    """The tables of a sheet."""
    tables = []
    for kind, part in package.relations(sheet_part).values():
        if kind == "table":
            given = attributes(next(_roots(Markup(package.read(part)))).text)
            has_header = given.get("headerRowCount", "1") != "0"
            totals = int(given.get("totalsRowCount", "0"))
            tables.append(Table(part, given.get("displayName", ""), area_of(given.get("ref", "")), has_header, totals))
    return tables


def _roots(markup: Markup) -> Iterator[Tag]:
    return (tag for tag in markup.tags() if tag.name == "table" and not tag.path)


def landing(sheet: SheetText, tables: list[Table], columns: Collection[int], count: int, written_to: int) -> Landing:
    """Where `count` rows with those columns go: the end of the table that they belong to, else below the last value.

    `written_to` is the last row that the same patch writes otherwise. A table with something right below it (typed in
    LibreOffice, where tables do not grow) stays as it is, and the rows go below everything.
    """
    area = Area(1, min(columns), MOST_ROWS, max(columns))
    mine = [table for table in tables if table.area.meets(area)]
    last = sheet.last_row()
    if mine:
        table = max(mine, key=lambda one: one.area.bottom)
        if table.totals:
            raise UnsafeWorkbook(
                f"the table {table.name!r} ends in a totals row: switch it off, then rows can be appended"
            )
        first = _first_free(sheet, table)
        taken = Area(first, min(area.left, table.area.left), first + count - 1, max(area.right, table.area.right))
        others = [one for one in tables if one is not table]
        if _is_free(sheet, taken) and not any(one.area.meets(taken) for one in others):
            return _fitting(Landing(first, count, table.area.top if table.has_header else 0, table))
    header = _filter_area(sheet)
    return _fitting(Landing(max(last, written_to) + 1, count, header.top if header else sheet.first_row(), None))


def _fitting(one: Landing) -> Landing:
    if one.last > MOST_ROWS:
        raise UnsafeWorkbook("the sheet is full, no row can be appended")
    return one


def _first_free(sheet: SheetText, table: Table) -> int:
    """Below the table, or its one blank row: Excel shows an empty table with a row to type in."""
    first_body = table.area.top + table.has_header
    if table.area.bottom == first_body and _is_free(
        sheet, Area(first_body, table.area.left, first_body, table.area.right)
    ):
        return first_body
    return table.area.bottom + 1


def _is_free(sheet: SheetText, area: Area) -> bool:
    for number in range(area.top, area.bottom + 1):
        row = sheet.row(number)
        if row and any(area.holds(number, cell.column) and sheet.cell_has_value(cell) for cell in sheet.cells(row)):
            return False
    return True


def _filter_area(sheet: SheetText) -> Area | None:
    for tag in sheet.markup.tags(sheet.tail_start):
        if tag.name == "autoFilter" and not tag.path and not tag.is_end:  # those of custom views stay as they are
            return find_area(attributes(tag.text).get("ref", ""))
    return None


def grown_table(package: Package, where: Landing) -> tuple[str, bytes] | None:
    """The table's part with `ref` and filter down to the last new row; None if it need not grow."""
    table = where.table
    if table is None:
        return None
    markup = Markup(package.read(table.part))
    area = table.area.down_to(max(table.area.bottom, where.last))
    splices: list[Splice] = []
    for tag in markup.tags():
        if tag.is_end or not (
            (tag.name == "table" and not tag.path) or (tag.name == "autoFilter" and tag.path == ("table",))
        ):
            continue
        text = with_attribute(tag.text, "ref", area.text())
        # `insertRow` says that the one row shown is no data yet
        text = without_attributes(text, (b"insertRow", b"insertRowShift")) if tag.name == "table" else text
        splices.append((tag.start, tag.end, text))
    new = spliced(markup.data, splices)
    return None if new == markup.data else (table.part, new)


def tail_splices(sheet: SheetText, where: Landing) -> tuple[list[Splice], Area | None]:
    """The changes in what follows the cells, and the sheet's filter area if it grew."""
    splices: list[Splice] = []
    grown_filter: Area | None = None
    opened: Tag | None = None
    for tag in sheet.markup.tags(sheet.tail_start):
        if tag.is_end:
            if tag.name == "sqref" and opened is not None:  # the x14 form: the areas are text, not an attribute
                old = sheet.data[opened.end : tag.start].decode()
                splices.append((opened.end, tag.start, _grown_areas(old, where).encode()))
            opened = None
        elif tag.name in _GROWING and "sqref" in (given := attributes(tag.text)):
            splices.append((tag.start, tag.end, _with_changed(tag.text, "sqref", given["sqref"], where)))
        elif tag.name == "sqref" and tag.path[-1:] and tag.path[-1] in _GROWING:
            opened = tag
        elif tag.name == "autoFilter" and not tag.path and where.table is None:
            area = find_area(attributes(tag.text).get("ref", ""))
            if area is not None and area.bottom == where.first - 1:
                grown_filter = area.down_to(where.last)
                splices.append((tag.start, tag.end, with_attribute(tag.text, "ref", grown_filter.text())))
    return [one for one in splices if sheet.data[one[0] : one[1]] != one[2]], grown_filter


def _with_changed(tag: bytes, name: str, old: str, where: Landing) -> bytes:
    new = _grown_areas(old, where)
    return tag if new == old else with_attribute(tag, name, new)


def _grown_areas(text: str, where: Landing) -> str:
    """The areas, those that end right above the new rows and are not of the header made longer."""
    grown = []
    for word in text.split():
        area = find_area(word)
        ends_there = area is not None and area.bottom == where.first - 1 and area.bottom > where.header
        if area is not None and ends_there and _is_mine(area, where.table):
            area = area.down_to(where.last)
            word = area.text()  # noqa: PLW2901 - the word is what is kept otherwise
        grown.append(word)
    return " ".join(grown) if grown != text.split() else text


def _is_mine(area: Area, table: Table | None) -> bool:
    return table is None or area.meets(table.area)


def widened_dimension(sheet: SheetText, edited: Collection[tuple[int, int]]) -> list[Splice]:
    """The `dimension` (a hint before the cells) widened to the edited cells; never narrowed, never added."""
    for tag in sheet.markup.tags(0, sheet.head_end):
        area = find_area(attributes(tag.text).get("ref", "")) if tag.name == "dimension" and not tag.is_end else None
        if area is not None:
            rows, columns = {row for row, _ in edited}, {column for _, column in edited}
            wide = area.around(min(rows), min(columns)).around(max(rows), max(columns))
            return [] if wide == area else [(tag.start, tag.end, with_attribute(tag.text, "ref", wide.text()))]
    return []


def styles_above(sheet: SheetText, where: Landing) -> Mapping[int, int]:
    """Column -> style of the row above the new ones; nothing if that is the header, whose looks are its own."""
    row = sheet.row(where.first - 1) if where.first - 1 > where.header else None
    return {cell.column: cell.style for cell in sheet.cells(row)} if row else {}

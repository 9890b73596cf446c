"""A worksheet part as text: where its rows and cells stand. Nothing here changes anything."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from toolkit.core.place import column_letters, column_number
from toolkit.gateways.excel.areas import Area, area_of
from toolkit.gateways.excel.unsafe import UnsafeWorkbook
from toolkit.gateways.excel.xmltext import ATTRS, Markup, attributes

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
_ROW_NUMBER = re.compile(rb"""\sr\s*=\s*["'](\d+)["']""")
_CELL_NAME = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})(\d+)["']""")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number, where it begins, where its start tag ends; `is_empty` if it is `<row/>`."""

    number: int
    start: int
    tag_end: int
    is_empty: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its column, where it stands, its start tag and what is inside."""

    column: int
    start: int
    end: int
    tag: bytes
    inside: bytes

    @property
    def style(self) -> int:
        """The index of its cell format."""
        return int(attributes(self.tag).get("s", "0"))


class SheetText:
    """The places in one worksheet part. Raises UnsafeWorkbook where rows or cells are out of order or doubled."""

    def __init__(self, data: bytes) -> None:
        self.markup = Markup(data)
        self.data, self.scan = data, self.markup.scan
        opened = re.search(rb"<([\w.-]+:)?sheetData\b" + ATTRS + rb"(/?)>", self.scan)
        if opened is None:
            raise UnsafeWorkbook("the sheet has no cell area")
        self.prefix = (opened[1] or b"").decode()
        prefix = re.escape(opened[1] or b"")
        self.head_end, self.body_start, self.is_bare = opened.start(), opened.end(), bool(opened[2])
        closed = re.compile(rb"</" + prefix + rb"sheetData\s*>").search(self.scan, self.body_start)
        if closed is None and not self.is_bare:
            raise UnsafeWorkbook("the sheet's cell area has no end")
        self.body_end, self.tail_start = (
            (closed.start(), closed.end()) if closed else (self.body_start, self.body_start)
        )
        if self.is_bare:
            self.body_end = self.tail_start = self.body_start
        self._row = re.compile(rb"<" + prefix + rb"row(?P<attrs>" + ATTRS + rb")(?P<empty>/?)>")
        self._row_close = re.compile(rb"</" + prefix + rb"row\s*>")
        self._cell = re.compile(
            rb"(?P<tag><"
            + prefix
            + rb"c"
            + ATTRS
            + rb"(?:/>|(?P<open>>)))(?(open)(?P<inside>.*?)</"
            + prefix
            + rb"c\s*>)",
            re.DOTALL,
        )
        self._value = re.compile(rb"<" + prefix + rb"[vt]" + ATTRS + rb">[^<]")
        self.formula = re.compile(rb"<" + prefix + rb"f" + ATTRS + rb"/?>")
        self.rows = self._find_rows()
        self._numbers = [row.number for row in self.rows]

    def _find_rows(self) -> list[Row]:
        rows: list[Row] = []
        last = 0
        for match in self._row.finditer(self.scan, self.body_start, self.body_end):
            named = _ROW_NUMBER.search(match["attrs"])
            number = int(named[1]) if named else last + 1  # `r` may be left out: the next row
            if not last < number <= MOST_ROWS:
                raise UnsafeWorkbook(f"the sheet's rows are out of order or doubled at row {number}")
            rows.append(Row(number, match.start(), match.end(), bool(match["empty"])))
            last = number
        return rows

    def row(self, number: int) -> Row | None:
        """A row by its number, if the sheet has it."""
        at = bisect_left(self._numbers, number)
        return self.rows[at] if at < len(self.rows) and self._numbers[at] == number else None

    def row_after(self, number: int) -> Row | None:
        """The first row with this number or a greater one."""
        at = bisect_left(self._numbers, number)
        return self.rows[at] if at < len(self.rows) else None

    def row_end(self, row: Row) -> tuple[int, int]:
        """Where a row's inside ends, and where the row ends."""
        if row.is_empty:
            return row.tag_end, row.tag_end
        closed = self._row_close.search(self.scan, row.tag_end)
        if closed is None:
            raise UnsafeWorkbook(f"row {row.number} has no end")
        return closed.start(), closed.end()

    def cells(self, row: Row) -> Iterator[Cell]:
        """A row's cells from left to right."""
        last = 0
        for match in self._cell.finditer(self.scan, row.tag_end, self.row_end(row)[0]):
            tag = match["tag"]
            named = _CELL_NAME.search(tag)
            column = _column(named[1]) if named else last + 1
            if not last < column <= MOST_COLUMNS or (named and int(named[2]) != row.number):
                raise UnsafeWorkbook(f"the cells of row {row.number} are out of order, doubled or of another row")
            last = column
            inside = self.data[match.start("inside") : match.end("inside")] if match["open"] else b""
            yield Cell(column, match.start(), match.end(), tag, inside)

    def has_value(self, row: Row) -> bool:
        """Whether a reader finds something in the row. A formula that shows an empty text is nothing."""
        end = self.row_end(row)[0]
        if self.formula.search(self.scan, row.tag_end, end):
            return any(self.cell_has_value(cell) for cell in self.cells(row))
        return bool(self._value.search(self.scan, row.tag_end, end))

    def cell_has_value(self, cell: Cell) -> bool:
        """Whether a reader finds something in the cell; a formula never computed counts, what it shows is unknown."""
        if self._value.search(cell.inside):
            return True
        return bool(self.formula.search(cell.inside)) and attributes(cell.tag).get("t") != "str"

    def last_row(self) -> int:
        """The number of the last row with a value, 0 if there is none."""
        return next((row.number for row in reversed(self.rows) if self.has_value(row)), 0)

    def first_row(self) -> int:
        """The number of the first row with a value, 0 if there is none."""
        return next((row.number for row in self.rows if self.has_value(row)), 0)

    def array_areas(self) -> list[Area]:
        """The areas of array formulas and data tables: only their head has a formula, the rest looks like values."""
        if b"array" not in self.scan and b"dataTable" not in self.scan:
            return []
        found = (attributes(m[0]) for m in self.formula.finditer(self.scan, self.body_start, self.body_end))
        return [area_of(one["ref"]) for one in found if one.get("t") in ("array", "dataTable") and "ref" in one]

    def merged_areas(self) -> list[Area]:
        """The merged areas."""
        tags = self.markup.tags(self.tail_start)
        return [
            area_of(attributes(tag.text).get("ref", "")) for tag in tags if tag.name == "mergeCell" and not tag.is_end
        ]

    def column_styles(self) -> list[tuple[int, int, int]]:
        """(first column, last column, style) of the columns that have one."""
        found = []
        for tag in self.markup.tags(0, self.head_end):
            given = attributes(tag.text)
            if tag.name == "col" and "style" in given:
                found.append((int(given["min"]), int(given["max"]), int(given["style"])))
        return found


@lru_cache(maxsize=1024)
def _column(letters: bytes) -> int:
    return column_number(letters.decode())


def cell_name(row: int, column: int) -> str:
    """`C7`."""
    return f"{column_letters(column)}{row}"

"""Some rows of a sheet as the file has them: found by their tags, taken apart only where that is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from toolkit.core.place import column_letters, column_number
from toolkit.gateways.excel.unsafe import UnsafeWorkbook
from toolkit.gateways.excel.xmltext import ATTRS, attributes

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
_SLASH = ord("/")
_ROW_NUMBER = re.compile(rb"""\sr\s*=\s*["'](\d{1,9})["']""")
_CELL_NAME = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})(\d{1,9})["']""")


class OddMarkup(Exception):  # noqa: N818 - no error: the sheet is read again as a whole
    """Comments, CDATA or instructions among the cells: they can hide anything, so such a sheet is not cut in blocks."""


class Grammar:
    """How rows, cells and formulas are written in a part whose elements have this prefix (`x:`, or nothing)."""

    def __init__(self, prefix: bytes) -> None:
        p = re.escape(prefix)
        self.prefix = prefix.decode()
        self.row_start = b"<" + prefix + b"row"
        self.cell_start = b"<" + prefix + b"c"
        self.plain_cell = self.cell_start + b' r="'
        self.cell_close = b"</" + prefix + b"c>"
        self.formula_start = b"<" + prefix + b"f"
        self.body_close = re.compile(rb"</" + p + rb"sheetData\s*>")
        self.body_close_start = b"</" + prefix + b"sheetData"
        self.row = re.compile(rb"<" + p + rb"row(" + ATTRS + rb")(/?)>")
        self.plain_row = re.compile(rb"<" + p + rb"row(?: r=\"(\d{1,9})\")?")
        self.row_close = re.compile(rb"</" + p + rb"row\s*>")
        self.cell = re.compile(
            rb"(?P<tag><" + p + rb"c" + ATTRS + rb"(?:/>|(?P<open>>)))(?(open)(?P<inside>.*?)</" + p + rb"c\s*>)",
            re.DOTALL,
        )
        self.any_cell = re.compile(rb"<" + p + rb"c(?=[\s/>])")
        self.value = re.compile(rb"<" + p + rb"[vt]" + ATTRS + rb">[^<]")
        self.formula = re.compile(rb"<" + p + rb"f" + ATTRS + rb"/?>")

    def has_value(self, inside: bytes, tag: bytes) -> bool:
        """Whether a reader finds something in a cell; a formula never computed counts, what it shows is unknown."""
        if self.value.search(inside):
            return True
        return bool(self.formula.search(inside)) and attributes(tag).get("t") != "str"


@lru_cache(maxsize=16)
def grammar_of(prefix: bytes) -> Grammar:
    """The grammar of a prefix."""
    return Grammar(prefix)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its column, where it stands in its row, its start tag and what is inside."""

    column: int
    start: int
    end: int
    tag: bytes
    inside: bytes

    @property
    def style(self) -> int:
        """The index of its cell format."""
        return style_of(self.tag)


@dataclass(frozen=True, slots=True)
class Row:
    """One whole row: `data` from its start tag to its end, `scan` the same without comments; the cells stand between."""

    number: int
    data: bytes
    scan: bytes
    tag_end: int
    inside_end: int
    grammar: Grammar
    is_empty: bool

    @property
    def tag(self) -> bytes:
        """Its start tag."""
        return self.data[: self.tag_end]

    def cells(self) -> Iterator[Cell]:
        """Its cells from left to right; raises UnsafeWorkbook where they are out of order, doubled or of another row."""
        last = 0
        starts = sum(1 for _ in self.grammar.any_cell.finditer(self.scan, self.tag_end, self.inside_end))
        for match in self.grammar.cell.finditer(self.scan, self.tag_end, self.inside_end):
            starts -= 1
            tag = match["tag"]
            named = _CELL_NAME.search(tag)
            column = column_of(named[1]) if named else last + 1
            if not last < column <= MOST_COLUMNS or (named and int(named[2]) != self.number):
                raise UnsafeWorkbook(f"the cells of row {self.number} are out of order, doubled or of another row")
            last = column
            inside = self.data[match.start("inside") : match.end("inside")] if match["open"] else b""
            yield Cell(column, match.start(), match.end(), tag, inside)
        if starts:
            raise UnsafeWorkbook(f"the cells of row {self.number} are not whole, or nested")

    def has_value(self) -> bool:
        """Whether a reader finds something in the row. A formula that shows an empty text is nothing."""
        if self.grammar.formula.search(self.scan, self.tag_end, self.inside_end):
            return any(self.grammar.has_value(cell.inside, cell.tag) for cell in self.cells())
        return bool(self.grammar.value.search(self.scan, self.tag_end, self.inside_end))


Place = tuple[int, int, int, int, bool]
"""A row in its block: number, start, end of its start tag, where the next row begins, whether it is `<row/>`."""


class Block:
    """Some whole rows, with what stands between them. `numbers` are those of its rows, from top to bottom.

    Where a row stands is looked for only when asked: of most blocks only a few rows are wanted.
    """

    def __init__(self, data: bytes, scan: bytes, grammar: Grammar, above: int) -> None:
        self.data, self.scan, self.grammar = data, scan, grammar
        self._places: list[Place] | None = None
        self._hint = 0
        found = grammar.plain_row.findall(scan) if scan is data else [b""]
        if b"" in found:  # some row does not begin with its number
            self._places = list(self._all_places(above))
            self.numbers = [place[0] for place in self._places]
        else:
            self.numbers = list(map(int, found))
        for before, number in pairwise((above, *self.numbers)):
            if not before < number <= MOST_ROWS:
                raise UnsafeWorkbook(f"the sheet's rows are out of order or doubled at row {number}")

    def place(self, index: int) -> Place:
        """Where the row with that index among `numbers` stands; quickest from top to bottom."""
        if self._places is not None:
            return self._places[index]
        number, data, first = self.numbers[index], self.data, self.grammar.row_start
        name = first + b' r="%d"' % number
        start = data.find(name, self._hint)
        start = data.find(name) if start < 0 else start
        tag_end = data.find(b">", start) + 1
        if start < 0 or data.count(b'"', start, tag_end) % 2 or data.count(b"'", start, tag_end):
            self._places = list(self._all_places(self.numbers[0] - 1))
            return self._places[index]
        following = data.find(first, tag_end) if index + 1 < len(self.numbers) else len(data)
        self._hint = start
        return number, start, tag_end, following, data[tag_end - 2] == _SLASH

    def places(self) -> Iterator[Place]:
        """All rows from top to bottom."""
        return map(self.place, range(len(self.numbers)))

    def _all_places(self, above: int) -> Iterator[Place]:
        last, number, start, tag_end, is_empty = above, 0, -1, 0, False
        for match in self.grammar.row.finditer(self.scan):
            if start >= 0:
                yield number, start, tag_end, match.start(), is_empty
            start, tag_end = match.span()
            given = _ROW_NUMBER.search(match[1])
            number = last = int(given[1]) if given else last + 1  # `r` may be left out: the next row
            is_empty = bool(match[2])
        if start >= 0:
            yield number, start, tag_end, len(self.scan), is_empty

    def row(self, place: Place) -> Row:
        """One of the rows."""
        number, start, tag_end, following, is_empty = place
        if is_empty:
            end = inside_end = tag_end
        else:
            closed = self.grammar.row_close.search(self.scan, tag_end, following)
            if closed is None:
                raise UnsafeWorkbook(f"row {number} has no end")
            inside_end, end = closed.span()
        inside = tag_end - start, inside_end - start
        return Row(number, self.data[start:end], self.scan[start:end], *inside, self.grammar, is_empty)


@lru_cache(maxsize=1024)
def column_of(letters: bytes) -> int:
    """The number of a column."""
    return column_number(letters.decode())


def style_of(tag: bytes) -> int:
    """The cell format that a cell's or row's start tag names."""
    given = attributes(tag).get("s", "0")
    if not given.isdecimal():
        raise UnsafeWorkbook(f"a cell's format is not understood: s={given!r}")
    return int(given)


def cell_name(row: int, column: int) -> str:
    """`C7`."""
    return f"{column_letters(column)}{row}"

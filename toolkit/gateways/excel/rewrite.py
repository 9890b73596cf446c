"""Rows with some of their cells replaced: only those cells' bytes differ, and the row's `spans` if it got wider.

Each row is edited one of two ways with the same outcome. Nearly every program writes `<c r="B5" …>` and nothing odd
around it; there a cell is found by that text, which is several times as fast as taking the row apart. All else goes the
thorough way, cell by cell, which also is where disorder is found and refused.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence

from toolkit.gateways.excel.areas import find_area
from toolkit.gateways.excel.cells import Cells, Known, Shape, shape_of
from toolkit.gateways.excel.present import SharedStrings
from toolkit.gateways.excel.sheet import SheetStream
from toolkit.gateways.excel.sheet_rows import MOST_COLUMNS, Block, Place, column_of
from toolkit.gateways.excel.styles import Styles
from toolkit.gateways.excel.unsafe import UnsafeWorkbook
from toolkit.gateways.excel.xmltext import Splice, attributes, spliced, tag_name

_SPANS = re.compile(rb"""\sspans\s*=\s*["'](\d+):(\d+)["']""")
_KEPT_SHAPES = 4096

Wishes = Mapping[int, object]
"""Column -> value."""
Rows = Iterable[tuple[int, Wishes]]
"""Row number and its wishes, from top to bottom."""


class _Odd(Exception):  # noqa: N818 - no error: the row goes the thorough way
    """The row is not as plain as the quick way wants it."""


class Rewriter:
    """Fulfils the wishes for one sheet; `cells` tells what came of them."""

    def __init__(
        self, stream: SheetStream, styles: Styles, strings: SharedStrings, known: Known, *, title: str, is_1904: bool
    ) -> None:
        self.has_formulas = False
        self._stream = stream
        self._grammar = grammar = stream.grammar
        self._known = known
        self.cells = Cells(grammar, column_styles(stream), styles, strings, known, title=title, is_1904=is_1904)
        self._shapes: dict[bytes, Shape] = {}
        self._following: dict[int, int] = {}
        self._name = re.compile(re.escape(grammar.plain_cell) + rb"([A-Z]{1,3})([1-9]\d{0,6})\"")
        self._row_close = b"</" + grammar.prefix.encode() + b"row>"

    def rows(self, wishes: Rows) -> Iterator[bytes]:
        """The sheet's cell area with the wishes fulfilled, in pieces."""
        todo = iter(wishes)
        following = next(todo, None)
        for block in self._stream.blocks():
            self._look(block)
            out: list[bytes] = []
            at = index = 0
            last = block.numbers[-1] if block.numbers else 0
            while following is not None and following[0] <= last:
                index = bisect_left(block.numbers, following[0], index)
                place = block.place(index)
                if place[0] == following[0]:
                    changed = self._changed_row(block, place, following[1])
                    if changed is not None:
                        out += (block.data[at : place[1]], *changed[0])
                        at = changed[1]
                else:
                    out += (block.data[at : place[1]], self._new_row(*following))
                    at = place[1]
                following = next(todo, None)
            yield b"".join((*out, block.data[at:])) if out else block.data
        while following is not None:
            yield self._new_row(*following)
            following = next(todo, None)

    def _look(self, block: Block) -> None:
        """Note formulas, and the areas of array formulas: only their head has one, the rest looks like values."""
        if self._grammar.formula_start not in block.data:
            return
        for match in self._grammar.formula.finditer(block.scan):
            self.has_formulas = True
            if b"array" in match[0] or b"dataTable" in match[0]:
                given = attributes(match[0])
                area = find_area(given.get("ref", ""))
                if given.get("t") in ("array", "dataTable") and area is not None:
                    self._known.arrays.add(area)

    # -- an existing row: its new pieces, and where the old one ends in its block; None if nothing changes -------------

    def _changed_row(self, block: Block, place: Place, wishes: Wishes) -> tuple[list[bytes], int] | None:
        cells = self.cells
        before = cells.edits, cells.new_cells
        try:
            return self._changed_plainly(block, place, wishes)
        except _Odd:
            cells.edits, cells.new_cells = before
            return self._changed_thoroughly(block, place, wishes)

    def _changed_plainly(self, block: Block, place: Place, wishes: Wishes) -> tuple[list[bytes], int] | None:
        number, start, tag_end, following, is_empty = place
        data = block.data
        close = data.rfind(self._row_close, tag_end, following)
        if is_empty or close < 0 or block.scan is not data:
            raise _Odd
        inside = data[tag_end:close]
        tag = data[start:tag_end]
        out: list[bytes] = [tag]
        new_columns: list[int] = []
        digits = b'%d"' % number
        columns = sorted(wishes)
        at = index = 0
        while index < len(columns):
            column = columns[index]
            name = self.cells.start(column) + digits
            found = inside.find(name)
            if found >= 0:
                end, shape, old = self._plain_cell_at(inside, found + len(name))
                if found < at or inside.find(name, end) >= 0:  # out of order, or doubled
                    raise _Odd
                new = self.cells.changed(number, column, shape, old, wishes[column])
                if new is not None:
                    out += (inside[at:found], name, new)
                    at = end
                index += 1
                continue
            gap, following = self._gap(inside, number, column)
            side_by_side = columns[index : bisect_left(columns, following, index)]
            if gap < at:
                raise _Odd
            new = self.cells.alike(number, side_by_side, wishes, tag)
            if new:
                out += (inside[at:gap], new)
                at = gap
                new_columns += [one for one in side_by_side if self.cells.start(one) + digits in new]  # no blank ones
            index += len(side_by_side)
        if len(out) == 1:
            return None
        out[0] = _with_spans(tag, new_columns)
        out += (inside[at:], self._row_close)
        return out, close + len(self._row_close)

    def _gap(self, inside: bytes, number: int, column: int) -> tuple[int, int]:
        """Where a cell that the row has not would stand, and the column of the cell behind it (past all, if it is last).

        Rows are mostly filled alike: the column that followed in another row is tried first.
        """
        start = inside.rfind(self._grammar.cell_start)
        if start < 0:
            return 0, MOST_COLUMNS + 1
        if self._column_at(inside, start, number) < column:
            return self._end_of_cell(inside, start), MOST_COLUMNS + 1
        following = self._following.get(column)
        if following is not None:
            start = inside.find(self.cells.start(following) + b'%d"' % number)
            before = inside.rfind(self._grammar.cell_start, 0, start) if start > 0 else -1
            if start == 0 or (before >= 0 and self._column_at(inside, before, number) < column):
                return start, following
        last, before = 0, -1
        for named in self._name.finditer(inside):
            following = column_of(named[1])
            if following <= last or following == column or int(named[2]) != number:
                raise _Odd
            if following > column:
                if inside.rfind(self._grammar.cell_start, 0, named.start()) != before:  # a cell in another spelling
                    raise _Odd
                self._following[column] = following
                return named.start(), following
            last, before = following, named.start()
        raise _Odd

    def _column_at(self, inside: bytes, start: int, number: int) -> int:
        """The column of the cell that begins there."""
        named = self._name.match(inside, start)
        if named is None or int(named[2]) != number:
            raise _Odd
        return column_of(named[1])

    def _end_of_cell(self, inside: bytes, start: int) -> int:
        return self._plain_cell_at(inside, inside.index(b'"', start + len(self._grammar.plain_cell)) + 1)[0]

    def _plain_cell_at(self, inside: bytes, name_end: int) -> tuple[int, Shape, bytes]:
        """Where a cell ends, the shape of its tag behind the name, and what is inside."""
        end = inside.find(b">", name_end)
        rest = inside[name_end:end]
        shape = self._shapes.get(rest) or self._shape(rest)
        if rest[-1:] == b"/":
            return end + 1, shape, b""
        close = inside.find(self._grammar.cell_close, end)
        old = inside[end + 1 : close]
        if close < 0 or self._grammar.cell_start in old:  # another cell, or an extension that looks like one
            raise _Odd
        return close + len(self._grammar.cell_close), shape, old

    def _shape(self, rest: bytes) -> Shape:
        if rest.count(b'"') % 2 or b"'" in rest:  # the `>` stood in a value
            raise _Odd
        whole = shape_of(b"<c" + rest + b">")
        shape = Shape(whole.style, whole.kind, whole.is_dynamic, whole.kept[2:])
        if len(self._shapes) < _KEPT_SHAPES:
            self._shapes[rest] = shape
        return shape

    def _changed_thoroughly(self, block: Block, place: Place, wishes: Wishes) -> tuple[list[bytes], int] | None:
        row = block.row(place)
        cells = {cell.column: cell for cell in row.cells()}
        cells_end = max((cell.end for cell in cells.values()), default=row.tag_end)
        splices: list[Splice] = []
        new_columns: list[int] = []
        for column in sorted(wishes):
            if column in cells:
                cell = cells[column]
                new = self.cells.changed(row.number, column, shape_of(cell.tag), cell.inside, wishes[column])
                if new is not None:
                    splices.append((cell.start, cell.end, new))
            elif new := self.cells.whole(row.number, [column], wishes, row.tag):
                at = next((cell.start for cell in cells.values() if cell.column > column), cells_end)
                splices.append((at, at, new))
                new_columns.append(column)
        if not splices:
            return None
        end = place[1] + len(row.data)
        tag = _with_spans(row.tag, new_columns)
        inside = spliced(row.data[: row.inside_end], splices)[row.tag_end :]
        if row.is_empty:
            return [tag[:-2].rstrip(), b">", inside, b"</", tag_name(tag), b">"], end
        return [tag, inside, row.data[row.inside_end :]], end

    def _new_row(self, number: int, wishes: Wishes) -> bytes:
        cells = self.cells.whole(number, sorted(wishes), wishes, b"")
        return b'%b r="%d">%b%b' % (self._grammar.row_start, number, cells, self._row_close) if cells else b""


def column_styles(stream: SheetStream) -> list[tuple[int, int, int]]:
    """(first column, last column, style) of the columns that have one."""
    found = []
    for tag in stream.head_markup.tags():
        given = attributes(tag.text) if tag.name == "col" else {}
        if "style" in given:
            try:
                found.append((int(given["min"]), int(given["max"]), int(given["style"])))
            except (KeyError, ValueError) as error:
                raise UnsafeWorkbook(f"a column of the sheet is not understood: {tag.text.decode()}") from error
    return found


def _with_spans(tag: bytes, columns: Sequence[int]) -> bytes:
    """The row's start tag with `spans` (a hint) widened to these columns, least first; never narrowed, never added."""
    spans = _SPANS.search(tag)
    if spans is None or not columns:
        return tag
    first, last = int(spans[1]), int(spans[2])
    if first <= columns[0] and columns[-1] <= last:
        return tag
    return tag[: spans.start(1)] + b"%d:%d" % (min(first, columns[0]), max(last, columns[-1])) + tag[spans.end(2) :]

"""Rows with some of their cells replaced: only those cells' bytes differ, and the row's `spans` if it got wider.

Each row is edited one of two ways with the same outcome. Nearly every program writes `<c r="B5" …>` and nothing odd
around it; there a cell is found by that text, which is several times as fast as taking the row apart. All else goes the
thorough way, cell by cell, which also is where disorder is found and refused.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from toolkit.core.place import column_letters
from toolkit.gateways.excel.areas import Area, find_area
from toolkit.gateways.excel.present import SharedStrings, stands_already
from toolkit.gateways.excel.sheet import Block, Cell, Grammar, Place, Row, SheetStream, column_of, style_of
from toolkit.gateways.excel.styles import Styles
from toolkit.gateways.excel.unsafe import UnsafeWorkbook
from toolkit.gateways.excel.values import Content, content_of
from toolkit.gateways.excel.xmltext import Splice, attributes, spliced, tag_name, with_attribute, without_attributes

_EXTENSIONS = re.compile(rb"<((?:[\w.-]+:)?extLst)\b.*</\1\s*>", re.DOTALL)
_NAME_HERE = re.compile(rb"([A-Z]{1,3})(\d{1,7})\"")
_SPANS = re.compile(rb"""\sspans\s*=\s*["'](\d+):(\d+)["']""")
_TRUE = ("1", "true")
_KEPT_CONTENTS = 4096

Wishes = Mapping[int, object]
"""Column -> value."""
Rows = Iterable[tuple[int, Wishes]]
"""Row number and its wishes, from top to bottom."""


@dataclass(slots=True)
class Known:
    """What the rows cannot tell of themselves: areas that must not be touched, and the looks of rows to come.

    `above`: column -> style, for rows from `first_new` on; `headers`: cells that must stay as a table names them.
    """

    merged: list[Area] = field(default_factory=list)
    arrays: list[Area] = field(default_factory=list)
    headers: Collection[tuple[int, int]] = ()
    above: Mapping[int, int] = field(default_factory=dict)
    first_new: int = 1 << 30


@dataclass(frozen=True, slots=True)
class _Shape:
    """A cell's start tag behind its name: its style, its type, and what stays of it (without `s`, `t`, `vm`)."""

    style: int
    kind: bytes
    is_dynamic: bool
    kept: bytes


class _Odd(Exception):  # noqa: N818 - no error: the row goes the thorough way
    """The row is not as plain as the quick way wants it."""


class Rewriter:
    """Fulfils the wishes for one sheet.

    `edits` counts the cells changed, `new_cells` those of appended rows; `blocked` tells which may not be, and why.
    """

    def __init__(
        self, stream: SheetStream, styles: Styles, strings: SharedStrings, known: Known, *, title: str, is_1904: bool
    ) -> None:
        self.edits = self.new_cells = 0
        self.blocked: dict[tuple[int, int], str] = {}
        self.has_formulas = False
        self._stream = stream
        self._grammar: Grammar = stream.grammar
        self._prefix = stream.prefix.encode()
        self._styles, self._strings, self._known = styles, strings, known
        self._title, self._is_1904 = title, is_1904
        self._column_styles = column_styles(stream)
        self._header_rows = {row for row, _ in known.headers}
        self._contents: dict[object, Content] = {}
        self._shapes: dict[bytes, _Shape] = {}
        self._tags: dict[tuple[bytes, int, bytes], bytes] = {}
        self._starts: dict[int, bytes] = {}
        self._defaults: dict[int, int] = {}
        self._plain_cell = self._grammar.cell_start + b' r="'
        self._row_close = b"</" + self._prefix + b"row>"

    def rows(self, wishes: Rows) -> Iterator[bytes]:
        """The sheet's cell area with the wishes fulfilled, in pieces."""
        todo = iter(wishes)
        following = next(todo, None)
        for block in self._stream.blocks():
            self._look(block)
            out: list[bytes] = []
            at = 0
            for place in block.places if following is not None else ():
                while following is not None and following[0] < place[0]:
                    out += (block.data[at : place[1]], self._new_row(*following))
                    at = place[1]
                    following = next(todo, None)
                if following is None:
                    break
                if following[0] == place[0]:
                    changed = self._changed_row(block, place, following[1])
                    if changed is not None:
                        out += (block.data[at : place[1]], changed[0])
                        at = changed[1]
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
                    self._known.arrays.append(area)

    # -- rows -------------------------------------------------------------------------------------------------------

    def _changed_row(self, block: Block, place: Place, wishes: Wishes) -> tuple[bytes, int] | None:
        """An existing row with its wishes fulfilled, and where the old one ends in its block; None if nothing changes."""
        before = self.edits, self.new_cells
        try:
            return self._changed_plainly(block, place, wishes)
        except _Odd:
            self.edits, self.new_cells = before
            return self._changed_thoroughly(block, place, wishes)

    def _changed_plainly(self, block: Block, place: Place, wishes: Wishes) -> tuple[bytes, int] | None:
        number, start, tag_end, following, is_empty = place
        data = block.data
        close = data.rfind(self._row_close, tag_end, following)
        if is_empty or close < 0 or block.scan is not data:
            raise _Odd
        inside = data[tag_end:close]
        if inside.count(self._grammar.cell_start) != inside.count(self._plain_cell):
            raise _Odd
        out: list[bytes] = []
        at = 0
        last: tuple[int, int] | None = None
        new_columns: list[int] = []
        digits = b'%d"' % number
        for column in sorted(wishes):
            name = (self._starts.get(column) or self._start(column)) + digits
            found = inside.find(name)
            if found >= 0:
                end, shape, old = self._plain_cell_at(inside, found, len(name))
                if found < at or inside.find(name, end) >= 0:
                    raise _Odd
                new = self._changed(number, column, shape, old, wishes[column])
                if new is not None:
                    out += (inside[at:found], name, new)
                    at = end
                continue
            last = last or self._last_plain_cell(inside, number)
            if last[0] >= column:
                raise _Odd
            cell = self._new_cell(number, column, wishes[column], data[start:tag_end])
            if cell:
                if at < last[1]:
                    out.append(inside[at : last[1]])
                    at = last[1]
                out += (name, cell)
                new_columns.append(column)
        if not out:
            return None
        tag = _with_spans(data[start:tag_end], new_columns)
        return b"".join((tag, *out, inside[at:], self._row_close)), close + len(self._row_close)

    def _plain_cell_at(self, inside: bytes, start: int, name_length: int) -> tuple[int, _Shape, bytes]:
        """Where a cell ends, the shape of its tag, and what is inside."""
        begin = start + name_length
        end = inside.find(b">", begin)
        rest = inside[begin:end]
        shape = self._shapes.get(rest) or self._shape(rest)
        if rest.endswith(b"/"):
            return end + 1, shape, b""
        close = inside.find(self._grammar.cell_close, end)
        if close < 0:
            raise _Odd
        return close + len(self._grammar.cell_close), shape, inside[end + 1 : close]

    def _shape(self, rest: bytes) -> _Shape:
        if rest.count(b'"') % 2 or b"'" in rest:  # the `>` stood in a value
            raise _Odd
        tag = b"<c" + rest.removesuffix(b"/") + b">"
        given = attributes(tag)
        kept = without_attributes(tag, (b"s", b"t", b"vm"))[2:-1].rstrip()
        kind = given.get("t", "").encode()
        shape = _Shape(style_of(tag), b"" if kind == b"n" else kind, "cm" in given, kept)
        if len(self._shapes) < _KEPT_CONTENTS:
            self._shapes[rest] = shape
        return shape

    def _last_plain_cell(self, inside: bytes, number: int) -> tuple[int, int]:
        """(its column, where it ends) of a row's last cell; (0, 0) of a row without cells."""
        start = inside.rfind(self._plain_cell)
        if start < 0:
            return 0, 0
        named = _NAME_HERE.match(inside, start + len(self._plain_cell))
        if named is None or int(named[2]) != number:
            raise _Odd
        return column_of(named[1]), self._plain_cell_at(inside, start, named.end() - start)[0]

    def _changed_thoroughly(self, block: Block, place: Place, wishes: Wishes) -> tuple[bytes, int] | None:
        row = block.row(place)
        cells = {cell.column: cell for cell in row.cells()}
        cells_end = max((cell.end for cell in cells.values()), default=row.tag_end)
        splices: list[Splice] = []
        for column in sorted(wishes):
            if column in cells:
                cell = cells[column]
                new = self._changed_cell(row, cell, wishes[column])
                if new is not None:
                    splices.append((cell.start, cell.end, new))
            elif new := self._named_cell(row.number, column, wishes[column], row.tag):
                at = next((cell.start for cell in cells.values() if cell.column > column), cells_end)
                splices.append((at, at, new))
        if not splices:
            return None
        end = place[1] + len(row.data)
        tag = _with_spans(row.tag, [*cells, *wishes])
        inside = spliced(row.data[: row.inside_end], splices)[row.tag_end :]
        if row.is_empty:
            return tag[:-2].rstrip() + b">" + inside + b"</" + tag_name(tag) + b">", end
        return tag + inside + row.data[row.inside_end :], end

    def _new_row(self, number: int, wishes: Wishes) -> bytes:
        cells = b"".join(self._named_cell(number, column, wishes[column], b"") for column in sorted(wishes))
        if not cells:
            return b""
        return b'<%brow r="%d">%b</%brow>' % (self._prefix, number, cells, self._prefix)

    # -- cells ------------------------------------------------------------------------------------------------------

    def _named_cell(self, number: int, column: int, value: object, row_tag: bytes) -> bytes:
        """A whole cell where none was; nothing for a blank."""
        cell = self._new_cell(number, column, value, row_tag)
        return self._start(column) + b'%d"' % number + cell if cell else b""

    def _new_cell(self, number: int, column: int, value: object, row_tag: bytes) -> bytes:
        """A cell behind its name. Its style: the row above's if appended, else the row's, else the column's."""
        wish = self._content(number, column, value)
        if not wish.inside or self._is_blocked(number, column, b"", is_dynamic=False):
            return b""
        style = self._known.above.get(column) if number >= self._known.first_new else None
        style = self._style_for(self._default_style(row_tag, column) if style is None else style, wish)
        self._count(number, column)
        return self._tag(b"", style, wish.kind) + wish.inside + self._grammar.cell_close

    def _changed_cell(self, row: Row, cell: Cell, value: object) -> bytes | None:
        """A cell of any spelling with another value; None where it stays."""
        given = attributes(cell.tag)
        kind = given.get("t", "").encode()
        kept = without_attributes(cell.tag, (b"s", b"t", b"vm")).removesuffix(b">").removesuffix(b"/").rstrip()
        shape = _Shape(cell.style, b"" if kind == b"n" else kind, "cm" in given, kept)
        return self._changed(row.number, cell.column, shape, cell.inside, value)

    def _changed(self, number: int, column: int, shape: _Shape, old: bytes, value: object) -> bytes | None:
        """A cell with another value, from the `kept` of its shape on. `t` and `vm` (a picture in it) go with the old."""
        if self._is_blocked(number, column, old, is_dynamic=shape.is_dynamic):
            return None
        wish = self._content(number, column, value)
        above = self._known.above if number >= self._known.first_new else None
        style = above.get(column, 0) if above and not shape.style else shape.style
        style = self._style_for(style, wish)
        if style == shape.style and stands_already(shape.kind, old, wish, self._strings):
            return None
        self._count(number, column)
        inside = wish.inside
        if b"extLst" in old and (extensions := _EXTENSIONS.search(old)):
            inside += extensions[0]
        tag = self._tag(shape.kept, style, wish.kind)
        return tag + inside + self._grammar.cell_close if inside else tag[:-1] + b"/>"

    def _tag(self, kept: bytes, style: int, kind: bytes) -> bytes:
        """The rest of a start tag behind the cell's name."""
        key = (kept, style, kind)
        tag = self._tags.get(key)
        if tag is None:
            tag = kept + (b' s="%d"' % style if style else b"") + (b' t="%b"' % kind if kind else b"") + b">"
            self._tags[key] = tag
        return tag

    def _content(self, number: int, column: int, value: object) -> Content:
        is_kept = type(value) in (str, datetime)  # numbers are not: 1, 1.0 and True would be one key
        if is_kept and (known := self._contents.get(value)) is not None:
            return known
        try:
            made = content_of(value, is_1904=self._is_1904)
        except UnsafeWorkbook as error:
            raise UnsafeWorkbook(f"{self._title}!{column_letters(column)}{number}: {error}") from error
        made = made.prefixed(self._stream.prefix) if self._prefix else made
        if is_kept:
            if len(self._contents) >= _KEPT_CONTENTS:
                self._contents.clear()
            self._contents[value] = made
        return made

    def _default_style(self, row_tag: bytes, column: int) -> int:
        if b"customFormat" in row_tag and attributes(row_tag).get("customFormat") in _TRUE:
            return style_of(row_tag)
        style = self._defaults.get(column)
        if style is None:
            style = next((style for first, last, style in self._column_styles if first <= column <= last), 0)
            self._defaults[column] = style
        return style

    def _style_for(self, style: int, wish: Content) -> int:
        if wish.is_date:
            return self._styles.for_date(style, has_time=wish.has_time)
        return self._styles.for_number(style) if wish.is_number else style

    def _start(self, column: int) -> bytes:
        """`<c r="B`: what a cell of a column begins with."""
        start = self._starts.get(column)
        if start is None:
            start = self._starts[column] = self._plain_cell + column_letters(column).encode()
        return start

    def _count(self, number: int, column: int) -> None:
        if number in self._header_rows and (number, column) in self._known.headers:
            name = f"{self._title}!{column_letters(column)}{number}"
            raise UnsafeWorkbook(f"{name} is a table's header, which must stay as the table names it")
        if number < self._known.first_new:
            self.edits += 1
        else:
            self.new_cells += 1

    def _is_blocked(self, number: int, column: int, inside: bytes, *, is_dynamic: bool) -> bool:
        reason = self._reason_against(number, column, inside, is_dynamic=is_dynamic)
        if reason:
            self.blocked[number, column] = reason
        return bool(reason)

    def _reason_against(self, number: int, column: int, inside: bytes, *, is_dynamic: bool) -> str | None:
        arrays, merged = self._known.arrays, self._known.merged
        if arrays and any(area.holds(number, column) for area in arrays):
            return "it belongs to an array formula or data table"
        if inside and self._grammar.formula_start in inside and self._grammar.formula.search(inside):
            return "it holds a formula"
        if is_dynamic:
            return "it is the head of a dynamic array"
        if merged and is_under(merged, number, column):
            return "it is hidden under a merged cell"
        return None


def is_under(merged: Iterable[Area], row: int, column: int) -> bool:
    """Whether a cell is hidden by a merged area that begins in another cell."""
    return any(area.holds(row, column) and (row, column) != (area.top, area.left) for area in merged)


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


def _with_spans(tag: bytes, columns: Collection[int]) -> bytes:
    """The row's start tag with `spans` (a hint) widened to these columns; never narrowed, never added."""
    spans = _SPANS.search(tag) if columns else None
    if spans is None:
        return tag
    first, last = int(spans[1]), int(spans[2])
    if first <= min(columns) and max(columns) <= last:
        return tag
    return with_attribute(tag, "spans", f"{min(first, *columns)}:{max(last, *columns)}")

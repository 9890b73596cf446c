"""Single cells made anew: their content, their looks, and whether they may be touched at all."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from toolkit.core.place import column_letters
from toolkit.gateways.excel.areas import Areas
from toolkit.gateways.excel.present import SharedStrings, stands_already
from toolkit.gateways.excel.sheet_rows import Grammar, style_of
from toolkit.gateways.excel.styles import Styles
from toolkit.gateways.excel.unsafe import UnsafeWorkbook
from toolkit.gateways.excel.values import TYPES, Content, Form, content_of
from toolkit.gateways.excel.xmltext import attributes, without_attributes

_EXTENSIONS = re.compile(rb"<((?:[\w.-]+:)?extLst)\b.*</\1\s*>", re.DOTALL)
_TRUE = ("1", "true")
_KEPT_CONTENTS = 1 << 14
_KEPT_TYPES = frozenset({str, datetime})  # numbers are not kept: 1, 1.0 and True would be one key


@dataclass(slots=True)
class Known:
    """What the rows cannot tell of themselves: areas that must not be touched, and the looks of rows to come.

    `above`: column -> style, for rows from `first_new` on; `headers`: cells that must stay as a table names them.
    """

    merged: Areas = field(default_factory=Areas)
    arrays: Areas = field(default_factory=Areas)
    headers: Collection[tuple[int, int]] = ()
    above: Mapping[int, int] = field(default_factory=dict)
    first_new: int = 1 << 30


@dataclass(frozen=True, slots=True)
class Shape:
    """A cell's start tag: its style, its type, whether a dynamic array begins there, what stays of it (all but `s`, `t`
    and `vm`, the picture that goes with the old value). `tags`: form -> (style, tag) of the cell with another content.
    """

    style: int
    kind: bytes
    is_dynamic: bool
    kept: bytes
    tags: dict[Form, tuple[int, bytes]] = field(default_factory=dict)


def shape_of(tag: bytes) -> Shape:
    """The shape of a start tag."""
    given = attributes(tag)
    kind = given.get("t", "").encode()
    kept = without_attributes(tag, (b"s", b"t", b"vm")).removesuffix(b">").removesuffix(b"/").rstrip()
    return Shape(style_of(tag), b"" if kind == b"n" else kind, "cm" in given, kept)


BLOCKED = {
    "array": "it belongs to an array formula or data table",
    "formula": "it holds a formula",
    "dynamic": "it is the head of a dynamic array",
    "merged": "it is hidden under a merged cell",
}
"""Why a cell may not be written."""


class Cells:
    """Makes the cells of one sheet. `edits` counts those changed, `new_cells` those of appended rows; `blocked` tells
    which may not be, and why (a key of BLOCKED).
    """

    def __init__(
        self,
        grammar: Grammar,
        column_styles: Iterable[tuple[int, int, int]],
        styles: Styles,
        strings: SharedStrings,
        known: Known,
        *,
        title: str,
        is_1904: bool,
    ) -> None:
        self.edits = self.new_cells = 0
        self.blocked: dict[tuple[int, int], str] = {}
        self._grammar = grammar
        self._close = grammar.cell_close
        self._styles, self._strings, self._known = styles, strings, known
        self._title, self._is_1904 = title, is_1904
        self._column_styles = list(column_styles)
        self._header_rows = {row for row, _ in known.headers}
        self._contents: dict[object, Content] = {}
        self._new_tags: dict[tuple[int, Form], bytes] = {}
        self._templates: dict[tuple[tuple[int, ...], tuple[Form, ...]], bytes] = {}
        self._starts: dict[int, bytes] = {}

    def start(self, column: int) -> bytes:
        """`<c r="B`: what a cell of a column begins with."""
        start = self._starts.get(column)
        if start is None:
            start = self._starts[column] = self._grammar.plain_cell + column_letters(column).encode()
        return start

    def whole(self, number: int, columns: Iterable[int], values: Mapping[int, object], row_tag: bytes) -> bytes:
        """New cells side by side, names and all; blanks are left out."""
        made = ((self.start(column), self.new(number, column, values[column], row_tag)) for column in columns)
        return b"".join(b'%b%d"%b' % (start, number, cell) for start, cell in made if cell)

    def alike(self, number: int, columns: Sequence[int], values: Mapping[int, object], row_tag: bytes) -> bytes:
        """`whole` for one of many rows that get the same cells: then only number and contents differ from row to row."""
        known = self._known
        has_own_looks = number >= known.first_new or number in self._header_rows or b"customFormat" in row_tag
        kept = self._contents
        contents = [
            (type(value) in _KEPT_TYPES and kept.get(value)) or self._content(number, column, value)
            for column in columns
            for value in (values[column],)
        ]
        insides = [inside for _, inside in contents]
        if has_own_looks or known.arrays or known.merged or b"" in insides:
            return self.whole(number, columns, values, row_tag)
        key = tuple(columns), tuple([form for form, _ in contents])
        template = self._templates.get(key)
        if template is None:
            cells = ((self.start(column), self._new_tag(column, form)) for column, form in zip(*key, strict=True))
            template = b"".join(b'%b\0"%b%%b%b' % (start, tag, self._close) for start, tag in cells)
            self._templates[key] = template
        self.edits += len(insides)
        return template.replace(b"\0", b"%d" % number) % tuple(insides)

    def new(self, number: int, column: int, value: object, row_tag: bytes) -> bytes:
        """A cell behind its name where none was; nothing for a blank.

        Its style: the row above's if appended, else the row's own, else the column's.
        """
        form, inside = self._content(number, column, value)
        if not inside or self._is_blocked(number, column, b"", is_dynamic=False):
            return b""
        self._count(number, column)
        if number >= self._known.first_new and column in self._known.above:
            tag = self._tag(b"", self._style_for(self._known.above[column], form), form)
        elif b"customFormat" in row_tag and attributes(row_tag).get("customFormat") in _TRUE:
            tag = self._tag(b"", self._style_for(style_of(row_tag), form), form)
        else:
            tag = self._new_tag(column, form)
        return tag + inside + self._close

    def _new_tag(self, column: int, form: Form) -> bytes:
        tag = self._new_tags.get((column, form))
        if tag is None:
            style = next((style for first, last, style in self._column_styles if first <= column <= last), 0)
            tag = self._new_tags[column, form] = self._tag(b"", self._style_for(style, form), form)
        return tag

    def changed(self, number: int, column: int, shape: Shape, old: bytes, value: object) -> bytes | None:
        """A cell, from the `kept` of its shape on, with another value; None where it stays."""
        if self._is_blocked(number, column, old, is_dynamic=shape.is_dynamic):
            return None
        wish = self._content(number, column, value)
        if number >= self._known.first_new and not shape.style:
            style = self._style_for(self._known.above.get(column, 0), wish.form)
            tag = self._tag(shape.kept, style, wish.form)
        else:
            style, tag = shape.tags.get(wish.form) or self._other_tag(shape, wish.form)
        if style == shape.style and stands_already(shape.kind, old, wish, self._strings):
            return None
        self._count(number, column)
        inside = wish.inside
        if b"extLst" in old and (extensions := _EXTENSIONS.search(old)):
            inside += extensions[0]
        return tag + inside + self._close if inside else tag[:-1] + b"/>"

    def _other_tag(self, shape: Shape, form: Form) -> tuple[int, bytes]:
        style = self._style_for(shape.style, form)
        made = shape.tags[form] = style, self._tag(shape.kept, style, form)
        return made

    def _tag(self, kept: bytes, style: int, form: Form) -> bytes:
        kind = TYPES.get(form)
        return kept + (b' s="%d"' % style if style else b"") + (b' t="%b"' % kind if kind else b"") + b">"

    def _style_for(self, style: int, form: Form) -> int:
        if form in (Form.DATE, Form.DATETIME):
            return self._styles.for_date(style, has_time=form is Form.DATETIME)
        return self._styles.for_number(style) if form is Form.NUMBER else style

    def _content(self, number: int, column: int, value: object) -> Content:
        is_kept = type(value) in _KEPT_TYPES
        if is_kept and (known := self._contents.get(value)) is not None:
            return known
        try:
            made = content_of(value, is_1904=self._is_1904)
        except UnsafeWorkbook as error:
            raise UnsafeWorkbook(f"{self._name(number, column)}: {error}") from error
        made = made.prefixed(self._grammar.prefix) if self._grammar.prefix else made
        if is_kept:
            if len(self._contents) >= _KEPT_CONTENTS:
                self._contents.clear()
            self._contents[value] = made
        return made

    def _name(self, number: int, column: int) -> str:
        return f"{self._title}!{column_letters(column)}{number}"

    def _count(self, number: int, column: int) -> None:
        if number in self._header_rows and (number, column) in self._known.headers:
            raise UnsafeWorkbook(
                f"{self._name(number, column)} is a table's header, which must stay as the table names it"
            )
        if number < self._known.first_new:
            self.edits += 1
        else:
            self.new_cells += 1

    def _is_blocked(self, number: int, column: int, inside: bytes, *, is_dynamic: bool) -> bool:
        known = self._known
        has_formula = self._grammar.formula_start in inside
        if not (has_formula or is_dynamic or known.arrays or known.merged):
            return False
        reason = None
        if any(known.arrays.at(number, column)):
            reason = "array"
        elif has_formula and self._grammar.formula.search(inside):
            reason = "formula"
        elif is_dynamic:
            reason = "dynamic"
        elif is_under(known.merged, number, column):
            reason = "merged"
        if reason:
            self.blocked[number, column] = reason
        return reason is not None


def is_under(merged: Areas, row: int, column: int) -> bool:
    """Whether a cell is hidden by a merged area that begins in another cell."""
    return any((row, column) != (area.top, area.left) for area in merged.at(row, column))

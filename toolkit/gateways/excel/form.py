"""The form of XML parts, checked by a real parser while their bytes pass: well formed, and a sheet nested as a sheet is."""

from __future__ import annotations

import re
from xml.parsers import expat

from toolkit.core.place import column_number
from toolkit.gateways.excel.unsafe import UnsafeWorkbook

PARSED_UP_TO = 8 << 20
NESTING_UP_TO = 2 << 20
"""Bytes. To parse a part of many megabytes takes longer than all that is done with it, and the program that wrote it so
had to read it as well; what is looked at in bigger ones are the rows that are touched.
"""
_MAIN = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_NAME = re.compile(r"([A-Za-z]{1,3})([1-9][0-9]{0,6})")
_OTHER, _ROW, _CELL, _SHEET_DATA = range(4)
_DEEPEST = 200
_KINDS = {"row": _ROW, "c": _CELL, "sheetData": _SHEET_DATA}
_DEPTHS = {_SHEET_DATA: 2, _ROW: 3, _CELL: 4}


class FormCheck:
    """Whether XML that is fed in pieces is well formed. A DOCTYPE, and with it every entity bomb, is refused."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate("utf-8", " ")
        self._parser.StartDoctypeDeclHandler = _refuse_doctype

    def feed(self, data: bytes) -> None:
        """The next piece; raises UnsafeWorkbook."""
        self._parse(data, False)

    def close(self) -> None:
        """The end; raises UnsafeWorkbook."""
        self._parse(b"", True)

    def _parse(self, data: bytes, is_last: bool) -> None:
        try:
            self._parser.Parse(data, is_last)
        except expat.ExpatError as error:
            raise UnsafeWorkbook(f"a part of the workbook is damaged: {error}") from error


def _refuse_doctype(*_: object) -> None:
    raise UnsafeWorkbook("a part of the workbook declares a DOCTYPE, which no workbook needs")


class SheetForm(FormCheck):
    """Whether a sheet's rows and cells are where they belong, all of one spelling, in order and named right.

    The writer finds them by their text; this tells whether that text means what it seems to.
    """

    def __init__(self) -> None:
        super().__init__()
        self._parser.namespace_prefixes = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._kinds: dict[str, int] = {}
        self._spelling: tuple[str, str] | None = None
        self._depth = self._row = self._column = 0
        self._path = [_OTHER] * (_DEEPEST + 1)

    def _start(self, name: str, given: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise UnsafeWorkbook("the sheet is nested deeper than any program nests it")
        kind = self._kinds.get(name)
        if kind is None:
            kind = self._kind(name)
            if self._spelling:
                self._kinds[name] = kind
        self._path[self._depth] = kind
        if kind == _OTHER:
            return
        if self._depth != _DEPTHS[kind] or (kind > _SHEET_DATA and self._path[self._depth - 1] == _OTHER):
            raise UnsafeWorkbook("the sheet's rows and cells stand where they do not belong")
        if kind == _CELL:
            self._next_cell(given.get("r"))
        elif kind == _ROW:
            self._next_row(given.get("r"))

    def _end(self, _: str) -> None:
        self._depth -= 1

    def _kind(self, name: str) -> int:
        space, _, rest = name.partition(" ")
        local, _, prefix = rest.partition(" ")
        if not rest:
            space, local = "", name
        if self._depth == 1 and (local != "worksheet" or space not in _MAIN):
            raise UnsafeWorkbook("the sheet is not in a form that is known")
        kind = _KINDS.get(local, _OTHER)
        if kind == _SHEET_DATA and self._depth != _DEPTHS[kind]:  # calamine takes it for the real one
            raise UnsafeWorkbook("the sheet has a second cell area within an extension")
        if kind == _SHEET_DATA and self._spelling is None:
            self._spelling = (space, prefix)
        if kind == _OTHER or self._spelling is None:
            return _OTHER
        if (space == self._spelling[0]) != (prefix == self._spelling[1]):  # one name in two spellings, or two in one
            raise UnsafeWorkbook("the sheet's rows and cells are spelt in more than one way")
        return kind if space == self._spelling[0] else _OTHER

    def _next_row(self, name: str | None) -> None:
        number = self._row + 1 if name is None else int(name) if name.isdecimal() else 0
        if number <= self._row:
            raise UnsafeWorkbook(f"the sheet's rows are out of order or doubled at row {name}")
        self._row, self._column = number, 0

    def _next_cell(self, name: str | None) -> None:
        if name is None:
            self._column += 1
            return
        found = _NAME.fullmatch(name)
        column = column_number(found[1]) if found else 0
        if found is None or int(found[2]) != self._row or column <= self._column:
            raise UnsafeWorkbook(
                f"the cells of row {self._row} are out of order, doubled or of another row (at {name[:20]})"
            )
        self._column = column

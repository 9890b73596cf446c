"""The shared strings of a workbook, read once, though its sheets are read in many blocks."""

from __future__ import annotations

from functools import cached_property

from toolkit.core.book import CellError, Raw
from toolkit.gateways.excel.raw import raw_of
from toolkit.gateways.excel.small import Surroundings, sheet_around
from toolkit.gateways.excel.spread import UnusualSheetError

MARK = "\x01s"
"""Begins a cell that stands for a shared string. XML allows its first sign in no text."""
_SHARED, _MARKED = b' t="s"><v>', b' t="str"><v>' + MARK.encode()
_LOST = CellError("#REF!")
_MOST = 1_048_576


class SharedStrings:
    """Cells that name a shared string by its number become texts with that number, behind a mark.

    calamine would parse all strings anew for each block, and hand each cell a copy of its own.
    """

    def __init__(self, around: Surroundings) -> None:
        self._around = around

    def marked(self, rows: bytes) -> bytes:
        """The rows with marked texts in place of shared strings, in the usual spelling of such cells."""
        return rows.replace(_SHARED, _MARKED)

    def raw(self, cell: object) -> Raw:
        """What a cell of marked rows means."""
        if type(cell) is not str or cell[:2] != MARK:
            return raw_of(cell)
        number = cell[2:]
        try:
            return self._values[int(number)] if number.isdecimal() else _LOST if number else None
        except IndexError:
            return _LOST

    def must_be_sure(self) -> None:
        """Raises UnusualSheetError unless the strings are written so that their numbers are sure. Reads them."""
        data = self._around.strings
        if data is None:
            return
        is_plain = b"<!" not in data and b"<sst" in data and data.count(b"<si") == _count(data) <= _MOST
        if not is_plain or len(self._values) != _count(data):
            raise UnusualSheetError

    @cached_property
    def _values(self) -> list[Raw]:
        """All strings, as calamine reads them: it reads a shared string as it reads one that stands in its cell."""
        data = self._around.strings
        if data is None:
            return []
        body = data[data.find(b">", data.find(b"<sst")) + 1 : data.rfind(b"</")]
        rows = body.replace(b"<si/>", b"<si></si>")
        rows = rows.replace(b"<si>", b'<row><c t="inlineStr"><is>').replace(b"</si>", b"</is></c></row>")
        sheet = sheet_around(rows, self._around)
        if sheet.start is None or sheet.end is None:
            return [None] * _count(data)
        above, below = sheet.start[0], _count(data) - sheet.end[0] - 1
        # Nearly all are usual text: they are not worth a call.
        shown = [
            text if type(text) is str and text[:1] not in ("", "#") else raw_of(text) for (text,) in sheet.to_python()
        ]
        return [None] * above + shown + [None] * below


def _count(data: bytes) -> int:
    return data.count(b"<si>") + data.count(b"<si/>")

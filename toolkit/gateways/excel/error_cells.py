"""Cells that hold a formula's error, found in a sheet's text: calamine shows them as blanks (python-calamine issue 105)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape

from toolkit.core.book import CellError
from toolkit.core.place import column_number

ErrorCell = tuple[int, int, CellError]
"""Row and column, from 1, and the error."""

_MARK = b' t="e"'
_MARKS = re.compile(rb"""\st\s*=\s*["']e["']""")
_NAME = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})(\d+)["']""")
_TEXT = re.compile(rb"<(?:[\w.-]+:)?v(?:\s[^>]*)?>(.*?)<", re.DOTALL)
_CELL = re.compile(rb"<c\s[^<>]*>")


def may_have_errors(text: bytes) -> bool:
    """Whether a closer look is worth while: a quick search for the usual spelling, any spelling if quotes are single."""
    return _MARK in text or (b"'" in text and _MARKS.search(text) is not None)


def error_cells(text: bytes) -> Iterator[ErrorCell]:
    """The error cells of a text without comments and CDATA. Raises ValueError at one that does not say where it is."""
    for place in _marks(text):
        cell = _CELL.match(text, text.rfind(b"<", 0, place))
        if cell is None:  # the same signs in a text, or in another tag
            continue
        name = _NAME.search(cell[0])
        if name is None:
            raise ValueError("an error cell without a name")
        yield int(name[2]), _column(name[1]), error_of(_inside(text, cell))


def _marks(text: bytes) -> Iterator[int]:
    if b"'" in text:
        yield from (mark.start() for mark in _MARKS.finditer(text))
        return
    place = text.find(_MARK)
    while place >= 0:
        yield place
        place = text.find(_MARK, place + 1)


def error_of(inside: bytes) -> CellError:
    """The error that stands in a cell."""
    shown = _TEXT.search(inside)
    return CellError(unescape(shown[1].decode()) if shown else "#N/A")


def _inside(text: bytes, cell: re.Match[bytes]) -> bytes:
    return b"" if cell[0].endswith(b"/>") else text[cell.end() : text.find(b"</c", cell.end())]


@lru_cache(maxsize=1024)
def _column(letters: bytes) -> int:
    return column_number(letters.decode())

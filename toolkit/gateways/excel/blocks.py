"""A big worksheet read block by block: its text is inflated as a stream, cut between rows, and typed by calamine."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import python_calamine

from toolkit.core.book import Raw, Rows
from toolkit.gateways.excel.error_cells import error_cells, may_have_errors
from toolkit.gateways.excel.package import Package
from toolkit.gateways.excel.sheet import LONGEST_ROW
from toolkit.gateways.excel.small import Surroundings, panics_told, sheet_around
from toolkit.gateways.excel.spread import UnusualSheetError, cut
from toolkit.gateways.excel.strings import SharedStrings
from toolkit.gateways.excel.unsafe import UnsafeWorkbook

BLOCK = 4 << 20
"""Bytes of a sheet's text that are typed at once: calamine needs some fifteen times as much for them."""
_PLAIN_HEAD = re.compile(rb"""(?:\xef\xbb\xbf)?\s*(?:<\?xml[^<>?]*\?>)?\s*<([\w.-]+:)?worksheet[\s>]""")
_ENCODING = re.compile(rb"""\bencoding\s*=\s*["']([\w.-]+)["']""")
_ODD_QUOTES = re.compile(rb"<(?:c|row)\s[^<>]*='")

Grid = list[list[Any]]


@dataclass(frozen=True, slots=True)
class BlockSheet:
    """One sheet of a package. `whole` reads all its rows in the slow way, for what is unusual."""

    package: Package
    part: str
    around: Surroundings
    strings: SharedStrings
    whole: Callable[[], list[list[Raw]]]
    size: int = BLOCK

    def blocks(self) -> Iterator[Rows]:
        """The rows from the top; blank ones at the end may be there or not. `strings.raw` says what their cells mean."""
        done = 0
        try:
            self.strings.must_be_sure()
            for text in _row_texts(self.package.raw_pieces(self.part), self.size):
                for rows in self._typed(text, done):
                    yield rows
                    done += len(rows)
        except (UnusualSheetError, python_calamine.CalamineError):
            yield self.whole()[done:]

    def _typed(self, text: bytes, done: int) -> Iterator[Rows]:
        """The rows of a text, with the blank rows between the `done` ones above and them."""
        _refuse_the_unusual(text)
        for part in cut(text):
            with panics_told():
                top, rows = self._grid(part)
            if may_have_errors(part):
                top, rows = _with_errors(top, rows, part)
            if not rows:
                continue
            if top < done:
                raise UnsafeWorkbook(f"the sheet's rows are out of order or doubled at row {top + 1}")
            if top > done:
                yield [()] * (top - done)
            yield rows
            done = top + len(rows)

    def _grid(self, part: bytes) -> tuple[int, Grid]:
        """How many rows lie above the first one with a cell, and the rows from there, from column A on."""
        try:
            sheet = sheet_around(self.strings.marked(part), self.around)
        except python_calamine.CalamineError:  # a shared string in another spelling
            sheet = sheet_around(part, self.around, with_strings=True)
        if sheet.start is None:
            return 0, []
        top, left = sheet.start
        rows: Sequence[list[Any]] = sheet.to_python(skip_empty_area=True)
        return top, [[None] * left + row for row in rows] if left else list(rows)


def _row_texts(pieces: Iterator[bytes], size: int) -> Iterator[bytes]:
    """The rows of a worksheet part as texts of about `size` bytes, cut behind a row's end, without a prefix (`x:row`)."""
    prefix, rest = _body(_joined(pieces, size))
    closes, row_ends = b"</" + prefix + b"sheetData>", b"</" + prefix + b"row>"
    while (end := rest.find(closes)) < 0:
        here = rest.rfind(row_ends) + len(row_ends)
        if here >= len(row_ends):
            yield without_prefix(rest[:here], prefix)
            rest = rest[here:]
        more = _joined(pieces, size)
        if not more:
            raise UnusualSheetError
        rest += more
        if len(rest) > LONGEST_ROW + size:
            raise UnsafeWorkbook("a row of the sheet is longer than any program writes one")
    yield without_prefix(rest[:end], prefix)
    deque(pieces, maxlen=0)  # to the end, where the checksum is compared


def without_prefix(text: bytes, prefix: bytes) -> bytes:
    """XML without CDATA whose tags have lost a prefix: in its text no `<` can stand."""
    return text.replace(b"<" + prefix, b"<").replace(b"</" + prefix, b"</") if prefix else text


def _joined(pieces: Iterator[bytes], size: int) -> bytes:
    """The next pieces, until they are `size` bytes or the last."""
    joined: list[bytes] = []
    while size > 0 and (piece := next(pieces, b"")):
        joined.append(piece)
        size -= len(piece)
    return b"".join(joined)


def _body(start: bytes) -> tuple[bytes, bytes]:
    """The prefix of the sheet's tags, and what follows its head."""
    named = _PLAIN_HEAD.match(start)
    prefix = named[1] or b"" if named else b""
    opens = b"<" + prefix + b"sheetData>"
    found = start.find(opens)
    head = start[: max(found, 0)]
    encoding = _ENCODING.search(head, 0, max(head.find(b"?>"), 0))
    is_utf8 = encoding is None or encoding[1].lower() in (b"utf-8", b"utf8", b"us-ascii", b"ascii")
    if not named or not head or b"<!" in head or not is_utf8:
        raise UnusualSheetError
    return prefix, start[found + len(opens) :]


def _refuse_the_unusual(text: bytes) -> None:
    """CDATA could look like a cell; odd quotes hide shared strings."""
    if b"]" in text and b"<![CDATA[" in text:  # one sign is found ten times faster than two
        raise UnusualSheetError
    if b"'" in text and b"='" in text and _ODD_QUOTES.search(text):
        raise UnusualSheetError


def _with_errors(top: int, rows: Grid, part: bytes) -> tuple[int, Grid]:
    """The grid with the errors where calamine found blanks, or nothing at all."""
    if b"<!" in part:  # a comment could look like a cell
        raise UnusualSheetError
    try:
        errors = list(error_cells(part))
    except ValueError as reason:
        raise UnusualSheetError from reason
    if not errors:
        return top, rows
    numbers = [row - 1 for row, _, _ in errors]
    first = min(*numbers, top) if rows else min(numbers)
    rows = [[] for _ in range(top - first if rows else 0)] + rows
    rows += [[] for _ in range(max(numbers) + 1 - first - len(rows))]
    for row, column, error in errors:
        line: list[Any] = rows[row - 1 - first]
        line.extend([None] * (column - len(line)))
        line[column - 1] = error
    return first, rows

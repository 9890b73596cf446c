"""A worksheet part read once from front to back: what stands before the cells, blocks of whole rows, what follows.

Only as much as a block is held at a time, so that a sheet of any size passes in the same memory. Nothing here changes
anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from toolkit.gateways.excel.sheet_rows import Block, OddMarkup, grammar_of
from toolkit.gateways.excel.unsafe import UnsafeWorkbook
from toolkit.gateways.excel.xmltext import ATTRS, Markup, has_oddities, must_be_utf8

LONGEST_ROW = LONGEST_TAIL = 32 << 20
"""Bytes that are held at once: 16,384 cells of 2 KB, and ten times the 65,530 links that a sheet may have."""
LONGEST_HEAD = 8 << 20
_LONGEST_CLOSE = 128  # `</sheetData >` may be cut by the end of a piece
_OPENED = re.compile(rb"<([\w.-]+:)?sheetData\b" + ATTRS + rb"(/?)>")


class SheetStream:
    """The part in pieces. `head` and `opening` are there at once, `closing` and `tail` when the blocks have been had.

    Raises UnsafeWorkbook where rows are out of order or doubled, and OddMarkup (see there) unless `is_whole`.
    """

    def __init__(self, pieces: Iterable[bytes], *, is_whole: bool = False) -> None:
        self._pieces = iter(pieces)
        self._is_whole = is_whole
        self._last = 0
        self.closing = self.tail = b""
        data = b"".join(self._pieces) if is_whole else next(self._pieces, b"")
        if b"<!DOCTYPE" in data:
            raise UnsafeWorkbook("a sheet declares a DOCTYPE, which no workbook needs")
        must_be_utf8(data)
        while (opened := _opened(self._scan(data))) is None:
            more = next(self._pieces, None)
            if more is None:
                raise UnsafeWorkbook("the sheet has no cell area")
            data += more
            if len(data) > LONGEST_HEAD and not is_whole:
                raise UnsafeWorkbook("what stands before the sheet's cells is longer than any program writes it")
        self.grammar = grammar_of(opened[1] or b"")
        self.prefix = self.grammar.prefix
        self.head, self.opening, self._rest = data[: opened.start()], opened[0], data[opened.end() :]
        self.is_bare = bool(opened[2])

    @property
    def head_markup(self) -> Markup:
        """The tags before the cells."""
        return Markup(self.head, is_whole=False)

    @property
    def tail_markup(self) -> Markup:
        """The tags after the cells, once those have been had."""
        return Markup(self.tail, is_whole=False)

    def _scan(self, data: bytes) -> bytes:
        """What is searched for tags."""
        if self._is_whole:
            return Markup(data, is_whole=False).scan
        if has_oddities(data):
            raise OddMarkup
        return data

    def blocks(self) -> Iterator[Block]:
        """The rows, some hundred kilobytes at a time, cut before the start of a row."""
        if self.is_bare:
            self._end(self._rest)
            return
        scan = self._scan(self._rest)
        data, self._rest = self._rest, b""
        seen = 0
        while (closed := self._closed(scan, seen)) is None:
            cut = scan.rfind(self.grammar.row_start)
            if cut > 0:
                yield self._block(data, scan, cut)
                data = scan = data[cut:]
            more = next(self._pieces, None)
            if more is None:
                raise UnsafeWorkbook("the sheet's cell area has no end")
            seen = max(0, len(data) - _LONGEST_CLOSE)
            if has_oddities(data[-1:] + more):
                raise OddMarkup
            data = scan = self._up_to_a_row(data, more)
        if closed.start():
            yield self._block(data, scan, closed.start())
        self.closing = closed[0]
        self._end(data[closed.end() :])

    def _up_to_a_row(self, data: bytes, more: bytes) -> bytes:
        """What is there and what comes, as far as the next start of a row: a row may be much longer than a piece."""
        parts = [data, more]
        length = len(data) + len(more)
        while self.grammar.row_start not in (edge := parts[-2][-_LONGEST_CLOSE:] + parts[-1]):
            following = None if self.grammar.body_close_start in edge else next(self._pieces, None)
            if following is None:
                break
            if has_oddities(parts[-1][-1:] + following):
                raise OddMarkup
            parts.append(following)
            length += len(following)
            if length > LONGEST_ROW:
                raise UnsafeWorkbook("a row of the sheet is longer than any program writes one")
        return b"".join(parts)

    def _end(self, rest: bytes) -> None:
        parts, length = [rest], len(rest)
        for piece in self._pieces:
            parts.append(piece)
            length += len(piece)
            if length > LONGEST_TAIL:
                raise UnsafeWorkbook("what stands behind the sheet's cells is longer than any program writes it")
        self.tail = b"".join(parts)
        if _OPENED.search(self._scan(self.tail)):
            raise UnsafeWorkbook("the sheet has a second cell area")

    def _closed(self, scan: bytes, start: int) -> re.Match[bytes] | None:
        # the plain search is ten times as fast as the pattern
        at = scan.find(self.grammar.body_close_start, start)
        return self.grammar.body_close.search(scan, at) if at >= 0 else None

    def _block(self, data: bytes, scan: bytes, end: int) -> Block:
        is_plain = scan is data
        data = data[:end]
        block = Block(data, data if is_plain else scan[:end], self.grammar, self._last)
        self._last = block.numbers[-1] if block.numbers else self._last
        return block


def _opened(scan: bytes) -> re.Match[bytes] | None:
    """The start of the cell area, right below the root."""
    found = _OPENED.search(scan)
    if found is None:
        return None
    tags = Markup(scan[: found.end()], is_whole=False).tags()
    if any(tag.start == found.start() and len(tag.path) != 1 for tag in tags):
        raise UnsafeWorkbook("the sheet has a second cell area within an extension")
    return found

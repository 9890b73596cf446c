"""The new file read back before it takes the old one's place: whole, the same members, every wished value at its cell."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import datetime
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import IO

from toolkit.core.place import column_letters
from toolkit.gateways.excel.package import Package
from toolkit.gateways.excel.present import SharedStrings, stands_already
from toolkit.gateways.excel.rewrite import Rows, Wishes
from toolkit.gateways.excel.sheet import SheetStream
from toolkit.gateways.excel.sheet_patch import SheetOutcome, SheetPatch, without_blanks
from toolkit.gateways.excel.sheet_rows import Block, OddMarkup, Place
from toolkit.gateways.excel.unsafe import UnsafeWorkbook
from toolkit.gateways.excel.values import TYPES, Content, content_of
from toolkit.gateways.excel.workbook import Workbook
from toolkit.gateways.excel.xmltext import attributes

_KEPT = 1 << 16
_Wanted = tuple[Content, bytes, bytes]
"""A content, the same with the end of its cell (nothing for a blank), and the cell's type."""


def must_read_back(
    new: IO[bytes], names: Sequence[str], wishes: Sequence[SheetPatch], outcomes: Sequence[SheetOutcome]
) -> None:
    """Raises UnsafeWorkbook, naming the first fault, unless the file holds all that was to be written."""
    package = Package(new)
    if list(package.names()) != list(names):
        raise UnsafeWorkbook("the new file did not read back as written (its members are not the same)")
    workbook = Workbook(package)
    read = set()
    for wish, outcome in zip(wishes, outcomes, strict=True):
        entry = workbook.worksheet(wish.title)
        read.add(entry.part)
        fault = _first_fault(package, workbook, entry.part, wish, outcome)
        if fault:
            raise UnsafeWorkbook(f"the new file did not read back as written ({fault})")
    for name in package.names():
        for _ in package.raw_pieces(name) if name not in read else ():
            pass


def _first_fault(
    package: Package, workbook: Workbook, part: str, wish: SheetPatch, outcome: SheetOutcome
) -> str | None:
    strings_part = workbook.part_of("sharedStrings")
    strings = SharedStrings(lambda: package.pieces(strings_part) if strings_part else ())
    is_odd = False
    while True:
        try:
            stream = SheetStream(package.pieces(part, is_sheet=True), is_whole=is_odd)
            return _Reader(stream, strings, outcome.blocked, is_1904=workbook.is_1904).first_fault(
                _wanted(wish, outcome)
            )
        except OddMarkup:
            is_odd = True


def _wanted(wish: SheetPatch, outcome: SheetOutcome) -> Rows:
    """All rows that were to be written, from top to bottom; appended ones may fill rows that are edited too."""
    new = zip(outcome.appended, filter(None, map(without_blanks, wish.appends)), strict=True)
    for number, alike in groupby(merge(wish.rows, new, key=itemgetter(0)), key=itemgetter(0)):
        wishes: dict[int, object] = {}
        for _, some in alike:
            wishes.update(some)
        yield number, wishes


class _Reader:
    """Compares the cells of a sheet with what they shall hold. Nearly all are found as they were written, byte for byte."""

    def __init__(
        self, stream: SheetStream, strings: SharedStrings, blocked: Mapping[tuple[int, int], str], *, is_1904: bool
    ) -> None:
        self._stream, self._strings, self._blocked, self._is_1904 = stream, strings, blocked, is_1904
        self._close = stream.grammar.cell_close
        self._names: dict[int, bytes] = {}
        self._contents: dict[object, _Wanted] = {}
        self._kinds: dict[bytes, bytes] = {}

    def first_fault(self, wanted: Rows) -> str | None:
        """The first cell that reads otherwise, in words; the sheet is read to its end in any case."""
        fault: str | None = None
        todo = iter(wanted)
        following = next(todo, None)
        for block in self._stream.blocks():
            index, last = 0, block.numbers[-1] if block.numbers else 0
            while following is not None and following[0] <= last:
                number, wishes = following
                index = bisect_left(block.numbers, number, index)
                place = block.place(index) if block.numbers[index] == number else None
                fault = fault or self._fault_in(block, place, number, wishes)
                following = next(todo, None)
        while following is not None:
            fault = fault or self._fault_in(None, None, *following)
            following = next(todo, None)
        return fault

    def _fault_in(self, block: Block | None, place: Place | None, number: int, wishes: Wishes) -> str | None:
        text = block.data[place[2] : place[3]] if block and place else b""
        digits = b'%d"' % number
        after = 0
        for column, value in wishes.items():
            wish, whole, wanted = self._content(value)
            name = (self._names.get(column) or self._name(column)) + digits
            at = text.find(name, after)
            if at < 0 < after:  # the wishes need not come from left to right
                at = text.find(name)
            end = text.find(b">", at) + 1
            if at >= 0 and whole and text.startswith(whole, end):
                rest = text[at + len(name) : end]
                kind = self._kinds.get(rest)
                if kind is None:
                    kind = self._kinds[rest] = _kind(rest)
                if kind == wanted:
                    after = end
                    continue
            if (number, column) in self._blocked:
                continue
            cells = block.row(place).cells() if block and place else ()
            cell = next((one for one in cells if one.column == column), None)
            kind, inside = (_kind(cell.tag), cell.inside) if cell else (b"", b"")
            if not stands_already(kind, inside, wish, self._strings):
                return f"row {number} column {column} holds {kind.decode()} {inside[:80]!r}, not {value!r}"
        return None

    def _name(self, column: int) -> bytes:
        name = self._names[column] = f' r="{column_letters(column)}'.encode()
        return name

    def _content(self, value: object) -> _Wanted:
        is_kept = type(value) is str or type(value) is datetime
        known = self._contents.get(value) if is_kept else None
        if known is None:
            made = content_of(value, is_1904=self._is_1904)
            made = made.prefixed(self._stream.prefix) if self._stream.prefix else made
            known = made, made.inside and made.inside + self._close, TYPES.get(made.form, b"")
            if is_kept and len(self._contents) < _KEPT:
                self._contents[value] = known
        return known


def _kind(tag: bytes) -> bytes:
    kind = attributes(tag).get("t", "").encode() if b" t=" in tag else b""
    return b"" if kind == b"n" else kind

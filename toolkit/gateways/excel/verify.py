"""The new file read back before it takes the old one's place: whole, the same members, every wished value at its cell."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import IO

from toolkit.core.place import Place, column_letters
from toolkit.gateways.excel.package import Package
from toolkit.gateways.excel.patch import SheetOutcome, SheetPatch, without_blanks
from toolkit.gateways.excel.present import SharedStrings, stands_already
from toolkit.gateways.excel.rewrite import Rows, Wishes
from toolkit.gateways.excel.sheet import OddMarkup, Row, SheetStream
from toolkit.gateways.excel.unsafe import UnsafeWorkbook
from toolkit.gateways.excel.values import content_of
from toolkit.gateways.excel.workbook import Workbook
from toolkit.gateways.excel.xmltext import attributes


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
            rows = _rows(SheetStream(package.pieces(part, is_sheet=True), is_whole=is_odd), _wanted(wish, outcome))
            for row, number, wishes in rows:
                for column, value in wishes.items():
                    if (number, column) in outcome.blocked:
                        continue
                    kind, inside = _cell(row, column) if row else (b"", b"")
                    content = content_of(value, is_1904=workbook.is_1904)
                    if row and row.grammar.prefix:
                        content = content.prefixed(row.grammar.prefix)
                    if not stands_already(kind, inside, content, strings):
                        return f"{Place(wish.title, number, column).cell} holds {inside[:80]!r}, not {value!r}"
        except OddMarkup:
            is_odd = True
        else:
            return None


def _wanted(wish: SheetPatch, outcome: SheetOutcome) -> Rows:
    """All rows that were to be written, from top to bottom; appended ones may fill rows that are edited too."""
    new = zip(outcome.appended, filter(None, map(without_blanks, wish.appends)), strict=True)
    for number, alike in groupby(merge(wish.rows, new, key=itemgetter(0)), key=itemgetter(0)):
        wishes: dict[int, object] = {}
        for _, some in alike:
            wishes.update(some)
        yield number, wishes


def _rows(stream: SheetStream, wanted: Rows) -> Iterator[tuple[Row | None, int, Wishes]]:
    """The wanted rows as they stand in the sheet, None for one that it has not; the rest is read to its end."""
    todo = iter(wanted)
    following = next(todo, None)
    for block in stream.blocks():
        index, last = 0, block.numbers[-1] if block.numbers else 0
        while following is not None and following[0] <= last:
            index = bisect_left(block.numbers, following[0], index)
            is_there = block.numbers[index] == following[0]
            yield block.row(block.place(index)) if is_there else None, *following
            following = next(todo, None)
    while following is not None:
        yield None, *following
        following = next(todo, None)


def _cell(row: Row, column: int) -> tuple[bytes, bytes]:
    """(type, what is inside) of a cell, found by its name; both empty where there is none."""
    at = row.data.find(f' r="{column_letters(column)}{row.number}"'.encode(), row.tag_end)
    start, end = row.data.rfind(b"<", 0, at), row.data.find(b">", at)
    if at < 0 or end < 0:
        cell = next((one for one in row.cells() if one.column == column), None)
        return (_kind(cell.tag), cell.inside) if cell else (b"", b"")
    tag = row.data[start : end + 1]
    if tag.endswith(b"/>"):
        return b"", b""
    return _kind(tag), row.data[end + 1 : row.data.find(row.grammar.cell_close, end)]


def _kind(tag: bytes) -> bytes:
    kind = attributes(tag).get("t", "").encode() if b" t=" in tag else b""
    return b"" if kind == b"n" else kind

"""Tabs read in pieces of about two megabytes, and one picture made of the pieces although people type meanwhile."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from toolkit.core.place import column_number
from toolkit.gateways.google.api import SheetsApi
from toolkit.gateways.google.cells import Cells, is_same, raw
from toolkit.gateways.google.errors import LayoutChangedError
from toolkit.gateways.google.layout import TabInfo

PAYLOAD = 2_000_000  # bytes; what Google recommends for one call
FIRST_ROWS = 2_000  # rows of each tab in the first call; most tabs end there
_MOST_ROWS = 50_000
_BORDERS = 40  # rows at which pieces meet that are looked at again
_ROUNDS = 4
CELLS = 200_000  # in one call; most are short
RANGES = 80  # in one call: they stand in its address, which must not become too long
_RANGE = re.compile(r"(?:'(?:[^']|'')*'|[^!]*)!([A-Z]+)(\d*)(?::([A-Z]+)(\d*))?")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows as the API gave them, packed: most of them are asked for twice, at the reading and at the write."""

    first: int
    height: int
    packed: bytes

    @classmethod
    def of(cls, first: int, height: int, rows: Sequence[Cells]) -> Chunk:
        """Pack some rows."""
        return cls(first, height, zlib.compress(json.dumps(rows, ensure_ascii=False).encode(), 1))

    @property
    def rows(self) -> list[list[Any]]:
        """The rows, without the blank ones at the end."""
        rows: list[list[Any]] = json.loads(zlib.decompress(self.packed))
        return rows


def with_values(cells: list[Any], values: Mapping[int, object]) -> list[Any]:
    """A row with some of its cells replaced, by column."""
    for column, value in values.items():
        cells += [None] * (column - len(cells))
        cells[column - 1] = value
    return cells


@dataclass
class TabText:
    """One tab as it was read: its pieces in their order, and what the toolkit itself wrote there since."""

    info: TabInfo
    chunks: list[Chunk] = field(default_factory=list)
    written: dict[int, dict[int, object]] = field(default_factory=dict)

    def blocks(self) -> Iterator[list[list[Any]]]:
        """The rows from the top; a piece that ends in blank rows is filled up where another one follows."""
        last = len(self.chunks) - 1
        for number, chunk in enumerate(self.chunks):
            rows = chunk.rows
            if number < last:
                rows += [[] for _ in range(chunk.height - len(rows))]
            yield rows

    def numbered(self) -> Iterator[tuple[int, list[Any]]]:
        """(sheet row, cells) of every row, with what was written since."""
        for chunk in self.chunks:
            for number, cells in enumerate(chunk.rows, chunk.first):
                yield number, with_values(cells, self.written.get(number, {}))


def ranges_of(api: SheetsApi, wanted: Sequence[str], *, formulas: bool = False) -> list[list[list[Any]]]:
    """The rows of each range, in their order; several calls where they are too many for one address."""
    found: list[list[list[Any]]] = []
    for start in range(0, len(wanted), RANGES):
        part = wanted[start : start + RANGES]
        answer = json.loads(api.read(part, formulas=formulas))
        values = answer.get("valueRanges", [])
        if len(values) != len(part):
            raise LayoutChangedError(f"asked for {len(part)} ranges, got {len(values)}")
        found += [one.get("values", []) for one in values]
    return found


@dataclass(frozen=True, slots=True)
class Area:
    """Some cells of a tab; without `bottom` down to the end of the grid."""

    info: TabInfo
    top: int
    left: int
    bottom: int | None
    right: int

    def slices(self) -> Iterator[Area]:
        """The area in pieces that one answer can hold."""
        bottom = self.bottom or max(self.info.rows, self.top)
        height = max(CELLS // (self.right - self.left + 1), 1)
        for top in range(self.top, bottom + 1, height):
            last = top + height - 1
            is_end = last >= bottom
            yield Area(self.info, top, self.left, self.bottom if is_end else last, self.right)

    @property
    def cells(self) -> int:
        """How many cells at most."""
        return ((self.bottom or max(self.info.rows, self.top)) - self.top + 1) * (self.right - self.left + 1)


def read_areas(
    api: SheetsApi, areas: Sequence[Area], *, formulas: bool = False
) -> Iterator[tuple[int, int, int, list[list[Any]]]]:
    """(number of the area, first row, first column, rows), in as few calls as their number and size allow."""
    group: list[tuple[int, Area]] = []
    size = 0
    for number, area in enumerate(areas):
        for piece in area.slices():
            if group and (len(group) == RANGES or size + piece.cells > CELLS):
                yield from _answered(api, group, formulas=formulas)
                group, size = [], 0
            group.append((number, piece))
            size += piece.cells
    if group:
        yield from _answered(api, group, formulas=formulas)


def _answered(
    api: SheetsApi, group: Sequence[tuple[int, Area]], *, formulas: bool
) -> Iterator[tuple[int, int, int, list[list[Any]]]]:
    texts = [one.info.area(one.top, one.left, one.bottom, one.right) for _, one in group]
    for (number, one), rows in zip(group, ranges_of(api, texts, formulas=formulas), strict=True):
        yield number, one.top, one.left, rows


def read_tabs(api: SheetsApi, infos: Sequence[TabInfo]) -> list[TabText]:
    """Every tab from its first row to its last, in as few calls as their size allows."""
    infos = [one for one in infos if one.rows and one.columns]
    heads = ranges_of(api, [one.area(1, 1, _first_end(one), one.columns) for one in infos]) if infos else []
    texts = []
    for info, rows in zip(infos, heads, strict=True):
        text = TabText(info, [Chunk.of(1, max(min(info.rows, FIRST_ROWS), len(rows)), rows)])
        if info.rows > FIRST_ROWS:
            size = len(json.dumps(rows, ensure_ascii=False).encode()) / max(len(rows), 1)
            _read_on(api, text, size)
            _settle(api, text, rows)
        texts.append(text)
    return texts


def _first_end(info: TabInfo) -> int | None:
    """A small tab is read to its end, wherever that is by now: rows may be inserted after its size was told."""
    return FIRST_ROWS if info.rows > FIRST_ROWS else None


def _read_on(api: SheetsApi, text: TabText, size: float) -> None:
    """Read the rows below those that are there; `size` is the bytes that a row takes, as far as is known."""
    info = text.info
    first = sum(one.height for one in text.chunks) + 1
    while first <= info.rows:
        height = min(max(int(PAYLOAD / max(size, 1)), 200), _MOST_ROWS, info.rows - first + 1)
        body = api.read([info.area(first, 1, first + height - 1, info.columns)])
        (found,) = json.loads(body).get("valueRanges") or [{}]
        rows = found.get("values", [])
        text.chunks.append(Chunk.of(first, height, rows))
        size = max(len(body) / len(rows), 1) if rows else size / 8
        first += height
    while len(text.chunks) > 1 and not text.chunks[-1].rows:
        text.chunks.pop()


def _settle(api: SheetsApi, text: TabText, head: Sequence[Cells]) -> None:
    """Read again what moved between the pieces: a row that was inserted meanwhile would stand in two of them.

    One look at the whole column that tells the rows apart best, and at the rows where the pieces meet, shows which
    pieces do not belong to the same picture.
    """
    for _ in range(_ROUNDS):
        if len(text.chunks) < 2:  # noqa: PLR2004  one answer is one picture
            return
        column = _telling(head, text.info.columns)
        borders = [row for one in text.chunks for row in (one.first, one.first + one.height - 1)]
        borders = borders[:: -(-len(borders) // _BORDERS)]
        info = text.info
        told, *meeting = ranges_of(
            api, [info.area(1, column, None, column), *(info.area(row, 1, row, info.columns) for row in borders)]
        )
        shown = dict(zip(borders, (rows[0] if rows else [] for rows in meeting), strict=True))
        stale = [place for place, chunk in enumerate(text.chunks) if _is_stale(chunk, told, column, shown)]
        known = sum(one.height for one in text.chunks)
        if not stale and len(told) <= known:
            return
        if len(told) > known:
            text.info = _grown(info, len(told))
        for place in stale:
            chunk = text.chunks[place]
            area = info.area(chunk.first, 1, chunk.first + chunk.height - 1, info.columns)
            text.chunks[place] = Chunk.of(chunk.first, chunk.height, ranges_of(api, [area])[0])
        _read_on(api, text, PAYLOAD / max(text.chunks[0].height, 1))
        head = text.chunks[0].rows
    raise LayoutChangedError(f"the rows of “{text.info.title}” moved all the time while they were read")


def _grown(info: TabInfo, rows: int) -> TabInfo:
    return replace(info, rows=rows)


def _telling(head: Sequence[Cells], columns: int) -> int:
    """The column with the most different values: a number, if there is one."""
    different = [
        len({repr(row[place]) for row in head if place < len(row) and raw(row[place]) is not None})
        for place in range(columns)
    ]
    return different.index(max(different, default=0)) + 1 if different else 1


def _is_stale(chunk: Chunk, told: Sequence[Cells], column: int, borders: Mapping[int, Cells]) -> bool:
    rows = chunk.rows
    for place in range(chunk.height):
        number = chunk.first + place
        row = rows[place] if place < len(rows) else ()
        now = told[number - 1] if number <= len(told) else ()
        if not is_same(row[column - 1] if column <= len(row) else None, now[0] if now else None):
            return True
        if number in borders and not are_same(row, borders[number]):
            return True
    return False


def are_same(one: Cells, other: Cells) -> bool:
    """Whether two rows hold the same; blanks at their ends do not count."""
    width = max(len(one), len(other))
    padded = ([*cells, *[None] * (width - len(cells))] for cells in (one, other))
    return all(is_same(a, b) for a, b in zip(*padded, strict=True))


def corner(range_: str) -> tuple[int, int]:
    """The first row and column of an A1 range in an answer."""
    found = _RANGE.fullmatch(range_)
    if found is None:
        raise LayoutChangedError(f"the answer names a range that cannot be read: {range_}")
    return int(found[2] or 1), column_number(found[1])

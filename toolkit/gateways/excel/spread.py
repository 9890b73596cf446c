"""How far apart the cells of some rows lie: calamine lays them out as one dense block, from the first one to the last.

A value typed into XFD1048576 by mistake would make a block of 17 billion cells. So rows are cut into pieces that can be
borne, each cell's own name having been looked at: what it says is what calamine goes by.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from toolkit.gateways.excel.sheet import SheetStream
from toolkit.gateways.excel.sheet_rows import MOST_COLUMNS, MOST_ROWS, column_of
from toolkit.gateways.excel.unsafe import UnsafeWorkbook

MOST_CELLS = 3 << 20
"""Laid out at once: some 100 MB."""
MOST_SPREAD = 32 << 20
"""Laid out one after the other for one text of rows, which holds a hundredth of that at most."""
HONEST = 16
"""Cells laid out for each that is there: no list that somebody keeps is emptier."""
_LITTLE = 4 * MOST_COLUMNS
_FEW_COLUMNS, _FEW = 104, rb"[A-C]?[A-Z]"  # A to CZ
_ROW = re.compile(rb'<row\s(?:[^<>]*\s)?r="(\d+)"')
_CELL = re.compile(rb"<c[\s/>]")
_ANY_CELL = re.compile(rb"<(?:[\w.-]+:)?c[\s/>]")
_OTHER_CELL = re.compile(rb"<[\w.-]+:c[\s/>]")
_NAME = re.compile(rb'<c\s(?:[^<>]*?\s)?r="([A-Za-z]*)(\d*)"')
_COMPACT = re.compile(rb'<c(?! r="%b\d{1,4}")[\s/>]' % _FEW)
_COMPACT_PREFIXED = re.compile(rb':c(?! r="%b\d{1,4}")[\s/>]' % _FEW)


class UnusualSheetError(Exception):
    """Something that a sheet's block cannot be trusted with: the sheet is read whole instead."""


def is_compact(sheet: bytes) -> bool:
    """Whether every cell of a sheet's text lies within A1:CZ9999, and says so in the usual spelling."""
    return not _COMPACT.search(sheet) and not (b":c" in sheet and _COMPACT_PREFIXED.search(sheet))


def cut(rows: bytes) -> Iterator[bytes]:
    """The text of some rows in pieces that can be laid out, nearly always the very text.

    Raises UnsafeWorkbook for a cell that lies outside of every sheet, or for cells that lie too far apart;
    UnusualSheetError where rows or cells are not named in a way that can be told quickly.
    """
    if not rows.strip():
        return
    if b":c" in rows and _OTHER_CELL.search(rows):  # calamine looks at no prefix
        raise UnusualSheetError
    first, last = _first_and_last(rows)
    if _is_narrow(rows, first, last):
        yield rows
        return
    spread = 0
    todo = [rows]
    while todo:
        piece = todo.pop()
        area, cells = _area(piece)
        if area <= min(MOST_CELLS, max(_LITTLE, HONEST * cells)):
            spread += area
            if spread > MOST_SPREAD:
                raise UnsafeWorkbook(
                    f"the cells of the rows {first} to {last} lie so far apart that they cannot be read: "
                    "clear what stands far to the right"
                )
            yield piece
            continue
        starts = [row.start() for row in _ROW.finditer(piece)]
        if len(starts) < 2:  # noqa: PLR2004
            raise UnsafeWorkbook(f"the sheet holds cells of other rows among those of row {_first_and_last(piece)[0]}")
        middle = starts[len(starts) // 2]
        todo += [piece[middle:], piece[:middle]]


def _first_and_last(rows: bytes) -> tuple[int, int]:
    start = len(rows) - len(rows.lstrip())
    found = [_ROW.match(rows, start), _ROW.match(rows, max(0, rows.rfind(b"<row")))]
    first, last = (int(one[1]) if one and len(one[1]) < 10 else 0 if one is None else MOST_ROWS + 1 for one in found)  # noqa: PLR2004
    if not first or not last:
        raise UnusualSheetError
    for one, number in zip(found, (first, last), strict=True):
        if one and number > MOST_ROWS:
            raise UnsafeWorkbook(
                f"the sheet holds a row {one[1].decode():.20}, the last that a sheet can have is {MOST_ROWS}"
            )
    return first, last


def _is_narrow(rows: bytes, first: int, last: int) -> bool:
    """Whether it can be told at a glance that the rows can be laid out."""
    if first > last:
        return False
    pattern, low, high = _between(first, last)
    return (high - low + 1) * _FEW_COLUMNS <= MOST_CELLS and not pattern.search(rows)


@lru_cache(maxsize=64)
def _between(first: int, last: int) -> tuple[re.Pattern[bytes], int, int]:
    """What finds a cell that is not between two rows, or far to the right; the rows that it really lets pass.

    A pattern of fixed digits takes half the time of one with choices, so the first and last rows are rounded.
    """
    words, low, high = [], 0, 0
    for length in range(len(str(first)), len(str(last)) + 1):
        a, b = str(max(first, 10 ** (length - 1))), str(min(last, 10**length - 1))
        same = next((n for n in range(length) if a[n] != b[n]), length - 1)
        rest = length - same - 1
        words.append(f"{a[:same]}[{a[same]}-{b[same]}]" + r"\d" * rest)
        low = low or int(a[: same + 1] + "0" * rest)
        high = int(b[: same + 1] + "9" * rest)
    choice = words[0] if len(words) == 1 else f"(?:{'|'.join(words)})"
    return re.compile(rb'<c(?! r="%b%b")' % (_FEW, choice.encode())), low, high


def _area(rows: bytes) -> tuple[int, int]:
    """How many cells the rows take when they are laid out from column A on, and how many there are."""
    names = _NAME.findall(rows)
    _refuse_outside(names)
    if len(names) != len(_CELL.findall(rows)):
        raise UnusualSheetError
    if not names:
        return 0, 0
    right = max(map(column_of, {letters for letters, _ in names}))
    numbers = set(map(int, {digits for _, digits in names}))
    return (max(numbers) - min(numbers) + 1) * right, len(names)


def _refuse_outside(names: list[tuple[bytes, bytes]]) -> None:
    known: dict[bytes, bool] = {}
    for letters, digits in names:
        is_inside = known.get(letters)
        if is_inside is None:
            is_inside = known[letters] = 0 < len(letters) < 4 and column_of(letters.upper()) <= MOST_COLUMNS  # noqa: PLR2004
        if not is_inside or not 0 < len(digits) < 8 or not 0 < int(digits) <= MOST_ROWS:  # noqa: PLR2004
            name = (letters + digits).decode()
            raise UnsafeWorkbook(
                f"the sheet holds a cell {name[:20]!r}, which lies outside of every sheet (XFD{MOST_ROWS} is the last)"
            )


@dataclass(frozen=True, slots=True)
class Extent:
    """How far a sheet's cells reach, how many there are, and how many if every row is filled up to its last."""

    bottom: int
    right: int
    cells: int
    filled: int

    @property
    def can_be_laid_out(self) -> bool:
        """Whether the sheet may be held as one dense block."""
        return self.bottom * self.right <= max(MOST_CELLS, HONEST * self.cells)

    @property
    def can_be_filled(self) -> bool:
        """Whether the sheet may be held as rows that are each as long as they must."""
        return self.bottom + self.filled <= max(MOST_CELLS, HONEST * self.cells)


def extent_of(sheet: bytes) -> Extent:
    """The extent of a sheet in any spelling, slowly. Raises UnsafeWorkbook where it cannot be told."""
    bottom = right = cells = filled = seen = 0
    for block in SheetStream([sheet], is_whole=True).blocks():
        seen += len(_ANY_CELL.findall(block.scan))
        for place in block.places():
            row = block.row(place)
            last = 0
            for cell in row.cells():
                last = cell.column
                cells += 1
            if last:
                bottom, right, filled = row.number, max(right, last), filled + last
    if seen > cells:  # calamine looks at no prefix
        raise UnsafeWorkbook("the sheet's rows and cells are spelt in more than one way: save it anew in Excel")
    return Extent(bottom, right, cells, filled)

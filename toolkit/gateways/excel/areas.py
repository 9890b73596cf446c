"""Rectangles of cells, as references name them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from toolkit.core.place import column_letters, column_number
from toolkit.gateways.excel.unsafe import UnsafeWorkbook

_TALL = 64  # rows
_CORNER = r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})"
_AREA = re.compile(rf"{_CORNER}(?::{_CORNER})?\Z")


@dataclass(frozen=True, slots=True)
class Area:
    """Rows `top` to `bottom`, columns `left` to `right`, all counted from 1."""

    top: int
    left: int
    bottom: int
    right: int

    def holds(self, row: int, column: int) -> bool:
        """Whether the cell lies inside."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def meets(self, other: Area) -> bool:
        """Whether the two share a cell."""
        return (
            self.top <= other.bottom
            and other.top <= self.bottom
            and self.left <= other.right
            and other.left <= self.right
        )

    def down_to(self, row: int) -> Area:
        """The area with another last row."""
        return replace(self, bottom=row)

    def around(self, row: int, column: int) -> Area:
        """The least area that holds this one and the cell."""
        return Area(min(self.top, row), min(self.left, column), max(self.bottom, row), max(self.right, column))

    def text(self, *, is_absolute: bool = False) -> str:
        """`A1:C9`, `A1` for a single cell; `$A$1:$C$9` if absolute."""
        mark = "$" if is_absolute else ""
        first = f"{mark}{column_letters(self.left)}{mark}{self.top}"
        last = f"{mark}{column_letters(self.right)}{mark}{self.bottom}"
        return first if first == last else f"{first}:{last}"


class Areas:
    """Many areas, asked for the ones that a cell lies in. Low ones are kept by their rows, so that many cost nothing."""

    def __init__(self, areas: Iterable[Area] = ()) -> None:
        self._by_row: dict[int, list[Area]] = {}
        self._tall: list[Area] = []
        for one in areas:
            self.add(one)

    def __bool__(self) -> bool:
        return bool(self._by_row or self._tall)

    def add(self, area: Area) -> None:
        """One more."""
        if area.bottom - area.top > _TALL:
            self._tall.append(area)
            return
        for row in range(area.top, area.bottom + 1):
            self._by_row.setdefault(row, []).append(area)

    def at(self, row: int, column: int) -> Iterator[Area]:
        """The areas that hold a cell."""
        beside = self._by_row.get(row, ())
        return (one for one in (*beside, *self._tall) if one.holds(row, column))


def find_area(text: str) -> Area | None:
    """The area that a reference names, None if it names none (a whole column, a name)."""
    found = _AREA.match(text.strip())
    if not found:
        return None
    left, top = column_number(found[1]), int(found[2])
    right, bottom = (column_number(found[3]), int(found[4])) if found[3] else (left, top)
    return Area(min(top, bottom), min(left, right), max(top, bottom), max(left, right))


def area_of(text: str) -> Area:
    """The area that a reference names; raises UnsafeWorkbook where the file holds no such reference."""
    area = find_area(text)
    if area is None:
        raise UnsafeWorkbook(f"a reference in the workbook is not understood: {text!r}")
    return area

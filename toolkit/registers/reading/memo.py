"""What the cells of a column were read as, so that each different cell is read once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

MOST = 20_000
"""Cells that are remembered of a column; a column of texts that are all different must not fill the memory."""


class Memo(dict[object, Any]):
    """Cell -> value. `memo[cell]` reads what is not there.

    What is odd is not remembered: a block of rows in which nothing odd was met is known by `has_met_odd`, without a look
    at its values. Nor are 0 and 1: for a dict they are the same as False and True, for a reader they are not.
    """

    def __init__(self, read: Callable[[object], Any], is_odd: Callable[[Any], bool]) -> None:
        super().__init__()
        self._read, self._is_odd = read, is_odd
        self.has_met_odd = False

    def __missing__(self, cell: object) -> Any:
        value = self._read(cell)
        if self._is_odd(value):
            self.has_met_odd = True
        elif type(cell) is str or cell not in (0, 1):
            self[cell] = value
        return value

    def begin(self) -> None:
        """A new block: forget what is too much."""
        self.has_met_odd = False
        if len(self) > MOST:
            self.clear()

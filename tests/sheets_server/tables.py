"""Where an append goes: the last block of filled cells that a range touches."""

from __future__ import annotations

from tests.sheets_server.book import Sheet
from tests.sheets_server.cells import is_blank
from tests.sheets_server.grid import Area


def last_table(sheet: Sheet, area: Area) -> Area | None:
    """The last table that an append finds in the area: cells grown to a block with blanks all around."""
    grid = sheet.grid
    for row in range(min(area.bottom, len(grid.rows)) - 1, area.top - 1, -1):
        line = grid.rows[row]
        for column in range(min(area.right, len(line)) - 1, area.left - 1, -1):
            if not is_blank(line[column]):
                return _region(sheet, row, column)
    return None


def _region(sheet: Sheet, row: int, column: int) -> Area:
    top, bottom, left, right = row, row + 1, column, column + 1
    grid = sheet.grid

    def filled(first: int, last: int, start: int, end: int) -> bool:
        start, first = max(start, 0), max(first, 0)
        return any(not is_blank(raw) for line in grid.rows[first:last] for raw in line[start:end])

    while True:
        before = (top, bottom, left, right)
        while top > 0 and filled(top - 1, top, left - 1, right + 1):
            top -= 1
        while bottom < len(grid.rows) and filled(bottom, bottom + 1, left - 1, right + 1):
            bottom += 1
        if left > 0 and filled(top - 1, bottom + 1, left - 1, left):
            left -= 1
        if right < grid.column_count and filled(top - 1, bottom + 1, right, right + 1):
            right += 1
        if before == (top, bottom, left, right):
            return Area(top, bottom, left, right)

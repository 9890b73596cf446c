"""What every kind of request needs: the book it changes, new ids, the clock, and who may edit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from tests.sheets_server.a1 import Ref
from tests.sheets_server.book import AXES, Book, Sheet
from tests.sheets_server.errors import invalid, protected
from tests.sheets_server.grid import Area
from tests.sheets_server.values import beyond, may_edit


@dataclass
class Context:
    book: Book
    new_id: Callable[[], int]
    now: dt.datetime
    sort_carries_metadata: bool = False

    def place(self, grid_range: dict | None) -> tuple[Sheet, Area]:
        if grid_range is None:
            raise invalid("range not specified")
        sheet = self.book.sheet(grid_range.get("sheetId", 0))
        area = sheet.area(grid_range)
        if area.top >= sheet.grid.row_count or area.left >= sheet.grid.column_count:
            limits = (grid_range.get(end) for pair in AXES.values() for end in pair)
            raise beyond(sheet, Ref(*limits, single=False))
        return sheet, area

    def span(self, dimension_range: dict, *, to_end: bool = True) -> tuple[Sheet, str, int, int]:
        """(tab, ROWS or COLUMNS, start, end)."""
        sheet = self.book.sheet(dimension_range.get("sheetId", 0))
        axis = dimension_range.get("dimension")
        if axis not in {"ROWS", "COLUMNS"}:
            raise invalid("No dimension specified.")
        count = sheet.grid.row_count if axis == "ROWS" else sheet.grid.column_count
        end = dimension_range.get("endIndex", count if to_end else None)
        start = dimension_range.get("startIndex", 0)
        if end is not None and start >= end:
            raise invalid(f"range.startIndex[{start}] must be less than range.endIndex[{end}]")
        return sheet, axis, start, end


def guard(sheet: Sheet, area: Area) -> None:
    for one in sheet.protected:
        if not may_edit(one) and sheet.area(one.get("range") or {}).touches(area):
            raise protected()

"""A spreadsheet as the server holds it: tabs with grids, and the things that lie on ranges."""

from __future__ import annotations

import copy
import datetime as dt
from dataclasses import dataclass, field

from tests.sheets_server import a1, calculate
from tests.sheets_server.cells import Cell, SheetError
from tests.sheets_server.errors import invalid, unparsable
from tests.sheets_server.grid import Area, Grid

AXES = {"ROWS": ("startRowIndex", "endRowIndex"), "COLUMNS": ("startColumnIndex", "endColumnIndex")}
CELL_LIMIT = 10_000_000


@dataclass
class Sheet:
    id: int
    title: str
    grid: Grid
    looks: dict = field(default_factory=dict)  # SheetProperties that are not id, title, index, counts
    merges: list[dict] = field(default_factory=list)
    protected: list[dict] = field(default_factory=list)
    basic_filter: dict | None = None
    filter_views: list[dict] = field(default_factory=list)
    conditional: list[dict] = field(default_factory=list)
    banded: list[dict] = field(default_factory=list)
    tables: list[dict] = field(default_factory=list)
    groups: dict[str, list[dict]] = field(default_factory=lambda: {"ROWS": [], "COLUMNS": []})
    sizes: dict[str, dict[int, dict]] = field(default_factory=lambda: {"ROWS": {}, "COLUMNS": {}})

    def fork(self) -> Sheet:
        twin = copy.copy(self)
        twin.grid = self.grid.fork()
        for name, value in vars(self).items():
            if name not in {"grid", "id", "title"}:
                setattr(twin, name, copy.deepcopy(value))
        return twin

    @property
    def hidden(self) -> bool:
        return bool(self.looks.get("hidden"))

    def area(self, grid_range: dict) -> Area:
        """A GridRange with its open ends closed and clipped at the grid."""
        grid = self.grid
        top, bottom = grid_range.get("startRowIndex") or 0, grid_range.get("endRowIndex")
        left, right = grid_range.get("startColumnIndex") or 0, grid_range.get("endColumnIndex")
        return Area(
            top,
            grid.row_count if bottom is None else min(bottom, grid.row_count),
            left,
            grid.column_count if right is None else min(right, grid.column_count),
        )

    def on_ranges(self):
        """(list, item, the range's dict) of everything that lies on a range of this tab."""
        for items in (self.merges,):
            for item in list(items):
                yield items, item, item
        for items in (self.protected, self.filter_views, self.banded, self.tables):
            for item in list(items):
                if item.get("range"):
                    yield items, item, item["range"]
        if self.basic_filter and self.basic_filter.get("range"):
            yield None, self.basic_filter, self.basic_filter["range"]
        for rule in list(self.conditional):
            for one in list(rule["ranges"]):
                yield rule["ranges"], one, one

    def merge_over(self, area: Area) -> dict | None:
        return next((merge for merge in self.merges if self.area(merge).touches(area)), None)


@dataclass
class Book:
    id: str
    title: str
    locale: str = "en_US"
    time_zone: str = "Etc/GMT"
    extras: dict = field(default_factory=dict)
    sheets: list[Sheet] = field(default_factory=list)
    named: list[dict] = field(default_factory=list)
    metadata: list[dict] = field(default_factory=list)
    created: dt.datetime | None = None
    modified: dt.datetime | None = None
    version: int = 1
    parents: list[str] = field(default_factory=list)
    permissions: list[dict] = field(default_factory=list)
    comments: list[dict] = field(default_factory=list)
    state: str = "open"  # denied, office
    memo: dict = field(default_factory=dict)
    has_formulas: bool = False  # saves a walk over all cells when rows move

    def fork(self) -> Book:
        """A book to try requests on; `adopt` takes it over when all of them went well."""
        twin = copy.copy(self)
        twin.sheets = [sheet.fork() for sheet in self.sheets]
        twin.named, twin.metadata = copy.deepcopy(self.named), copy.deepcopy(self.metadata)
        twin.extras, twin.memo = copy.deepcopy(self.extras), {}
        return twin

    def adopt(self, twin: Book) -> None:
        for name in ("title", "locale", "time_zone", "extras", "sheets", "named", "metadata", "has_formulas"):
            setattr(self, name, getattr(twin, name))
        for sheet in self.sheets:
            sheet.grid.settle()
        self.memo = {}

    def sheet(self, sheet_id: int) -> Sheet:
        for sheet in self.sheets:
            if sheet.id == sheet_id:
                return sheet
        raise invalid(f"No grid with id: {sheet_id}")

    def titled(self, title: str) -> Sheet | None:
        exact = next((sheet for sheet in self.sheets if sheet.title == title), None)
        low = title.casefold()
        return exact or next((sheet for sheet in self.sheets if sheet.title.casefold() == low), None)

    def cells(self) -> int:
        return sum(sheet.grid.row_count * sheet.grid.column_count for sheet in self.sheets)

    def check_size(self) -> None:
        if self.cells() > CELL_LIMIT:
            raise invalid(
                f"This action would increase the number of cells in the workbook above the limit of {CELL_LIMIT} cells."
            )

    def find(self, text: str) -> tuple[Sheet, a1.Ref]:
        """The tab and the limits that a range's text means; 400 when it means nothing."""
        title, rest, is_quoted = a1.split(text)
        if title is not None:
            sheet = self.titled(title)
            if sheet is None:
                raise unparsable(text)
            if not rest:
                return sheet, a1.WHOLE
            ref = a1.parse(rest)
            return (sheet, ref) if ref else self._named(rest, text)
        ref = a1.parse(rest) if not is_quoted else None
        if ref is not None:
            return self.sheets[0], ref
        sheet = self.titled(rest)
        if any(one["name"].casefold() == rest.casefold() for one in self.named) or sheet is None:
            return self._named(rest, text)
        return sheet, a1.WHOLE

    def _named(self, name: str, text: str) -> tuple[Sheet, a1.Ref]:
        for one in self.named:
            if one["name"].casefold() == name.casefold():
                area = one["range"]
                limits = (area.get(end) for pair in AXES.values() for end in pair)
                return self.sheet(area.get("sheetId", 0)), a1.Ref(*limits, single=False)
        raise unparsable(text)

    def value(self, sheet: Sheet, row: int, column: int, raw):
        """The value of a stored cell; a formula is worked out once between two changes."""
        if type(raw) is not Cell:
            return raw
        if raw.formula is None:
            return raw.value
        place = (sheet.id, row, column)
        if place not in self.memo:
            self.memo[place] = SheetError("#REF!")  # what a circle finds when it comes back
            self.memo[place] = calculate.value_of(raw.formula, lambda *asked: self._look(sheet, *asked))
        return self.memo[place]

    def _look(self, sheet: Sheet, title: str | None, body: str) -> list | None:
        if title is not None:
            sheet = self.titled(title)
            if sheet is None:
                return None
        ref = a1.parse(body)
        if ref is None:
            try:
                sheet, ref = self._named(body, body)
            except Exception:  # noqa: BLE001 - an unknown name is the formula's affair
                return None
        area = ref.within(sheet.grid)
        if area.top >= sheet.grid.row_count or area.left >= sheet.grid.column_count:
            return None
        if area.bottom - area.top == 1 and area.right - area.left == 1:
            return [[self.value(sheet, area.top, area.left, sheet.grid.get(area.top, area.left))]]
        return [
            [self.value(sheet, row, column, raw) for column, raw in enumerate(line, area.left)]
            for row, line in enumerate(sheet.grid.block(area), area.top)
        ]

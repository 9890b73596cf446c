"""What a spreadsheet holds already, from its metadata: tabs, marks, first rows, dropdowns, protections, views."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from toolkit.core.place import column_letters

MARK, TAB_MARK, COLUMN_MARK = "aftersales", "aftersales-tab", "aftersales-column"
"""The keys of the developer metadata by which our tabs and columns are found again, whatever they are called by then:
on the spreadsheet and on tabs that were there before us; on tabs (the register); on columns (`tickets.phone`)."""
ADOPTED = "adopted"
LOOKED_AT = 21
"""Rows from the top that are read: the header stands in one of the first twenty."""

OUTLINE = (
    "spreadsheetId,properties(title,locale,timeZone),developerMetadata(metadataKey,metadataValue),"
    "sheets(properties(sheetId,title,index,sheetType,gridProperties),developerMetadata(metadataKey,metadataValue),"
    "conditionalFormats(ranges),filterViews(title),"
    "protectedRanges(protectedRangeId,range,description,warningOnly,requestingUserCanEdit),"
    "basicFilter(range),bandedRanges(range),merges,charts(chartId),slicers(slicerId),tables(tableId))"
)
TOPS = (
    "sheets(properties(sheetId),data(startRow,startColumn,"
    "rowData(values(userEnteredValue,effectiveValue,note,dataValidation(condition(type)))),"
    "columnMetadata(developerMetadata(metadataKey,metadataValue))))"
)


@dataclass(frozen=True, slots=True)
class Protected:
    """A protected range. `columns` from 0, the end not counted; `is_whole`: for all rows; `may_edit`: this account may write."""

    id: int
    columns: range
    is_whole: bool
    description: str
    is_warning: bool
    may_edit: bool


@dataclass(frozen=True, slots=True)
class TabThere:
    """One tab. Columns and rows count from 0; `rows` and `columns` are the grid's size.

    `marks`: column -> (register, key); `dropdowns`: cells of the first rows that have a rule of what may be typed.
    """

    sheet_id: int
    title: str
    index: int
    rows: int
    columns: int
    register: str = ""
    is_adopted: bool = False
    is_grid: bool = True
    has_filter: bool = False
    has_bands: bool = False
    has_things: bool = False
    protected: tuple[Protected, ...] = ()
    coloured: tuple[range, ...] = ()
    views: frozenset[str] = frozenset()
    top: tuple[tuple[object, ...], ...] = ()
    marks: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    dropdowns: frozenset[tuple[int, int]] = frozenset()
    has_notes: bool = False

    def area(self, rows: int = LOOKED_AT) -> str:
        """The first rows as an A1 range."""
        return f"{_quoted(self.title)}!A1:{column_letters(max(self.columns, 1))}{min(rows, max(self.rows, 1))}"

    @property
    def is_blank(self) -> bool:
        """Nothing stands in the rows that were read."""
        return not any(cell not in (None, "") for row in self.top for cell in row)


@dataclass(frozen=True, slots=True)
class There:
    """A spreadsheet. `is_marked`: a toolkit has set it up before."""

    id: str
    title: str
    locale: str
    zone: str
    is_marked: bool
    tabs: tuple[TabThere, ...]

    def tab(self, title: str) -> TabThere | None:
        """A tab by its title."""
        return next((one for one in self.tabs if one.title == title), None)


def _quoted(title: str) -> str:
    """Always in quotes: what Google takes for the name of a range or for a cell is more than Excel does."""
    return "'" + title.replace("'", "''") + "'"


def outline(found: Mapping[str, Any]) -> There:
    """The answer to `OUTLINE`. What is zero, false or empty is left out of such answers."""
    about = found.get("properties", {})
    return There(
        id=found.get("spreadsheetId", ""),
        title=about.get("title", ""),
        locale=about.get("locale", ""),
        zone=about.get("timeZone", ""),
        is_marked=MARK in _marks(found.get("developerMetadata", ())),
        tabs=tuple(_tab(one) for one in found.get("sheets", ())),
    )


def _marks(metadata: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {one.get("metadataKey", ""): one.get("metadataValue", "") for one in metadata}


def _tab(sheet: Mapping[str, Any]) -> TabThere:
    about, marks = sheet.get("properties", {}), _marks(sheet.get("developerMetadata", ()))
    grid = about.get("gridProperties", {})
    width = grid.get("columnCount", 0)
    things = ("merges", "charts", "slicers", "tables", "conditionalFormats", "filterViews", "protectedRanges")
    return TabThere(
        sheet_id=about.get("sheetId", 0),
        title=about.get("title", ""),
        index=about.get("index", 0),
        rows=grid.get("rowCount", 0),
        columns=width,
        register=marks.get(TAB_MARK, ""),
        is_adopted=marks.get(MARK) == ADOPTED,
        is_grid=about.get("sheetType", "GRID") == "GRID",
        has_filter="basicFilter" in sheet or bool(sheet.get("tables")),
        has_bands=bool(sheet.get("bandedRanges")) or bool(sheet.get("tables")),
        has_things=any(sheet.get(one) for one in things) or bool(marks),
        protected=tuple(_protected(one, width) for one in sheet.get("protectedRanges", ())),
        coloured=tuple(
            _columns(area, width) for rule in sheet.get("conditionalFormats", ()) for area in rule.get("ranges", ())
        ),
        views=frozenset(one.get("title", "") for one in sheet.get("filterViews", ())),
    )


def _columns(area: Mapping[str, int], width: int) -> range:
    return range(area.get("startColumnIndex", 0), area.get("endColumnIndex", width))


def _protected(one: Mapping[str, Any], width: int) -> Protected:
    area = one.get("range", {})
    return Protected(
        id=one.get("protectedRangeId", 0),
        columns=_columns(area, width),
        is_whole="endRowIndex" not in area,
        description=one.get("description", ""),
        is_warning=one.get("warningOnly", False),
        may_edit=one.get("requestingUserCanEdit", False) or one.get("warningOnly", False),
    )


def with_tops(there: There, found: Mapping[str, Any]) -> There:
    """The first rows put in, from the answer to `TOPS`."""
    tops = {one.get("properties", {}).get("sheetId", 0): one.get("data", ()) for one in found.get("sheets", ())}
    tabs = tuple(_filled(one, tops[one.sheet_id]) if one.sheet_id in tops else one for one in there.tabs)
    return replace(there, tabs=tabs)


def _filled(tab: TabThere, data: Sequence[Mapping[str, Any]]) -> TabThere:
    grid = data[0] if data else {}
    rows = [list(row.get("values", ())) for row in grid.get("rowData", ())]
    marks: dict[int, tuple[str, str]] = {}
    for column, one in enumerate(grid.get("columnMetadata", ())):
        register, dot, key = _marks(one.get("developerMetadata", ())).get(COLUMN_MARK, "").partition(".")
        if dot:
            marks[column] = (register, key)
    cells = [(row, column, cell) for row, found in enumerate(rows) for column, cell in enumerate(found)]
    return replace(
        tab,
        top=tuple(tuple(_value(cell) for cell in row) for row in rows),
        marks=marks,
        dropdowns=frozenset((row, column) for row, column, cell in cells if cell.get("dataValidation")),
        has_notes=any(cell.get("note") for _, _, cell in cells),
    )


def _value(cell: Mapping[str, Any]) -> object:
    """What a cell shows, or the formula where it has no value (yet)."""
    shown = cell.get("effectiveValue") or cell.get("userEnteredValue") or {}
    return next(iter(shown.values()), None) if isinstance(shown, Mapping) else None

"""What a spreadsheet is made of, by one look at its metadata: zone, tabs, merged areas, marked columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from toolkit.gateways.google.cells import area

COLUMN_MARK = "aftersales-column"
"""Developer metadata of this key, value `tickets.phone`, tells which column is which under whatever header."""
FIELDS = (
    "properties(title,locale,timeZone),"
    "sheets(properties(sheetId,title,index,sheetType,gridProperties(rowCount,columnCount)),merges,"
    "protectedRanges(range,unprotectedRanges,warningOnly,requestingUserCanEdit),"
    "data(columnMetadata(developerMetadata(metadataKey,metadataValue))))"
)
_OFFSET = re.compile(r"GMT([+-])(\d{1,2})(?::?00)?")


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged area; rows and columns count from 1, both ends belong to it."""

    top: int
    left: int
    bottom: int
    right: int

    def hides(self, row: int, column: int) -> bool:
        """Whether the cell lies under another one."""
        is_inside = self.top <= row <= self.bottom and self.left <= column <= self.right
        return is_inside and (row, column) != (self.top, self.left)


@dataclass(frozen=True, slots=True)
class Locked:
    """A protected area that our account may not write to; None: to the end of the grid. `free` are holes in it."""

    top: int
    left: int
    bottom: int | None
    right: int | None
    free: tuple[Locked, ...] = ()

    def covers(self, row: int, column: int) -> bool:
        """Whether a cell may not be written."""
        is_inside = (
            self.top <= row
            and self.left <= column
            and (self.bottom is None or row <= self.bottom)
            and (self.right is None or column <= self.right)
        )
        return is_inside and not any(one.covers(row, column) for one in self.free)


@dataclass(frozen=True, slots=True)
class TabInfo:
    """One tab. `gid` is its lasting number; its title may change at any time."""

    gid: int
    title: str
    rows: int
    columns: int
    merges: tuple[Merge, ...] = ()
    marks: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    locked: tuple[Locked, ...] = ()

    def area(self, top: int, left: int, bottom: int | None, right: int) -> str:
        """An A1 range of the tab."""
        return area(self.title, top, left, bottom, right)


@dataclass(frozen=True, slots=True)
class Layout:
    """A spreadsheet's tabs in their order, and the zone of its wall times."""

    title: str
    locale: str
    zone_name: str
    tabs: tuple[TabInfo, ...]

    @property
    def zone(self) -> ZoneInfo | None:
        """None for a zone that this computer does not know."""
        offset = _OFFSET.fullmatch(self.zone_name)
        name = self.zone_name
        if offset:  # Etc/GMT counts the other way round
            name = f"Etc/GMT{'-' if offset[1] == '+' else '+'}{int(offset[2])}"
        try:
            return ZoneInfo(name)
        except (ValueError, OSError, KeyError):
            return None


def layout_of(metadata: Mapping[str, Any]) -> Layout:
    """The answer to a look at FIELDS. Charts on sheets of their own are no tabs."""
    about = metadata.get("properties", {})
    tabs = [
        _tab(sheet)
        for sheet in sorted(metadata.get("sheets", ()), key=lambda one: one["properties"].get("index", 0))
        if sheet["properties"].get("sheetType", "GRID") == "GRID"
    ]
    return Layout(about.get("title", ""), about.get("locale", ""), about.get("timeZone", ""), tuple(tabs))


def _tab(sheet: Mapping[str, Any]) -> TabInfo:
    about = sheet["properties"]
    grid = about.get("gridProperties", {})
    merges = tuple(
        Merge(
            one.get("startRowIndex", 0) + 1,
            one.get("startColumnIndex", 0) + 1,
            one["endRowIndex"],
            one["endColumnIndex"],
        )
        for one in sheet.get("merges", ())
        if "endRowIndex" in one and "endColumnIndex" in one
    )
    return TabInfo(
        about.get("sheetId", 0),  # zeros are dropped from ranges; here too, to be sure
        about["title"],
        grid.get("rowCount", 0),
        grid.get("columnCount", 0),
        merges,
        dict(_marks(sheet)),
        tuple(_locked(sheet)),
    )


def _locked(sheet: Mapping[str, Any]) -> Iterator[Locked]:
    for one in sheet.get("protectedRanges", ()):
        if not one.get("warningOnly") and not one.get("requestingUserCanEdit"):
            yield _area(one.get("range", {}), tuple(_area(hole) for hole in one.get("unprotectedRanges", ())))


def _area(given: Mapping[str, Any], free: tuple[Locked, ...] = ()) -> Locked:
    top, left = given.get("startRowIndex", 0) + 1, given.get("startColumnIndex", 0) + 1
    return Locked(top, left, given.get("endRowIndex"), given.get("endColumnIndex"), free)


def _marks(sheet: Mapping[str, Any]) -> list[tuple[int, tuple[str, str]]]:
    found = []
    for data in sheet.get("data", ()):
        first = data.get("startColumn", 0) + 1
        for column, about in enumerate(data.get("columnMetadata", ()), first):
            for one in about.get("developerMetadata", ()):
                register, _, key = str(one.get("metadataValue", "")).partition(".")
                if one.get("metadataKey") == COLUMN_MARK and key:
                    found.append((column, (register, key)))
    return found

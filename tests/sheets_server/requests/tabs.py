"""Requests about whole tabs and about the spreadsheet's own properties."""

from __future__ import annotations

import copy

from tests.sheets_server import masks, moves
from tests.sheets_server.a1 import quoted
from tests.sheets_server.book import Sheet
from tests.sheets_server.errors import invalid
from tests.sheets_server.grid import Grid
from tests.sheets_server.looks import completed, paired
from tests.sheets_server.requests.context import Context
from tests.sheets_server.resources import sheet_properties

_COUNTS = {"rowCount", "columnCount"}
_OWN = {"sheetId", "title", "index", "sheetType"}


def add_sheet(context: Context, body: dict) -> dict:
    book, wanted = context.book, body.get("properties", {})
    sheet_id = _free_id(context, wanted.get("sheetId"))
    title = wanted.get("title") or _free_title(book, "Sheet{}", len(book.sheets) + 1)
    _check_title(book, title)
    counts = wanted.get("gridProperties", {})
    grid = Grid(counts.get("rowCount", 1000), counts.get("columnCount", 26))
    sheet = Sheet(sheet_id, title, grid, _looks(wanted))
    book.sheets.insert(_index(book, wanted.get("index")), sheet)
    book.check_size()
    return {"properties": sheet_properties(book, sheet)}


def _looks(wanted: dict) -> dict:
    looks = {name: value for name, value in wanted.items() if name not in _OWN | {"gridProperties"}}
    grid = {name: value for name, value in wanted.get("gridProperties", {}).items() if name not in _COUNTS}
    return completed({**looks, "gridProperties": grid} if grid else looks)


def _index(book, index: int | None) -> int:
    if index is None:
        return len(book.sheets)
    if not 0 <= index <= len(book.sheets):
        raise invalid(f"Sheet index {index} is out of bounds.")
    return index


def _free_id(context: Context, wanted: int | None) -> int:
    taken = {sheet.id for sheet in context.book.sheets}
    if wanted is not None and wanted in taken:
        raise invalid(f"A sheet with the id {wanted} already exists.")
    while wanted is None or wanted in taken:
        wanted = context.new_id()
    return wanted


def _free_title(book, pattern: str, number: int) -> str:
    while book.titled(pattern.format(number)):
        number += 1
    return pattern.format(number)


def _check_title(book, title: str, own: Sheet | None = None) -> None:
    other = book.titled(title)
    if other is not None and other is not own:
        raise invalid(f'A sheet with the name "{title}" already exists. Please enter another name.')


def delete_sheet(context: Context, body: dict) -> None:
    book = context.book
    sheet = next((sheet for sheet in book.sheets if sheet.id == body.get("sheetId", 0)), None)
    if sheet is None:
        raise invalid(f"No sheet with id: {body.get('sheetId', 0)}")
    if not [other for other in book.sheets if other is not sheet and not other.hidden]:
        raise invalid("You can't remove all the visible sheets in a document.")
    book.sheets.remove(sheet)
    book.named = [one for one in book.named if one["range"].get("sheetId", 0) != sheet.id]
    book.metadata = [one for one in book.metadata if metadata_sheet(one) != sheet.id]


def metadata_sheet(one: dict) -> int | None:
    location = one["location"]
    if "dimensionRange" in location:
        return location["dimensionRange"].get("sheetId", 0)
    return location.get("sheetId") if location["locationType"] == "SHEET" else None


def duplicate_sheet(context: Context, body: dict) -> dict:
    book = context.book
    source = book.sheet(body.get("sourceSheetId", 0))
    title = body.get("newSheetName") or copy_title(book, source.title)
    _check_title(book, title)
    twin = copied(context, source, _free_id(context, body.get("newSheetId")), title)
    book.sheets.insert(_index(book, body.get("insertSheetIndex", 0)), twin)
    book.check_size()
    return {"properties": sheet_properties(book, twin)}


def copy_title(book, title: str) -> str:
    wanted, number = f"Copy of {title}", 1
    while book.titled(wanted):
        number += 1
        wanted = f"Copy of {title} {number}"
    return wanted


def copied(context: Context, source: Sheet, sheet_id: int, title: str) -> Sheet:
    """A tab with the same cells and ranges; its protections and views get ids of their own, metadata stays behind."""
    twin = source.fork()
    twin.grid.rows = [line[:] for line in source.grid.rows]
    twin.grid.settle()
    twin.id, twin.title = sheet_id, title
    for _, _, limits in list(twin.on_ranges()):
        limits["sheetId"] = sheet_id
    for items, name in ((twin.protected, "protectedRangeId"), (twin.filter_views, "filterViewId")):
        for one in items:
            one[name] = context.new_id()
    for group in twin.groups["ROWS"] + twin.groups["COLUMNS"]:
        group["range"]["sheetId"] = sheet_id
    return twin


def update_sheet_properties(context: Context, body: dict) -> None:
    book, wanted = context.book, body.get("properties", {})
    mask = masks.required(body.get("fields"))
    sheet = next((one for one in book.sheets if one.id == wanted.get("sheetId", 0)), None)
    if sheet is None:
        raise invalid(f"No sheet with id: {wanted.get('sheetId', 0)}")
    if "*" in mask:
        mask = {name: {} for name in wanted if name != "sheetId"}
    if "title" in mask:
        _rename(book, sheet, wanted.get("title", ""))
    if "index" in mask:
        _reorder(book, sheet, wanted.get("index", 0))
    _regrid(context, sheet, mask, wanted)
    rest = paired({name: below for name, below in mask.items() if name not in _OWN})
    if "gridProperties" in rest:
        rest["gridProperties"] = {
            n: {} for n in (rest["gridProperties"] or wanted["gridProperties"]) if n not in _COUNTS
        }
        if not rest["gridProperties"]:
            del rest["gridProperties"]
    looks = completed(masks.update(rest, sheet.looks, wanted))
    if looks.get("hidden") and not [other for other in book.sheets if other is not sheet and not other.hidden]:
        raise invalid("You can't hide all the sheets in a document.")
    _check_frozen(sheet, looks.get("gridProperties", {}))
    sheet.looks = looks


def _rename(book, sheet: Sheet, title: str) -> None:
    if not title:
        raise invalid("The sheet name cannot be empty.")
    _check_title(book, title, sheet)
    old, sheet.title = sheet.title.casefold(), title
    if book.has_formulas:

        def change(prefix: str, named: str | None, ref: str) -> str:
            return f"{quoted(title)}!{ref}" if named is not None and named.casefold() == old else prefix + ref

        for home in book.sheets:
            moves.rewrite_formulas(home, change)


def _reorder(book, sheet: Sheet, index: int) -> None:
    """Counted before the move: one right of a tab's own place is where it is already."""
    old = book.sheets.index(sheet)
    if not 0 <= index <= len(book.sheets):
        raise invalid(f"Sheet index {index} is out of bounds.")
    if index in {old, old + 1}:
        return
    book.sheets.remove(sheet)
    book.sheets.insert(index - 1 if index > old else index, sheet)


def _regrid(context: Context, sheet: Sheet, mask: dict, wanted: dict) -> None:
    if "gridProperties" not in mask:
        return
    below, counts = mask["gridProperties"], wanted.get("gridProperties", {})
    asked = {name for name in _COUNTS if name in below or (not below and name in counts)}
    if not asked:
        return
    grid = sheet.grid
    rows = counts.get("rowCount", 0) if "rowCount" in asked else grid.row_count
    columns = counts.get("columnCount", 0) if "columnCount" in asked else grid.column_count
    if rows < 1 or columns < 1:
        raise invalid("The number of rows and columns must be at least 1.")
    for axis, old, new in (("ROWS", grid.row_count, rows), ("COLUMNS", grid.column_count, columns)):
        if new < old:
            moves.delete(context.book, sheet, axis, new, old)
    grid.resize(rows, columns)
    context.book.check_size()


def _check_frozen(sheet: Sheet, grid: dict) -> None:
    for name, count, word in (
        ("frozenRowCount", sheet.grid.row_count, "rows"),
        ("frozenColumnCount", sheet.grid.column_count, "columns"),
    ):
        if grid.get(name, 0) >= count and grid.get(name):
            raise invalid(f"You can't freeze all visible {word} on the sheet.")


def update_spreadsheet_properties(context: Context, body: dict) -> None:
    book, wanted = context.book, body.get("properties", {})
    mask = masks.required(body.get("fields"))
    if "*" in mask:
        mask = {name: {} for name in wanted}
    if "title" in mask:
        book.title = wanted.get("title", "")
    if "locale" in mask:
        book.locale = wanted.get("locale", "")
    if "timeZone" in mask:
        book.time_zone = wanted.get("timeZone", "")
    rest = {name: below for name, below in mask.items() if name not in {"title", "locale", "timeZone"}}
    book.extras = masks.update(paired(rest), book.extras, copy.deepcopy(wanted))

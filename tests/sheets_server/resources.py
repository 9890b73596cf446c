"""A spreadsheet as spreadsheets.get tells it: properties, tabs, ranges, and grid data cell by cell."""

from __future__ import annotations

from tests.sheets_server import masks, values
from tests.sheets_server.book import Book, Sheet
from tests.sheets_server.cells import SheetError, as_cell
from tests.sheets_server.formats import shown, tidy
from tests.sheets_server.grid import Area
from tests.sheets_server.looks import DEFAULT_FORMAT, THEME, merged

_ERROR_TYPES = {
    "#REF!": "REF",
    "#DIV/0!": "DIVIDE_BY_ZERO",
    "#NAME?": "NAME",
    "#N/A": "N_A",
    "#VALUE!": "VALUE",
    "#NUM!": "NUM",
    "#NULL!": "NULL_VALUE",
    "#ERROR!": "ERROR",
}
PIXELS = {"ROWS": 21, "COLUMNS": 100}


def told(grid_range: dict) -> dict:
    """A GridRange as replies have it: tab 0 is not told, an index 0 is."""
    return {name: value for name, value in grid_range.items() if name != "sheetId" or value}


def spreadsheet(book: Book, mask: masks.Mask | None, ranges: list[str], with_grid: bool, areas=None) -> dict:
    """The resource under its field mask. Cells are told when the mask names them, else when grid data is asked for."""
    with_grid = masks.wants(mask, "sheets", "data") if mask is not None else with_grid
    asked: dict[int, list[Area]] = {}
    for text in ranges:
        sheet, ref = book.find(text)
        asked.setdefault(sheet.id, []).append(values.readable(sheet, ref))
    for sheet, area in areas or ():
        asked.setdefault(sheet.id, []).append(area)
    full = {
        "spreadsheetId": book.id,
        "properties": properties(book),
        "sheets": [
            sheet_resource(book, sheet, mask, asked.get(sheet.id) or [sheet.grid.whole], with_grid)
            for sheet in book.sheets
            if not asked or sheet.id in asked
        ],
    }
    if book.named:
        full["namedRanges"] = [{**one, "range": told(one["range"])} for one in book.named]
    full["spreadsheetUrl"] = f"https://docs.google.com/spreadsheets/d/{book.id}/edit"
    outside = [one for one in book.metadata if one["location"]["locationType"] == "SPREADSHEET"]
    if outside:
        full["developerMetadata"] = [metadata(one) for one in outside]
    return masks.pick(mask, full)


def properties(book: Book) -> dict:
    return {
        "title": book.title,
        "locale": book.locale,
        "autoRecalc": "ON_CHANGE",
        "timeZone": book.time_zone,
        "defaultFormat": DEFAULT_FORMAT,
        "spreadsheetTheme": THEME,
        **book.extras,
    }


def sheet_properties(book: Book, sheet: Sheet) -> dict:
    looks = {
        name: value for name, value in sheet.looks.items() if name != "gridProperties" and value is not False
    }
    extras = {name: value for name, value in sheet.looks.get("gridProperties", {}).items() if value}
    counts = {"rowCount": sheet.grid.row_count, "columnCount": sheet.grid.column_count}
    return {
        "sheetId": sheet.id,
        "title": sheet.title,
        "index": book.sheets.index(sheet),
        "sheetType": "GRID",
        "gridProperties": {**counts, **extras},
        **looks,
    }


def metadata(one: dict) -> dict:
    """Developer metadata with its location; tab 0 is not told inside a range."""
    location = dict(one["location"])
    if "dimensionRange" in location:
        location["dimensionRange"] = told(location["dimensionRange"])
    return {**one, "location": location}


def protection(one: dict) -> dict:
    result = dict(one)
    if "range" in result:
        result["range"] = told(result["range"])
    return {name: value for name, value in result.items() if value not in (False, "")}


def ranged(one: dict) -> dict:
    result = dict(one)
    if "range" in result:
        result["range"] = told(result["range"])
    if "ranges" in result:
        result["ranges"] = [told(limits) for limits in result["ranges"]]
    return result


def sheet_resource(book: Book, sheet: Sheet, mask, areas: list[Area], with_grid: bool) -> dict:
    full = {"properties": sheet_properties(book, sheet)}
    if with_grid:
        full["data"] = [grid_data(book, sheet, area, mask) for area in areas]
    lists = (
        ("merges", [told(one) for one in sheet.merges]),
        ("conditionalFormats", [ranged(one) for one in sheet.conditional]),
        ("filterViews", [ranged(one) for one in sheet.filter_views]),
        ("protectedRanges", [protection(one) for one in sheet.protected]),
        ("bandedRanges", [ranged(one) for one in sheet.banded]),
        ("rowGroups", [ranged(one) for one in sheet.groups["ROWS"]]),
        ("columnGroups", [ranged(one) for one in sheet.groups["COLUMNS"]]),
        ("tables", [ranged(one) for one in sheet.tables]),
        ("developerMetadata", [metadata(one) for one in book.metadata if _is_of_sheet(one, sheet)]),
    )
    full |= {name: items for name, items in lists if items}
    if sheet.basic_filter is not None:
        full["basicFilter"] = ranged(sheet.basic_filter)
    return full


def _is_of_sheet(one: dict, sheet: Sheet) -> bool:
    location = one["location"]
    return location["locationType"] == "SHEET" and location.get("sheetId", 0) == sheet.id


def grid_data(book: Book, sheet: Sheet, area: Area, mask) -> dict:
    """Rows up to the last cell that is something; blanks between are {}."""
    data = {}
    if area.top:
        data["startRow"] = area.top
    if area.left:
        data["startColumn"] = area.left
    if masks.wants(mask, "sheets", "data", "rowData"):
        rows = [_row(book, sheet, number, line, area) for number, line in _lines(sheet, area)]
        while rows and not rows[-1]:
            rows.pop()
        if rows:
            data["rowData"] = rows
    for axis, name, start, end in (
        ("ROWS", "rowMetadata", area.top, area.bottom),
        ("COLUMNS", "columnMetadata", area.left, area.right),
    ):
        if masks.wants(mask, "sheets", "data", name):
            data[name] = [_dimension(book, sheet, axis, at) for at in range(start, end)]
    return data


def _lines(sheet: Sheet, area: Area):
    return enumerate(sheet.grid.block(area), area.top)


def _row(book: Book, sheet: Sheet, number: int, line: list, area: Area) -> dict:
    cells = [cell(book, sheet, number, column, raw) for column, raw in enumerate(line, area.left)]
    while cells and not cells[-1]:
        cells.pop()
    return {"values": cells} if cells else {}


def _dimension(book: Book, sheet: Sheet, axis: str, at: int) -> dict:
    size = sheet.sizes[axis].get(at, {})
    result = {"pixelSize": PIXELS[axis], **{name: value for name, value in size.items() if value}}
    found = [
        metadata(one)
        for one in book.metadata
        if (span := one["location"].get("dimensionRange"))
        and (span.get("sheetId", 0), span["dimension"], span["startIndex"]) == (sheet.id, axis, at)
    ]
    if found:
        result["developerMetadata"] = found
    return result


def cell(book: Book, sheet: Sheet, row: int, column: int, raw) -> dict:
    """CellData of one stored cell."""
    if raw is None:
        return {}
    stored = as_cell(raw)
    value = book.value(sheet, row, column, raw)
    result: dict = {}
    if stored.formula is not None:
        result["userEnteredValue"] = {"formulaValue": stored.formula}
    elif stored.value is not None:
        result["userEnteredValue"] = extended(stored.value)
    look = stored.format or {}
    if value is not None:
        result["effectiveValue"] = extended(value)
        result["formattedValue"] = formatted(value, look.get("numberFormat"))
    if stored.format:
        result["userEnteredFormat"] = stored.format
    if value is not None or stored.format:
        result["effectiveFormat"] = effective(value, stored.format)
    if stored.note:
        result["note"] = stored.note
    if stored.rule:
        result["dataValidation"] = stored.rule
    return result


def extended(value) -> dict:
    if isinstance(value, SheetError):
        return {"errorValue": {"type": _ERROR_TYPES.get(value.text, "ERROR"), "message": value.text}}
    if isinstance(value, bool):
        return {"boolValue": value}
    return {"stringValue": value} if isinstance(value, str) else {"numberValue": tidy(value)}


def formatted(value, number_format: dict | None) -> str:
    if isinstance(value, SheetError):
        return value.text
    if isinstance(value, bool):
        return str(value).upper()
    return value if isinstance(value, str) else shown(value, number_format)


def effective(value, look: dict | None) -> dict:
    base = merged(DEFAULT_FORMAT, {"textFormat": {"fontFamily": "Arial"}, "hyperlinkDisplayType": "PLAIN_TEXT"})
    if isinstance(value, bool | SheetError):
        base = {**base, "horizontalAlignment": "CENTER"}
    elif value is not None:
        base = {**base, "horizontalAlignment": "LEFT" if isinstance(value, str) else "RIGHT"}
    return merged(base, look)

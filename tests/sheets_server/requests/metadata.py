"""Developer metadata: keys tied to a row, a column, a tab or the spreadsheet; and the filters that find them."""

from __future__ import annotations

from tests.sheets_server import masks
from tests.sheets_server.book import Book, Sheet
from tests.sheets_server.errors import bad_field, invalid
from tests.sheets_server.grid import Area
from tests.sheets_server.requests.context import Context
from tests.sheets_server.resources import metadata as told
from tests.sheets_server.values import readable


def create_developer_metadata(context: Context, body: dict) -> dict:
    wanted = body.get("developerMetadata", {})
    if not wanted.get("metadataKey"):
        raise invalid("No metadata key specified.")
    if wanted.get("visibility") not in {"DOCUMENT", "PROJECT"}:
        raise invalid("No visibility specified.")
    book = context.book
    taken = {one["metadataId"] for one in book.metadata}
    new_id = wanted.get("metadataId")
    if new_id in taken:
        raise invalid(f"Developer metadata with ID {new_id} already exists.")
    while new_id is None or new_id in taken:
        new_id = context.new_id()
    new = {"metadataId": new_id, "metadataKey": wanted["metadataKey"]}
    if wanted.get("metadataValue"):
        new["metadataValue"] = wanted["metadataValue"]
    new |= {"location": _location(context, wanted.get("location", {})), "visibility": wanted["visibility"]}
    book.metadata.append(new)
    return {"developerMetadata": told(new)}


def _location(context: Context, wanted: dict) -> dict:
    if wanted.get("spreadsheet"):
        return {"locationType": "SPREADSHEET", "spreadsheet": True}
    if "dimensionRange" in wanted:
        sheet, axis, start, end = context.span(wanted["dimensionRange"], to_end=False)
        limit = sheet.grid.row_count if axis == "ROWS" else sheet.grid.column_count
        if end is None or end - start != 1:
            raise invalid("The dimension range must be exactly one row or column.")
        if end > limit:
            raise invalid("The dimension range is outside of the grid.")
        span = {"sheetId": sheet.id, "dimension": axis, "startIndex": start, "endIndex": end}
        return {"locationType": "ROW" if axis == "ROWS" else "COLUMN", "dimensionRange": span}
    if "sheetId" in wanted:
        return {"locationType": "SHEET", "sheetId": context.book.sheet(wanted["sheetId"]).id}
    raise invalid("No location specified.")


def update_developer_metadata(context: Context, body: dict) -> dict:
    mask, wanted = masks.required(body.get("fields")), body.get("developerMetadata", {})
    found = []
    for one in context.book.metadata:
        if any(_matches(context.book, one, one_filter) for one_filter in body.get("dataFilters", [])):
            for name in ("metadataKey", "metadataValue", "visibility"):
                if name in mask or "*" in mask:
                    one[name] = wanted.get(name, "")
            if "location" in mask:
                one["location"] = _location(context, wanted.get("location", {}))
            found.append(told(one))
    return {"developerMetadata": found} if found else {}


def delete_developer_metadata(context: Context, body: dict) -> dict:
    book = context.book
    gone = [one for one in book.metadata if _matches(book, one, body.get("dataFilter", {}))]
    book.metadata = [one for one in book.metadata if one not in gone]
    return {"deletedDeveloperMetadata": [told(one) for one in gone]} if gone else {}


def search(book: Book, filters: list[dict]) -> dict:
    found = []
    for one in book.metadata:
        hits = [one_filter for one_filter in filters if _matches(book, one, one_filter)]
        if hits:
            found.append({"developerMetadata": told(one), "dataFilters": hits})
    return {"matchedDeveloperMetadata": found} if found else {}


def _matches(book: Book, one: dict, data_filter: dict) -> bool:
    if "developerMetadataLookup" in data_filter:
        return _looked_up(one, data_filter["developerMetadataLookup"])
    sheet, area = _filter_area(book, data_filter)
    place = located(book, one)
    return place is not None and place[0] is sheet and area.touches(place[1])


def _looked_up(one: dict, lookup: dict) -> bool:
    for name in ("metadataId", "metadataKey", "metadataValue", "visibility"):
        if name in lookup and one.get(name) != lookup[name]:
            return False
    location, kind = one["location"], lookup.get("locationType")
    wanted = lookup.get("metadataLocation")
    exact = lookup.get("locationMatchingStrategy", "EXACT_LOCATION") == "EXACT_LOCATION"
    if wanted and not _at(location, wanted, exact=exact):
        return False
    return kind in {None, "DEVELOPER_METADATA_LOCATION_TYPE_UNSPECIFIED"} or location["locationType"] == kind


def _at(location: dict, wanted: dict, *, exact: bool) -> bool:
    if wanted.get("spreadsheet"):
        return location["locationType"] == "SPREADSHEET" or not exact
    span = location.get("dimensionRange")
    if "dimensionRange" in wanted:
        asked = {"sheetId": 0, **wanted["dimensionRange"]}
        return span is not None and all(span.get(name) == value for name, value in asked.items())
    sheet_id = wanted.get("sheetId", 0)
    if location["locationType"] == "SHEET":
        return location.get("sheetId", 0) == sheet_id
    return not exact and span is not None and span.get("sheetId", 0) == sheet_id


def located(book: Book, one: dict) -> tuple[Sheet, Area] | None:
    """The cells that a piece of metadata stands for."""
    location = one["location"]
    if location["locationType"] == "SPREADSHEET":
        return None
    if location["locationType"] == "SHEET":
        sheet = book.sheet(location.get("sheetId", 0))
        return sheet, sheet.grid.whole
    span = location["dimensionRange"]
    sheet = book.sheet(span.get("sheetId", 0))
    start, end = span["startIndex"], span["endIndex"]
    if span["dimension"] == "ROWS":
        return sheet, Area(start, end, 0, sheet.grid.column_count)
    return sheet, Area(0, sheet.grid.row_count, start, end)


def _filter_area(book: Book, data_filter: dict) -> tuple[Sheet, Area]:
    if "a1Range" in data_filter:
        sheet, ref = book.find(data_filter["a1Range"])
        return sheet, readable(sheet, ref)
    if "gridRange" in data_filter:
        sheet = book.sheet(data_filter["gridRange"].get("sheetId", 0))
        return sheet, sheet.area(data_filter["gridRange"])
    raise bad_field("data_filters", "Invalid data_filters: a DataFilter needs one of its members.")


def places(book: Book, data_filter: dict) -> list[tuple[Sheet, Area]]:
    """Where a data filter points: one area, or every location of matching metadata."""
    if "developerMetadataLookup" not in data_filter:
        return [_filter_area(book, data_filter)]
    found = [located(book, one) for one in book.metadata if _looked_up(one, data_filter["developerMetadataLookup"])]
    return [place for place in found if place is not None]

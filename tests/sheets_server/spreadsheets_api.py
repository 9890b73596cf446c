"""The Sheets API v4, spreadsheets and developer metadata: each method takes a call and gives the reply."""

from __future__ import annotations

from tests.sheets_server import masks, requests, resources, schema
from tests.sheets_server.book import Sheet
from tests.sheets_server.calls import Call
from tests.sheets_server.errors import bad_field, bad_mask, invalid, not_found
from tests.sheets_server.requests import metadata, tabs
from tests.sheets_server.requests.context import Context


def create(call: Call) -> dict:
    wanted = requests.without_nulls(call.body)
    properties = wanted.get("properties", {})
    book = call.store.create(properties.get("title", "Untitled spreadsheet"))
    book.locale = properties.get("locale", book.locale)
    book.time_zone = properties.get("timeZone", book.time_zone)
    context = call.context(book)
    if wanted.get("sheets"):
        book.sheets = []
        for at, sheet in enumerate(wanted["sheets"]):
            named = {"title": f"Sheet{at + 1}", **({"sheetId": 0} if at == 0 else {}), **sheet.get("properties", {})}
            tabs.add_sheet(context, {"properties": named})
            _fill_from(context, book.sheets[-1], sheet.get("data", []))
    return resources.spreadsheet(book, _mask(call), [], with_grid=False)


def _fill_from(context: Context, sheet: Sheet, data: list[dict]) -> None:
    for part in data:
        if part.get("rowData"):
            start = {
                "sheetId": sheet.id,
                "rowIndex": part.get("startRow", 0),
                "columnIndex": part.get("startColumn", 0),
            }
            requests.KINDS["updateCells"](context, {"start": start, "rows": part["rowData"], "fields": "*"})


def _mask(call: Call):
    text = call.one("fields")
    mask = masks.parse(text) if text and text.strip() != "*" else None
    path = schema.unknown_path("Spreadsheet", mask or {})
    if path:
        raise bad_mask(path)
    return mask


def get(call: Call) -> dict:
    return resources.spreadsheet(call.book, _mask(call), call.query.get("ranges", []), call.flag("includeGridData"))


def get_by_data_filter(call: Call) -> dict:
    areas = [place for one in call.body.get("dataFilters", []) for place in metadata.places(call.book, one)]
    with_grid = bool(call.body.get("includeGridData"))
    return resources.spreadsheet(call.book, _mask(call), [], with_grid, areas)


def batch_update(call: Call) -> dict:
    """Tried on a fork, so that one bad request leaves nothing behind."""
    asked = call.body.get("requests") or []
    if not asked:
        raise invalid("Must specify at least one request.")
    fork = call.book.fork()
    replies = requests.apply(call.context(fork), asked)
    call.book.adopt(fork)
    call.store.touch(call.book)
    reply = {"spreadsheetId": call.book.id, "replies": replies}
    if call.body.get("includeSpreadsheetInResponse"):
        with_grid = bool(call.body.get("responseIncludeGridData"))
        ranges = call.body.get("responseRanges") or []
        reply["updatedSpreadsheet"] = resources.spreadsheet(call.book, None, ranges, with_grid)
    return reply


def copy_to(call: Call) -> dict:
    target = call.store.books.get(call.body.get("destinationSpreadsheetId", ""))
    if target is None:
        raise not_found()
    source = next((one for one in call.book.sheets if str(one.id) == call.path["sheet"]), None)
    if source is None:
        raise not_found()
    new_id = call.store.new_id()
    twin = tabs.copied(call.context(target), source, new_id, tabs.copy_title(target, source.title))
    target.sheets.append(twin)
    target.has_formulas |= call.book.has_formulas
    call.store.touch(target)
    return resources.sheet_properties(target, twin)


def metadata_get(call: Call) -> dict:
    for one in call.book.metadata:
        if str(one["metadataId"]) == call.path["metadata"]:
            return resources.metadata(one)
    raise not_found()


def metadata_search(call: Call) -> dict:
    filters = call.body.get("dataFilters") or []
    if not filters:
        raise bad_field("data_filters", "At least one data filter is required.")
    return metadata.search(call.book, filters)

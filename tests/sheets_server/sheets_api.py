"""The Sheets API v4: each method takes the book, the query and the body, and gives the reply."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.sheets_server import masks, requests, resources, values
from tests.sheets_server.a1 import Ref, written
from tests.sheets_server.book import Book, Sheet
from tests.sheets_server.errors import ApiError, bad_field, invalid, not_found
from tests.sheets_server.grid import Area, Grid
from tests.sheets_server.requests import metadata, tabs
from tests.sheets_server.requests.context import Context
from tests.sheets_server.store import Store
from tests.sheets_server.values import DATES, RENDERS, Entry, Rendering, Written, enum

INPUTS = ("", "RAW", "USER_ENTERED")


@dataclass
class Call:
    """One call as the methods see it. `query` holds lists, as a query string may repeat a name."""

    store: Store
    book: Book | None
    query: dict[str, list[str]]
    body: dict
    path: dict = field(default_factory=dict)

    def one(self, name: str, default: str | None = None) -> str | None:
        return self.query.get(name, [default])[-1]

    def flag(self, name: str) -> bool:
        return str(self.one(name, "false")).lower() in {"true", "1"}

    def context(self, book: Book) -> Context:
        return Context(book, self.store.new_id, self.store.now(), self.store.sort_carries_metadata)


def rendering(render: str | None, dates: str | None, major: str | None = None) -> Rendering:
    return Rendering(
        enum(render, RENDERS, "value_render_option", "ValueRenderOption"),
        enum(dates, DATES, "date_time_render_option", "DateTimeRenderOption"),
        enum(major, ("ROWS", "COLUMNS"), "major_dimension", "Dimension") == "COLUMNS",
    )


def of_query(call: Call) -> Rendering:
    return rendering(call.one("valueRenderOption"), call.one("dateTimeRenderOption"), call.one("majorDimension"))


def entry(call: Call, option: str | None) -> Entry:
    if enum(option, INPUTS, "value_input_option", "ValueInputOption") == "":
        raise invalid("'valueInputOption' is required but not specified")
    return Entry(option == "USER_ENTERED", call.store.now())


# spreadsheets


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
    return masks.parse(text) if text and text.strip() != "*" else None


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


# values


def values_get(call: Call) -> dict:
    how = of_query(call)
    sheet, ref = call.book.find(call.path["range"])
    return values.read(call.book, sheet, values.readable(sheet, ref), how)


def values_batch_get(call: Call) -> dict:
    how = of_query(call)
    found = []
    for text in call.query.get("ranges", []):
        sheet, ref = call.book.find(text)
        found.append(values.read(call.book, sheet, values.readable(sheet, ref), how))
    reply = {"spreadsheetId": call.book.id}
    return {**reply, "valueRanges": found} if found else reply


def values_batch_get_by_data_filter(call: Call) -> dict:
    body = call.body
    how = rendering(body.get("valueRenderOption"), body.get("dateTimeRenderOption"), body.get("majorDimension"))
    places: list[tuple[Sheet, Area, list]] = []
    for one in body.get("dataFilters", []):
        for sheet, area in metadata.places(call.book, one):
            same = next((place for place in places if place[0] is sheet and place[1] == area), None)
            if same:
                same[2].append(one)
            else:
                places.append((sheet, area, [one]))
    found = [
        {"valueRange": values.read(call.book, sheet, area, how), "dataFilters": filters}
        for sheet, area, filters in places
    ]
    reply = {"spreadsheetId": call.book.id}
    return {**reply, "valueRanges": found} if found else reply


def update_reply(book: Book, done: Written, with_values: Rendering | None) -> dict:
    reply = {
        "spreadsheetId": book.id,
        "updatedRange": written(done.sheet.title, done.area),
        "updatedRows": len(done.rows),
        "updatedColumns": len(done.columns),
        "updatedCells": done.count,
    }
    if with_values is not None:
        reply["updatedData"] = values.read(book, done.sheet, done.asked, with_values)
    return {name: value for name, value in reply.items() if value != 0}


def values_update(call: Call) -> dict:
    how = None
    lines = values.matrix(call.body, "data.values")
    option = entry(call, call.one("valueInputOption"))
    if call.flag("includeValuesInResponse"):
        how = rendering(
            call.one("responseValueRenderOption"),
            call.one("responseDateTimeRenderOption"),
            call.body.get("majorDimension"),
        )
    fork = call.book.fork()
    sheet, ref = fork.find(call.path["range"])
    done = values.write(fork, sheet, ref, lines, option)
    call.book.adopt(fork)
    call.store.touch(call.book)
    return update_reply(call.book, done, how)


def values_batch_update(call: Call) -> dict:
    parts = [(part, part.get("range", "")) for part in call.body.get("data") or []]
    return _update_many(call, parts, lambda fork, text: [fork.find(text)], None)


def values_batch_update_by_data_filter(call: Call) -> dict:
    parts = [(part, part.get("dataFilter", {})) for part in call.body.get("data") or []]

    def places(fork: Book, one: dict) -> list:
        found = metadata.places(fork, one)
        return [(sheet, Ref(area.top, area.bottom, area.left, area.right, single=False)) for sheet, area in found]

    return _update_many(call, parts, places, "dataFilter")


def _update_many(call: Call, parts: list, places, echo: str | None) -> dict:
    """All or nothing; the totals count each row and column of a tab once."""
    body = call.body
    option = entry(call, body.get("valueInputOption"))
    with_values = bool(body.get("includeValuesInResponse"))
    fork, done = call.book.fork(), []
    for at, (part, wanted) in enumerate(parts):
        lines = values.matrix(part, f"data[{at}].values")
        try:
            for sheet, ref in places(fork, wanted):
                done.append((part, wanted, values.write(fork, sheet, ref, lines, option)))
        except ApiError as error:
            raise error if error.message.startswith("Unable to parse") else error.within(f"data[{at}]") from None
    call.book.adopt(fork)
    call.store.touch(call.book)
    responses = []
    for part, wanted, one in done:
        how = None
        if with_values:
            major = part.get("majorDimension")
            how = rendering(body.get("responseValueRenderOption"), body.get("responseDateTimeRenderOption"), major)
        reply = update_reply(call.book, one, how)
        responses.append({**reply, echo: wanted} if echo else reply)
    return _totals(call.book, [one for _, _, one in done], responses)


def _totals(book: Book, done: list[Written], responses: list[dict]) -> dict:
    rows, columns = set(), set()
    for one in done:
        rows.update([(one.sheet.id, row) for row in one.rows])
        columns.update([(one.sheet.id, column) for column in one.columns])
    reply = {
        "spreadsheetId": book.id,
        "totalUpdatedRows": len(rows),
        "totalUpdatedColumns": len(columns),
        "totalUpdatedCells": sum(one.count for one in done),
        "totalUpdatedSheets": len({one.sheet.id for one in done if one.count}),
        "responses": responses,
    }
    return {name: value for name, value in reply.items() if value not in (0, [])}


def values_append(call: Call) -> dict:
    """After the last table in the range; the grid grows where it must."""
    lines = values.matrix(call.body, "data.values")
    option = entry(call, call.one("valueInputOption"))
    how = None
    if call.flag("includeValuesInResponse"):
        how = rendering(call.one("responseValueRenderOption"), call.one("responseDateTimeRenderOption"))
    inserts = call.one("insertDataOption") == "INSERT_ROWS"
    fork = call.book.fork()
    sheet, ref = fork.find(call.path["range"])
    area = values.readable(sheet, ref)
    table = values.table_at(sheet, area)
    top, left = (table.bottom, table.left) if table else (area.top, area.left)
    height, width = len(lines), max(map(len, lines), default=0)
    if inserts and table and top < sheet.grid.row_count:
        requests.dimensions.moves.insert(fork, sheet, "ROWS", top, height)
    _grow(fork, sheet.grid, top + height, left + width)
    done = values.write(fork, sheet, Ref(top, top + 1, left, left + 1, single=True), lines, option)
    call.book.adopt(fork)
    call.store.touch(call.book)
    reply = {"spreadsheetId": call.book.id}
    if table:
        reply["tableRange"] = written(sheet.title, table)
    return {**reply, "updates": update_reply(call.book, done, how)}


def _grow(book: Book, grid: Grid, rows: int, columns: int) -> None:
    grid.resize(max(grid.row_count, rows), max(grid.column_count, columns))
    book.check_size()


def values_clear(call: Call) -> dict:
    (cleared,) = _clear(call, [call.book.find(call.path["range"])])
    return {"spreadsheetId": call.book.id, "clearedRange": cleared}


def values_batch_clear(call: Call) -> dict:
    cleared = _clear(call, [call.book.find(text) for text in call.body.get("ranges") or []])
    return {"spreadsheetId": call.book.id, **({"clearedRanges": cleared} if cleared else {})}


def values_batch_clear_by_data_filter(call: Call) -> dict:
    found = [place for one in call.body.get("dataFilters") or [] for place in metadata.places(call.book, one)]
    refs = [(sheet, Ref(area.top, area.bottom, area.left, area.right, single=False)) for sheet, area in found]
    cleared = _clear(call, refs)
    return {"spreadsheetId": call.book.id, **({"clearedRanges": cleared} if cleared else {})}


def _clear(call: Call, places: list) -> list[str]:
    fork, cleared = call.book.fork(), []
    for sheet, ref in places:
        area = values.readable(sheet, ref)
        values.clear(fork.sheet(sheet.id), area)
        cleared.append(written(sheet.title, area))
    call.book.adopt(fork)
    call.store.touch(call.book)
    return cleared


# developer metadata


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

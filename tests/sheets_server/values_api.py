"""The Sheets API v4, values: each method takes a call and gives the reply."""

from __future__ import annotations

from dataclasses import replace

from tests.sheets_server import moves, tables, values
from tests.sheets_server.a1 import Ref, written
from tests.sheets_server.bodies import enum, matrix
from tests.sheets_server.book import Book, Sheet
from tests.sheets_server.calls import Call
from tests.sheets_server.errors import ApiError, invalid
from tests.sheets_server.grid import Area, Grid
from tests.sheets_server.requests import metadata
from tests.sheets_server.values import DATES, RENDERS, Entry, Rendering, Written

INPUTS = ("", "RAW", "USER_ENTERED")


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


def get(call: Call) -> dict:
    how = of_query(call)
    sheet, ref = call.book.find(call.path["range"])
    return values.read(call.book, sheet, values.readable(sheet, ref), how)


def batch_get(call: Call) -> dict:
    how = of_query(call)
    found = []
    for text in call.query.get("ranges", []):
        sheet, ref = call.book.find(text)
        found.append(values.read(call.book, sheet, values.readable(sheet, ref), how))
    reply = {"spreadsheetId": call.book.id}
    return {**reply, "valueRanges": found} if found else reply


def batch_get_by_data_filter(call: Call) -> dict:
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


def update(call: Call) -> dict:
    how = None
    lines = matrix(call.body, "data.values")
    option = entry(call, call.one("valueInputOption"))
    if call.flag("includeValuesInResponse"):
        how = rendering(
            call.one("responseValueRenderOption"),
            call.one("responseDateTimeRenderOption"),
            call.body.get("majorDimension"),
        )
    fork = call.book.fork()
    sheet, ref = fork.find(call.path["range"])
    done = values.write(fork, sheet, ref, lines, replace(option, asked=call.path["range"]))
    call.book.adopt(fork)
    call.store.touch(call.book)
    return update_reply(call.book, done, how)


def batch_update(call: Call) -> dict:
    parts = [(part, part.get("range", "")) for part in call.body.get("data") or []]
    return _update_many(call, parts, lambda fork, text: [fork.find(text)], None)


def batch_update_by_data_filter(call: Call) -> dict:
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
        lines = matrix(part, f"data[{at}].values")
        try:
            text = wanted if isinstance(wanted, str) else ""
            for sheet, ref in places(fork, wanted):
                done.append((part, wanted, values.write(fork, sheet, ref, lines, replace(option, asked=text))))
        except ApiError as error:
            raise error.within(f"data[{at}]") from None
    call.book.adopt(fork)
    call.store.touch(call.book)
    responses = []
    for part, wanted, one in done:
        how = None
        if with_values:
            major = part.get("majorDimension")
            how = rendering(body.get("responseValueRenderOption"), body.get("responseDateTimeRenderOption"), major)
        reply = update_reply(call.book, one, how)
        if echo:
            del reply["spreadsheetId"]  # a reply by data filter names the filter instead
            reply[echo] = wanted
        responses.append(reply)
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


def append(call: Call) -> dict:
    """After the last table in the range; the grid grows where it must."""
    lines = matrix(call.body, "data.values")
    option = entry(call, call.one("valueInputOption"))
    how = None
    if call.flag("includeValuesInResponse"):
        how = rendering(call.one("responseValueRenderOption"), call.one("responseDateTimeRenderOption"))
    inserts = call.one("insertDataOption") == "INSERT_ROWS"
    fork = call.book.fork()
    sheet, ref = fork.find(call.path["range"])
    area = values.readable(sheet, ref)
    table = tables.last_table(sheet, area)
    top, left = (table.bottom, table.left) if table else (area.top, area.left)
    height, width = len(lines), max(map(len, lines), default=0)
    if inserts and table and top < sheet.grid.row_count:
        moves.insert(fork, sheet, "ROWS", top, height)
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


def clear(call: Call) -> dict:
    (cleared,) = _clear(call, [call.book.find(call.path["range"])])
    return {"spreadsheetId": call.book.id, "clearedRange": cleared}


def batch_clear(call: Call) -> dict:
    places = []
    for at, text in enumerate(call.body.get("ranges") or []):
        try:
            sheet, ref = call.book.find(text)
            values.readable(sheet, ref)
        except ApiError as error:
            raise error.within(f"range[{at}]") from None
        places.append((sheet, ref))
    cleared = _clear(call, places)
    return {"spreadsheetId": call.book.id, **({"clearedRanges": cleared} if cleared else {})}


def batch_clear_by_data_filter(call: Call) -> dict:
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

"""Requests that tidy text: find and replace, trim, drop duplicates, split into columns."""

from __future__ import annotations

import re
from dataclasses import replace

from tests.sheets_server import values
from tests.sheets_server.book import Sheet
from tests.sheets_server.cells import Cell, as_cell, slim
from tests.sheets_server.errors import invalid
from tests.sheets_server.grid import Area
from tests.sheets_server.requests.context import Context, guard
from tests.sheets_server.requests.moving import permute
from tests.sheets_server.values import Entry, Rendering, render


def find_replace(context: Context, body: dict) -> dict:
    if not body.get("find"):
        raise invalid("No find string specified.")
    pattern = _pattern(body)
    counts = {"valuesChanged": 0, "formulasChanged": 0, "rowsChanged": 0, "sheetsChanged": 0, "occurrencesChanged": 0}
    for sheet, area in _places(context, body):
        rows = set()
        for row, column, raw in list(sheet.grid.cells(area)):
            new, times = _replaced(context, sheet, (row, column, raw), pattern, body)
            if times:
                guard(sheet, Area(row, row + 1, column, column + 1))
                sheet.grid.put(row, column, new)
                rows.add(row)
                counts["formulasChanged" if as_cell(raw).formula else "valuesChanged"] += 1
                counts["occurrencesChanged"] += times
        counts["rowsChanged"] += len(rows)
        counts["sheetsChanged"] += bool(rows)
    return {name: count for name, count in counts.items() if count}


def _pattern(body: dict) -> re.Pattern:
    text = body["find"] if body.get("searchByRegex") else re.escape(body["find"])
    if body.get("matchEntireCell"):
        text = rf"\A(?:{text})\Z"
    return re.compile(text, 0 if body.get("matchCase") else re.IGNORECASE)


def _places(context: Context, body: dict):
    if body.get("allSheets"):
        return [(sheet, sheet.grid.whole) for sheet in context.book.sheets]
    if "range" in body:
        return [context.place(body["range"])]
    if "sheetId" in body:
        sheet = context.book.sheet(body["sheetId"])
        return [(sheet, sheet.grid.whole)]
    raise invalid("No range, sheet or allSheets specified.")


def _replaced(context: Context, sheet: Sheet, place: tuple, pattern: re.Pattern, body: dict):
    row, column, raw = place
    cell, new = as_cell(raw), body.get("replacement", "")
    if body.get("searchByRegex"):
        new = re.sub(r"\$(\d)", r"\\\1", new)
    else:
        new = new.replace("\\", r"\\")
    if cell.formula is not None:
        if not body.get("includeFormulas"):
            return raw, 0
        text, times = pattern.subn(new, cell.formula)
        return slim(replace(cell, formula=text)), times
    shown = render(context.book, sheet, row, column, raw, Rendering())
    text, times = pattern.subn(new, shown or "")
    if not times:
        return raw, 0
    content = values.typed(text, context.book.locale, context.now) if text else Cell()
    return values.with_content(raw, content), times


def trim_whitespace(context: Context, body: dict) -> dict:
    sheet, area = context.place(body.get("range"))
    count = 0
    for row, column, raw in list(sheet.grid.cells(area)):
        cell = as_cell(raw)
        if isinstance(cell.value, str):
            text = re.sub(r"\s+", " ", cell.value).strip()
            if text != cell.value:
                sheet.grid.put(row, column, slim(replace(cell, value=text or None)))
                count += 1
    return {"cellsChangedCount": count} if count else {}


def delete_duplicates(context: Context, body: dict) -> dict:
    sheet, area = context.place(body.get("range"))
    guard(sheet, area)
    spans = body.get("comparisonColumns") or [{"startIndex": area.left, "endIndex": area.right}]
    columns = [at for span in spans for at in range(span.get("startIndex", 0), span.get("endIndex", area.right))]
    seen, kept, last = set(), [], min(area.bottom, len(sheet.grid.rows))
    for row in range(area.top, last):
        key = tuple(str(context.book.value(sheet, row, at, sheet.grid.get(row, at)) or "").casefold() for at in columns)
        if key not in seen:
            seen.add(key)
            kept.append(row)
    gone = last - area.top - len(kept)
    permute(context.book, sheet, area, kept, carries_metadata=False)
    values.erase(sheet, Area(area.top + len(kept), last, area.left, area.right))
    return {"duplicatesRemovedCount": gone} if gone else {}


def text_to_columns(context: Context, body: dict) -> None:
    sheet, area = context.place(body.get("source"))
    marks = {"COMMA": ",", "SEMICOLON": ";", "PERIOD": ".", "SPACE": " ", "CUSTOM": body.get("delimiter", ",")}
    mark = marks.get(body.get("delimiterType"), ",")
    for row, column, raw in list(sheet.grid.cells(area)):
        text = as_cell(raw).value
        if isinstance(text, str) and mark in text:
            ref = values.a1.Ref(row, row + 1, column, column + 1, single=True)
            parts = [part.strip() for part in text.split(mark)]
            values.write(context.book, sheet, ref, [parts], Entry(as_typed=True, now=context.now))

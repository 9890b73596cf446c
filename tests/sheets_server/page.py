"""The page at /: which spreadsheets there are, and one tab as a table that flashes where cells change."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.sheets_server import resources
from tests.sheets_server.book import Book, Sheet
from tests.sheets_server.cells import Cell, is_blank
from tests.sheets_server.grid import Area
from tests.sheets_server.service import Answer, as_json

HTML = Path(__file__).with_name("page.html")
MOST_ROWS = 500


def answer(service, target: str) -> Answer:
    parts = urlsplit(target)
    query = {name: texts[-1] for name, texts in parse_qs(parts.query).items()}
    with service.lock:
        match parts.path:
            case "/":
                return Answer(200, HTML.read_bytes(), "text/html; charset=utf-8")
            case "/_page/books":
                return as_json(200, _books(service.store.books.values()))
            case "/_page/tab":
                return as_json(200, _tab(service.store.books.get(query.get("book", "")), query))
    return as_json(404, {"error": "no such page"})


def _books(books) -> list[dict]:
    return [
        {
            "id": book.id,
            "title": book.title,
            "version": book.version,
            "modified": book.modified.isoformat(),
            "tabs": [{"id": sheet.id, "title": sheet.title, "colour": _hex(_tab_colour(sheet))} for sheet in book.sheets],
        }
        for book in books
        if book.sheets
    ]


def _tab_colour(sheet: Sheet) -> dict | None:
    return sheet.looks.get("tabColor")


def _tab(book: Book | None, query: dict) -> dict:
    """What the table needs; only the version when the page has it already."""
    sheet = None if book is None else next((one for one in book.sheets if str(one.id) == query.get("tab")), None)
    if sheet is None:
        return {"gone": True}
    if query.get("version") == str(book.version):
        return {"version": book.version}
    used_rows, used_columns = _filled(sheet)
    rows, columns = min(max(used_rows, 30), sheet.grid.row_count, MOST_ROWS), min(max(used_columns, 12), sheet.grid.column_count)
    cells, looks = [], {}
    for row, line in enumerate(sheet.grid.block(Area(0, rows, 0, columns))):
        texts = []
        for column, raw in enumerate(line):
            value = book.value(sheet, row, column, raw)
            look = raw.format if type(raw) is Cell else None
            texts.append(_shown(value, look))
            if look and (style := _style(look)):
                looks[f"{row},{column}"] = style
        cells.append(texts)
    frozen = sheet.looks.get("gridProperties", {}).get("frozenRowCount", 0)
    return {
        "version": book.version,
        "rows": rows,
        "columns": columns,
        "allRows": sheet.grid.row_count,
        "usedRows": used_rows,
        "allColumns": sheet.grid.column_count,
        "frozen": min(frozen or 1, 4),
        "cells": cells,
        "looks": looks,
    }


def _filled(sheet: Sheet) -> tuple[int, int]:
    """Rows and columns up to the last value; a column that is only coloured is not filled."""
    rows = columns = 0
    for at, line in enumerate(sheet.grid.rows, 1):
        width = len(line)
        while width and is_blank(line[width - 1]):
            width -= 1
        if width:
            rows, columns = at, max(columns, width)
    return rows, columns


def _shown(value, look: dict | None):
    """A text; a number is told apart so that it stands on the right."""
    if value is None:
        return ""
    text = resources.formatted(value, (look or {}).get("numberFormat"))
    return [text] if isinstance(value, int | float) and not isinstance(value, bool) else text


def _style(look: dict) -> dict:
    text = look.get("textFormat", {})
    style = {"background": _hex(look.get("backgroundColor")), "color": _hex(text.get("foregroundColor"))}
    style = {name: value for name, value in style.items() if value}
    return style | ({"fontWeight": "600"} if text.get("bold") else {})


def _hex(colour: dict | None) -> str | None:
    if colour is None:
        return None
    return "#" + "".join(f"{round(colour.get(part, 0) * 255):02x}" for part in ("red", "green", "blue"))

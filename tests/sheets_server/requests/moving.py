"""Requests that carry cells elsewhere: copy, cut, sort, shuffle, fill."""

from __future__ import annotations

import random
from dataclasses import replace

from tests.sheets_server import moves
from tests.sheets_server.book import Book, Sheet
from tests.sheets_server.cells import Cell, SheetError, as_cell, slim
from tests.sheets_server.errors import invalid
from tests.sheets_server.grid import Area
from tests.sheets_server.moves import displaced
from tests.sheets_server.requests.context import Context, guard
from tests.sheets_server.values import beyond


def copy_paste(context: Context, body: dict) -> None:
    """The source is repeated over the destination; a smaller destination still takes it whole."""
    sheet, source = context.place(body.get("source"))
    home, target = context.place(body.get("destination"))
    kind = body.get("pasteType", "PASTE_NORMAL")
    turned = body.get("pasteOrientation") == "TRANSPOSE"
    height, width = source.bottom - source.top, source.right - source.left
    taken = [
        [sheet.grid.get(row, column) for column in range(source.left, source.right)]
        for row in range(source.top, source.bottom)
    ]
    if height < 1 or width < 1:
        return
    tall, wide = (width, height) if turned else (height, width)
    area = Area(
        target.top,
        target.top + max(tall, (target.bottom - target.top) // tall * tall),
        target.left,
        target.left + max(wide, (target.right - target.left) // wide * wide),
    )
    if area.bottom > home.grid.row_count or area.right > home.grid.column_count:
        raise beyond(home, area)
    guard(home, area)
    for row in range(area.top, area.bottom):
        for column in range(area.left, area.right):
            down, right = (row - area.top) % tall, (column - area.left) % wide
            if turned:
                down, right = right, down
            from_row, from_column = source.top + down, source.left + right
            cell = displaced(as_cell(taken[down][right]), row - from_row, column - from_column)
            home.grid.put(
                row,
                column,
                pasted(context.book, sheet, (from_row, from_column), home.grid.get(row, column), cell, kind),
            )
    if kind == "PASTE_NORMAL":
        _copy_merges(sheet, source, home, area)


def pasted(book: Book, sheet: Sheet, place: tuple[int, int], raw, cell: Cell, kind: str):
    old = as_cell(raw)
    match kind:
        case "PASTE_VALUES":
            value = book.value(sheet, *place, cell)
            return slim(replace(old, value=value, formula=None))
        case "PASTE_FORMULA":
            return slim(replace(old, value=cell.value, formula=cell.formula))
        case "PASTE_FORMAT":
            return slim(replace(old, format=cell.format))
        case "PASTE_DATA_VALIDATION":
            return slim(replace(old, rule=cell.rule))
        case "PASTE_NO_BORDERS":
            look = {name: value for name, value in (cell.format or {}).items() if name != "borders"}
            return slim(replace(cell, format=look or None))
        case "PASTE_CONDITIONAL_FORMATTING":
            return raw
    return slim(cell)


def _copy_merges(sheet: Sheet, source: Area, home: Sheet, area: Area) -> None:
    for merge in list(sheet.merges):
        inner = sheet.area(merge)
        if source.holds(inner):
            down, right = area.top - source.top, area.left - source.left
            new = {
                "sheetId": home.id,
                "startRowIndex": inner.top + down,
                "endRowIndex": inner.bottom + down,
                "startColumnIndex": inner.left + right,
                "endColumnIndex": inner.right + right,
            }
            if not home.merge_over(home.area(new)):
                home.merges.append(new)


def cut_paste(context: Context, body: dict) -> None:
    sheet, source = context.place(body.get("source"))
    spot = body.get("destination", {})
    home = context.book.sheet(spot.get("sheetId", 0))
    top, left = spot.get("rowIndex", 0), spot.get("columnIndex", 0)
    target = Area(top, top + source.bottom - source.top, left, left + source.right - source.left)
    if target.bottom > home.grid.row_count or target.right > home.grid.column_count:
        raise beyond(home, target)
    guard(sheet, source)
    guard(home, target)
    carry(context.book, sheet, source, home, (top, left), body.get("pasteType", "PASTE_NORMAL"))


def carry(book: Book, sheet: Sheet, source: Area, home: Sheet, to: tuple[int, int], kind: str = "PASTE_NORMAL") -> None:
    """Cells cut here and pasted there: their formulas stay as they are; row metadata does not travel with cells."""
    taken = {
        (row, column): sheet.grid.get(row, column)
        for row in range(source.top, source.bottom)
        for column in range(source.left, source.right)
    }
    for row, column in taken:
        sheet.grid.put(row, column, None)
    for (row, column), raw in taken.items():
        new = (row - source.top + to[0], column - source.left + to[1])
        home.grid.put(*new, pasted(book, sheet, (row, column), home.grid.get(*new), as_cell(raw), kind))
    book.memo = {}


def sort_range(context: Context, body: dict) -> None:
    sheet, area = context.place(body.get("range"))
    specs = body.get("sortSpecs", [])
    if not specs:
        raise invalid("At least one sort spec must be specified.")
    keys = []
    for spec in specs:
        column = spec.get("dimensionIndex", 0)
        if not area.left <= column < area.right:
            raise invalid(f"Sort column {column} is outside of the range.")
        keys.append((column, spec.get("sortOrder") == "DESCENDING"))
    guard(sheet, area)
    if any(sheet.area(merge).touches(area) for merge in sheet.merges):
        raise invalid("You can't sort a range that contains merged cells.")
    sort(context.book, sheet, area, keys, carries_metadata=context.sort_carries_metadata)


def sort(book: Book, sheet: Sheet, area: Area, keys: list[tuple[int, bool]], *, carries_metadata: bool) -> None:
    """Stable, by several columns; blanks last either way. Whether metadata of rows follows is a switch of the server."""
    order = list(range(area.top, min(area.bottom, len(sheet.grid.rows))))
    area = area._replace(bottom=area.top + len(order))
    for column, descending in reversed(keys):
        values = {row: book.value(sheet, row, column, sheet.grid.get(row, column)) for row in order}
        filled = [row for row in order if values[row] is not None]
        blank = [row for row in order if values[row] is None]
        # reverse=True keeps equal rows in their order, so descending is stable too
        filled.sort(key=lambda row: _rank(values[row]), reverse=descending)
        order = filled + blank
    permute(book, sheet, area, order, carries_metadata=carries_metadata)


def _rank(value) -> tuple:
    if isinstance(value, bool):
        return (2, value)
    if isinstance(value, SheetError):
        return (3, value.text)
    return (1, value.casefold()) if isinstance(value, str) else (0, value)


def permute(book: Book, sheet: Sheet, area: Area, order: list[int], *, carries_metadata: bool) -> None:
    if area.left == 0 and area.right >= sheet.grid.column_count and len(order) == area.bottom - area.top:
        _permute_rows(book, sheet, area, order)
    else:
        _permute_cells(sheet, area, order)
    book.memo = {}
    if carries_metadata:
        places = {old: new for new, old in enumerate(order, area.top)}
        moves.follow_metadata(
            book, sheet, "ROWS", lambda first, last: (places.get(first, first), places.get(last, last))
        )


def _permute_rows(book: Book, sheet: Sheet, area: Area, order: list[int]) -> None:
    """Whole rows change places without a look at their cells."""
    rows = sheet.grid.rows
    rows[area.top : area.top + len(order)] = [rows[old] for old in order]
    if book.has_formulas:
        for new, old in enumerate(order, area.top):
            for column, raw in enumerate(rows[new]):
                if new != old and type(raw) is Cell and raw.formula:
                    sheet.grid.put(new, column, displaced(raw, new - old, 0))


def _permute_cells(sheet: Sheet, area: Area, order: list[int]) -> None:
    width = range(area.left, area.right)
    taken = {row: sheet.grid.rows[row][area.left : area.right] for row in order}
    for new, old in enumerate(order, area.top):
        if new == old:
            continue
        line, cells = sheet.grid.line(new), taken[old]
        wanted = area.left + len(cells)
        if len(line) < wanted:
            line.extend([None] * (wanted - len(line)))
        for at, column in enumerate(width):
            if column >= len(line):
                break
            raw = cells[at] if at < len(cells) else None
            if type(raw) is Cell and raw.formula:
                raw = displaced(raw, new - old, 0)
            line[column] = raw


def randomize_range(context: Context, body: dict) -> None:
    sheet, area = context.place(body.get("range"))
    order = list(range(area.top, min(area.bottom, len(sheet.grid.rows))))
    random.Random(context.new_id()).shuffle(order)
    permute(context.book, sheet, area, order, carries_metadata=context.sort_carries_metadata)


def auto_fill(context: Context, body: dict) -> None:
    """The source is repeated; series are not guessed."""
    if "sourceAndDestination" not in body:
        raise invalid("Only sourceAndDestination is known here.")
    fill = body["sourceAndDestination"]
    sheet, source = context.place(fill.get("source"))
    length, rows = fill.get("fillLength", 0), fill.get("dimension") == "ROWS"
    step = 1 if length > 0 else -1
    size = source.bottom - source.top if rows else source.right - source.left
    for at in range(abs(length)):
        for row in range(source.top, source.bottom):
            for column in range(source.left, source.right):
                shift = step * (at // size + 1) * size
                new = (row + shift, column) if rows else (row, column + shift)
                cell = displaced(as_cell(sheet.grid.get(row, column)), new[0] - row, new[1] - column)
                sheet.grid.put(*new, slim(cell))

"""Requests that write cells: contents, looks, notes, validation, borders, pasted text."""

from __future__ import annotations

import csv
import io

from tests.sheets_server import masks, values
from tests.sheets_server.book import Sheet
from tests.sheets_server.cells import Cell, SheetError, as_cell, is_blank, slim
from tests.sheets_server.errors import invalid
from tests.sheets_server.grid import Area
from tests.sheets_server.looks import completed, paired
from tests.sheets_server.moves import displaced
from tests.sheets_server.requests.context import Context, guard
from tests.sheets_server.values import Entry

_EVERYTHING = {"userEnteredValue": {}, "userEnteredFormat": {}, "note": {}, "dataValidation": {}}


def changed(context: Context, raw, sent: dict, mask: masks.Mask):
    """A stored cell with the masked members of a CellData."""
    if "*" in mask:
        mask = _EVERYTHING
    cell = as_cell(raw)
    value, formula, look, note, rule = cell.value, cell.formula, cell.format, cell.note, cell.rule
    if "userEnteredValue" in mask:
        value, formula = _content(sent.get("userEnteredValue") or {})
        context.book.has_formulas |= formula is not None
    if "userEnteredFormat" in mask:
        below = mask["userEnteredFormat"]
        new = sent.get("userEnteredFormat") or {}
        if below and "*" not in below:
            new = masks.update(paired(below), look or {}, completed(new))
        look = completed(new) or None
    if "note" in mask:
        note = sent.get("note") or None
    if "dataValidation" in mask:
        rule = sent.get("dataValidation") or None
    return slim(Cell(value, formula, look, note, rule))


def _content(sent: dict) -> tuple:
    if "formulaValue" in sent:
        text = sent["formulaValue"]
        if not text.startswith("="):
            raise invalid(f"Invalid formulaValue: {text}")
        return None, text
    if "numberValue" in sent:
        return sent["numberValue"], None
    if "boolValue" in sent:
        return sent["boolValue"], None
    if "errorValue" in sent:
        return SheetError(sent["errorValue"].get("message", "#ERROR!")), None
    text = sent.get("stringValue")
    if text is not None and len(text) > 50_000:
        raise invalid("Your input contains more than the maximum of 50000 characters in a single cell.")
    return text or None, None


def update_cells(context: Context, body: dict) -> None:
    mask = masks.required(body.get("fields"))
    rows = body.get("rows", [])
    if "start" in body:
        start = body["start"]
        sheet = context.book.sheet(start.get("sheetId", 0))
        top, left = start.get("rowIndex", 0), start.get("columnIndex", 0)
        width = max((len(row.get("values", [])) for row in rows), default=0)
        area = Area(top, top + len(rows), left, left + width)
        whole = False
    else:
        sheet, area = context.place(body.get("range"))
        whole = True
    _check_shape(rows, area if whole else _from(sheet, area))
    guard(sheet, area)
    for row in range(area.top, area.bottom):
        line = rows[row - area.top].get("values", []) if row - area.top < len(rows) else []
        for column in range(area.left, area.right if whole else area.left + len(line)):
            sent = line[column - area.left] if column - area.left < len(line) else {}
            sheet.grid.put(row, column, changed(context, sheet.grid.get(row, column), sent, mask))


def _check_shape(rows: list, area: Area) -> None:
    if len(rows) > area.bottom - area.top:
        raise invalid(f"Attempting to write row: {area.bottom}, beyond the last requested row of: {area.bottom - 1}")
    width = max((len(row.get("values", [])) for row in rows), default=0)
    if width > area.right - area.left:
        raise invalid(
            f"Attempting to write column: {area.right}, beyond the last requested column of: {area.right - 1}"
        )


def _from(sheet: Sheet, area: Area) -> Area:
    """From a start the cells may go to the end of the grid."""
    return Area(area.top, sheet.grid.row_count, area.left, sheet.grid.column_count)


def repeat_cell(context: Context, body: dict) -> None:
    mask = masks.required(body.get("fields"))
    sheet, area = context.place(body.get("range"))
    guard(sheet, area)
    sent = body.get("cell", {})
    formula = (sent.get("userEnteredValue") or {}).get("formulaValue")
    made: dict[tuple, tuple] = {}  # thousands of blank cells of one look become thousands of another: reckoned once
    for row in range(area.top, area.bottom):
        for column in range(area.left, area.right):
            raw = sheet.grid.get(row, column)
            if is_blank(raw) and not formula:
                key = (id(raw.format), id(raw.rule), raw.note) if raw is not None else ()
                if key not in made:
                    made[key] = (
                        raw,
                        changed(context, raw, sent, mask),
                    )  # the old cell is held: its parts' ids stay theirs
                sheet.grid.put(row, column, made[key][1])
                continue
            new = changed(context, raw, sent, mask)
            if formula and type(new) is Cell:
                new = displaced(new, row - area.top, column - area.left)
            sheet.grid.put(row, column, new)


def append_cells(context: Context, body: dict) -> None:
    """After the last row that holds anything; the grid grows down, never to the right."""
    sheet = context.book.sheet(body.get("sheetId", 0))
    mask, rows = masks.required(body.get("fields")), body.get("rows", [])
    top = _last_row(sheet)
    width = max((len(row.get("values", [])) for row in rows), default=0)
    guard(sheet, Area(top, top + len(rows), 0, width))
    grid = sheet.grid
    grid.resize(max(grid.row_count, top + len(rows)), grid.column_count)
    _check_shape(rows, grid.whole)
    context.book.check_size()
    for row, line in enumerate(rows, top):
        for column, sent in enumerate(line.get("values", [])):
            grid.put(row, column, changed(context, grid.get(row, column), sent, mask))


def _last_row(sheet: Sheet) -> int:
    for at in range(len(sheet.grid.rows), 0, -1):
        if any(not is_blank(raw) for raw in sheet.grid.rows[at - 1]):
            return at
    return 0


def set_data_validation(context: Context, body: dict) -> None:
    sheet, area = context.place(body.get("range"))
    rule = body.get("rule")
    if rule is not None and "condition" not in rule:
        raise invalid("No condition specified.")
    if rule is not None:
        rule = {name: value for name, value in rule.items() if value not in (False, "")}
    for row in range(area.top, area.bottom):
        for column in range(area.left, area.right):
            cell = as_cell(sheet.grid.get(row, column))
            sheet.grid.put(row, column, slim(Cell(cell.value, cell.formula, cell.format, cell.note, rule)))


def update_borders(context: Context, body: dict) -> None:
    sheet, area = context.place(body.get("range"))
    guard(sheet, area)
    for row in range(area.top, area.bottom):
        for column in range(area.left, area.right):
            sides = {
                "top": body.get("top") if row == area.top else body.get("innerHorizontal"),
                "bottom": body.get("bottom") if row == area.bottom - 1 else body.get("innerHorizontal"),
                "left": body.get("left") if column == area.left else body.get("innerVertical"),
                "right": body.get("right") if column == area.right - 1 else body.get("innerVertical"),
            }
            cell = as_cell(sheet.grid.get(row, column))
            borders = dict((cell.format or {}).get("borders", {}))
            borders |= {side: border for side, border in sides.items() if border is not None}
            borders = {side: border for side, border in borders.items() if border.get("style") != "NONE"}
            look = completed({**(cell.format or {}), "borders": borders})
            if not borders:
                look.pop("borders")
            sheet.grid.put(row, column, slim(Cell(cell.value, cell.formula, look or None, cell.note, cell.rule)))


def paste_data(context: Context, body: dict) -> None:
    spot = body.get("coordinate", {})
    sheet = context.book.sheet(spot.get("sheetId", 0))
    lines = list(csv.reader(io.StringIO(body.get("data", "")), delimiter=body.get("delimiter") or "\t"))
    top, left = spot.get("rowIndex", 0), spot.get("columnIndex", 0)
    ref = values.a1.Ref(top, top + 1, left, left + 1, single=True)
    values.write(context.book, sheet, ref, lines, Entry(as_typed=True, now=context.now))

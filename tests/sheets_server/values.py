"""Cell values in and out: the spreadsheets.values methods, without HTTP."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tests.sheets_server import a1
from tests.sheets_server.book import Book, Sheet
from tests.sheets_server.cells import Cell, SheetError, slim, with_content
from tests.sheets_server.errors import ApiError, invalid, protected
from tests.sheets_server.formats import DATE_TYPES, shown, tidy
from tests.sheets_server.grid import Area
from tests.sheets_server.typing_in import typed
from tests.sheets_server.validation import refuses

RENDERS = ("FORMATTED_VALUE", "UNFORMATTED_VALUE", "FORMULA")
DATES = ("SERIAL_NUMBER", "FORMATTED_STRING")
_LONGEST = 50_000  # characters in a cell
SERVICE_ACCOUNT = "service-account@example.iam.gserviceaccount.com"


@dataclass(frozen=True)
class Rendering:
    values: str = "FORMATTED_VALUE"
    dates: str = "SERIAL_NUMBER"
    by_columns: bool = False


def render(book: Book, sheet: Sheet, row: int, column: int, raw, how: Rendering):
    """One cell as JSON; a blank is None here."""
    if type(raw) is Cell:
        if how.values == "FORMULA" and raw.formula is not None:
            return raw.formula
        value, look = book.value(sheet, row, column, raw), raw.format and raw.format.get("numberFormat")
    else:
        value, look = raw, None
    if value is None:
        return "" if type(raw) is Cell and raw.formula is not None else None
    if isinstance(value, SheetError):
        return value.text
    if isinstance(value, str):
        return value
    if how.values == "FORMATTED_VALUE":
        return str(value).upper() if isinstance(value, bool) else shown(value, look)
    if isinstance(value, bool):
        return value
    if how.dates == "FORMATTED_STRING" and look and look.get("type") in DATE_TYPES:
        return shown(value, look)
    return tidy(value)


def read(book: Book, sheet: Sheet, area: Area, how: Rendering) -> dict:
    """A ValueRange: blanks at the end of rows and below are cut, a blank between is an empty text."""
    lines = enumerate(sheet.grid.block(area), area.top)
    rows = [_line(book, sheet, number, line, area.left, how) for number, line in lines]
    if how.by_columns:
        rows = _turned(rows, area.right - area.left)
    for out in rows:
        while out and out[-1] == "" and type(out[-1]) is str:
            out.pop()
    while rows and not rows[-1]:
        rows.pop()
    result = {"range": a1.written(sheet.title, area), "majorDimension": "COLUMNS" if how.by_columns else "ROWS"}
    if rows:
        result["values"] = rows
    return result


def _line(book: Book, sheet: Sheet, number: int, line: list, left: int, how: Rendering) -> list:
    """A row's cells as JSON; most are bare values, which need no look at their format."""
    width = len(line)
    while width and line[width - 1] is None:
        width -= 1
    bare = (str,) if how.values == "FORMATTED_VALUE" else (str, int, bool)
    out = [raw if type(raw) in bare else "" if raw is None else raw for raw in line[:width]]
    for at, raw in enumerate(out):
        if type(raw) not in bare:
            value = render(book, sheet, number, left + at, raw, how)
            out[at] = "" if value is None else value
    return out


def _turned(rows: list[list], width: int) -> list[list]:
    return [[row[column] if column < len(row) else "" for row in rows] for column in range(width)]


def readable(sheet: Sheet, ref: a1.Ref) -> Area:
    """What a read may see: cut at the grid, refused when it starts outside."""
    area, grid = ref.within(sheet.grid), sheet.grid
    if area.top >= grid.row_count or area.left >= grid.column_count:
        raise beyond(sheet, ref)
    return Area(area.top, min(area.bottom, grid.row_count), area.left, min(area.right, grid.column_count))


def beyond(sheet: Sheet, area: Area | a1.Ref) -> ApiError:
    grid = sheet.grid
    return invalid(
        f"Range ({a1.as_asked(sheet.title, area)}) exceeds grid limits. "
        f"Max rows: {grid.row_count}, max columns: {grid.column_count}"
    )


@dataclass
class Written:
    sheet: Sheet
    asked: Area
    area: Area
    rows: set
    columns: set
    count: int


@dataclass(frozen=True)
class Entry:
    """How values enter: as typed or raw, where dates are read, and for whom."""

    as_typed: bool
    now: dt.datetime
    asked: str = ""  # the range as the caller wrote it: one message repeats it


def write(book: Book, sheet: Sheet, ref: a1.Ref, values: list[list], entry: Entry) -> Written:
    """Values into a range; a null leaves its cell alone, an empty text clears the value and keeps the look."""
    asked, grid = ref.within(sheet.grid), sheet.grid
    height, width = len(values), max(map(len, values), default=0)
    area = Area(asked.top, asked.top + max(height, 1), asked.left, asked.left + max(width, 1))
    if ref.single:
        asked = area
    _fits(sheet, ref, asked, area, entry.asked)
    if max(asked.bottom, area.bottom) > grid.row_count or max(asked.right, area.right) > grid.column_count:
        raise beyond(sheet, asked if asked.bottom > grid.row_count or asked.right > grid.column_count else area)
    _guard(sheet, area, values)
    rows, columns, count = set(), set(), 0
    for row, line in enumerate(values, area.top):
        filled = [(column, value) for column, value in enumerate(line, area.left) if value is not None]
        if filled:
            _enter_line(book, sheet, row, filled, entry)
            rows.add(row)
            columns.update([column for column, _ in filled])
            count += len(filled)
    return Written(sheet, asked, area, rows, columns, count)


def _fits(sheet: Sheet, ref: a1.Ref, asked: Area, area: Area, text: str) -> None:
    if area.bottom > asked.bottom and ref.bottom is not None:
        where = f"row [{asked.bottom + 1}]"
    elif area.right > asked.right and ref.right is not None:
        where = f"column [{a1.column_letters(asked.right)}]"
    else:
        return
    told = text or a1.written(sheet.title, asked)
    raise invalid(f"Requested writing within range [{told}], but tried writing to {where}")


def _guard(sheet: Sheet, area: Area, values: list[list]) -> None:
    """Protected ranges that the caller may not edit refuse; cells that are left alone do not count."""
    for one in sheet.protected:
        if may_edit(one) or not (locked := sheet.area(one.get("range") or {})).touches(area):
            continue
        holes = [sheet.area(hole) for hole in one.get("unprotectedRanges", [])]
        for row, line in enumerate(values, area.top):
            for column, value in enumerate(line, area.left):
                spot = Area(row, row + 1, column, column + 1)
                if value is not None and locked.holds(spot) and not any(hole.holds(spot) for hole in holes):
                    raise protected()


def may_edit(protection: dict) -> bool:
    return bool(protection.get("warningOnly")) or SERVICE_ACCOUNT in (protection.get("editors") or {}).get("users", [])


def _enter_line(book: Book, sheet: Sheet, row: int, filled: list[tuple], entry: Entry) -> None:
    """Raw values on bare cells go straight in; all else takes the long way."""
    stored = sheet.grid.line(row)
    width = filled[-1][0] + 1
    if len(stored) < width:
        stored.extend([None] * (width - len(stored)))
    for column, value in filled:
        kind = type(value)
        bare = kind is int or kind is float or (kind is str and 0 < len(value) < _LONGEST)
        if bare and not entry.as_typed and type(stored[column]) is not Cell:
            stored[column] = value
        else:
            _enter(book, sheet, row, column, value, entry)


def _enter(book: Book, sheet: Sheet, row: int, column: int, value, entry: Entry) -> None:
    grid = sheet.grid
    old = grid.get(row, column)
    kind = type(value)
    if kind is str:
        if len(value) > _LONGEST:
            raise invalid("Your input contains more than the maximum of 50000 characters in a single cell.")
        if value == "":
            content = Cell(None)
        elif entry.as_typed:
            content = typed(value, book.locale, entry.now)
            book.has_formulas |= content.formula is not None
            if type(old) is Cell and (old.format or {}).get("numberFormat", {}).get("type") == "TEXT":
                content = Cell(value)
        else:
            content = Cell(value)
    elif kind in {int, float, bool}:
        content = Cell(value)
    else:
        at = f"[{row}][{column}]"
        raise invalid(f"Invalid values{at}: {'list_value' if kind is list else 'struct_value'} {value}")
    if type(old) is Cell and old.rule and refuses(book, sheet, old.rule, content.value):
        spot = a1.written(sheet.title, Area(row, row + 1, column, column + 1)).rpartition("!")[2]
        raise invalid(f"The data you entered in cell {spot} violates the data validation rules set on this cell.")
    grid.put(row, column, with_content(old, content) if type(old) is Cell else slim(content))


def clear(sheet: Sheet, area: Area) -> None:
    """Values go, looks stay."""
    for one in sheet.protected:
        if not may_edit(one) and sheet.area(one.get("range") or {}).touches(area):
            raise protected()
    erase(sheet, area)


def erase(sheet: Sheet, area: Area) -> None:
    grid = sheet.grid
    for row, column, raw in list(grid.cells(area)):
        grid.put(row, column, with_content(raw, Cell(None)) if type(raw) is Cell else None)

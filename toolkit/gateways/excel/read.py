"""Workbooks read by calamine, with what calamine hides put back: formula errors, whole numbers, sparse giants."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from html import unescape

import python_calamine

from toolkit.core.book import CellError, Raw, RawTab
from toolkit.gateways.excel.package import Package
from toolkit.gateways.excel.sheet import SheetText
from toolkit.gateways.excel.unsafe import UnsafeWorkbook
from toolkit.gateways.excel.workbook import SheetEntry, Workbook
from toolkit.gateways.excel.xmltext import attributes

# calamine lays a sheet out as one dense block: a stray value in XFD1048576 would ask for 17 billion cells
MOST_CELLS = 60_000_000
_FAR_RIGHT = re.compile(rb"""\sr\s*=\s*["']([A-Z]{3})\d""")
_LAST_ROW = re.compile(rb"""[<:]row\s(?:[^>]*?\s)?r\s*=\s*["'](\d+)""")
_MOST_COLUMNS = 16_384
_ERROR_MARK = re.compile(rb"""\st\s*=\s*["']e["']""")
_ERROR_TEXT = re.compile(rb"<(?:[\w.-]+:)?v(?:\s[^>]*)?>(.*?)<", re.DOTALL)
_ROUNDING = timedelta(milliseconds=500)
Rows = list[list[Raw]]


def sheet_titles(content: bytes) -> tuple[str, ...]:
    """The titles of all sheets that hold cells."""
    return tuple(entry.title for entry in Workbook(Package(content)).sheets if entry.kind == "worksheet")


def read_tabs(content: bytes, titles: Sequence[str] | None = None) -> tuple[dict[str, RawTab], tuple[str, ...]]:
    """(the named tabs that exist, all titles). Raises UnsafeWorkbook for a file that is no whole workbook."""
    package = Package(content)
    workbook = Workbook(package)
    grids = [entry for entry in workbook.sheets if entry.kind == "worksheet"]
    wanted = [entry for entry in grids if titles is None or entry.title in titles]
    sheets = {entry.title: package.read(entry.part) for entry in wanted}
    tabs = {}
    dense = _calamine(content)
    for entry in wanted:
        data = sheets[entry.title]
        rows = _by_calamine(dense, entry) if dense and not _is_sparse_giant(data) else None
        rows = _by_openpyxl(content, entry) if rows is None else rows
        if _ERROR_MARK.search(data):
            _put_errors(rows, data)
        tabs[entry.title] = RawTab(entry.title, _trimmed(rows), workbook.is_1904)
    return tabs, tuple(entry.title for entry in workbook.sheets)


def _calamine(content: bytes) -> python_calamine.CalamineWorkbook | None:
    """The workbook in calamine; None where it cannot open it: an Excel-4 macro sheet spoils the whole file for it."""
    try:
        return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    except python_calamine.CalamineError:
        return None


def _by_calamine(book: python_calamine.CalamineWorkbook, entry: SheetEntry) -> Rows | None:
    try:
        # skip_empty_area drops leading blank rows and columns: every row number would be off
        found = book.get_sheet_by_name(entry.title).to_python(skip_empty_area=False)
    except python_calamine.CalamineError:
        return None
    # Two cells in three are blank text: they are not worth a call.
    return [
        [value or None if type(value) is str and value[:1] != "#" else _raw(value) for value in row] for row in found
    ]


def _by_openpyxl(content: bytes, entry: SheetEntry) -> Rows:
    from openpyxl import load_workbook  # loaded for the rare book alone: it takes a tenth of a second

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book[entry.title]
        sheet.reset_dimensions()
        rows = [_cut([_raw(value) for value in row]) for row in sheet.iter_rows(min_row=1, min_col=1, values_only=True)]
        book.close()
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        raise UnsafeWorkbook(f"the sheet {entry.title!r} cannot be read: {error}") from error
    return rows


def _is_sparse_giant(data: bytes) -> bool:
    """Whether a column of three letters and the last row's number make a block that is too big to lay out."""
    if not _FAR_RIGHT.search(data):
        return False
    last = _LAST_ROW.match(data, max(data.rfind(b"<row "), data.rfind(b":row "), 0))
    rows = int(last[1]) if last else data.count(b"row ")
    return _MOST_COLUMNS * rows > MOST_CELLS


def _raw(value: object) -> Raw:
    """A reader's value as the toolkit knows it: no empty text, whole numbers whole, moments to the second."""
    match value:
        case "" | None:
            return None
        case bool():
            return value
        case float() if value.is_integer():
            return int(value)
        case datetime() if value.microsecond:
            return (value + _ROUNDING).replace(microsecond=0)  # 46024.395833333336 is 09:30, not 09:29:59.9
        case timedelta() if value.microseconds:
            return timedelta(seconds=round(value.total_seconds()))
        case str() if value.startswith("#") and value in _ERRORS:
            return CellError(value)
        case _:
            return value


# openpyxl gives errors as text, calamine as blanks; a text typed like this is as useless to a rule as the error
_ERRORS = frozenset(("#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"))


def _put_errors(rows: Rows, data: bytes) -> None:
    """Put the errors where calamine found blanks (python-calamine issue 105)."""
    text = SheetText(data)
    for row in text.rows:
        end = text.row_end(row)[0]
        if not _ERROR_MARK.search(text.scan, row.tag_end, end):
            continue
        for cell in text.cells(row):
            if attributes(cell.tag).get("t") == "e":
                shown = _ERROR_TEXT.search(cell.inside)
                _put(rows, row.number, cell.column, CellError(unescape(shown[1].decode()) if shown else "#N/A"))


def _put(rows: Rows, row: int, column: int, value: Raw) -> None:
    rows.extend([] for _ in range(row - len(rows)))
    line = rows[row - 1]
    line.extend(None for _ in range(column - len(line)))
    line[column - 1] = value


def _cut(row: list[Raw]) -> list[Raw]:
    while row and row[-1] is None:
        row.pop()
    return row


def _trimmed(rows: Rows) -> Rows:
    """The rows without the blank ones at the end."""
    while rows and all(value is None for value in rows[-1]):
        rows.pop()
    return rows


def differing(tabs: dict[str, RawTab], wanted: Iterable[tuple[str, int, int, object]]) -> str | None:
    """The first (title, row, column, value) that the tabs do not hold, in words; None if all are there."""
    for title, row, column, value in wanted:
        rows = tabs[title].rows
        line = rows[row - 1] if row <= len(rows) else ()
        found = line[column - 1] if column <= len(line) else None
        if not _agrees(found, value):
            return f"{title} row {row} column {column} reads {found!r}, not {value!r}"
    return None


def _agrees(found: Raw, value: object) -> bool:
    match value:
        case None | "":
            return found is None
        case bool() | str():
            return found == value or (isinstance(value, str) and str(found).split() == value.split())
        case datetime():
            moment = found if isinstance(found, datetime) else _midnight(found)
            return moment is not None and abs(moment - value) <= timedelta(seconds=1)
        case date():
            return _midnight(found) == _midnight(value)
        case _:
            number = float(str(value))
            return isinstance(found, int | float) and abs(found - number) <= 1e-9 * max(1.0, abs(number))


def _midnight(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value
    return datetime(value.year, value.month, value.day) if isinstance(value, date) else None  # noqa: DTZ001

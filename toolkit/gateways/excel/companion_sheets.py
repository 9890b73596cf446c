"""What stands in a companion: a tab for each register, its keys and toolkit columns, and a line that says what it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from unicodedata import east_asian_width

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.properties import PageSetupProperties

from toolkit.core.layout import FORMATS
from toolkit.core.place import column_letters
from toolkit.gateways.excel.companion_tab import Column, Tab

_HEADER_ROW = 2
_LONGEST_TEXT = 32_767  # characters in a cell
_NARROW, _WIDE, _MEASURED = 9, 46, 200
_A4 = 9
_FONT = "Microsoft YaHei"
_LINE = Border(bottom=Side(style="thin", color="FFE3E7EA"))


def sheets(tabs: Sequence[Tab], about: str, mark: str) -> Workbook:
    """A workbook with these tabs and `about` above each; `mark` stands in its document properties."""
    book = Workbook(write_only=True)
    book.properties.creator, book.properties.category, book.properties.description = mark, mark, about
    for tab in tabs:
        _add(book, tab, about)
    return book


def _add(book: Workbook, tab: Tab, about: str) -> None:
    sheet = book.create_sheet(tab.title)
    names = sum(one.is_key for one in tab.columns)
    sheet.freeze_panes = f"{column_letters(names + 1)}{_HEADER_ROW + 1}"
    sheet.sheet_view.showGridLines = False
    sheet.row_dimensions[_HEADER_ROW].height = 30
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", _A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    last = f"{column_letters(len(tab.columns))}{_HEADER_ROW + len(tab.rows)}"
    sheet.auto_filter.ref = f"A{_HEADER_ROW}:{last}"
    for index, column in enumerate(tab.columns):
        sheet.column_dimensions[column_letters(index + 1)].width = _width(column, [row[index] for row in tab.rows])
    looks = [_looks(sheet, column) for column in tab.columns]
    sheet.append([_styled(sheet, about, font=Font(name=_FONT, size=10, italic=True, color="FF8A5A00"))])
    sheet.append([_header(sheet, column) for column in tab.columns])
    for values in tab.rows:
        sheet.append(list(_cells(sheet, values, looks)))


def _cells(sheet: Any, values: Sequence[object], looks: Sequence[Any]) -> Iterator[Any]:
    """A row's cells, each with its column's style; text stays text, even if it begins with `=`."""
    for value, style in zip(values, looks, strict=True):
        if value is None:
            yield None
            continue
        cell: Any = WriteOnlyCell(sheet, _plain(value))
        if isinstance(value, str):
            cell.data_type = "s"
        cell._style = style._style  # noqa: SLF001  shared: a style object for each cell takes ten times as long
        yield cell


def _plain(value: object) -> Any:
    match value:
        case str():
            return ILLEGAL_CHARACTERS_RE.sub("", value)[:_LONGEST_TEXT]
        case None | int() | float() | Decimal() | date():
            return value
        case _:
            return str(value)


def _looks(sheet: Any, column: Column) -> Any:
    is_text = column.kind == "text"
    cell = _styled(sheet, None, font=Font(name=_FONT, size=10, bold=column.is_key))
    cell.alignment = Alignment(vertical="top", wrap_text=is_text, horizontal="left" if is_text else "center")
    cell.number_format, cell.border = FORMATS[column.kind], _LINE
    return cell


def _header(sheet: Any, column: Column) -> Any:
    cell = _styled(sheet, column.label, font=Font(name=_FONT, size=10, bold=True, color="FFFFFFFF"))
    cell.fill = PatternFill("solid", fgColor="FF2F4B66" if column.is_key else "FF6B7F77")
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    return cell


def _styled(sheet: Any, value: str | None, *, font: Font) -> Any:
    cell = WriteOnlyCell(sheet, value)
    cell.font = font
    return cell


def _width(column: Column, values: Sequence[object]) -> float:
    """A width for the label and most of the first rows; a Chinese character takes two places."""
    if column.kind == "datetime":
        return 17.0
    shown = sorted(_places(str(one)) for one in values[:_MEASURED] if one is not None and not isinstance(one, datetime))
    typical = shown[len(shown) * 9 // 10] + 2 if shown else 0
    return float(min(max(_NARROW, _places(column.label) + 4, typical), _WIDE))


def _places(text: str) -> int:
    return max((sum(2 if east_asian_width(one) in "WF" else 1 for one in line) for line in text.split("\n")), default=0)

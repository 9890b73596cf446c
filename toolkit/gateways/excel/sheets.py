"""Workbooks of figures: new files of our own, the same bytes for the same figures, so that a stored letter is not new each run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import count
from math import ceil
from typing import TYPE_CHECKING, Any

from toolkit.core.layout import HEAD_LINE, STAFF_HEAD, TOOLKIT_CELL, TOOLKIT_INK, places
from toolkit.core.sheets import Contents, Form, Plain, Sheet, SheetColumn, Workbook

if TYPE_CHECKING:
    from xlsxwriter import Workbook as File
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FONT = "Microsoft YaHei"
MADE_AT = datetime(2000, 1, 1)  # noqa: DTZ001  the file's own date would make each file another one
LONGEST_TAB = 31
LONGEST_CELL = 32_767
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_RESERVED = "history"
"""Excel keeps this name of a tab for itself."""
_FORMATS: dict[Form, tuple[str, str]] = {
    "text": ("General", "General"),
    "count": ("#,##0", "+#,##0;-#,##0;0"),
    "number": ("#,##0.0#", "+#,##0.0#;-#,##0.0#;0.0"),
    "stars": ("0.0", "+0.0;-0.0;0.0"),
    "share": ("0.0%", "+0.0;-0.0;0.0"),
    "span": ("[h]:mm", "+0.0;-0.0;0.0"),
    "money": ("{symbol}#,##0.00", "+{symbol}#,##0.00;-{symbol}#,##0.00;{symbol}0.00"),
    "day": ("yyyy-mm-dd", "General"),
}
"""How a value is shown, and how a change."""
HEAD_ROW = 3
"""Where a table begins: below its title, what it counts, and an empty row."""
_LINE, _HEAD_HEIGHT, _TITLE_HEIGHT = 15, 32, 24
_ARROW = 4
_FILLED = 1.1
"""A column's width counts its digits, and most signs are narrower °."""
_NARROW, _WIDE, _WIDE_ABOUT = 9, 46, 70
_READABLE = 200
"""Characters across that can still be read on a printed page °; a wider table goes over two."""
_LONG_LINE = 100
_DAY = timedelta(days=1)


def drawn(book: Workbook) -> bytes:
    """The file's bytes."""
    from xlsxwriter import Workbook as NewFile

    out = BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    file = NewFile(out, safe)
    file.set_properties({"title": _clean(book.contents.title), "created": MADE_AT})
    file.set_size(2400, 1400)
    styles = _Styles(file, book.symbol)
    tabs = tuple(tab_names([book.contents.tab, *(sheet.title for sheet in book.sheets)]))
    _draw_contents(file.add_worksheet(tabs[0]), book, tabs[1:], styles)
    for tab, sheet in zip(tabs[1:], book.sheets, strict=True):
        _draw(file.add_worksheet(tab), sheet, styles)
    file.close()
    return out.getvalue()


def tab_names(titles: Iterable[str]) -> Iterator[str]:
    """Names that Excel takes, one for each title: no sign that it forbids, no name twice however it is spelt."""
    taken: set[str] = set()
    for title in titles:
        plain = " ".join(_FORBIDDEN.sub(" ", _clean(title)).split()).strip("'") or "-"
        for n in count(1):
            end = f" {n}" if n > 1 else ""
            name = plain[: LONGEST_TAB - len(end)].rstrip(" '") + end
            if name.casefold() not in taken and name.casefold() != _RESERVED:
                break
        taken.add(name.casefold())
        yield name


class _Styles:
    """Each look once: a file has room for 64,000 of them."""

    def __init__(self, file: File, symbol: str) -> None:
        self._file = file
        self._symbol = f'"{symbol.replace(chr(34), "")}"'
        self._made: dict[tuple[tuple[str, object], ...], Format] = {}

    def of(self, **looks: object) -> Format:
        """A look."""
        key = tuple(sorted(looks.items()))
        if key not in self._made:
            self._made[key] = self._file.add_format({"font_name": FONT, "font_size": 10, "valign": "top", **looks})
        return self._made[key]

    def head(self, column: SheetColumn) -> Format:
        """A heading: over numbers at the right."""
        side = "left" if column.form == "text" else "right"
        ground = f"#{TOOLKIT_INK}" if column.is_change else f"#{STAFF_HEAD}"
        line = {"bottom": 2, "bottom_color": f"#{HEAD_LINE}"}
        return self.of(
            bold=True, font_color="#FFFFFF", bg_color=ground, align=side, valign="vcenter", text_wrap=True, **line
        )

    def cell(self, column: SheetColumn, *, is_words: bool = False) -> Format:
        """A value; words that stand in for a number are grey."""
        looks: dict[str, object] = {"bottom": 1, "bottom_color": "#E3E7EA"}
        if column.is_change:
            looks |= {"bg_color": f"#{TOOLKIT_CELL}", "font_color": f"#{TOOLKIT_INK}"}
        if column.form == "text":
            return self.of(text_wrap=True, **looks)
        if is_words:
            return self.of(align="right", **looks | {"font_color": "#8A8F94"})
        shown = _FORMATS[column.form][column.is_change].replace("{symbol}", self._symbol)
        return self.of(align="right", num_format=shown, **looks)


def _draw_contents(sheet: Worksheet, book: Workbook, tabs: Sequence[str], styles: _Styles) -> None:
    contents: Contents = book.contents
    sheet.set_row(0, _TITLE_HEIGHT)
    _put(sheet, 0, 0, contents.title, styles.of(bold=True, font_size=15, font_color=f"#{STAFF_HEAD}"))
    for row, note in enumerate(contents.notes, 1):
        _put(sheet, row, 0, note, styles.of(font_color=f"#{TOOLKIT_INK}"))
    head = len(contents.notes) + 2
    columns = [SheetColumn(heading, form) for heading, form in zip(contents.headings, _CONTENTS, strict=True)]
    for at, column in enumerate(columns):
        _put(sheet, head, at, column.heading, styles.head(column))
    link = styles.of(font_color="#1F5FA8", underline=1, bottom=1, bottom_color="#E3E7EA")
    for row, (tab, one) in enumerate(zip(tabs, book.sheets, strict=True), head + 1):
        target = tab.replace("'", "''")
        sheet.write_url(row, 0, f"internal:'{target}'!A1", link, _clean(one.title)[:LONGEST_CELL])
        sheet.set_row(row, _height([(one.about, _WIDE_ABOUT)]))
        _put(sheet, row, 1, one.about, styles.cell(columns[1]))
        _put(sheet, row, 2, len(one.rows), styles.cell(columns[2]))
    sheet.set_column(0, 0, min(max([places(one.title) for one in book.sheets], default=_NARROW) + 3, _WIDE))
    sheet.set_column(1, 1, _WIDE_ABOUT)
    sheet.set_column(2, 2, _NARROW)
    sheet.freeze_panes(head + 1, 0)
    _set_up(sheet, contents.title, head)


_CONTENTS: tuple[Form, Form, Form] = ("text", "text", "count")


def _draw(sheet: Worksheet, table: Sheet, styles: _Styles) -> None:
    sheet.set_row(0, _TITLE_HEIGHT)
    _put(sheet, 0, 0, table.title, styles.of(bold=True, font_size=13, font_color=f"#{STAFF_HEAD}"))
    widths = [_width(table, at) for at in range(len(table.columns))]
    _draw_about(sheet, table.about, widths, styles)
    sheet.set_row(HEAD_ROW, _HEAD_HEIGHT)
    for at, column in enumerate(table.columns):
        _put(sheet, HEAD_ROW, at, column.heading, styles.head(column))
        sheet.set_column(at, at, widths[at])
    looks = [(styles.cell(column), styles.cell(column, is_words=True)) for column in table.columns]
    for row, cells in enumerate(table.rows, HEAD_ROW + 1):
        words = ((one, width) for one, width in zip(cells, widths, strict=True) if isinstance(one, str))
        sheet.set_row(row, _height(words))
        for at, value in enumerate(cells):
            _put(sheet, row, at, value, looks[at][isinstance(value, str)])
    if table.rows:
        sheet.autofilter(HEAD_ROW, 0, HEAD_ROW + len(table.rows), len(table.columns) - 1)
    else:
        _put(sheet, HEAD_ROW + 1, 0, table.empty, styles.of(font_color="#8A8F94"))
    labels = sum(column.is_label for column in table.columns)
    sheet.freeze_panes(HEAD_ROW + 1, labels)
    sheet.repeat_columns(0, max(labels - 1, 0))
    _set_up(sheet, table.title, HEAD_ROW, ceil(sum(widths) / _READABLE))


def _draw_about(sheet: Worksheet, about: str, widths: Sequence[float], styles: _Styles) -> None:
    """What the table counts, over as many columns as make a line that can be read."""
    look = styles.of(font_color=f"#{TOOLKIT_INK}", text_wrap=True)
    last = next((at for at in range(len(widths)) if sum(widths[: at + 1]) >= _LONG_LINE), len(widths) - 1)
    if last > 0:
        sheet.merge_range(1, 0, 1, last, "", look)
    sheet.set_row(1, _height([(about, sum(widths[: last + 1]))]))
    _put(sheet, 1, 0, about, look)


def _set_up(sheet: Worksheet, title: str, head: int, wide: int = 1) -> None:
    """How it is printed: on A4 across, so many pages wide, the headings on each page."""
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(wide, 0)
    sheet.repeat_rows(head)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.set_footer(f"&L{_clean(title).replace('&', '&&')}&R&P / &N")


def _width(table: Sheet, at: int) -> float:
    """For the heading and the arrow of its filter, and for nine of ten values."""
    column = table.columns[at]
    shown = sorted(places(_shown(row[at], column.form)) for row in table.rows)
    typical = shown[len(shown) * 9 // 10] if shown else 0
    return min(max(_NARROW, places(column.heading) + _ARROW, typical + 2), _WIDE)


def _height(texts: Iterable[tuple[str, float]]) -> float | None:
    """A row's height for texts that are wrapped at their widths; None for a row of one line, which is as high as ever."""
    lines = max(
        (sum(ceil(places(part) / (width * _FILLED)) or 1 for part in text.split("\n")) for text, width in texts),
        default=1,
    )
    return lines * _LINE if lines > 1 else None


def _shown(value: Plain, form: Form) -> str:
    """About as long as Excel shows it."""
    match value:
        case None:
            return ""
        case str():
            return value
        case timedelta():
            return f"{value / timedelta(hours=1):.0f}:00"
        case date():
            return value.isoformat()
        case _:
            return f"{value:,.2f}  " if form == "money" else f"{value:,.1f}"


def _put(sheet: Worksheet, row: int, at: int, value: Plain, look: Format) -> None:
    """Write a cell. Text stays text, even if it begins with `=`."""
    match value:
        case None:
            sheet.write_blank(row, at, None, look)
        case str():
            sheet.write_string(row, at, _clean(value)[:LONGEST_CELL], look)
        case timedelta():
            sheet.write_number(row, at, value / _DAY, look)
        case date():
            sheet.write_datetime(row, at, value, look)
        case int() | float() | Decimal():
            number: Any = float(value) if isinstance(value, Decimal) else value
            sheet.write_number(row, at, number, look)


def _clean(text: str) -> str:
    """Without what no XML may hold."""
    return _UNWRITABLE.sub("", text)

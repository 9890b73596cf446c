"""New registers, made once by openpyxl. A file that exists is never touched: from then on it is the staff's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from toolkit.core.layout import (
    FORMATS,
    HEAD_LINE,
    REQUIRED_LINE,
    RULES,
    STAFF_HEAD,
    TOOLKIT_CELL,
    TOOLKIT_HEAD,
    TOOLKIT_INK,
    ColumnSpec,
    LookUpSpec,
    RuleKind,
    TabSpec,
    width_of,
)
from toolkit.core.place import column_letters, quoted
from toolkit.gateways.excel.atomic import replaced, sync_folder
from toolkit.gateways.excel.look_up import add_look_up
from toolkit.gateways.excel.unsafe import UnsafeWorkbook

_LAST_ROW = 1_048_576
_LONGEST_LIST, _LONGEST_NOTE, _LONGEST_TITLE = 255, 255, 32  # characters; Excel repairs a file with longer ones
_LISTS_SHEET = "lists"
_STAFF_HEAD, _TOOLKIT_HEAD = (
    PatternFill("solid", fgColor=f"FF{STAFF_HEAD}"),
    PatternFill("solid", fgColor=f"FF{TOOLKIT_HEAD}"),
)
_TOOLKIT_CELL = PatternFill("solid", fgColor=f"FF{TOOLKIT_CELL}")
_HEAD_FONT = Font(name="Microsoft YaHei", size=10, bold=True, color="FFFFFFFF")
_BODY_FONT = Font(name="Microsoft YaHei", size=10)
_TOOLKIT_FONT = Font(name="Microsoft YaHei", size=10, color=f"FF{TOOLKIT_INK}")
_LINE = Border(bottom=Side(style="thin", color="FFE3E7EA"))
_RULES: dict[RuleKind, tuple[PatternFill, Font]] = {
    kind: (PatternFill("solid", bgColor=f"FF{ground}"), Font(color=f"FF{ink}", bold=kind == "overdue" or None))
    for kind, (ground, ink) in RULES.items()
}


def build_workbook(path: Path, tabs: Sequence[TabSpec], look_up: LookUpSpec | None = None) -> None:
    """Write a new workbook with these tabs, and one to look customers up, whole or not at all. Raises FileExistsError if something is there already."""
    if path.exists():
        raise FileExistsError(f"{path} exists already, a workbook is never overwritten")
    book = Workbook()
    if book.active is not None:
        book.remove(book.active)
    lists = _Lists(book)
    for number, tab in enumerate(tabs, 1):
        _add_tab(book.create_sheet(tab.title), tab, lists, number)
    if look_up is not None:
        add_look_up(book.create_sheet(look_up.title), look_up)
    lists.finish()
    path.parent.mkdir(parents=True, exist_ok=True)
    replaced(path, book.save, like=path.parent)
    path.chmod(0o664)
    sync_folder(path.parent)


class _Lists:
    """The hidden sheet that holds the dropdowns' choices which do not fit into a validation itself."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._columns: dict[tuple[str, ...], int] = {}

    def formula(self, choices: tuple[str, ...]) -> str:
        """The validation's formula: the words themselves if short and without commas or quotes, else an area."""
        text = ",".join(choices)
        if len(text) <= _LONGEST_LIST and not any("," in word or '"' in word for word in choices):
            return f'"{text}"'
        column = column_letters(self._columns.setdefault(choices, len(self._columns) + 1))
        return f"{quoted(_LISTS_SHEET)}!${column}$1:${column}${len(choices)}"

    def finish(self) -> None:
        """Write the choices that were asked for."""
        if not self._columns:
            return
        sheet = self._book.create_sheet(_LISTS_SHEET)
        sheet.sheet_state = "hidden"
        for choices, column in self._columns.items():
            for row, choice in enumerate(choices, 1):
                _put(sheet.cell(row, column), choice)


def _add_tab(sheet: Worksheet, tab: TabSpec, lists: _Lists, number: int) -> None:
    sheet.sheet_properties.tabColor = tab.tab_colour
    sheet.sheet_view.showGridLines = False
    sheet.freeze_panes = tab.freeze
    _add_header(sheet, tab)
    for row_no, row in enumerate(tab.rows, 2):
        for column_no, value in enumerate(row, 1):
            _put(sheet.cell(row_no, column_no), value)
    last = max(len(tab.rows) + 1, 2)
    for index, column in enumerate(tab.columns, 1):
        _format_column(sheet, tab, index, column)
        _add_validation(sheet, index, column, lists)
    area = f"A1:{column_letters(len(tab.columns))}{last}"
    if tab.has_table:
        table = Table(displayName=f"Register{number}", ref=area)
        table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
        sheet.add_table(table)
    else:
        sheet.auto_filter.ref = area if tab.rows else f"A1:{column_letters(len(tab.columns))}1"
    for index, kind in tab.colours:
        fill, font = _RULES[kind]
        letters = column_letters(index + 1)
        formula = f"(LEN(TRIM(${letters}2))>0)*(${letters}2<>0)>0"  # a count of none is no alarm
        sheet.conditional_formatting.add(
            f"{letters}2:{letters}{_LAST_ROW}",
            Rule(type="expression", formula=[formula], dxf=DifferentialStyle(fill=fill, font=font)),
        )
    _set_up_print(sheet)


def _add_header(sheet: Worksheet, tab: TabSpec) -> None:
    for index, column in enumerate(tab.columns, 1):
        cell = sheet.cell(1, index)
        _put(cell, column.label)
        cell.font, cell.border = _HEAD_FONT, Border(bottom=Side(style="medium", color=f"FF{HEAD_LINE}"))
        cell.fill = _TOOLKIT_HEAD if column.is_toolkit else _STAFF_HEAD
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        if column.is_required:  # a line, not a star: a table's header must equal its column's name, a key its label
            cell.border = Border(bottom=Side(style="thick", color=f"FF{REQUIRED_LINE}"))
    sheet.row_dimensions[1].height = 34


def _format_column(sheet: Worksheet, tab: TabSpec, index: int, column: ColumnSpec) -> None:
    """Formats for the cells that are there and, through the column's own style, for those that will be."""
    letters = column_letters(index)
    right = column.kind in {"number", "money"}
    middle = column.kind in {"date", "datetime"}
    side = "right" if right else "center" if middle else "left"
    looks = Alignment(horizontal=side, vertical="center", wrap_text=column.kind == "text" and not column.is_toolkit)
    font = _TOOLKIT_FONT if column.is_toolkit else _BODY_FONT
    dimension = sheet.column_dimensions[letters]
    dimension.width = width_of(tab, index - 1)
    dimension.hidden = column.is_hidden
    targets = [dimension, *(sheet.cell(row, index) for row in range(2, len(tab.rows) + 2))]
    for target in targets:
        target.number_format = FORMATS[column.kind]
        target.font, target.alignment, target.border = font, looks, _LINE
        if column.is_toolkit:
            target.fill = _TOOLKIT_CELL


def _add_validation(sheet: Worksheet, index: int, column: ColumnSpec, lists: _Lists) -> None:
    """A dropdown if there are choices, an input message if there is a note; for all rows that may come."""
    if not column.choices and not column.note:
        return
    rule = DataValidation(allow_blank=True)
    if column.choices:
        # a wrong choice is warned of, not refused: old rows are pasted in, and `check` finds what is wrong
        rule = DataValidation(
            type="list",
            formula1=lists.formula(column.choices),
            allow_blank=True,
            showErrorMessage=True,
            errorStyle="warning",
        )
    if column.note:
        rule.showInputMessage = True
        rule.promptTitle, rule.prompt = column.label[:_LONGEST_TITLE], column.note[:_LONGEST_NOTE]
    letters = column_letters(index)
    rule.add(f"{letters}2:{letters}{_LAST_ROW}")
    sheet.add_data_validation(rule)


def _set_up_print(sheet: Worksheet) -> None:
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _put(cell: Cell | object, value: object) -> None:
    """Set a value; text stays text, even if it begins with `=`."""
    if not isinstance(cell, Cell):
        return
    if (
        value is not None
        and not isinstance(value, str | int | float | date | datetime)
        and not hasattr(value, "as_tuple")
    ):
        raise UnsafeWorkbook(f"a {type(value).__name__} cannot be written to a cell: {value!r}")
    cell.value = value  # type: ignore[assignment]
    if isinstance(value, str):
        cell.data_type = "s"

"""The look-up tab of a new workbook: somebody types a phone number, a ticket number or a name, and formulas find the rows.

The formulas are those that every program has had for twenty years (MATCH, INDEX, COUNTIF, CHOOSE): no arrays, nothing that
spills. Each hit is looked for below the one before it, so a row more costs one MATCH. They name whole columns, which
move along when staff insert or move some. What is typed is looked for as a part of the cell: the last digits of a number do.
"""

from __future__ import annotations

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from toolkit.core.layout import FORMATS, HEAD_LINE, STAFF_HEAD, FoundSpec, LookUpSpec
from toolkit.core.place import column_letters, quoted

ASKED = "$B$2"
"""The cell to type in."""
_PATTERN = f'"*"&TRIM({ASKED})&"*"'
_LAST_ROW = 1_048_576
_TWO_LINES = 29.0
_FONT = "Microsoft YaHei"
_HELPER = "A"
"""The hidden column: at a heading in which column the text was found, below it the sheet rows of the hits."""


def add_look_up(sheet: Worksheet, spec: LookUpSpec) -> None:
    """Draw the tab."""
    sheet.sheet_view.showGridLines = False
    sheet.sheet_properties.tabColor = "E0A030"
    sheet.column_dimensions[_HELPER].hidden = True
    sheet["B1"] = spec.heading
    sheet["B1"].font = Font(name=_FONT, size=14, bold=True, color=f"FF{STAFF_HEAD}")
    sheet.row_dimensions[1].height = 28
    asked = sheet[ASKED.replace("$", "")]
    asked.number_format = FORMATS["text"]
    asked.font = Font(name=_FONT, size=14, bold=True)
    asked.fill = PatternFill("solid", fgColor="FFFFF4D6")
    asked.border = Border(*(Side(style="medium", color="FFE0A030"),) * 4)
    asked.alignment = Alignment(vertical="center")
    sheet.row_dimensions[2].height = 30
    sheet["C2"] = spec.note
    sheet["C2"].font = Font(name=_FONT, size=10, color="FF5E574E")
    sheet["C2"].alignment = Alignment(vertical="center")
    hint = DataValidation(allow_blank=True, showInputMessage=True, promptTitle=spec.prompt[:32], prompt=spec.note[:255])
    hint.add("B2")
    sheet.add_data_validation(hint)
    row = 4
    for found in spec.tabs:
        row = _add_found(sheet, row, found, spec) + 2
    for index in range(max(len(one.shown) for one in spec.tabs)):
        widths = [one.shown[index][3] for one in spec.tabs if index < len(one.shown)]
        sheet.column_dimensions[column_letters(index + 2)].width = max(widths)
    sheet.freeze_panes = "A4"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    book = sheet.parent
    if book is not None:
        book.defined_names["look_up"] = DefinedName("look_up", attr_text=f"{quoted(sheet.title)}!{ASKED}")


def _add_found(sheet: Worksheet, top: int, found: FoundSpec, spec: LookUpSpec) -> int:
    """A block from row `top` on; its last row."""
    where, chosen = f"${_HELPER}${top}", _chosen(found, f"${_HELPER}${top}")
    sheet[f"{_HELPER}{top}"] = "=" + _which(found)
    number = f"COUNTIF({chosen},{_PATTERN})"
    told = f"IF({number}>{found.hits},{_said(spec.more, number)},{_said(spec.count, number)})"
    title = sheet[f"B{top}"]
    title.value = f'={_text(found.tab)}&IF(TRIM({ASKED})="","",IF({where}=0,{_text(spec.nothing)},{told}))'
    title.font = Font(name=_FONT, size=11, bold=True, color=f"FF{STAFF_HEAD}")
    for index, (heading, _, _, _) in enumerate(found.shown, 2):
        cell = sheet.cell(top + 1, index, heading)
        cell.font = Font(name=_FONT, size=10, bold=True, color="FFFFFFFF")
        cell.fill = PatternFill("solid", fgColor=f"FF{STAFF_HEAD}")
        cell.border = Border(bottom=Side(style="medium", color=f"FF{HEAD_LINE}"))
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    for hit in range(found.hits):
        row = top + 2 + hit
        sheet.row_dimensions[row].height = _TWO_LINES  # nothing makes a row higher when a formula changes its mind
        before = "1" if hit == 0 else f"${_HELPER}{row - 1}"
        wanted = f"{before}+MATCH({_PATTERN},INDEX({chosen},{before}+1):INDEX({chosen},{_LAST_ROW}),0)"
        stop = f"{where}=0" if hit == 0 else f'{before}=""'
        sheet[f"{_HELPER}{row}"] = f'=IF({stop},"",IFERROR({wanted},""))'
        for index, (_, letters, kind, _) in enumerate(found.shown, 2):
            value = f"INDEX({_column(found, letters)},${_HELPER}{row})"
            cell = sheet.cell(row, index, f'=IF(${_HELPER}{row}="","",IF({value}="","",{value}))')
            cell.number_format = "General" if kind == "text" else FORMATS[kind]
            cell.font = Font(name=_FONT, size=10)
            cell.border = Border(bottom=Side(style="thin", color="FFE3E7EA"))
            cell.alignment = Alignment(
                vertical="center", wrap_text=kind == "text", horizontal="left" if kind == "text" else "center"
            )
    return top + 1 + found.hits


def _which(found: FoundSpec) -> str:
    """The first of the columns that holds the text, counted from 1; 0 where none does."""
    formula = "0"
    for number in range(len(found.looks_in), 0, -1):
        column = _column(found, found.looks_in[number - 1])
        formula = f"IF(COUNTIF({column},{_PATTERN})>0,{number},{formula})"
    return f'IF(TRIM({ASKED})="",0,{formula})'


def _chosen(found: FoundSpec, where: str) -> str:
    columns = ",".join(_column(found, one) for one in found.looks_in)
    return f"CHOOSE({where},{columns})"


def _column(found: FoundSpec, letters: str) -> str:
    return f"{quoted(found.tab)}!${letters}:${letters}"


def _said(text: str, number: str) -> str:
    """A text with {n} in it as a formula."""
    before, _, after = text.partition("{n}")
    return f"{_text(before)}&{number}&{_text(after)}"


def _text(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'

"""The workbooks that are mutated: other people's where the corpus lies beside the checkout, and a dozen made here.

Those made here are the same bytes each time (no moment of making in them), so that a case can be repeated.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import io
import re
import zipfile
from pathlib import Path

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "data" / "xlsx-corpus"
MOST_BYTES = 150_000
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
STAMP = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
DAY = dt.datetime(2026, 9, 3)


def gather(folder: Path) -> None:
    """Put every original into a folder, as `NAME.xlsx`."""
    for path in sorted(CORPUS.glob("*.xl*")) if CORPUS.is_dir() else ():
        content = path.read_bytes()
        if len(content) <= MOST_BYTES and _may_be_written(content):
            (folder / path.name).write_bytes(content)
    for make in MADE:
        name = make.__name__.strip("_")
        (folder / f"made_{name}.xlsx").write_bytes(_timeless(make()))


def _may_be_written(content: bytes) -> bool:
    """Not those that are refused whatever one does to them: encrypted, signed."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return not any(name.startswith("_xmlsignatures") for name in package.namelist())
    except zipfile.BadZipFile:
        return False


def _timeless(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            text = STAMP.sub(b"2026-01-01T00:00:00Z", text) if name.startswith("docProps") else text
            new.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _listed(title: str = "登记表", rows: int = 12) -> Workbook:
    book = Workbook()
    sheet = book.active
    sheet.title = title
    sheet.append(["编号", "日期", "数量", "完成", "备注", "金额"])
    for n in range(1, rows):
        sheet.append([f"AS{n:03}", DAY + dt.timedelta(days=n, hours=n), n, n % 2 == 0, f" 备注 <{n}> & ", n * 1.25])
    return book


def plain() -> bytes:
    return _saved(_listed())


def formulas() -> bytes:
    book = _listed("it's")
    sheet = book.active
    for n in range(2, 13):
        sheet.cell(n, 7, f"=C{n}*F{n}")
    sheet["H2"] = ArrayFormula("H2:H5", "=C2:C5*2")
    sheet["I2"] = "=#REF!"
    return _saved(book)


def merged() -> bytes:
    book = _listed()
    book.active.merge_cells("A3:B4")
    book.active.merge_cells("D2:F2")
    book.active.merge_cells("H1:H40")
    return _saved(book)


def tables() -> bytes:
    book = _listed("T 1", 6)
    sheet = book.active
    sheet.add_table(Table(displayName="Tickets", ref="A1:F6"))
    sheet["H1"], sheet["H2"], sheet["J1"], sheet["J2"] = "h", 1, "k", 2
    sheet.add_table(Table(displayName="Other", ref="H1:H2"))
    sheet["A20"] = "below"
    return _saved(book)


def filters() -> bytes:
    book = _listed()
    sheet = book.active
    sheet.auto_filter.ref = "A1:F12"
    sheet.row_dimensions[4].hidden = True
    rule = DataValidation("list", formula1='"a,b"')
    rule.add("E2:E12")
    sheet.add_data_validation(rule)
    sheet.conditional_formatting.add(
        "C2:C12 F2:F12", CellIsRule(operator="greaterThan", formula=["3"], fill=PatternFill("solid", bgColor="FF0000"))
    )
    book.defined_names["mine"] = DefinedName("mine", attr_text="登记表!$A$2:$A$12")
    return _saved(book)


def drawn() -> bytes:
    book = _listed()
    sheet = book.active
    sheet["A2"].comment = Comment("who?", "Ann")
    sheet["B2"].hyperlink = "https://example.com/?a=1&b=2"
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=3, min_row=1, max_row=8), titles_from_data=True)
    sheet.add_chart(chart, "H2")
    book.create_chartsheet("chart").add_chart(BarChart())
    return _saved(book)


def several() -> bytes:
    book = _listed("Tab & <1>")
    for n in range(3):
        sheet = book.create_sheet(f"第{n}页")
        sheet["C5"] = n
        sheet["XFD9"] = "far"
    book.worksheets[1].sheet_state = "hidden"
    book.create_sheet("empty")
    return _saved(book)


def old_epoch() -> bytes:
    book = _listed()
    book.epoch = CALENDAR_MAC_1904
    return _saved(book)


def styled() -> bytes:
    book = _listed()
    sheet = book.active
    for n, row in enumerate(sheet.iter_rows()):
        for cell in row:
            cell.font = Font(bold=n % 2 == 0, size=9 + n % 4)
            cell.alignment = Alignment(wrap_text=True)
    for n, code in enumerate(
        ["yyyy-mm-dd", "[h]:mm", '0.00" m"', "@", "# ?/?", "[$-804]yyyy年m月d日", "h:mm AM/PM", '"d"0']
    ):
        sheet.cell(2 + n, 8, 45000 + n / 7).number_format = code
    sheet.column_dimensions["J"].number_format = "@"
    sheet.row_dimensions[15].height = 40
    return _saved(book)


def wide_and_long() -> bytes:
    book = Workbook()
    sheet = book.active
    for n in range(1, 400):
        sheet.append([n, f"text {n % 17}", n / 3] + [None] * 20 + ["end" if n % 50 == 0 else None])
    return _saved(book)


def by_xlsxwriter() -> bytes:
    if importlib.util.find_spec("xlsxwriter") is None:  # it is no dependency; then there is one original less
        return plain()
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet, bold, date = (
        book.add_worksheet("X"),
        book.add_format({"bold": True}),
        book.add_format({"num_format": "d mmm"}),
    )
    for n in range(20):
        sheet.write_row(n, 0, [f"t{n % 3}", n, n % 2 == 0])
        sheet.write_datetime(n, 4, DAY + dt.timedelta(days=n), date)
        sheet.write_formula(n, 6, f"=B{n + 1}+1", None, n + 1)
    sheet.write_rich_string("H1", "a ", bold, "b", " c")
    sheet.write_array_formula("I1:I3", "{=B1:B3*2}")
    sheet.write_dynamic_array_formula("J1:J1", "=_xlfn.UNIQUE(A1:A9)")
    sheet.add_sparkline("K1", {"range": "X!B1:B9"})
    sheet.autofilter("A1:C20")
    sheet.insert_textbox("M3", "box")
    book.add_worksheet("Y").write("A1", "y")
    book.close()
    return out.getvalue()


def _by_hand(data: str, *, p: str = "", styles: str = "", strings: str = "", strict: bool = False) -> bytes:
    """A workbook of one sheet `S` with this XML in its root; `p` is the prefix of the main namespace."""
    space = "http://purl.oclc.org/ooxml/spreadsheetml/main" if strict else MAIN
    rel = "http://purl.oclc.org/ooxml/officeDocument/relationships" if strict else REL
    mine = f'xmlns{":" + p[:-1] if p else ""}="{space}"'
    kinds = {
        "workbook": "sheet",
        "styles": "styles",
        "sharedStrings": "sharedStrings",
        "worksheets/sheet1": "worksheet",
    }
    types = "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="{SHEET_TYPE}.{kind}{".main" if kind == "sheet" else ""}+xml"/>'
        for part, kind in kinds.items()
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{rel}/{part.split("/")[0].removesuffix("s") if "/" in part else part}" Target="{part}.xml"/>'
        for n, part in enumerate(["worksheets/sheet1", "styles", "sharedStrings"], 1)
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{types}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="a" Type="{rel}/officeDocument" Target="/xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<{p}workbook {mine} xmlns:r="{rel}"><{p}workbookPr/><{p}sheets><{p}sheet name="S" sheetId="1" r:id="rId1"/></{p}sheets></{p}workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>',
        "xl/styles.xml": f"<{p}styleSheet {mine}>{styles or STYLES.replace('<', '<' + p).replace('<' + p + '/', '</' + p)}</{p}styleSheet>",
        "xl/sharedStrings.xml": f"<{p}sst {mine}>{strings}</{p}sst>",
        "xl/worksheets/sheet1.xml": f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<{p}worksheet {mine} xmlns:r="{rel}">{data}</{p}worksheet>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, text in parts.items():
            package.writestr(name, text, zipfile.ZIP_STORED if "styles" in name else zipfile.ZIP_DEFLATED)
    return out.getvalue()


STYLES = (
    '<fonts count="1"><font/></fonts><fills count="1"><fill><patternFill/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"><alignment wrapText="1"/></xf></cellXfs>'
)
STRINGS = '<si><t>one</t></si><si><r><t xml:space="preserve">two </t></r><r><rPr><b/></rPr><t>runs</t></r><rPh sb="0" eb="1"><t>ph</t></rPh></si><si/>'
KINDS = (
    '<dimension ref="A1:G4"/><cols><col min="2" max="3" width="9" style="2"/></cols><sheetData>'
    '<row r="1" spans="1:7" s="2" customFormat="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="b"><v>1</v></c><c r="D1" t="e"><v>#N/A</v></c><c r="E1" t="str"><f>"x"</f><v>x</v></c></row>'
    '<row r="2" spans="1:7"><c r="A2" s="1"><v>45000</v></c><c r="B2"><v>-0</v></c><c r="C2"><v>1E3</v></c><c r="D2" t="inlineStr"><is><r><t>in</t></r><r><t xml:space="preserve"> line</t></r><phoneticPr fontId="0"/></is></c><c r="E2" s="2"/></row>'
    '<row r="3"><c r="A3"><f t="shared" ref="A3:A4" si="0">B3+1</f><v>1</v></c><c r="C3"><f t="array" ref="C3:D3">1</f><v>1</v></c><c r="D3"><v>1</v></c></row>'
    '<row r="4"><c r="A4"><f t="shared" si="0"/><v>1</v></c><c r="G4" cm="1"><v>4</v></c></row></sheetData>'
    '<mergeCells count="1"><mergeCell ref="E5:F6"/></mergeCells>'
)


def every_kind() -> bytes:
    return _by_hand(KINDS, strings=STRINGS)


def prefixed() -> bytes:
    data = (
        "<sheetData><row r='1'><c r='A1' t='s'><v>0</v></c><c r='C1'><v>3</v></c></row><row r='3'/></sheetData>"
        "<autoFilter ref='A1:C3'/>"
    )
    x = re.sub(r"<(/?)", r"<\1x:", data)
    return _by_hand(x, p="x:", strings="<x:si><x:t>one</x:t></x:si>")


def nameless() -> bytes:
    row = "<row><c t='s'><v>0</v></c><c><v>2</v></c>\n <c t='inlineStr'><is><t>x</t></is></c></row>\n"
    return _by_hand(f"<sheetData>\n{row * 4}</sheetData>", strings=STRINGS)


def strict() -> bytes:
    data = (
        '<sheetData><row r="1"><c r="A1" t="d"><v>2026-09-03T00:00:00</v></c><c r="B1"><v>1</v></c></row></sheetData>'
    )
    return _by_hand(data, strict=True, strings=STRINGS)


def empty() -> bytes:
    return _by_hand("<sheetData/>")


MADE = (
    plain, formulas, merged, tables, filters, drawn, several, old_epoch, styled, wide_and_long, by_xlsxwriter,
    every_kind, prefixed, nameless, strict, empty,
)  # fmt: skip

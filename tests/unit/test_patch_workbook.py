"""`patch_workbook` case by case, on small workbooks written as XML."""

from __future__ import annotations

import datetime as dt
import re
import sys
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from toolkit.excel import UnsafeWorkbook, patch_workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
X14 = 'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"'
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill><patternFill/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"><alignment wrapText="1"/></xf></cellXfs></styleSheet>'
)
ROWS = '<row r="1"><c r="A1" t="inlineStr"><is><t>no</t></is></c></row><row r="2" spans="1:2" ht="30" x="y"><c r="A2" s="3"><v>1</v></c><c r="C2"><v>3</v></c></row>'
PLAIN = {"A1": "no", "A2": 1, "C2": 3}


def workbook(folder: Path, data: str = f"<sheetData>{ROWS}</sheetData>", **more: str) -> Path:
    """A workbook of one sheet `S` with this XML in it; `more` replaces or adds parts (`__` for `/`)."""
    rel = "http://schemas.openxmlformats.org/package/2006/relationships"
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        '<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>'
        '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{rel}"><Relationship Id="a" Type="{REL}/officeDocument" Target="/xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{REL}"><workbookPr/><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets>{more.pop("names", "")}</workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{rel}"><Relationship Id="rId1" Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{REL}/styles" Target="styles.xml"/><Relationship Id="rId3" Type="{REL}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/styles.xml": STYLES,
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>shared</t></si></sst>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}" xmlns:r="{REL}" {X14}>{data}</worksheet>',
        "docProps/thumbnail.bin": "\x00\x01picture",
    }
    table = more.pop("table", None)
    if table:
        parts["xl/worksheets/_rels/sheet1.xml.rels"] = (
            f'<Relationships xmlns="{rel}"><Relationship Id="t1" Type="{REL}/table" Target="../tables/table1.xml"/></Relationships>'
        )
        parts["xl/tables/table1.xml"] = table
    parts |= {name.replace("__", "/") + ".xml": text for name, text in more.items()}
    path = folder / "in.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return path


def patched(path: Path, writes=None, appends=()) -> dict[str, object]:
    out = path.with_name("out.xlsx")
    patch_workbook(path, out, sheet="S", writes=writes or {}, appends=appends)
    return cells(out)


def cells(path: Path) -> dict[str, object]:
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name("S").to_python(skip_empty_area=False)
    return {f"{chr(65 + c)}{r}": value for r, row in enumerate(rows, 1) for c, value in enumerate(row) if value != ""}


def part(path: Path, name: str = "xl/worksheets/sheet1.xml") -> str:
    with zipfile.ZipFile(path.with_name("out.xlsx")) as package:
        return package.read(name).decode()


MOMENT = dt.datetime(2026, 11, 22, 14, 30, 5)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("text", "text"),
        ("=1+1", "=1+1"),
        ("@x", "@x"),
        (' a <b> & "c"\n d ', ' a <b> & "c"\n d '),
        ("_x0041_ and \x0b", "_x0041_ and \x0b"),
        ("cr\rlf\r\nend", "cr\rlf\r\nend"),
        ("😀客户", "😀客户"),
        (7, 7),
        (-0.1, -0.1),
        (1e300, 1e300),
        (Decimal("12.30"), 12.3),
        (True, True),
        (False, False),
        (MOMENT, MOMENT),
        (dt.date(2026, 9, 3), dt.date(2026, 9, 3)),
    ],
)
@pytest.mark.parametrize("place", ["A2", "B2", "D2", "A3", "B9"])
def test_a_value_reads_back_and_nothing_else_changes(tmp_path, value, read, place):
    assert patched(workbook(tmp_path), {place: value}) == PLAIN | {place: read}


def test_a_blank_empties_the_cell_and_keeps_its_style(tmp_path):
    path = workbook(tmp_path)
    assert patched(path, {"A2": None, "Z9": None}) == {"A1": "no", "C2": 3}
    assert '<c r="A2" s="3"/>' in part(path)


def test_the_row_keeps_its_looks_and_its_spans_widen(tmp_path):
    path = workbook(tmp_path, f'<dimension ref="A1:C2"/><sheetData>{ROWS}</sheetData>')
    patched(path, {"E2": 1, "B4": 2})
    assert '<row r="2" spans="1:5" ht="30" x="y">' in part(path)
    assert '<dimension ref="A1:E4"/>' in part(path)


def test_dates_get_a_date_style_once_and_other_looks_stay(tmp_path):
    path = workbook(tmp_path)
    patched(path, {"A2": dt.date(2026, 9, 3), "A3": MOMENT, "A4": MOMENT})
    styles = part(path, "xl/styles.xml")
    assert '<numFmts count="2">' in styles
    assert '<cellXfs count="6">' in styles
    assert (
        '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"><alignment wrapText="1"/></xf>'
        in styles
    )
    assert load_workbook(path.with_name("out.xlsx"))["S"]["A3"].number_format == "yyyy-mm-dd hh:mm"


def test_a_date_cell_keeps_its_format_for_dates_and_loses_it_for_numbers(tmp_path):
    path = workbook(
        tmp_path,
        '<sheetData><row r="1"><c r="A1" s="1"><v>45000</v></c><c r="B1" s="1"><v>45000</v></c></row></sheetData>',
    )
    assert patched(path, {"A1": dt.date(2026, 9, 3), "B1": 12}) == {"A1": dt.date(2026, 9, 3), "B1": 12}
    assert '<c r="A1" s="1"><v>46268</v></c>' in part(path)


def test_new_cells_take_the_style_of_row_then_column(tmp_path):
    data = '<cols><col min="2" max="3" style="3"/></cols><sheetData><row r="1" s="2" customFormat="1"/></sheetData>'
    path = workbook(tmp_path, data)
    patched(path, {"B1": "x", "B2": "y", "D2": "z"})
    assert re.findall(r'<c r="(\w+)"(?: s="(\d)")?', part(path)) == [("B1", "2"), ("B2", "3"), ("D2", "")]


@pytest.mark.parametrize(
    "data",
    [
        "<sheetData/>",
        "<sheetData></sheetData>",
        "<!-- <row r='1'> --><sheetData  />",
        "<sheetData><!-- <c r='A1'/> --><row r='7'\n/></sheetData>",
    ],
)
def test_an_empty_sheet_can_be_written(tmp_path, data):
    assert patched(workbook(tmp_path, data), {"B3": "x", "A7": 1}) == {"B3": "x", "A7": 1}


def test_unusual_xml_is_understood_and_kept(tmp_path):
    data = (
        "<!-- <sheetData> --><sheetData>\n <row s='0' r='1' >\n  <!-- <c r='B1'/> --><c t='inlineStr' r='A1'><is><t><![CDATA[</c>]]></t></is></c>\n </row>\n"
        "<row><c><v>1</v></c><c t='s'><v>0</v></c></row></sheetData>"
    )
    path = workbook(tmp_path, data)
    out = patched(path, {"B1": "x", "C2": "y", "A2": 5})
    assert out["B1"] == "x"
    assert (out["A2"], out["B2"], out["C2"]) == (5, "shared", "y")
    assert "<!-- <c r='B1'/> --><c t='inlineStr' r='A1'>" in part(path)


def test_prefixed_names_are_kept(tmp_path):
    sheet = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    path = workbook(tmp_path, xl__worksheets__sheet1=sheet)
    assert patched(path, {"A1": "a", "B2": 2}) == {"A1": "a", "B2": 2}
    assert '<x:row r="2"><x:c r="B2"><x:v>2</x:v></x:c></x:row>' in part(path)


def test_dates_of_1904_are_counted_from_there(tmp_path):
    book = f'<workbook xmlns="{MAIN}" xmlns:r="{REL}"><workbookPr date1904="1"/><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>'
    path = workbook(tmp_path, xl__workbook=book)
    assert patched(path, {"B1": dt.date(2026, 9, 3)})["B1"] == dt.date(2026, 9, 3)
    assert "<v>44806</v>" in part(path)


def test_formulas_elsewhere_are_reckoned_anew_upon_opening(tmp_path):
    path = workbook(tmp_path, '<sheetData><row r="1"><c r="A1"><f>B1*2</f><v>4</v></c></row></sheetData>')
    patched(path, {"B1": 3})
    assert '</sheets><calcPr fullCalcOnLoad="1"/>' in part(path, "xl/workbook.xml")
    assert "<f>B1*2</f><v>4</v>" in part(path)


def test_a_value_that_stands_already_is_no_edit(tmp_path):
    data = '<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>46268.0</v></c><c r="C1" t="b"><v>1</v></c></row></sheetData>'
    path = workbook(tmp_path, data)
    patched(path, {"A1": "shared", "B1": dt.date(2026, 9, 3), "C1": True, "D1": None})
    assert path.with_name("out.xlsx").read_bytes() == path.read_bytes()


def test_other_members_stay_as_they_were_packed_and_in_order(tmp_path):
    path = workbook(tmp_path)
    patched(path, {"A2": "x"})
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(path.with_name("out.xlsx")) as new:
        assert old.namelist() == new.namelist()
        assert new.testzip() is None
        assert [name for name in old.namelist() if old.read(name) != new.read(name)] == ["xl/worksheets/sheet1.xml"]


def test_the_file_itself_can_be_patched(tmp_path):
    path = workbook(tmp_path)
    path.chmod(0o640)
    patch_workbook(path, path, sheet="S", writes={"A2": "x"})
    assert cells(path)["A2"] == "x"
    assert path.stat().st_mode & 0o777 == 0o640
    assert [one.name for one in tmp_path.iterdir()] == ["in.xlsx"]


# ---- refusals

FORMULA = '<sheetData><row r="1"><c r="A1"><f>1</f></c><c r="B1"><f t="array" ref="B1:B3">1</f></c><c r="C1" cm="1"><v>1</v></c></row><row r="2"><c r="B2"><v>1</v></c></row></sheetData><mergeCells><mergeCell ref="D1:E2"/></mergeCells>'


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("A1", "formula"),
        ("B1", "array"),
        ("B2", "array"),
        ("B3", "array"),
        ("C1", "dynamic"),
        ("E1", "merged"),
        ("D2", "merged"),
    ],
)
def test_cells_that_are_not_ours_to_write_are_refused(tmp_path, place, words):
    path = workbook(tmp_path, FORMULA)
    with pytest.raises(UnsafeWorkbook, match=words):
        patched(path, {place: "x"})
    assert not path.with_name("out.xlsx").exists()


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        Decimal("NaN"),
        2**60,
        "x" * 32_768,
        "\ud800",
        dt.date(1900, 1, 5),
        MOMENT.replace(tzinfo=dt.UTC),
        [1],
        b"x",
    ],
)
def test_values_that_no_cell_holds_are_refused(tmp_path, value):
    with pytest.raises(UnsafeWorkbook, match="S!A1"):
        patched(workbook(tmp_path), {"A1": value})


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"xl__styles": "<!DOCTYPE a><styleSheet/>"}, "DOCTYPE"),
        ({"data": "<sheetData><row r='2'/><row r='1'/></sheetData>"}, "out of order"),
        ({"data": "<sheetData><row r='1'><c r='B1'/><c r='A1'/></row></sheetData>"}, "out of order"),
        ({"data": "<sheetData><row>"}, "damaged"),
        ({"_xmlsignatures__sig1": "<a/>"}, "signed"),
        ({"XL__Styles": "<a/>"}, "twice"),
        ({"xl__worksheets__sheet1": '<?xml version="1.0" encoding="gbk"?><worksheet/>'}, "not in UTF-8"),
    ],
)
def test_dangerous_or_damaged_workbooks_are_refused(tmp_path, more, words):
    path = workbook(tmp_path, **more)
    with pytest.raises(UnsafeWorkbook, match=words):
        patched(path, {"A1": MOMENT})
    assert not path.with_name("out.xlsx").exists()


def test_a_damaged_member_that_would_be_copied_is_refused(tmp_path):
    path = workbook(tmp_path)
    content = bytearray(path.read_bytes())
    content[content.find(b"docProps/thumbnail.bin") + 23] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(UnsafeWorkbook, match="thumbnail"):
        patched(path, {"A1": 1})
    assert [one.name for one in tmp_path.iterdir()] == ["in.xlsx"]


@pytest.mark.parametrize(
    ("name", "words"), [("5B", "name of a cell"), ("A1:B2", "name of a cell"), ("XFE1", "outside")]
)
def test_names_that_are_no_cells_are_refused(tmp_path, name, words):
    with pytest.raises(UnsafeWorkbook, match=words):
        patched(workbook(tmp_path), {name: 1})


def test_an_unknown_sheet_is_refused_with_those_there_are(tmp_path):
    path = workbook(tmp_path)
    with pytest.raises(UnsafeWorkbook, match=r"'T'.*'S'"):
        patch_workbook(path, path, sheet="T", writes={"A1": 1})


# ---- rows appended

LIST = (
    '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>h</t></is></c><c r="B1" t="inlineStr"><is><t>k</t></is></c></row>'
    '<row r="2"><c r="A2" s="3"><v>1</v></c><c r="B2" s="1"><v>45000</v></c></row><row r="3"><c r="A3" s="3"/></row></sheetData>'
)
TABLE = f'<table xmlns="{MAIN}" id="1" name="T" displayName="T" ref="A1:B2"><autoFilter ref="A1:B2"/><tableColumns count="2"><tableColumn id="1" name="h"/><tableColumn id="2" name="k"/></tableColumns></table>'


def test_rows_go_below_the_last_value_with_the_looks_of_the_row_above(tmp_path):
    path = workbook(tmp_path, LIST)
    out = patched(path, {}, [{"A": "x", "B": dt.date(2026, 9, 3)}, {"A": None}, {"A": "y", "C": 1}])
    assert out["A3"] == "x"
    assert out["B3"] == dt.date(2026, 9, 3)
    assert (out["A4"], out["C4"]) == ("y", 1)
    assert re.findall(r'<c r="(A3|B3|A4|C4)"( s="\d")?', part(path)) == [
        ("A3", ' s="3"'),
        ("B3", ' s="1"'),
        ("A4", ' s="3"'),
        ("C4", ""),
    ]


def test_a_row_right_below_the_header_does_not_look_like_it(tmp_path):
    path = workbook(tmp_path, '<sheetData><row r="1"><c r="A1" s="3" t="s"><v>0</v></c></row></sheetData>')
    patched(path, {}, [{"A": "x"}])
    assert '<row r="2"><c r="A2" t="inlineStr">' in part(path)


def test_filter_validations_and_colours_grow_with_the_list(tmp_path):
    tail = (
        '<autoFilter ref="A1:B2"/><conditionalFormatting sqref="A2:B2 D9"/><dataValidations count="2"><dataValidation sqref="A2"/>'
        '<dataValidation sqref="B2:B900 A1"/></dataValidations><extLst><ext><x14:conditionalFormattings><x14:conditionalFormatting><xm:sqref>A2</xm:sqref>'
        "</x14:conditionalFormatting></x14:conditionalFormattings><x14:sparkline><xm:sqref>A2</xm:sqref></x14:sparkline></ext></extLst>"
    )
    names = '<definedNames><definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">S!$A$1:$B$2</definedName></definedNames>'
    path = workbook(tmp_path, LIST + tail, names=names)
    patched(path, {}, [{"A": "x"}, {"A": "y"}])
    sheet = part(path)
    for text in (
        '<autoFilter ref="A1:B4"/>',
        'sqref="A2:B4 D9"',
        '<dataValidation sqref="A2:A4"/>',
        'sqref="B2:B900 A1"',
        "<x14:conditionalFormatting><xm:sqref>A2:A4</xm:sqref>",
        "<x14:sparkline><xm:sqref>A2</xm:sqref>",
    ):
        assert text in sheet
    assert ">S!$A$1:$B$4</definedName>" in part(path, "xl/workbook.xml")


def test_a_table_grows_and_things_beside_it_do_not_count(tmp_path):
    beside = LIST.replace("</sheetData>", '<row r="40"><c r="F40"><v>1</v></c></row></sheetData>')
    path = workbook(tmp_path, beside, table=TABLE)
    assert patched(path, {}, [{"A": "x"}])["A3"] == "x"
    assert part(path, "xl/tables/table1.xml").count('ref="A1:B3"') == 2


def test_a_table_with_something_right_below_stays_and_rows_go_below_it(tmp_path):
    below = LIST.replace('<c r="A3" s="3"/>', '<c r="A3"><v>9</v></c>')
    path = workbook(tmp_path, below, table=TABLE)
    assert patched(path, {}, [{"A": "x"}])["A4"] == "x"
    assert part(path, "xl/tables/table1.xml") == TABLE


def test_the_one_blank_row_of_an_empty_table_is_used(tmp_path):
    empty = LIST.replace("<v>1</v>", "").replace("<v>45000</v>", "")
    path = workbook(tmp_path, empty, table=TABLE.replace(" ref=", ' insertRow="1" ref=', 1))
    assert patched(path, {}, [{"A": "x"}])["A2"] == "x"
    assert "insertRow" not in part(path, "xl/tables/table1.xml")


def test_totals_rows_and_table_headers_are_respected(tmp_path):
    path = workbook(tmp_path, LIST, table=TABLE.replace(" ref=", ' totalsRowCount="1" ref=', 1))
    with pytest.raises(UnsafeWorkbook, match="totals row"):
        patched(path, {}, [{"A": "x"}])
    with pytest.raises(UnsafeWorkbook, match="header"):
        patched(path, {"A1": "other"})


def test_formulas_made_ready_below_the_list_do_not_count_as_rows_but_are_never_replaced(tmp_path):
    ready = LIST.replace('<c r="A3" s="3"/>', '<c r="B3" t="str"><f>IF(A3="","",1)</f><v></v></c>')
    path = workbook(tmp_path, ready)
    assert patched(path, {}, [{"A": "x"}])["A3"] == "x"
    with pytest.raises(UnsafeWorkbook, match="formula"):
        patched(path, {}, [{"B": "x"}])


@pytest.mark.parametrize("has_isal", [True, False])
def test_where_the_quick_packer_is_missing_zlib_packs(tmp_path, monkeypatch, has_isal):
    if has_isal:
        pytest.importorskip("isal")
    else:
        monkeypatch.setitem(sys.modules, "isal", None)
    path = workbook(tmp_path)
    patch_workbook(path, path, sheet="S", writes={f"A{row}": f"text {row % 7}" for row in range(3, 3000)})
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
    assert load_workbook(path)["S"]["A2999"].value == "text 3"

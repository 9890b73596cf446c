"""A big sheet is read block by block: every cell is what it is when the sheet is read whole, at its own place."""

from __future__ import annotations

import dataclasses
import io
import itertools
import re
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.core.book import CellError
from toolkit.core.errors import BookError
from toolkit.core.place import column_letters
from toolkit.gateways.excel import read
from toolkit.gateways.excel.book import ExcelBook
from toolkit.gateways.excel.package import Package
from toolkit.gateways.excel.unsafe import UnsafeWorkbook
from toolkit.gateways.excel.workbook import Workbook

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
ROOT = f'<Relationships xmlns="{PACKAGE}"><Relationship Id="a" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
PARTS = ("worksheets/sheet1.xml", "styles.xml", "sharedStrings.xml")
RELATIONS = "".join(
    f'<Relationship Id="r{number}" Type="{OFFICE}/{kind}" Target="{part}"/>'
    for number, (kind, part) in enumerate(zip(("worksheet", "styles", "sharedStrings"), PARTS, strict=True))
)
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="170" formatCode="yyyy-mm-dd hh:mm"/></numFmts>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="170"/><xf numFmtId="14"/><xf numFmtId="46"/></cellXfs></styleSheet>'
)
STRINGS = (
    f'<sst xmlns="{MAIN}"><si><t>客户</t></si><si/><si><t xml:space="preserve"> a &amp; b </t></si><si><r><t>rich</t></r>'
    "<r><t>er</t></r><rPh><t>phonetic</t></rPh></si><si><t>#REF!</t></si><si><t>_x0041_\n第二行</t></si></sst>"
)


def workbook(rows, *, is_1904=False, strings=STRINGS, head='<?xml version="1.0" encoding="UTF-8"?>'):
    book = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr date1904="{int(is_1904)}"/>'
        '<sheets><sheet name="t" sheetId="1" r:id="r0"/></sheets></workbook>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", TYPES)
        package.writestr("_rels/.rels", ROOT)
        package.writestr("xl/workbook.xml", book)
        package.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{PACKAGE}">{RELATIONS}</Relationships>')
        sheet = f'{head}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData><pageMargins/></worksheet>'
        for part, text in zip(PARTS, (sheet, STYLES, strings), strict=True):
            package.writestr(f"xl/{part}", text)
    return out.getvalue()


class InPieces:
    """A package that gives its parts in small pieces."""

    def __init__(self, package, size):
        self.package, self.size = package, size

    def raw_pieces(self, name):
        data = b"".join(self.package.raw_pieces(name))
        return (data[start : start + self.size] for start in range(0, len(data), self.size))


def in_blocks(content, size, *, may_be_whole=True):
    """(rows, how many blocks they came in)."""
    tab = read.read_tabs(content, blocks_above=-1)[0]["t"]
    sheet = tab.content.__self__
    sheet = dataclasses.replace(sheet, package=InPieces(sheet.package, size), size=size)
    if not may_be_whole:
        sheet = dataclasses.replace(sheet, whole=lambda: pytest.fail("the sheet was read whole"))
    tab = dataclasses.replace(tab, content=sheet.blocks)
    return tab.rows, sum(1 for _ in tab.blocks())


def whole(content):
    """As calamine or openpyxl read it in one go, however far its cells lie apart."""
    entry = Workbook(Package(content)).worksheet("t")
    return read._whole_rows(content, entry)


def exact(rows):
    """Cells with their types, without the blanks to the right and below."""
    lines = []
    for row in rows:
        line = [(type(cell), cell) for cell in row]
        while line and line[-1][1] is None:
            line.pop()
        lines.append(line)
    while lines and not lines[-1]:
        lines.pop()
    return lines


CELLS = st.sampled_from(
    [
        *(f't="s"><v>{number}</v></c>' for number in range(6)),
        *(f's="{style}"><v>46024.395833333336</v></c>' for style in range(4)),
        *(f's="1" t="s"><v>{number}</v></c>' for number in range(2)),
        't="s" s="1"><v>0</v></c>',
        "><v>1</v></c>",
        "><v>0</v></c>",
        "><v>-2.5</v></c>",
        't="n"><v>1E3</v></c>',
        't="b"><v>1</v></c>',
        't="b"><v>0</v></c>',
        't="str"><f>A1&amp;"x"</f><v>formed</v></c>',
        't="str"><v>3</v></c>',
        't="str"><v></v></c>',
        "t=\"inlineStr\"><is><t>it's in ='line'</t></is></c>",
        't="e"><f>1/0</f><v>#DIV/0!</v></c>',
        't="e"/>',
        't="str"><v>t="e"</v></c>',
        's="3"/>',
        "></c>",
    ]
)
ROWS = st.lists(
    st.tuples(st.integers(1, 3), st.dictionaries(st.integers(1, 30), CELLS, max_size=5), st.booleans()), max_size=12
)


def sheet_rows(rows):
    text, number = "", 0
    for step, cells, has_height in rows:
        number += step
        inside = "".join(f'<c r="{column_letters(one)}{number}" {cells[one]}' for one in sorted(cells))
        height = ' ht="15"' * has_height
        text += f'<row r="{number}"{height}>{inside}</row>' if inside else f'<row r="{number}"{height}/>'
    return text


@settings(max_examples=300, deadline=None)
@given(rows=ROWS, size=st.integers(150, 900), is_1904=st.booleans())
def test_blocks_of_any_size_hold_the_cells_of_the_whole_sheet(rows, size, is_1904):
    content = workbook(sheet_rows(rows), is_1904=is_1904)
    assert exact(in_blocks(content, size)[0]) == exact(whole(content))


PLAIN = "".join(
    f'<row r="{number}" spans="1:3"><c r="B{number}" t="s"><v>0</v></c><c r="D{number}" s="1"><v>{46000 + number}</v></c></row>'
    for number in range(3, 40)
)


@pytest.mark.parametrize("size", [200, 333, 1000, 100_000])
def test_rows_and_columns_stand_where_they_stood_whatever_the_cut(size):
    content = workbook(PLAIN)
    rows, blocks = in_blocks(content, size, may_be_whole=False)
    assert exact(rows) == exact(whole(content))
    assert rows[:2] == [[], []]
    assert rows[38][1] == "客户"
    assert rows[38][3].isoformat() == "2026-01-17"
    assert blocks > 3 or size > 1000


@pytest.mark.parametrize("size", [200, 333, 1000, 100_000])
def test_a_sheet_whose_tags_have_a_prefix_is_read_in_blocks_too(size):
    """ClosedXML writes so."""
    plain = workbook(PLAIN + '<row r="41"><c r="A41" t="e"><v>#REF!</v></c><c r="B41" t="s"><v>2</v></c></row>')
    rows, blocks = in_blocks(prefixed(plain), size, may_be_whole=False)
    assert exact(rows) == exact(whole(plain))
    assert blocks > 3 or size > 1000


def prefixed(content):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if name.startswith("xl/") and not name.endswith(".rels"):
                text = re.sub(r"<(/?)(?=\w)", r"<\1x:", text).replace(f'xmlns="{MAIN}"', f'xmlns:x="{MAIN}"')
            new.writestr(name, text)
    return out.getvalue()


def test_the_epoch_of_1904_is_kept():
    content = workbook(PLAIN, is_1904=True)
    assert in_blocks(content, 300, may_be_whole=False)[0][2][3].isoformat() == "2029-12-13"


ODD = {
    "CDATA that looks like a cell": '<row r="41"><c r="A41" t="inlineStr"><is><t><![CDATA[</row> t="s"><v>0]]></t></is></c></row>',
    "a comment that looks like a row's end": '<row r="41"><!-- </row><row r="9"> --><c r="A41"><v>5</v></c></row>',
    "a comment that looks like an error": '<row r="41"><!-- <c r="A41" t="e"/> --><c r="A41"><v>5</v></c></row>',
    "single quotes": "<row r='41'><c r='A41' t='s'><v>0</v></c><c r='C41' t='e'><v>#N/A</v></c></row>",
    "rows and cells without a name": '<row><c t="s"><v>0</v></c><c><v>2</v></c></row>',
    "a cell far to the right": '<row r="41"><c r="A41"><v>1</v></c><c r="AAB41"><v>2</v></c></row>',
    "a cell in the last column of all": '<row r="41"><c r="XFD41"><v>1</v></c></row><row r="42"><c r="A42"><v>1</v></c></row>',
    "the name behind the style": '<row r="41"><c s="1" r="AAB41"><v>1</v></c><c s="1" r="AAC41"><v>2</v></c></row>',
    "a row far below": '<row r="41"><c r="A41"><v>1</v></c></row><row r="50000"><c r="C50000" t="s"><v>0</v></c></row>',
    "blank rows at the end": '<row r="41"/><row r="20000" ht="15"/>',
    "pretty printing": '\n  <row r="41">\n    <c r="A41" t="s">\n <v>0</v>\n </c>\n  </row>\n',
    "an error alone, right of all and below all": '<row r="45"><c r="Z45" t="e"><v>#REF!</v></c></row>',
    "another prefix among the rows": '<x:row xmlns:x="urn:x" r="41"/>',
}


@pytest.mark.parametrize("rows", [pytest.param(rows, id=name) for name, rows in ODD.items()])
def test_what_is_odd_reads_as_it_does_in_the_whole_sheet(rows):
    content = workbook(PLAIN + rows)
    for size in (200, 500, 2000, 1 << 20):
        assert exact(in_blocks(content, size)[0]) == exact(whole(content))


def test_a_gap_of_many_rows_is_never_laid_out():
    content = workbook(PLAIN + ODD["a row far below"])
    rows, _ = in_blocks(content, 1 << 20, may_be_whole=False)
    assert rows[49_999] == [None, None, "客户"]


def test_rows_out_of_order_are_refused_when_they_are_met_in_another_block():
    content = workbook(PLAIN + '<row r="5"><c r="A5"><v>1</v></c></row>')
    with pytest.raises(UnsafeWorkbook, match="out of order or doubled at row 5"):
        in_blocks(content, 500)


@pytest.mark.parametrize("number", ["99", "x", "-1"])
def test_a_string_that_is_not_there_is_an_error_at_its_cell(number):
    content = workbook(PLAIN + f'<row r="41"><c r="A41" t="s"><v>{number}</v></c></row>')
    assert in_blocks(content, 1 << 20)[0][40] == [CellError("#REF!"), None, None, None]


@pytest.mark.parametrize(
    "strings",
    [
        STRINGS.replace("<si>", "<!-- <si> --><si>", 1),
        STRINGS.replace("<si>", '<si xml:space="preserve">', 1),
        STRINGS.replace("<sst", "<x:sst").replace("</sst", "</x:sst").replace("xmlns=", "xmlns:x="),
    ],
)
def test_strings_whose_numbers_are_not_sure_make_the_sheet_read_whole(strings):
    content = workbook(PLAIN, strings=strings)
    assert exact(in_blocks(content, 500)[0]) == exact(whole(content))


def test_another_encoding_is_read_whole():
    content = workbook(PLAIN, head='<?xml version="1.0" encoding="iso-8859-1"?>')
    assert exact(in_blocks(content, 500)[0]) == exact(whole(content))


def test_a_big_tab_is_read_when_its_rows_are_asked_for_and_its_damage_is_told_then(tmp_path, monkeypatch):
    content = bytearray(workbook(PLAIN))
    at = content.find(b"xl/worksheets/sheet1.xml", content.find(b"PK\x01\x02")) - 46
    content[at + 16] ^= 1  # its checksum
    path = tmp_path / "desk.xlsx"
    path.write_bytes(content)
    monkeypatch.setattr(read.read_tabs, "__kwdefaults__", {"blocks_above": -1})
    tab = ExcelBook("desk", path).read().tabs["t"]
    with pytest.raises(BookError, match=r"cannot be read: the member .* is damaged"):
        list(itertools.chain(*tab.blocks()))

"""What the fuzz found, each in its least form: workbooks that were patched wrong, or ended in something else than a refusal."""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
import time
import zipfile
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.table import Table

from tests.contract.fuzz import judging
from tests.contract.fuzz.wishes import Wish
from toolkit.core.book import CellWrite, TabWrites
from toolkit.core.errors import BookError
from toolkit.excel import UnsafeWorkbook, patch_workbook
from toolkit.gateways.excel.book import ExcelBook

ROOT = Path(__file__).resolve().parents[2]
SHEET, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SECONDS = 4


@pytest.fixture
def path(tmp_path):
    """Three rows of two columns in the sheet `S`."""
    book = Workbook()
    book.active.title = "S"
    for n in (1, 2, 3):
        book.active.append([f"h{n}", n])
    book.save(tmp_path / "desk.xlsx")
    return tmp_path / "desk.xlsx"


def changed(path, part, how):
    """The workbook with one part rewritten; None removes it."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != part or how is not None:
                new.writestr(name, how(old.read(name).decode()) if name == part else old.read(name))
    path.write_bytes(out.getvalue())
    return path


def refused_or_right(path, **wish):
    """Patched right by the fuzz's own judge, or refused without a trace. True if it was patched."""
    out, before = path.with_name("out.xlsx"), path.read_bytes()
    try:
        patch_workbook(path, out, sheet="S", **wish)
    except UnsafeWorkbook:
        assert [one.name for one in path.parent.iterdir()] == [path.name]
        return False
    finally:
        assert path.read_bytes() == before
    judging.judge(before, out.read_bytes(), Wish("S", **wish), readers=("openpyxl", "calamine"))
    return True


# -- the gateway --------------------------------------------------------------------------------------------------


def test_a_cell_below_a_table_and_a_row_appended_to_it_are_written_together(path):
    book = load_workbook(path)
    book["S"].add_table(Table(displayName="T", ref="A1:B3"))
    book["S"]["A1"], book["S"]["B1"], book["S"]["A20"] = "h", "k", "below"
    book.save(path)
    desk = ExcelBook("desk", path)
    desk.write([TabWrites("S", (CellWrite(20, 1, "below", "changed"),), ({1: "new"},), 1)], desk.read().stamp)
    rows = desk.read().tabs["S"].rows
    assert (rows[3][0], rows[19][0]) == ("new", "changed")


def test_a_cell_emptied_below_an_appended_row_does_not_hinder_the_write(path):
    desk = ExcelBook("desk", path)
    written = desk.write([TabWrites("S", (CellWrite(30, 1, None, None),), ({1: "new"},))], desk.read().stamp)
    assert written.appends == 1


@pytest.mark.parametrize(
    ("part", "how"),
    [
        (SHEET, lambda text: text.replace("</row>", "</row></row>", 1)),
        (SHEET, lambda text: text[:-30]),
        (SHEET, lambda text: "<!DOCTYPE x>" + text),
        ("xl/sharedStrings.xml", lambda text: text[:-3]),
        ("xl/styles.xml", lambda text: text[:-3]),
        (SHEET, None),
        (BOOK, None),
    ],
)
def test_a_damaged_part_is_one_clear_error_at_the_reading_too(path, part, how):
    desk = ExcelBook("desk", changed(path, part, how))
    with contextlib.suppress(BookError):
        desk.write([TabWrites("S", (CellWrite(1, 1, "h1", "x"),))], desk.read().stamp)


def test_stray_values_far_right_and_far_below_cost_no_memory(path):
    """Not only those in columns of three letters: ZZ9 and A1048576 make a block of 736 million cells."""
    resource = pytest.importorskip("resource")
    book = load_workbook(path)
    book["S"]["ZZ9"], book["S"]["A1048576"] = 1, 2
    book.save(path)
    words = "import sys; from toolkit.gateways.excel.book import ExcelBook; print(len(ExcelBook('d', sys.argv[1]).read().tabs['S'].rows))"
    limit = 4 << 30
    done = subprocess.run(
        [sys.executable, "-c", words, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )
    assert (done.returncode, done.stdout.strip()) == (0, "1048576"), done.stderr[-500:]


# -- the writer ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wish", [{"writes": {"A1": "x"}}, {"writes": {}, "appends": [{"A": "x"}]}])
def test_a_sheet_whose_part_is_missing_is_refused(path, wish):
    with pytest.raises(UnsafeWorkbook, match="missing"):
        patch_workbook(changed(path, SHEET, None), path.with_name("out.xlsx"), sheet="S", **wish)


@pytest.mark.parametrize("number", ["x" * 300, "-1", "9" * 5000, ""])
def test_a_number_format_that_is_no_number_is_refused(number, path):
    broken = changed(path, "xl/styles.xml", lambda text: text.replace('numFmtId="0"', f'numFmtId="{number}"'))
    with pytest.raises(UnsafeWorkbook, match="a number format is not understood"):
        patch_workbook(broken, path.with_name("out.xlsx"), sheet="S", writes={"B1": datetime(2026, 9, 3)})


def test_a_new_cell_format_does_not_become_that_of_cells_whose_own_is_misspelt(path):
    book = load_workbook(path)
    book["S"]["B2"].number_format = "0.00"
    book.save(path)

    def misspelt(text):
        before, _, after = text.partition("</cellXfs>")
        start = before.rindex("<xf ")
        return before[:start] + "<xxf " + before[start + 4 :].replace("</xf>", "</xxf>") + "</cellXfs>" + after

    changed(path, "xl/styles.xml", misspelt)
    assert not refused_or_right(path, writes={"B1": datetime(2026, 9, 3)})
    assert refused_or_right(path, writes={"B1": 5})


def test_a_number_that_is_a_signal_is_refused_like_every_other_that_is_none(path):
    with pytest.raises(UnsafeWorkbook, match="S!A1"):
        patch_workbook(path, path.with_name("out.xlsx"), sheet="S", writes={"A1": Decimal("sNaN")})


def test_cells_of_an_extension_before_the_cell_area_are_not_taken_for_the_sheets(path):
    decoy = '<extLst><ext uri="x"><sheetData><row r="1"><c r="XX1"><v>6</v></c></row></sheetData></ext></extLst>'
    refused_or_right(
        changed(path, SHEET, lambda text: text.replace("<sheetPr>", decoy + "<sheetPr>")), writes={"A1": "new"}
    )


def test_a_row_under_another_prefix_of_the_same_namespace_is_not_doubled(path):
    def renamed(text):
        text = text.replace('<row r="2">', f'<q:row xmlns:q="{MAIN}" r="2">')
        return text.replace('</row><row r="3">', '</q:row><row r="3">')

    refused_or_right(changed(path, SHEET, renamed), writes={"A2": "new"})


def test_a_cell_under_another_prefix_of_the_same_namespace_is_not_doubled(path):
    def renamed(text):
        text = text.replace('<c r="B2" t="n"><v>2</v></c>', f'<q:c xmlns:q="{MAIN}" r="B2" t="n"><q:v>2</q:v></q:c>')
        assert "q:c" in text
        return text

    refused_or_right(changed(path, SHEET, renamed), writes={"B2": 5})


def test_a_cell_that_another_row_holds_by_its_name_is_not_written_twice(path):
    refused_or_right(changed(path, SHEET, lambda text: text.replace('r="A3"', 'r="A1"')), writes={"A1": -1})


@pytest.mark.parametrize("part", [SHEET, BOOK])
def test_elements_nested_without_end_cost_no_time(path, part):
    deep = "<extLst>" * 40_000 + "</extLst>" * 40_000
    end = "</worksheet>" if part == SHEET else "</workbook>"
    changed(path, part, lambda text: text.replace(end, deep + end))
    began = time.process_time()
    with contextlib.suppress(UnsafeWorkbook):
        patch_workbook(path, path.with_name("out.xlsx"), sheet="S", writes={"A1": "x"})
    assert time.process_time() - began < SECONDS

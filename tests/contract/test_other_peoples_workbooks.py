"""Other people's workbooks: a cell set, a row appended, and an independent checker finds nothing else changed."""

from __future__ import annotations

import datetime as dt
import importlib.util
import io
import json
import random
import warnings
from pathlib import Path

import pytest
from openpyxl import load_workbook

from toolkit.excel import UnsafeWorkbook, patch_workbook
from toolkit.gateways.excel.package import Package
from toolkit.gateways.excel.patch import Patch
from toolkit.gateways.excel.read import read_tabs
from toolkit.gateways.excel.sheet_patch import SheetPatch

SHARED = Path(__file__).resolve().parents[3] / "shared"
CORPUS = SHARED / "data" / "xlsx-corpus"
CHECKER = SHARED / "tools" / "check_roundtrip.py"
FILES = sorted(path for path in CORPUS.glob("*.xl*")) if CORPUS.is_dir() else []
SLICE = random.Random(20261122).sample(FILES, min(14, len(FILES)))
HERE = pytest.mark.skipif(
    not FILES or not CHECKER.exists(), reason="the corpus is not beside this checkout (../shared/data/xlsx-corpus)"
)
pytestmark = HERE

# each refusal has a cause that is in the file, not in us
REFUSED = {
    "closedxml_LoadPivotTables.xlsx": "not a workbook",
    "excelize_encryptAES.xlsx": "password",
    "excelize_encryptSHA1.xlsx": "password",
    "excelize_encryptSHA512.xlsx": "password",
    "poi_hello-world-signed.xlsx": "signed",
    "poi_ms-office-2010-signed.xlsx": "signed",
    "oxsdk_ProjectStatusReport_TP10094814.xltx": "trial version",
    "poi_56278.xlsx": "no cell styles",  # only a date is
}
TOTALS = {"oxsdk_EventBudget_TP10194064.xltx", "oxsdk_PortfolioAnalysis_TP10073883.xltx"}
# what an append may change besides (60, 28), and the looks that a new row takes from the one above
OF_AN_APPEND = {
    "table",
    "<autoFilter>",
    "<dataValidations>",
    "<conditionalFormatting>",
    "<extLst>",
    "CELL_STYLE",
    "xl/workbook.xml",
}
VALUES = {
    "ZA40": ("=text & <x> ", "=text & <x> "),
    "ZB40": (dt.datetime(2026, 11, 22, 14, 30), {"datetime": "2026-11-22T14:30:00"}),
    "BB300": (dt.date(2026, 9, 3), {"date": "2026-09-03"}),
    "BC300": (3.25, 3.25),
    "BD300": (True, True),
}


def each_file():
    return [pytest.param(path, id=path.name, marks=() if path in SLICE else pytest.mark.long) for path in FILES]


@pytest.fixture(scope="module")
def check():
    spec = importlib.util.spec_from_file_location("check_roundtrip", CHECKER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return lambda before, after, cells: module.check(before, after, cells, "cells")


def first_sheet(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            _, titles = read_tabs(path.read_bytes(), [])
        except UnsafeWorkbook:
            return "any"
    for title in titles:
        try:
            outcome(path, SheetPatch(title))
        except UnsafeWorkbook:
            continue
        return title
    return titles[0]


def outcome(path, wish):
    with path.open("rb") as file:
        return Patch(Package(file), [wish]).write(io.BytesIO())[0]


def expected(title, cells):
    return [f"{_quoted(title)}!{name}={json.dumps(value)}" for name, value in cells.items()]


def _quoted(title):
    return "'" + title.replace("'", "''") + "'"


def refused(path, out, sheet, writes, appends=()):
    """Whether the file is one that must be refused, and was, without a trace."""
    words = REFUSED.get(path.name)
    if words is None:
        return False
    with pytest.raises(UnsafeWorkbook, match=words):
        patch_workbook(path, out, sheet=sheet, writes=writes, appends=appends)
    assert not out.exists()
    return True


@pytest.mark.parametrize("path", each_file())
def test_cells_that_are_set_are_all_that_changes(path, check, tmp_path):
    out = tmp_path / path.name
    writes = {name: value for name, (value, _) in VALUES.items()}
    sheet = first_sheet(path)
    if refused(path, out, sheet, writes):
        return
    patch_workbook(path, out, sheet=sheet, writes=writes)
    assert list(check(path, out, expected(sheet, {name: value for name, (_, value) in VALUES.items()}))) == []


@pytest.mark.parametrize("path", [one for one in each_file() if one.values[0].name not in REFUSED])
def test_a_row_that_is_appended_takes_only_its_list_along(path, check, tmp_path):
    out, sheet = tmp_path / path.name, first_sheet(path)
    row = {1: "客户 x", 2: dt.date(2026, 9, 3), 3: 5}
    letters = {"A": row[1], "B": row[2], "C": row[3]}
    if path.name in TOTALS:
        with pytest.raises(UnsafeWorkbook, match="totals row"):
            patch_workbook(path, out, sheet=sheet, writes={}, appends=[letters])
        return
    number = outcome(path, SheetPatch(sheet, (), [row])).appended[0]
    patch_workbook(path, out, sheet=sheet, writes={}, appends=[letters])
    found = check(
        path, out, expected(sheet, {f"A{number}": row[1], f"B{number}": {"date": "2026-09-03"}, f"C{number}": 5})
    )
    found = [one for one in found if not is_a_formula_of_the_table(one, out, sheet, number)]
    odd = [one for one in found if not any(word in " ".join(map(str, one)) for word in OF_AN_APPEND)]
    assert odd == []


def is_a_formula_of_the_table(fault, out, sheet, number):
    """A new row of a table gets the formulas of its columns, as in Excel."""
    code, where, *_ = fault
    if code != "CELL_CHANGED" or not where.endswith(str(number)):
        return False
    cell = load_workbook(out)[sheet][where.rpartition("!")[2]]
    above = load_workbook(out)[sheet].cell(number - 1, cell.column)
    return cell.data_type == "f" and str(cell.value).replace(" ", "") == str(above.value).replace(" ", "")


@pytest.mark.parametrize("path", [one for one in each_file() if one.values[0].name not in REFUSED])
def test_what_is_read_is_what_openpyxl_reads(path):
    content = path.read_bytes()
    tabs, _ = read_tabs(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            book = load_workbook(path, read_only=True, data_only=True)
        except (KeyError, ValueError, OSError):
            pytest.skip("openpyxl cannot read it")
        for title in (name for name in book.sheetnames if name in tabs):
            sheet = book[title]
            sheet.reset_dimensions()
            for theirs, ours in zip(sheet.iter_rows(values_only=True), tabs[title].rows, strict=False):
                for their, our in zip(theirs, ours, strict=False):
                    if isinstance(their, str) and isinstance(our, str):
                        assert " ".join(their.split()) == " ".join(our.split()) or "_x" in their
                    elif isinstance(their, int | float) and not isinstance(our, int | float | None):
                        pytest.fail(f"{title}: {their!r} is read as {our!r}")

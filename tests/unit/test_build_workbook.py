"""New registers: what a clerk meets in them."""

from __future__ import annotations

import datetime as dt

import pytest
from openpyxl import load_workbook

from toolkit.core.book import CellWrite, TabWrites
from toolkit.core.layout import ColumnSpec, TabSpec
from toolkit.gateways.excel.book import ExcelBook
from toolkit.gateways.excel.build import build_workbook

LONG = tuple(f"类别,{number}" for number in range(40))
TAB = TabSpec(
    "售后登记表",
    (
        ColumnSpec("售后编号", is_required=True),
        ColumnSpec("登记时间", "datetime"),
        ColumnSpec("级别", choices=("一般", "紧急"), note="选一个"),
        ColumnSpec("类别", choices=LONG),
        ColumnSpec("检查", is_toolkit=True, is_hidden=True),
    ),
    rows=[["00123", dt.datetime(2026, 9, 3, 14, 30), "一般", "=1+1", None]],
    colours=((4, "check"),),
)


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "new" / "desk.xlsx"
    build_workbook(path, [TAB, TabSpec("空", TAB.columns, has_table=True)])
    return path


def test_text_stays_text_and_dates_are_dates(book):
    assert ExcelBook("desk", book).read().tabs["售后登记表"].rows[1][:4] == [
        "00123",
        dt.datetime(2026, 9, 3, 14, 30),
        "一般",
        "=1+1",
    ]


def test_dropdowns_colours_filter_and_frozen_header_are_there(book):
    sheet = load_workbook(book)["售后登记表"]
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    assert rules["C2:C1048576"].formula1 == '"一般,紧急"'
    assert rules["C2:C1048576"].prompt == "选一个"
    assert rules["D2:D1048576"].formula1 == "lists!$A$1:$A$40"
    assert load_workbook(book)["lists"].sheet_state == "hidden"
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == "A1:E2"
    assert [str(one.sqref) for one in sheet.conditional_formatting] == ["E2:E1048576"]
    assert sheet.column_dimensions["E"].hidden


@pytest.mark.parametrize(("title", "row"), [("售后登记表", 3), ("空", 2)])
def test_rows_can_be_appended_and_look_like_their_column(book, title, row):
    desk = ExcelBook("desk", book)
    desk.write([TabWrites(title, appends=({1: "A1", 2: dt.datetime(2026, 9, 3, 15, 0)},))], desk.read().stamp)
    sheet = load_workbook(book)[title]
    assert sheet.cell(row, 1).value == "A1"
    assert sheet.cell(row, 2).number_format == "yyyy-mm-dd hh:mm"
    assert (sheet.tables["Register2"].ref if title == "空" else sheet.auto_filter.ref) == f"A1:E{row}"


def test_cells_of_a_new_register_can_be_written(book):
    desk = ExcelBook("desk", book)
    desk.write([TabWrites("售后登记表", (CellWrite(2, 5, None, "电话不对"),))], desk.read().stamp)
    assert desk.read().tabs["售后登记表"].rows[1][4] == "电话不对"


def test_a_workbook_that_exists_is_never_overwritten(book):
    before = book.read_bytes()
    with pytest.raises(FileExistsError, match="never overwritten"):
        build_workbook(book, [TAB])
    assert book.read_bytes() == before

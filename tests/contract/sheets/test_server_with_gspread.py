"""The rules of the real Sheets that the toolkit leans on, met by unmodified gspread over HTTP."""

from __future__ import annotations

import gspread
import pytest
from gspread.exceptions import APIError
from gspread.utils import ExportFormat, ValidationConditionType, ValueInputOption, ValueRenderOption

from tests.contract.sheets.pointed_here import client
from tests.sheets_server import SheetsServer

PLAIN = ValueRenderOption.unformatted
TYPED = ValueInputOption.user_entered


@pytest.fixture
def server():
    with SheetsServer() as running:
        yield running


@pytest.fixture
def book(server):
    made = server.create("Desk", time_zone="Asia/Shanghai", locale="zh_CN")
    made.add_tab("售后登记表", rows=100, columns=20)
    return made


@pytest.fixture
def tab(book):
    return book.tab("售后登记表")


@pytest.fixture
def sheet(server, book):
    return client(server).open_by_key(book.id).worksheet("售后登记表")


def refused(call, *words):
    with pytest.raises(APIError) as caught:
        call()
    assert caught.value.code == 400
    for word in words:
        assert word in caught.value.error["message"]


# values


@pytest.mark.parametrize(
    ("given", "raw", "typed"),
    [
        ("=1+1", "=1+1", 2),
        ("0042", "0042", 42),
        ("2026/9/3", "2026/9/3", 46268),
        ("2026-09-03 14:30", "2026-09-03 14:30", 46268.604166666664),
        ("12.5%", "12.5%", 0.125),
        ("2,000,000.01", "2,000,000.01", 2000000.01),
        ("TRUE", "TRUE", True),
        ("'0042", "'0042", "0042"),
        ("1E5", "1E5", 100000),
        ("T-0012", "T-0012", "T-0012"),
        ("9:30", "9:30", 9.5 / 24),
        ("3_1_0", "3_1_0", "3_1_0"),
        (42, 42, 42),
        (True, True, True),
        (1.5, 1.5, 1.5),
        (46268, 46268, 46268),
    ],
)
def test_raw_keeps_what_it_got_and_typed_text_is_understood(sheet, given, raw, typed):
    sheet.update([[given]], "A1", value_input_option="RAW")
    sheet.update([[given]], "B1", value_input_option="USER_ENTERED")
    assert sheet.get("A1:B1", value_render_option=PLAIN) == [[raw, typed]]


def test_a_null_skips_its_cell_and_the_reply_shows_the_whole_range(sheet, tab):
    tab.fill([["T-1", "old", 3], ["T-2", "old", 4, "", ""]])
    reply = sheet.batch_update(
        [
            {"range": "A1:E1", "values": [[None, "new", None, "x", ""]]},
            {"range": "A2:E2", "values": [[None, "", None]]},
        ],
        include_values_in_response=True,
        response_value_render_option=PLAIN,
    )
    assert [one["updatedData"]["values"] for one in reply["responses"]] == [[["T-1", "new", 3, "x"]], [["T-2", "", 4]]]
    assert reply["responses"][0]["updatedRange"] == "'售后登记表'!A1:E1"
    assert (reply["totalUpdatedCells"], reply["totalUpdatedRows"], reply["totalUpdatedSheets"]) == (4, 2, 1)
    assert tab.values() == [["T-1", "new", 3, "x"], ["T-2", "", 4]]


def test_one_bad_range_leaves_the_whole_batch_unwritten(sheet, tab):
    tab.fill([["a"]])
    good = {"range": "A1", "values": [["b"]]}
    refused(
        lambda: sheet.batch_update([dict(good), {"range": "A2:B2", "values": [[1, 2, 3]]}]),
        "Invalid data[1]",
        "column [C]",
    )
    refused(
        lambda: sheet.spreadsheet.values_batch_update(
            {
                "valueInputOption": "RAW",
                "data": [{"range": "售后登记表!A1", "values": [["c"]]}, {"range": "Gone!A1", "values": [["c"]]}],
            }
        ),
        "Invalid data[1]: Unable to parse range: Gone!A1",
    )
    assert tab.values() == [["a"]]


def test_errors_of_ranges_are_told_as_google_tells_them(sheet):
    refused(lambda: sheet.get("A101"), "exceeds grid limits. Max rows: 100, max columns: 20")
    refused(
        lambda: sheet.update([[1]], "U1"), "Range ('售后登记表'!U1) exceeds grid limits. Max rows: 100, max columns: 20"
    )
    refused(lambda: sheet.update([[1], [2]], "A100"), "exceeds grid limits")
    refused(lambda: sheet.update([[1], [2]], "A1:B1"), "Requested writing within range", "tried writing to row [2]")
    refused(lambda: sheet.spreadsheet.values_get("No such tab"), "Unable to parse range: No such tab")
    refused(
        lambda: sheet.batch_clear(["A1", "A101:ZZ"]),
        "Invalid range[1]: Range ('售后登记表'!A101:ZZ) exceeds grid limits",
    )
    assert sheet.get("A1:Z999").range == "'售后登记表'!A1:T100"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("A:A", "A1:A100"),
        ("B2:B", "B2:B100"),
        ("3:4", "A3:T4"),
        ("A1:1", "A1:T1"),
        ("C3:A1", "A1:C3"),
        ("B1:B1", "B1"),
        ("$B$2:C3", "B2:C3"),
    ],
)
def test_ranges_come_back_in_one_form(sheet, asked, told):
    assert sheet.get(asked).range == f"'售后登记表'!{told}"


@pytest.mark.parametrize(
    ("title", "told"),
    [("Plain_1", "Plain_1!A1"), ("It's", "'It''s'!A1"), ("D3", "'D3'!A1"), ("2026", "'2026'!A1"), ("a b", "'a b'!A1")],
)
def test_titles_are_quoted_where_they_must_be(sheet, title, told):
    sheet.update_title(title)
    assert sheet.get("A1").range == told


def test_dates_are_serials_or_text_as_asked(sheet):
    sheet.update([["2026/9/3"]], "A1", value_input_option=TYPED)
    assert sheet.get("A1", value_render_option=PLAIN, date_time_render_option="SERIAL_NUMBER") == [[46268]]
    assert sheet.get("A1", value_render_option=PLAIN, date_time_render_option="FORMATTED_STRING") == [["2026/9/3"]]
    assert sheet.get("A1") == [["2026/9/3"]]
    sheet.update([[46269]], "A1")
    assert sheet.get("A1") == [["2026/9/4"]]  # a written number keeps the cell's format


def test_errors_come_as_text_and_formulas_follow_what_moves(sheet, tab):
    formulas = ["=1/0", "=nope(1)", "=NA()", "=Gone!A1", '=HYPERLINK("http://x","shown")', '=SUM(A3:A5)&"件"', "=A3"]
    sheet.update([formulas, [], [1], [2], [3]], "A1", value_input_option=TYPED)
    shown = ["#DIV/0!", "#NAME?", "#N/A", "#REF!", "shown", "6件", 1]
    assert sheet.get("1:1", value_render_option=PLAIN) == [shown]
    tab.insert_rows(at=4, count=2)
    tab.delete_rows(at=3)
    assert (tab.formula("F1"), tab.cell("F1")) == ('=SUM(A3:A6)&"件"', "5件")
    assert (tab.formula("G1"), tab.cell("G1")) == ("=#REF!", "#REF!")


# the grid


def test_rows_go_where_staff_put_them(tab):
    tab.fill([["head"], ["a"], ["b"], ["c"], ["d"]])
    tab.move_rows(2, 2, 5)
    assert tab.values() == [["head"], ["b"], ["c"], ["a"], ["d"]]
    tab.insert_rows(at=3)
    tab.type("A3", "new")
    tab.delete_rows(at=2)
    assert tab.values() == [["head"], ["new"], ["c"], ["a"], ["d"]]
    tab.sort("A", start_row=2, descending=True)
    assert tab.values() == [["head"], ["new"], ["d"], ["c"], ["a"]]
    tab.cut_paste("A2:B2", "C9")
    assert tab.cell("C9") == "new"
    tab.move_columns("C", "C", "A")
    assert tab.cell("A9") == "new"


@pytest.mark.parametrize(("carries", "row"), [(False, 1), (True, 3)])
def test_whether_a_sort_carries_row_metadata_is_a_switch(server, sheet, tab, carries, row):
    server.sort_carries_metadata = carries
    tab.fill([["head"], ["z"], ["m"], ["a"]])
    place = {"dimensionRange": {"sheetId": tab.id, "dimension": "ROWS", "startIndex": 1, "endIndex": 2}}
    made = {"metadataKey": "ticket", "metadataId": 12, "location": place, "visibility": "DOCUMENT"}
    request = {"requests": [{"createDeveloperMetadata": {"developerMetadata": made}}]}
    sheet.spreadsheet.batch_update(request)
    refused(lambda: sheet.spreadsheet.batch_update(request), "12 already exists")
    tab.sort("A", start_row=2)
    span = tab.book.metadata[0]["location"]["dimensionRange"]
    assert (span["startIndex"], span["endIndex"]) == (row, row + 1)
    tab.insert_rows(at=1)
    assert span["startIndex"] == row + 1
    tab.delete_rows(at=row + 2)
    assert tab.book.metadata == []


def test_sorting_is_stable_with_blanks_last_either_way(sheet, tab):
    tab.fill([["b", 1], ["", 2], ["a", 3], ["B", 4], [7, 5], [True, 6]])
    sheet.sort((1, "asc"), range="A1:B6")
    assert [row[1] for row in tab.values()] == [5, 3, 1, 4, 6, 2]
    sheet.sort((1, "des"), range="A1:B6")
    assert [row[1] for row in tab.values()] == [6, 1, 4, 3, 5, 2]


def test_a_batch_of_requests_is_applied_whole_or_not_at_all(sheet, tab):
    tab.fill([["a"], ["b"]])
    insert = {"range": {"sheetId": tab.id, "dimension": "ROWS", "startIndex": 0, "endIndex": 1}}
    requests = [{"insertDimension": insert}, {"deleteSheet": {"sheetId": 99}}]
    refused(
        lambda: sheet.spreadsheet.batch_update({"requests": requests}),
        "Invalid requests[1].deleteSheet: No sheet with id: 99",
    )
    assert (tab.values(), tab.rows) == ([["a"], ["b"]], 100)


def test_append_finds_the_table_as_the_docs_say(sheet, tab):
    tab.fill([["x", "y", "z"], ["x", "y", "z"], [], ["", "x", "y", "z"], ["", "", "y", "z"], ["", "x", "y", "z"]])
    for asked, told in [("A1", "A1:C2"), ("B4", "B4:D6"), ("B2:D4", "B4:D6"), ("A3:G10", "B4:D6"), (None, "B4:D6")]:
        reply = sheet.append_row([], table_range=asked)
        assert reply["tableRange"] == f"'售后登记表'!{told}"
    assert "tableRange" not in sheet.append_row([], table_range="E4")
    assert sheet.append_row([1], table_range="A1")["updates"]["updatedRange"] == "'售后登记表'!A3"


def test_an_append_below_the_grid_makes_it_longer(sheet, tab):
    tab.fill([[at] for at in range(100)])
    assert sheet.append_rows([["last"], ["but one"]])["updates"]["updatedRange"] == "'售后登记表'!A101:A102"
    assert tab.rows == 102


def test_protection_by_staff_keeps_the_toolkit_out_unless_it_only_warns(sheet, tab):
    tab.fill([["a", "b", "c"]])
    tab.protect("B:B", warning_only=True)
    sheet.update([["new"]], "B1")
    tab.protect("A:A", editors=["boss@example.com"])
    refused(lambda: sheet.update([["new"]], "A1"), "You are trying to edit a protected cell or object.")
    refused(sheet.clear, "protected cell")
    sheet.update([[None, "newer"]], "A1:B1")  # a cell that is left alone is not edited
    tab.type("A1", "by hand")
    assert tab.values() == [["by hand", "newer", "c"]]


def test_a_strict_list_refuses_other_words(sheet, tab):
    sheet.add_validation("A1", ValidationConditionType.one_of_list, ["open", "shut"], strict=True)
    sheet.update([["open"]], "A1")
    for raw in (True, False):
        refused(lambda raw=raw: sheet.update([["ajar"]], "A1", raw=raw), "violates the data validation rules")
    sheet.update([[""]], "A1")
    assert tab.cell("A1") is None


def test_the_limit_of_cells_is_ten_million(sheet):
    refused(lambda: sheet.resize(rows=600_000), "above the limit of 10000000 cells")


# spreadsheets and Drive


def test_tabs_move_copy_hide_and_go(server, book):
    desk = client(server).open_by_key(book.id)
    first, second = desk.worksheets()
    copy = second.duplicate(insert_sheet_index=2, new_sheet_name="Twin")
    desk.reorder_worksheets([copy, second, first])
    assert [one.title for one in desk.worksheets()] == ["Twin", "售后登记表", "Sheet1"]
    copy.update_index(2)
    copy.update_tab_color("#FF007F")
    copy.hide_gridlines()
    told = desk.worksheet("Twin")
    assert (told.index, told.tab_color, told.is_gridlines_hidden) == (1, "#FF007F", True)
    copy.clear_tab_color()
    copy.add_dimension_group_columns(0, 2)
    assert desk.worksheet("Twin").tab_color is None
    assert copy.list_dimension_group_columns()[0]["depth"] == 1
    desk.del_worksheet(copy)
    first.hide()
    refused(second.hide, "You can't hide all the sheets in a document.")
    assert [one.title for one in desk.worksheets(exclude_hidden=True)] == ["售后登记表"]


def test_drive_creates_finds_copies_exports_and_deletes(server):
    google = client(server)
    desk = google.create("Desk")
    desk.sheet1.update([["a1", "B2"], ['say "x"', 3]], "A1")
    assert google.open("Desk").id == desk.id
    assert desk.export(ExportFormat.CSV) == b'a1,B2\r\n"say ""x""",3'
    desk.share("boss@example.com", perm_type="user", role="writer")
    twin = google.copy(desk.id, copy_permissions=True)
    assert (twin.title, twin.sheet1.get_all_values()) == ("Copy of Desk", [["a1", "B2"], ['say "x"', "3"]])
    assert [one["emailAddress"] for one in twin.list_permissions()][-1] == "boss@example.com"
    assert desk.remove_permissions("boss@example.com")
    google.import_csv(twin.id, "n,m\n1,2")
    assert google.open_by_key(twin.id).sheet1.get_all_values() == [["n", "m"], ["1", "2"]]
    google.del_spreadsheet(desk.id)
    with pytest.raises(gspread.SpreadsheetNotFound):
        google.open_by_key(desk.id)
    with pytest.raises(gspread.SpreadsheetNotFound):
        google.open("Desk")


def test_a_foreign_and_an_office_spreadsheet_are_refused(server, book):
    google = client(server)
    server.deny(book.id)
    with pytest.raises(PermissionError):
        google.open_by_key(book.id)
    server.office_mode(book.id)
    with pytest.raises(APIError) as caught:
        google.open_by_key(book.id)
    assert caught.value.error["status"] == "FAILED_PRECONDITION"


def test_every_change_shows_in_drive(server, book, sheet):
    server.clock.set(1_800_000_000)
    sheet.update([[1]], "A1")
    desk = sheet.spreadsheet
    assert desk.get_lastUpdateTime() == "2027-01-15T08:00:00.000Z"
    server.clock.advance(61.5)
    sheet.get("A1")
    assert desk.get_lastUpdateTime() == "2027-01-15T08:00:00.000Z"
    book.tab("售后登记表").type("A1", "x")
    assert desk.get_lastUpdateTime() == "2027-01-15T08:01:01.500Z"


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        ({"startRowIndex": 100, "startColumnIndex": 0, "endColumnIndex": 2}, "T!A101:B"),
        ({"startRowIndex": 100, "endRowIndex": 101, "startColumnIndex": 0, "endColumnIndex": 2}, "T!A101:B101"),
        ({"endRowIndex": 2, "startColumnIndex": 20, "endColumnIndex": 21}, "T!U1:U2"),
        ({"endRowIndex": 2, "startColumnIndex": 20}, "T!U1:2"),
        ({"startRowIndex": 99, "endRowIndex": 103}, None),
        ({"startRowIndex": 3, "endRowIndex": 3}, None),
    ],
)
def test_a_range_may_end_past_the_grid_but_not_start_there(sheet, tab, limits, told):
    """As somebody measured of the live API in 2026."""
    sheet.update_title("T")
    request = {"range": {"sheetId": tab.id, **limits}, "cell": {"note": "x"}, "fields": "note"}
    body = {"requests": [{"repeatCell": request}]}
    if told is None:
        assert sheet.spreadsheet.batch_update(body)["replies"] == [{}]
    else:
        words = f"Invalid requests[0].repeatCell: Range ({told}) exceeds grid limits. Max rows: 100, max columns: 20"
        refused(lambda: sheet.spreadsheet.batch_update(body), words)
    assert tab.rows == 100

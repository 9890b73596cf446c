"""What the world does to a request: quotas, faults, colleagues in between; and the same control from another process."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests
from gspread.exceptions import APIError

from tests.contract.sheets.pointed_here import client
from tests.sheets_server import Clock, Fault, SheetsServer

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def server():
    with SheetsServer() as running:
        yield running


@pytest.fixture
def tab(server):
    return server.create("Desk").tab("Sheet1").fill([["a", 1]])


@pytest.fixture
def sheet(server, tab):
    return client(server).open_by_key(tab.book.id).sheet1


def test_reads_and_writes_have_a_budget_each_that_is_refilled_with_the_minute():
    clock = Clock(1_800_000_030)
    with SheetsServer(clock=clock, quota=(3, 1)) as server:
        book = server.create("Desk")
        sheet = client(server).open_by_key(book.id).sheet1  # two reads
        sheet.get("A1")
        sheet.update([[1]], "A1")
        for call, kind in ((lambda: sheet.get("A1"), "Read"), (lambda: sheet.update([[2]], "A1"), "Write")):
            with pytest.raises(APIError) as caught:
                call()
            error = caught.value.error
            assert (error["code"], error["status"]) == (429, "RESOURCE_EXHAUSTED")
            assert error["message"] == (
                f"Quota exceeded for quota metric '{kind} requests' and limit '{kind} requests per minute per user' "
                "of service 'sheets.googleapis.com' for consumer 'project_number:123456789012'."
            )
            detail = error["details"][0]
            assert (detail["reason"], detail["domain"]) == ("RATE_LIMIT_EXCEEDED", "googleapis.com")
            assert detail["metadata"]["quota_limit"] == f"{kind}RequestsPerMinutePerUser"
        assert book.tabs[0].values() == [[1]]
        clock.advance(30)
        assert sheet.get("A1") == [["1"]]


@pytest.mark.parametrize(
    ("fault", "code", "status"),
    [
        (Fault.RATE_LIMITED, 429, "RESOURCE_EXHAUSTED"),
        (Fault.INTERNAL, 500, "INTERNAL"),
        (Fault.UNAVAILABLE, 503, "UNAVAILABLE"),
        (Fault.UNAUTHENTICATED, 401, "UNAUTHENTICATED"),
    ],
)
def test_a_fault_answers_in_place_of_the_request(server, sheet, tab, fault, code, status):
    server.faults.on("values.update", fault, times=2, retry_after=7)
    for _ in range(2):
        with pytest.raises((APIError, Exception)) as caught:
            sheet.update([["b"]], "A1")
        if fault is not Fault.UNAUTHENTICATED:  # anonymous credentials try to refresh, and cannot
            assert caught.value.error["status"] == status
            assert caught.value.response.headers["Retry-After"] == "7"
    assert tab.cell("A1") == "a"
    assert [call.status for call in server.log if call.kind == "values.update"][-2:] == [code, code]
    sheet.update([["b"]], "A1")
    assert tab.cell("A1") == "b"


def test_some_answers_are_html(server, sheet):
    server.faults.on(1, Fault.UNAVAILABLE_HTML)
    with pytest.raises(APIError) as caught:
        sheet.get("A1")
    assert (caught.value.code, caught.value.response.status_code) == (-1, 503)
    assert caught.value.response.headers["Content-Type"].startswith("text/html")


def test_a_write_may_be_done_though_the_answer_says_503(server, sheet, tab):
    server.faults.on("values.update", Fault.APPLIED_THEN_UNAVAILABLE)
    with pytest.raises(APIError):
        sheet.update([["b"]], "A1")
    assert tab.cell("A1") == "b"


@pytest.mark.parametrize(("fault", "left"), [(Fault.RESET, "a"), (Fault.APPLIED_THEN_RESET, "b")])
def test_a_connection_may_break_before_or_after_the_write(server, sheet, tab, fault, left):
    server.faults.on("values.update", fault)
    with pytest.raises(requests.ConnectionError):
        sheet.update([["b"]], "A1")
    assert tab.cell("A1") == left
    assert sheet.get("A1") == [[left]]


def test_a_request_may_hang_until_the_client_gives_up(server, sheet, tab):
    sheet.client.set_timeout((5, 0.2))
    server.faults.on("spreadsheets.batchUpdate", Fault.HANG, seconds=30)
    with pytest.raises(requests.Timeout):
        sheet.spreadsheet.batch_update({"requests": [{"clearBasicFilter": {"sheetId": 0}}]})
    assert server.log[-1].kind == "spreadsheets.batchUpdate:clearBasicFilter"
    assert sheet.get("A1") == [["a"]]


def test_the_nth_request_is_counted_from_now(server, sheet):
    server.faults.on(2, Fault.INTERNAL)
    assert sheet.get("A1") == [["a"]]
    with pytest.raises(APIError):
        sheet.get("A1")
    assert sheet.get("A1") == [["a"]]


def test_staff_edit_before_and_after_a_request(server, sheet, tab):
    server.before(2, lambda _: tab.insert_rows(at=1))
    server.after(2, lambda _: tab.type("A1", "late"))
    assert sheet.get("A1") == [["a"]]
    assert sheet.get("A1:A2") == [[], ["a"]]
    assert sheet.get("A1:A2") == [["late"], ["a"]]
    server.before_kind("values.batchUpdate", lambda _: tab.rename("Renamed"), times=1)
    with pytest.raises(APIError, match="Unable to parse range"):
        sheet.batch_update([{"range": "A1", "values": [[1]]}])


def test_the_log_tells_what_was_asked(server, sheet):
    first = len(server.log)
    sheet.batch_get(["A1:B2", "C1"])
    sheet.format("A1", {"textFormat": {"bold": True}})
    requests.get(server.url, timeout=5)
    told = [(call.kind, call.status) for call in server.log[first:]]
    assert told == [("values.batchGet", 200), ("spreadsheets.batchUpdate:repeatCell", 200)]
    assert server.log[-1].n == first + 2
    assert server.log[-1].bytes_in > 100
    assert server.log[-1].bytes_out > 50


def test_many_clients_at_once_lose_nothing(server, tab):
    from concurrent.futures import ThreadPoolExecutor

    def append(number: int) -> None:
        client(server).open_by_key(tab.book.id).sheet1.append_row([number])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(append, range(24)))
    assert sorted(row[0] for row in tab.values()[1:]) == list(range(24))


# from another process


def control(server_url, word, body):
    reply = requests.post(f"{server_url}/_control/{word}", json=body, timeout=5)
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_one_command_starts_it_empty_and_it_is_controlled_over_http():
    command = [sys.executable, "-m", "tests.sheets_server", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            url = process.stdout.readline().strip()
            assert url.startswith("http://127.0.0.1:")
            assert requests.post(f"{url}/token", data={"grant_type": "x"}, timeout=5).json()["token_type"] == "Bearer"
            assert control(url, "books", {}) == {"books": []}
            made = requests.post(f"{url}/v4/spreadsheets", json={"properties": {"title": "Desk"}}, timeout=5).json()
            book = made["spreadsheetId"]
            control(
                url,
                "tab",
                {"book": book, "title": "登记", "rows": 50, "columns": 5, "values": [["T-1", 2], [None, "x"]]},
            )
            where = {"book": book, "tab": "登记"}
            control(url, "staff", {**where, "do": "type", "where": "C1", "text": "=B1*2"})
            control(url, "before", {"on": "values.get", "edit": {**where, "do": "insert_rows", "at": 1}})
            reply = requests.get(f"{url}/v4/spreadsheets/{book}/values/登记", timeout=5).json()
            assert reply["values"] == [[], ["T-1", "2", "4"], ["", "x"]]
            assert control(url, "staff", {**where, "do": "values"})["result"] == [[], ["T-1", 2, 4], ["", "x"]]
            control(url, "fault", {"on": 1, "fault": "UNAVAILABLE"})
            assert requests.get(f"{url}/v4/spreadsheets/{book}", timeout=5).status_code == 503
            assert [call["status"] for call in control(url, "log", {})["calls"]] == [200, 200, 503]
            assert "<table" in requests.get(url, timeout=5).text
            page = requests.get(f"{url}/_page/tab", params={"book": book, "tab": tab_id(url, book)}, timeout=5).json()
            assert page["cells"][1] == ["T-1", ["2"], ["4"]]
        finally:
            process.terminate()
        assert process.wait(10) == 0
        assert process.stdout.read() == ""


def tab_id(url, book):
    books = control(url, "books", {})["books"]
    return next(tab["id"] for one in books if one["id"] == book for tab in one["tabs"] if tab["title"] == "登记")


def test_a_big_register_is_read_and_written_in_good_time(server):
    tab = server.create("Big").add_tab("登记", rows=10, columns=86)
    started = time.process_time()
    tab.fill([[f"T-{row}", *range(45)] for row in range(20_000)])
    ranges = [{"range": f"登记!A{row}:H{row}", "values": [[None, "x", 2, 3, 4, 5, 6, "y"]]} for row in range(2, 5_002)]
    body = {"valueInputOption": "RAW", "includeValuesInResponse": True, "data": ranges}
    base = f"{server.url}/v4/spreadsheets/{tab.book.id}/values:"
    assert requests.post(base + "batchUpdate", json=body, timeout=30).json()["totalUpdatedCells"] == 35_000
    read = requests.get(base + "batchGet", params={"ranges": "登记!A1:CH2500"}, timeout=30).json()
    assert len(read["valueRanges"][0]["values"]) == 2500
    assert time.process_time() - started < 5  # about one second where this was written

"""The same calls against a server that behaves as Google's: what is written stands there, what is refused is named."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tests.sheets_server import Fault, SheetsServer
from toolkit.core.errors import BookError
from toolkit.gateways.google.api import SheetsApi
from toolkit.gateways.google.client import SheetsHTTP, Timeouts
from toolkit.gateways.google.credentials import account
from toolkit.gateways.google.errors import LayoutChangedError, UnknownOutcomeError
from toolkit.gateways.google.quota import Pace


@pytest.fixture
def server():
    with SheetsServer() as one:
        yield one


@pytest.fixture
def book(server):
    one = server.create("desk", time_zone="Asia/Shanghai")
    one.add_tab("工单", rows=20, columns=5).fill([["号", "电话", "状态"], ["T-1", "0138", ""], ["T-2", 7, ""]])
    return one


@pytest.fixture
def api(server, book, time):
    return _api(server, book.id, time)


def _api(server, book_id, time, pace=None):
    who = account(None, server.url)

    def sleep(seconds):
        time.sleep(seconds)
        server.clock.advance(seconds)

    http = SheetsHTTP(
        who.credentials,
        endpoint=server.url,
        pace=pace,
        timeouts=Timeouts(1, 0.3, 0.3),
        clock=time,
        sleep=sleep,
        jitter=float,
    )
    return SheetsApi("main", book_id, who, endpoint=server.url, http=http)


def _read(api, *ranges):
    return [one.get("values", []) for one in json.loads(api.read(ranges))["valueRanges"]]


WRITE = [{"range": "'工单'!A2:C2", "values": [[None, None, "已修"]]}]


def test_what_is_written_comes_back_and_is_read_again(api):
    assert api.metadata("properties.timeZone") == {"properties": {"timeZone": "Asia/Shanghai"}}
    assert api.write([*WRITE, {"range": "'工单'!C3", "values": [["=1+1"]]}]) == [
        {"range": "'工单'!A2:C2", "majorDimension": "ROWS", "values": [["T-1", "0138", "已修"]]},
        {"range": "'工单'!C3", "majorDimension": "ROWS", "values": [["=1+1"]]},
    ]
    assert _read(api, "'工单'!A1:C", "'工单'!E1:E9") == [
        [["号", "电话", "状态"], ["T-1", "0138", "已修"], ["T-2", 7, "=1+1"]],
        [],
    ]
    assert api.calls == 3


@pytest.mark.parametrize("fault", [Fault.APPLIED_THEN_UNAVAILABLE, Fault.APPLIED_THEN_RESET, Fault.UNAVAILABLE])
def test_a_write_whose_reply_is_lost_is_sent_once_and_the_cells_tell(server, api, book, fault):
    server.faults.on("values.batchUpdate", fault, times=9)
    with pytest.raises(UnknownOutcomeError):
        api.write(WRITE)
    assert api.calls == 1
    stands = fault is not Fault.UNAVAILABLE
    assert _read(api, "'工单'!C2") == [[["已修"]] if stands else []]


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.HANG, Fault.UNAVAILABLE_HTML, Fault.INTERNAL, Fault.RATE_LIMITED])
def test_a_read_gets_through_whatever_happens_twice(server, api, time, fault):
    server.faults.on("values.batchGet", fault, times=2, seconds=0.5)
    assert _read(api, "'工单'!A2") == [[["T-1"]]]
    assert time.sleeps == [1, 2]


def test_what_staff_do_to_tabs_meanwhile_is_a_layout_that_changed(server, api, book):
    tab = book.tab("工单")
    for call in (
        lambda: api.read(["'工单'!A900:A30000"]),
        lambda: api.write([{"range": "'工单'!A900", "values": [["x"]]}]),
    ):
        with pytest.raises(LayoutChangedError, match="exceeds grid limits"):
            call()
    tab.rename("旧")
    for call in (lambda: api.read(["'工单'!A1"]), lambda: api.write(WRITE)):
        with pytest.raises(LayoutChangedError, match="Unable to parse range"):
            call()
    book.delete_tab("旧")
    row = {"sheetId": tab.id, "dimension": "ROWS", "length": 1}
    with pytest.raises(LayoutChangedError):
        api.change([{"appendDimension": row}])


def test_a_book_that_is_not_there_not_ours_or_no_sheet(server, book, time):
    with pytest.raises(BookError, match="between /d/ and /edit"):
        _api(server, "nowhere", time).metadata("sheets")
    server.deny(book.id)
    with pytest.raises(BookError, match="share the sheet with"):
        _api(server, book.id, time).metadata("sheets")
    server.office_mode(book.id)
    with pytest.raises(BookError, match="Save as Google Sheets"):
        _api(server, book.id, time).metadata("sheets")


def test_a_protected_cell_names_who_is_to_be_let_in_and_nothing_is_written(api, book):
    book.tab("工单").protect("C3")
    with pytest.raises(BookError, match="is protected: let the account of the credentials file edit it"):
        api.write([*WRITE, {"range": "'工单'!C3", "values": [["x"]]}])
    assert _read(api, "'工单'!C2:C3") == [[]]


def test_two_hundred_calls_at_our_pace_never_meet_googles_quota(book, server, time, tmp_path):
    server.service.quota.limits = {"Read": 60, "Write": 60}
    start = server.clock.now()

    def now():
        return server.clock.now().timestamp()

    server.clock.set(start)
    pace = Pace(tmp_path / "pace", clock=now, sleep=server.clock.advance)
    for _ in range(50):
        one = _api(server, book.id, time, pace)
        for _ in range(4):
            one.read(["'工单'!A1"])
    assert [call.status for call in server.log if call.status != 200] == []
    assert server.clock.now() - start < timedelta(minutes=4)
    assert time.sleeps == []

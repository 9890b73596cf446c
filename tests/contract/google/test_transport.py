"""What goes over the wire, what is asked again, and what never is."""

from __future__ import annotations

import gzip
import json
import logging

import gspread
import pytest

from tests.contract.google.scripted import CUT, HANG, RESET, SLOW, Answer, refusal
from tests.contract.sender_samples import free_port
from toolkit.core.errors import BookError
from toolkit.gateways.google.address import at, is_loopback
from toolkit.gateways.google.api import open_api
from toolkit.gateways.google.client import SheetsHTTP, Timeouts
from toolkit.gateways.google.credentials import account
from toolkit.gateways.google.errors import LayoutChangedError, UnknownOutcomeError
from toolkit.gateways.google.quota import Pace
from toolkit.gateways.google.retries import retry_after

VALUES = {"valueRanges": [{"range": "T!A1:B2", "majorDimension": "ROWS", "values": [["号", 1], ["a"]]}]}
DATA = [{"range": "'客户'!A2:B2", "values": [[None, "已修"]]}]
ECHO = {"responses": [{"updatedData": {"range": "'客户'!A2:B2", "values": [["T-1", "已修"]]}}]}


def test_a_read_asks_for_all_ranges_at_once_and_gives_the_body_as_it_came(script, api):
    server = script(Answer(body=VALUES))
    one = api(server)
    assert json.loads(one.read(["'客户 a'!A1:B", "T!C:C"])) == VALUES
    (asked,) = server.asked
    assert (asked.method, asked.path) == ("GET", "/v4/spreadsheets/KEY/values:batchGet")
    assert asked.query == {
        "ranges": ["'客户 a'!A1:B", "T!C:C"],
        "majorDimension": ["ROWS"],
        "valueRenderOption": ["UNFORMATTED_VALUE"],
        "dateTimeRenderOption": ["SERIAL_NUMBER"],
    }
    assert one.calls == 1
    one.read(["T!A1"], formulas=True)
    assert server.asked[1].query["valueRenderOption"] == ["FORMULA"]


def test_metadata_is_asked_by_a_field_mask(script, api):
    server = script(Answer(body={"properties": {"timeZone": "Asia/Shanghai"}}))
    assert api(server).metadata("properties.timeZone", ["A1"]) == {"properties": {"timeZone": "Asia/Shanghai"}}
    assert server.asked[0].path == "/v4/spreadsheets/KEY"
    assert server.asked[0].query == {"fields": ["properties.timeZone"], "ranges": ["A1"]}


def test_a_write_is_raw_utf8_and_brings_back_what_stands_there(script, api):
    server = script(Answer(body=ECHO))
    assert api(server).write(DATA) == [{"range": "'客户'!A2:B2", "values": [["T-1", "已修"]]}]
    (asked,) = server.asked
    assert (asked.method, asked.path) == ("POST", "/v4/spreadsheets/KEY/values:batchUpdate")
    assert "已修".encode() in asked.body
    assert asked.headers["Content-Type"].startswith("application/json")
    assert int(asked.headers["Content-Length"]) == len(asked.body)
    assert json.loads(asked.body) == {
        "valueInputOption": "RAW",
        "includeValuesInResponse": True,
        "responseValueRenderOption": "UNFORMATTED_VALUE",
        "responseDateTimeRenderOption": "SERIAL_NUMBER",
        "data": DATA,
    }


def test_changes_go_in_one_batch_and_each_has_its_reply(script, api):
    server = script(Answer(body={"replies": [{}, {"addSheet": {"properties": {"sheetId": 7}}}]}))
    changes = [{"insertDimension": {}}, {"addSheet": {}}]
    assert api(server).change(changes) == [{}, {"addSheet": {"properties": {"sheetId": 7}}}]
    assert server.asked[0].path == "/v4/spreadsheets/KEY:batchUpdate"
    assert json.loads(server.asked[0].body) == {"requests": changes}


def test_nothing_to_do_asks_nothing(script, api):
    server = script()
    one = api(server)
    assert (one.read([]), one.write([]), one.change([])) == (b'{"valueRanges":[]}', [], [])
    assert (one.calls, server.asked) == (0, [])


def test_a_compressed_reply_is_taken(script, api):
    packed = gzip.compress(json.dumps(VALUES).encode())
    server = script(Answer(body=packed, headers={"Content-Encoding": "gzip"}))
    assert json.loads(api(server).read(["A1"])) == VALUES
    assert "gzip" in server.asked[0].headers["Accept-Encoding"]
    assert "gzip" in server.asked[0].headers["User-Agent"]  # Google wants the word in both


PASSING = [
    *(refusal(status) for status in (408, 429, 500, 502, 503, 504)),
    Answer(503, b"<html>out of order</html>", {"Content-Type": "text/html"}),
    refusal(403, "Rate Limit Exceeded", errors=[{"domain": "usageLimits", "reason": "userRateLimitExceeded"}]),
    Answer(trouble=HANG),
    Answer(trouble=RESET),
    Answer(body=VALUES, trouble=CUT),
    Answer(body=b'{"valueRanges":[{"values":[["a"'),
]


@pytest.mark.parametrize("answer", PASSING, ids=lambda one: f"{one.status}{one.trouble}")
def test_a_read_that_fails_in_passing_is_asked_again(script, api, time, answer):
    server = script(answer, answer, Answer(body=VALUES))
    one = api(server)
    assert json.loads(one.read(["A1"])) == VALUES
    assert time.sleeps == [1.5, 2.5]
    assert one.calls == 3


@pytest.mark.parametrize(
    "answer", [refusal(status, "no") for status in (400, 401, 403, 404, 413)], ids=lambda a: a.status
)
def test_a_read_that_is_refused_is_not_asked_again(script, api, time, answer):
    server = script(answer)
    with pytest.raises(BookError):
        api(server).read(["A1"])
    assert time.sleeps == []
    assert len(server.asked) == 1


UNKNOWN = [
    *(refusal(status) for status in (408, 500, 502, 503, 504)),
    Answer(trouble=HANG),
    Answer(trouble=RESET),
    Answer(body=ECHO, trouble=CUT),
    Answer(body=b'{"responses":[{'),
    Answer(body=b'{"responses":[}}'),
    Answer(body=b"<html>sign in</html>", headers={"Content-Type": "text/html"}),
    Answer(302, b"", {"Location": "http://login.example/"}),
    Answer(body={"responses": []}),
    Answer(body={"responses": [{}]}),
    Answer(body={}),
]


@pytest.mark.parametrize("answer", UNKNOWN, ids=lambda one: f"{one.status}{one.trouble}")
def test_a_write_of_unknown_outcome_is_said_so_at_once_and_never_sent_again(script, api, time, answer):
    server = script(answer)
    with pytest.raises(UnknownOutcomeError):
        api(server).write(DATA)
    with pytest.raises(UnknownOutcomeError):
        api(server).change([{"addSheet": {}}])
    assert time.sleeps == []
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    "answer",
    [refusal(429), refusal(403, errors=[{"domain": "usageLimits", "reason": "rateLimitExceeded"}])],
    ids=lambda one: one.status,
)
def test_a_write_that_hit_the_quota_was_not_made_and_is_sent_again_as_it_was(script, api, time, answer):
    server = script(answer, Answer(body=ECHO))
    data = [dict(one) for one in DATA]
    assert api(server).write(data)
    assert server.asked[0].body == server.asked[1].body
    assert data == DATA
    assert time.sleeps == [1.5]


def test_a_write_that_finds_nobody_to_talk_to_is_tried_until_the_deadline(api, time):
    one = api(None, url=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(BookError, match="connection is refused"):
        one.write(DATA)
    assert time.sleeps == [1.5, 2.5, 4.5, 8.5, 16.5, 32.5, 32.5, 32.5, 32.5]
    assert 1000 + 180 - 33 < time.now < 1000 + 180


def test_the_deadline_ends_a_read_that_never_works(script, api, time):
    server = script(refusal(503))
    with pytest.raises(BookError, match="answers 503 all the time"):
        api(server).read(["A1"])
    assert time.now < 1180
    assert len(server.asked) == len(time.sleeps) + 1


def test_a_server_that_says_when_to_come_back_is_obeyed(script, api, time):
    server = script(Answer(429, {}, {"Retry-After": "7"}), Answer(body=VALUES))
    api(server).read(["A1"])
    assert time.sleeps == [7]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("7", 7), (" 0 ", 0), ("Sun, 22 Nov 2026 22:10:19 GMT", 10), ("soon", 0), ("", 0), ("-5", 0)],
)
def test_when_to_come_back_is_a_number_or_a_date_by_the_servers_own_clock(text, seconds):
    assert retry_after({"Retry-After": text, "Date": "Sun, 22 Nov 2026 22:10:09 GMT"}) == seconds


def test_a_server_that_asks_for_more_time_than_there_is_ends_it(script, api, time):
    server = script(Answer(503, {}, {"Retry-After": "3600"}))
    with pytest.raises(BookError):
        api(server).read(["A1"])
    assert (time.sleeps, len(server.asked)) == ([], 1)


def test_waiting_for_our_turn_is_not_counted_but_the_minute_after_a_429_is(script, api, time, tmp_path):
    pace = Pace(tmp_path / "pace", reads=2, clock=time, sleep=time.sleep)
    server = script(Answer(body=VALUES))
    one = api(server, pace=pace)
    for _ in range(8):
        one.read(["A1"])
    assert time.now == 1180  # three minutes of our own queue, and nothing given up
    server.answers = [refusal(429)]
    start = time.now
    with pytest.raises(BookError, match="quota"):
        one.read(["A1"])
    assert time.now - start < 60 + 180 + 1  # its own turn came after a minute


def test_a_tab_that_is_gone_is_a_layout_that_changed(script, api):
    for message in (
        "Unable to parse range: 旧!A1",
        "Range (T!A1112:A1131) exceeds grid limits. Max rows: 1000, max columns: 26",
        "Invalid requests[0].updateCells: No grid with id: 7",
    ):
        server = script(refusal(400, message, "INVALID_ARGUMENT"))
        for call in (lambda one: one.read(["A1"]), lambda one: one.write(DATA), lambda one: one.change([{"x": {}}])):
            with pytest.raises(LayoutChangedError):
                call(api(server))


def test_a_big_body_leaves_in_pieces_so_that_a_thin_line_has_time(script, api):
    server = script(Answer(body=ECHO, trouble=SLOW))
    data = [{"range": "A1", "values": [["客" * 2_000_000]]}]
    api(server, timeouts=Timeouts(connect=0.3, read=2, long=4)).write(data)
    assert json.loads(server.asked[0].body)["data"] == data


def test_no_number_that_json_does_not_know_is_sent(script, api):
    server = script()
    with pytest.raises(ValueError, match="JSON"):
        api(server).write([{"range": "A1", "values": [[float("nan")]]}])
    assert server.asked == []


def test_half_a_character_stops_no_write(script, api):
    server = script(Answer(body=ECHO))
    api(server).write([{"range": "A1", "values": [["a\ud83dz"]]}])
    assert json.loads(server.asked[0].body)["data"][0]["values"] == [["a?z"]]


def test_the_log_has_calls_and_sizes_and_no_secrets_queries_or_cells(script, api, caplog):
    server = script(refusal(503), Answer(body=VALUES), Answer(body=ECHO))
    with caplog.at_level(logging.DEBUG, logger="toolkit.google"):
        one = api(server)
        one.read(["'客户'!A1:B"])
        one.write(DATA)
    lines = [record.getMessage() for record in caplog.records if record.name == "toolkit.google"]
    assert [line.split(",")[0] for line in lines] == [
        "GET /v4/spreadsheets/KEY/values:batchGet: 503",
        "try 1 failed (503)",
        "GET /v4/spreadsheets/KEY/values:batchGet: 200",
        "POST /v4/spreadsheets/KEY/values:batchUpdate: 200",
    ]
    assert "bytes" in lines[0]
    for secret in ("Bearer", "local", "客户", "已修", "T-1"):
        assert secret not in "\n".join(lines)


def test_a_proxy_stands_aside_for_this_computer_only(script, api, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    server = script(Answer(body=VALUES))
    api(server).read(["A1"])
    for abroad in (None, "http://sheets.example"):
        assert SheetsHTTP(account(None, server.url).credentials, endpoint=abroad).session.trust_env
    with pytest.raises(BookError, match="proxy"):
        api(None, url="http://sheets.example").read(["A1"])


def test_gspread_itself_works_through_this_client(script, time):
    sheet = {"sheetId": 0, "title": "T", "index": 0, "gridProperties": {"rowCount": 9, "columnCount": 3}}
    book = {"spreadsheetId": "KEY", "properties": {"title": "b"}, "sheets": [{"properties": sheet}]}
    server = script(Answer(body=book), Answer(body=book), Answer(body=VALUES))

    class Client(SheetsHTTP):
        def __init__(self, auth, session=None):
            super().__init__(auth, session, endpoint=server.url, clock=time, sleep=time.sleep)

    client = gspread.authorize(account(None, server.url).credentials, http_client=Client)
    assert client.open_by_key("KEY").worksheet("T").batch_get(["A1:B2"]) == [[["号", 1], ["a"]]]


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://[::1]:8000/", True),
        ("http://localhost", True),
        ("http://127.9.9.9", True),
        ("http://192.168.1.4", False),
        ("http://localhost.example", False),
        ("https://sheets.example", False),
        ("nonsense", False),
        ("", False),
        (None, False),
    ],
)
def test_what_is_this_computer(endpoint, expected):
    assert is_loopback(endpoint) is expected


def test_addresses_of_sheets_and_drive_move_to_the_endpoint_and_no_others():
    sheets, drive = "https://sheets.googleapis.com/v4/spreadsheets/K", "https://www.googleapis.com/drive/v3/files/K"
    assert [at(one, "http://h:1/") for one in (sheets, drive)] == [
        "http://h:1/v4/spreadsheets/K",
        "http://h:1/drive/v3/files/K",
    ]
    assert at("https://www.googleapis.com.example/x", "http://h:1") == "https://www.googleapis.com.example/x"
    assert [at(sheets, None), at(drive, "")] == [sheets, drive]


def test_a_whole_address_in_place_of_the_id_leads_nowhere_else(script):
    server = script(refusal(404, "Requested entity was not found.", "NOT_FOUND"))
    with pytest.raises(BookError, match="between /d/ and /edit"):
        open_api("main", "../x?a=b#c", None, server.url).metadata("sheets")
    assert server.asked[0].path == "/v4/spreadsheets/..%2Fx%3Fa%3Db%23c"


def test_a_write_is_waited_for_until_google_itself_gives_up(script, api):
    one = api(script(Answer(body=ECHO)), timeouts=Timeouts())
    one.write(DATA)
    assert one._http.timeout == (5, 180)
    one.read(["A1"])
    assert one._http.timeout == (5, 180)
    one.metadata("sheets")
    assert one._http.timeout == (5, 60)
    one.close()


def test_where_a_person_finds_it(script, api):
    server = script()
    assert api(server).location == f"{server.url}/spreadsheets/d/KEY"

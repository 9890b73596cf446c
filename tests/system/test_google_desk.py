"""The demo desk on Google Sheets: the same plan, the same letters, the same cells as in a workbook."""

from __future__ import annotations

from datetime import datetime

import pytest

from benchmarks.big_desk import build
from tests.sheets_server import SheetsServer
from tests.system.desks import NOW, Desk, demo, plain, sheets
from tests.system.google_desks import as_google_shows, google_demo, on_google
from toolkit.gateways.google.cells import is_same

SLACK = 60 / 86400
"""Days: the moments at which the two runs sent their letters are a little apart."""
LATER = "2026-11-25T10:00"


@pytest.fixture
def server():
    with SheetsServer(port=0) as running:
        yield running


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_plan_letters_and_cells_are_those_of_the_workbook(tmp_path, server, locale):
    excel = demo(tmp_path / "excel", locale=locale)
    google = google_demo(tmp_path / "google", server, locale=locale)
    for now in (NOW, LATER):
        plans = [one.plan(now) for one in (excel, google)]
        for name in ("edits", "appends", "messages", "findings"):
            assert plans[1][name] == plans[0][name], name
        assert plans[1]["edits"] or now != NOW
        runs = [one.run(now) for one in (excel, google)]
        assert runs[1]["applied"]["conflicts"] == []
        for name in ("edits", "appends"):
            assert runs[1]["applied"][name] == runs[0]["applied"][name], name
        assert different_cells(excel, google) == []
        letters = [sorted(plain(file) for file in one.files()) for one in (excel, google)]
        assert letters[1] == letters[0]
        again = google.plan(now)
        assert [len(again[name]) for name in ("edits", "appends", "messages")] == [0, 0, 0]


def different_cells(excel, google):
    found = []
    for title, rows in sheets(excel.workbook).items():
        shown = google.book.tab(title).values()
        for number, row in enumerate(rows):
            there = shown[number] if number < len(shown) else []
            for column, value in enumerate(row):
                other = there[column] if column < len(there) else None
                wanted = as_google_shows(value)
                if isinstance(value, datetime) and isinstance(other, float | int):
                    other = wanted if abs(other - wanted) < SLACK else other
                if not is_same(other, wanted):
                    found.append((title, number + 1, column + 1, value, other))
    return found


def test_a_run_makes_few_calls_and_a_quiet_one_two(tmp_path, server):
    desk = google_demo(tmp_path, server)
    first = desk.run(NOW)["applied"]["api_calls"]
    assert first == len([one for one in server.log if one.kind != "token"])
    assert first <= 15
    assert desk.run(LATER)["applied"]["api_calls"] <= 15
    quiet = desk.run("2026-11-25T10:01")["applied"]
    assert (quiet["edits"], quiet["api_calls"]) == (0, 2)


def test_the_calls_do_not_grow_with_the_rows(tmp_path, server):
    calls = {}
    for rows in (400, 1800):
        build(rows, tmp_path / str(rows), 0)
        desk = on_google(Desk(tmp_path / str(rows), "zh-CN"), server)
        done = desk.run(NOW, code=None)["applied"]
        assert done["edits"] > rows
        calls[rows] = done["api_calls"]
    assert calls[400] == calls[1800] <= 20

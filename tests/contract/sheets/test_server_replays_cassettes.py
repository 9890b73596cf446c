"""Recorded replies of the real Sheets and Drive, asked again of the local server: every one must be equal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.sheets_server.replay import replay_file, replay_folder

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "data" / "gspread-cassettes"
FILES = sorted(FOLDER.glob("*.json")) if FOLDER.is_dir() else []
pytestmark = pytest.mark.skipif(
    not FILES, reason="the recordings are not beside this checkout (../shared/data/gspread-cassettes)"
)


def test_every_recorded_reply_is_equal():
    equal, total, notes = replay_folder(FOLDER)
    assert notes == []
    assert (len(FILES), equal, total) == (39, 661, 661)


def changed(tmp_path, name, old, new):
    text = (FOLDER / name).read_text("utf-8")
    cassette = json.loads(text)
    hit = 0
    for one in cassette["interactions"]:
        body = one["response"]["body"]
        if old in (body.get("string") or ""):
            body["string"] = body["string"].replace(old, new)
            hit += 1
    assert hit
    path = tmp_path / name
    path.write_text(json.dumps(cassette), "utf-8")
    return hit, replay_file(path)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("WorksheetTest.test_sort.json", '"Elephant"', '"Elephants"'),
        ("WorksheetTest.test_sort.json", '"updatedCells": 18', '"updatedCells": 17'),
        ("WorksheetTest.test_freeze.json", '"frozenRowCount": 2', '"frozenRowCount": 3'),
        ("WorksheetTest.test_get_notes.json", "{},", '{"note": ""},'),
        ("WorksheetTest.test_clear.json", '"majorDimension": "ROWS"', '"majorDimension": "ROWS", "values": []'),
    ],
)
def test_the_comparison_notices_a_recording_that_says_something_else(tmp_path, name, old, new):
    hit, (equal, total, notes) = changed(tmp_path, name, old, new)
    assert total - equal == hit
    assert notes

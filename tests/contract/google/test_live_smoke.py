"""The script for the person who has a Google account, tried on the local server: all its checks pass, and it cleans up."""

from __future__ import annotations

import pytest

from tests.live import google_smoke
from tests.sheets_server import SheetsServer


@pytest.mark.parametrize("carries", [False, True])
def test_the_live_smoke_script_runs_through_and_leaves_nothing(monkeypatch, capsys, carries):
    with SheetsServer(port=0, sort_carries_metadata=carries) as server:
        book = server.create("empty")
        before = [tab.title for tab in book.tabs]
        monkeypatch.setattr("sys.argv", ["google_smoke", "--google", book.id, "--endpoint", server.url])
        assert google_smoke.main() == 0
        assert [tab.title for tab in book.tabs] == before
    told = capsys.readouterr().out
    assert told.count("\nok ") == 5
    assert ("row metadata follows" in told) is carries

"""A hundred thousand rows at once: journals in lines, spans and marks in bulk; the same answers as row by row."""

from __future__ import annotations

import json
import zlib
from datetime import UTC, datetime, timedelta

from toolkit.core.actions import Observation, RowId
from toolkit.core.memory import ByRow, Span
from toolkit.gateways.state.tables import journal

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def write(row, column="due", new=1):
    return {"key": f"T{row}", "row": row, "column": column, "old": None, "new": new}


def seen(row, value, column="status"):
    return Observation(RowId("main", "tickets", f"T{row}", row), column, value)


def test_a_long_journal_comes_back_in_the_order_in_which_it_was_written(state):
    run = state.begin_run(NOW, NOW, ["tickets"])
    writes = [write(row, column) for row in range(1000) for column in ("due", "check")] + [write(3, "updated_at", NOW)]
    state.journal(run, "main", "tickets", iter(writes), NOW)
    (kept,) = state.journalled(run)
    assert list(kept.writes) == writes


def test_the_last_writes_of_a_few_rows_and_of_many_are_found_in_it(state):
    run = state.begin_run(NOW, NOW, ["tickets"])
    state.journal(run, "main", "tickets", [write(row) for row in range(1000)], NOW)
    state.journal(run, "main", "tickets", [write(7, new="中")], NOW)
    assert state.last_written(frozenset({("main", "tickets", "T7")})) == {("main", "tickets", "T7"): {"due": "中"}}
    many = frozenset(("main", "tickets", f"T{row}") for row in range(5, 55))
    assert state.last_written(many).keys() == many


def test_a_journal_of_an_earlier_version_is_still_read(state):
    run = state.begin_run(NOW, NOW, ["tickets"])
    blob = zlib.compress(json.dumps([write(1), write(2, "check", "x")]).encode())
    with state.transaction() as tx:
        row = {"run_id": run, "book": "main", "register": "tickets", "writes": blob, "created_at": NOW}
        tx.execute(journal.insert(), row)
    assert list(state.journalled(run)[0].writes) == [write(1), write(2, "check", "x")]
    assert state.last_written(frozenset({("main", "tickets", "T2")})) == {("main", "tickets", "T2"): {"check": "x"}}


def test_only_what_changed_ends_a_span_and_begins_one(state):
    run = state.begin_run(NOW, NOW, ["tickets"])
    first = state.record(run, NOW, [seen(row, "new") for row in range(500)])
    again = state.record(run, LATER, [seen(row, "done" if row < 3 else "new") for row in range(500)], seen_before=NOW)
    assert (first.opened, first.closed, again.opened, again.closed) == (500, 0, 3, 3)
    spans = state.memory(["main"]).spans
    assert spans["main", "tickets", "T1"]["status"] == (Span("new", NOW, NOW), Span("done", LATER))
    assert spans["main", "tickets", "T9"]["status"] == (Span("new", NOW),)


def test_rows_that_were_seen_alike_share_what_is_remembered(state):
    run = state.begin_run(NOW, NOW, ["tickets"])
    state.record(run, NOW, [seen(row, "new") for row in range(9)])
    state.record(run, NOW, [seen(row, "V1@x", "visit") for row in (4, 5)])
    rows = state.memory(["main"]).spans.of("main", "tickets")
    assert rows["T1"] is rows["T2"]
    assert rows["T4"] is rows["T5"]
    assert rows["T4"].keys() == {"status", "visit"}


def test_marks_that_did_not_change_are_not_written(state):
    marks = [(("main", "tickets", f"T{row}"), row) for row in range(500)]
    assert state.leave(iter(marks)) == 500
    assert state.leave([*marks[:499], (marks[499][0], 0)]) == 1
    assert state.memory(["main"]).marks["main", "tickets", "T499"] == 0
    assert state.memory(["other"]).marks == {}


def test_rows_by_register_are_one_mapping():
    rows = ByRow({("main", "tickets"): {"T1": 1}, ("main", "surveys"): {"C1": 2}})
    assert dict(rows) == {("main", "tickets", "T1"): 1, ("main", "surveys", "C1"): 2}
    assert (len(rows), rows.get(("main", "staff", "S1")), rows.of("other", "tickets")) == (2, None, {})

"""What runs saw comes back as the memory that rules read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.exc import IntegrityError

from tests.contract.outbox_samples import (
    MINUTE,
    NOW,
    key,
    letter,
    send,
)
from toolkit.core.actions import Observation, Reservation, RowId
from toolkit.core.memory import Span
from toolkit.core.message import (
    Accepted,
    Rejected,
)


def seen(row, column, value):
    return Observation(RowId("main", "tickets", row, 2), column, value)


def test_spans_open_close_and_open_again(state):
    story = ["open", "open", "done", "open"]
    run = state.begin_run(NOW, NOW, [])
    wrote = [
        state.record(
            run, NOW + i * MINUTE, [seen("T1", "status", v)], seen_before=NOW + (i - 1) * MINUTE if i else None
        )
        for i, v in enumerate(story)
    ]
    assert [(w.opened, w.closed) for w in wrote] == [(1, 0), (0, 0), (1, 1), (1, 1)]
    assert state.memory(["main"]).spans["main", "tickets", "T1"]["status"] == (
        Span("open", NOW, NOW + MINUTE),
        Span("done", NOW + 2 * MINUTE, NOW + 2 * MINUTE),
        Span("open", NOW + 3 * MINUTE),
    )


def test_a_row_without_a_key_is_passed_over_and_one_not_seen_keeps_its_spans(state):
    run = state.begin_run(NOW, NOW, [])
    state.record(run, NOW, [seen("T1", "status", "open"), seen(None, "status", "new")])
    state.record(run, NOW + MINUTE, [])
    assert state.memory(["main"]).spans == {("main", "tickets", "T1"): {"status": (Span("open", NOW),)}}


def test_a_key_that_stands_twice_does_not_flicker(state):
    twice = [seen("T1", "status", "open"), seen("T1", "status", "done")]
    state.record(state.begin_run(NOW, NOW, []), NOW, twice)
    again = state.record(1, NOW + MINUTE, twice)
    assert (again.opened, again.closed) == (0, 0)


def test_memory_is_that_of_the_books_asked_for_and_of_no_book(state):
    run = state.begin_run(NOW, NOW, [])
    elsewhere = Observation(RowId("other", "tickets", "T1", 2), "status", "open")
    state.record(run, NOW, [seen("T1", "status", "open"), elsewhere])
    digest = "||2026-11-23|digest||0||staff:S03|email"
    state.queue([letter(digest), letter(key().replace("main", "other"), book="other")], at=NOW)
    memory = state.memory(["main"])
    assert set(memory.spans) == {("main", "tickets", "T1")}
    assert memory.occasions == {digest}


def test_times_go_in_with_any_offset_and_come_out_in_utc(state):
    china = timezone(timedelta(hours=8))
    state.begin_run(NOW.astimezone(china), NOW, [])
    found = state.last_run_at()
    assert (found, found.tzinfo) == (NOW, UTC)


def test_a_naive_time_is_refused(state):
    with pytest.raises(Exception, match="naive"):
        state.begin_run(datetime(2026, 11, 23), NOW, [])


def test_a_number_is_promised_once_and_never_to_two_rows(state):
    run = state.begin_run(NOW, NOW, [])
    promise = Reservation("main", "tickets", "f1", 0, "T-20261123-001")
    assert [state.record(run, NOW, [], [promise]).reserved for _ in range(2)] == [1, 0]
    assert state.memory(["main"]).reservations == {("main", "tickets", "f1", 0): "T-20261123-001"}
    with pytest.raises(IntegrityError):
        state.record(run, NOW, [], [replace(promise, fingerprint="f2")])


def test_sent_is_the_newest_letter_that_reached_somebody_for_each_row_it_spoke_of(state):
    both = letter(key("T1"), key("T2", "due"))
    state.queue([both, letter(key("T1", "survey"))], at=NOW)
    send(state, Accepted())
    send(state, Rejected("550"), NOW + MINUTE)
    found = state.memory(["main"]).sent
    assert {row: (s.notice, s.at) for (_, _, row), s in found.items()} == {"T1": ("visit", NOW), "T2": ("due", NOW)}


def test_told_is_when_a_letter_whose_moment_the_sheet_shows_first_left_and_heard_when_the_customer_last_heard(state):
    first = letter(key("T1", "store-followup", role="store:ST1"), role="store:ST1")
    again = letter(key("T1", "store-followup", "again", role="store:ST1"), role="store:ST1")
    state.queue([letter(key("T1", "received")), first], at=NOW)
    send(state, Accepted())
    send(state, Accepted())
    state.queue([again], at=NOW + MINUTE)
    send(state, Accepted(), NOW + MINUTE)
    found = state.memory(["main"])
    assert found.told == {("main", "tickets", "T1", "store-followup"): NOW}
    assert found.heard == {("main", "tickets", "T1"): NOW}

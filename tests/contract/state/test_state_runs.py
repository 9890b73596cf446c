"""Runs, slots and the journal."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from tests.contract.outbox_samples import (
    MINUTE,
    NOW,
)


def test_runs_know_the_first_and_the_last_moment(state):
    assert state.first_run_at() is None
    one = state.begin_run(NOW, NOW, ["tickets", "orders"])
    state.end_run(one, NOW + MINUTE, "ok", {"edits": 3})
    state.begin_run(NOW + 10 * MINUTE, NOW + 10 * MINUTE, ["tickets"])
    assert (state.first_run_at(), state.last_run_at()) == (NOW, NOW + 10 * MINUTE)
    newest, oldest = state.runs()
    assert newest.ended_at is None
    assert (oldest.jobs, oldest.result, oldest.counts) == (("tickets", "orders"), "ok", {"edits": 3})


def test_a_slot_is_given_to_one_taker_only(state):
    assert [state.take_slot("digest", NOW, NOW) for _ in range(3)] == [True, False, False]
    assert state.miss_slot("digest", NOW, NOW) is False
    state.finish_slot("digest", NOW, NOW + MINUTE, failed=True, note="no template")
    assert state.miss_slot("report", NOW, NOW, "too old") is True
    assert [(s.job, s.state, s.note) for s in state.slots()] == [
        ("report", "missed", "too old"),
        ("digest", "failed", "no template"),
    ]


def test_a_journal_gives_back_the_very_values(state):
    run = state.begin_run(NOW, NOW, [])
    writes = [
        {"key": "T1", "column": "due", "old": None, "new": datetime(2026, 11, 20, 14, 30)},
        {"old": date(2026, 1, 2), "new": Decimal("12.50"), "n": 3, "f": 1.5, "b": True, "s": "=1+1 中"},
    ]
    state.journal(run, "main", "tickets", writes, NOW)
    (kept,) = state.journalled(run)
    assert (kept.book, kept.register, kept.created_at, kept.writes) == ("main", "tickets", NOW, writes)


def test_pruning_drops_old_journals_but_not_last_months_slot(state):
    run = state.begin_run(NOW, NOW, [])
    state.journal(run, "main", "tickets", [{}], NOW)
    state.take_slot("report", NOW, NOW)
    assert state.prune(NOW + timedelta(days=29)) == 0
    assert state.prune(NOW + timedelta(days=31)) == 1
    assert state.take_slot("report", NOW, NOW) is False

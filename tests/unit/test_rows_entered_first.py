"""Rows that a run enters: the jobs that enter them are asked first, all others look once, at the desk with the rows in it (60, 6)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pytest

from tests.small_desk import SmallDesk, settings_of
from toolkit.app import planning
from toolkit.app.demo import Typed, demo_rows
from toolkit.jobs.every import ADDS_ROWS, JOBS
from toolkit.settings.layers import PRESETS

NOW = datetime(2026, 11, 23, 9, 5)
CONFIG = "channels: {only_since: 2020-01-01, quiet_hours: none}\n"


def demo(preset: str) -> SmallDesk:
    rows = demo_rows("en", NOW, preset)
    plain = {
        name: [{key: value.text if isinstance(value, Typed) else value for key, value in row.items()} for row in found]
        for name, found in rows.items()
    }
    return SmallDesk(settings_of(f"preset: {preset}\n{CONFIG}"), plain)


@pytest.fixture
def asked(monkeypatch):
    """How often each job is asked for its plan."""
    found = Counter()

    def counting(name):
        def plan(*args):
            found[name] += 1
            return JOBS[name](*args)

        return plan

    monkeypatch.setattr(planning, "JOBS", {name: counting(name) for name in JOBS})
    return found


def test_no_job_enters_rows_but_those_that_are_asked_first():
    entering = {job for preset in PRESETS for small in [demo(preset)] for job in JOBS if small.plan(NOW, [job]).appends}
    assert entering == ADDS_ROWS


@pytest.mark.parametrize(
    ("preset", "is_entering"), [("furniture-retail", True), ("office-furniture", True), ("mall", False)]
)
def test_a_run_asks_each_job_once_and_those_that_enter_rows_once_more_with_the_rows_in_their_place(
    preset, is_entering, asked
):
    plan = demo(preset).plan(NOW)
    assert bool(plan.appends) is is_entering
    twice = ADDS_ROWS if is_entering else frozenset()
    assert asked == {name: 2 if name in twice else 1 for name in JOBS if name not in planning.NOT_IN_A_PLAIN_RUN}


def test_a_row_that_is_entered_is_judged_at_once_but_remembered_only_when_it_stands_in_the_sheet():
    small = demo("furniture-retail")
    first = small.run(NOW)
    new = {one.values["ticket_no"] for one in first.appends}
    assert new
    assert all(one.values.get("next_step") for one in first.appends)
    assert {one.at.key for one in first.observations} & new == set()
    assert {one.at.key for one in small.run(NOW).observations} >= new

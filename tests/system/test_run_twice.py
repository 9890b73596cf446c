"""A second run right after the first plans nothing; and `plan` writes nothing at all."""

from __future__ import annotations

import sqlite3

import pytest

from tests.system.desks import NOW, demo, quickly

MOMENTS = {
    "in working hours": "2026-11-24T10:00",
    "at night, in quiet hours": "2026-11-24T23:30",
    "on a Sunday": "2026-11-22T11:15",
    "on New Year's Day": "2027-01-01T12:00",
}
NOTHING = ([], [], [])


def asked(plan):
    return plan["edits"], plan["appends"], plan["messages"]


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
@pytest.mark.parametrize("when", MOMENTS)
def test_a_second_run_right_after_the_first_does_nothing(when, locale, tmp_path):
    now = MOMENTS[when]
    desk = demo(tmp_path, locale=locale, now=now)
    first = desk.run(now)
    assert first["applied"]["edits"] > 100
    files = desk.tree("workbooks", "outbox")
    second = desk.run(now)
    assert asked(second) == NOTHING
    done = {name: second["applied"][name] for name in ("edits", "appends", "conflicts", "messages")}
    assert done == {
        "edits": 0,
        "appends": 0,
        "conflicts": [],
        "messages": dict.fromkeys(
            ("sent", "queued", "held", "failed", "unknown", "expired", "capped", "delivered", "undelivered"), 0
        ),
    }
    assert desk.tree("workbooks", "outbox") == files


@pytest.mark.parametrize("when", ["in working hours", "at night, in quiet hours"])
def test_the_hour_after_changes_only_what_the_clock_changes(when, tmp_path):
    # No toolkit text moves with the clock by the minute (60, 8): a run a minute later touches no row either.
    now = MOMENTS[when]
    desk = demo(tmp_path, now=now)
    desk.run(now)
    assert asked(desk.plan(now[:-2] + f"{int(now[-2:]) + 1:02}")) == NOTHING


def test_all_jobs_with_the_digest_twice_do_nothing_the_second_time(tmp_path):
    desk = demo(tmp_path)
    for jobs in ((), ("digest",)):
        assert desk("run", *jobs, now=NOW).code == 0
    for jobs in ((), ("digest",)):
        assert asked(desk("plan", "--json", *jobs, now=NOW).json) == NOTHING


def test_plan_leaves_every_file_as_it_is(tmp_path):
    desk = demo(tmp_path)
    before = desk.tree()
    for _ in range(2):
        plan = desk.plan()
        assert plan["edits"]
        assert plan["messages"]
    assert {name: one for name, one in desk.tree().items() if not name.startswith("state/")} == before
    assert counted(desk, "message", "occasion", "run", "reservation", "row_seen", "journal") == [0] * 6


def test_plan_after_a_run_leaves_the_state_as_it_is_too(tmp_path):
    desk = demo(tmp_path, ran_at=NOW)
    before, tables = (
        desk.tree("workbooks", "outbox"),
        counted(desk, "message", "occasion", "run", "reservation", "row_seen", "journal"),
    )
    desk.type(desk.ticket("Emily Carter")["row"], status="confirmed", responded_at="2026-11-24T11:00")
    before |= desk.tree("workbooks")
    assert desk.plan("2026-11-25T11:00")["edits"]
    assert desk.tree("workbooks", "outbox") == before
    assert counted(desk, "message", "occasion", "run", "reservation", "row_seen", "journal") == tables


def test_check_and_digest_write_nothing(tmp_path):
    desk = demo(tmp_path, ran_at=NOW)
    before = desk.tree("workbooks", "outbox")
    assert desk("check", now=NOW).code == 1
    assert desk("digest", now=NOW).code == 0
    assert desk("preview", "received").code == 0
    assert desk.tree("workbooks", "outbox") == before


def test_a_plan_says_what_the_run_then_does(tmp_path):
    desk = demo(tmp_path)
    plan, run = desk.plan(), desk.run()
    assert run["messages"] == plan["messages"]
    assert run["edits"] == plan["edits"]
    assert run["applied"]["messages"]["queued"] == len(plan["messages"])
    assert sorted((one["key"], one["channel"]) for one in desk.outbox()) == sorted(
        (one["key"], one["channel"]) for one in plan["messages"]
    )


def test_init_twice_overwrites_nothing(tmp_path):
    desk = demo(tmp_path, ran_at=NOW)
    desk.configure("hold_above: 50", "hold_above: 40")
    before = desk.tree()
    done = quickly("init", desk.folder, "--demo", "--locale", "en", cwd=tmp_path)
    assert done.code == 0
    assert desk.tree() == before
    assert "left as it is" in done.err


def counted(desk, *tables):
    with sqlite3.connect(desk.folder / "state" / "toolkit.db") as db:
        return [db.execute(f"select count(*) from {one}").fetchone()[0] for one in tables]

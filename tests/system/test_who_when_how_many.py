"""How much one person hears, and when: the daily cap, over real runs of the demo desk."""

from __future__ import annotations

import pytest

from tests.system.desks import NOW, demo


@pytest.fixture
def desk(tmp_path):
    """After the first run, its letters read."""
    made = demo(tmp_path, ran_at=NOW)
    made.news()
    return made


def newcomer(desk, n, **more):
    row = {"kind": "repair", "email": "many@shop.example", "owner": "Shirley Wang", "problem": "The bed collapsed."}
    desk.add(opened_at="2026-11-24T10:05", customer=f"Many {n}", status="new", channel="phone", **row | more)


def received(desk, now):
    """Letters to the newcomer that a run sent; and how many it put off."""
    done = desk.run(now)["applied"]["messages"]
    keys = {one["ticket_no"] for one in desk.rows() if str(one["customer"]).startswith("Many")}
    return len([row for notice, row in desk.news() if notice == "received" and row in keys]), done["capped"]


def test_beyond_the_daily_cap_a_message_waits_for_the_next_day(desk):
    desk.configure("hold_above: 50", "hold_above: 50\n  daily_cap: {customer: 3}")
    for n in range(2):
        newcomer(desk, n)
    assert received(desk, "2026-11-24T10:10") == (2, 0)
    for n in range(2, 5):
        newcomer(desk, n)
    summary = desk("run", now="2026-11-24T10:20")
    assert "2 messages wait for tomorrow" in summary.err
    assert received(desk, "2026-11-24T15:00") == (1, 2), "two were sent before: runs count together"
    waiting = desk.outbox("--state", "ready")
    assert ["this address had 3 messages today" in one["note"] for one in waiting] == [True, True]
    assert received(desk, "2026-11-25T09:00") == (2, 0)
    assert received(desk, "2026-11-25T09:10") == (0, 0)


def test_what_waits_for_a_next_day_that_is_too_late_expires(desk):
    desk.configure("hold_above: 50", "hold_above: 50\n  daily_cap: {customer: 1}")
    with (desk.folder / "config.yaml").open("a", encoding="utf-8") as file:
        file.write("\nnotices: {received: {expires: 12h}}\n")
    for n in range(2):
        newcomer(desk, n)
    assert received(desk, "2026-11-24T10:10") == (1, 1)
    assert received(desk, "2026-11-25T09:00") == (0, 0)
    assert [one["notice"] for one in desk.outbox("--state", "expired")] == ["received"]

"""Tickets that a run enters for orders: whole at once, as the plan said, once each, also where the run was killed (20, Orders)."""

from __future__ import annotations

import signal

import pytest

from tests.system.desks import CAN_FORK, NOW, demo
from tests.system.hooks import LASTING

ENTERED = [
    ("SO261022103", "deadline"),
    ("SO261025166", "deadline"),
    ("SO261030171", "install"),
    ("SO261117165", "deadline"),
    ("SO261123167", "deadline"),
]
"""What the orders of the demo desk ask for; the deadline ticket of the first order stands there already."""


def entering(folder):
    """The demo desk with its tickets for orders switched on."""
    desk = demo(folder)
    desk.configure("orders: {deadline_ticket: false, install_ticket: false}\n", "")
    return desk


def entered(desk):
    """Order and kind of each ticket that no clerk entered."""
    kinds = {desk.said("tickets", "kind", one): one for one in ("deadline", "install")}
    rows = [one for one in desk.rows() if str(one["problem"] or "").startswith("Order SO")]
    return sorted((one["order_no"], kinds[one["kind"]]) for one in rows)


def is_still(desk):
    plan = desk.plan()
    return (plan["edits"], plan["appends"], plan["messages"]) == ([], [], [])


def test_orders_the_plan_shows_the_rows_that_the_run_enters_and_a_second_run_plans_nothing(tmp_path):
    desk = entering(tmp_path)
    plan = desk.plan()
    assert sorted(one["values"]["order_no"] for one in plan["appends"]) == [number for number, _ in ENTERED]
    run = desk.run()
    assert run["appends"] == plan["appends"]
    assert entered(desk) == ENTERED
    numbers = [one["ticket_no"] for one in desk.rows() if one["order_no"] in dict(ENTERED) and one["ticket_no"]]
    assert len(set(numbers)) == len(numbers)
    assert is_still(desk)
    # The customer of the install ticket is told of it by the run that read its number back from the sheet.
    assert [one["notice"] for one in desk.outbox("--state", "ready")] == ["received"]
    desk.run()
    assert desk.outbox("--state", "ready") == []
    assert is_still(desk)


@pytest.mark.skipif(not CAN_FORK, reason="kill -9 is a thing of POSIX systems")
@pytest.mark.parametrize("nth", range(6))
def test_orders_a_run_that_was_killed_enters_each_ticket_once(nth, tmp_path):
    counted, trace = entering(tmp_path / "counted"), tmp_path / "trace"
    counted.run(hooks=[("count_calls", {"trace": str(trace)})])
    calls = trace.read_text().splitlines()
    lasting = [n for n, one in enumerate(calls) if one.split()[-1].rpartition(".")[2] in LASTING]
    desk = entering(tmp_path / "killed")
    at = lasting[(2 * nth + 1) * len(lasting) // 24]  # the first half: reservations, outbox, the write
    assert desk("run", now=NOW, hooks=[("kill_at", {"n": at})]).code == -signal.SIGKILL
    desk.run(code=None)
    assert entered(desk) == ENTERED
    given = {(one["order_no"], one["kind"]): one["ticket_no"] for one in desk.rows()}
    wanted = {(one["order_no"], one["kind"]): one["ticket_no"] for one in counted.rows()}
    assert given == wanted, "the same numbers as if nothing had happened"

"""A promise that was moved: an order's new date is the deadline of the ticket that keeps it (P-17)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from tests.small_desk import SmallDesk, cells, new_letters, settings_of
from toolkit.app.customers.standing import promises
from toolkit.app.desk import Desk
from toolkit.app.story import story
from toolkit.cli.explain import lines
from toolkit.gateways.state import open_state
from toolkit.jobs import tickets
from toolkit.jobs.ticket.case import judge_of
from toolkit.jobs.ticket.promised import promise_of
from toolkit.registers.people import At

CONFIG = "channels: {only_since: 2026-11-01, quiet_hours: none}\n"
FIRST, SECOND = "2026-11-20T10:00", "2026-11-26T10:00"
STAFF = [{"staff_no": "S1", "name": "Lena", "role": "order_tracker", "email": "lena@example.com"}]
ORDER = {
    "order_no": "SO-1",
    "customer": "Anna Berg",
    "phone": "13800138000",
    "email": "anna@example.com",
    "product": "Oak table",
    "tracker": "Lena",
    "ordered_on": date(2026, 11, 2),
    "promised_by": date(2026, 11, 25),
    "status": "new",
}
TICKET = {
    "ticket_no": "AS-1",
    "order_no": "so-1",
    "kind": "deadline",
    "customer": "Anna Berg",
    "phone": "13800138000",
    "email": "anna@example.com",
    "problem": "Keep the date",
    "opened_at": datetime(2026, 11, 20, 9),
    "responded_at": datetime(2026, 11, 20, 9),
    "last_told_at": datetime(2026, 11, 26, 9),
    "promised_by": date(2026, 11, 25),
    "owner": "Lena",
    "status": "confirmed",
}


def desk(*orders, ticket=None, locale=""):
    registers = {"orders": [dict(one) for one in orders], "tickets": [{**TICKET, **(ticket or {})}], "staff": STAFF}
    return SmallDesk(settings_of(locale + CONFIG), registers)


def moved_desk(**order):
    """A desk that has seen the order promised for 25 November, and whose order says 15 December since."""
    small = desk(ORDER)
    small.run(FIRST)
    small.row("orders").update({"promised_by": date(2026, 12, 15), "delay_told_at": datetime(2026, 11, 24), **order})
    return small


def governs(small, now=SECOND):
    """The date that counts for the ticket, and the one that it took the place of."""
    snapshot = small.snapshot(small.moment(now))
    (table,) = snapshot.of("tickets")
    found = promise_of(snapshot, table, table.rows[0])
    return (found.by, found.before) if found is not None else None


OLD, NEW, THIRD = date(2026, 11, 25), date(2026, 12, 15), date(2026, 12, 20)


@pytest.mark.parametrize(
    ("order", "ticket", "expected"),
    [
        pytest.param({}, {}, (NEW, OLD), id="the order's new date"),
        pytest.param({"promised_by": datetime(2026, 11, 25, 15)}, {}, (OLD, None), id="a time on the same day is no move"),
        pytest.param({}, {"promised_by": NEW}, (NEW, None), id="staff brought the ticket up to date"),
        pytest.param({}, {"promised_by": THIRD}, (THIRD, None), id="a date that the order never gave"),
        pytest.param({}, {"kind": "repair"}, (OLD, None), id="a repair keeps a promise of its own"),
        pytest.param({}, {"order_no": "SO-2"}, (OLD, None), id="another order"),
        pytest.param({"status": "cancelled"}, {}, (OLD, None), id="a cancelled order promises nothing"),
        pytest.param({"promised_by": None}, {}, (OLD, None), id="a date that was taken back"),
        pytest.param({"promised_by": date(2026, 11, 23)}, {}, (date(2026, 11, 23), OLD), id="an earlier date too"),
        pytest.param({"shipped_on": date(2026, 12, 10)}, {}, (NEW, OLD), id="goods that have left kept the new date"),
        pytest.param({}, {"promised_by": None}, None, id="a ticket without a date"),
    ],
)  # fmt: skip
def test_p_17_the_date_that_counts_for_a_deadline_ticket(order, ticket, expected):
    small = moved_desk(**order)
    small.row("tickets").update(ticket)
    assert governs(small) == expected


@pytest.mark.parametrize(
    ("first_promised_by", "expected"), [(date(2026, 11, 25), (NEW, OLD)), (None, (OLD, None)), (THIRD, (OLD, None))]
)
def test_p_17_without_memory_the_first_date_that_the_order_keeps_tells_of_the_move(first_promised_by, expected):
    """A database that was lost, or a desk that begins: what nobody saw and no cell says is not guessed."""
    assert governs(desk({**ORDER, "promised_by": NEW, "first_promised_by": first_promised_by})) == expected


def test_p_17_of_an_order_in_lines_the_next_date_counts_and_what_has_left_keeps_nobody_waiting():
    lines = [{**ORDER, "line_no": "1"}, {**ORDER, "line_no": "2", "promised_by": NEW}]
    small = desk(*lines)
    small.run(FIRST)
    assert governs(small) == (OLD, None)
    small.row("orders").update(status="shipped", shipped_on=date(2026, 11, 24))
    assert governs(small) == (NEW, OLD)
    small.row("orders", 1).update(status="shipped", shipped_on=date(2026, 12, 14))
    assert governs(small, "2026-12-16T10:00") == (NEW, OLD)


def test_p_17_nobody_is_chased_for_a_promise_that_was_moved_and_the_next_step_says_why():
    small = desk(ORDER)
    small.run(FIRST)
    plan = small.plan(SECOND)
    assert cells(plan.edits)["tickets.overdue[0]"].startswith("promised date")
    assert {(one.notice, one.at.register) for one in new_letters(small, plan)} >= {("overdue", "tickets")}
    small.row("orders").update(promised_by=NEW, delay_told_at=datetime(2026, 11, 24, 9))
    plan = small.run(SECOND)
    assert small.row("tickets").get("overdue") is None
    assert small.row("tickets")["promised_by"] == OLD  # it is the staff's own cell
    assert small.row("tickets")["next_step"] == (
        "finish as promised: Lena, by 2026-12-15 23:59; order SO-1 is promised for 2026-12-15 now, no more for 2026-11-25"
    )
    assert [one.notice for one in plan.occasions if one.at.register == "tickets" and not one.skip] == []
    again = small.plan(SECOND)
    assert (again.edits, new_letters(small, again)) == ((), [])


def test_p_17_the_new_date_warns_and_chases_as_a_promise_of_its_own():
    small = moved_desk()
    small.run(SECOND)
    told = [
        (one.notice, one.step, one.cause)
        for day in ("2026-12-14T10:00", "2026-12-16T10:00", "2026-12-16T11:00")
        for one in _news(small, day)
        if one.at.register == "tickets" and one.step.startswith("promise.")
    ]
    assert told == [("warning", "promise.warning", "2026-12-15"), ("overdue", "promise.overdue", "2026-12-15")]


def _news(small, day):
    before = small.memory
    plan = small.run(day)
    return [one for one in plan.occasions if not one.skip and one.key not in before.occasions]


def test_p_17_in_chinese_the_reason_names_order_and_both_dates():
    small = desk(ORDER, locale="locale: zh-CN\n")
    small.run(FIRST)
    small.row("orders").update(promised_by=NEW)
    small.run(SECOND)
    assert "订单 SO-1 已改约至 2026-12-15，原定 2026-11-25" in small.row("tickets")["next_step"]


def test_p_17_while_the_orders_cannot_be_read_nobody_is_chased_for_a_date_that_may_have_moved():
    small = moved_desk()
    small.run(SECOND)
    moment = small.moment("2026-11-27T10:00")
    unread = replace(small.snapshot(moment), unread=(("main", "orders"),))
    plan = tickets.plan(unread, small.settings, moment)
    assert {one.column for one in plan.edits if one.at.register == "tickets"} & {
        "overdue",
        "next_step",
        "resolve_due",
    } == set()
    (case,) = judge_of(unread, small.settings, moment).cases()
    assert case.clock("promise") is None
    assert [one.notice for one in plan.occasions if one.step.startswith("promise")] == []


def test_p_17_the_customer_hears_of_an_orders_new_date_once_also_where_staff_bring_the_ticket_up_to_date():
    small = moved_desk(delay_told_at=None)
    small.row("tickets")["promised_by"] = NEW
    letters = [one.notice for one in new_letters(small, small.plan(SECOND)) if one.to.role == "customer"]
    assert letters == ["delivery-delayed"]
    small.row("orders")["promised_by"] = OLD  # a date that only the ticket knows is told by the ticket
    letters = [one.notice for one in new_letters(small, small.plan(SECOND)) if one.to.role == "customer"]
    assert letters == ["delay"]


def test_hand_over_names_the_date_that_the_customer_waits_for_by_now():
    small = moved_desk()
    now = small.moment(SECOND)
    snapshot = small.snapshot(now)
    (table,) = snapshot.of("tickets")
    (owed,) = promises(snapshot, [At(table, table.rows[0])], now)
    assert (owed.column, owed.due.date(), owed.is_late) == ("promised_by", NEW, False)


def test_p_17_explain_says_why_the_tickets_own_date_does_not_count(tmp_path):
    small = moved_desk()
    now = small.moment(SECOND)
    with open_state("sqlite:///state.db", tmp_path) as state:
        told = story(Desk(small.settings, state, {}), small.snapshot(now), "AS-1", now)
    (promise,) = (one for one in told["clocks"] if one["policy"] == "P-17")
    why = "order SO-1 is promised for 2026-12-15 now, no more for 2026-11-25"
    assert (promise["due"], promise["state"], promise["why"]) == ("2026-12-15 23:59", "open", why)
    assert f"  {why}" in lines(told)

"""Tickets that orders lead to: one to keep a promised date, one to install what arrived; each once (20, Orders)."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import date, datetime

import pytest

from tests.small_desk import SmallDesk, cells, new_letters, settings_of
from toolkit.jobs import orders
from toolkit.settings.faults import ConfigError
from toolkit.settings.layers import PRESETS

CONFIG = "channels: {only_since: 2026-11-01, quiet_hours: none}\n"
NOW = "2026-11-24T10:00"
STAFF = [{"staff_no": "S1", "name": "Lena", "role": "order_tracker", "email": "lena@example.com"}]
ORDER = {
    "order_no": "SO-1",
    "customer": "Anna Berg",
    "phone": "13800138000",
    "email": "anna@example.com",
    "city": "Hangzhou",
    "product": "Oak table",
    "category": "table",
    "urgency": "urgent",
    "tracker": "Lena",
    "ordered_on": date(2026, 11, 20),
    "promised_by": date(2026, 12, 31),
    "status": "new",
}
ARRIVED = {
    **ORDER,
    "status": "arrived",
    "shipped_on": date(2026, 11, 20),
    "arrived_on": date(2026, 11, 24),
    "install_included": True,
}


def desk(*rows, tickets=(), config=CONFIG, locale=""):
    registers = {"orders": [dict(one) for one in rows], "tickets": [dict(one) for one in tickets], "staff": STAFF}
    return SmallDesk(settings_of(locale + config), registers)


def entered(small, now=NOW):
    """Kind and order of each ticket that a run would enter."""
    return [(one.values["kind"], one.values["order_no"]) for one in small.plan(now).appends]


def test_orders_one_with_a_promised_date_gets_a_ticket_of_kind_deadline_at_once():
    small = desk(ORDER)
    (append,) = small.plan(NOW).appends
    assert (append.book, append.register) == ("main", "tickets")
    assert append.values == {
        "order_no": "SO-1",
        "customer": "Anna Berg",
        "phone": "13800138000",
        "email": "anna@example.com",
        "city": "Hangzhou",
        "product": "Oak table",
        "category": "Table",
        "urgency": "Urgent",
        "opened_at": datetime(2026, 11, 24, 10),
        "kind": "Deadline",
        "status": "New",
        "owner": "Lena",
        "bought_on": date(2026, 11, 20),
        "problem": "Order SO-1, Oak table: promised for 2026-12-31. See that it leaves in time.",
        "promised_by": date(2026, 12, 31),
        "responded_at": datetime(2026, 11, 24, 10),
        # what the toolkit writes into any new row
        "ticket_no": "AS-20261124-0001",
        "response_due": datetime(2026, 11, 24, 14),
        "next_step": "finish as promised: Lena, by 2026-12-31 23:59",
        "updated_at": datetime(2026, 11, 24, 10),
    }
    assert small.say(append.reason) == "order SO-1 was promised for 2026-12-31"


def test_orders_a_new_ticket_is_whole_when_it_is_entered_and_the_customer_is_not_written_to_about_it():
    small = desk(ORDER)
    plan = small.run(NOW)
    assert [one for one in plan.findings if one.register == "tickets"] == []
    assert [one.notice for one in plan.occasions] == []
    again = small.plan(NOW)
    assert (again.edits, again.appends, again.occasions, again.reservations) == ((), (), (), ())


def test_orders_a_ticket_that_only_the_orders_job_enters_gets_its_number_from_the_next_whole_run():
    small = desk(ORDER)
    small.run(NOW, ["orders"])
    assert small.row("tickets").get("ticket_no") is None
    assert cells(small.run(NOW).edits)["tickets.ticket_no[0]"] == "AS-20261124-0001"
    assert (small.plan(NOW).edits, small.plan(NOW).appends) == ((), ())


def test_orders_in_chinese_the_ticket_speaks_chinese():
    (append,) = desk({**ORDER, "promised_by": datetime(2026, 12, 31, 15)}, locale="locale: zh-CN\n").plan(NOW).appends
    assert (append.values["kind"], append.values["status"], append.values["urgency"]) == ("交期跟踪", "新建", "紧急")
    assert append.values["problem"] == "订单 SO-1（Oak table）承诺 2026-12-31 15:00 交货，请跟进按时发货。"


TICKET = {
    "ticket_no": "AS-1",
    "order_no": "so-1",
    "kind": "deadline",
    "customer": "Anna Berg",
    "phone": "13800138000",
    "problem": "Keep the date",
    "opened_at": datetime(2026, 11, 21, 9),
    "responded_at": datetime(2026, 11, 21, 9),
    "owner": "Lena",
    "status": "new",
    "promised_by": date(2026, 12, 31),
}


@pytest.mark.parametrize(
    ("tickets", "expected"),
    [
        ([TICKET], []),
        ([{**TICKET, "ticket_no": None}], []),
        ([{**TICKET, "status": "closed"}], []),
        ([{**TICKET, "kind": "complaint"}], [("Deadline", "SO-1")]),
        ([{**TICKET, "order_no": "SO-10"}], [("Deadline", "SO-1")]),
    ],
)
def test_orders_a_ticket_of_the_same_order_and_kind_counts_however_it_is_numbered(tickets, expected):
    assert entered(desk(ORDER, tickets=tickets)) == expected


@pytest.mark.parametrize(
    "said",
    [
        {"promised_by": None},
        {"status": "cancelled"},
        {"status": "shipped", "shipped_on": date(2026, 11, 24)},
        {"phone": None, "email": None},
        {"ordered_on": date(2026, 10, 1), "promised_by": date(2026, 10, 31)},  # over before the desk began
        {"ordered_on": date(2026, 11, 25)},  # a row with a fault
        {"order_no": None},
    ],
)
def test_orders_without_an_open_promise_or_a_way_to_the_customer_get_no_ticket(said):
    assert entered(desk({**ORDER, **said})) == []


def test_orders_one_order_in_several_lines_gets_one_ticket_by_its_most_pressing_promise():
    lines = [{**ORDER, "line_no": n, "promised_by": date(2026, 12, day)} for n, day in (("1", 20), ("2", 9), ("3", 15))]
    (append,) = desk(*lines).plan(NOW).appends
    assert append.values["promised_by"] == date(2026, 12, 9)


def test_orders_a_ticket_that_staff_renumber_take_out_or_give_another_kind_is_not_entered_again():
    small = desk(ORDER, {**ORDER, "order_no": "SO-2"}, {**ORDER, "order_no": "SO-3"})
    small.run(NOW)
    small.run(NOW)
    small.row("tickets", 0)["ticket_no"] = "MINE-7"
    small.row("tickets", 1)["kind"] = "complaint"
    del small.rows["tickets"][2]
    for minute in (1, 2):
        assert entered(small, f"2026-11-24T10:0{minute}") == []
        small.run(f"2026-11-24T10:0{minute}")


def test_orders_a_run_that_was_killed_before_the_row_was_written_enters_it_again_and_one_killed_after_does_not():
    small = desk(ORDER)
    rows, memory = deepcopy(small.rows), small.memory
    (first,) = small.run(NOW).appends
    written, remembered = small.rows, small.memory
    # Killed (or the book locked) between the commit and the write: all was remembered, nothing stands in the sheet.
    small.rows = deepcopy(rows)
    (second,) = small.plan("2026-11-24T13:30").appends
    assert second.values == {**first.values, "updated_at": datetime(2026, 11, 24, 13, 30)}
    # Killed after the write: the row is found by order and kind, though nothing was remembered of it.
    small.rows, small.memory = written, memory
    assert entered(small) == []
    # Killed in both ways: the number was promised, and staff took it out of the row since.
    small.memory = remembered
    small.row("tickets")["ticket_no"] = None
    assert cells(small.plan(NOW).edits)["tickets.ticket_no[0]"] == "AS-20261124-0001"
    assert entered(small) == []


def test_orders_a_ticket_register_that_cannot_be_read_gets_no_tickets():
    small = desk(ORDER)
    moment = small.moment(NOW)
    whole = replace(small.snapshot(moment), unread=(("main", "tickets"),))
    assert orders.plan(whole, small.settings, moment).appends == ()


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ("", ["Deadline", "Install"]),
        ("orders: {deadline_ticket: false}\n", ["Install"]),
        ("orders: {install_ticket: false}\n", ["Deadline"]),
    ],
)
def test_orders_each_kind_of_ticket_can_be_switched_off(config, expected):
    small = desk(ORDER, {**ARRIVED, "order_no": "SO-2"}, config=CONFIG + config)
    assert [one.values["kind"] for one in small.plan(NOW).appends] == expected


def test_orders_sold_with_installation_get_an_install_ticket_when_the_goods_arrive():
    small = desk(ARRIVED, {**ARRIVED, "order_no": "SO-2", "arrived_on": None, "status": "shipped"})
    (append,) = small.plan(NOW).appends
    assert {
        name: append.values.get(name) for name in ("kind", "order_no", "delivered_on", "responded_at", "problem")
    } == {
        "kind": "Install",
        "order_no": "SO-1",
        "delivered_on": date(2026, 11, 24),
        "responded_at": None,
        "problem": "Order SO-1, Oak table: the goods are here. Arrange the installation.",
    }
    small.run(NOW)
    small.run(NOW)
    small.run(NOW)
    assert small.row("orders")["next_step"] == "have the customer collect the goods, and enter the day: Lena"
    small.row("orders").update(status="picked_up", picked_up_on=date(2026, 11, 24))
    small.run(NOW)
    assert small.row("orders")["next_step"] == "have it installed, see ticket AS-20261124-0001"


def test_orders_that_are_installed_already_get_no_install_ticket():
    assert entered(desk({**ARRIVED, "installed_on": date(2026, 11, 24)}, {**ARRIVED, "status": "installed"})) == []


def test_p_23_of_the_ticket_that_keeps_an_orders_promise_the_customer_hears_no_progress():
    small = desk(ORDER)
    small.run(NOW)
    typed = {**small.row("tickets"), "ticket_no": "AS-TYPED", "order_no": None}
    small.rows["tickets"].append(typed)
    small.run(NOW)
    told = [(one.notice, one.at.key) for one in new_letters(small, small.plan("2026-12-04T10:00"))]
    assert [one for one in told if one[0] == "progress"] == [("progress", "AS-TYPED")]
    small.run("2026-12-04T10:00")
    assert small.row("tickets").get("overdue") is None


def test_p_17_the_deadline_ticket_is_alerted_of_and_not_the_order_as_well():
    late = {
        **ORDER,
        "ordered_on": date(2026, 11, 2),
        "promised_by": date(2026, 11, 23),
        "delay_told_at": datetime(2026, 11, 20, 9),
    }
    small = desk(late, tickets=[{**TICKET, "promised_by": date(2026, 11, 23)}])
    told = [
        (one.notice, one.at.register, one.at.key)
        for one in new_letters(small, small.plan(NOW))
        if one.notice == "overdue"
    ]
    assert told == [("overdue", "tickets", "AS-1")]
    small.rows["tickets"].clear()
    small.settings = settings_of(CONFIG + "orders: {deadline_ticket: false}\n")
    told = [
        (one.notice, one.at.register, one.at.key)
        for one in new_letters(small, small.plan(NOW))
        if one.notice == "overdue"
    ]
    assert told == [("overdue", "orders", "SO-1#1")]


def test_p_17_the_promise_of_a_deadline_ticket_is_kept_when_the_goods_have_left():
    small = desk(
        {
            **ORDER,
            "line_no": "1",
            "status": "shipped",
            "shipped_on": date(2026, 11, 20),
            "promised_by": date(2026, 11, 23),
        },
        {**ORDER, "line_no": "2", "promised_by": date(2026, 11, 23), "delay_told_at": datetime(2026, 11, 21, 9)},
        tickets=[{**TICKET, "promised_by": date(2026, 11, 23)}],
    )
    small.run(NOW)
    assert small.row("tickets")["overdue"].startswith("promised date is")
    small.row("orders", 1).update(status="shipped", shipped_on=date(2026, 11, 24))
    small.run(NOW)
    assert small.row("tickets")["overdue"] is None
    assert small.row("tickets")["next_step"] == "the goods have left: close the ticket: Lena"
    assert small.row("orders")["next_step"] == "get the waybill: Lena"


@pytest.mark.parametrize(
    ("order_no", "asked"),
    [("SO-1", ""), ("SO-9", "; P-17 promised date: if it will be late, fill in Delay told at, Delay reason")],
)
def test_p_17_a_delay_is_entered_in_the_orders_row_and_asked_for_in_the_ticket_only_without_one(order_no, asked):
    near = {"promised_by": date(2026, 11, 26)}
    small = desk({**ORDER, **near}, tickets=[{**TICKET, **near, "order_no": order_no}])
    small.run(NOW)
    assert small.row("tickets")["next_step"] == f"finish as promised: Lena, by 2026-11-26 23:59{asked}"


def test_p_17_nobody_is_chased_for_the_promise_of_an_order_that_was_cancelled():
    late = {**ORDER, "promised_by": date(2026, 11, 23), "delay_told_at": datetime(2026, 11, 20, 9)}
    small = desk(
        {**late, "line_no": "1", "status": "cancelled"},
        {**late, "line_no": "2"},
        tickets=[{**TICKET, "promised_by": date(2026, 11, 23)}],
    )
    small.run(NOW)
    assert small.row("tickets")["overdue"].startswith("promised date is")
    small.row("orders", 1).update(status="cancelled")
    assert new_letters(small, small.plan("2026-11-30T10:00")) == []
    small.run("2026-11-30T10:00")
    found = small.row("tickets")
    assert (found["overdue"], found["next_step"]) == (None, "the order is cancelled: cancel the ticket as well: Lena")


def test_orders_that_are_done_name_the_deadline_ticket_that_is_still_open():
    done = {**ORDER, "status": "picked_up", "shipped_on": date(2026, 11, 21), "picked_up_on": date(2026, 11, 23)}
    small = desk(done, tickets=[TICKET])
    small.run(NOW)
    assert small.row("orders")["next_step"] == "the goods have left: finish ticket AS-1 and complete the order: Lena"
    small.row("tickets").update(
        status="closed", finished_at=datetime(2026, 11, 23, 9), solved_at=datetime(2026, 11, 23, 9)
    )
    small.run(NOW)
    assert small.row("orders")["next_step"] == "complete the order: Lena"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("orders: {transit: 5h}", "orders.transit"),
        ("orders: {freight_gap_above: -1}", "orders.freight_gap_above"),
        ("orders: {claim_within: soon}", "orders.claim_within"),
        ("orders: {deadline_tickets: true}", 'did you mean "deadline_ticket"?'),
        ("parts: {guides: {sofas: {en: [One]}}}", 'did you mean "sofa"?'),
        ("parts: {guides: {sofa: {fr: [Un]}}}", "parts.guides.sofa"),
    ],
)
def test_what_config_yaml_says_of_orders_and_parts_is_checked_with_its_place(said, expected):
    with pytest.raises(ConfigError) as error:
        settings_of(f"{said}\n")
    assert expected in str(error.value)


def test_orders_only_a_desk_that_follows_orders_enters_tickets_for_them():
    found = {name: settings_of(f"preset: {name}\n").orders for name in PRESETS}
    assert [name for name, one in found.items() if one.deadline_ticket or one.install_ticket] == ["furniture-retail"]

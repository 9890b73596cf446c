"""Orders and deliveries (20; P-16, P-17): estimates, promises at risk, new dates, shipment, freight, claims."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from tests.small_desk import SmallDesk, cells, new_letters, settings_of
from toolkit.core.actions import Plan
from toolkit.jobs import orders
from toolkit.jobs.orders import agenda

CONFIG = (
    "channels: {only_since: 2020-01-01, quiet_hours: none}\norders: {deadline_ticket: false, install_ticket: false}\n"
)
NOW = "2026-11-24T10:00"
"""A Tuesday."""
STAFF = [
    {"staff_no": "S1", "name": "Lena", "role": "order_tracker", "email": "lena@example.com", "manager": "Wendy"},
    {"staff_no": "S2", "name": "Jo", "role": "customer_service", "email": "jo@example.com", "manager": "Wendy"},
    {"staff_no": "S3", "name": "Wendy", "role": "manager", "email": "wendy@example.com", "manager": "Grace"},
    {"staff_no": "S4", "name": "Grace", "role": "head", "email": "grace@example.com"},
]
ORDER = {
    "order_no": "SO-1",
    "customer": "Anna Berg",
    "email": "anna@example.com",
    "product": "Oak table",
    "quantity": 1,
    "salesperson": "Jo",
    "tracker": "Lena",
    "ordered_on": date(2026, 11, 2),
    "promised_by": date(2026, 12, 31),
    "stock_rechecked_on": date(2026, 11, 3),
    "paid_on": date(2026, 11, 4),
    "materials_ready_on": date(2026, 11, 10),
    "making_days": 10,
    "status": "in_production",
}
SHIPPED = {
    **ORDER,
    "status": "shipped",
    "shipped_on": date(2026, 11, 24),
    "carrier": "Deppon",
    "carrier_phone": "95353",
    "waybill": "DPK36",
    "waybill_on": date(2026, 11, 24),
}


def desk(*orders, outlook=(), config=CONFIG, **registers):
    rows = {"orders": [dict(one) for one in orders], "outlook": [dict(one) for one in outlook], "staff": STAFF}
    return SmallDesk(settings_of(config), {**rows, **registers})


def found(small, now=NOW):
    """What `check` says: code, column, words."""
    return [(one.code, one.column, small.say(one.reason)) for one in small.plan(now).findings]


def letters(small, now=NOW):
    return [(one.notice, one.to.role, one.cause) for one in new_letters(small, small.plan(now))]


# When it leaves


@pytest.mark.parametrize(
    ("said", "expected", "why"),
    [
        # the later of materials and payment, plus making days: Sundays do not count
        ({}, date(2026, 11, 21), "10 working days of making from 2026-11-10, the later of materials ready and payment received"),
        ({"paid_on": date(2026, 11, 20)}, date(2026, 12, 2), "10 working days of making from 2026-11-20, the later of materials ready and payment received"),
        # over the National Day week (1 to 7 October) and the make-up Saturday of 10 October
        ({"ordered_on": date(2026, 9, 1), "stock_rechecked_on": date(2026, 9, 2), "paid_on": date(2026, 9, 28), "materials_ready_on": date(2026, 9, 30), "making_days": 3}, date(2026, 10, 10), "3 working days of making from 2026-09-30, the later of materials ready and payment received"),
        # over the end of a month and a half day of making counts as one
        ({"materials_ready_on": date(2026, 11, 28), "making_days": 2.5}, date(2026, 12, 2), "3 working days of making from 2026-11-28, the later of materials ready and payment received"),
        # nothing to make: the day itself, or the next working day
        ({"materials_ready_on": date(2026, 11, 29), "making_days": 0}, date(2026, 11, 30), "0 working days of making from 2026-11-29, the later of materials ready and payment received"),
        # what the factory wrote wins
        ({"factory_due": date(2026, 12, 20)}, date(2026, 12, 20), "the date that the factory gave"),
        # from stock: the next shipping day, here over a Sunday
        ({"in_stock": True, "paid_on": date(2026, 11, 21)}, date(2026, 11, 23), "from stock: the next shipping day after 2026-11-21"),
        # the Sunday of 20 September is a make-up working day
        ({"ordered_on": date(2026, 9, 1), "in_stock": True, "paid_on": date(2026, 9, 19)}, date(2026, 9, 20), "from stock: the next shipping day after 2026-09-19"),
        ({"in_stock": True, "paid_on": None}, date(2026, 11, 3), "from stock: the next shipping day after 2026-11-02"),
        ({"paid_on": None}, None, "not known before these are: Paid on"),
        ({"making_days": None, "materials_ready_on": None}, None, "not known before these are: Materials ready on, Making days"),
    ],
)  # fmt: skip
def test_orders_estimated_shipping_is_the_latest_of_materials_and_payment_plus_the_making_days(said, expected, why):
    small = desk({**ORDER, **said})
    edits = [one for one in small.plan(NOW, ["orders"]).edits if one.column == "estimated_ship_on"]
    assert [(one.new, small.say(one.reason)) for one in edits] == ([(expected, why)] if expected else [])


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("sofas", "F1 takes 20 working days by the outlook of 2026-11-02, counted from 2026-11-10"),
        ("beds", "F1 takes 30 working days by the outlook of 2026-10-20, counted from 2026-11-10"),
        (None, "F1 takes 30 working days by the outlook of 2026-10-20, counted from 2026-11-10"),
    ],
)
def test_orders_lead_times_come_from_the_outlook_register_by_factory_and_line(line, expected):
    outlook = [
        {"factory": "F1", "lead_days": 30, "assessed_on": date(2026, 10, 20)},
        {"factory": "F1", "line": "Sofas", "lead_days": 20, "assessed_on": date(2026, 11, 2)},
    ]
    small = desk({**ORDER, "making_days": None, "factory": "f1", "line": line}, outlook=outlook)
    edits = [one for one in small.plan("2026-11-12T10:00", ["orders"]).edits if one.column == "estimated_ship_on"]
    assert [small.say(one.reason) for one in edits] == [expected]


def test_orders_a_lead_time_holds_the_wait_for_materials_so_that_only_the_payment_has_to_be_known():
    outlook = [{"factory": "F1", "lead_days": 12, "assessed_on": date(2026, 11, 2)}]
    small = desk({**ORDER, "making_days": None, "materials_ready_on": None, "factory": "F1"}, outlook=outlook)
    small.run(NOW)
    assert small.row("orders")["estimated_ship_on"] == date(2026, 11, 18)


@pytest.mark.parametrize(
    ("assessed", "now", "expected"),
    [
        (date(2026, 10, 31), "2026-11-30T10:00", []),
        (
            date(2026, 10, 31),
            "2026-12-01T10:00",
            [
                (
                    "old-outlook",
                    "factory",
                    "the outlook of F1 was assessed on 2026-10-31, too long ago: have it assessed anew",
                )
            ],
        ),
    ],
)
def test_orders_an_outlook_older_than_a_month_is_a_finding_where_an_estimate_goes_by_it(assessed, now, expected):
    outlook = [{"factory": "F1", "lead_days": 12, "assessed_on": assessed}]
    by_outlook = {**ORDER, "making_days": None, "factory": "F1"}
    small = desk(by_outlook, {**ORDER, "order_no": "SO-2", "factory": "F1"}, outlook=outlook)
    assert [one for one in found(small, now) if one[0] == "old-outlook"] == expected


def test_orders_an_outlook_that_cannot_be_read_moves_no_estimate():
    small = desk(
        {**ORDER, "making_days": None, "factory": "F1"},
        outlook=[{"factory": "F1", "lead_days": 12, "assessed_on": date(2026, 11, 2)}],
    )
    small.run(NOW)
    assert small.row("orders")["estimated_ship_on"] == date(2026, 11, 24)
    plan = small_plan_without(small, "outlook")
    assert (plan.edits, plan.findings) == ((), ())


def small_plan_without(small, register):
    """What the job plans while a register cannot be read."""
    moment = small.moment(NOW)
    whole = small.snapshot(moment)
    tables = tuple(one for one in whole.tables if one.register.name != register)
    return orders.plan(replace(whole, tables=tables, unread=(("main", register),)), small.settings, moment)


def test_orders_an_estimate_that_cannot_be_made_says_why_once_the_order_was_reviewed():
    assert found(desk({**ORDER, "paid_on": None})) == [
        ("no-estimate", "paid_on", "when it ships cannot be said yet: fill in Paid on")
    ]
    assert found(desk({**ORDER, "paid_on": None, "status": "new"})) == []


# The promise


@pytest.mark.parametrize(
    ("said", "transit", "expected"),
    [
        ({}, "0d", datetime(2026, 12, 31, 23, 59, 59)),
        ({"promised_by": datetime(2026, 12, 31, 15)}, "0d", datetime(2026, 12, 31, 15)),
        ({}, "3d", datetime(2026, 12, 28, 23, 59, 59)),
        ({"promised_by": date(2026, 10, 9)}, "2bd", datetime(2026, 9, 30, 23, 59, 59)),
    ],
)
def test_p_17_goods_must_ship_by_what_the_promise_asks(said, transit, expected):
    early = {"ordered_on": date(2026, 9, 1), "stock_rechecked_on": date(2026, 9, 2)}
    small = desk({**ORDER, **early, **said}, config=CONFIG.replace("{deadline", f"{{transit: {transit}, deadline"))
    small.run("2026-09-15T10:00")
    assert small.row("orders")["ship_due"] == expected


def test_p_17_a_policy_for_the_ship_clock_says_when_goods_must_leave():
    policy = "policies: {P-90: {register: orders, clock: ship, start: paid_on, stop: shipped_on, target: 20bd}}\n"
    small = desk(ORDER, config=CONFIG + policy)
    plan = small.run(NOW)
    assert small.row("orders")["ship_due"] == datetime(2026, 11, 27, 18)
    assert [small.say(one.reason) for one in plan.edits if one.column == "ship_due"] == [
        "P-90: 20 working days from 2026-11-04 00:00"
    ]


@pytest.mark.parametrize(
    ("said", "now", "expected"),
    [
        ({"promised_by": date(2026, 12, 5), "making_days": 30}, NOW, "will miss the promised date by 10 days: expected to ship on 2026-12-15, promised 2026-12-05"),
        ({"promised_by": date(2026, 12, 15), "making_days": 30}, NOW, None),
        # nobody knows, and the promise is five working days away (a Sunday between them)
        ({"promised_by": date(2026, 12, 1), "paid_on": None}, "2026-11-24T10:00", None),
        ({"promised_by": date(2026, 12, 1), "paid_on": None}, "2026-11-25T10:00", "promised 2026-12-01, and it is not known when it ships: Paid on missing"),
        ({"promised_by": date(2026, 12, 1)}, "2026-11-25T10:00", "promised 2026-12-01: it was expected to ship on 2026-11-21 and has not"),
        ({"promised_by": date(2026, 11, 23)}, NOW, "the promised date 2026-11-23 has passed and the goods have not left"),
        ({"promised_by": date(2026, 11, 23), "making_days": 30}, NOW, "will miss the promised date by 22 days: expected to ship on 2026-12-15, promised 2026-11-23"),
        ({"promised_by": date(2026, 11, 23), "status": "shipped", "shipped_on": date(2026, 11, 24)}, NOW, None),
        ({"promised_by": date(2026, 11, 23), "status": "cancelled"}, NOW, None),
    ],
)  # fmt: skip
def test_p_17_a_promise_that_will_not_be_met_says_by_how_many_days(said, now, expected):
    small = desk({**ORDER, **said})
    small.run(now)
    assert small.row("orders").get("at_risk") == expected


def test_p_17_the_lead_is_five_working_days_over_a_holiday_week():
    late = {**ORDER, "ordered_on": date(2026, 9, 1), "stock_rechecked_on": date(2026, 9, 2), "paid_on": None}
    small = desk({**late, "promised_by": date(2026, 10, 9)})
    small.run("2026-09-23T18:00")
    assert small.row("orders").get("at_risk") is None
    small.run("2026-09-24T09:00")  # Mid-Autumn and the National Day week lie between: 24, 28 to 30 September, 8 October
    assert small.row("orders")["at_risk"].startswith("promised 2026-10-09, and it is not known when it ships")


def test_p_17_whoever_follows_the_order_hears_of_the_risk_once_for_each_promise_and_nobody_else_does():
    small = desk({**ORDER, "promised_by": date(2026, 12, 5), "making_days": 30})
    plan = small.plan(NOW)
    assert [(one.notice, one.to.role, one.cause) for one in new_letters(small, plan)] == [
        ("order-at-risk", "staff:S1", "2026-12-05")
    ]
    letter = new_letters(small, plan)[0].values()
    assert (letter["policy_no"], letter["order"]["estimated_ship_on"]) == ("P-17", date(2026, 12, 15))
    small.run(NOW)
    assert letters(small, "2026-11-25T10:00") == []
    small.row("orders").update(promised_by=date(2026, 12, 10), first_promised_by=date(2026, 12, 5))
    assert ("order-at-risk", "staff:S1", "2026-12-10") in letters(small, "2026-11-25T10:00")


def test_p_17_without_a_tracker_the_salesperson_hears_of_it():
    small = desk({**ORDER, "tracker": None, "promised_by": date(2026, 12, 5), "making_days": 30})
    assert letters(small) == [("order-at-risk", "staff:S2", "2026-12-05")]


def test_p_17_a_promise_that_was_broken_is_late_in_the_row_and_climbs_the_ladder():
    small = desk({**ORDER, "promised_by": date(2026, 11, 23), "delay_told_at": datetime(2026, 11, 20, 10)})
    assert letters(small) == [("overdue", "staff:S1", "2026-11-23")]
    small.run(NOW)
    assert small.row("orders")["overdue"] == "promised date is less than 1 working day late (was due 2026-11-23 23:59)"
    later = [one for one in letters(small, "2026-11-26T10:00") if one[0] == "escalation"]
    assert later == [("escalation", "staff:S4", "2026-11-23")]
    small.row("orders").update(status="shipped", shipped_on=date(2026, 11, 24))
    small.run("2026-11-26T10:00")
    assert small.row("orders")["overdue"] is None


def test_p_17_the_customer_hears_of_a_later_date_when_staff_record_it_and_the_first_one_is_kept():
    small = desk({**ORDER, "promised_by": date(2026, 12, 1)})
    small.run(NOW)
    small.row("orders").update(promised_by=date(2026, 12, 12), delay_told_at=datetime(2026, 11, 25, 9))
    plan = small.plan("2026-11-25T10:00")
    assert [(one.notice, one.to.role, one.cause, one.round) for one in new_letters(small, plan)] == [
        ("delivery-delayed", "customer", "2026-12-12", 1)
    ]
    told = new_letters(small, plan)[0].values()["order"]
    assert (told["first_promised_by"], told["promised_by"]) == (date(2026, 12, 1), date(2026, 12, 12))
    kept = ("required", "first_promised_by", "the promised date was moved: keep the first one here, 2026-12-01")
    assert found(small, "2026-11-25T10:00") == [kept]
    small.run("2026-11-25T10:00")
    assert letters(small, "2026-11-25T11:00") == []
    assert found(small, "2026-11-25T11:00") == [kept]
    small.row("orders")["first_promised_by"] = date(2026, 12, 1)
    assert found(small, "2026-11-25T11:00") == []


def test_p_17_the_first_date_stays_the_first_when_the_promise_moves_again():
    small = desk({**ORDER, "promised_by": date(2026, 12, 1)})
    small.run(NOW)
    told = datetime(2026, 11, 25, 9)
    small.row("orders").update(promised_by=date(2026, 12, 12), first_promised_by=date(2026, 12, 12), delay_told_at=told)
    assert [one[:2] for one in found(small, "2026-11-25T10:00")] == [("required", "first_promised_by")]


def test_p_17_a_date_that_comes_back_is_told_again_and_an_earlier_one_has_its_own_letter():
    small = desk(
        {
            **ORDER,
            "promised_by": date(2026, 12, 12),
            "first_promised_by": date(2026, 12, 1),
            "delay_told_at": datetime(2026, 11, 24, 9),
        }
    )
    small.run(NOW)
    story = []
    for day, promise in ((25, date(2026, 12, 5)), (26, date(2026, 12, 12)), (27, date(2026, 12, 5))):
        small.row("orders").update(promised_by=promise, delay_told_at=datetime(2026, 11, day, 9))
        story += letters(small, f"2026-11-{day}T10:00")
        small.run(f"2026-11-{day}T10:00")
    assert story == [
        ("delivery-earlier", "customer", "2026-12-05"),
        ("delivery-delayed", "customer", "2026-12-12"),
        ("delivery-earlier", "customer", "2026-12-05"),
    ]


@pytest.mark.parametrize("retyped", [datetime(2026, 12, 12, 15), None])
def test_p_17_a_time_added_to_the_day_or_a_cell_blank_for_a_while_is_no_new_date(retyped):
    small = desk({**ORDER, "promised_by": date(2026, 12, 1)})
    small.run(NOW)
    small.row("orders").update(promised_by=date(2026, 12, 12), delay_told_at=datetime(2026, 11, 25, 9))
    small.run("2026-11-25T10:00")
    small.row("orders")["promised_by"] = retyped
    small.run("2026-11-25T11:00")
    small.row("orders")["promised_by"] = retyped or date(2026, 12, 12)
    assert letters(small, "2026-11-25T12:00") == []
    assert ("required", "first_promised_by") in [one[:2] for one in found(small, "2026-11-25T12:00")]


def test_p_17_a_delay_of_which_the_customer_was_not_told_is_a_finding_for_each_delay():
    small = desk({**ORDER, "promised_by": date(2026, 12, 1), "first_promised_by": date(2026, 12, 1)})
    small.run(NOW)
    small.row("orders")["promised_by"] = date(2026, 12, 12)
    untold = (
        "required",
        "delay_told_at",
        "the promised date 2026-12-01 was put off: write down when the customer was told",
    )
    assert found(small, "2026-11-25T10:00") == [untold]
    small.row("orders")["delay_told_at"] = datetime(2026, 11, 25, 9)
    assert found(small, "2026-11-25T10:00") == []
    small.run("2026-11-27T10:00")
    small.row("orders")["promised_by"] = date(2026, 12, 20)
    assert [one[1] for one in found(small, "2026-11-30T10:00")] == ["delay_told_at"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, [("required", "delay_told_at", "the promised date 2026-11-26 was put off: write down when the customer was told")]),
        ({"delay_told_at": datetime(2026, 11, 20, 9)}, []),
        ({"first_promised_by": date(2026, 12, 31)}, []),
        ({"first_promised_by": datetime(2026, 12, 12, 18), "promised_by": date(2026, 12, 12)}, []),
        ({"promised_by": date(2026, 11, 23), "first_promised_by": date(2026, 11, 20)}, [("required", "delay_told_at", "the promised date 2026-11-23 has passed: tell the customer and write down when")]),
        ({"status": "shipped", "shipped_on": date(2026, 11, 24)}, []),
    ],
)  # fmt: skip
def test_p_17_a_date_that_was_put_off_before_any_run_saw_it_is_a_finding_until_the_customer_was_told(said, expected):
    row = {**ORDER, "first_promised_by": date(2026, 11, 26), "promised_by": date(2026, 12, 12), **said}
    assert found(desk(row)) == expected


def test_p_17_an_earlier_date_that_will_not_be_met_either_is_not_announced():
    small = desk({**ORDER, "promised_by": date(2026, 12, 31)})
    small.run(NOW)
    small.row("orders").update(promised_by=date(2026, 12, 5), first_promised_by=date(2026, 12, 31), making_days=30)
    assert letters(small, "2026-11-24T11:00") == [("order-at-risk", "staff:S1", "2026-12-05")]
    small.row("orders").update(making_days=10)
    assert letters(small, "2026-11-24T11:00") == [("delivery-earlier", "customer", "2026-12-05")]


def test_p_17_a_promise_that_passed_without_a_word_to_the_customer_is_a_finding():
    late = {**ORDER, "promised_by": date(2026, 11, 23)}
    assert found(desk(late)) == [
        ("required", "delay_told_at", "the promised date 2026-11-23 has passed: tell the customer and write down when")
    ]
    assert found(desk({**late, "delay_told_at": datetime(2026, 11, 20, 9)})) == []


def test_p_17_a_new_desk_writes_to_no_customer_about_dates_that_moved_before_it():
    small = desk({**ORDER, "first_promised_by": date(2026, 11, 1), "promised_by": date(2026, 12, 12)})
    small.row("orders")["first_promised_by"] = date(2026, 11, 20)
    assert letters(small) == []


# Stock and approval


def test_orders_stock_is_asked_before_a_promise_and_again_when_the_order_is_reviewed():
    new = {**ORDER, "status": "new", "stock_rechecked_on": None, "making_days": None, "materials_ready_on": None}
    small = desk(new)
    small.run(NOW)
    assert small.row("orders")["next_step"] == "ask whether it is in stock before a date is promised: Jo"
    small.row("orders")["in_stock"] = True
    small.run(NOW)
    assert small.row("orders")["next_step"] == "review the order and ask for the stock again: Jo"
    small.row("orders")["status"] = "reviewed"
    small.run(NOW)
    assert small.row("orders")["next_step"] == "ask for the stock again: Jo"
    assert found(small) == [
        ("required", "stock_rechecked_on", "the order is reviewed: ask for the stock again and write down the day")
    ]


def test_orders_after_the_review_the_tracker_owns_the_order():
    small = desk({**ORDER, "status": "reviewed", "tracker": None})
    small.run(NOW)
    assert small.row("orders")["next_step"] == "the order is reviewed: name who follows it: Jo"
    small.row("orders")["tracker"] = "Lena"
    small.run(NOW)
    assert (
        small.row("orders")["next_step"]
        == "it was expected to ship on 2026-11-21 and has not: find out when it will, Lena"
    )


def test_orders_when_stock_is_gone_the_salesperson_tells_the_customer_who_accepts_a_new_date():
    small = desk({**ORDER, "in_stock": True, "status": "reviewed", "promised_by": date(2026, 12, 31)})
    small.run("2026-11-10T10:00")
    small.row("orders").update(in_stock=False, stock_rechecked_on=date(2026, 11, 11))
    small.run("2026-11-11T10:00")
    gone = "stock is gone: tell the customer, agree a new date and keep the first one: Jo"
    assert small.row("orders")["next_step"] == gone
    small.run("2026-11-12T10:00")
    assert small.row("orders")["next_step"] == gone
    small.row("orders").update(
        promised_by=date(2027, 1, 15), first_promised_by=date(2026, 12, 31), delay_told_at=datetime(2026, 11, 13, 9)
    )
    plan = small.run("2026-11-13T10:00")
    assert [one.notice for one in plan.occasions] == ["delivery-delayed"]
    assert small.row("orders")["next_step"] == "follow the making, expected to ship on 2026-11-21: Lena"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, [("needs-agreement", "approved_by", "the order stands or falls with its date: a superior has to approve it before it is confirmed")]),
        ({"approved_by": "Jo"}, [("needs-agreement", "approved_by", "Jo follows or sold this order: a superior has to approve it")]),
        ({"approved_by": "Wendy"}, []),
        ({"status": "new"}, []),
        ({"date_is_condition": False}, []),
    ],
)  # fmt: skip
def test_orders_one_that_stands_only_with_its_date_needs_a_superiors_approval_before_it_is_confirmed(said, expected):
    assert found(desk({**ORDER, "date_is_condition": True, **said})) == expected


def test_orders_before_the_approval_the_next_step_is_the_superiors():
    small = desk({**ORDER, "status": "new", "date_is_condition": True})
    small.run(NOW)
    assert (
        small.row("orders")["next_step"]
        == "the order stands or falls with its date, a superior has to approve it: Wendy"
    )


def test_orders_a_delay_is_told_first_and_then_the_new_date_is_recorded():
    small = desk({**ORDER, "promised_by": date(2026, 12, 5), "making_days": 30})
    small.run(NOW)
    assert (
        small.row("orders")["next_step"]
        == "tell the customer first, then enter the new date and keep the first one: Lena"
    )
    small.row("orders")["delay_told_at"] = datetime(2026, 11, 24, 11)
    small.run("2026-11-24T12:00")
    assert small.row("orders")["next_step"] == "the customer was told: enter the new date and keep the first one: Lena"


def test_orders_goods_that_are_ready_early_are_offered_earlier():
    small = desk({**ORDER, "status": "ready"})
    small.run(NOW)
    assert small.row("orders")["next_step"] == (
        "ready early: ask the customer whether it may come sooner, and enter the new date: Jo"
    )
    small.run("2026-12-29T10:00")
    assert small.row("orders")["next_step"] == (
        "ship by 2026-12-31; if it cannot leave in time, tell the customer beforehand and enter the new date: Lena"
    )


@pytest.mark.parametrize(
    ("said", "now", "expected"),
    [
        # feared: the goods may still leave in time, so that is what comes first
        ({"in_stock": True, "promised_by": date(2026, 11, 26)}, NOW, "ship by 2026-11-26; if it cannot leave in time, tell the customer beforehand and enter the new date: Lena"),
        ({"promised_by": date(2026, 11, 24)}, NOW, "ship by 2026-11-24; if it cannot leave in time, tell the customer beforehand and enter the new date: Lena"),
        ({"promised_by": date(2026, 11, 26), "paid_on": None}, NOW, "find out and fill in Paid on; if it will be late, tell the customer beforehand: Lena"),
        ({"promised_by": date(2026, 11, 26), "status": "new"}, NOW, "review the order and ask for the stock again: Jo"),
        ({"promised_by": date(2026, 11, 26), "delay_told_at": datetime(2026, 11, 24, 9)}, NOW, "the customer was told: enter the new date and keep the first one: Lena"),
        # certain: the customer first
        ({"promised_by": date(2026, 11, 24)}, "2026-11-25T00:00", "tell the customer first, then enter the new date and keep the first one: Lena"),
        ({"promised_by": date(2026, 11, 26), "making_days": 20}, NOW, "tell the customer first, then enter the new date and keep the first one: Lena"),
    ],
)  # fmt: skip
def test_p_17_goods_that_may_still_leave_in_time_are_shipped_before_anybody_is_told_of_a_delay(said, now, expected):
    small = desk({**ORDER, **said})
    small.run(now)
    assert small.row("orders")["next_step"] == expected


def test_orders_without_a_promised_date_are_asked_for_one():
    small = desk({**ORDER, "in_stock": True, "promised_by": None})
    small.run(NOW)
    assert small.row("orders")["next_step"] == "find out and fill in Promised by: Jo"


# Shipment and pick-up


def test_p_16_the_shipment_notice_waits_until_the_waybill_was_found_and_is_due_the_same_day():
    small = desk(SHIPPED)
    small.run("2026-11-24T14:00")
    assert small.row("orders")["next_step"] == (
        "see whether waybill DPK36 can be traced, then the customer is told of the shipment: Lena"
    )
    assert letters(small, "2026-11-24T14:00") == []
    assert letters(small, "2026-11-24T15:30") == [("warning", "staff:S1", "2026-11-24")]
    small.run("2026-11-25T09:00")
    assert (
        small.row("orders")["overdue"] == "shipment notice is less than 1 working day late (was due 2026-11-24 23:59)"
    )
    small.row("orders")["waybill_verified_at"] = datetime(2026, 11, 25, 9, 30)
    plan = small.run("2026-11-25T10:00")
    assert [(one.notice, one.to.role, one.cause) for one in plan.occasions] == [("shipment", "customer", "DPK36")]
    assert small.row("orders")["overdue"] is None
    assert small.plan("2026-11-25T10:01").edits == ()
    assert letters(small, "2026-11-25T10:01") == []


def test_p_16_the_notice_says_carrier_waybill_phone_packages_pieces_volume_freight_and_packing_fee():
    parcel = {
        "packages": 3,
        "pieces": 7,
        "volume_m3": 1.25,
        "freight": 360,
        "packing_fee": 40,
        "waybill_verified_at": datetime(2026, 11, 24, 9),
    }
    small = desk({**SHIPPED, **parcel})
    (letter,) = new_letters(small, small.plan(NOW))
    told = letter.values()["order"]
    names = (
        "carrier",
        "waybill",
        "carrier_phone",
        "packages",
        "pieces",
        "volume_m3",
        "freight",
        "packing_fee",
        "quantity",
    )
    assert [told[one] for one in names] == ["Deppon", "DPK36", "95353", 3, 7, 1.25, Decimal(360), Decimal(40), 1]
    assert [type(told[one]) for one in ("packages", "quantity")] == [int, int]


@pytest.mark.parametrize(
    ("said", "expected", "step", "told"),
    [
        ({}, [], "follow the goods with Deppon until they arrive: Lena", ["shipment"]),
        ({"carrier": None}, [("required", "carrier", "the waybill can be traced: name the carrier, the customer is told of the shipment with it")], "fill in Carrier: without it the customer is not told of the shipment: Lena", []),
        ({"email": None}, [], "fill in Phone, E-mail: without it the customer is not told of the shipment: Lena", []),
        ({"carrier": None, "waybill_verified_at": None}, [], "see whether waybill DPK36 can be traced, then the customer is told of the shipment: Lena", []),
        ({"carrier": None, "status": "arrived", "arrived_on": date(2026, 11, 24)}, [], "have the customer collect the goods, and enter the day: Lena", ["pickup"]),
    ],
)  # fmt: skip
def test_p_16_a_shipment_that_the_customer_cannot_be_told_of_says_what_is_missing(said, expected, step, told):
    small = desk({**SHIPPED, "waybill_verified_at": datetime(2026, 11, 24, 9), **said})
    assert (found(small), [one[0] for one in letters(small)]) == (expected, told)
    small.run(NOW)
    assert small.row("orders")["next_step"] == step


def test_p_16_of_an_order_in_several_lines_one_letter_speaks_for_a_waybill():
    line = {**SHIPPED, "waybill_verified_at": datetime(2026, 11, 24, 9)}
    small = desk({**line, "line_no": "1"}, {**line, "line_no": "2"}, {**line, "line_no": "3", "waybill": "DPK99"})
    assert letters(small) == [("shipment", "customer", "DPK36"), ("shipment", "customer", "DPK99")]


@pytest.mark.parametrize(
    ("said", "now", "expected"),
    [
        ({"arrived_on": date(2026, 11, 26), "status": "arrived"}, "2026-11-26T10:00", ["pickup"]),
        ({}, "2026-11-25T08:00", ["shipment"]),
        ({}, "2026-11-25T10:00", ["shipment", "pickup"]),
        ({"arrived_on": date(2026, 11, 26), "picked_up_on": date(2026, 11, 26), "status": "picked_up"}, "2026-11-26T10:00", []),
    ],
)  # fmt: skip
def test_orders_pick_up_advice_goes_out_before_the_pick_up(said, now, expected):
    small = desk({**SHIPPED, "waybill_verified_at": datetime(2026, 11, 24, 9), **said})
    assert [one[0] for one in letters(small, now)] == expected


@pytest.mark.parametrize("has_glass", [True, False])
def test_orders_pick_up_advice_speaks_of_glass_only_where_there_is_some(has_glass):
    here = {"arrived_on": date(2026, 11, 24), "status": "arrived", "contains_glass": has_glass}
    small = desk({**SHIPPED, **here})
    (letter,) = new_letters(small, small.plan(NOW))
    assert letter.values()["order"]["contains_glass"] is has_glass


def test_orders_a_row_with_a_fault_writes_to_no_customer():
    small = desk({**SHIPPED, "waybill_verified_at": datetime(2026, 11, 23, 9)})
    assert found(small)[0][:2] == ("out-of-order", "waybill_verified_at")
    assert letters(small) == []


# Freight and claims


@pytest.mark.parametrize(
    ("said", "gap", "step"),
    [
        ({"freight_estimate": 300, "freight": 460.5}, Decimal("160.5"), "freight differs from the estimate by 160.5: Jo"),
        ({"freight_estimate": 300, "freight": 180}, Decimal(-120), "freight differs from the estimate by -120: Jo"),
        ({"freight_estimate": 300, "freight": 400}, Decimal(100), None),
        ({"freight_estimate": 300}, None, None),
        ({"freight_estimate": 300, "freight": 460.5, "freight_disputed": True}, Decimal("160.5"), "the freight is disputed: Wendy decides"),
    ],
)  # fmt: skip
def test_orders_a_freight_gap_is_shown_to_the_salesperson_and_a_dispute_to_the_superior(said, gap, step):
    small = desk({**SHIPPED, "waybill_verified_at": datetime(2026, 11, 24, 9), **said})
    small.run(NOW)
    first = "follow the goods with Deppon until they arrive: Lena"
    assert small.row("orders").get("freight_gap") == gap
    assert small.row("orders")["next_step"] == (f"{first}; {step}" if step else first)


DAMAGED = {
    **SHIPPED,
    "status": "picked_up",
    "waybill_verified_at": datetime(2026, 11, 24, 9),
    "arrived_on": date(2026, 11, 24),
    "picked_up_on": date(2026, 11, 24),
    "damaged_on_pickup": True,
    "claim_amount": 500,
}


@pytest.mark.parametrize(("typed", "by"), [(None, "2026-11-27"), (date(2026, 11, 30), "2026-11-30")])
def test_orders_damage_on_pick_up_is_claimed_from_the_carrier_within_its_window(typed, by):
    small = desk({**DAMAGED, "claim_by": typed})
    small.run(NOW)
    assert small.row("orders")["next_step"].startswith(f"file the claim with Deppon by {by}: Lena")
    small.run("2026-12-01T10:00")
    late = small.row("orders")["overdue"]
    assert late.startswith("carrier claim is")
    assert late.endswith(f"(was due {by} 23:59)")
    small.row("orders")["claim_filed_at"] = datetime(2026, 12, 1, 11)
    small.run("2026-12-01T12:00")
    assert small.row("orders")["overdue"] is None
    assert small.row("orders")["next_step"].startswith("chase the claim with Deppon (500): Lena")


def test_orders_more_received_than_claimed_is_too_much():
    small = desk({**DAMAGED, "claim_filed_at": datetime(2026, 11, 24, 9), "claim_received": 600})
    assert found(small) == [("too-much", "claim_received", "600 received is more than the 500 claimed")]


# The rows


def test_orders_what_the_status_says_has_happened_has_a_date():
    rows = [{**SHIPPED, "order_no": f"SO-{n}", "status": status, "shipped_on": None, "waybill": None, "promised_by": date(2027, 1, 9)} for n, status in enumerate(("shipped", "arrived", "completed"))]  # fmt: skip
    assert [(one.key, one.column, one.code) for one in desk(*rows).plan(NOW).findings] == [
        ("SO-0#1", "shipped_on", "required"),
        ("SO-1#1", "shipped_on", "required"),
        ("SO-1#1", "arrived_on", "required"),
        ("SO-2#1", "shipped_on", "required"),
    ]


def test_orders_a_completed_order_stays_as_it_is_and_a_second_run_plans_nothing():
    small = desk(
        ORDER,
        {**ORDER, "order_no": "SO-2", "status": "cancelled", "estimated_ship_on": date(2026, 11, 1)},
        {**DAMAGED, "order_no": "SO-3", "status": "completed", "freight": 10, "freight_estimate": 4},
        {**ORDER, "order_no": "SO-4", "promised_by": date(2026, 11, 20), "paid_on": None},
        {**SHIPPED, "order_no": "SO-5", "waybill_verified_at": datetime(2026, 11, 24, 9)},
    )
    plan = small.run(NOW)
    assert {
        name: value
        for name, value in cells(plan.edits).items()
        if name.startswith("orders.") and ("[1]" in name or "[2]" in name)
    } == {
        "orders.freight_gap[2]": Decimal(6),
    }
    small.run(NOW)
    again = small.plan(NOW)
    assert (again.edits, again.appends, again.observations, new_letters(small, again)) == ((), (), (), [])


def test_orders_that_are_open_stand_on_the_agenda_with_their_clocks():
    small = desk(
        ORDER,
        SHIPPED | {"order_no": "SO-2"},
        {**ORDER, "order_no": "SO-3", "status": "completed", "shipped_on": date(2026, 11, 3)},
    )
    moment = small.moment(NOW)
    due = agenda(small.snapshot(moment), small.settings, moment)
    assert [(one.subject.at.key, one.subject.owner, one.clock.policy.no) for one in due] == [
        ("SO-1#1", "Lena", "P-17"),
        ("SO-2#1", "Lena", "P-16"),
    ]


def test_an_order_register_that_cannot_be_read_judges_nothing():
    assert small_plan_without(desk(ORDER), "orders") == Plan()


@pytest.mark.parametrize("register", ["staff", "tickets"])
def test_orders_the_next_step_stays_while_the_register_that_it_names_somebody_of_cannot_be_read(register):
    small = desk({**ORDER, "status": "new", "date_is_condition": True})
    small.run(NOW)
    plan = small_plan_without(small, register)
    assert (plan.edits, plan.appends, plan.occasions) == ((), (), ())

"""The “money open” list in small cases: what is a debt, since when, how old, and what could not be read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from tests.small_desk import SmallDesk, settings_of
from toolkit.core.reason import Name, because
from toolkit.jobs.figures.asked import Asked
from toolkit.jobs.figures.money import Bracket, Kind, Open, Sum, bracket_of, by_age, sums
from toolkit.jobs.figures.money_tables import money_by_age, money_open
from toolkit.jobs.figures.owed import open_money
from toolkit.jobs.figures.shape import Line, Month

SHOP = settings_of("preset: ecommerce-returns\n")
EARLY = settings_of("preset: ecommerce-returns\nreturns: {refund_when: finance}\n")
REPAIRS = settings_of("preset: furniture-retail\n")
NOW = "2026-11-23T10:00"
TODAY = date(2026, 11, 23)
TICKET = {
    "ticket_no": "T1",
    "opened_at": datetime(2026, 9, 1, 9),
    "kind": "repair",
    "customer": "Anna Berg",
    "phone": "13800138000",
    "problem": "x",
    "status": "closed",
    "owner": "Nina",
}
LINE = {
    "return_no": "R1",
    "order_no": "B1",
    "customer": "Anna Berg",
    "phone": "13800138000",
    "kind": "return_and_refund",
    "quantity": 1,
    "unit_price": 100.0,
    "reason": "quality_defect",
    "applied_at": datetime(2026, 11, 1, 9),
    "status": "pending_review",
}
REVIEWED = {
    "review": "approved",
    "reviewer": "Otto",
    "reviewed_at": datetime(2026, 11, 2, 9),
    "finance_review": "approved",
    "finance_reviewer": "Fay",
    "finance_at": datetime(2026, 11, 3, 9),
    "status": "waiting_for_goods",
}
BACK = {"received_at": datetime(2026, 11, 9, 9), "inspected_at": datetime(2026, 11, 10, 9), "inspection": "passed"}


def found(config, **rows):
    desk = SmallDesk(config, {"tickets": [], **rows})
    at = desk.moment(NOW)
    return [(str(one.kind), one.case, one.who, one.since, one.amount, one.notes)
        for one in open_money(desk.snapshot(at), config, at)]  # fmt: skip


@pytest.mark.parametrize(
    ("config", "said", "expected"),
    [
        (SHOP, {}, None),
        (SHOP, REVIEWED, None),
        (SHOP, {**REVIEWED, **BACK}, date(2026, 11, 10)),
        (SHOP, {**REVIEWED, **BACK, "inspection": "failed"}, None),
        (SHOP, {**REVIEWED, **BACK, "status": "waiting_for_refund"}, date(2026, 11, 10)),
        (SHOP, {**REVIEWED, **BACK, "refunded_at": datetime(2026, 11, 12, 9), "status": "waiting_for_refund"}, None),
        (SHOP, {**REVIEWED, **BACK, "kind": "exchange"}, None),
        (EARLY, REVIEWED, date(2026, 11, 3)),
        (EARLY, {**REVIEWED, "finance_at": None, "finance_review": None}, None),
        (SHOP, {"kind": "refund_only"}, date(2026, 11, 1)),
        (SHOP, {"kind": "refund_only", "shipped": "yes"}, None),
        (SHOP, {"kind": "refund_only", "status": "cancelled"}, None),
    ],
    ids=[
        "asked for", "approved, goods to come", "inspected", "failed", "waiting", "paid", "exchange", "finance's word counts",
        "finance has not said", "before shipping", "shipped", "cancelled",
    ],
)  # fmt: skip
def test_digest_money_open_a_refund_is_owed_from_when_p_19_counts_and_not_while_goods_are_to_come(
    config, said, expected
):
    shown = found(config, returns=[{**LINE, **said}])
    assert shown == ([("refund", "R1", "Anna Berg", expected, Decimal("100.00"), ())] if expected else [])


def test_digest_money_open_lines_of_one_case_are_one_sum_for_each_day_and_an_unreadable_price_is_no_sum():
    lines = [
        {**LINE, **REVIEWED, **BACK, "line_no": "1"},
        {**LINE, **REVIEWED, **BACK, "line_no": "2", "unit_price": 20.5},
        {**LINE, **REVIEWED, **BACK, "line_no": "3", "unit_price": 9.0, "inspected_at": datetime(2026, 11, 20, 9)},
    ]
    assert found(SHOP, returns=lines) == [
        ("refund", "R1", "Anna Berg", date(2026, 11, 10), Decimal("120.50"), ()),
        ("refund", "R1", "Anna Berg", date(2026, 11, 20), Decimal("9.00"), ()),
    ]
    unknown = (because("figures.amount-unknown"),)
    assert found(SHOP, returns=[{**lines[0], "unit_price": "about ten"}]) == [
        ("refund", "R1", "Anna Berg", date(2026, 11, 10), None, unknown)
    ]


ADVANCED = {"paid_by": "customer", "finished_at": datetime(2026, 10, 1, 9), "vendor_fee": 165.0}
UNKNOWN = (because("figures.amount-unknown"),)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (ADVANCED, ("advance", "Anna Berg", date(2026, 10, 1), Decimal(165), ())),
        ({**ADVANCED, "vendor_fee": None}, ("advance", "Anna Berg", date(2026, 10, 1), None, UNKNOWN)),
        ({**ADVANCED, "vendor_fee": 0}, None),
        ({**ADVANCED, "finished_at": None}, None),
        ({**ADVANCED, "status": "merged"}, None),
        ({**ADVANCED, "advance_refunded_on": date(2026, 10, 5)}, None),
        ({**ADVANCED, "advance_refunded_on": "last week"}, None),
        ({**ADVANCED, "paid_by": "us"}, None),
        ({"paid_in_advance": 80.0, "supplier": "S1"}, ("recovery", "Acme (S1)", date(2026, 9, 1), Decimal(80), ())),
        (
            {"paid_in_advance": 80.0, "recovered": 30.0, "supplier": "S1", "closed_at": date(2026, 9, 9)},
            ("recovery", "Acme (S1)", date(2026, 9, 9), Decimal(50), ()),
        ),
        ({"paid_in_advance": 80.0, "recovered": 80.0, "supplier": "S1"}, None),
        ({"paid_in_advance": 80.0, "recovered": "some", "supplier": "S1"}, None),
        (
            {"paid_in_advance": 80.0},
            ("recovery", None, date(2026, 9, 1), Decimal(80), (because("figures.no-supplier"),)),
        ),
        ({"paid_in_advance": 80.0, "supplier": "S1", "status": "merged"}, None),
    ],
)
def test_digest_money_open_p_26_advances_and_recoveries_are_open_until_they_are_paid_back(said, expected):
    shown = found(REPAIRS, tickets=[{**TICKET, **said}], suppliers=[{"supplier_no": "S1", "name": "Acme"}])
    assert shown == ([(expected[0], "T1", *expected[1:])] if expected else [])


def test_digest_money_open_a_claim_that_was_not_filed_is_told_and_has_no_amount_yet():
    order = {
        "order_no": "B1", "customer": "Anna Berg", "phone": "13800138000", "ordered_on": date(2026, 10, 1),
        "promised_by": date(2026, 11, 1), "picked_up_on": date(2026, 10, 30), "carrier": "Deppon", "status": "completed",
        "damaged_on_pickup": "yes",
    }  # fmt: skip
    notes = (because("figures.not-filed"), because("figures.amount-unknown"))
    assert found(REPAIRS, orders=[order]) == [("claim", "B1", "Deppon", date(2026, 10, 30), None, notes)]


@pytest.mark.parametrize(
    ("age", "bracket"),
    [(0, "0-30"), (30, "0-30"), (31, "31-60"), (60, "31-60"), (61, "61-90"), (90, "61-90"), (91, "over-90"), (None, "undated")],
)  # fmt: skip
def test_digest_money_open_brackets_end_with_their_last_day(age, bracket):
    assert bracket_of(age) == bracket


def an_open(case, days, amount, kind=Kind.CLAIM):
    since = TODAY - timedelta(days=days) if days is not None else None
    return Open(kind, case, None, None, since, Decimal(amount) if amount else None, "orders", "main", 2)


def test_digest_money_open_is_sorted_by_age_and_summed_by_kind_and_bracket():
    every = [an_open("a", 5, 10), an_open("b", None, 7), an_open("c", 91, 1), an_open("d", 5, 20), an_open("e", 40, None),
        an_open("f", 91, 2, Kind.REFUND), an_open("g", -3, 4)]  # fmt: skip
    assert [one.case for one in by_age(every)] == ["f", "c", "e", "d", "a", "g", "b"]
    assert [one.case for one in by_age(reversed(every))] == ["f", "c", "e", "d", "a", "g", "b"]
    assert sums(every, TODAY) == (
        Sum(Kind.REFUND, 1, 0, tuple(map(Decimal, (0, 0, 0, 2, 0)))),
        Sum(Kind.CLAIM, 6, 1, tuple(map(Decimal, (34, 0, 0, 1, 7)))),
    )
    assert [one.total for one in sums(every, TODAY)] == [Decimal(2), Decimal(42)]
    assert len(Bracket) == len(sums(every, TODAY)[0].by_bracket)


def test_digest_money_open_a_register_that_could_not_be_read_is_told_of_and_not_counted_as_nothing():
    desk = SmallDesk(REPAIRS, {"tickets": [{**TICKET, **ADVANCED}]})
    at = desk.moment(NOW)
    snapshot = replace(desk.snapshot(at), unread=(("main", "orders"), ("main", "returns")))
    asked = Asked(snapshot, REPAIRS, Month(2026, 11), at)
    told = [because("figures.unread", register=Name(one)) for one in ("returns", "orders")]
    advance = because("figures.money-advance")
    assert money_open(asked).lines == (
        Line(
            (advance, "T1", "Anna Berg"),
            (because("figures.days-31-60"), "Nina", date(2026, 10, 1), 53, Decimal(165)),
        ),
        *(Line((one, "", ""), (None,) * 5) for one in told),
    )
    zero = Decimal(0)
    assert money_by_age(asked).lines == (
        Line((advance, "CNY"), (1, zero, Decimal(165), zero, zero, zero, Decimal(165))),
        *(Line((one, ""), (None,) * 7) for one in told),
    )

"""Whose rows are whose, over registers and books: numbers in any spelling, names, numbers of cases, strangers kept apart."""

from __future__ import annotations

import dataclasses
from datetime import datetime

import pytest

from tests.small_desk import SmallDesk, settings_of
from toolkit.app.customers.found import found
from toolkit.app.customers.standing import money, promises
from toolkit.app.planning import words_of
from toolkit.core.errors import UsageError
from toolkit.registers.people import People

NOW = "2026-11-24T10:00"
SETTINGS = settings_of("tabs: [orders, returns, parts, contacts, contracts, maintenance]\n")


def ticket(no, customer, phone=None, **more):
    at = datetime(2026, 11, 2, 9)
    cells = {"ticket_no": no, "opened_at": at, "kind": "repair", "customer": customer, "phone": phone}
    return {**cells, "problem": "x", "status": "new", **more}


def order(no, customer, phone=None, **more):
    cells = {"order_no": no, "customer": customer, "phone": phone, "ordered_on": datetime(2026, 10, 1).date()}
    return {**cells, "promised_by": datetime(2026, 12, 1).date(), "status": "new", **more}


def people(**rows):
    desk = SmallDesk(SETTINGS, rows)
    return People(desk.snapshot(desk.moment(NOW)).tables, "CN")


def keys(customer):
    return sorted(at.row.key or f"{at.table.register.name}:{at.row.row}" for at in customer.rows)


ANN = [
    ticket("T1", "Ann Lee", "13800138000", email="Ann@example.com"),
    ticket("T2", "ＡＮＮ lee", 13800138000),
    ticket("T3", "Ann Lee", "13800138000/021-62345678"),
    ticket("T4", "Bo", "021 6234 5678"),
]


@pytest.mark.parametrize(
    ("asked", "rows"),
    [
        ("13800138000", ["T1", "T2", "T3"]),
        ("+86 138-0013-8000", ["T1", "T2", "T3"]),
        ("ann@EXAMPLE.com", ["T1", "T2", "T3"]),
        ("021-62345678", ["T1", "T2", "T3", "T4"]),
        ("(021)62345678", ["T1", "T2", "T3", "T4"]),
        ("t2", ["T1", "T2", "T3"]),
        ("T4", ["T4"]),
        ("ann lee", ["T1", "T2", "T3"]),
        ("Bo", ["T4"]),
    ],
)
def test_a_customer_is_found_by_number_address_name_and_case_in_any_spelling(asked, rows):
    assert keys(found(people(tickets=ANN), asked, words_of(SETTINGS))) == rows


def test_rows_about_a_customers_matters_come_along_through_every_link():
    all_of_it = people(
        tickets=[ticket("T1", "Ann", "13800138000", order_no="S1"), ticket("T9", "Bo", "13900139000", order_no="S9")],
        orders=[order("S1", "Ann's mother"), order("S9", "Bo", "13900139000")],
        parts=[
            {"part_no": "P1", "ticket_no": "t1", "part": "leg"},
            {"part_no": "P9", "ticket_no": "T9", "part": "leg"},
        ],
        surveys=[{"survey_no": "C1", "order_no": "S1", "called_at": datetime(2026, 11, 5)}],
        contacts=[{"contact_no": "K1", "ticket_no": "T1", "at": datetime(2026, 11, 5)}],
        contracts=[
            {"contract_no": "U1", "customer": "Ann", "phone": "13800138000", "accepted_on": datetime(2026, 1, 5)}
        ],
        maintenance=[{"visit_no": "M1", "contract_no": "U1"}],
    )
    assert keys(all_of_it.by_contact("13800138000")) == ["C1", "K1", "M1", "P1", "S1#1", "T1", "U1"]
    assert keys(all_of_it.by_number("S9")) == ["P9", "S9#1", "T9"]


def test_strangers_who_share_a_shops_number_are_not_joined_through_it():
    shop = people(
        tickets=[
            ticket("T1", "Ann", "13800138000", email="shop@example.com"),
            ticket("T2", "Bo", "13900139000", email="shop@example.com"),
            ticket("T3", "Ann", "13700137000", email="shop@example.com"),
        ]
    )
    ann, everybody = shop.by_contact("13800138000"), shop.by_contact("shop@example.com")
    assert (keys(ann), ann.others, ann.shared) == (["T1", "T3"], ("Bo",), {"shop@example.com"})
    assert (keys(everybody), everybody.others, everybody.shared) == (["T1", "T2", "T3"], (), frozenset())
    assert keys(shop.by_name("Bo")[0]) == ["T2"]


def test_an_order_that_strangers_name_opens_nobodys_file_to_another():
    shared = people(
        tickets=[
            ticket("T1", "Ann", "13800138000", order_no="S1"),
            ticket("T2", "Bo", "13900139000", order_no="S1"),
            ticket("T3", "Ann", "13700137000", order_no="s1"),
        ],
        orders=[order("S1", "Corner shop", "021-62345678")],
        contacts=[
            {"contact_no": "K1", "order_no": "S1", "at": datetime(2026, 11, 5)},
            {"contact_no": "K2", "order_no": "S1", "ticket_no": "T2", "at": datetime(2026, 11, 5)},
        ],
    )
    assert keys(shared.by_contact("13800138000")) == ["K1", "S1#1", "T1", "T3"]
    assert keys(shared.by_number("T2")) == ["K1", "K2", "S1#1", "T2"]
    assert keys(shared.by_number("S1")) == ["K1", "K2", "S1#1", "T1", "T2", "T3"]


def test_numbers_that_begin_anew_in_each_book_lead_to_rows_of_the_same_book():
    desk = SmallDesk(SETTINGS, {"tickets": [ticket("T1", "Ann", "13800138000")], "contacts": [{"contact_no": "K1", "ticket_no": "T1", "at": datetime(2026, 11, 5)}]})  # fmt: skip
    other = SmallDesk(SETTINGS, {"tickets": [ticket("T1", "Bo", "13900139000")], "contacts": [{"contact_no": "K2", "ticket_no": "T1", "at": datetime(2026, 11, 6)}]})  # fmt: skip
    here, there = (one.snapshot(one.moment(NOW)).tables for one in (desk, other))
    both = People((*here, *(dataclasses.replace(one, book="second") for one in there)), "CN")
    assert keys(both.by_contact("13800138000")) == ["K1", "T1"]
    assert keys(both.by_contact("13900139000")) == ["K2", "T1"]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (
            "李",
            (
                "There are 3 customers called “李”; ask by telephone number, mail address or ticket:\n"
                "  李明  138****8000, l***@example.com  上海  Tickets T1  Tickets T2\n"
                "  李明  139****9000  Tickets T3\n"
                "  李红  137****7000  Tickets T4"
            ),
        ),
        ("13600136000", "No row of the desk has this number or address"),
        ("李明明明", "There is no customer and no number “李明明明”; do you mean 李明?"),
        ("T-100", "There is no customer and no number “T-100”"),
    ],
)
def test_of_several_nobody_is_chosen_and_numbers_are_masked(asked, says):
    rows = [
        ticket("T1", "李明", "13800138000", city="上海"),
        ticket("T2", "李明", "13800138000", email="li@example.com"),
        ticket("T3", "李明", "13900139000"),
        ticket("T4", "李红", "13700137000"),
    ]
    with pytest.raises(UsageError) as refused:
        found(people(tickets=rows), asked, words_of(SETTINGS))
    assert str(refused.value) == says


def test_rows_without_a_number_or_address_belong_to_the_only_customer_of_that_name():
    rows = [order("S1", "Ann"), order("S2", "Ann", "13800138000"), order("S3", "Cy")]
    assert keys(people(orders=rows).by_name("Ann")[0]) == ["S1#1", "S2#1"]
    assert [keys(one) for one in people(orders=rows).by_name("Cy")] == [["S3#1"]]


def test_promises_and_open_money_are_those_that_are_not_kept_yet():
    day = datetime(2026, 11, 20, 14)
    desk = SmallDesk(
        SETTINGS,
        {
            "tickets": [
                ticket("T1", "Ann", "13800138000", visit_at=day, promised_by=datetime(2026, 11, 30).date(), fee=80, fee_agreed=True),
                ticket("T2", "Ann", "13800138000", visit_at=day, finished_at=day, vendor_fee=200, paid_by="customer"),
                ticket("T3", "Ann", "13800138000", visit_at=day, status="cancelled", fee=50, fee_agreed=True),
                ticket("T4", "Ann", "13800138000", status="closed", vendor_fee=90, paid_by="customer", advance_refunded_on=day.date()),
            ],
            "orders": [order("S1", "Ann", "13800138000"), order("S2", "Ann", "13800138000", arrived_on=day.date())],
            "contacts": [
                {"contact_no": "K1", "ticket_no": "T1", "at": day, "next_contact_at": datetime(2026, 11, 21)},
                {"contact_no": "K2", "ticket_no": "T1", "at": datetime(2026, 11, 21), "next_contact_at": datetime(2026, 11, 25, 9)},
                {"contact_no": "K3", "ticket_no": "T3", "at": day, "next_contact_at": datetime(2026, 11, 25)},
            ],
        },
    )  # fmt: skip
    now = desk.moment(NOW)
    snapshot = desk.snapshot(now)
    ann = People(snapshot.tables, "CN").by_contact("13800138000")
    assert [(one.at.row.key, one.column, one.is_late) for one in promises(snapshot, ann.rows, now)] == [
        ("T1", "visit_at", True),
        ("K2", "next_contact_at", False),
        ("T1", "promised_by", False),
        ("S1#1", "promised_by", False),
    ]
    assert [(one.at.row.key, one.why, int(one.amount)) for one in money(ann.own)] == [
        ("T1", "customer.fee", 80),
        ("T2", "customer.advance", 200),
    ]


class Passes(tuple):  # noqa: SLOT001  a count of its own
    """Rows that count how often they are gone through."""

    count = 0

    def __iter__(self):
        self.count += 1
        return super().__iter__()


def test_the_index_is_made_in_one_pass_over_the_rows_and_asked_without_another():
    desk = SmallDesk(SETTINGS, {"tickets": ANN, "orders": [order("S1", "Ann Lee", "13800138000")], "contacts": []})
    tables = [dataclasses.replace(one, rows=Passes(one.rows)) for one in desk.snapshot(desk.moment(NOW)).tables]
    index = People(tables, "CN")
    assert all(index.by_contact(one) for one in ("13800138000", "021-62345678"))
    assert index.by_name("Ann Lee") and index.by_number("S1")  # noqa: PT018
    assert {one.register.name: one.rows.count for one in tables} == {"tickets": 1, "orders": 1, "contacts": 1}

"""Parts: numbers, what comes next, what is late, the letter with the fitting guide (20, Triage: small parts posted)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from tests.small_desk import SmallDesk, cells, new_letters, settings_of
from toolkit.core.actions import Plan
from toolkit.jobs import parts

CONFIG = "channels: {only_since: 2026-11-01, quiet_hours: none}\n"
NOW = "2026-11-24T10:00"
STAFF = [
    {
        "staff_no": "S1",
        "name": "Shirley",
        "role": "customer_service",
        "email": "shirley@example.com",
        "manager": "Henry",
    },
    {"staff_no": "S2", "name": "Henry", "role": "manager", "email": "henry@example.com"},
]
TICKET = {
    "ticket_no": "AS-1",
    "kind": "repair",
    "customer": "Anna Berg",
    "phone": "13800138000",
    "email": "anna@example.com",
    "product": "Oak cabinet",
    "category": "cabinet",
    "problem": "The runner is broken",
    "opened_at": datetime(2026, 11, 20, 9),
    "responded_at": datetime(2026, 11, 20, 10),
    "owner": "Shirley",
    "status": "waiting_for_parts",
}
PART = {"part_no": "PT-1", "ticket_no": "AS-1", "part": "Runner", "quantity": 2, "size": "small"}


def desk(*rows, ticket=None, config=CONFIG):
    registers = {"tickets": [{**TICKET, **(ticket or {})}], "parts": [dict(one) for one in rows], "staff": STAFF}
    return SmallDesk(settings_of(config), registers)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, "agree with the customer which part is sent: Shirley"),
        ({"agreed_at": date(2026, 11, 20)}, "order the part from the supplier: Shirley"),
        ({"ordered_on": date(2026, 11, 21)}, "ask the supplier when the part comes, and enter the day: Shirley"),
        ({"ordered_on": date(2026, 11, 21), "expected_on": date(2026, 11, 24)}, "the part is expected on 2026-11-24: Shirley"),
        ({"ordered_on": date(2026, 11, 21), "expected_on": date(2026, 11, 23)}, "chase the part, it was expected on 2026-11-23: Shirley"),
        ({"received_on": date(2026, 11, 24)}, "post the part to the customer: Shirley"),
        ({"received_on": date(2026, 11, 24), "fitted_by": "vendor"}, "arrange the visit to fit the part: Shirley"),
        ({"sent_on": date(2026, 11, 24)}, "ask the customer whether the part fits: Shirley"),
        ({"sent_on": date(2026, 11, 24), "fitted_by": "vendor"}, "arrange the visit to fit the part: Shirley"),
    ],
)  # fmt: skip
def test_parts_the_next_step_is_to_agree_order_chase_post_or_fit(said, expected):
    small = desk({**PART, **said})
    small.run(NOW)
    assert small.row("parts")["next_step"] == expected
    small.row("tickets").update(
        status="closed", finished_at=datetime(2026, 11, 24, 9), solved_at=datetime(2026, 11, 24, 9)
    )
    small.run(NOW)
    assert small.row("parts")["next_step"] is None


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ({"agreed_at": datetime(2026, 11, 21, 9)}, "PT-20261121-0001"),
        ({"ordered_on": date(2026, 11, 23)}, "PT-20261123-0001"),
        ({}, "PT-20261120-0001"),  # as the ticket was opened
        ({"ticket_no": "AS-9"}, None),  # no such ticket: first to be mended
    ],
)
def test_parts_a_new_row_gets_a_number_by_its_first_day(said, number):
    small = desk({**PART, "part_no": None, **said})
    assert cells(small.plan(NOW).edits).get("parts.part_no[0]") == number


def test_parts_a_part_that_does_not_come_is_late_and_the_owner_of_its_ticket_hears_of_it():
    small = desk({**PART, "ordered_on": date(2026, 11, 21), "expected_on": date(2026, 11, 23)})
    plan = small.run(NOW)
    assert small.row("parts")["overdue"] == "part to arrive is less than 1 working day late (was due 2026-11-23 23:59)"
    (letter,) = [one for one in plan.occasions if one.at.register == "parts" and not one.skip]
    assert (letter.notice, letter.to.role, letter.cause) == ("overdue", "staff:S1", "2026-11-23")
    shown = letter.values()["ticket"]
    assert [shown[one] for one in ("what", "ticket_no", "customer", "product")] == [
        "Part",
        "PT-1",
        "Anna Berg",
        "Runner",
    ]
    moment = small.moment(NOW)
    due = parts.agenda(small.snapshot(moment), small.settings, moment)
    assert [(one.subject.at.key, one.subject.owner, one.clock.policy.no) for one in due] == [
        ("PT-1", "Shirley", "C-03")
    ]
    small.row("parts")["received_on"] = date(2026, 11, 24)
    small.run(NOW)
    assert small.row("parts")["overdue"] is None


def test_parts_a_posted_parts_letter_carries_the_fitting_guide_of_the_category():
    small = desk({**PART, "sent_on": date(2026, 11, 24), "carrier": "YTO", "waybill": "YT88", "fitted_by": "customer"})
    (letter,) = [one for one in new_letters(small, small.plan(NOW)) if one.at.register == "parts"]
    assert (letter.notice, letter.to.role, letter.cause) == ("part-posted", "customer", "2026-11-24")
    told = letter.values()
    assert told["part"] == {
        "part": "Runner",
        "size": "Small",
        "quantity": 2,
        "supplier": None,
        "sent_on": date(2026, 11, 24),
        "expected_on": None,
        "carrier": "YTO",
        "waybill": "YT88",
        "fitted_by": "Customer",
    }
    assert told["ticket"]["ticket_no"] == "AS-1"
    assert told["guide"][0] == "Pull the drawer out and take off the old runners"
    small.run(NOW)
    again = small.run(NOW)
    assert new_letters(small, again) == []
    assert small.row("parts")["last_message"].startswith("part posted, email")
    assert small.plan(NOW).edits == ()


@pytest.mark.parametrize(
    ("said", "ticket"),
    [
        ({"fitted_by": "vendor"}, {}),
        ({}, {"status": "cancelled"}),
        ({}, {"email": None, "phone": "nobody"}),
        ({"sent_on": date(2026, 10, 31)}, {}),  # before the desk began
        ({"received_on": date(2026, 11, 24), "sent_on": date(2026, 11, 23)}, {}),  # a row with a fault
    ],
)
def test_parts_a_part_for_the_vendor_or_of_a_row_that_is_wrong_or_over_is_not_announced(said, ticket):
    small = desk({**PART, "sent_on": date(2026, 11, 24), **said}, ticket=ticket)
    assert [one.notice for one in new_letters(small, small.plan(NOW)) if one.at.register == "parts"] == []


@pytest.mark.parametrize("status", ["done", "accepted", "closed"])
def test_parts_a_posted_part_is_announced_although_the_ticket_ended_with_the_posting(status):
    ended = {"status": status, "finished_at": datetime(2026, 11, 24, 9), "solution": "A new runner by courier"}
    small = desk({**PART, "sent_on": date(2026, 11, 24)}, ticket={**ended, "acceptance": "passed"})
    told = new_letters(small, small.plan(NOW))
    assert [one.notice for one in told if one.at.register == "parts"] == ["part-posted"]
    small.run(NOW)
    assert new_letters(small, small.plan(NOW)) == []


@pytest.mark.parametrize(
    ("parts", "step"),
    [
        ([], "post the part to the customer and enter it in the parts register: Shirley"),
        ([PART], "chase the parts (Runner): Shirley"),
        ([{**PART, "received_on": date(2026, 11, 23)}], "the parts are here: post them, or arrange the visit: Shirley"),
        ([{**PART, "sent_on": date(2026, 11, 24)}], "the parts were sent: ask the customer whether they fit: Shirley"),
    ],
)
def test_triage_of_a_repair_by_courier_the_way_of_the_part_is_the_next_step(parts, step):
    planned = {
        "status": "planned",
        "service_mode": "courier",
        "solution": "A new runner",
        "solved_at": datetime(2026, 11, 23, 9),
    }
    small = desk(
        *parts, ticket={**planned, "delivered_on": date(2026, 3, 2)}, config=CONFIG + "preset: dining-chairs\n"
    )
    small.run(NOW)
    assert small.row("tickets")["next_step"] == step


def test_parts_a_guide_of_ones_own_takes_the_place_of_ours_and_other_categories_have_none():
    own = CONFIG + "parts: {guides: {cabinet: {en: [Screw it on]}}}\n"
    part = {**PART, "sent_on": date(2026, 11, 24)}

    def guide(small):
        return next(one for one in new_letters(small, small.plan(NOW)) if one.at.register == "parts").values()["guide"]

    assert guide(desk(part, config=own)) == ["Screw it on"]
    assert guide(desk(part, ticket={"category": "lighting"})) == []


def test_parts_the_ticket_that_waits_names_the_part():
    small = desk(
        PART,
        {**PART, "part_no": "PT-2", "part": "Handle"},
        {**PART, "part_no": "PT-3", "part": "Door", "received_on": date(2026, 11, 23)},
    )
    small.run(NOW)
    assert small.row("tickets")["next_step"] == "chase the parts (Runner, Handle): Shirley"


def test_parts_that_cannot_be_read_are_not_judged():
    small = desk(PART)
    moment = small.moment(NOW)
    for register in ("parts", "tickets"):
        gone = replace(small.snapshot(moment), unread=(("main", register),))
        assert parts.plan(gone, small.settings, moment) == Plan()

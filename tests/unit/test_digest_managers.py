"""What managers read besides their own: the desk in figures, who is late with what, what nobody has, what waits for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from tests.digest_desk import desk, letters, sections, ticket, whole

MARY = "mary@example.com"
VENDORS = [
    {"vendor_no": "V1", "name": "Steady", "city": "Bristol", "phone": "13800138002", "rating": 2.9, "surveys": 6},
    {"vendor_no": "V2", "name": "Fine", "city": "Bristol", "phone": "13800138003", "rating": 1.5, "surveys": 1},
    {"vendor_no": "V3", "name": "Good", "city": "Bristol", "phone": "13800138004", "rating": 3.0, "surveys": 9},
    {"vendor_no": "V4", "name": "Gone", "city": "Bristol", "phone": "13800138005", "rating": 1.0, "active": False},
    {"vendor_no": "V5", "name": "New", "city": "Bristol", "phone": "13800138006"},
]
ORDER = {
    "order_no": "SO-1",
    "customer": "Ann Wu",
    "phone": "13800138009",
    "product": "Desk",
    "quantity": 1,
    "ordered_on": date(2026, 2, 2),
    "promised_by": date(2026, 3, 4),
    "delay_told_at": datetime(2026, 3, 4, 17),
    "tracker": "Tess",
    "in_stock": True,
    "stock_rechecked_on": date(2026, 2, 3),
    "paid_on": date(2026, 2, 3),
    "status": "in_production",
}
LATE = {"opened_at": datetime(2026, 3, 3, 9)}


def returned(number, **cells):
    """A case that operations have to review since Monday."""
    case = {"return_no": number, "line_no": 1, "order_no": "SO-1", "customer": "Bo", "phone": "13800138007"}
    goods = {"kind": "return_and_refund", "product": "Chair", "quantity": 1, "unit_price": 10, "ordered_quantity": 1}
    told = {
        "ordered_on": date(2026, 2, 27),
        "delivered_on": date(2026, 3, 1),
        "reason": "quality_defect",
        "photos": "https://x.example/1",
    }
    return {
        **case,
        **goods,
        **told,
        "shipped": True,
        "applied_at": datetime(2026, 3, 2, 9),
        "status": "pending_review",
        **cells,
    }


def of(values, *kinds):
    """Heading, count and lines of some sections."""
    return [one for one, part in zip(sections(values), values["sections"], strict=True) if part["kind"] in kinds]


def test_digest_managers_read_the_desk_in_figures_and_by_register():
    small = desk(
        tickets=[
            ticket("AS-1", **LATE),
            ticket("AS-2", "Omar"),
            ticket("AS-3", status="closed"),
            ticket("AS-4", phone="12"),
        ],
        orders=[ORDER],
        vendors=VENDORS,
    )
    small.memory = replace(small.memory, outbox={"held": 4})
    found = letters(small)[MARY]
    assert {one["label"]: one["value"] for one in found["counts"]} == {
        "open tickets": 3,
        "overdue": 2,
        "due today": 2,
        "call-backs due": 0,
        "messages to approve": 4,
    }
    assert found["registers"] == [
        {"label": "Tickets", "register": "tickets", "open": 3, "overdue": 1, "today": 2, "mend": 2},
        {"label": "Orders", "register": "orders", "open": 1, "overdue": 1, "today": 0, "mend": 0},
    ]
    assert found["warnings"] == ["4 messages waiting for approval: see aftersales outbox list --state held"]


def test_digest_managers_read_late_steps_by_person_and_step_over_all_registers():
    called = {
        "opened_at": datetime(2026, 2, 26, 9),
        "responded_at": datetime(2026, 2, 26, 10),
        "solution": "Glued",
        "status": "done",
    }
    done = {
        "solved_at": datetime(2026, 2, 26, 11),
        "started_at": datetime(2026, 2, 26, 12),
        "finished_at": datetime(2026, 2, 26, 13),
    }
    small = desk(
        tickets=[
            ticket("AS-1", **LATE),
            ticket("AS-2", **LATE),
            ticket("AS-3", "Omar", **LATE),
            ticket("AS-4", vendor="V3", **called, **done),
        ],
        orders=[ORDER],
        vendors=VENDORS[2:3],
        surveys=[],
    )
    assert of(letters(small)[MARY], "breaches") == [
        ("Late steps by person", 4, [
            "Nina: first response, 2",
            "Caller: call-back, 1",
            "Omar: first response, 1",
            "Tess: promised date, 1",
        ]),
    ]  # fmt: skip


def test_digest_managers_read_what_nobody_is_assigned_to_in_each_register_that_names_somebody():
    small = desk(
        tickets=[
            ticket("AS-1", None),
            ticket("AS-2", None, status="closed"),
            ticket("AS-3"),
            ticket("AS-4", None, responded_at=datetime(2026, 3, 4, 13)),
        ],
        orders=[ORDER | {"tracker": None}, ORDER | {"order_no": "SO-2", "tracker": None, "status": "completed"}],
        chores=[{"name": "Review outlook", "every": "1mo", "starts_on": date(2026, 3, 30)}],
        returns=[returned("RT-1")],
    )
    assert of(letters(small)[MARY], "unassigned") == [
        ("Nobody assigned: Tickets", 2, [
            "AS-1 Ellen Shaw: first response by 2026-03-05 12:00 (nobody assigned)",
            "AS-4 Ellen Shaw: progress report by 2026-03-06 18:00 (nobody assigned)",
        ]),
        ("Nobody assigned: Orders", 1, [
            "SO-1 Ann Wu Desk: promised date is less than 1 working day late (was due 2026-03-04 23:59) (nobody assigned)",
        ]),
        ("Nobody assigned: Returns", 1, ["RT-1 Bo Chair: operations review is 1 working day late (was due 2026-03-03 18:00) (nobody assigned)"]),
        ("Nobody assigned: Chores", 1, ["Review outlook: chore by 2026-03-30 23:59 (nobody assigned)"]),
    ]  # fmt: skip


def test_digest_managers_read_which_vendors_are_below_three_stars_the_weakest_first():
    (found,) = [one for one in letters(desk(vendors=VENDORS))[MARY]["sections"] if one["kind"] == "weak-vendors"]
    assert [(row["text"], row["cell"]) for row in found["rows"]] == [
        ("Fine: 1.5 stars, 1 call-back", "Vendors!V3"),
        ("Steady: 2.9 stars, 6 call-backs", "Vendors!V2"),
    ]
    assert of(
        letters(desk("preset: furniture-retail\nvendors: {minimum_stars: 2}\n", vendors=VENDORS))[MARY], "weak-vendors"
    ) == [("Vendors below 2 stars", 1, ["Fine: 1.5 stars, 1 call-back"])]


def test_digest_managers_read_which_returns_wait_for_which_role_and_how_long():
    small = desk(
        orders=[ORDER],
        returns=[returned("RT-1"), returned("RT-1", line_no=2), returned("RT-2", applied_at=datetime(2026, 3, 4, 9)),
                 returned("RT-3", review="approved", reviewer="Nina", reviewed_at=datetime(2026, 3, 4, 9), status="approved")],
    )  # fmt: skip
    assert of(letters(small)[MARY], "returns") == [
        ("Returns that wait", 2, [
            "Operations: 2 cases, the oldest since 2026-03-02 (3 working days)",
            "Finance: 1 case, the oldest since 2026-03-04 (1 working day)",
        ]),
    ]  # fmt: skip


def test_digest_managers_read_the_proposals_that_wait_for_a_decision():
    suppliers = [
        {"supplier_no": "P1", "name": "Woods", "action": "oral warning"},
        {
            "supplier_no": "P2",
            "name": "Oak",
            "action": "oral warning",
            "decision": "oral_warning",
            "decided_on": date(2026, 3, 4),
        },
        {
            "supplier_no": "P3",
            "name": "Elm",
            "action": "removal",
            "decision": "written_notice",
            "decided_on": date(2026, 2, 4),
        },
        {"supplier_no": "P4", "name": "Ash", "action": "oral warning", "active": False},
    ]
    small = desk(suppliers=suppliers)
    small.row("staff", 1)["penalty"] = "200: 1 complaint not handled in time"
    small.row("staff", 0).update(penalty="400", decision="none", decided_on=date(2026, 3, 4))
    assert of(letters(small)[MARY], "proposals") == [
        ("For you to decide", 3, ["Woods: oral warning", "Elm: removal", "Omar: 200: 1 complaint not handled in time"])
    ]


@pytest.mark.parametrize(
    ("complaints", "decision", "is_read"),
    [
        (3, "oral_warning", False),
        (4, "oral_warning", True),  # 20: more than three ask for the written notice
        (4, "written_notice", False),
        (4, "none", False),
        (3, "award", True),
    ],
)
def test_digest_managers_read_of_a_supplier_what_the_decision_of_the_month_does_not_answer(
    complaints, decision, is_read
):
    supplier = {"supplier_no": "P1", "name": "Woods", "action": "written notice"}
    supplier |= {"decision": decision, "decided_on": date(2026, 3, 4)}
    made = [ticket(f"AS-{n}", supplier="P1", fault="surface", kind="complaint") for n in range(complaints)]
    read = of(letters(desk(tickets=made, suppliers=[supplier]))[MARY], "proposals")
    assert read == ([("For you to decide", 1, ["Woods: written notice"])] if is_read else [])


def test_digest_managers_read_every_overdue_row_with_its_owner_and_only_their_own_of_the_rest():
    small = desk(
        tickets=[
            ticket("AS-1", **LATE),
            ticket("AS-2"),
            ticket("AS-3", "Mary"),
            ticket("AS-4", "Who is that"),
            ticket("AS-5", None),
        ]
    )
    assert of(letters(small)[MARY], "overdue", "today", "tomorrow", "unassigned") == [
        ("Overdue: Tickets", 1, ["AS-1 Ellen Shaw: first response is 1 working day late (was due 2026-03-04 09:00) (Nina)"]),
        ("Due today: Tickets", 2, [
            "AS-3 Ellen Shaw: first response by 2026-03-05 12:00",
            "AS-4 Ellen Shaw: first response by 2026-03-05 12:00 (Who is that)",
        ]),
        ("Nobody assigned: Tickets", 1, ["AS-5 Ellen Shaw: first response by 2026-03-05 12:00 (nobody assigned)"]),
    ]  # fmt: skip


def test_digest_of_a_promise_that_a_deadline_ticket_keeps_the_ticket_alone_is_told():
    keeping = ticket(
        "AS-1",
        "Tess",
        kind="deadline",
        order_no="SO-1",
        promised_by=date(2026, 3, 4),
        responded_at=datetime(2026, 3, 4, 13),
    )
    late = of(whole(desk(tickets=[keeping], orders=[ORDER])), "overdue")
    assert late == [
        (
            "Overdue: Tickets",
            1,
            ["AS-1 Ellen Shaw: promised date is less than 1 working day late (was due 2026-03-04 23:59) (Tess)"],
        )
    ]


@pytest.mark.parametrize(
    ("unread", "figures", "registers"),
    [
        ((), [1, 2, 0, 0, 0], {"tickets": 1, "orders": 1}),
        (("orders",), [1, None, None, None, 0], {"tickets": 1, "orders": None}),
        (("tickets",), [None, None, None, None, 0], {"tickets": None, "orders": 1}),
    ],
)
def test_digest_of_a_register_that_could_not_be_read_no_figure_is_zero(unread, figures, registers):
    small = desk(tickets=[ticket("AS-1", **LATE)], orders=[ORDER], surveys=[])
    found = letters(small, unread=unread)[MARY]
    assert [one["value"] for one in found["counts"]] == figures
    assert {one["register"]: one["open"] for one in found["registers"]} == registers
    said = "“{}” (main) cannot be read: bring the tab back. Nothing of it, or that depends on it, is counted here"
    assert found["warnings"] == [said.format(one.capitalize()) for one in unread]

"""One register that cannot be read leaves alone the cells that go by it; every other cell of a ticket goes on (rule 3 of 40)."""

from __future__ import annotations

import pytest

from tests.unit.small_desk import SmallDesk, at, ticket, wall

REGISTERS = ("surveys", "contacts", "vendors", "staff")
LATE = ticket(opened_at=wall("20 10:00"), status="new")
"""Not answered yet: nothing but the row itself says so."""
FINISHED = ticket(
    opened_at=wall("16 10:00"),
    responded_at=wall("16 11:00"),
    finished_at=wall("18 10:00"),
    started_at=wall("18 09:00"),
    visit_at=wall("18 09:00"),
    vendor="V1",
    status="done",
)
"""The call-back is owed since the evening of the 21st, or made."""
ON_THE_WAY = ticket(
    kind="complaint",
    opened_at=wall("10 10:00"),
    responded_at=wall("10 11:00"),
    solution="A new runner",
    solved_at=wall("19 11:00"),
    status="dispatched",
    vendor="V1",
    visit_at=wall("25 10:00"),
)
"""With a vendor who has not answered, of a complaint that should be settled by now."""
WAITING = ticket(opened_at=wall("10 10:00"), responded_at=wall("10 11:00"), status="waiting_for_customer")
VENDOR = {"vendor_no": "V1", "name": "Swift Repairs", "city": "Foshan", "phone": "13900000001", "active": "yes"}


def told(row: dict[str, object], unread: str | None) -> set[str]:
    """Which of two cells a run fills."""
    desk = SmallDesk("furniture-retail", now=at("24 15:00")).with_rows("tickets", row).with_rows("vendors", VENDOR)
    desk.seen = {"AS-1": [("confirmed", "10 10:10"), (str(row["status"]), "19 12:00")]}
    desk.unread = (unread,) if unread else ()
    plan = desk.plan()
    return {column for column in ("overdue", "next_step") if plan.cells(column) is not None}


@pytest.mark.parametrize("unread", REGISTERS)
def test_what_is_late_with_the_first_answer_is_told_whatever_else_cannot_be_read(unread):
    assert told(LATE, unread) == told(LATE, None) == {"overdue", "next_step"}


@pytest.mark.parametrize(
    ("row", "whole", "unread", "expected"),
    [
        (FINISHED, {"overdue", "next_step"}, "surveys", set()),
        (FINISHED, {"overdue", "next_step"}, "contacts", set()),
        (FINISHED, {"overdue", "next_step"}, "vendors", {"overdue", "next_step"}),
        (ON_THE_WAY, {"overdue", "next_step"}, "surveys", {"overdue"}),
        (ON_THE_WAY, {"overdue", "next_step"}, "contacts", set()),
        (ON_THE_WAY, {"overdue", "next_step"}, "vendors", set()),
        (WAITING, {"next_step"}, "surveys", {"next_step"}),
        (WAITING, {"next_step"}, "contacts", set()),
    ],
)
def test_a_cell_that_goes_by_the_register_stays_as_it_is(row, whole, unread, expected):
    assert told(row, None) == whole
    assert told(row, unread) == expected

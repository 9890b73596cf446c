"""P-22: recurring chores and the shipping outlook."""

from __future__ import annotations

from datetime import date

import pytest

from tests.small_desk import SmallDesk, cells, new_letters, settings_of

CONFIG = "channels: {only_since: 2020-01-01, quiet_hours: none}\n"
STAFF = [
    {"staff_no": "S1", "name": "Li", "role": "operations", "email": "li@example.com", "manager": "Wu"},
    {"staff_no": "S2", "name": "Wu", "role": "manager", "email": "wu@example.com"},
]


def desk(*chores, outlook=()):
    rows = {"chores": [dict(one) for one in chores], "outlook": [dict(one) for one in outlook], "staff": STAFF}
    return SmallDesk(settings_of(CONFIG), rows)


@pytest.mark.parametrize(
    ("chore", "due"),
    [
        ({"every": "monthly", "starts_on": date(2026, 1, 31)}, date(2026, 1, 31)),
        ({"every": "monthly", "starts_on": date(2026, 1, 31), "done_on": date(2026, 2, 2)}, date(2026, 2, 28)),
        ({"every": "monthly", "starts_on": date(2026, 1, 31), "done_on": date(2026, 2, 28)}, date(2026, 3, 31)),
        ({"every": "monthly", "starts_on": date(2026, 1, 31), "done_on": date(2025, 12, 1)}, date(2026, 1, 31)),
        ({"every": "每周", "done_on": date(2026, 2, 2)}, date(2026, 2, 9)),
        ({"every": "3个月", "done_on": date(2025, 11, 30)}, date(2026, 2, 28)),
    ],
)
def test_p_22_a_chore_is_due_again_by_its_plan(chore, due):
    small = desk({"name": "Holidays checked", **chore})
    small.run("2026-01-05T10:00")
    assert small.row("chores")["due"] == due


def test_p_22_a_chore_that_is_not_done_is_late_and_done_it_counts_anew():
    small = desk(
        {"name": "Next month's holidays checked", "owner": "Li", "every": "monthly", "starts_on": date(2026, 1, 5)}
    )
    small.run("2026-01-02T10:00")
    plan = small.run("2026-01-06T10:00")
    assert cells(plan.edits) == {
        "chores.overdue[0]": "chore is less than 1 working day late (was due 2026-01-05 23:59)"
    }
    (letter,) = [one for one in plan.occasions if not one.skip]
    assert (letter.notice, letter.to.role, letter.cause) == ("overdue", "staff:S1", "2026-01-05")
    assert letter.values()["ticket"]["what"] == "Chore"
    small.row("chores")["done_on"] = date(2026, 1, 6)
    small.run("2026-01-06T11:00")
    assert (small.row("chores")["due"], small.row("chores")["overdue"]) == (date(2026, 2, 5), None)
    assert small.plan("2026-01-06T11:01").edits == ()
    later = small.run("2026-02-06T10:00")
    assert [(one.notice, one.cause) for one in later.occasions if not one.skip] == [("overdue", "2026-01-06")]


def test_p_22_a_chore_says_what_is_wrong_with_it():
    small = desk({"name": "A", "every": "now and then", "done_on": date(2026, 1, 5)}, {"name": "B", "every": "weekly"})
    plan = small.plan("2026-01-06T10:00")
    assert [(one.key, one.column, one.code) for one in plan.findings] == [
        ("A", "every", "not-a-choice"),
        ("B", "starts_on", "required"),
    ]
    assert cells(plan.edits) == {
        "chores.check[0]": "Every: “now and then” does not say how often; write monthly, every 2 weeks, 10d or 3mo",
        "chores.check[1]": "Starts on: without a first day or a day on which it was done nobody knows when it is due",
    }


def test_p_22_the_outlook_of_each_factory_is_assessed_anew_every_month():
    small = desk(
        outlook=[
            {"factory": "F1", "line": "sofas", "lead_days": 20, "assessed_on": date(2026, 1, 31), "assessed_by": "Li"}
        ]
    )
    small.run("2026-02-02T10:00")
    assert small.row("outlook").get("overdue") is None
    plan = small.run("2026-03-03T10:00")
    assert small.row("outlook")["overdue"] == "outlook assessment is 1 working day late (was due 2026-02-28 23:59)"
    assert [(one.notice, one.to.role, one.cause) for one in plan.occasions if not one.skip] == [
        ("overdue", "staff:S1", "2026-01-31")
    ]
    small.row("outlook")["assessed_on"] = date(2026, 3, 3)
    assert small.run("2026-03-03T11:00").occasions == ()
    assert small.row("outlook")["overdue"] is None
    again = small.run("2026-04-08T10:00")
    assert [(one.notice, one.cause) for one in again.occasions if not one.skip] == [("overdue", "2026-03-03")]
    assert new_letters(small, small.plan("2026-04-08T10:01")) == []

"""P-12: an installation is entered in the register by the next day."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.callback_desk import curtains, desk, letters, ticket
from toolkit.jobs.callbacks import agenda
from toolkit.jobs.ticket.case import judge_of
from toolkit.rules.clock import Running


def order(**changes):
    return {
        "order_no": "SO-1",
        "customer": "Ellen Shaw",
        "phone": "13800138001",
        "tracker": "Nina",
        "ordered_on": date(2026, 2, 1),
        "promised_by": date(2026, 3, 10),
        "installed_on": date(2026, 3, 2),
        "status": "installed",
        **changes,
    }


def entry_alerts(plan):
    return [
        (one.notice, one.to.role, one.at.key)
        for one in plan.occasions
        if one.step.startswith("entry.") and not one.skip
    ]


@pytest.mark.parametrize(
    ("finished_at", "opened_at", "verdict"),
    [
        (datetime(2026, 3, 2, 12), datetime(2026, 3, 2, 17), Running.MET),
        (datetime(2026, 3, 2, 12), datetime(2026, 3, 3, 23, 30), Running.MET),
        (datetime(2026, 3, 2, 12), datetime(2026, 3, 4, 9), Running.LATE),
        (datetime(2026, 3, 6, 12), datetime(2026, 3, 8, 9), Running.LATE),  # the next day, not the next working day
        (datetime(2026, 3, 2, 12), datetime(2026, 3, 1, 9), Running.MET),  # entered when it was arranged
    ],
)
def test_p_12_the_entry_is_judged_when_the_row_appears(finished_at, opened_at, verdict):
    times = {"finished_at": finished_at, "started_at": None, "opened_at": opened_at, "responded_at": None}
    small = curtains(tickets=[ticket(**times)])
    moment = small.moment("2026-03-09T10:00")
    (case,) = judge_of(small.snapshot(moment), small.settings, moment).cases()
    assert (case.clock("entry").policy.id, case.clock("entry").running) == ("P-12", verdict)
    assert [one.code for one in small.plan(moment).findings if one.code == "out-of-order"] == []


@pytest.mark.parametrize(
    ("preset", "kind"),
    [
        ("curtains", "repair"),
        ("custom-home", "install"),  # no such rule there
    ],
)
def test_p_12_only_an_installation_may_be_entered_after_it_was_done(preset, kind):
    small = desk(f"preset: {preset}\n", tickets=[ticket(kind=kind)])
    assert [(one.column, one.code) for one in small.plan("2026-03-09T10:00").findings] == [
        ("started_at", "out-of-order"),
        ("finished_at", "out-of-order"),
    ]


def test_p_12_while_no_row_appears_the_orders_tracker_is_asked_from_its_installed_on():
    small = curtains(tickets=[], orders=[order(), order(line_no="2")])
    assert entry_alerts(small.run("2026-03-03T10:00")) == []
    assert entry_alerts(small.run("2026-03-03T22:00")) == [("warning", "staff:S2", "SO-1#1")]
    plan = small.run("2026-03-04T09:00")
    assert entry_alerts(plan)[1:] == [("overdue", "staff:S2", "SO-1#1")]
    (letter,) = letters(plan, "overdue")
    values = letter.values()
    assert (values["policy_no"], values["next_step"], values["ticket"]["customer"], values["due"]) == (
        "P-12",
        "enter the installation as a ticket",
        "Ellen Shaw",
        datetime(2026, 3, 3, 23, 59, 59),
    )
    moment = small.moment("2026-03-04T09:00")
    assert [one.clock.policy.id for one in agenda(small.snapshot(moment), small.settings, moment)] == ["P-12.order"]
    assert entry_alerts(small.run("2026-03-04T18:00"))[2:] == [("escalation", "staff:S3", "SO-1#1")]


@pytest.mark.parametrize(
    "entered",
    [
        {"order_no": "so-1"},
        {"order_no": None},  # the order names the ticket
    ],
)
def test_p_12_an_entry_however_late_ends_the_asking(entered):
    late = ticket(opened_at=datetime(2026, 3, 4, 10), responded_at=None, **entered)
    small = curtains(tickets=[late], orders=[order(ticket_no="AS-1" if entered["order_no"] is None else None)])
    assert entry_alerts(small.plan("2026-03-05T09:00")) == []


@pytest.mark.parametrize(
    ("changes", "preset"),
    [
        ({"status": "cancelled"}, "curtains"),
        ({"status": "completed"}, "curtains"),
        ({"installed_on": None}, "curtains"),
        ({}, "custom-home"),
    ],
)
def test_p_12_nobody_is_asked_of_an_order_that_is_over_or_not_installed_or_by_another_preset(changes, preset):
    small = desk(f"preset: {preset}\n", orders=[order(**changes)])
    assert entry_alerts(small.plan("2026-03-05T09:00")) == []


def test_p_12_a_repair_of_the_same_order_is_not_its_installation():
    repair = ticket(kind="repair", opened_at=datetime(2026, 3, 3, 9), order_no="SO-1", started_at=None, finished_at=None,
                    status="new", responded_at=None)  # fmt: skip
    small = curtains(tickets=[repair], orders=[order()])
    assert entry_alerts(small.plan("2026-03-04T09:00")) != []

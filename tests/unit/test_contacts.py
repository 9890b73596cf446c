"""The contacts register: every call and message with a customer, the unanswered ones too."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from tests.callback_desk import curtains, desk, letters, survey, ticket
from tests.small_desk import cells, new_letters
from toolkit.app.planning import make_plan
from toolkit.jobs.callbacks import agenda
from toolkit.jobs.contacted import answered_since, last_told
from toolkit.jobs.ticket.case import judge_of


def repair(**changes):
    return ticket(**{"kind": "repair", "opened_at": datetime(2026, 3, 2, 9), **changes})


def contact(day, hour=10, **changes):
    return {"ticket_no": "AS-1", "at": datetime(2026, 3, day, hour), "by": "Jean", **changes}


def tries(*days, **changes):
    return [contact(day, direction="out", result="no_answer", purpose="callback", **changes) for day in days]


def told(small, n=0):
    row = small.row("tickets", n)
    return row.get("overdue"), row.get("next_step")


def test_contacts_are_numbered_by_their_day():
    small = curtains(tickets=[repair()], contacts=[contact(3), contact(4), contact(4, contact_no="CT-7")])
    small.run("2026-03-04T12:00")
    assert [one["contact_no"] for one in small.rows["contacts"]] == ["CT-20260303-0001", "CT-20260304-0001", "CT-7"]


def test_n_unanswered_tries_stop_a_call_back_as_not_reached():
    small = curtains(tickets=[repair(status="closed", closed_at=datetime(2026, 3, 2, 17))], contacts=tries(3, 4))
    small.run("2026-03-06T10:00")
    assert told(small) == (
        "call-back is less than 1 working day late (was due 2026-03-05 18:00)",
        "call the customer back: caller, by 2026-03-05 18:00",
    )
    small.rows["contacts"] += tries(6)
    plan = small.run("2026-03-06T11:00")
    assert told(small) == (None, "call-back ended, the customer was not reached in 3 tries")
    assert small.row("tickets")["callback_due"] == datetime(2026, 3, 5, 18)
    assert letters(plan, "callback-list") == []
    again = small.plan("2026-03-06T11:01")
    assert (again.edits, new_letters(small, again)) == ((), [])
    assert small.plan("2026-04-06T11:01").edits == ()  # it stays so


@pytest.mark.parametrize(
    ("made", "is_over"),
    [
        (tries(3, 4, 5), True),
        ([contact(day, result="refused") for day in (3, 4, 5)], True),  # an outgoing call, though nobody said so
        (tries(3, 4), False),
        ([contact(2, 11, result="no_answer"), *tries(3, 4)], False),  # one was before the job was done
        ([contact(day, result="no_answer", purpose="delay") for day in (3, 4, 5)], False),
        ([contact(day, result="no_answer", direction="in") for day in (3, 4, 5)], False),
    ],
)
def test_only_call_backs_in_vain_since_the_job_are_tries(made, is_over):
    small = curtains(tickets=[repair()], contacts=made)
    small.run("2026-03-05T12:00")
    ended = "have the customer accept the work: Nina; call-back ended, the customer was not reached in 3 tries"
    waiting = "have the customer accept the work: Nina; call the customer back: caller, by 2026-03-05 18:00"
    assert told(small) == (None, ended if is_over else waiting)


def test_how_many_tries_is_configured():
    small = curtains(tickets=[repair()], contacts=tries(3))
    moment = small.moment("2026-03-05T12:00")
    once = desk("preset: curtains\ncallbacks: {tries: 1}\n", tickets=[repair()], contacts=tries(3))
    assert [
        next(judge_of(one.snapshot(moment), one.settings, moment).cases()).tries_in_vain for one in (small, once)
    ] == [0, 1]


def test_a_customer_who_was_called_after_all_was_reached():
    small = curtains(
        tickets=[repair()],
        contacts=tries(3, 4, 5),
        surveys=[survey(called_at=datetime(2026, 3, 5, 11), survey_no="CB-1")],
    )
    small.run("2026-03-05T12:00")
    assert told(small) == (None, "have the customer accept the work: Nina")


def test_after_a_second_job_the_customer_is_called_again():
    small = curtains(tickets=[repair()], contacts=tries(3, 4, 5))
    small.run("2026-03-05T12:00")
    small.row("tickets").update(status="rework")
    small.run("2026-03-06T12:00")
    small.row("tickets").update(status="done", finished_at=datetime(2026, 3, 9, 12))
    small.run("2026-03-09T12:10")
    assert told(small)[1] == (
        "have the customer accept the work: Nina; call the customer back: caller, by 2026-03-12 18:00"
    )


def test_while_the_contacts_cannot_be_read_no_call_back_is_judged():
    small = curtains(tickets=[repair()], contacts=tries(3, 4, 5))
    small.run("2026-03-05T12:00")
    moment = small.moment("2026-03-06T12:00")
    found = small.snapshot(moment)
    unread = replace(found, tables=tuple(one for one in found.tables if one.register.name != "contacts"),
                     unread=(("main", "contacts"),))  # fmt: skip
    plan = make_plan(unread, small.settings, moment, ("tickets", "callbacks"))
    assert [one for one in plan.edits if one.column in ("overdue", "next_step", "callback_due")] == []


def test_an_agreed_contact_is_warned_of_then_late_until_the_customer_was_contacted():
    agreed = contact(3, result="reached", next_contact_at=datetime(2026, 3, 5, 15), contact_no="CT-1")
    small = curtains(tickets=[repair(status="in_progress", finished_at=None, visit_at=None)], contacts=[agreed])
    small.run("2026-03-04T12:00")
    (warning,) = letters(small.run("2026-03-05T14:40"), "warning")
    assert (warning.at.register, warning.to.role, warning.cause) == ("contacts", "staff:S1", "2026-03-05T15:00:00")
    assert (warning.values()["ticket"]["what"], warning.values()["ticket"]["customer"]) == ("Contact", "Ellen Shaw")
    plan = small.run("2026-03-05T15:10")
    assert cells(plan.edits)["contacts.overdue[0]"] == (
        "next contact is less than 1 working day late (was due 2026-03-05 15:00)"
    )
    assert [one.values()["next_step"] for one in letters(plan, "overdue")] == ["contact the customer as agreed"]
    moment = small.moment("2026-03-05T15:10")
    due = [one for one in agenda(small.snapshot(moment), small.settings, moment) if one.clock.policy.clock == "next"]
    assert [(one.subject.owner, one.subject.at.key) for one in due] == [("Jean", "CT-1")]
    small.rows["contacts"].append(contact(5, 15, result="no_answer", contact_no="CT-2"))
    small.run("2026-03-05T15:20")
    assert small.row("contacts")["overdue"] is None
    assert small.plan("2026-03-05T15:21").edits == ()


@pytest.mark.parametrize(
    ("status", "purpose", "is_open"),
    [("done", None, True), ("closed", None, False), ("closed", "callback", True), ("cancelled", "callback", False)],
)
def test_a_case_that_is_over_asks_for_no_more_contacts_but_the_call_back(status, purpose, is_open):
    agreed = contact(3, purpose=purpose, next_contact_at=datetime(2026, 3, 4, 15), contact_no="CT-1")
    small = curtains(tickets=[repair(status=status)], contacts=[agreed])
    small.run("2026-03-05T10:00")
    assert (small.row("contacts").get("overdue") is not None) == is_open


def test_an_agreed_contact_lies_after_the_one_that_agreed_it():
    small = curtains(tickets=[repair()], contacts=[contact(4, next_contact_at=datetime(2026, 3, 3, 9))])
    assert [(one.column, one.code) for one in small.plan("2026-03-05T10:00").findings] == [
        ("next_contact_at", "out-of-order")
    ]


SINCE = datetime(2026, 3, 3, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("made", "at"),
    [
        ([], None),
        (tries(4), None),
        ([contact(4, direction="in", result="no_answer")], datetime(2026, 3, 4, 10, tzinfo=UTC)),
        ([contact(4, direction="out", result="reached")], datetime(2026, 3, 4, 10, tzinfo=UTC)),
        ([contact(2, direction="in")], None),
        ([{"ticket_no": "AS-1", "at": date(2026, 3, 3), "direction": "in"}], datetime(2026, 3, 3, tzinfo=UTC)),
        ([{"ticket_no": "AS-2", "at": datetime(2026, 3, 4), "direction": "in"}], None),
    ],
)
def test_p_28_an_inbound_contact_counts_as_the_customers_answer(made, at):
    small = curtains(tickets=[repair(), repair(ticket_no="AS-2") | {"ticket_no": "AS-2"}], contacts=made)
    moment = small.moment("2026-03-05T10:00")
    snapshot = small.snapshot(moment)
    case = next(judge_of(snapshot, small.settings, moment).cases())
    assert answered_since(snapshot, case, SINCE) == at


def test_p_23_the_customer_was_last_told_by_staff_by_a_call_that_reached_them_or_by_a_message():
    small = curtains(tickets=[repair(email="ellen@example.com")])
    moment = small.moment("2026-03-09T10:00")

    def last():
        snapshot = small.snapshot(moment)
        return last_told(snapshot, next(judge_of(snapshot, small.settings, moment).cases()))

    before = small.row("tickets").pop("responded_at")
    assert last() is None
    small.row("tickets")["responded_at"] = before  # the answer is news too
    assert last() == before.replace(tzinfo=UTC)
    small.row("tickets")["last_told_at"] = datetime(2026, 3, 2, 15)
    assert last() == datetime(2026, 3, 2, 15, tzinfo=UTC)
    small.rows["contacts"] = [*tries(5), contact(3, result="reached")]
    assert last() == datetime(2026, 3, 3, 10, tzinfo=UTC)
    small.row("tickets").update(solution="New tracks", solved_at=datetime(2026, 3, 4, 9))
    small.run("2026-03-04T09:30")  # the letter about the solution
    assert last() == datetime(2026, 3, 4, 9, 30, tzinfo=UTC)

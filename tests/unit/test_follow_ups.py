"""P-14 and P-15: a bad call-back is passed on to the store, and the store says what it did about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from tests.callback_desk import answers, curtains, letters, survey, ticket
from tests.small_desk import cells, new_letters
from toolkit.core.actions import Plan
from toolkit.jobs import callbacks
from toolkit.jobs.callback.noted import passed_on
from toolkit.jobs.callbacks import agenda

NORTH = {"store_no": "ST1", "name": "North", "email": "north@example.com", "manager": "Ruth"}
TUESDAY, EVENING = datetime(2026, 3, 3, 10), "2026-03-03T10:05"


def bad(**changes):
    return survey(**{"survey_no": "CB-1", **answers("cleaned_up"), **changes})


@pytest.mark.parametrize(
    ("said", "is_passed_on"),
    [
        (answers(), False),
        (answers("knew_the_brand"), False),  # whether the brand was known is not about the service
        (answers("cleaned_up"), True),
        (answers("would_recommend"), True),
        ({**answers(), "satisfaction": "quite_satisfied"}, False),
        ({**answers(), "satisfaction": "not_satisfied"}, True),
    ],
)
def test_questionnaires_a_no_to_a_question_of_the_service_or_not_satisfied_opens_a_follow_up(said, is_passed_on):
    small = curtains(tickets=[ticket()], surveys=[survey(survey_no="CB-1", **said)], stores=[NORTH])
    plan = small.plan(EVENING)
    assert len(letters(plan, "store-followup")) == is_passed_on
    assert ("surveys.forward_due[0]" in cells(plan.edits)) == is_passed_on


def test_questionnaires_not_satisfied_with_a_repair_opens_a_follow_up_too():
    repair = ticket(kind="repair", opened_at=datetime(2026, 3, 2, 9))
    said = {"came_on_time": True, "satisfaction": "not_satisfied"}
    small = curtains(tickets=[repair], surveys=[survey(survey_no="CB-1", **said)], stores=[NORTH])
    assert [one.to.role for one in letters(small.plan(EVENING), "store-followup")] == ["store:ST1"]


def test_p_14_the_store_is_told_at_its_own_address_what_was_said():
    small = curtains(tickets=[ticket()], surveys=[bad(what_went_wrong="Dust everywhere")], stores=[NORTH])
    (letter,) = letters(small.plan(EVENING), "store-followup")
    assert (letter.to.role, letter.to.address, letter.to.name, letter.to.audience) == (
        "store:ST1",
        "north@example.com",
        "Ruth",
        "staff",
    )
    values = letter.values()
    assert values["survey"] == {
        "called_at": TUESDAY,
        "caller": "Jean",
        "satisfaction": None,
        "what_went_wrong": "Dust everywhere",
        "suggestion": None,
        "said_no": ["Cleaned up after"],
    }
    assert (values["ticket"]["ticket_no"], values["vendor"]["name"]) == ("AS-1", "Steady Hands")
    assert values["feedback_due"] == datetime(2026, 3, 5, 18)  # two working days from now


@pytest.mark.parametrize(
    ("stores", "to"),
    [
        ([], "ruth@example.com"),  # the staff register's manager of that store
        ([{"store_no": "ST1", "name": "North", "manager": "Mary"}], "mary@example.com"),
        (
            [{"store_no": "ST1", "name": "North", "phone": "0571-88001234"}],
            "ruth@example.com",
        ),  # no letter to a landline
        ([{**NORTH, "name": "South"}], "ruth@example.com"),
        ([{"store_no": "ST1", "name": "South"}], "ruth@example.com"),
    ],
)
def test_p_14_the_letter_goes_to_the_stores_register_else_to_the_manager_of_the_store(stores, to):
    small = curtains(tickets=[ticket()], surveys=[bad()], stores=stores)
    assert [one.to.address for one in letters(small.plan(EVENING), "store-followup")] == [to]


def test_p_14_the_call_back_is_passed_on_once_the_letter_was_sent_and_nothing_is_left_to_plan():
    small = curtains(tickets=[ticket()], surveys=[bad()], stores=[NORTH])
    plan = small.run(EVENING)
    assert cells([one for one in plan.edits if one.at.register == "surveys"]) == {
        "surveys.vendor[0]": "V1",
        "surveys.score[0]": 87.5,
        "surveys.rating[0]": 4.5,
        "surveys.forward_due[0]": datetime(2026, 3, 4, 18),
    }
    row = small.row("surveys")
    assert (row["forwarded_at"], row["feedback_due"]) == (datetime(2026, 3, 3, 10, 5), datetime(2026, 3, 5, 18))
    again = small.plan("2026-03-03T10:06")
    assert (again.edits, new_letters(small, again)) == ((), [])


def test_p_14_a_call_back_that_was_late_is_no_longer_once_it_was_passed_on():
    small = curtains(tickets=[ticket()], surveys=[bad()], stores=[])
    small.rows["staff"] = small.rows["staff"][:3]  # nobody knows whom to tell
    small.run("2026-03-03T10:05")
    plan = small.run("2026-03-06T10:00")
    assert small.row("surveys")["overdue"] == "passing on to the store is 1 working day late (was due 2026-03-04 18:00)"
    (alert,) = letters(plan, "escalation")
    assert alert.at.register == "surveys"
    assert alert.values()["next_step"] == "pass the call-back on: no address of the store “North” is known"
    assert (alert.values()["ticket"]["what"], alert.values()["ticket"]["customer"]) == ("Call-back", "Ellen Shaw")
    small.rows["stores"] = [dict(NORTH)]
    small.run("2026-03-06T10:10")
    assert small.row("surveys")["overdue"] is None
    assert small.plan("2026-03-06T10:11").edits == ()


def test_p_14_a_call_back_without_answers_is_still_to_be_written_up():
    small = curtains(tickets=[ticket()], surveys=[survey(survey_no="CB-1")], stores=[NORTH])
    small.run("2026-03-03T10:05")
    plan = small.run("2026-03-05T10:00")
    assert letters(plan, "store-followup") == []
    assert [one.values()["next_step"] for one in letters(plan, "overdue")] == ["enter what the customer answered"]
    small.row("surveys").update(answers())
    small.run("2026-03-05T10:10")
    assert {name: small.row("surveys")[name] for name in ("forward_due", "overdue", "score")} == {
        "forward_due": None,
        "overdue": None,
        "score": 100.0,
    }


def test_p_14_what_staff_passed_on_themselves_is_not_written_again():
    typed = {"forwarded_at": datetime(2026, 3, 3, 11)}
    small = curtains(tickets=[ticket()], surveys=[bad(**typed)], stores=[NORTH])
    plan = small.run("2026-03-03T11:05")
    assert letters(plan, "store-followup") == []
    assert small.row("surveys")["feedback_due"] == datetime(2026, 3, 5, 18)


def test_p_15_the_store_hears_that_its_answer_is_late_then_the_manager():
    small = curtains(tickets=[ticket()], surveys=[bad()], stores=[NORTH])
    small.run("2026-03-03T10:05")
    plan = small.run("2026-03-06T10:00")
    assert cells(plan.edits)["surveys.overdue[0]"] == (
        "store's feedback is less than 1 working day late (was due 2026-03-05 18:00)"
    )
    (alert,) = letters(plan, "overdue")
    assert (alert.to.role, alert.values()["policy_no"]) == ("staff:S4", "P-15")
    assert alert.values()["next_step"] == "see to what the customer said, and enter it in the call-back register"
    assert [one.to.role for one in letters(small.run("2026-03-09T18:00"), "escalation")] == ["staff:S3"]
    small.row("surveys").update(store_feedback="Cleaned up", store_feedback_at=datetime(2026, 3, 9, 17))
    plan = small.run("2026-03-09T18:10")
    assert cells(plan.edits) == {"surveys.overdue[0]": None}
    assert small.plan("2026-03-09T18:11").edits == ()


def test_p_14_the_stores_address_is_looked_for_by_number_or_name_of_the_orders_store_too():
    order = {
        "order_no": "SO-1",
        "customer": "Ellen Shaw",
        "phone": "13800138001",
        "ordered_on": datetime(2026, 2, 1).date(),
        "promised_by": datetime(2026, 3, 1).date(),
        "stock_rechecked_on": datetime(2026, 2, 2).date(),
        "shipped_on": datetime(2026, 2, 20).date(),
        "arrived_on": datetime(2026, 2, 24).date(),
        "installed_on": datetime(2026, 2, 25).date(),
        "status": "installed",
        "store": "ST1",
    }
    said = survey(None, order_no="so-1", survey_no="CB-1", satisfaction="not_satisfied")
    small = curtains(tickets=[], orders=[order], surveys=[said], stores=[NORTH])
    plan = small.plan(EVENING)
    assert plan.findings == ()
    (letter,) = letters(plan, "store-followup")
    assert (letter.to.address, letter.values()["ticket"]["ticket_no"]) == ("north@example.com", "SO-1")


def test_the_agenda_tells_who_has_what_open():
    small = curtains(tickets=[ticket()], surveys=[bad()], stores=[NORTH])
    moment = small.moment("2026-03-03T10:05")
    (due,) = agenda(small.snapshot(moment), small.settings, moment)
    assert (due.clock.policy.clock, due.subject.owner, due.subject.store) == ("forward", "Jean", "North")
    small.run("2026-03-03T10:05")
    (due,) = agenda(small.snapshot(moment), small.settings, moment)
    assert (due.clock.policy.clock, due.subject.owner) == ("feedback", "Ruth")


def test_nothing_is_passed_on_while_the_stores_cannot_be_read():
    small = curtains(tickets=[ticket()], surveys=[bad()], stores=[NORTH])
    small.run("2026-03-02T10:00")
    moment = small.moment(EVENING)
    found = small.snapshot(moment)
    assert callbacks.plan(replace(found, unread=(("main", "stores"),)), small.settings, moment) == Plan()


def test_p_14_nothing_is_noted_as_passed_on_while_the_tickets_cannot_be_read():
    small = curtains(tickets=[ticket()], surveys=[bad()], stores=[NORTH])
    plan, moment = small.plan(EVENING), small.moment(EVENING)
    small.memory = replace(small.memory, told={("main", "surveys", "CB-1", "store-followup"): moment})
    found = small.snapshot(moment)
    noted = {one.column: one.new for one in passed_on(found, small.settings, moment, plan.edits)}
    assert noted == {"forwarded_at": datetime(2026, 3, 3, 10, 5), "feedback_due": datetime(2026, 3, 5, 18)}
    unread = replace(found, unread=(("main", "tickets"),))
    assert list(passed_on(unread, small.settings, moment, plan.edits)) == []

"""20, Vendors and Call-back questionnaires: scores, which calls count, for whom; what the customer hears."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from tests.callback_desk import answers, curtains, desk, letters, survey, ticket
from tests.small_desk import cells, new_letters

THURSDAY = "2026-03-05T10:00"


def repair(number="AS-1", **changes):
    return ticket(number, **{"kind": "repair", "opened_at": datetime(2026, 3, 2, 9), **changes})


def visit(came_on_time, satisfaction, **changes):
    return survey(came_on_time=came_on_time, satisfaction=satisfaction, **changes)


def in_row(small, register, *columns, n=0):
    return tuple(small.row(register, n).get(one) for one in columns)


@pytest.mark.parametrize(
    ("came_on_time", "satisfaction", "rating", "score"),
    [
        (True, "not_satisfied", 1.0, 0.0),
        (True, "basically_satisfied", 3.0, 50.0),
        (True, "quite_satisfied", 5.0, 100.0),
        (False, "quite_satisfied", 4.0, 75.0),
        (False, "basically_satisfied", 2.0, 25.0),
        (False, "not_satisfied", 1.0, 0.0),  # not below 1
        (None, "quite_satisfied", 5.0, 100.0),
        (True, None, None, None),
    ],
)
def test_vendors_the_two_questions_give_stars_and_a_no_costs_one(came_on_time, satisfaction, rating, score):
    small = curtains(tickets=[repair()], surveys=[visit(came_on_time, satisfaction)])
    small.run(THURSDAY)
    assert in_row(small, "surveys", "survey_no", "vendor", "rating", "score") == (
        "CB-20260303-0001",
        "V1",
        rating,
        score,
    )
    assert small.row("tickets").get("survey_score") == score


@pytest.mark.parametrize(
    ("noes", "blank", "score"),
    [
        ((), (), 100.0),
        (("knew_the_brand",), (), 100.0),  # brand awareness weighs 0
        (("cleaned_up",), (), 87.5),
        (("cleaned_up", "called_before"), ("would_recommend",), 71.4),  # of the questions answered
    ],
)
def test_questionnaires_the_installation_score_is_the_weighted_share_of_yes(noes, blank, score):
    said = {key: None if key in blank else value for key, value in answers(*noes).items()}
    small = curtains(tickets=[ticket()], surveys=[survey(**said)])
    small.run(THURSDAY)
    assert small.row("surveys")["score"] == score


def test_questionnaires_any_further_one_is_data():
    small = desk(
        """
preset: curtains
questionnaires:
  measuring:
    when: {kind: retail_lead}
    questions:
      punctual: {label: {en: Punctual}, weight: 2}
      friendly: {label: {en: Friendly}, weight: 1}
""",
        tickets=[repair(kind="retail_lead")],
        surveys=[survey(punctual=False, friendly=True, survey_no="CB-1")],
    )
    small.run(THURSDAY)
    assert small.row("surveys")["score"] == 33.3


def test_vendors_an_adjusted_rating_replaces_the_computed_one_and_gives_it_back():
    small = curtains(
        tickets=[repair()], surveys=[visit(True, "not_satisfied", adjusted_rating=4, adjusted_reason="No fault of his")]
    )
    plan = small.run(THURSDAY)
    assert in_row(small, "surveys", "rating", "score") == (4.0, 75.0)
    (why,) = [one.reason for one in plan.edits if one.column == "rating" and one.at.register == "surveys"]
    assert small.say(why) == "a manager set 4 stars: No fault of his"
    assert small.row("vendors")["rating"] == 4.0
    small.row("surveys").update(adjusted_rating=None, adjusted_reason=None)
    plan = small.run("2026-03-05T10:01")
    assert cells(plan.edits) == {
        "surveys.score[0]": 0.0,
        "surveys.rating[0]": 1.0,
        "tickets.survey_score[0]": 0.0,
        "tickets.updated_at[0]": datetime(2026, 3, 5, 10, 1),
        "vendors.rating[0]": 2.5,
        "vendors.stars[0]": "★★½",
    }


def test_vendors_an_override_needs_its_reason():
    small = curtains(tickets=[repair()], surveys=[visit(True, "not_satisfied", adjusted_rating=4)])
    assert [(one.column, one.code) for one in small.plan(THURSDAY).findings] == [("adjusted_reason", "required")]


def test_vendors_later_call_backs_weigh_more_and_the_initial_rating_is_one_at_the_start():
    """Half of the weight in 180 days: 5 now, 1 half a year ago, 4 when the vendor joined a year ago."""
    last_year, half_year = date(2025, 3, 8), datetime(2025, 9, 4, 10)
    old = repair("AS-0", opened_at=datetime(2025, 9, 1), started_at=None, finished_at=datetime(2025, 9, 3), status="closed",
                 closed_at=datetime(2025, 9, 5), responded_at=datetime(2025, 9, 1))  # fmt: skip
    said = [visit(True, "not_satisfied", about="AS-0", called_at=half_year), visit(True, "quite_satisfied")]
    small = curtains(tickets=[repair(), old], surveys=said)
    small.row("vendors")["joined_on"] = last_year
    plan = small.run("2026-03-03T12:00")
    assert (small.row("vendors")["rating"], small.row("vendors")["surveys"]) == (3.7, 2)  # (5 + 1/2 + 4/4) / (7/4)
    (why,) = [one.reason for one in plan.edits if one.column == "rating" and one.at.key == "V1"]
    assert small.say(why) == (
        "weighted mean of 2 call-backs (half-life 180 days, initial rating 4); "
        "the latest are CB-20250904-0001, CB-20260303-0001"
    )


def test_vendors_no_survey_is_no_data_neither_nothing_nor_five_stars():
    small = curtains(tickets=[])
    small.run(THURSDAY)
    assert in_row(small, "vendors", "rating", "stars", "surveys", "last_service", "on_time_rate") == (
        4.0, "★★★★", 0, None, None,
    )  # fmt: skip
    assert in_row(small, "vendors", "rating", "stars", "surveys", "last_service", n=1) == (None, "no data", 0, None)


def test_vendors_last_service_names_date_ticket_and_verdict():
    tickets = [repair(), ticket("AS-2"), ticket("AS-3", vendor="V2")]
    said = [
        visit(False, "basically_satisfied"),
        survey("AS-2", datetime(2026, 3, 4, 10), **answers()),
        survey("AS-3", datetime(2026, 3, 4, 11), **answers("cleaned_up")),
    ]
    small = curtains(tickets=tickets, surveys=said)
    small.run(THURSDAY)
    assert in_row(small, "vendors", "last_service", "surveys", "on_time_rate") == (
        "2026-03-02 AS-2 Quite satisfied",
        2,
        0.0,
    )
    assert small.row("vendors", 1)["last_service"] == "2026-03-02 AS-3 Not satisfied"


def test_one_survey_a_visit_the_first_with_an_answer_counts_and_the_second_says_why_it_does_not():
    said = [
        survey(survey_no="CB-0"),  # nobody had time
        visit(True, "quite_satisfied", survey_no="CB-1", called_at=datetime(2026, 3, 3, 12)),
        visit(True, "not_satisfied", survey_no="CB-2", called_at=datetime(2026, 3, 4, 12)),
    ]
    small = curtains(tickets=[repair()], surveys=said)
    small.run(THURSDAY)
    assert in_row(small, "vendors", "rating", "surveys") == (4.5, 1)
    assert small.row("tickets")["survey_score"] == 100.0
    assert [one.get("check") for one in small.rows["surveys"]] == [
        None,
        None,
        "Called at: CB-1 counts for this job already, so this one bears on no rating",
    ]


def test_a_call_back_belongs_to_the_last_finish_before_it_and_counts_for_its_vendor():
    small = curtains(tickets=[repair()])
    small.run("2026-03-02T12:10")
    row = small.row("tickets")
    row.update(status="rework", vendor="V2")
    small.run("2026-03-03T09:00")
    row.update(status="done", finished_at=datetime(2026, 3, 4, 12))
    small.run("2026-03-04T12:10")
    small.rows["surveys"] = [
        visit(True, "not_satisfied", called_at=datetime(2026, 3, 3, 10)),
        visit(True, "quite_satisfied", called_at=datetime(2026, 3, 5, 9)),
    ]
    small.run(THURSDAY)
    assert [(one["vendor"], one["rating"]) for one in small.rows["surveys"]] == [("V1", 1.0), ("V2", 5.0)]
    assert [(one["rating"], one["surveys"]) for one in small.rows["vendors"]] == [(2.5, 1), (5.0, 1)]
    assert row["survey_score"] == 100.0
    assert small.row("vendors")["last_service"] == "2026-03-02 AS-1 Not satisfied"


def test_the_vendor_is_frozen_when_the_job_is_finished():
    small = curtains(tickets=[repair()])
    small.run("2026-03-02T12:10")
    small.row("tickets")["vendor"] = "V2"  # typed over after the job
    small.rows["surveys"] = [visit(True, "quite_satisfied")]
    small.run("2026-03-03T11:00")
    assert small.row("surveys")["vendor"] == "V1"
    small.row("tickets")["vendor"] = None
    small.run("2026-03-03T11:10")
    assert (small.row("surveys")["vendor"], small.row("vendors")["surveys"]) == ("V1", 1)


def test_a_finish_is_remembered_once_and_only_while_somebody_may_be_called_about_it():
    old = repair("AS-0", opened_at=datetime(2025, 9, 1), started_at=None, finished_at=datetime(2025, 9, 3), status="closed",
                 closed_at=datetime(2025, 9, 5), responded_at=datetime(2025, 9, 1))  # fmt: skip
    small = curtains(tickets=[repair(), old])
    plan = small.run("2026-03-02T12:10")
    assert [(one.at.key, one.value) for one in plan.observations if one.column == "finished"] == [
        ("AS-1", "2026-03-02T12:00:00@V1")
    ]
    assert not [one for one in small.run("2026-03-02T12:20").observations if one.column == "finished"]


def test_a_form_that_was_sent_twice_is_one_call_back():
    first, second = datetime(2026, 3, 3, 10), datetime(2026, 3, 3, 10, 0, 40)
    said = {**answers("cleaned_up"), "caller": None, "suggestion": "Come on Saturdays"}
    small = curtains(
        tickets=[ticket(email="ellen@example.com")],
        surveys=[survey(called_at=first, **said), survey(called_at=second, **said)],
    )
    plan = small.run("2026-03-03T10:05")
    assert [(one.notice, one.at.key) for one in new_or_told(plan)] == [
        ("sorry", "CB-20260303-0001"),
        ("store-followup", "CB-20260303-0001"),
    ]
    assert small.row("surveys", 1)["check"] == "Called at: the same as CB-20260303-0001, so it is not counted"
    assert in_row(small, "surveys", "forward_due", "forwarded_at", n=1) == (None, None)
    assert small.row("vendors")["surveys"] == 1
    later = [survey(called_at=first, **said), survey(called_at=second + timedelta(minutes=11), **said)]
    small = curtains(tickets=[ticket()], surveys=later)
    assert [one.code for one in small.plan(THURSDAY).findings] == ["not-counted"]  # another call, and a second one


def new_or_told(plan):
    return [one for one in plan.occasions if one.at.register == "surveys" and not one.skip]


@pytest.mark.parametrize(
    ("minutes", "said"), [(3, None), (5, None), (6, "Minutes: 6 minutes; a call should last no longer than 5")]
)
def test_questionnaires_a_call_of_more_than_five_minutes_is_noted(minutes, said):
    small = curtains(tickets=[ticket()], surveys=[survey(minutes=minutes, **answers())])
    small.run(THURSDAY)
    assert small.row("surveys").get("check") == said


@pytest.mark.parametrize(
    ("cells_", "notice"),
    [
        ({"satisfaction": "quite_satisfied"}, "thanks"),
        ({"satisfaction": "basically_satisfied"}, "thanks"),
        ({"satisfaction": "not_satisfied"}, "sorry"),
        (answers(), "thanks"),
        (answers("knew_the_brand"), "thanks"),
        (answers("polite_and_tidy"), "sorry"),
        ({}, None),
    ],
)
def test_after_the_call_the_customer_is_thanked_or_hears_that_we_are_sorry(cells_, notice):
    small = curtains(tickets=[ticket(email="ellen@example.com")], surveys=[survey(**cells_)])
    plan = small.plan(THURSDAY)
    assert [(one.notice, one.to.role) for one in plan.occasions if one.to.role == "customer"] == (
        [(notice, "customer")] if notice else []
    )


def test_after_a_call_about_an_order_the_customer_is_thanked_too():
    order = {
        "order_no": "SO-1", "customer": "Ellen Shaw", "email": "ellen@example.com", "ordered_on": date(2026, 2, 1),
        "promised_by": date(2026, 3, 1), "stock_rechecked_on": date(2026, 2, 2), "shipped_on": date(2026, 2, 20),
        "arrived_on": date(2026, 2, 27), "status": "arrived",
    }  # fmt: skip
    said = survey(None, order_no="SO-1", satisfaction="quite_satisfied")
    small = curtains(tickets=[], orders=[order], surveys=[said])
    (letter,) = letters(small.plan(THURSDAY), "thanks")
    assert (letter.to.address, letter.values()["ticket"]["ticket_no"]) == ("ellen@example.com", "SO-1")


LINK = "callbacks: {link: 'https://forms.example.com/f?no={ticket_no}'}\n"


def test_the_questions_go_out_by_mail_where_the_desk_wants_it_until_the_customer_was_called():
    config = "preset: curtains\n"
    lately = {
        "finished_at": datetime(2026, 3, 4, 12),
        "opened_at": datetime(2026, 3, 4, 13),
        "email": "ellen@example.com",
    }
    assert letters(desk(config, tickets=[ticket(**lately)]).plan(THURSDAY), "survey") == []
    small = desk(config + LINK, tickets=[ticket("AS/1", **lately)])
    (letter,) = letters(small.run(THURSDAY), "survey")
    assert (letter.cause, letter.values()["link"]) == ("2026-03-04T12:00:00", "https://forms.example.com/f?no=AS%2F1")
    assert new_letters(small, small.plan("2026-03-05T11:00")) == []
    small.rows["surveys"] = [survey("AS/1", datetime(2026, 3, 5, 10, 30), **answers())]
    assert letters(small.plan("2026-03-05T11:00"), "survey") == []
    plain = desk(config + "callbacks: {letter: yes}\n", tickets=[ticket(**lately)])
    assert [one.values()["link"] for one in letters(plain.plan(THURSDAY), "survey")] == [""]


def test_an_opened_link_scores_nothing():
    """Whatever opens the link of the letter, nothing stands in the register until a form was submitted."""
    lately = {
        "finished_at": datetime(2026, 3, 4, 12),
        "opened_at": datetime(2026, 3, 4, 13),
        "email": "ellen@example.com",
    }
    small = desk("preset: curtains\n" + LINK, tickets=[ticket(**lately)])
    small.run(THURSDAY)
    small.run("2026-03-06T10:00")
    assert (small.rows["surveys"], small.row("tickets").get("survey_score")) == ([], None)


def test_both_questionnaires_end_to_end_and_a_second_run_plans_nothing():
    tickets = [repair(email="ellen@example.com"), ticket("AS-2", vendor="V2")]
    said = [
        visit(False, "quite_satisfied", minutes=4),
        survey("AS-2", datetime(2026, 3, 4, 9), **answers("cleaned_up")),
    ]
    small = curtains(
        tickets=tickets, surveys=said, stores=[{"store_no": "ST1", "name": "North", "email": "north@example.com"}]
    )
    small.run(THURSDAY)
    assert [in_row(small, "surveys", "survey_no", "vendor", "score", "rating", n=n) for n in (0, 1)] == [
        ("CB-20260303-0001", "V1", 75.0, 4.0),
        ("CB-20260304-0001", "V2", 87.5, 4.5),
    ]
    assert [in_row(small, "surveys", "forwarded_at", "feedback_due", n=n) for n in (0, 1)] == [
        (datetime(2026, 3, 5, 10), datetime(2026, 3, 9, 18)),
        (datetime(2026, 3, 5, 10), datetime(2026, 3, 9, 18)),
    ]
    assert [in_row(small, "vendors", "stars", "surveys", n=n) for n in (0, 1)] == [("★★★★", 1), ("★★★★½", 1)]
    again = small.plan("2026-03-05T10:01")
    assert (again.edits, new_letters(small, again), again.observations, again.reservations) == ((), [], (), ())


def test_p_13_every_customer_is_called_within_three_working_days_of_an_installation_or_repair():
    small = curtains(tickets=[ticket(), repair("AS-2"), ticket("AS-3", kind="use_and_care")])
    small.run(THURSDAY)
    due = [row.get("callback_due") for row in small.rows["tickets"]]
    assert due == [datetime(2026, 3, 5, 18), datetime(2026, 3, 5, 18), None]
    small.run("2026-03-09T10:00")
    assert small.row("tickets")["overdue"] == "call-back is 1 working day late (was due 2026-03-05 18:00)"
    small.rows["surveys"].append(survey(satisfaction="quite_satisfied", called_at=datetime(2026, 3, 9, 11)))
    small.run("2026-03-09T12:00")
    assert in_row(small, "tickets", "callback_due", "overdue") == (datetime(2026, 3, 5, 18), None)

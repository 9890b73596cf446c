"""What ten managers stumbled over when they walked through their desks: greetings, dates, parts, letters of one run."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from tests.callback_desk import answers, curtains, survey, ticket
from tests.letters_to_look_at.letters import library, values
from tests.small_desk import SmallDesk, new_letters, settings_of

QUIET = "channels: {only_since: 2026-01-01, quiet_hours: none}\n"
NOW = "2026-11-24T10:00"
ROW = {
    "ticket_no": "AS-1",
    "opened_at": datetime(2026, 11, 24, 9),
    "kind": "repair",
    "customer": "Anna Berg",
    "email": "anna@example.com",
    "problem": "It creaks",
    "status": "new",
    "owner": "Shirley",
}


def desk(preset, *, parts=(), **changes):
    registers = {"tickets": [{**ROW, **changes}], "parts": [dict(one) for one in parts]}
    return SmallDesk(settings_of(f"preset: {preset}\n{QUIET}"), registers)


# -- the first letter ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "promised"),
    [
        ("2026-11-24T09:08", datetime(2026, 11, 24, 9, 10)),
        ("2026-11-24T09:10", None),  # the ten minutes are over: a promise of the past is none
        ("2026-11-24T11:00", None),
    ],
)
def test_p_06_a_greeting_never_promises_an_answer_for_a_time_that_is_over(now, promised):
    small = desk("mall", kind="return")
    (letter,) = (one for one in new_letters(small, small.plan(now)) if one.notice == "received")
    assert letter.values()["response_due"] == promised


# -- next steps ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("preset", "changes", "step"),
    [
        (
            "curtains",
            {},
            "answer the customer: Shirley",
        ),  # no clock runs on a repair here; somebody must answer all the same
        ("home-repair", {"kind": "use_and_care"}, "answer the customer: Shirley"),
        ("curtains", {"responded_at": datetime(2026, 11, 24, 9, 30)}, "offer a solution: Shirley"),
        ("curtains", {"status": "confirmed"}, "offer a solution: Shirley"),
    ],
)
def test_a_new_ticket_is_answered_before_a_solution_is_offered_also_where_no_clock_runs(preset, changes, step):
    # No vendor is there: whoever needs one hears that before anything else.
    small = desk(preset, service_mode="remote", **changes)
    small.run(NOW)
    assert small.row("tickets")["next_step"] == step


HERE, SENT = {"received_on": date(2026, 11, 23)}, {"sent_on": date(2026, 11, 24)}
WAITS = {"status": "waiting_for_parts", "responded_at": datetime(2026, 11, 24, 9, 30)}


@pytest.mark.parametrize(
    ("parts", "step"),
    [
        ([], "chase the parts"),
        ([{}], "chase the parts (Shade)"),
        ([HERE, {"part": "Ring"}], "chase the parts (Ring)"),
        ([HERE], "the parts are here: post them, or arrange the visit"),
        ([HERE, SENT], "the parts are here: post them, or arrange the visit"),
        ([SENT], "the parts were sent: ask the customer whether they fit"),
    ],
)
def test_a_ticket_that_waits_for_parts_says_what_the_parts_register_says(parts, step):
    rows = [{"ticket_no": "AS-1", "part": "Shade", "quantity": 1, **one} for one in parts]
    small = desk("curtains", parts=rows, **WAITS)
    small.run(NOW)
    assert small.row("tickets")["next_step"] == f"{step}: Shirley"


@pytest.mark.parametrize(
    ("visit_at", "step"),
    [
        (datetime(2026, 11, 25, 10), "the part is here: it is fitted on the visit of 2026-11-25 10:00"),
        (datetime(2026, 11, 24, 9), "the part is here: it is fitted on the visit of 2026-11-24 09:00"),
        (datetime(2026, 11, 23, 10), "arrange the visit to fit the part: Shirley"),
        (None, "arrange the visit to fit the part: Shirley"),
    ],
)
def test_a_part_that_a_vendor_fits_goes_along_with_the_visit_that_stands(visit_at, step):
    rows = [{"ticket_no": "AS-1", "part": "Shade", "quantity": 1, "fitted_by": "vendor", **HERE}]
    small = desk("curtains", parts=rows, **WAITS, visit_at=visit_at)
    small.run(NOW)
    assert small.row("parts")["next_step"] == step


@pytest.mark.parametrize(
    ("now", "step"),
    [
        ("2026-11-24T08:00", "visit at 2026-11-24 10:00 by V9: Shirley"),
        ("2026-11-24T23:00", "visit at 2026-11-24 10:00 by V9: Shirley"),
        ("2026-11-25T08:00", "the visit of 2026-11-24 10:00 by V9 is over: enter what came of it, Shirley"),
        ("2026-12-25T08:00", "the visit of 2026-11-24 10:00 by V9 is over: enter what came of it, Shirley"),
    ],
)
def test_a_visit_whose_day_has_gone_by_asks_for_what_came_of_it(now, step):
    opened = {"opened_at": datetime(2026, 11, 20, 9), "responded_at": datetime(2026, 11, 20, 9, 30)}
    small = desk("curtains", **opened, status="dispatched", vendor="V9", visit_at=datetime(2026, 11, 24, 10))
    small.run(now)
    assert small.row("tickets")["next_step"] == step


# -- the warranty --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("preset", "kind", "verdict"),
    [
        ("curtains", "repair", "needs a date: Delivered on"),
        ("curtains", "complaint", "needs a date: Delivered on"),
        ("curtains", "franchise_lead", None),
        ("curtains", "shipment_look_up", None),
        ("curtains", "delivery_date_enquiry", None),
        ("lighting-factory", "wholesale_lead", None),
        ("home-repair", "repair", None),  # a repair service did not sell what it mends
        ("home-repair", "return", "needs a date: Delivered on"),
    ],
)
def test_warranty_asks_for_a_date_only_where_goods_of_ours_are_at_fault(preset, kind, verdict):
    small = desk(preset, kind=kind)
    small.run(NOW)
    assert small.row("tickets").get("coverage") == verdict


def test_warranty_of_who_names_a_date_is_judged_whatever_the_kind_of_desk():
    small = desk("home-repair", delivered_on=date(2026, 3, 1))
    small.run(NOW)
    row = small.row("tickets")
    assert (row["warranty_until"], row["coverage"]) == (date(2027, 3, 1), "in warranty")


@pytest.mark.parametrize(
    ("fault", "verdict"),
    [
        ("surface", "in warranty"),  # the top
        ("mechanism", "in warranty"),  # drawers
        ("structure", "in warranty"),  # the frame
        ("missing_parts", "in warranty"),
        ("electrics", "not covered: this fault, paid"),
        ("fabric_leather", "not covered: this fault, paid"),
    ],
)
def test_warranty_of_office_furniture_covers_top_drawers_and_frame_of_a_workstation(fault, verdict):
    small = desk("office-furniture", category="workstation", fault=fault, goods_accepted_on=date(2026, 1, 5))
    small.run(NOW)
    assert small.row("tickets")["coverage"] == verdict


def test_vendors_who_mend_desks_are_sent_to_workstations_too():
    small = desk("office-furniture", category="workstation", city="Shenzhen", status="confirmed", level="3")
    common = {"city": "Shenzhen", "qualified": True, "active": True, "is_firm": True, "phone": "13800138002"}
    small.rows["vendors"] = [
        {**common, "vendor_no": "V1", "name": "Chairs Ltd", "skills": "Office chair"},
        {**common, "vendor_no": "V2", "name": "Desks Ltd", "skills": "Desk"},
    ]
    small.run(NOW)
    assert small.row("tickets")["suggested_vendor"].startswith("V2 Desks Ltd")


# -- letters of one run --------------------------------------------------------------------------------------------


def test_p_14_nobody_is_alarmed_of_a_call_back_that_the_same_run_passes_on():
    store = {"store_no": "ST1", "name": "North", "email": "north@example.com", "manager": "Ruth"}

    def told(where):
        made = survey(survey_no="CB-1", **answers("cleaned_up"))
        small = curtains(tickets=[ticket(store=where)], surveys=[made], stores=[store])
        found = new_letters(small, small.plan("2026-03-12T10:05"))
        return {one.notice for one in found if one.at.register == "surveys" and one.to.audience == "staff"}

    assert told("North") == {"store-followup"}
    assert told("Nowhere") == {"escalation"}, (
        "nobody knows where to pass it on: that is late, and somebody has to see to it"
    )


@pytest.mark.parametrize(
    ("promised_by", "left"),
    [
        (date(2026, 11, 28), "4 working days"),  # the rest of Tuesday and four days
        (date(2026, 11, 26), "2 working days"),
        (date(2026, 11, 25), "17 working hours"),
        (date(2026, 11, 24), "8 working hours"),
    ],
)
def test_p_17_a_warning_days_ahead_counts_in_days(promised_by, left):
    changes = {"status": "confirmed", "responded_at": datetime(2026, 11, 24, 9, 30), "promised_by": promised_by}
    small = desk("furniture-retail", **changes)
    small.rows["staff"] = [{"staff_no": "S1", "name": "Shirley", "email": "shirley@example.com"}]
    (warning,) = (one for one in new_letters(small, small.plan(NOW)) if one.notice == "warning")
    assert warning.values()["left"] == left


@pytest.mark.parametrize(
    ("now", "left"),
    [
        ("2026-11-30T09:00", "3 days"),  # 7 days from Thursday the 26th: they run through nights and Sundays
        ("2026-12-02T20:00", "27 hours"),
        ("2026-12-03T20:00", "3 hours"),
    ],
)
def test_p_19_a_warning_of_a_rule_in_calendar_days_counts_all_hours(now, left):
    line = {
        "return_no": "RT-1",
        "order_no": "SO-1",
        "customer": "Anna Berg",
        "phone": "13800138000",
        "kind": "refund_only",
        "quantity": 1.0,
        "unit_price": 100.0,
        "shipped": False,
        "reason": "dislike",
        "applied_at": datetime(2026, 11, 26, 10),
        "status": "pending_review",
        "finance_reviewer": "Fay",
    }
    staff = [{"staff_no": "S1", "name": "Fay", "role": "finance", "email": "fay@example.com"}]
    config = f"preset: ecommerce-returns\npolicies: {{P-19.at_once: {{warn: 0.5}}}}\n{QUIET}"
    small = SmallDesk(settings_of(config), {"returns": [line], "staff": staff})
    (warning,) = (one for one in new_letters(small, small.plan(now)) if one.notice == "warning")
    assert warning.values()["left"] == left


def letter(notice, locale, **row):
    """The words of a letter about the sample's ticket, changed so."""
    given = values(notice, locale)
    return library(locale).render(notice, "email", given | {"ticket": given["ticket"] | row}).text


@pytest.mark.parametrize(
    ("locale", "words"),
    [("zh-CN", "经您同意后才会开始"), ("en", "we start only once you have agreed")],
)
def test_triage_a_solution_asks_for_agreement_only_while_the_customer_has_not_given_it(locale, words):
    assert words in letter("solution", locale, fee=Decimal(180), fee_agreed=None)
    assert words not in letter("solution", locale, fee=Decimal(180), fee_agreed=True)


@pytest.mark.parametrize(
    ("locale", "thanks", "will"),
    [("zh-CN", "感谢您联系", "约定上门时间"), ("en", "Thank you for getting in touch", "to agree on a time")],
)
def test_orders_who_is_told_of_an_installation_that_the_desk_entered_is_not_thanked_for_asking(locale, thanks, will):
    asked, entered = letter("received", locale, kind_key="repair"), letter("received", locale, kind_key="install")
    assert (thanks in asked, will in asked) == (True, False)
    assert (thanks in entered, will in entered) == (False, True)

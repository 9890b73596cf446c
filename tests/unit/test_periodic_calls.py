"""P-21: customers are called soon after delivery, and then from time to time, out of warranty too."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.callback_desk import desk, letters, survey, ticket
from tests.small_desk import settings_of
from toolkit.jobs.callback.wanted import calls_due

ARRIVED = date(2026, 3, 2)


def order(number="SO-1", **changes):
    return {
        "order_no": number,
        "customer": "Harry Lowe",
        "phone": "13800138007",
        "product": "Oak table",
        "ordered_on": date(2026, 2, 1),
        "promised_by": date(2026, 3, 10),
        "arrived_on": ARRIVED,
        "status": "arrived",
        **changes,
    }


def on_the_list(small, at):
    moment = small.moment(at)
    return [
        (one.number, small.say(one.about) if one.about else "")
        for one in calls_due(small.snapshot(moment), small.settings, moment)
    ]


@pytest.mark.parametrize("preset", ["custom-home", "ecommerce-returns", "furniture-retail"])
def test_p_21_the_presets_that_call_after_delivery_do_so_after_3_30_and_180_days(preset):
    assert [str(one) for one in settings_of(f"preset: {preset}\n").callbacks.periodic] == ["3d", "30d", "180d"]


@pytest.mark.parametrize(
    ("at", "after"),
    [
        ("2026-03-04T10:00", None),
        ("2026-03-05T10:00", "3 days"),
        ("2026-03-17T10:00", "3 days"),
        ("2026-03-19T13:00", None),  # the next call is nearer by now
        ("2026-04-01T10:00", "30 days"),
        ("2026-04-30T10:00", "30 days"),
        ("2026-05-04T10:00", None),  # on the list for thirty days
        ("2026-08-28T10:00", None),
        ("2026-08-29T10:00", "180 days"),
        ("2027-08-29T10:00", None),
    ],
)
def test_p_21_the_call_list_names_the_call_of_the_period(at, after):
    small = desk("preset: custom-home\n", orders=[order()])
    assert on_the_list(small, at) == ([("SO-1", f"delivered 2026-03-02, call after {after}")] if after else [])


@pytest.mark.parametrize(
    ("called_at", "at", "is_wanted"),
    [
        (datetime(2026, 3, 4, 10), "2026-03-06T10:00", False),  # a day early
        (datetime(2026, 3, 15, 10), "2026-04-02T10:00", True),  # late for the first call, nothing for the second
        (datetime(2026, 3, 25, 10), "2026-04-02T10:00", False),
        (datetime(2026, 3, 25, 10), "2026-08-30T10:00", True),
    ],
)
@pytest.mark.parametrize("register", ["surveys", "contacts"])
def test_p_21_a_call_satisfies_the_period_whose_day_it_is_nearest_to(called_at, at, is_wanted, register):
    made = {
        "surveys": [survey(None, called_at, order_no="SO-1", satisfaction="quite_satisfied")],
        "contacts": [
            {"order_no": "so-1", "at": called_at, "direction": "out", "purpose": "callback", "result": "reached"}
        ],
    }
    small = desk("preset: custom-home\n", orders=[order()], **{register: made[register]})
    assert bool(on_the_list(small, at)) == is_wanted


def test_p_21_a_call_about_a_ticket_of_the_order_counts_and_a_contact_for_another_purpose_does_not():
    about = ticket(order_no="SO-1", kind="complaint", opened_at=datetime(2026, 3, 4, 9), status="new", finished_at=None,
                   started_at=None, responded_at=None)  # fmt: skip
    said = {"ticket_no": "AS-1", "at": datetime(2026, 3, 4, 12), "direction": "out", "result": "reached"}
    small = desk("preset: custom-home\n", orders=[order()], tickets=[about], contacts=[{**said, "purpose": "progress"}])
    assert on_the_list(small, "2026-03-06T10:00") == [("SO-1", "delivered 2026-03-02, call after 3 days")]
    small.row("contacts")["purpose"] = "callback"
    assert on_the_list(small, "2026-03-06T10:00") == []


def test_p_21_an_order_is_called_about_once_whatever_its_lines_and_tickets():
    lines = [order(line_no="1"), order(line_no="2", arrived_on=date(2026, 3, 4))]
    about = ticket(order_no="SO-1", delivered_on=ARRIVED, kind="repair", opened_at=datetime(2026, 3, 4, 9), status="new",
                   finished_at=None, started_at=None, responded_at=None)  # fmt: skip
    small = desk("preset: custom-home\n", orders=lines, tickets=[about])
    assert on_the_list(small, "2026-03-06T10:00") == []
    assert on_the_list(small, "2026-03-07T10:00") == [("SO-1", "delivered 2026-03-04, call after 3 days")]


def test_p_21_tickets_tell_of_deliveries_that_no_order_tells_of():
    plain = {"kind": "use_and_care", "opened_at": datetime(2026, 3, 4, 9), "status": "new", "finished_at": None,
             "started_at": None, "responded_at": None, "delivered_on": ARRIVED}  # fmt: skip
    tickets = [
        ticket(**plain),
        ticket("AS-2", **plain),
        ticket("AS-3", **{**plain, "status": "cancelled", "phone": "13800138009"}),
    ]
    small = desk("preset: custom-home\n", tickets=tickets)
    assert on_the_list(small, "2026-03-06T10:00") == [("AS-1", "delivered 2026-03-02, call after 3 days")]


def test_p_21_nobody_is_called_who_wants_no_messages_or_cancelled_or_could_not_be_reached():
    opted_out = [{"contact": "13800138007"}]
    assert (
        on_the_list(desk("preset: custom-home\n", orders=[order()], contacts_opt_out=opted_out), "2026-03-06T10:00")
        == []
    )
    cancelled = desk("preset: custom-home\n", orders=[order(status="cancelled")])
    assert on_the_list(cancelled, "2026-03-06T10:00") == []
    tries = [{"order_no": "SO-1", "at": datetime(2026, 3, day, 10), "result": "no_answer"} for day in (5, 6, 9)]
    small = desk("preset: custom-home\n", orders=[order()], contacts=tries[:2])
    assert len(on_the_list(small, "2026-03-09T12:00")) == 1
    small.rows["contacts"] = tries
    assert on_the_list(small, "2026-03-09T12:00") == []


def test_p_21_a_customer_whose_job_asks_for_a_call_back_is_called_once_about_both():
    done = ticket(
        order_no="SO-1", kind="repair", opened_at=datetime(2026, 3, 2, 9), finished_at=datetime(2026, 3, 2, 12)
    )
    small = desk("preset: custom-home\n", orders=[order()], tickets=[done])
    assert on_the_list(small, "2026-03-05T10:00") == [("AS-1", "")]


def test_the_callers_list_says_who_was_tried_how_often_and_when_to_call_next():
    done = ticket(kind="repair", opened_at=datetime(2026, 3, 2, 9))
    tries = [
        {"ticket_no": "AS-1", "at": datetime(2026, 3, 3, 10), "result": "no_answer", "purpose": "callback"},
        {"ticket_no": "AS-1", "at": datetime(2026, 3, 4, 16), "result": "refused", "purpose": "callback",
         "next_contact_at": datetime(2026, 3, 5, 15)},
    ]  # fmt: skip
    small = desk("preset: custom-home\n", tickets=[done], orders=[order()], contacts=tries)
    (letter,) = letters(small.plan("2026-03-05T09:30"), "callback-list")
    assert letter.values()["rows"] == [
        {
            "ticket_no": "AS-1", "customer": "Ellen Shaw", "phone": "13800138001", "product": None,
            "finished_at": datetime(2026, 3, 2, 12), "about": "", "callback_due": datetime(2026, 3, 5, 18),
            "vendor": "Steady Hands", "is_overdue": False, "tries": 2, "last_try_at": datetime(2026, 3, 4, 16),
            "again_at": datetime(2026, 3, 5, 15),
        },
        {
            "ticket_no": "SO-1", "customer": "Harry Lowe", "phone": "13800138007", "product": "Oak table",
            "finished_at": date(2026, 3, 2), "about": "delivered 2026-03-02, call after 3 days",
            "callback_due": datetime(2026, 3, 5, 23, 59, 59), "vendor": None, "is_overdue": False, "tries": 0,
            "last_try_at": None, "again_at": None,
        },
    ]  # fmt: skip


def test_a_customer_who_asked_for_a_later_day_is_not_on_the_list_before():
    done = ticket(kind="repair", opened_at=datetime(2026, 3, 2, 9))
    later = [
        {
            "ticket_no": "AS-1",
            "at": datetime(2026, 3, 4, 16),
            "result": "no_answer",
            "next_contact_at": date(2026, 3, 6),
        }
    ]
    small = desk("preset: custom-home\n", tickets=[done], contacts=later)
    assert on_the_list(small, "2026-03-05T10:00") == []
    assert on_the_list(small, "2026-03-06T10:00") == [("AS-1", "")]


def test_p_21_a_new_ticket_is_on_the_list_under_the_number_that_this_run_gives_it():
    plain = {"kind": "use_and_care", "opened_at": datetime(2026, 3, 5, 9), "status": "new", "finished_at": None,
             "started_at": None, "responded_at": None, "delivered_on": ARRIVED, "ticket_no": None}  # fmt: skip
    small = desk("preset: custom-home\n", tickets=[{**ticket(), **plain}])
    expected = [("AS-20260305-0001", "delivered 2026-03-02, call after 3 days")]
    assert on_the_list(small, "2026-03-05T10:00") == expected
    small.run("2026-03-05T10:00")
    assert on_the_list(small, "2026-03-05T10:10") == expected

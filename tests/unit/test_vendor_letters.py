"""What vendors and customers hear of a job, and what follows where a vendor declines or is silent (P-25; 20, Vendors)."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.dispatch_desk import CONFIG, TUESDAY, desk, in_row, ticket, vendor
from tests.small_desk import new_letters
from toolkit.app.writing import library, write_letters
from toolkit.jobs.ticket.case import judge_of
from toolkit.settings.layers import PRESETS

VISIT = datetime(2026, 11, 26, 14)
THREE = (vendor("V1", initial_rating=5), vendor("V2"), vendor("V3", initial_rating=3))


def dispatched(**said):
    return ticket(**{"vendor": "V1", "status": "dispatched", **said})


def told(small, now):
    """(notice, role) of what is new at a moment; then it is sent."""
    plan = small.plan(now)
    found = sorted((one.notice, one.to.role) for one in new_letters(small, plan))
    small.run(now)
    return found


def about_vendor(found):
    return [pair for pair in found if pair[0] == "vendor-silent"]


def clock(small, now, name="reply"):
    moment = small.moment(now)
    judge = judge_of(small.snapshot(moment), small.settings, moment)
    return next(iter(judge.cases())).clock(name)


# -- P-25 -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("preset", PRESETS)
def test_p_25_holds_for_the_furniture_shop_and_the_repair_service(preset):
    small = desk(dispatched(), config=f"{CONFIG}preset: {preset}\n")
    small.run(TUESDAY)
    assert (clock(small, TUESDAY) is not None) == (preset in ("furniture-retail", "home-repair"))


@pytest.mark.parametrize(
    ("said", "due"),
    [
        ({}, "2026-11-24T12:00"),
        ({"urgency": "urgent"}, "2026-11-24T10:30"),
        ({"status": "planned", "visit_at": VISIT}, "2026-11-24T12:00"),  # an appointment is a job given
        ({"status": "planned"}, None),
        ({"status": "in_progress", "started_at": datetime(2026, 11, 24, 9)}, None),
        ({"vendor": None}, None),
    ],
)
def test_p_25_the_clock_starts_when_a_run_first_sees_the_job_with_the_vendor(said, due):
    small = desk(dispatched(**said))
    small.run(TUESDAY)
    found = clock(small, "2026-11-24T10:20")
    assert (found.due_at if found else None) == (small.moment(due) if due else None)


def test_p_25_silence_is_working_time():
    small = desk(dispatched())
    small.run("2026-11-24T17:30")  # half an hour is left of the day
    assert clock(small, "2026-11-24T17:40").due_at == small.moment("2026-11-25T10:30")


def test_p_25_a_silent_vendor_the_dispatcher_is_told_once_and_the_next_one_is_suggested():
    small = desk(dispatched(), vendors=THREE)
    assert about_vendor(told(small, TUESDAY)) == []
    assert in_row(small, "suggested_vendor", "next_step") == (
        None,
        "hear whether the vendor takes the job: Shirley, by 2026-11-24 12:00",
    )
    assert about_vendor(told(small, "2026-11-24T12:00")) == []
    assert about_vendor(told(small, "2026-11-24T12:10")) == [("vendor-silent", "staff:S2")]
    assert in_row(small, "suggested_vendor", "next_step", "overdue") == (
        "V2 Firm V2, 55 points (4 stars, 0 open jobs)",
        "Firm V1 has not answered: ask V2 Firm V2: Shirley",
        "vendor's answer is less than 1 working day late (was due 2026-11-24 12:00)",
    )
    assert told(small, "2026-11-24T12:20") == []
    small.row("tickets").update(vendor_reply="accepted", vendor_replied_at=datetime(2026, 11, 24, 12, 25))
    told(small, "2026-11-24T12:30")
    assert in_row(small, "suggested_vendor", "overdue") == (None, None)


def test_p_25_who_declined_is_not_suggested_again_for_this_job_whoever_stands_by_then():
    small = desk(dispatched(), vendors=THREE)
    told(small, TUESDAY)
    small.row("tickets").update(vendor_reply="declined", vendor_replied_at=datetime(2026, 11, 24, 10, 30))
    assert about_vendor(told(small, "2026-11-24T10:40")) == [("vendor-silent", "staff:S2")]
    assert in_row(small, "suggested_vendor")[0].startswith("V2 ")
    small.row("tickets").update(vendor="V2", vendor_reply=None, vendor_replied_at=None)
    told(small, "2026-11-24T11:00")
    assert in_row(small, "suggested_vendor") == (None,)
    assert about_vendor(told(small, "2026-11-24T13:10")) == [("vendor-silent", "staff:S2")], (
        "the next one is silent too"
    )
    assert in_row(small, "suggested_vendor")[0].startswith("V3 "), "V1 declined, V2 is silent"
    small.row("tickets").update(vendor=None)
    told(small, "2026-11-24T13:20")
    assert in_row(small, "suggested_vendor")[0].startswith("V3 ")
    small.row("vendors", 2)["active"] = False
    told(small, "2026-11-24T13:30")
    (step,) = in_row(small, "next_step")
    out = "V1 Firm V1: declined this job, V2 Firm V2: did not answer in time, V3 Firm V3: not active"
    assert step == f"find a new vendor ({out}): Shirley"


def test_p_25_an_answer_that_was_typed_for_the_vendor_before_is_not_the_next_ones():
    small = desk(dispatched(), vendors=THREE)
    told(small, TUESDAY)
    small.row("tickets").update(vendor_reply="declined", vendor_replied_at=datetime(2026, 11, 24, 10, 30))
    told(small, "2026-11-24T10:40")
    small.row("tickets")["vendor"] = "V2"  # the old answer still stands in the row
    told(small, "2026-11-24T11:00")
    assert in_row(small, "suggested_vendor") == (None,)
    found = clock(small, "2026-11-24T11:10")
    assert (found.is_open, found.due_at) == (True, small.moment("2026-11-24T13:00"))


def test_p_25_an_answer_in_time_stops_the_clock_and_a_job_at_work_needs_none():
    small = desk(dispatched(), vendors=THREE)
    told(small, TUESDAY)
    small.row("tickets").update(vendor_reply="accepted", vendor_replied_at=datetime(2026, 11, 24, 11))
    assert str(clock(small, "2026-11-24T15:00").running) == "met"
    small.row("tickets").update(vendor_reply=None, vendor_replied_at=None, started_at=datetime(2026, 11, 24, 11))
    assert clock(small, "2026-11-24T15:00") is None
    small.row("tickets").update(
        status="closed", finished_at=datetime(2026, 11, 24, 12), closed_at=datetime(2026, 11, 24, 13)
    )
    plan = small.run("2026-11-24T15:00")
    assert [one for one in plan.findings if one.column == "vendor_replied_at"] == [], "who came has answered"
    assert small.plan("2026-11-24T15:00").edits == ()


def test_p_25_no_next_vendor_the_letter_says_that_one_has_to_be_found():
    small = desk(dispatched(vendor_reply="declined", vendor_replied_at=datetime(2026, 11, 24, 9)))
    (letter,) = [one for one in new_letters(small, small.plan(TUESDAY)) if one.notice == "vendor-silent"]
    values = letter.values()
    assert (values["is_declined"], values["suggested"], values["vendor"]["vendor_no"]) == (True, "", "V1")
    assert letter.cause == "V1"


# -- letters of a visit -----------------------------------------------------------------------------------------


def text_of(small, now, notice):
    """The mail of a notice as it would leave, and its calendar file."""
    moment = small.moment(now)
    snapshot, plan = small.snapshot(moment), small.plan(now)
    made = write_letters(plan.occasions, snapshot, small.settings, moment, frozenset())
    (message,) = [one for one in made.messages if one.notice == notice]
    return message.letter


EMAIL_FIRST = (
    CONFIG
    + "company: {name: Cloudrest Ltd, brand: Cloudrest, hotline: 400-800-1234}\nnotices: {appointment-vendor: {channels: email}}\n"
)


def test_vendors_the_vendor_is_told_to_call_first_to_come_as_our_brand_in_shoe_covers_and_what_to_bring():
    small = desk(
        dispatched(visit_at=VISIT, fee=180, delivered_on=date(2026, 5, 1)),
        config=EMAIL_FIRST,
        parts=[
            {"part_no": "PT-1", "ticket_no": "AS-1", "part": "Spring", "quantity": 2},
            {"part_no": "PT-2", "ticket_no": "AS-1", "part": "Foot", "fitted_by": "customer"},
        ],
    )
    text = text_of(small, TUESDAY, "appointment-vendor").text
    for said in (
        "Call the customer first and agree the time", "Introduce yourself as Cloudrest service", "Wear shoe covers",
        "18 Queen Street, Pudong, Shanghai", "A spring is broken", "In warranty", "Spring × 2", "180.00",
        "The customer pays you, we refund the customer",
    ):  # fmt: skip
        assert said in text, said
    assert "Foot" not in text


def test_vendors_a_job_without_a_time_is_given_too_and_told_again_once_the_time_stands():
    small = desk(dispatched())
    assert told(small, TUESDAY) == [("appointment-vendor", "vendor:V1"), ("solution", "customer")]
    assert told(small, "2026-11-24T10:10") == []
    small.row("tickets").update(
        visit_at=VISIT, vendor_reply="accepted", vendor_replied_at=datetime(2026, 11, 24, 10, 15)
    )
    assert told(small, "2026-11-24T10:20") == [("appointment", "customer"), ("appointment-vendor", "vendor:V1")]
    assert told(small, "2026-11-25T09:30") == [("reminder", "customer"), ("reminder-vendor", "vendor:V1")]


def test_vendors_who_declined_is_neither_reminded_nor_announced_nor_told_to_stay_away():
    small = desk(dispatched(visit_at=VISIT, vendor_reply="declined", vendor_replied_at=datetime(2026, 11, 24, 9)), vendors=THREE)  # fmt: skip
    assert told(small, TUESDAY) == [("solution", "customer"), ("vendor-silent", "staff:S2")]
    assert told(small, "2026-11-25T10:00") == []
    small.row("tickets").update(vendor="V2", vendor_reply="accepted", vendor_replied_at=datetime(2026, 11, 25, 10, 5))
    assert told(small, "2026-11-25T10:10") == [("appointment", "customer"), ("appointment-vendor", "vendor:V2")]


def ics(letter):
    (file,) = letter.attachments
    lines = file.content.decode().replace("\r\n ", "").splitlines()
    wanted = ("METHOD", "UID", "SEQUENCE", "STATUS", "DTSTART")
    return {name: value for line in lines for name, _, value in (line.partition(":"),) if name in wanted}


def test_vendors_a_moved_visit_replaces_the_calendar_entry_even_where_it_is_earlier_and_a_cancelled_one_takes_it_away():
    small = desk(dispatched(visit_at=VISIT), config=CONFIG + "notices: {visit-moved: {channels: email}, visit-cancelled: {channels: email}}\n")  # fmt: skip
    first = ics(text_of(small, TUESDAY, "appointment"))
    small.run(TUESDAY)
    small.row("tickets")["visit_at"] = datetime(2026, 11, 25, 16)
    moved = ics(text_of(small, "2026-11-24T11:00", "visit-moved"))
    small.run("2026-11-24T11:00")
    small.row("tickets")["visit_at"] = None
    off = ics(text_of(small, "2026-11-24T12:00", "visit-cancelled"))
    assert {one["UID"] for one in (first, moved, off)} == {first["UID"]}
    assert [one["METHOD"] for one in (first, moved, off)] == ["REQUEST", "REQUEST", "CANCEL"]
    assert int(first["SEQUENCE"]) < int(moved["SEQUENCE"]) < int(off["SEQUENCE"])
    assert (moved["DTSTART"], off["STATUS"]) == ("20261125T080000Z", "CANCELLED")


@pytest.mark.parametrize(
    ("now", "said", "expected"),
    [
        ("2026-11-26T13:40", {}, True),
        ("2026-11-26T15:00", {}, True),
        ("2026-11-26T17:10", {}, False),  # three hours late it helps nobody
        ("2026-11-25T13:40", {}, False),
        ("2026-11-26T13:40", {"started_at": datetime(2026, 11, 26, 13, 30)}, False),
        ("2026-11-26T13:40", {"status": "dispatched"}, False),
    ],
)
def test_vendors_the_customer_hears_that_the_technician_is_on_the_way(now, said, expected):
    small = desk(dispatched(visit_at=VISIT))
    small.run(TUESDAY)
    small.row("tickets").update(**{"status": "in_progress", **said})
    found = [one for one in told(small, now) if one[0] == "on-the-way"]
    assert found == ([("on-the-way", "customer")] if expected else [])
    assert [one for one in told(small, now) if one[0] == "on-the-way"] == []


@pytest.mark.parametrize(("others", "expected"), [(0, "we refund"), (1, "We transfer")])
def test_vendors_first_co_operation_the_customer_advances_the_money_later_jobs_by_transfer(others, expected):
    done = [
        ticket(f"AS-{n}", phone=f"1390013900{n}", status="closed", vendor="V1", finished_at=datetime(2026, 11, 20, 12))
        for n in range(2, 2 + others)
    ]
    small = desk(dispatched(visit_at=VISIT), *done, config=EMAIL_FIRST)
    assert expected in text_of(small, TUESDAY, "appointment-vendor").text
    small.run(TUESDAY)
    assert expected in small.row("vendors")["payment"]


# -- the evening before -----------------------------------------------------------------------------------------


def test_vendors_each_gets_the_list_of_the_next_day_in_the_evening_once():
    day = date(2026, 11, 25)
    small = desk(
        dispatched(visit_at=datetime(2026, 11, 25, 14), fee=180),
        ticket("AS-2", phone="13900139000", vendor="V1", status="dispatched", visit_at=datetime(2026, 11, 25, 9, 30)),
        ticket("AS-3", phone="13900139001", vendor="V2", status="dispatched", visit_at=VISIT),
        ticket("AS-4", phone="13900139002", vendor="V1", status="cancelled", visit_at=datetime(2026, 11, 25, 11)),
        vendors=THREE,
        parts=[{"part_no": "PT-1", "ticket_no": "AS-1", "part": "Spring"}],
    )
    assert "vendor-day" not in [notice for notice, _ in told(small, "2026-11-24T17:50")]
    plan = small.plan("2026-11-24T18:00")
    (letter,) = [one for one in plan.occasions if one.notice == "vendor-day"]
    values = letter.values()
    assert (letter.to.role, values["day"]) == ("vendor:V1", day)
    assert [(one["ticket_no"], one["parts"], one["fee"]) for one in values["rows"]] == [
        ("AS-2", "", None),
        ("AS-1", "Spring", 180),
    ]
    text = library(small.settings, "en").render("vendor-day", "email", {**values, "to_name": "Ma", "now": datetime(2026, 11, 24)}).text  # fmt: skip
    assert "Collect: CN¥180.00" in text
    assert "Bring: Spring" in text
    told(small, "2026-11-24T18:00")
    assert "vendor-day" not in [notice for notice, _ in told(small, "2026-11-24T18:10")]
    assert [one for one in told(small, "2026-11-25T18:00") if one[0] == "vendor-day"] == [("vendor-day", "vendor:V2")]


def test_vendors_a_job_whose_appointment_is_called_off_is_not_given_again_in_the_same_breath():
    small = desk(dispatched(visit_at=VISIT, vendor_reply="accepted", vendor_replied_at=datetime(2026, 11, 24, 9)))
    told(small, TUESDAY)
    small.row("tickets")["visit_at"] = None
    assert told(small, "2026-11-24T11:00") == [("visit-cancelled", "customer"), ("visit-cancelled-vendor", "vendor:V1")]
    assert told(small, "2026-11-24T11:10") == []

"""The ticket policies by their numbers: what each preset's clocks say of a row, and what next step and alerts make of it."""

from __future__ import annotations

from datetime import date

import pytest

from tests.unit.small_desk import STAFF, SmallDesk, at, ticket, wall
from toolkit.app.story import walk_lines
from toolkit.jobs import staff
from toolkit.jobs.checks import check_cells
from toolkit.rules.policy import Choice, fits

DUE = ("response_due", "solution_due", "start_due", "resolve_due")


def due(preset: str, **cells: object) -> dict[str, str]:
    plan = SmallDesk(preset).with_rows("tickets", ticket(**cells)).plan()
    found = dict(zip(DUE, plan.cells(*DUE), strict=True))
    return {key: f"{value:%d %H:%M}" for key, value in found.items() if value is not None}


@pytest.mark.parametrize(
    ("preset", "cells", "expected"),
    [
        ("furniture-retail", {"kind": "repair"}, {"response_due": "24 10:00"}),
        ("custom-home", {"kind": "repair"}, {"response_due": "24 10:00"}),
        ("dorm-furniture", {"kind": "repair"}, {"response_due": "24 10:00"}),
        ("dining-chairs", {"kind": "repair"}, {"response_due": "24 10:00"}),
        ("lighting-factory", {"kind": "use_and_care"}, {"response_due": "24 10:00", "solution_due": "25 18:00"}),
        ("dining-chairs", {"urgency": "urgent"}, {"response_due": "23 14:00"}),
        ("furniture-retail", {"kind": "complaint"}, {"response_due": "25 10:00", "resolve_due": "01 18:00"}),
    ],
)
def test_p_01_first_response_within_24_hours_but_not_of_a_complaint_where_p_04_applies(preset, cells, expected):
    assert due(preset, **cells) == expected


def test_p_01_may_run_on_working_days_only_by_a_setting():
    friday = ticket(opened_at=wall("20 15:00"))
    plain = SmallDesk("dorm-furniture").with_rows("tickets", friday).plan()
    config = "policies: {P-01: {working_days_only: yes}}\ncalendar: {week: {mon-fri: ['09:00-18:00']}}"
    slow = SmallDesk("dorm-furniture", config).with_rows("tickets", friday).plan()
    assert [f"{one.cells('response_due'):%d %H:%M}" for one in (plain, slow)] == ["21 15:00", "23 15:00"]


def test_p_02_office_answers_within_two_business_hours():
    assert due("office-furniture", kind="use_and_care") == {"response_due": "23 12:00"}
    late = {"opened_at": wall("23 17:30"), "kind": "use_and_care"}
    assert due("office-furniture", **late) == {"response_due": "24 10:30"}
    assert due("office-furniture", kind="use_and_care", urgency="urgent") == {"response_due": "23 11:00"}


def test_p_03_office_is_on_site_within_two_business_hours_and_a_written_solution_does_not_stop_that_clock():
    told = ticket(
        responded_at=wall("23 10:20"), solved_at=wall("23 10:30"), solution="New runner on Friday", status="planned"
    )
    plan = SmallDesk("office-furniture").with_rows("tickets", told).plan()
    assert plan.cells("start_due") == wall("23 12:00")
    assert plan.cells("overdue") == "visit is less than 1 working day late (was due 2026-11-23 12:00)"
    assert plan.cells("next_step").endswith("; P-03 visit is late: fill in Promised by")


def test_p_03_owes_a_written_explanation_with_a_date_only_once_the_visit_is_nearly_late():
    soon = SmallDesk("office-furniture", now=at("23 10:30")).with_rows("tickets", ticket()).plan()
    assert "P-03" not in soon.cells("next_step")
    late = SmallDesk("office-furniture", now=at("23 11:50")).with_rows("tickets", ticket()).plan()
    assert late.cells("next_step").endswith("; P-03 visit: if it will be late, fill in Solution, Promised by")


def test_p_03_stands_still_while_the_customer_is_waited_for_and_only_the_working_part_of_that_counts():
    row = ticket(opened_at=wall("20 16:30"), responded_at=wall("20 16:40"), status="in_progress")
    seen = [("confirmed", "20 16:40"), ("waiting_for_customer", "20 17:00"), ("in_progress", "23 09:30")]
    desk = SmallDesk("office-furniture", now=at("23 10:00"), seen={"AS-1": seen})  # a Friday, and the Monday after it
    plan = desk.with_rows("tickets", row).plan()
    assert plan.cells("response_due", "start_due", "overdue") == (wall("23 09:30"), wall("23 11:00"), None)


@pytest.mark.parametrize(
    ("started", "asked"),
    [
        ("23 11:50", ""),
        ("23 12:00", ""),
        ("23 12:01", "; P-03 visit is late: fill in Solution, Promised by"),
    ],
)
def test_p_03_who_was_on_site_in_time_owes_no_explanation_and_who_came_late_does(started, asked):
    row = ticket(responded_at=wall("23 10:20"), started_at=wall(started), status="in_progress")
    plan = SmallDesk("office-furniture").with_rows("tickets", row).plan()
    assert plan.cells("next_step") == f"offer a solution: Nina{asked}"


def test_p_05_a_mall_handles_a_complaint_in_four_hours_and_resolves_it_in_forty_eight():
    found = due("mall", kind="complaint", opened_at=wall("23 11:00"))
    assert found == {"response_due": "23 15:00", "resolve_due": "25 11:00"}


def test_p_06_the_counter_has_ten_minutes_and_thirty_later_the_supervisors_hear_of_it():
    opened = ticket(kind="exchange", opened_at=wall("24 11:00"), status="new")
    alerts = []
    for moment in ("24 11:09", "24 11:11", "24 11:39", "24 11:41"):
        plan = SmallDesk("mall", now=at(moment)).with_rows("tickets", opened).plan()
        alerts.append(plan.letters("warning", "overdue", "escalation"))
    assert plan.cells("response_due") == wall("24 11:10")
    assert alerts == [
        [("warning", "staff:S1")],
        [("overdue", "staff:S1")],
        [("overdue", "staff:S1")],
        [("escalation", "staff:S2")],
    ]


def test_p_07_the_department_has_two_working_days_from_the_hand_over_else_from_the_opening():
    assert due("lighting-factory", kind="use_and_care")["solution_due"] == "25 18:00"
    handed = due("lighting-factory", kind="use_and_care", handed_over_at=wall("24 09:30"))
    assert handed["solution_due"] == "26 18:00"


def test_p_08_a_repair_starts_within_three_working_days_else_the_customer_is_told_beforehand():
    row = ticket(
        responded_at=wall("23 11:00"), opened_at=wall("20 10:00"), solved_at=wall("23 12:00"), solution="New lamp"
    )
    early = SmallDesk("lighting-factory", now=at("23 12:00")).with_rows("tickets", row).plan()
    late = SmallDesk("lighting-factory", now=at("24 16:00")).with_rows("tickets", row).plan()
    told = {**row, "delay_told_at": wall("24 11:00"), "delay_reason": "The glass is late"}
    done = SmallDesk("lighting-factory", now=at("24 16:00")).with_rows("tickets", told).plan()
    assert early.cells("start_due") == wall("24 18:00")
    asked = "P-08 visit: if it will be late, fill in Delay told at, Delay reason"
    assert [asked in one.cells("next_step") for one in (early, late, done)] == [False, True, False]


@pytest.mark.parametrize(
    ("number", "kind", "opened", "expected"),
    [
        ("P-09", "delivery_date_enquiry", "23 10:00", "23 12:00"),
        ("P-10", "shipment_look_up", "23 10:00", "23 10:05"),
        ("P-11", "franchise_lead", "23 10:00", "23 10:30"),
    ],
)
def test_p_09_p_10_p_11_curtains_answer_enquiries_look_ups_and_franchise_leads(number, kind, opened, expected):
    desk = SmallDesk("curtains").with_rows("tickets", ticket(kind=kind, opened_at=wall(opened)))
    plan = desk.plan()
    assert f"{plan.cells('response_due'):%d %H:%M}" == expected
    policy = next(one for one in desk.settings.policies if one.when == {"kind": (kind,)})
    assert policy.no == number


def test_p_17_warns_five_working_days_before_the_promise_and_asks_that_the_customer_is_told():
    row = ticket(responded_at=wall("23 11:00"), promised_by=wall("30 12:00"), solution="x", solved_at=wall("23 12:00"))
    early = SmallDesk(now=at("23 17:00"), heard={"AS-1": "23 16:00"}).with_rows("tickets", row).plan()
    assert early.letters("warning") == []
    near = SmallDesk(now=at("24 10:00"), heard={"AS-1": "23 16:00"}).with_rows("tickets", row).plan()
    assert near.letters("warning") == [("warning", "staff:S1")]
    assert "P-17 promised date: if it will be late, fill in Delay told at, Delay reason" in near.cells("next_step")


def test_p_17_the_customer_hears_of_the_new_date_when_a_promise_is_put_off_but_not_when_it_comes_earlier():
    def letters(before: str, present: str, **more: object) -> list[tuple[str, str]]:
        desk = SmallDesk(
            promised={"AS-1": [(wall(before).isoformat(), "23 11:00"), (wall(present).isoformat(), "24 09:00")]},
            seen={"AS-1": [("confirmed", "23 10:10")]},
        )
        row = ticket(responded_at=wall("23 11:00"), promised_by=wall(present), **more)
        return desk.with_rows("tickets", row).plan().letters("delay")

    assert letters("26 12:00", "28 12:00") == [("delay", "customer")]
    assert letters("28 12:00", "26 12:00") == []
    assert letters("26 12:00", "28 12:00", delay_told_at=wall("24 09:30")) == []


def told_desk(now: str, **more: object) -> SmallDesk:
    row = {"responded_at": wall("18 11:00"), "opened_at": wall("18 10:00"), "status": "planned", "solution": "x"}
    desk = SmallDesk(now=at(now), seen={"AS-1": [("confirmed", "18 10:10"), ("planned", "18 11:10")]}, **more)
    return desk.with_rows("tickets", ticket(**row, solved_at=wall("18 12:00")))


def test_p_23_the_customer_hears_of_progress_every_two_working_days_by_a_letter_before_the_time_is_up():
    assert told_desk("19 12:00").plan().letters("progress") == []
    plan = told_desk("20 13:00").plan()
    assert plan.letters("progress", "warning", "overdue") == [("progress", "customer")]
    again = told_desk("20 15:00", occasions=plan.keys(), heard={"AS-1": "20 13:00"}).plan()
    assert again.letters("progress") == []
    assert told_desk("23 15:00", occasions=plan.keys(), heard={"AS-1": "20 13:00"}).plan().letters("progress") == [
        ("progress", "customer")
    ]


def test_p_23_after_days_without_a_run_the_letter_is_late_but_still_leaves():
    desk = told_desk("28 13:00")
    (letter,) = (one for one in desk.plan().plan.occasions if one.notice == "progress")
    assert letter.event_at == at("20 13:00")  # what `only_since` goes by
    assert letter.expires_at is not None
    assert letter.expires_at.isoformat() == "2026-11-30T23:59:59+08:00"


@pytest.mark.parametrize(
    ("how", "desk"),
    [
        ("staff noted it", lambda: told_desk("20 17:00").with_rows("contacts")),
        ("a message of the desk reached them", lambda: told_desk("20 17:00", heard={"AS-1": "19 17:00"})),
        (
            "they were reached by telephone",
            lambda: told_desk("20 17:00").with_rows(
                "contacts", {"contact_no": "C1", "ticket_no": "AS-1", "at": wall("19 17:00"), "result": "reached"}
            ),
        ),
    ],
)
def test_p_23_each_telling_begins_the_time_anew(how, desk):
    made = desk()
    if how == "staff noted it":
        made.rows["tickets"][0]["last_told_at"] = wall("19 17:00")
    assert made.plan().letters("progress") == []


def test_p_23_who_cannot_be_written_to_is_overdue_and_the_owner_hears_of_it():
    desk = told_desk("21 12:00")
    desk.rows["tickets"][0] |= {"phone": "021-62345678"}
    desk.rows["tickets"][0].pop("email")
    plan = desk.plan()
    assert plan.letters("progress", "overdue", "warning") == [("overdue", "staff:S1")]
    assert plan.cells("overdue").startswith("progress report is")


def test_p_23_a_letter_on_its_way_counts_as_told_so_that_no_cell_changes_once_it_has_left():
    before = told_desk("23 12:00").plan()
    assert before.letters("progress", "overdue") == [("progress", "customer")]
    assert before.cells("overdue") is None
    after = told_desk("23 12:00", occasions=before.keys(), heard={"AS-1": "23 12:00"}).plan()
    assert after.letters("progress", "overdue") == []
    assert after.cells("overdue", "next_step") == before.cells("overdue", "next_step")


def test_p_23_holds_until_the_work_is_finished_and_rests_while_the_desk_waits_for_the_customer():
    done = told_desk("24 12:00")
    done.rows["tickets"][0] |= {"status": "done", "finished_at": wall("19 12:00"), "started_at": wall("19 11:00")}
    assert done.plan().letters("progress") == []
    waits = told_desk("24 12:00")
    waits.rows["tickets"][0]["status"] = "waiting_for_customer"
    waits.seen["AS-1"] = [("planned", "18 11:10"), ("waiting_for_customer", "18 15:00")]
    assert waits.plan().letters("progress") == []


@pytest.mark.parametrize(
    ("opened", "owner", "expected"),
    [
        ("24 11:00", "Nina", "24 16:00"),
        ("24 16:00", "Nina", "24 22:00"),
        ("24 22:30", "Nina", "25 16:00"),
        ("24 11:00", "Early Bird", "24 13:00"),
        ("24 11:00", "Late Owl", "24 22:00"),
    ],
)
def test_p_24_a_complaint_is_settled_on_the_shift_that_took_it_the_owners_own_where_they_have_one(
    opened, owner, expected
):
    staff = (
        {"staff_no": "S1", "name": "Nina", "email": "nina@example.com"},
        {"staff_no": "S8", "name": "Early Bird", "shift": "10:00-13:00"},
        {"staff_no": "S9", "name": "Late Owl", "shift": "late"},
    )
    row = ticket(kind="complaint", opened_at=wall(opened), owner=owner)
    desk = SmallDesk("mall", now=at("26 12:00")).with_rows("staff", *staff).with_rows("tickets", row)
    assert f"(was due 2026-11-{expected})" in desk.plan().cells("overdue").split("settlement on the shift", 1)[1]


def test_p_24_stops_when_the_complaint_is_finished():
    row = ticket(kind="complaint", opened_at=wall("24 11:00"), finished_at=wall("24 15:00"), status="done")
    row |= {"responded_at": wall("24 11:10"), "acceptance": "passed"}
    assert SmallDesk("mall", now=at("26 12:00")).with_rows("tickets", row).plan().cells("overdue") is None


@pytest.mark.parametrize(
    ("waited", "expected"),
    [
        (("24 12:00", "24 13:00"), "24 16:00"),  # over within the shift, which ends when it ends
        (("24 15:00", "24 16:00"), "24 22:00"),  # nothing of the shift was left to settle it in
        (("24 15:00", "24 17:00"), "24 22:00"),
        (("24 15:00", "25 09:00"), "25 16:00"),  # overnight: before the doors open, so the early shift has it
        (("24 16:00", "24 17:00"), "24 16:00"),  # the shift was over when the waiting began
    ],
)
def test_p_24_the_shift_on_which_the_customer_answers_settles_it_where_the_waiting_outlasted_the_first(
    waited, expected
):
    since, until = waited
    row = ticket(kind="complaint", opened_at=wall("24 11:00"), responded_at=wall("24 11:10"), owner=None)
    seen = {"AS-1": [("confirmed", "24 11:00"), ("waiting_for_customer", since), ("in_progress", until)]}
    desk = SmallDesk("mall", now=at("26 12:00"), seen=seen).with_rows("tickets", row | {"status": "in_progress"})
    assert f"(was due 2026-11-{expected})" in desk.plan().cells("overdue").split("settlement on the shift", 1)[1]


def closed(**more: object) -> dict[str, object]:
    row = {"status": "closed", "responded_at": wall("16 11:00"), "opened_at": wall("16 10:00"), "solution": "x"}
    row |= {"started_at": wall("17 10:00"), "finished_at": wall("17 12:00"), "closed_at": wall("17 18:00")}
    return ticket(**row, acceptance="passed", accepted_at=wall("17 12:30"), kind="repair", **more)


def test_p_26_what_the_customer_advanced_is_owed_until_it_is_paid_back_the_ticket_being_closed_or_not():
    owed = SmallDesk().with_rows("tickets", closed(paid_by="customer")).plan()
    late = "refund of the advance is 2 working days late (was due 2026-11-20 18:00)"
    assert late in owed.cells("overdue")
    assert owed.cells("next_step").endswith("refund the customer's advance: Nina, by 2026-11-20 18:00")
    for more in ({"paid_by": "us"}, {"paid_by": "customer", "advance_refunded_on": date(2026, 11, 20)}):
        paid = SmallDesk().with_rows("tickets", closed(**more)).plan()
        assert "advance" not in f"{paid.cells('overdue')} {paid.cells('next_step')}"


def waiting_desk(now: str, **more: object) -> SmallDesk:
    row = ticket(status="waiting_for_customer", responded_at=wall("10 11:00"), opened_at=wall("10 10:00"))
    seen = {"AS-1": [("confirmed", "10 10:10"), ("waiting_for_customer", "11 10:00")]}
    return SmallDesk(now=at(now), seen=seen, **more).with_rows("tickets", row)


@pytest.mark.parametrize(
    ("now", "steps"),
    [("12 12:00", []), ("13 18:01", ["1"]), ("17 18:01", ["2"]), ("23 18:01", ["3"])],
)
def test_p_28_a_silent_customer_is_reminded_after_2_5_and_10_working_days_of_missed_ones_by_the_last_alone(now, steps):
    plan = waiting_desk(now).plan()
    standing = [one.step for one in plan.plan.occasions if one.notice == "waiting" and not one.skip]
    assert standing == steps


def test_p_28_after_the_last_reminder_the_owner_is_told_to_propose_closing():
    before, after = waiting_desk("23 17:00").plan(), waiting_desk("23 18:01").plan()
    assert before.cells("next_step").startswith("waiting for the customer")
    assert after.cells("next_step") == (
        "3 reminders since 2026-11-11 10:00 and no answer: propose closing, Nina (the closing letter follows)"
    )


def test_p_28_an_answer_ends_the_reminders_and_a_reply_after_closing_says_reopen():
    contact = {"contact_no": "C1", "ticket_no": "AS-1", "at": wall("24 09:00"), "direction": "in", "result": "reached"}
    answered = waiting_desk("24 10:00").with_rows("contacts", contact).plan()
    assert answered.letters("waiting") == []
    assert answered.cells("next_step") == (
        "the customer answered on 2026-11-24 09:00: carry on and change the status, Nina"
    )
    ended = waiting_desk("24 10:00").with_rows("contacts", contact)
    ended.rows["tickets"][0] |= {"status": "closed", "finished_at": wall("23 19:00"), "kind": "complaint"}
    ended.seen["AS-1"].append(("closed", "23 19:00"))
    assert (
        ended.plan().cells("next_step")
        == "the customer answered on 2026-11-24 09:00, after it was closed: reopen it, Nina"
    )


@pytest.mark.parametrize(
    ("replied", "called", "answered"),
    [
        (("24 09:00",), None, "24 09:00"),
        (("10 12:00", "24 09:00", "24 09:20"), None, "24 09:00"),  # the first one since the desk began to wait
        (("24 09:00",), "24 08:00", "24 08:00"),
        (("24 09:00",), "24 09:30", "24 09:00"),
        (("10 12:00",), None, None),  # answered before anybody waited
    ],
)
def test_p_28_a_reply_by_mail_counts_as_any_contact(replied, called, answered):
    desk = waiting_desk("24 10:00", replied={"AS-1": replied})
    if called is not None:
        contact = {"contact_no": "C1", "ticket_no": "AS-1", "at": wall(called), "direction": "in"}
        desk.with_rows("contacts", contact)
    plan = desk.plan()
    step = (
        f"the customer answered on 2026-11-{answered}: carry on and change the status, Nina"
        if answered
        else "3 reminders since 2026-11-11 10:00 and no answer: propose closing, Nina (the closing letter follows)"
    )
    expected = [] if answered else [("waiting", "customer")]
    assert (plan.letters("waiting"), plan.cells("next_step")) == (expected, step)


def test_p_28_a_reply_by_mail_after_closing_says_reopen_and_one_about_another_ticket_does_not():
    for number, step in (
        ("AS-1", "the customer answered on 2026-11-24 09:00, after it was closed: reopen it, Nina"),
        ("AS-2", None),
    ):
        desk = waiting_desk("24 10:00", replied={number: ("24 09:00",)})
        desk.rows["tickets"][0] |= {"status": "closed", "finished_at": wall("23 19:00"), "kind": "complaint"}
        desk.seen["AS-1"].append(("closed", "23 19:00"))
        assert desk.plan().cells("next_step") == step


def test_p_28_closing_a_silent_customers_case_sends_the_closing_letter_once():
    desk = waiting_desk("24 10:00")
    desk.rows["tickets"][0] |= {"status": "closed", "closed_at": wall("24 09:30")}
    plan = desk.plan()
    assert plan.letters("closing") == [("closing", "customer")]
    desk.seen["AS-1"].append(("closed", "24 10:00"))
    desk.occasions = plan.keys()
    assert {one.key for one in desk.plan().plan.occasions} <= plan.keys()


def test_p_28_who_was_never_waited_for_gets_no_closing_letter_nor_what_was_closed_before_the_first_run():
    desk = SmallDesk(seen={"AS-1": [("confirmed", "10 10:10")]}).with_rows("tickets", ticket(status="closed"))
    assert desk.plan().letters("closing") == []
    first = waiting_desk("24 10:00", first_run_at=None)
    first.rows["tickets"][0]["status"] = "closed"
    assert first.plan().letters("closing") == []


def test_escalation_after_the_end_of_the_day_is_data():
    config = "policies: {P-01: {ladder: [{after: end of day, to: manager}]}}"
    row = ticket(opened_at=wall("23 10:00"))
    for now, expected in (("24 17:59", [("overdue", "staff:S1")]), ("24 18:01", [("escalation", "staff:S2")])):
        plan = SmallDesk("dorm-furniture", config, now=at(now)).with_rows("tickets", row).plan()
        assert plan.letters("overdue", "escalation") == expected


def test_a_second_reopening_raises_the_level_by_one_for_policies_and_next_step():
    config = "policies: {P-99: {clock: resolve, start: opened_at, stop: finished_at, target: 1bd, when: {level: [2]}}}"
    seen = [("done", "10 10:00"), ("rework", "11 10:00"), ("done", "12 10:00"), ("rework", "13 10:00")]
    row = ticket(level="3", status="rework", opened_at=wall("09 10:00"), responded_at=wall("09 11:00"))
    once = SmallDesk("dorm-furniture", config, seen={"AS-1": seen[:2]}).with_rows("tickets", row).plan()
    twice = SmallDesk("dorm-furniture", config, seen={"AS-1": seen}).with_rows("tickets", row).plan()
    assert [one.cells("reopened", "resolve_due") for one in (once, twice)] == [(1, None), (2, wall("10 18:00"))]
    assert "counts as level 2, since it was reopened twice" in twice.cells("next_step")


@pytest.mark.parametrize(
    ("when", "cells", "is_governed"),
    [
        ("{photos_usable: no}", {"photos_usable": False}, True),
        ("{photos_usable: no}", {"photos_usable": True}, False),
        ("{photos_usable: no}", {}, False),
        ("{fee: [180, 260.5]}", {"fee": 180}, True),
        ("{fee: [180, 260.5]}", {"fee": 260.5}, True),
        ("{fee: [180, 260.5]}", {"fee": 18}, False),
        ("{city: Bristol}", {"city": "Bristol"}, True),
    ],
)
def test_conditions_may_go_by_boxes_and_numbers_as_well_as_choices_and_text(when, cells, is_governed):
    config = f"policies: {{P-99: {{clock: resolve, start: opened_at, stop: finished_at, target: 1bd, when: {when}}}}}"
    plan = SmallDesk("dorm-furniture", config).with_rows("tickets", ticket(**cells)).plan()
    assert (plan.cells("resolve_due") is not None) is is_governed


def test_p_23_p_28_nobody_is_written_to_nor_called_late_while_the_contacts_cannot_be_read():
    for desk, letter in ((told_desk("21 12:00"), "progress"), (waiting_desk("23 18:01"), "waiting")):
        assert desk.plan().letters(letter) == [(letter, "customer")]
        desk.unread = ("contacts",)
        blind = desk.plan()
        assert blind.letters(letter) == []
        assert blind.cells("overdue", "next_step") == (None, None)


def test_p_24_is_not_judged_while_the_shifts_of_the_staff_cannot_be_read():
    row = ticket(kind="complaint", opened_at=wall("24 11:00"), responded_at=wall("24 11:10"), finished_at=None)
    desk = SmallDesk("mall", now=at("24 23:00")).with_rows("tickets", row)
    assert "settlement on the shift" in desk.plan().cells("overdue")
    desk.unread = ("staff",)
    assert desk.plan().cells("overdue") is None


def test_a_plan_right_after_the_letters_have_left_plans_nothing_new():
    for made in (told_desk("21 12:00"), waiting_desk("23 18:01")):
        first = made.plan()
        made.occasions, made.heard = first.keys(), {"AS-1": f"{made.now:%d %H:%M}"}
        for row in made.rows["tickets"]:
            row |= {edit.column: edit.new for edit in first.plan.edits if edit.new is not None}
        second = made.plan()
        assert [(one.column, one.new) for one in second.plan.edits] == []
        assert second.keys() <= first.keys()


def test_p_23_an_unanswered_request_is_watched_by_its_first_response_alone():
    plan = SmallDesk(now=at("28 10:00")).with_rows("tickets", ticket(status="new")).plan()
    assert plan.letters("progress") == []
    assert plan.cells("overdue").startswith("first response")
    assert "progress" not in plan.cells("overdue")


def test_p_23_a_letter_on_its_way_is_no_late_step_of_its_owner_either():
    desk = told_desk("23 12:00")
    before = desk.plan()
    assert before.letters("progress") == [("progress", "customer")]
    after = told_desk("23 12:00", occasions=before.keys(), heard={"AS-1": "23 12:00"})
    assert [one.plan(staff).cells("open", "overdue", key="S1") for one in (desk, after)] == [(1, 0), (1, 0)]


@pytest.mark.parametrize("status", ["done", "accepted", "closed"])
@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"kind": "repair", "started_at": wall("23 11:00")}, [("required", "finished_at")]),  # P-13 counts from it
        ({"kind": "install", "finished_at": wall("23 12:00")}, []),
        ({"kind": "complaint"}, [("required", "finished_at")]),  # P-04 stops at it
        ({"kind": "use_and_care"}, []),
        ({"kind": "use_and_care", "promised_by": wall("30 12:00")}, [("required", "finished_at")]),  # P-17 stops at it
        (
            {"kind": "use_and_care", "paid_by": "customer", "started_at": wall("23 11:00")},
            [("required", "finished_at")],
        ),  # P-26 counts from it
        ({"kind": "complaint", "responded_at": None}, [("required", "responded_at"), ("required", "finished_at")]),
    ],
)
def test_decision_24_a_ticket_that_is_over_lacks_the_cell_that_stops_a_clock_or_starts_its_call_back(
    status, cells, expected
):
    row = {"responded_at": wall("23 10:30"), "acceptance": "passed", "solution": "x", "status": status, **cells}
    desk = SmallDesk(seen={"AS-1": [(status, "23 13:00")]}).with_rows("tickets", ticket(**row))
    assert desk.plan().faults("required") == expected


@pytest.mark.parametrize(
    ("now", "overdue", "next_step"),
    [
        # Finished on the 2nd, due on the 5th; the callers' list holds a call for thirty days.
        ("24 10:00", "call-back is 15 working days late (was due 2026-11-05 18:00)", "call the customer back: caller, by 2026-11-05 18:00"),
        ("2026-12-05 17:59", "call-back is 25 working days late (was due 2026-11-05 18:00)", "call the customer back: caller, by 2026-11-05 18:00"),
        ("2026-12-05 18:00", "the call-back was never made (was due 2026-11-05 18:00)", None),
        ("2028-01-10 10:00", "the call-back was never made (was due 2026-11-05 18:00)", None),
    ],
)  # fmt: skip
def test_p_13_a_closed_ticket_that_was_never_called_about_is_not_counted_on_for_years(now, overdue, next_step):
    row = {
        "opened_at": wall("02 10:00"),
        "responded_at": wall("02 10:30"),
        "finished_at": wall("02 12:00"),
        "solution": "x",
    }
    desk = SmallDesk(now=at(now), seen={"AS-1": [("closed", "03 13:00")]})
    plan = desk.with_rows(
        "tickets", ticket(**row, status="closed", acceptance="passed", closed_at=wall("03 10:00"))
    ).plan()
    assert plan.cells("callback_due", "overdue", "next_step") == (wall("05 18:00"), overdue, next_step)


def test_p_13_a_ticket_that_is_not_closed_is_called_about_however_late():
    row = {
        "opened_at": wall("02 10:00"),
        "responded_at": wall("02 10:30"),
        "finished_at": wall("02 12:00"),
        "acceptance": "passed",
        "status": "done",
    }
    plan = (
        SmallDesk(now=at("2027-01-11 10:00"), seen={"AS-1": [("done", "03 13:00")]})
        .with_rows("tickets", ticket(**row))
        .plan()
    )
    assert plan.cells("overdue").startswith("call-back is 5")
    assert plan.cells("next_step") == "call the customer back: caller, by 2026-11-05 18:00"


def test_several_findings_of_a_row_are_numbered_since_each_may_hold_commas_and_semicolons():
    row = ticket(phone="123", email=None, bought_on=date(2026, 11, 20), delivered_on=date(2026, 11, 19))
    for locale, expected in {
        "en": "(1) Phone: 3 digits do not make a valid number; a mobile has 11, a landline needs its area code (021-62345678), a "
        "foreign number begins with + (2) Delivered on: 2026-11-19 lies before “Bought on”, which is 2026-11-20: check the order",
        "zh-CN": "（1）联系电话：这一格有3位数字，不是有效号码；手机是11位，固定电话请带区号（021-62345678），国外号码请以 + 开头 "
        "（2）签收日期：2026-11-19 早于“购买日期”的 2026-11-20，请核对先后",
    }.items():
        desk = SmallDesk(locale=locale).with_rows("tickets", row)
        (edit,) = check_cells(desk.snapshot(), desk.snapshot().findings, frozenset({"tickets"}), desk.plan().words())
        assert edit.new == expected


def test_decision_24_a_ticket_that_was_closed_without_work_owes_no_end_of_it():
    row = {
        "responded_at": wall("23 10:30"),
        "acceptance": "passed",
        "solution": "Explained by phone",
        "status": "closed",
    }
    desk = SmallDesk(seen={"AS-1": [("closed", "23 13:00")]}).with_rows("tickets", ticket(**row))
    assert desk.plan().faults("required") == []


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"kind": "repair"}, wall("26 18:00")),
        ({"kind": "install", "vendor": "V1"}, wall("26 18:00")),
        ({"kind": "complaint", "vendor": "V1"}, wall("26 18:00")),
        ({"kind": "exchange", "vendor": "V1"}, wall("26 18:00")),
        ({"kind": "complaint"}, None),
        ({"kind": "use_and_care"}, None),
    ],
)
@pytest.mark.parametrize("preset", ["furniture-retail", "custom-home", "dining-chairs"])
def test_p_13_furniture_custom_and_dining_call_back_after_every_vendor_visit_whatever_it_is_about(
    preset, cells, expected
):
    vendor = {
        "vendor_no": "V1",
        "name": "Fix",
        "city": "Shanghai",
        "phone": "13900000001",
        "active": True,
        "qualified": True,
    }
    row = {"responded_at": wall("23 10:30"), "finished_at": wall("23 12:00"), "status": "done", **cells}
    desk = SmallDesk(preset).with_rows("vendors", vendor).with_rows("tickets", ticket(**row))
    assert desk.plan().cells("callback_due") == expected


def test_a_condition_may_ask_that_a_column_is_filled_whatever_stands_in_it():
    rows = [{"vendor": "V1"}, {"vendor": "V2"}, {"vendor": ""}, {"vendor": None}, {"fee": 0}, {}]
    whens = [{"vendor": ("*",)}, {"fee": ("*",)}]
    asked = []

    def decide(row):
        asked.append(row)
        return [fits(when, row) for when in whens]

    choice = Choice(whens, decide)
    assert choice.columns == ("fee", "vendor")
    found = [choice.of(row, (row.get("fee"), row.get("vendor"))) for row in rows]
    assert found == [[True, False], [True, False], [False, False], [False, False], [False, True], [False, False]]
    assert asked == [rows[0], rows[2], rows[4]]  # all vendors are alike, and so are all who have none


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ({"email": "omar@example.com"}, "staff:S9"),
        ({}, "staff:S2"),  # no address: the manager
        ({"email": "omar@example.com", "active": False}, "staff:S2"),
        ({"active": True, "deputy": "Nina", "away_from": date(2026, 11, 24)}, "staff:S1"),
    ],
)
def test_an_alert_for_an_owner_whom_no_letter_reaches_goes_to_the_manager(person, expected):
    omar = {"staff_no": "S9", "name": "Omar", "role": "customer_service", "manager": "Max", **person}
    desk = SmallDesk(now=at("24 10:30")).with_rows("tickets", ticket(owner="Omar"))
    desk.rows["staff"] = [*STAFF, omar]
    assert desk.plan().letters("overdue", "escalation") == [("overdue", expected)]


def test_p_28_a_case_that_was_closed_without_an_answer_has_no_finish_to_fill_in():
    row = {"kind": "complaint", "responded_at": wall("02 10:30"), "opened_at": wall("02 10:00"), "status": "closed"}
    waited = {"AS-1": [("waiting_for_customer", "02 11:00"), ("closed", "23 13:00")]}
    worked = {"AS-1": [("in_progress", "02 11:00"), ("closed", "23 13:00")]}
    found = [
        SmallDesk(seen=seen).with_rows("tickets", ticket(**row)).plan().faults("required") for seen in (waited, worked)
    ]
    assert found == [[], [("required", "finished_at")]]


def test_explain_counts_a_day_as_its_spans_are_told_whatever_the_seconds_of_a_letter_that_began_it():
    desk = SmallDesk()
    sent_at = at("24 10:00").replace(microsecond=100_000)
    lines = list(walk_lines(desk.snapshot().calendar, sent_at, at("25 18:00"), (), desk.settings))
    assert lines == [
        "2026-11-24 Tue  10:00–18:00                  8:00",
        "2026-11-25 Wed  09:00–18:00                  9:00",
    ]

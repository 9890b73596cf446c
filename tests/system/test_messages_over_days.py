"""The demo desk over several days: staff edit the sheet between the runs; who is told what, and how often.

Today is Tuesday 24 November 2026, ten o'clock; the first run has just been. The desk works Monday to Saturday 9-18, and
on Sunday 29 November from 9 to 12 (its holidays tab).
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime

import pytest

from tests.system.desks import NOW, ROOT, demo, wall

TODAY = "2026-11-24"


@pytest.fixture
def desk(tmp_path):
    """After the first run, its letters read."""
    made = demo(tmp_path, ran_at=NOW)
    made.news()
    return made


def told(desk, key):
    """Notices about one ticket since this was last asked."""
    return [notice for notice, row in desk.news() if row == key]


def after(desk, now, key, code=0):
    """A run; what it told about one ticket."""
    desk.run(now, code=code)
    return told(desk, key)


def states(desk, key, notice):
    return sorted(one["state"] for one in desk.outbox() if (one["row_key"], one["notice"]) == (key, notice))


# -- alerts ------------------------------------------------------------------------------------------------------


def test_each_rung_of_the_ladder_fires_once_and_a_late_answer_ends_it(desk):
    row = desk.ticket("Emily Carter")  # opened today 09:35, to be answered within 24 hours
    key = row["ticket_no"]
    assert wall(row["response_due"]) == "2026-11-25T09:35"
    steps = {
        "2026-11-25T09:00": ["warning"],
        "2026-11-25T09:40": ["overdue"],
        "2026-11-25T10:30": [],
        "2026-11-25T13:40": ["escalation"],
        "2026-11-26T18:05": ["escalation"],
        "2026-11-30T10:00": [],
    }
    assert {now: after(desk, now, key) for now in steps} == steps
    roles = [
        (one["notice"], one["key"].split("|")[-2])
        for one in reversed(desk.outbox())
        if one["row_key"] == key and one["notice"] != "received"
    ]
    assert roles == [
        ("warning", "staff:S04"),
        ("overdue", "staff:S04"),
        ("escalation", "staff:S02"),
        ("escalation", "staff:S01"),
    ]
    assert "first response" in desk.ticket("Emily Carter")["overdue"]
    desk.type(row["row"], responded_at="2026-11-30T10:30", status="confirmed")
    assert after(desk, "2026-11-30T10:40", key) == []
    assert len({one["key"] for one in desk.outbox() if one["row_key"] == key}) == 5
    assert desk.ticket("Emily Carter")["overdue"] is None


def test_an_alert_that_still_waits_is_withdrawn_when_the_ticket_is_answered(desk):
    row = desk.ticket("Emily Carter")
    key = row["ticket_no"]
    assert after(desk, "2026-11-25T05:00", key) == []  # 80 % are over, but owners sleep
    assert states(desk, key, "warning") == ["ready"]
    desk.type(row["row"], responded_at="2026-11-25T07:30", status="confirmed")
    assert after(desk, "2026-11-25T08:40", key) == []
    assert states(desk, key, "warning") == ["cancelled"]
    assert after(desk, "2026-11-25T10:00", key) == []


def taken(desk, customer):
    """The vendor takes the job: nobody has to look for another one (P-25)."""
    row = desk.ticket(customer)
    desk.type(row["row"], vendor_reply="accepted", vendor_replied_at="2026-11-24T10:00")
    return row


# -- visits ------------------------------------------------------------------------------------------------------


def test_a_moved_visit_is_told_to_both_once_and_reminded_on_its_new_eve(desk):
    row = desk.ticket("Melanie King")  # with V001, tomorrow at ten: told and reminded at the first run
    key = row["ticket_no"]
    desk.type(row["row"], visit_at="2026-11-27T14:00")
    steps = {
        "2026-11-24T11:00": ["visit-moved", "visit-moved-vendor"],
        "2026-11-24T11:10": [],
        "2026-11-25T09:30": [],  # nobody comes at ten any more
        "2026-11-26T09:30": ["reminder", "reminder-vendor"],
        "2026-11-26T15:00": [],
        "2026-11-27T09:00": [],
    }
    assert {now: after(desk, now, key) for now in steps} == steps
    moved = next(one for one in desk.outbox() if (one["row_key"], one["notice"]) == (key, "visit-moved"))
    text = desk("outbox", "show", moved["id"]).out
    assert "27" in text
    assert "10:00" in text, "the old time is named too"
    assert "14:00" in text


def test_a_visit_that_goes_back_and_forth_is_told_each_time(desk):
    row = taken(desk, "Frank Doherty")  # V010 had declined, and comes after all, in three days at half past ten
    key, both = row["ticket_no"], ["visit-moved", "visit-moved-vendor"]
    assert after(desk, TODAY + "T10:30", key) == ["appointment", "appointment-vendor"]
    here, there = "2026-11-27T10:30", "2026-11-30T15:00"
    found = []
    for now, visit in (("T11:00", there), ("T12:00", here), ("T13:00", there), ("T14:00", here)):
        desk.type(row["row"], visit_at=visit)
        found.append(after(desk, TODAY + now, key))
        assert after(desk, TODAY + now.replace(":00", ":05"), key) == []
    assert found == [both, both, both, both]


def test_reminders_go_out_on_the_day_before_once_and_not_for_a_day_that_was_given_up(desk):
    still, moved = taken(desk, "Claire Cooper"), taken(desk, "Frank Doherty")
    assert wall(still["visit_at"]) == "2026-11-26T14:00"
    desk.run("2026-11-24T10:30")
    desk.news()
    seen = Counter()
    for now in ("2026-11-24T17:00", "2026-11-25T10:00", "2026-11-25T16:00", "2026-11-26T09:00"):
        if now.startswith("2026-11-25T16"):
            desk.type(moved["row"], visit_at="2026-11-30T15:00")
        desk.run(now)
        seen.update(
            (now[8:13], notice, key) for notice, key in desk.news() if key in (still["ticket_no"], moved["ticket_no"])
        )
    desk.run("2026-11-29T10:00")
    seen.update(("29T10", notice, key) for notice, key in desk.news() if key == moved["ticket_no"])
    assert seen == Counter(
        {
            ("25T10", "reminder", still["ticket_no"]): 1,
            ("25T10", "reminder-vendor", still["ticket_no"]): 1,
            ("25T16", "visit-moved", moved["ticket_no"]): 1,
            ("25T16", "visit-moved-vendor", moved["ticket_no"]): 1,
            ("29T10", "reminder", moved["ticket_no"]): 1,
            ("29T10", "reminder-vendor", moved["ticket_no"]): 1,
            ("29T10", "progress", moved["ticket_no"]): 1,
        }
    )


def test_an_unmoved_visit_is_not_told_again_however_it_is_typed_and_whatever_else_changes(desk):
    row = desk.ticket("Claire Cooper")
    key = row["ticket_no"]
    told_at_first = Counter(one["notice"] for one in desk.outbox() if one["row_key"] == key)
    assert told_at_first["appointment"] == told_at_first["appointment-vendor"] == 1
    desk.type(row["row"], visit_at="2026年11月26日 14:00", notes="rang again", vendor_fee=170, city="hangzhou")
    assert after(desk, "2026-11-24T11:00", key) == []
    desk.type(row["row"], visit_at="2026/11/26 14:00", level="2", status="planned")
    assert after(desk, "2026-11-24T12:00", key) == []


@pytest.mark.parametrize(
    "how", [{"status": "cancelled"}, {"visit_at": None}], ids=["the ticket cancelled", "the visit blanked"]
)
def test_a_visit_called_off_is_told_to_both_once_and_reminds_nobody(desk, how):
    row = taken(desk, "Claire Cooper")
    key = row["ticket_no"]
    desk.type(row["row"], **how)
    steps = {
        "2026-11-24T11:00": ["visit-cancelled", "visit-cancelled-vendor"],
        "2026-11-24T11:10": [],
        "2026-11-25T10:00": [],
        "2026-11-26T09:00": [],
    }
    assert {now: after(desk, now, key) for now in steps} == steps


def test_another_vendor_for_the_same_hour_the_old_one_is_stood_down_the_new_one_told(desk):
    row = desk.ticket("Claire Cooper")
    key = row["ticket_no"]
    desk.type(row["row"], vendor="V006")
    assert after(desk, "2026-11-24T11:00", key) == ["appointment-vendor", "visit-cancelled-vendor"] or states(
        desk, key, "appointment"
    ) == ["sent", "sent"]
    assert after(desk, "2026-11-24T11:10", key) == []
    mine = [
        one["key"].split("|")[-2]
        for one in desk.outbox()
        if one["row_key"] == key and one["notice"].endswith("-vendor")
    ]
    assert mine == ["vendor:V006", "vendor:V005", "vendor:V005"] or sorted(mine) == [
        "vendor:V005",
        "vendor:V005",
        "vendor:V006",
    ]


# -- clocks ------------------------------------------------------------------------------------------------------


def test_waiting_for_the_customer_stops_the_clock_and_afterwards_shifts_it(desk):
    row = desk.ticket("Robert Stone")  # a complaint of the 19th: seven working days, until Friday the 27th
    key = row["ticket_no"]
    assert wall(row["resolve_due"]) == "2026-11-27T18:00"
    desk.type(
        row["row"], status="waiting_for_customer", responded_at="2026-11-24T16:00", last_told_at="2026-11-24T16:55"
    )
    steps = {"2026-11-24T17:05": [], "2026-11-25T12:00": [], "2026-11-27T17:00": ["waiting"]}  # P-28: two working days
    for now, letters in steps.items():
        assert after(desk, now, key) == letters, now
        waiting = desk.ticket("Robert Stone")
        assert wall(waiting["resolve_due"]) == "2026-11-27T18:00", "it keeps its value while the pause is open"
        assert waiting["overdue"] is None
        assert wall(waiting["waiting_since"]) == "2026-11-24T16:55"
        assert "2026-11-24 16:55" in waiting["next_step"]
    assert after(desk, "2026-11-27T18:30", key) == []  # past the old due time, and nobody is late
    assert desk.ticket("Robert Stone")["overdue"] is None
    desk.type(row["row"], status="in_progress")
    desk.run("2026-11-28T10:00")
    going = desk.ticket("Robert Stone")
    # Wednesday, Thursday and Friday were waited away whole: the 28th is the fifth day, the 29th the sixth, the 30th the last.
    assert wall(going["resolve_due"]) == "2026-11-30T18:00"
    assert going["waiting_since"] is None
    assert going["overdue"] is None


def test_each_reopening_counts(desk):
    row = desk.ticket("Angie Abbott")  # repaired and accepted
    found = []
    for now, status in (
        ("T11:00", "rework"),
        ("T12:00", "done"),
        ("T13:00", "rework"),
        ("T14:00", "in_progress"),
        ("T15:00", "accepted"),
    ):
        desk.type(row["row"], status=status)
        desk.run(TODAY + now)
        found.append(desk.ticket("Angie Abbott")["reopened"])
    assert found == [1, 1, 2, 2, 2]


# -- who may be told, and when -----------------------------------------------------------------------------------


def test_who_opts_out_hears_no_more_the_other_side_does(desk):
    row = taken(desk, "Claire Cooper")
    desk.add("contacts_opt_out", contact=row["phone"], reason="asked by phone")
    desk.type(row["row"], visit_at="2026-11-27T10:00")
    assert after(desk, "2026-11-24T17:00", row["ticket_no"]) == ["visit-moved-vendor"]
    assert after(desk, "2026-11-26T10:00", row["ticket_no"]) == ["reminder-vendor"]


def test_who_opts_out_at_night_does_not_get_what_was_ready_for_the_morning(desk):
    row = taken(desk, "Claire Cooper")
    desk.type(row["row"], visit_at="2026-11-27T10:00")
    assert after(desk, "2026-11-24T22:00", row["ticket_no"]) == []
    assert states(desk, row["ticket_no"], "visit-moved") == ["ready"]
    desk.add("contacts_opt_out", contact=row["phone"], reason="asked by phone")
    assert after(desk, "2026-11-25T08:40", row["ticket_no"]) == ["visit-moved-vendor"]
    assert states(desk, row["ticket_no"], "visit-moved") == ["cancelled"]


def test_quiet_hours_make_a_letter_ready_and_the_morning_sends_it(desk):
    desk.add(
        opened_at="2026-11-24T21:40",
        kind="repair",
        customer="Nora Night",
        phone="13800009999",
        owner="Shirley Wang",
        problem="The bed collapsed.",
        status="new",
        channel="phone",
    )
    assert desk.run("2026-11-24T22:00")["applied"]["messages"]["queued"] >= 1
    key = desk.ticket("Nora Night")["ticket_no"]
    assert key == "AS-20261124-0005"
    assert told(desk, key) == []
    (waiting,) = [one for one in desk.outbox("--state", "ready") if one["row_key"] == key]
    assert waiting["notice"] == "received"
    assert datetime.fromisoformat(waiting["not_before"]) == datetime.fromisoformat("2026-11-25T08:30:00+08:00")
    assert after(desk, "2026-11-25T03:00", key) == []
    assert after(desk, "2026-11-25T08:31", key) == ["received"]
    assert after(desk, "2026-11-25T08:41", key) == []


def test_two_texts_about_one_ticket_leave_in_the_order_of_their_occasions(desk):
    vendor = desk.rows("vendors")[0]["vendor_no"]
    desk.add(
        opened_at="2026-11-24T10:30",
        kind="repair",
        customer="Olga Order",
        phone="13800007777",
        owner="Shirley Wang",
        problem="The bed collapsed.",
        status="confirmed",
        channel="phone",
        vendor=vendor,
        visit_at="2026-11-26T14:00",
    )
    desk.run("2026-11-24T10:40")
    key = desk.ticket("Olga Order")["ticket_no"]
    left = sorted(
        (one["id"], one["notice"], one["channel"], one["state"]) for one in desk.outbox() if one["row_key"] == key
    )
    customer = [one[1:] for one in left if one[1] in ("received", "appointment")]
    assert customer == [("received", "sms", "sent"), ("appointment", "sms", "sent")]


def test_more_than_hold_above_waits_until_it_is_approved(tmp_path):
    desk = demo(tmp_path)
    desk.configure("hold_above: 50", "hold_above: 1")
    plan = desk.plan()
    first = desk.run(code=1)
    assert first["applied"]["messages"]["held"] == len([one for one in plan["messages"] if one["state"] == "held"]) > 10
    held = desk.outbox("--state", "held")
    by_notice = Counter(one["notice"] for one in held)
    assert min(by_notice.values()) > 1, "a single one need not wait"
    sent = Counter(notice for notice, _ in desk.news())
    assert not sent.keys() & by_notice.keys()
    assert sent["escalation"] > 1, "staff alerts are never held"
    assert not any(one["key"].split("|")[-2].startswith("staff") for one in held)

    assert desk("outbox", "approve", "--notice", "received").code == 0
    desk.run("2026-11-24T10:10", code=1)  # the others still wait for a person
    assert Counter(notice for notice, _ in desk.news()) == {"received": by_notice["received"]}
    assert desk("outbox", "approve", *(one["id"] for one in desk.outbox("--state", "held"))).code == 0
    desk.run("2026-11-24T10:20")
    assert Counter(notice for notice, _ in desk.news()) == by_notice - Counter(received=by_notice["received"])
    again = desk.run("2026-11-24T10:30")
    assert again["applied"]["messages"]["sent"] == 0


def test_a_held_letter_whose_reason_is_gone_is_withdrawn_and_cannot_be_approved(tmp_path):
    desk = demo(tmp_path)
    desk.configure("hold_above: 50", "hold_above: 1")
    desk.run(code=1)
    row = desk.ticket("Emily Carter")
    (held,) = [
        one
        for one in desk.outbox("--state", "held")
        if (one["row_key"], one["notice"]) == (row["ticket_no"], "received")
    ]
    desk.type(row["row"], responded_at="2026-11-24T10:05", status="confirmed")
    desk.run("2026-11-24T10:10", code=1)
    assert states(desk, row["ticket_no"], "received") == ["cancelled"]
    refused = desk("outbox", "approve", held["id"])
    assert refused.code == 2
    assert "cancelled" in refused.err


def test_a_held_letter_cancelled_by_a_person_never_comes_back(tmp_path):
    desk = demo(tmp_path)
    desk.configure("hold_above: 50", "hold_above: 1")
    desk.run(code=1)
    assert desk("outbox", "cancel", "--notice", "received", "--reason", "told by phone").code == 0
    desk.news()
    desk.run("2026-11-24T10:10", code=1)
    assert "received" not in {notice for notice, _ in desk.news()}
    assert {one["note"] for one in desk.outbox("--notice", "received")} == {"told by phone"}


def test_a_letter_that_no_template_can_make_stops_only_itself(tmp_path):
    desk = demo(tmp_path)
    whole = Counter(one["notice"] for one in desk.plan()["messages"])
    (desk.folder / "templates" / "en").mkdir(parents=True, exist_ok=True)
    text = (ROOT / "templates" / "en" / "received.md").read_text("utf-8")
    broken = text.replace("{{ ticket.ticket_no }}", "{{ ticket.nonsense }}")
    (desk.folder / "templates" / "en" / "received.md").write_text(broken, "utf-8")
    run = desk.run(code=1)
    assert Counter(notice for notice, _ in desk.news()) == whole - Counter(received=whole["received"])
    faults = [one for one in run["findings"] if one["code"] == "template-error"]
    assert len(faults) == whole["received"]
    for one in faults:  # template, line, ticket (40, Messages)
        assert re.search(r"received\.md:\d+", one["message"]), one["message"]
        assert "nonsense" in one["message"]
        assert one["key"] in one["message"]

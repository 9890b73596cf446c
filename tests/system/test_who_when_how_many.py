"""How much one person hears, and when: the daily cap, over real runs of the demo desk."""

from __future__ import annotations

import pytest

from tests.system.desks import NOW, demo, plain


@pytest.fixture
def desk(tmp_path):
    """After the first run, its letters read."""
    made = demo(tmp_path, ran_at=NOW)
    made.news()
    return made


def newcomer(desk, n, **more):
    row = {"kind": "repair", "email": "many@shop.example", "owner": "Shirley Wang", "problem": "The bed collapsed."}
    row["opened_at"] = "2026-11-24T10:05"
    desk.add(customer=f"Many {n}", status="new", channel="phone", **row | more)


def received(desk, now):
    """Letters to the newcomer that a run sent; and how many it put off."""
    done = desk.run(now)["applied"]["messages"]
    keys = {one["ticket_no"] for one in desk.rows() if str(one["customer"]).startswith("Many")}
    return len([row for notice, row in desk.news() if notice == "received" and row in keys]), done["capped"]


def test_beyond_the_daily_cap_a_message_waits_for_the_next_day(desk):
    desk.configure("hold_above: 50", "hold_above: 50\n  daily_cap: {customer: 3}")
    for n in range(2):
        newcomer(desk, n)
    assert received(desk, "2026-11-24T10:10") == (2, 0)
    for n in range(2, 5):
        newcomer(desk, n)
    summary = desk("run", now="2026-11-24T10:20")
    assert "2 messages wait for tomorrow" in summary.err
    assert received(desk, "2026-11-24T15:00") == (1, 2), "two were sent before: runs count together"
    waiting = desk.outbox("--state", "ready")
    assert ["this address had 3 messages today" in one["note"] for one in waiting] == [True, True]
    assert received(desk, "2026-11-25T09:00") == (2, 0)
    assert received(desk, "2026-11-25T09:10") == (0, 0)


def test_what_waits_for_a_next_day_that_is_too_late_expires(desk):
    desk.configure("hold_above: 50", "hold_above: 50\n  daily_cap: {customer: 1}")
    with (desk.folder / "config.yaml").open("a", encoding="utf-8") as file:
        file.write("\nnotices: {received: {expires: 12h}}\n")
    for n in range(2):
        newcomer(desk, n)
    assert received(desk, "2026-11-24T10:10") == (1, 1)
    assert received(desk, "2026-11-25T09:00") == (0, 0)
    assert [one["notice"] for one in desk.outbox("--state", "expired")] == ["received"]


# -- several notices to one person -------------------------------------------------------------------------------


def test_notices_about_one_ticket_and_alerts_to_one_colleague_are_one_letter_each(desk):
    desk.configure("merge: false", "merge: true")
    newcomer(desk, 0, vendor="V001", visit_at="2026-11-27T10:00", solution="A new bed.", solved_at="2026-11-24T10:06")
    desk.run("2026-11-24T10:10")
    key = desk.ticket("Many 0")["ticket_no"]
    (found,) = [one for one in desk.outbox() if one["row_key"] == key and one["to"].startswith("m")]
    assert found["notice"] == "appointment"
    shown = desk("outbox", "show", found["id"], "--full").out
    assert "A new bed." in shown, "the solution"
    (letter,) = [
        one
        for one in desk.files()
        if key.replace("-", "_") in one.name and one.suffix == ".eml" and "vendor" not in one.name
    ]
    text = plain(letter)
    assert text.partition("\n--- ")[0].count("Dear Many 0") == 1
    assert text.count("\n-- \n") == 1
    assert ".ics" in text
    assert received(desk, "2026-11-24T10:20") == (0, 0)
    assert desk.run("2026-11-24T10:30")["applied"]["messages"]["queued"] == 0


def test_a_letter_that_waits_loses_what_falls_away(desk):
    desk.configure("merge: false", "merge: true")
    newcomer(desk, 0, opened_at="2026-11-24T21:30", solution="A new bed.", solved_at="2026-11-24T21:40")
    desk.run("2026-11-24T22:00")
    key = desk.ticket("Many 0")["ticket_no"]
    (waiting,) = [one for one in desk.outbox("--state", "ready") if one["row_key"] == key]
    assert "Dear Many 0" in desk("outbox", "show", waiting["id"], "--full").out
    desk.type(desk.ticket("Many 0")["row"], responded_at="2026-11-24T22:10", status="confirmed")
    desk.run("2026-11-25T09:00")
    (sent,) = [one for one in desk.outbox("--state", "sent") if one["row_key"] == key]
    assert (sent["id"], sent["notice"]) == (waiting["id"], "solution")
    assert desk.run("2026-11-25T09:10")["applied"]["messages"]["queued"] == 0


def test_many_alerts_to_one_colleague_are_one_table_and_each_counts_as_told(tmp_path):
    desk = demo(tmp_path)
    desk.configure("alerts_above: none", "alerts_above: 3")
    desk.configure("merge: false", "merge: true")
    desk.run()
    tables = [one for one in desk.files() if "-alerts-" in one.name]
    assert tables
    # Of one job: those of another job are letters of their own, since a run of the one must not withdraw the other's.
    of_tickets = [one for one in desk.outbox() if one["register"] == "tickets"]
    alone = {one["to"] for one in of_tickets if one["notice"] == "alerts"}
    others = [one for one in of_tickets if one["notice"] in ("warning", "overdue", "escalation")]
    assert not {one["to"] for one in others} & alone
    text = plain(tables[0])
    assert text.count("AS-2026") > 3
    assert "deadlines need you" in text
    again = desk.run("2026-11-24T10:10")["applied"]["messages"]
    assert (again["queued"], again["sent"]) == (0, 0)


# -- reminders are built from the row when they leave -----------------------------------------------------------

REMINDERS = ["reminder", "reminder-vendor"]


@pytest.fixture
def evening(desk):
    """The visit of the 26th at two is reminded of in the evening before; the letters wait for the morning."""
    row = desk.ticket("Claire Cooper")
    desk.run("2026-11-25T21:40")
    desk.news()
    assert waiting(desk, row["ticket_no"]) == REMINDERS
    return desk, row


def waiting(desk, key):
    return sorted(one["notice"] for one in desk.outbox("--state", "ready") if one["row_key"] == key)


def told(desk, now, key):
    desk.run(now)
    return [notice for notice, row in desk.news() if row == key]


def test_a_reminder_of_the_evening_says_in_the_morning_what_the_row_says_by_then(evening):
    desk, row = evening
    desk.type(row["row"], address="12 New Lane")
    assert told(desk, "2026-11-26T08:40", row["ticket_no"]) == REMINDERS
    sent = [one for one in desk.outbox("--state", "sent") if one["row_key"] == row["ticket_no"]]
    texts = [desk("outbox", "show", one["id"], "--full").out for one in sent if one["notice"] in REMINDERS]
    assert len(texts) == 2
    assert any("12 New Lane" in text for text in texts)
    assert not any(str(row["address"]) in text for text in texts)
    assert told(desk, "2026-11-26T08:50", row["ticket_no"]) == []


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({"visit_at": "2026-11-30T10:00"}, ["visit-moved", "visit-moved-vendor"]),
        ({"status": "cancelled"}, ["visit-cancelled", "visit-cancelled-vendor"]),
        ({"visit_at": None}, ["visit-cancelled", "visit-cancelled-vendor"]),
    ],
    ids=["moved", "ticket cancelled", "visit blanked"],
)
def test_a_visit_that_changes_in_the_night_voids_its_reminder_and_is_told_to_both_once(evening, how, expected):
    desk, row = evening
    desk.type(row["row"], **how)
    key = row["ticket_no"]
    assert told(desk, "2026-11-26T08:40", key) == expected
    assert told(desk, "2026-11-26T08:50", key) == []
    assert told(desk, "2026-11-26T13:00", key) == []
    gone = [one for one in desk.outbox("--state", "cancelled") if one["row_key"] == key]
    assert sorted(one["notice"] for one in gone) == REMINDERS


def test_yesterdays_reminder_is_not_sent_late(evening):
    desk, row = evening
    assert told(desk, "2026-11-26T14:10", row["ticket_no"]) == ["progress"]  # P-23: the customer heard nothing since
    over = [one["notice"] for one in desk.outbox("--state", "expired") if one["row_key"] == row["ticket_no"]]
    assert sorted(over) == REMINDERS
    assert told(desk, "2026-11-26T14:20", row["ticket_no"]) == []
    assert told(desk, "2026-11-27T09:00", row["ticket_no"]) == []


# -- recipients as data -----------------------------------------------------------------------------------------


def test_an_alert_goes_to_the_role_that_its_notice_names(tmp_path):
    desk = demo(tmp_path)
    with (desk.folder / "config.yaml").open("a", encoding="utf-8") as file:
        file.write('\nnotices: {overdue: {to: "role:dispatcher"}, warning: {to: store}}\n')
    desk.run()
    went = {
        notice: {one["key"].split("|")[-2] for one in desk.outbox() if one["notice"] == notice}
        for notice in ("overdue", "warning", "escalation")
    }
    roles = {f"staff:{one['staff_no']}": one["role"] for one in desk.rows("staff")}
    assert {roles[one] for one in went["overdue"]} <= {desk.said("staff", "role", "dispatcher")}
    assert {roles[one] for one in went["warning"]} <= {
        desk.said("staff", "role", one) for one in ("store_manager", "manager")
    }
    assert went["warning"]
    assert went["escalation"]

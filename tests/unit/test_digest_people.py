"""What each person reads in the morning: their own, whatever register it stands in, and whom they stand in for."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.digest_desk import NOW, STAFF, desk, letters, occasions, sections, ticket
from tests.small_desk import new_letters

VENDORS = [{"vendor_no": "V1", "name": "Steady", "city": "Bristol", "phone": "13800138002"}]
ORDER = {
    "order_no": "SO-1",
    "customer": "Ann Wu",
    "phone": "13800138009",
    "product": "Desk",
    "quantity": 1,
    "ordered_on": date(2026, 2, 2),
    "promised_by": date(2026, 3, 6),
    "tracker": "Tess",
    "in_stock": True,
    "stock_rechecked_on": date(2026, 2, 3),
    "paid_on": date(2026, 2, 3),
    "status": "in_production",
}
PART = {
    "part_no": "PT-1",
    "ticket_no": "AS-2",
    "part": "Arm",
    "agreed_at": datetime(2026, 3, 2, 9),
    "ordered_on": date(2026, 3, 2),
    "expected_on": date(2026, 3, 4),
}
CHORE = {"name": "Review outlook", "owner": "Tess", "every": "1mo", "starts_on": date(2026, 3, 5)}
NINA, OMAR, MARY, JEAN, TESS = (f"{name}@example.com" for name in ("nina", "omar", "mary", "jean", "tess"))


def finished(number, owner="Nina", **cells):
    """A repair of Monday that was finished the same day: the call-back is due on Thursday."""
    day = {"opened_at": datetime(2026, 3, 2, 9), "responded_at": datetime(2026, 3, 2, 9, 30), "vendor": "V1"}
    done = {"started_at": datetime(2026, 3, 2, 10), "finished_at": datetime(2026, 3, 2, 12), "status": "done"}
    solved = {"solved_at": datetime(2026, 3, 2, 10), "solution": "Glued"}
    return ticket(number, owner, **day, **done, **solved, **cells)


def away(name, **cells):
    """The staff with one of them away all week."""
    off = {"away_from": date(2026, 3, 2), "away_to": date(2026, 3, 8), **cells}
    return [one | off if one["name"] == name else one for one in STAFF]


def test_digest_each_person_reads_what_is_overdue_due_today_and_due_tomorrow_of_every_register():
    small = desk(
        tickets=[
            ticket("AS-1", opened_at=datetime(2026, 3, 3, 9), product="Sofa"),
            ticket("AS-2", "Omar", promised_by=date(2026, 3, 6)),
            ticket("AS-3", "Omar", opened_at=datetime(2026, 3, 2, 9), customer="Bo Lin", promised_by=date(2026, 3, 4)),
        ],
        orders=[ORDER],
        parts=[PART],
        chores=[CHORE],
    )
    found = {to: sections(one) for to, one in letters(small).items() if to != MARY}
    late = "first response is 2 working days late (was due 2026-03-03 09:00)"
    assert found == {
        NINA: [
            ("Overdue: Tickets", 1, ["AS-1 Ellen Shaw Sofa: first response is 1 working day late (was due 2026-03-04 09:00)"]),
        ],
        OMAR: [
            ("Overdue: Tickets", 1, [
                f"AS-3 Bo Lin: {late}; promised date is less than 1 working day late (was due 2026-03-04 23:59)",
            ]),
            ("Overdue: Parts", 1, ["PT-1 Ellen Shaw Arm: part to arrive is less than 1 working day late (was due 2026-03-04 23:59)"]),
            ("Due today: Tickets", 1, ["AS-2 Ellen Shaw: first response by 2026-03-05 12:00"]),
            ("Due tomorrow: Tickets", 1, ["AS-2 Ellen Shaw: promised date by 2026-03-06 23:59"]),
        ],
        TESS: [
            ("Due today: Chores", 1, ["Review outlook: chore by 2026-03-05 23:59"]),
            ("Due tomorrow: Orders", 1, ["SO-1 Ann Wu Desk: promised date by 2026-03-06 23:59"]),
        ],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("now", "heading"),
    [
        ("2026-03-05T08:30", "Due tomorrow: Chores"),  # a Thursday
        (
            "2026-03-06T08:30",
            "Due by 2026-03-09, the next working day: Chores",
        ),  # a Friday: Saturday and Sunday are off
        ("2026-03-07T08:30", "Due by 2026-03-09, the next working day: Chores"),
        ("2026-03-08T08:30", "Due tomorrow: Chores"),
    ],
)
def test_digest_before_days_off_tomorrow_reaches_to_the_next_working_day_and_says_so(now, heading):
    days = {"2026-03-05": [6], "2026-03-06": [7, 8, 9], "2026-03-07": [8, 9], "2026-03-08": [9]}[now[:10]]
    rows = [CHORE | {"name": f"March {day}", "starts_on": date(2026, 3, day)} for day in range(6, 11)]
    found = sections(letters(desk(chores=rows), now)[TESS])
    (due,) = [one for one in found if one[0].startswith("Due by") or one[0].startswith("Due tomorrow")]
    assert due == (heading, len(days), [f"March {day}: chore by 2026-03-{day:02} 23:59" for day in days])


@pytest.mark.parametrize(("status", "is_told"), [("in_progress", True), ("waiting_for_customer", False)])
def test_digest_a_clock_that_stands_still_is_told_of_when_it_runs_again(status, is_told):
    opened = {"opened_at": datetime(2026, 2, 24, 9), "responded_at": datetime(2026, 2, 24, 10)}
    small = desk(
        tickets=[ticket("AS-1", kind="complaint", status=status, last_told_at=datetime(2026, 3, 4, 9), **opened)]
    )
    small.run("2026-02-24T10:30")
    steps = [
        text
        for one in letters(small).get(NINA, {"sections": []})["sections"]
        for text in (row["text"] for row in one["rows"])
    ]
    assert steps == ["AS-1 Ellen Shaw: resolution by 2026-03-05 18:00"] * is_told


def test_digest_call_backs_due_are_told_to_the_callers_for_every_owner_and_to_the_owner():
    small = desk(tickets=[finished("AS-1"), finished("AS-2", "Omar")], vendors=VENDORS, surveys=[])
    found = {to: [one for one in sections(values) if "Call-backs" in one[0]] for to, values in letters(small).items()}
    mine = "{} Ellen Shaw: call-back by 2026-03-05 18:00"
    assert found == {
        JEAN: [("Call-backs due: Tickets", 2, [mine.format("AS-1") + " (Nina)", mine.format("AS-2") + " (Omar)"])],
        NINA: [("Call-backs due: Tickets", 1, [mine.format("AS-1")])],
        OMAR: [("Call-backs due: Tickets", 1, [mine.format("AS-2")])],
    }


def test_digest_calls_after_a_delivery_are_call_backs_too_p_21():
    arrived = ORDER | {"status": "arrived", "shipped_on": date(2026, 2, 26), "arrived_on": date(2026, 3, 2)}
    small = desk(orders=[arrived], surveys=[])
    assert [one for one in sections(letters(small)[JEAN]) if "Call-backs" in one[0]] == [
        (
            "Call-backs due: Orders",
            1,
            ["SO-1 Ann Wu Desk: delivered 2026-03-02, call after 3 days (due 2026-03-05) (Tess)"],
        )
    ]


def test_digest_rows_to_mend_of_every_register_go_to_who_answers_for_them_with_their_cell():
    small = desk(
        tickets=[ticket("AS-1", phone="12"), ticket("AS-2", "Omar")],
        orders=[ORDER | {"quantity": "many", "tracker": None, "salesperson": None}],
        parts=[PART | {"expected_on": "soon"}],
        vendors=[VENDORS[0] | {"phone": "12"}],
        chores=[CHORE | {"every": "now and then"}],
        contacts=[
            {"contact_no": "CT-1", "ticket_no": "AS-1", "at": "yesterday", "direction": "outgoing", "result": "reached"}
        ],
    )
    found = {
        to: [
            (row["register"], row["key"], row["cell"])
            for one in values["sections"]
            if one["kind"] == "mend"
            for row in one["rows"]
        ]
        for to, values in letters(small).items()
    }
    assert found == {
        NINA: [("tickets", "AS-1", "Tickets!F2")],
        OMAR: [("parts", "PT-1", "Parts!I2")],  # the part is its ticket's
        TESS: [("orders", "SO-1#1", "Orders!N2"), ("chores", "Review outlook", "Chores!C2")],  # orders are the tracker's
        JEAN: [("contacts", "CT-1", "Contacts!D2")],  # nobody is named: contacts are the caller's
        MARY: [("vendors", "V1", "Vendors!I2")],  # nobody has the role that keeps the vendors
    }  # fmt: skip


def test_digest_what_a_job_finds_wrong_is_to_be_mended_too():
    small = desk(tickets=[finished("AS-1") | {"responded_at": None}], vendors=VENDORS, surveys=[])
    assert [one for one in sections(letters(small)[NINA]) if "mend" in one[0]] == [
        (
            "Rows to mend: Tickets",
            1,
            ["AS-1 Ellen Shaw: First response at: the status is already “Done”: fill in this time"],
        )
    ]


def test_digest_of_a_long_section_thirty_rows_are_shown_and_the_others_counted():
    rows = [ticket(f"AS-{n:02}", opened_at=datetime(2026, 3, 2, 9, 59 - n)) for n in range(45)]
    (late,) = [one for one in letters(desk(tickets=rows))[NINA]["sections"] if one["kind"] == "overdue"]
    assert (late["count"], late["more"], len(late["rows"])) == (45, 15, 30)
    assert [row["key"] for row in late["rows"][:2]] == ["AS-44", "AS-43"], "what was due first stands first"


# -- who gets it ---------------------------------------------------------------------------------------------------


def test_digest_who_is_away_has_a_deputy_who_reads_theirs_with_the_name_in_one_mail():
    small = desk(staff=away("Nina", deputy="Omar"), tickets=[ticket("AS-1"), ticket("AS-2", "Omar")])
    (mail,) = [one for one in occasions(small) if one.to.address == OMAR]
    assert mail.values()["standing_in"] == ["Nina"]
    assert sections(mail.values()) == [
        ("Due today: Tickets", 2, [
            "AS-1 Ellen Shaw: first response by 2026-03-05 12:00 (Nina)",
            "AS-2 Ellen Shaw: first response by 2026-03-05 12:00",
        ]),
    ]  # fmt: skip
    assert NINA not in letters(small)


def test_digest_the_deputy_of_a_manager_who_is_away_sees_the_whole_desk():
    small = desk(staff=away("Mary", deputy="Omar"), tickets=[ticket("AS-1", opened_at=datetime(2026, 3, 3, 9))])
    found = letters(small)[OMAR]
    assert (found["standing_in"], [one["value"] for one in found["counts"]]) == (["Mary"], [1, 1, 0, 0, 0])
    assert [one[0] for one in sections(found)] == ["Overdue: Tickets", "Late steps by person"]


def test_digest_what_somebody_who_is_gone_left_goes_to_their_manager():
    staff = [one | {"active": False} if one["name"] == "Nina" else one for one in STAFF]
    found = letters(desk(staff=staff, tickets=[ticket("AS-1")]))
    assert (set(found), found[MARY]["standing_in"]) == ({MARY}, ["Nina"])
    assert ("Due today: Tickets", 1, ["AS-1 Ellen Shaw: first response by 2026-03-05 12:00 (Nina)"]) in sections(
        found[MARY]
    )


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ("", {NINA, MARY}),
        ("digest: {empty: true}\n", {NINA, OMAR, MARY, JEAN, TESS}),
        ("digest: {to: [managers]}\n", {MARY}),
        ("digest: {to: [staff]}\n", {NINA}),
    ],
)
def test_digest_with_nothing_to_say_is_not_sent_unless_configured(config, expected):
    assert set(letters(desk("preset: furniture-retail\n" + config, tickets=[ticket("AS-1")]))) == expected


def test_digest_a_desk_without_work_writes_to_nobody():
    assert occasions(desk()) == ()


def test_digest_is_one_mail_a_person_and_day_however_often_it_is_planned():
    small = desk(tickets=[ticket("AS-1")])
    first = new_letters(small, small.plan(NOW, ["digest"]))
    assert [one.key for one in first] == [
        "main|staff|S1|digest|2026-03-05|0||staff:S1|email",
        "main|staff|S3|digest|2026-03-05|0||staff:S3|email",
    ]
    small.run(NOW, ["digest"])
    small.row("tickets")["customer"] = "Ellen Cole"
    assert new_letters(small, small.plan("2026-03-05T17:00", ["digest"])) == []
    assert len(new_letters(small, small.plan("2026-03-06T08:30", ["digest"]))) == 2


def test_digest_speaks_the_language_of_its_reader():
    staff = [one | {"language": "zh-CN"} if one["name"] == "Nina" else one for one in STAFF]
    assert sections(letters(desk(staff=staff, tickets=[ticket("AS-1")]))[NINA]) == [
        ("今天到期 · 售后登记表", 1, ["AS-1 Ellen Shaw：首次回复，2026-03-05 12:00 前"])
    ]


def test_digest_says_to_everybody_which_register_could_not_be_read():
    small = desk(tickets=[ticket("AS-1")], orders=[ORDER])
    found = letters(small, unread=("orders",))
    gap = "“Orders” (main) could not be read this time: what stands there, or depends on it, is missing here"
    warned = {to: values["warnings"] for to, values in found.items() if to != MARY}
    assert warned == {to: [gap] for to in (NINA, OMAR, JEAN, TESS)}

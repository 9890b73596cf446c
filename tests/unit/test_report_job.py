"""The report job: whom last month's figures are sent, what the mail tells, what goes with it, and that it goes once."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime

import pytest
from openpyxl import load_workbook

from tests.month_report import CREW, OCTOBER, UNREAD, wording_of
from tests.small_desk import BOOK, SmallDesk, new_letters, settings_of
from toolkit.app.planned import job_of
from toolkit.app.planning import make_plan
from toolkit.app.writing import write_letters
from toolkit.core.reason import because
from toolkit.gateways.excel.sheets import MIME
from toolkit.jobs.figures.shape import Column, Figures, Line, Table, Unit
from toolkit.jobs.report import told
from toolkit.letters import sample

STAFF = (
    {"staff_no": "S1", "name": "Max", "role": "manager", "email": "max@shop.example"},
    {"staff_no": "S2", "name": "Hedda", "role": "head", "email": "hedda@shop.example", "language": "zh-CN"},
    {"staff_no": "S3", "name": "Ned", "role": "manager", "email": "ned@shop.example"},
    {"staff_no": "S5", "name": "Stella", "role": "store_manager", "email": "stella@shop.example"},
    {"staff_no": "S4", "name": "Shirley", "role": "customer_service", "email": "shirley@shop.example"},
)
FIRST = "2026-11-01T09:00"


def ticket(number, opened_at, **said):
    return {
        "ticket_no": number, "opened_at": opened_at, "kind": "repair", "customer": "Anna", "phone": "13800138000",
        "problem": "A spring is broken", "status": "new", **said,
    }  # fmt: skip


TICKETS = (
    ticket("AS-1", datetime(2026, 9, 30, 23, 59)),
    ticket("AS-2", datetime(2026, 10, 1)),
    ticket("AS-3", datetime(2026, 10, 31, 23, 59)),
    ticket("AS-4", datetime(2026, 11, 1)),
)


def desk(*staff, config="channels: {quiet_hours: none}\n"):
    return SmallDesk(settings_of(config), {"tickets": [*TICKETS], "staff": [dict(one) for one in staff or STAFF]})


def sent_to(small, now=FIRST, jobs=("report",)):
    """Whom a run writes a report, and what is remembered of it."""
    before = small.plan(now, jobs)
    found = [one.to.name for one in new_letters(small, before) if one.notice == "report"]
    small.run(now, jobs)
    return found


def letters(small, now=FIRST, unread=()):
    """The messages as they would be queued."""
    moment = small.moment(now)
    snapshot = replace(small.snapshot(moment), unread=tuple(unread))
    plan = make_plan(snapshot, small.settings, moment, ("report",))
    written = write_letters(plan.occasions, snapshot, small.settings, moment, frozenset())
    assert written.findings == ()
    return written.messages


# Whom, and when


def test_report_goes_to_each_manager_about_last_month_and_not_to_the_others():
    small = desk()
    plan = small.plan(FIRST, ("report",))
    assert [(one.to.name, one.to.locale, one.step, one.notice, one.cause) for one in plan.occasions] == [
        ("Max", "en", "2026-10", "report", ""),
        ("Hedda", "zh-CN", "2026-10", "report", ""),
        ("Ned", "en", "2026-10", "report", ""),
    ]
    assert {one.key for one in plan.occasions} == {
        f"{BOOK}|staff|{no}|report|2026-10|0||staff:{no}|email" for no in ("S1", "S2", "S3")
    }
    assert {one.expires_at for one in plan.occasions} == {small.moment("2026-11-15T23:59:59")}
    assert {one.reason for one in plan.occasions} == {because("message.report", month="2026-10")}


def test_report_is_sent_once_a_month_however_often_the_job_runs():
    small = desk()
    everybody = ["Max", "Hedda", "Ned"]
    assert sent_to(small) == everybody
    assert sent_to(small) == []
    assert sent_to(small, "2026-11-30T23:00") == []
    assert sent_to(small, "2026-12-01T09:00") == everybody
    assert small.plan("2026-12-01T09:01", ("report",)).edits == ()


def test_report_is_no_part_of_a_plain_run():
    small = desk()
    assert sent_to(small, jobs=None) == []
    assert sent_to(small) == ["Max", "Hedda", "Ned"]


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ({"away_from": date(2026, 10, 20), "deputy": "Shirley"}, ["Shirley"]),
        ({"away_from": date(2026, 10, 20), "away_to": date(2026, 10, 31), "deputy": "Shirley"}, ["Max"]),
        ({"active": False, "manager": "Hedda"}, ["Hedda"]),
        ({"active": False}, []),
        ({"email": None}, []),
    ],
)
def test_report_hand_over_a_deputy_gets_it_for_who_is_away(said, names):
    nobody_else = {"staff_no": "S2", "name": "Hedda", "role": "finance", "email": "hedda@shop.example"}
    assert sent_to(desk(STAFF[0] | said, nobody_else, STAFF[4])) == names


def test_report_a_deputy_who_is_a_manager_too_gets_one():
    away = STAFF[0] | {"away_from": date(2026, 10, 20), "deputy": "Hedda"}
    assert sent_to(desk(away, STAFF[1])) == ["Hedda"]


def test_report_is_switched_off_like_any_letter():
    assert sent_to(desk(config="notices: {report: off}\n")) == []


def test_report_belongs_to_the_job_that_plans_it_so_that_no_other_run_withdraws_it():
    assert {job_of(one) for one in letters(desk())} == {"report"}


# What it tells


def test_report_the_letter_is_told_exactly_what_its_sample_says():
    values = desk().plan(FIRST, ("report",)).occasions[0].values()
    assert set(values) == set(sample.known("report", "staff"))


SUMMARY = Table(
    "summary", ("figure",), (Column("jobs"),), (Line(("opened",), (12,), (10,)), Line(("closed",), (None,), (3,)))
)
ON_TIME = Table(
    "on-time",
    ("figure",),
    (Column("jobs"), Column("on_time", Unit.SHARE)),
    (
        Line(("P-01",), (9, 0.9), (9, 0.95)),
        Line(("P-13",), (0, None), (0, None), (because("late.days", days=4),)),
    ),
)
CAUSES = Table(
    "top-causes", ("cause",), (Column("jobs"),), (Line(("damage",), (10,), (10,)), Line((None,), (9,), (10,)))
)
FAULTS = Table(
    "faults",
    ("cause", "figure"),
    (Column("jobs"),),
    tuple(Line((f"cause {n}", "sofa"), (n,), (), (because("late.days", days=n),)) for n in range(1, 15)),
)


def figures_said(*tables):
    wording = wording_of("en")
    wording.words._texts |= {
        f"figures.{part}.{table.name}": table.name for table in tables for part in ("title", "about")
    }
    return told(wording.report(Figures(OCTOBER, tables), UNREAD), wording)


def test_report_the_mail_shows_the_summary_shares_causes_and_what_stands_out_in_the_other_tables():
    said = figures_said(SUMMARY, CREW, FAULTS, ON_TIME, CAUSES)
    assert said == {
        "month": "October 2026",
        "before": "September 2026",
        "unread": ["“Orders” (main) could not be read: what it would have counted is missing here."],
        "summary": [{"label": "opened", "value": "12", "change": "+2"}],
        "on_time": [{"label": "P-01", "value": "90.0%", "change": "−5.0 points"}],
        "causes": [
            {"label": "damage", "value": "10", "change": "±0"},
            {"label": "not given", "value": "9", "change": "−1"},
        ],
        "remarks": [
            'crew, =HYPERLINK("http://evil.example","x"): 3 working days',
            'crew, =HYPERLINK("http://evil.example","x"): 1 working day',
            "faults, cause 1 · sofa: 1 working day",
            *(f"faults, cause {n} · sofa: {n} working days" for n in range(2, 11)),
            "… and 4 more in the workbook",
        ],
        "is_attached": True,
    }


def test_report_tables_that_a_desk_does_not_have_leave_no_empty_section():
    assert figures_said() == {
        **figures_said(SUMMARY), "summary": [], "on_time": [], "causes": [], "remarks": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("at", "subject", "says", "file", "tab"),
    [
        (0, "After-sales report, October 2026", "All tables are in the attached workbook.", "after-sales-report-2026-10.xlsx", "Contents"),
        (1, "售后月报 2026年10月", "全部表格见附件工作簿。", "售后月报-2026-10.xlsx", "目录"),
    ],
)  # fmt: skip
def test_report_the_workbook_goes_with_the_mail_in_the_readers_language(at, subject, says, file, tab):
    message = letters(desk())[at]
    (attached,) = message.letter.attachments
    assert (message.letter.subject, attached.name, attached.mime) == (subject, file, MIME)
    assert says in message.letter.text
    assert load_workbook(io.BytesIO(attached.content)).sheetnames[0] == tab


def test_report_two_readers_of_one_language_get_the_same_file_and_another_hour_changes_nothing():
    small = desk()
    (max_, _, ned), later = letters(small), letters(small, "2026-11-01T17:00")
    assert max_.letter == ned.letter
    assert max_.letter.attachments[0] is ned.letter.attachments[0]
    assert later[0].letter == max_.letter


def test_report_a_workbook_that_no_mail_server_takes_stays_behind_and_the_mail_says_where_it_is():
    (message, *_) = letters(desk(config="channels: {quiet_hours: none}\nreport: {largest_file: 0.001}\n"))
    assert message.letter.attachments == ()
    assert "All tables are in a workbook that whoever looks after the toolkit can make for you." in message.letter.text


def test_report_into_a_chat_room_speaks_of_no_attachment():
    config = "channels: {quiet_hours: none, chat: {via: wecom, webhook: 'https://chat.example/a'}}\nnotices: {report: {channels: [chat]}}\n"
    (message, *_) = letters(desk(config=config))
    assert (message.channel, message.letter.attachments) == ("chat", ())
    assert "attached" not in message.letter.text


def test_report_a_register_that_was_not_read_is_named_in_the_mail_and_the_workbook():
    (message, *_) = letters(desk(), unread=[(BOOK, "orders")])
    told_of = "“Orders” (main) could not be read: what it would have counted is missing here."
    assert told_of in message.letter.text
    notes = load_workbook(io.BytesIO(message.letter.attachments[0].content))["Contents"]
    assert told_of in {cell.value for row in notes.iter_rows() for cell in row}


def test_report_counts_nothing_where_no_letter_is_to_be_written(monkeypatch):
    """A second run of a desk with a hundred thousand rows is a quick one."""
    small = desk()
    small.run(FIRST, ("report",))

    def never(*_):
        raise AssertionError("counted for nobody")

    monkeypatch.setattr("toolkit.jobs.report.figures", never)
    assert letters(small) == ()

"""The dispatcher's papers: the day board, job slip and repair report, a vendor's statement; as they read, whole."""

from __future__ import annotations

import html
import re
from datetime import date, datetime
from decimal import Decimal

import pytest

from tests.dispatch_desk import CONFIG, TUESDAY, desk, ticket, vendor
from tests.unit.test_settings import mistakes
from toolkit.app.boards import board_page, board_table, board_title, board_values, board_workbook, first_day
from toolkit.app.papers import month_of, slip, statement_page, statement_rows, written_to
from toolkit.app.planning import words_of
from toolkit.core.errors import UsageError
from toolkit.jobs.dispatching.board import board
from toolkit.jobs.ticket.case import judge_of
from toolkit.rules.settlement import settled

COMPANY = "company: {name: Cloudrest Ltd, brand: Cloudrest, hotline: 400-800-1234}\n"


def judged(small, now=TUESDAY):
    moment = small.moment(now)
    return judge_of(small.snapshot(moment), small.settings, moment)


def lines(page):
    """What a page shows, cell by cell, without its markup."""
    body = page.partition("<body>")[2]
    texts = (html.unescape(re.sub(r"<[^>]+>", " ", part)) for part in re.split(r"</(?:tr|h1|h2|p|header|div)>", body))
    return [shown for text in texts if (shown := " ".join(text.split()))]


# -- the day board ----------------------------------------------------------------------------------------------


def busy_desk(config=CONFIG):
    return desk(
        ticket("AS-1", vendor="V1", status="dispatched", visit_at=datetime(2026, 11, 24, 14)),
        ticket("AS-2", customer="Ben", phone="13900139001", vendor="V1", status="dispatched", visit_at=datetime(2026, 11, 24, 15)),
        ticket("AS-3", customer="Cleo", phone="13900139002", vendor="V2", status="dispatched", visit_at=datetime(2026, 11, 24, 20)),
        ticket("AS-4", customer="Dora", phone="13900139003", vendor="V2", status="dispatched", visit_at=date(2026, 11, 25)),
        ticket("AS-5", customer="Eve", phone="13900139004"),
        ticket("AS-6", customer="Fay", phone="13900139005", city="Chengdu", visit_at=datetime(2026, 11, 25, 9)),
        vendors=[vendor("V1"), vendor("V2", day_capacity=1), vendor("V3", active=False), vendor("V4", initial_rating=1)],
        config=config,
    )  # fmt: skip


def test_dispatch_the_board_shows_vendors_by_slot_today_and_tomorrow_clashes_and_free_slots():
    small = busy_desk()
    judge, words = judged(small), words_of(small.settings)
    days = board(judge, date(2026, 11, 24))
    assert [board_title(one, words) for one in days] == [
        "2026-11-24 Tue  3 visits, 2 clashing",
        "2026-11-25 Wed  1 visit, 0 clashing",
    ]
    headers, rows = board_table(small.settings, days[0], words)
    assert headers == [
        "Vendor", "City", "Jobs", "09:00-11:00", "11:00-13:00", "13:00-15:00", "15:00-17:00", "17:00-19:00", "Other times",
    ]  # fmt: skip
    assert rows == [
        ["V1 Firm V1", "Shanghai", "2/3", "free", "free", "clash! / 14:00 AS-1 Anna Berg", "clash! / 15:00 AS-2 Ben", "free", ""],
        ["V2 Firm V2", "Shanghai", "1/1", "", "", "", "", "", "20:00 AS-3 Cleo"],
    ]  # fmt: skip
    assert board_table(small.settings, days[1], words)[1] == [
        ["V1 Firm V1", "Shanghai", "0/3", "free", "free", "free", "free", "free", ""],
        ["V2 Firm V2", "Shanghai", "1/1", "", "", "", "", "", "that day AS-4 Dora"],
    ]
    waiting = [
        [(one["ticket_no"], one["at"], one["advice"]) for one in board_values(day, words)["waiting"]] for day in days
    ]
    assert waiting == [
        [("AS-5", "no time agreed", "V1 Firm V1, 52 points (4 stars, 2 open jobs)")],
        [("AS-6", "2026-11-25 09:00", "no vendor in Chengdu")],
    ]


def test_dispatch_on_a_day_off_nothing_is_offered_and_what_stands_is_shown():
    small = desk(ticket(vendor="V1", status="dispatched", visit_at=datetime(2026, 11, 29, 10)))
    (sunday, monday) = board(judged(small), date(2026, 11, 29))
    words = words_of(small.settings)
    assert board_title(sunday, words) == "2026-11-29 Sun (day off)  1 visit, 0 clashing"
    assert board_table(small.settings, sunday, words)[1][0][3:] == ["10:00 AS-1 Anna Berg", "", "", "", "", ""]
    assert board_table(small.settings, monday, words)[1][0][3:] == ["free"] * 5 + [""]
    spring = board(judged(small), date(2027, 2, 8))
    assert [one.is_open for one in spring] == [False, False]


def test_dispatch_the_board_of_one_city_and_of_a_day_past():
    small = busy_desk()
    (day, _) = board(judged(small), date(2026, 11, 24), "Suzhou")
    assert (day.lines, day.waiting, day.visits) == ((), (), 0)
    later = judged(small, "2026-12-01T10:00")
    assert [one.visits for one in board(later, date(2026, 11, 24))] == [3, 1]
    assert not any(cell.is_free for line in board(later, date(2026, 11, 24))[0].lines for cell in line.cells)


@pytest.mark.parametrize(
    ("locale", "head", "row"),
    [
        ("en", "Day board, Tue 24 Nov", "V1 Firm V1 Shanghai 2/3 free free 14:00 AS-1 Anna Berg 15:00 AS-2 Ben free"),
        ("zh-CN", "派工看板 11月24日（周二）", "V1 Firm V1 Shanghai 2/3 空 空 14:00 AS-1 Anna Berg 15:00 AS-2 Ben 空"),
    ],
)
def test_dispatch_the_board_as_a_page_to_print(locale, head, row):
    small = busy_desk(f"{CONFIG}{COMPANY}locale: {locale}\n")
    words = words_of(small.settings)
    page = board_page(small.settings, small.moment(TUESDAY), board(judged(small), date(2026, 11, 24)), words)
    assert "size: A4 landscape" in page
    assert page.count('<td class="clash">') == 2
    assert {head, row} <= set(lines(page))


def test_dispatch_the_board_as_a_workbook_that_may_be_made_again_but_never_over_a_register(tmp_path):
    small = busy_desk()
    words, days = words_of(small.settings), board(judged(small), date(2026, 11, 24))
    for _ in range(2):
        board_workbook(tmp_path / "board.xlsx", small.settings, days, words)
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(tmp_path / "board.xlsx")
    assert book.sheet_names == ["11-24 Tue", "11-25 Wed"]
    shown = book.get_sheet_by_name("11-24 Tue").to_python()
    assert shown[1][:3] == ["V1 Firm V1", "Shanghai", "2/3"]
    with pytest.raises(UsageError, match="never overwritten"):
        written_to(small.settings, small.settings.books[0].path)


def test_dispatch_a_day_that_is_none_is_said():
    small = desk()
    assert first_day(None, small.settings, small.moment(TUESDAY)) == date(2026, 11, 24)
    with pytest.raises(UsageError, match="2026-11-24"):
        first_day("tomorrow", small.settings, small.moment(TUESDAY))


# -- the job slip and the repair report -------------------------------------------------------------------------


def paper(small, locale="en"):
    moment = small.moment(TUESDAY)
    return slip(small.snapshot(moment), small.settings, moment, "as-1", locale)


def test_dispatch_the_job_slip_is_one_page_for_the_customer_to_sign():
    small = desk(
        ticket(vendor="V1", status="dispatched", visit_at=datetime(2026, 11, 26, 14), estimated_hours=1.5, fee=180,
               fee_agreed=True, delivered_on=date(2026, 5, 1)),
        vendors=[vendor(contact="Mark Ma")],
        parts=[{"part_no": "PT-1", "ticket_no": "AS-1", "part": "Spring", "quantity": 2}],
        config=CONFIG + COMPANY,
    )  # fmt: skip
    assert lines(paper(small)) == [
        "Cloudrest AS-1",
        "Job slip",
        "Customer Anna Berg Phone 13800138000",
        "Address 18 Queen Street, Pudong, Shanghai",
        "Visit Thu 26 Nov, 14:00 Takes 1 hour 30 minutes",
        "Technician Mark Ma Phone 13700000101",
        "Product Sofa S1 Order",
        "Problem A spring is broken",
        "To do Replace the spring",
        "Parts Spring × 2",
        "Warranty in warranty To collect CN¥180.00",
        "Work done (technician)",
        "Began Ended",
        "Work, parts",
        "Checked works as before no visible trace photos before and after tidied up",
        "Acceptance (customer)",
        "Result accepted not accepted, because:",
        "Remarks",
        "Please look at the work before you sign. You keep your rights under the warranty. Questions: 400-800-1234.",
        "Customer, date",
        "Technician, date",
    ]
    assert lines(paper(small, "zh-CN"))[:4] == [
        "Cloudrest AS-1",
        "上门服务派工单",
        "客户 Anna Berg 电话 13800138000",
        "地址 Shanghai 18 Queen Street, Pudong",
    ]


def test_dispatch_after_acceptance_the_slip_is_the_repair_report():
    small = desk(
        ticket(vendor="V1", status="accepted", visit_at=datetime(2026, 11, 23, 14), started_at=datetime(2026, 11, 23, 14, 10),
               finished_at=datetime(2026, 11, 23, 15), accepted_at=datetime(2026, 11, 23, 15, 10), tested="passed",
               quality_check="passed", acceptance="passed", photos_after=("https://x.example/1.jpg",),
               delivered_on=date(2026, 5, 1), repair_class="routine"),
        config=CONFIG + COMPANY,
    )  # fmt: skip
    assert lines(paper(small)) == [
        "Cloudrest AS-1",
        "Service report",
        "Customer Anna Berg Phone 13800138000",
        "Address 18 Queen Street, Pudong, Shanghai",
        "Product Sofa S1 Order",
        "Problem A spring is broken",
        "Work done Replace the spring",
        "Technician Firm V1 Class Routine",
        "Began Mon 23 Nov, 14:10 Finished Mon 23 Nov, 15:00",
        "Function Passed Quality Passed",
        "Acceptance Passed Accepted Mon 23 Nov, 15:10",
        "Photos 1 Cost nothing",
        "Warranty in warranty until Sat 1 May 2027",
        "Should the same place trouble you again, quote the number above: we keep this record. 400-800-1234.",
        "Customer, date",
        "Cloudrest Ltd",
    ]


def test_dispatch_what_a_cell_holds_is_never_markup_on_paper():
    hostile = "<script>alert(1)</script> {{ 7*7 }}"
    small = desk(ticket(customer=hostile, problem="\x00=1+1\u202e|x|"), config=CONFIG + COMPANY)
    page = paper(small)
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }}" in page
    assert "\u202e" not in page


def test_dispatch_a_ticket_that_is_not_there_is_said():
    small = desk(ticket())
    moment = small.moment(TUESDAY)
    with pytest.raises(UsageError, match="do you mean AS-1"):
        slip(small.snapshot(moment), small.settings, moment, "AS-11", "en")


# -- a vendor's statement ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("price", "reasons", "shares", "by_customer", "is_paid", "expected"),
    [
        (None, ["late"], {"late": 1}, False, True, (None, "0.00", "0.00", "0.00", "0.00")),
        ("150", [], {}, False, False, ("150", "0.00", "0.00", "0.00", "150.00")),
        ("150", [], {}, False, True, ("150", "0.00", "0.00", "150.00", "0.00")),
        ("150", [], {}, True, False, ("150", "0.00", "150.00", "0.00", "0.00")),
        ("99.99", ["late"], {"late": 0.5}, False, True, ("99.99", "50.00", "0.00", "49.99", "0.00")),
        ("80", ["late", "poor"], {"late": 0.7, "poor": 0.6}, False, False, ("80", "80.00", "0.00", "0.00", "0.00")),
        ("80", ["other"], {"late": 0.7}, False, False, ("80", "0.00", "0.00", "0.00", "80.00")),
    ],
)
def test_dispatch_a_jobs_money_adds_up_to_the_cent(price, reasons, shares, by_customer, is_paid, expected):
    found = settled(Decimal(price) if price else None, reasons, shares, by_customer=by_customer, is_paid=is_paid)
    wanted = tuple(None if one is None else Decimal(one) for one in expected)
    assert (found.price, found.deducted, found.advanced, found.paid, found.open) == wanted


def month(*tickets, config=CONFIG + COMPANY, **registers):
    small = desk(*tickets, config=config, vendors=[vendor(), vendor("V2")], **registers)
    moment = small.moment("2026-12-02T10:00")
    snapshot = small.snapshot(moment)
    return small, moment, month_of(snapshot, small.settings, moment, "V1", "2026-11")


def job(number, day, **said):
    finished = datetime(2026, 11, day, 15)
    base = {"vendor": "V1", "status": "closed", "visit_at": finished.replace(hour=14), "finished_at": finished}
    return ticket(number, **{"phone": f"139001390{day:02}", "opened_at": datetime(2026, 10, 20, 9), **base, "vendor_fee": 150, **said})  # fmt: skip


def test_dispatch_a_vendors_statement_jobs_prices_visits_without_result_deductions_paid():
    small, moment, (row, entries, totals) = month(
        job("AS-1", 3, vendor_paid_on=date(2026, 11, 30)),
        job("AS-2", 5, paid_by="customer"),
        job("AS-3", 7, vendor_fee=None),
        job("AS-4", 9, acceptance="failed", acceptance_reason="Still creaks", status="rework"),
        job("AS-5", 11, finished_at=None, status="waiting_for_parts", vendor_fee=80),
        job("AS-6", 13, status="cancelled"),
        job("AS-7", 15, vendor="V2"),
        job("AS-8", 17, finished_at=datetime(2026, 12, 1, 15)),
        job("AS-9", 19, finished_at=None, status="dispatched", vendor_reply="declined"),
    )
    words = words_of(small.settings)
    assert [tuple(map(str, one.values())) for one in statement_rows(entries, words)] == [
        ("AS-1", "2026-11-03", "Anna Berg", "Sofa S1", "done", "150.00", "0.00", "0.00", "150.00", "0.00"),
        ("AS-2", "2026-11-05", "Anna Berg", "Sofa S1", "done", "150.00", "0.00", "150.00", "0.00", "0.00"),
        ("AS-3", "2026-11-07", "Anna Berg", "Sofa S1", "done", "None", "0.00", "0.00", "0.00", "0.00"),
        ("AS-4", "2026-11-09", "Anna Berg", "Sofa S1", "not accepted: Still creaks", "150.00", "150.00", "0.00", "0.00", "0.00"),
        ("AS-5", "2026-11-11", "Anna Berg", "Sofa S1", "visit without result (Waiting for parts)", "80.00", "80.00", "0.00", "0.00", "0.00"),
    ]  # fmt: skip
    assert (totals.jobs, totals.without_result, totals.unpriced) == (5, 2, 1)
    assert [totals.price, totals.deducted, totals.advanced, totals.paid, totals.open] == [530, 230, 150, 150, 0]
    page = lines(statement_page(small.settings, moment, row, "2026-11", entries, totals))
    assert page[:4] == [
        "Cloudrest V1 · 2026-11",
        "Statement 2026-11: Firm V1",
        "Job Day Customer Result Price Deducted Paid by customer Paid by us Open",
        "AS-1 3 Nov Anna Berg Sofa S1 done CN¥150.00 CN¥0.00 CN¥0.00 CN¥150.00 CN¥0.00",
    ]
    assert "5 jobs, 2 without result CN¥530.00 CN¥230.00 CN¥150.00 CN¥150.00 CN¥0.00" in page
    assert "1 job without a price yet: not counted." in page


def test_dispatch_the_shares_that_a_statement_takes_off_are_configured():
    config = CONFIG + "dispatch: {deductions: {without_result: 0.5, not_satisfied: 0.2}}\n"
    survey = {"ticket_no": "AS-1", "called_at": datetime(2026, 11, 4, 9), "caller": "Shirley", "came_on_time": True,
              "satisfaction": "not_satisfied"}  # fmt: skip
    _, _, (_, entries, totals) = month(
        job("AS-1", 3), job("AS-2", 5, finished_at=None, status="waiting_for_parts"), config=config, surveys=[survey]
    )
    assert [one.money.deducted for one in entries] == [Decimal("30.00"), Decimal("75.00")]
    assert totals.open == Decimal("195.00")


def test_dispatch_a_month_or_a_vendor_that_is_none_is_said():
    small = desk()
    moment = small.moment(TUESDAY)
    snapshot = small.snapshot(moment)
    for name, text, said in (("V1", "November", "2026-11"), ("V11", "2026-11", "do you mean V1")):
        with pytest.raises(UsageError, match=said):
            month_of(snapshot, small.settings, moment, name, text)


# -- config.yaml ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dispatch: {statuses: [planed]}", 'did you mean "planned"?'),
        ("dispatch: {skill_columns: catgory}", 'did you mean "category"?'),
        ("dispatch: {needed: [{when: {kind: repairs}, vendor: true}]}", "dispatch.needed.1.when.kind"),
        ('dispatch: {slots: ["11:00-09:00"]}', "a slot is a span of one day such as 09:00-11:00"),
        ("dispatch: {points: {nearness: 3}}", "dispatch.points.nearness"),
        ("dispatch: {deductions: {without_result: 2}}", "dispatch.deductions.without_result"),
        ("policies: {P-01: {start: dispatched}}", "policies.P-01.start"),
    ],
)
def test_a_mistake_in_what_is_said_of_dispatching_is_named(text, said):
    assert any(said in line for line in mistakes(text)), mistakes(text)

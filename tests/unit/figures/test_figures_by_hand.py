"""The figures of a month in small cases: month ends, zones, blank cells, no rows, nothing to divide by."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from tests.small_desk import SmallDesk, settings_of
from tests.unit.figures.plain import plain
from toolkit.core.reason import Name, because
from toolkit.jobs.figures.asked import Asked
from toolkit.jobs.figures.month import TABLES, figures
from toolkit.jobs.figures.on_time import on_time
from toolkit.jobs.figures.shape import Line, Month
from toolkit.registers.snapshot import Snapshot

WEEK = 'calendar: {week: {mon-sat: ["09:00-18:00"]}, holidays: none}\n'
SHOP = settings_of(WEEK)
WITHOUT_ORDERS = settings_of(f"preset: lighting-factory\n{WEEK}")
NOW = datetime(2026, 11, 23, 10, 0)
OCTOBER = Month(2026, 10)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def ticket(n, opened="2026-10-08T10:00", **more):
    return {
        "ticket_no": f"T{n}", "opened_at": datetime.fromisoformat(opened) if isinstance(opened, str) else opened,
        "kind": "repair", "customer": "Ann", "phone": f"1380013{n:04d}", "problem": "x", "status": "in_progress", **more,
    }  # fmt: skip


def order(n, day, **more):
    return {
        "order_no": f"B{n}", "customer": "Ann", "phone": "13800138000", "ordered_on": day, "promised_by": day,
        "status": "completed", "shipped_on": day, **more,
    }  # fmt: skip


def back(n, day, **more):
    return {
        "return_no": f"R{n}", "order_no": f"B{n}", "customer": "Ann", "phone": "13800138000", "quantity": 1,
        "unit_price": 10.0, "reason": "dislike", "kind": "return_and_refund", "applied_at": day, "status": "approved", **more,
    }  # fmt: skip


def report(rows, month=OCTOBER, config=SHOP, now=NOW):
    desk = SmallDesk(config, rows)
    return figures(desk.snapshot(desk.moment(now)), config, month, desk.moment(now))


def table(name, rows, **more):
    return plain(report(rows, **more).table(name))


def test_digest_and_reports_an_empty_desk_has_tables_without_lines_and_divides_by_nothing():
    found = report({"tickets": [], "surveys": []})
    assert plain(found.table("summary")) == {
        (f"figures.line-{name}",): (0,)
        for name in ("opened", "complaints", "closed", "set-aside", "open", "reopened", "calls")
    }
    with_lines = {one.name for one in found.tables if one.lines}
    assert with_lines == {"summary", "on-time"}
    assert {line[3] for line in plain(found.table("on-time")).values()} == {None}


@pytest.mark.parametrize(
    ("opened", "month"),
    [
        ("2026-10-01T00:00", "2026-10"),
        ("2026-10-31T23:59", "2026-10"),
        ("2026-11-01T00:00", "2026-11"),
        (date(2026, 9, 30), "2026-09"),
        ("2025-12-31T23:59", "2025-12"),
        ("2026-01-01T00:00", "2026-01"),
    ],
)
def test_digest_and_reports_a_ticket_counts_in_the_month_of_its_wall_date(opened, month):
    found = {
        str(one): table("kinds", {"tickets": [ticket(1, opened)]}, month=one) != {}
        for one in (Month(2025, 12), Month(2026, 1), Month(2026, 9), OCTOBER, Month(2026, 11))
    }
    assert found == {one: one == month for one in found}


def test_digest_and_reports_the_month_is_that_of_the_books_own_zone():
    config = settings_of(f"{WEEK}books: [{{name: main, path: a.xlsx, timezone: America/New_York}}]\n")
    rows = {"tickets": [ticket(1, "2026-10-31T22:00", responded_at=datetime(2026, 10, 31, 23, 30))]}
    found = report(rows, config=config)
    assert plain(found.table("kinds")) == {("repair",): (1, 1.0)}
    assert plain(found.table("times-by-kind"))["figures.step-response", "repair"][0] == 1


def test_digest_and_reports_tickets_by_kind_cause_and_level_name_what_was_left_blank():
    rows = {
        "tickets": [
            ticket(1, kind="complaint", cause="product_quality", level="3"),
            ticket(2, level="1"),
            ticket(3, level="3", cause="product_quality"),
            ticket(4, kind="complaint", status="merged", cause="human_error"),
            ticket(5, "2026-11-02T10:00"),
        ]
    }
    found = report(rows)
    assert found.table("kinds").lines == (
        Line((Name("tickets", "kind", "repair"),), (2, 2 / 3), (0, None)),
        Line((Name("tickets", "kind", "complaint"),), (1, 1 / 3), (0, None)),
    )
    assert list(plain(found.table("causes")).items()) == [(("product_quality",), (2, 2 / 3)), ((None,), (1, 1 / 3))]
    assert list(plain(found.table("levels")).items()) == [(("1",), (1, 1 / 3)), (("3",), (2, 2 / 3))]
    assert plain(found.table("summary"))[("figures.line-set-aside",)] == (1,)


def test_digest_and_reports_a_ticket_with_a_faulty_cell_counts_where_its_other_cells_are_readable():
    rows = {"tickets": [ticket(1, phone="not a phone", responded_at="soon", product="Sofa")]}
    found = report(rows)
    assert plain(found.table("kinds")) == {("repair",): (1, 1.0)}
    assert plain(found.table("times-by-kind")) == {}
    assert plain(found.table("products")) == {("sofa",): (1, 1.0, None, None)}


def test_digest_and_reports_open_at_the_end_of_a_month_is_what_was_registered_and_not_over_then():
    rows = {
        "tickets": [
            ticket(1, "2026-09-15T10:00"),
            ticket(2, status="closed", closed_at=datetime(2026, 10, 31, 23, 59)),
            ticket(3, status="closed", closed_at=datetime(2026, 11, 1, 0, 1)),
            ticket(4, status="closed", finished_at=datetime(2026, 10, 9, 12)),
            ticket(5, "2026-11-03T10:00"),
        ]
    }
    found = table("summary", rows)
    assert (found[("figures.line-open",)], found[("figures.line-closed",)]) == ((2,), (2,))
    november = table("summary", rows, month=Month(2026, 11))
    assert (november[("figures.line-open",)], november[("figures.line-closed",)]) == ((2,), (1,))


def test_digest_and_reports_closing_and_reopening_that_the_runs_saw_count_in_their_months():
    desk = SmallDesk(SHOP, {"tickets": [ticket(1, responded_at=datetime(2026, 10, 8, 11))], "surveys": []})
    desk.run("2026-10-08T12:00")
    desk.row("tickets").update(status="closed", finished_at=datetime(2026, 10, 20, 9))
    desk.run("2026-10-20T12:00")
    desk.row("tickets").update(status="in_progress", finished_at=None)
    desk.run("2026-11-05T09:00")
    snapshot, now = desk.snapshot(desk.moment(NOW)), desk.moment(NOW)
    found = [
        [plain(figures(snapshot, SHOP, month, now).table("summary"))[(f"figures.line-{name}",)][0]
         for name in ("closed", "open", "reopened")]
        for month in (OCTOBER, Month(2026, 11))
    ]  # fmt: skip
    assert found == [[1, 0, 0], [0, 1, 1]]


def test_digest_and_reports_times_are_median_ninety_per_cent_and_mean_in_clock_and_working_time():
    friday = datetime(2026, 10, 9, 17, 0)
    rows = {
        "tickets": [
            ticket(1, friday.isoformat(), responded_at=friday + HOUR),
            ticket(2, friday.isoformat(), responded_at=friday + 2 * DAY),
            ticket(3, friday.isoformat(), responded_at=friday + 3 * DAY, kind="complaint"),
            ticket(4, friday.isoformat(), responded_at=date(2026, 10, 13)),
            ticket(5, friday.isoformat(), responded_at=datetime(2026, 11, 1, 9)),
        ]
    }
    found = table("times-by-kind", rows)
    assert found["figures.step-response", "figures.all"] == (
        4, 2.5 * DAY, 4 * DAY, (HOUR + 9 * DAY) / 4, 10 * HOUR, (1 + 10 + 18) * HOUR / 3,
    )  # fmt: skip
    assert found["figures.step-response", "complaint"] == (1, 3 * DAY, 3 * DAY, 3 * DAY, 18 * HOUR, 18 * HOUR)


def test_digest_and_reports_a_product_far_above_the_rate_of_all_others_goes_to_production():
    days = [date(2026, 8, 1) + i * DAY for i in range(40)]
    rows = {
        "tickets": [ticket(n, product="Sofa" if n < 8 else "Bed") for n in range(10)],
        "orders": [order(n, day, product=product) for product in ("Sofa", "Bed", "Desk") for n, day in enumerate(days)],
        "returns": [],
    }
    lines = report(rows).table("products").lines
    assert lines == (
        Line(
            ("Sofa",), (8, 0.8, 40, 0.2), (0, None, None, None), (because("figures.outlying-rate", n=8, expected=1.0),)
        ),
        Line(("Bed",), (2, 0.2, 40, 0.05), (0, None, None, None)),
    )


def test_digest_and_reports_without_an_orders_register_a_product_is_held_against_the_others_and_has_no_rate():
    rows = {"tickets": [ticket(n, product="Lamp" if n < 9 else f"Other {n}") for n in range(12)]}
    lines = report(rows, config=WITHOUT_ORDERS).table("products").lines
    lamp = (because("figures.outlying-count", n=9, expected=1.0),)
    assert lines[0] == Line(("Lamp",), (9, 0.75, None, None), (0, None, None, None), lamp)
    assert [line.remarks for line in lines[1:]] == [(), (), ()]
    assert table("returns-by-region", rows, config=WITHOUT_ORDERS) == {}


def test_digest_and_reports_return_and_exchange_rates_by_product_and_region_and_the_region_that_stands_out():
    day = date(2026, 10, 12)
    cities = ["上海"] * 20 + ["上海市"] * 10 + ["北京"] * 30
    rows = {
        "tickets": [],
        "orders": [order(n, day, product="Sofa", city=city) for n, city in enumerate(cities)],
        "returns": [back(n, datetime(2026, 10, 20, 9)) for n in range(6)]
        + [
            back(31, datetime(2026, 10, 21, 9), kind="exchange"),
            back(32, datetime(2026, 10, 21, 9), status="rejected"),
        ],
    }
    found = report(rows)
    assert found.table("returns-by-region").lines == (
        Line(
            ("上海",),
            (30, 6, 0, 0, 0.2, 0.0),
            (None, 0, 0, 0, None, None),
            (because("figures.outlying-returns", n=6, expected=1.0),),
        ),
        Line(("北京",), (30, 0, 1, 0, 0.0, 1 / 30), (None, 0, 0, 0, None, None)),
    )
    assert plain(found.table("returns-by-product")) == {("sofa",): (60, 6, 1, 0, 0.1, 1 / 60)}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"responded_at": datetime(2026, 10, 9, 10, 0)}, (1, 0, 0, 1.0)),
        ({"responded_at": datetime(2026, 10, 9, 10, 1)}, (0, 1, 0, 0.0)),
        ({"responded_at": date(2026, 10, 9)}, (1, 0, 0, 1.0)),
        ({}, (0, 0, 1, 0.0)),
        ({"status": "closed", "closed_at": datetime(2026, 10, 12, 9)}, (0, 1, 0, 0.0)),
        ({"status": "closed", "closed_at": datetime(2026, 10, 8, 12)}, (0, 0, 0, None)),
        ({"status": "merged", "closed_at": datetime(2026, 10, 8, 12)}, (0, 0, 0, None)),
    ],
    ids=["met to the minute", "a minute late", "by day", "open", "closed when late", "closed before due", "merged"],
)
def test_digest_and_reports_p_01_on_time_share_is_what_was_met_of_what_was_due_in_the_month(more, expected):
    assert table("on-time", {"tickets": [ticket(1, **more)]})["P-01", "step.response", "tickets"] == expected


def test_digest_and_reports_a_closed_month_stays_as_it_was_while_the_clocks_run_on():
    rows = {
        "tickets": [ticket(1), ticket(2, status="closed", finished_at=datetime(2026, 10, 12, 9), closed_at=datetime(2026, 10, 13, 9))],
        "surveys": [],
        "orders": [order(1, date(2026, 10, 12), status="new", shipped_on=None)],
    }  # fmt: skip
    early, late = (report(rows, now=now) for now in (datetime(2026, 11, 2, 9), datetime(2026, 12, 24, 17)))
    assert {one.name: one for one in early.tables} == {one.name: one for one in late.tables}


def test_digest_and_reports_on_time_shares_cover_every_register_by_the_clocks_of_its_job():
    day = datetime(2026, 10, 12, 9)
    rows = {
        "tickets": [],
        "orders": [
            order(1, day.date(), waybill="W", waybill_on=day.date(), waybill_verified_at=day + 3 * HOUR, arrived_on=date(2026, 10, 15)),
            order(2, day.date(), shipped_on=date(2026, 10, 13)),
        ],
        "returns": [
            back(
                1, day, status="waiting_for_refund", reason="dislike", delivered_on=date(2026, 10, 9), review="approved",
                reviewer="Li", reviewed_at=day + HOUR, return_by=date(2026, 10, 20), received_at=day + 9 * DAY,
            )
        ],
        "parts": [{"part_no": "P1", "ticket_no": "T1", "part": "leg", "expected_on": date(2026, 10, 14), "received_on": date(2026, 10, 14)}],
    }  # fmt: skip
    found = table("on-time", rows)
    assert {label: line for label, line in found.items() if any(line[:3])} == {
        ("C-03", "step.part", "parts"): (1, 0, 0, 1.0),
        ("P-16", "step.notice", "orders"): (1, 0, 0, 1.0),
        ("P-17", "step.promise", "orders"): (1, 1, 0, 0.5),
        ("P-18", "step.window", "returns"): (1, 0, 0, 1.0),
        ("P-19", "step.review", "returns"): (1, 0, 0, 1.0),
        ("P-19", "step.finance", "returns"): (0, 0, 1, 0.0),
        ("P-27", "step.goods", "returns"): (0, 1, 0, 0.0),
    }


def test_digest_and_reports_repeat_tickets_are_of_the_same_customer_and_product_within_so_many_days():
    phone = "13900139000"
    rows = {
        "tickets": [
            ticket(1, "2026-09-10T09:00", product="Sofa", phone=phone),
            ticket(2, "2026-10-10T09:00", product="SOFA", phone=phone),
            ticket(3, "2026-10-11T09:00", product="Bed", phone=phone),
            ticket(4, "2026-10-12T09:00", product="Lamp", email="a@b.cn"),
            ticket(5, "2026-10-15T09:00", product="Lamp", email="a@b.cn"),
            ticket(6, "2026-10-16T09:00", product="Desk", order_no="B7"),
            ticket(7, "2026-10-16T11:00", product="Desk", order_no="B7"),
            ticket(8, "2026-10-17T09:00", product="Lamp", email="a@b.cn", status="merged"),
        ]
    }
    found = report(rows)
    assert plain(found.table("repeat-tickets")) == {
        ("T2", "sofa"): ("T1", "repair", 30),
        ("T5", "lamp"): ("T4", "repair", 3),
        ("T7", "desk"): ("T6", "repair", 0),
    }
    assert plain(found.table("repeats")) == {("desk",): (1, 2, 0.5), ("lamp",): (1, 2, 0.5), ("sofa",): (1, 1, 1.0)}


def test_digest_and_reports_the_largest_causes_show_the_usual_remedy_and_a_blank_for_the_proposed_one():
    causes = ["product_quality"] * 3 + ["human_error"] * 2 + ["force_majeure"] * 2 + ["other", None]
    remedies = ["part", "repair", "part"] + [None] * 6
    rows = {
        "tickets": [
            ticket(n, cause=one, remedy=remedy) for n, (one, remedy) in enumerate(zip(causes, remedies, strict=True))
        ]
    }
    assert list(table("top-causes", rows).items()) == [
        (("product_quality",), (3, 3 / 9, "part", "figures.to-fill-in")),
        (("force_majeure",), (2, 2 / 9, None, "figures.to-fill-in")),
        (("human_error",), (2, 2 / 9, None, "figures.to-fill-in")),
    ]  # fmt: skip


def test_digest_and_reports_time_is_lost_where_clocks_ran_beyond_their_targets_within_the_month():
    rows = {
        "tickets": [
            ticket(1, "2026-09-28T09:00", responded_at=datetime(2026, 10, 1, 12), owner="Li"),
            ticket(2, "2026-10-29T09:00", owner="Wang"),
            ticket(
                3, "2026-10-29T09:00", responded_at=datetime(2026, 11, 30, 9) - 10 * DAY, owner="Wang", status="done"
            ),
        ]
    }
    found = report(rows)
    assert plain(found.table("lost-by-step"))["P-01", "step.response", "tickets"] == (3, 3 * HOUR + 2 * 18 * HOUR)
    assert plain(found.table("lost-by-owner")) == {("Wang",): (2, 36 * HOUR), ("Li",): (1, 3 * HOUR)}
    assert plain(found.table("lost-by-status")) == {("tickets", "in_progress"): (1, 18 * HOUR)}


def test_digest_and_reports_a_register_that_could_not_be_read_is_told_of_and_counts_nothing():
    desk = SmallDesk(SHOP, {"tickets": [ticket(1)], "orders": [], "returns": [], "surveys": []})
    read = desk.snapshot(desk.moment(NOW))
    kept = tuple(one for one in read.tables if one.register.name != "orders")
    lost = Snapshot(kept, read.memory, read.calendar, read.zones, unread=(("main", "orders"),))
    found = figures(lost, SHOP, OCTOBER, desk.moment(NOW))
    told = because("figures.unread", register=Name("orders"))
    unread = {one.name for one in found.tables for line in one.lines if told in (*line.labels, *line.remarks)}
    assert unread == {"summary", "products", "returns-by-product", "returns-by-region", "on-time", "lost-by-step", "lost-by-owner", "lost-by-status",
        "satisfaction", "answers", "vendors", "vendor-standing", "staff", "staff-proposals", "money-open", "money-by-age"}  # fmt: skip
    none = Snapshot((), read.memory, read.calendar, read.zones, unread=(("main", "tickets"), ("main", "orders")))
    for make in TABLES:
        lines = make(Asked(none, SHOP, OCTOBER, desk.moment(NOW))).lines
        assert lines, make
        assert all(set(line.values) == {None} for line in lines), make


def test_digest_and_reports_clocks_that_each_turn_renews_have_a_line_that_says_why_there_is_no_share():
    desk = SmallDesk(SHOP, {"tickets": [ticket(1, responded_at=datetime(2026, 10, 8, 11))], "surveys": []})
    now = desk.moment(NOW)
    found = {line.labels[0]: line for line in on_time(Asked(desk.snapshot(now), SHOP, OCTOBER, now)).lines}
    labels = ("P-23", because("step.told"), Name("tickets"))
    assert found["P-23"] == Line(labels, (None,) * 4, remarks=(because("figures.renewed"),))


def test_digest_and_reports_the_archives_of_earlier_years_count_and_are_taken_for_no_row_of_the_tab_in_use():
    desk = SmallDesk(SHOP, {"tickets": [ticket(1, kind="complaint")], "surveys": []})
    old = SmallDesk(SHOP, {"tickets": [ticket(9, responded_at=datetime(2026, 10, 8, 11)), ticket(8)], "surveys": []})
    now = desk.moment(NOW)
    read, archived = desk.snapshot(now), old.snapshot(now).of("tickets")
    with_old = Snapshot(read.tables, read.memory, read.calendar, read.zones, archives=archived)
    found = figures(with_old, SHOP, OCTOBER, now)
    assert plain(found.table("kinds")) == {("repair",): (2, 2 / 3), ("complaint",): (1, 1 / 3)}
    assert plain(found.table("on-time"))["P-01", "step.response", "tickets"] == (1, 0, 1, 0.5)
    assert with_old.of("tickets") == read.of("tickets")

"""Every table of a month's figures equals what plain loops over the cells count, on generated desks and on the demo desks."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.small_desk import SmallDesk, settings_of
from tests.unit.figures import recount
from tests.unit.figures.plain import plain
from tests.unit.test_demo_desks import NOWS, demo
from toolkit.jobs.figures.month import figures
from toolkit.jobs.figures.shape import Month
from toolkit.settings.layers import PRESETS

SHOP = settings_of('calendar: {week: {mon-sat: ["09:00-18:00"]}, holidays: none}\n')
NOW = datetime(2026, 11, 23, 10, 7)
FIRST = datetime(2026, 8, 20)

OF_NOW = {
    "repeat-tickets",
    "vendor-standing",
    "supplier-accounts",
    "staff-proposals",
    "money-by-age",
    "money-open",
    "audit-sample",
}
"""Single rows, or what stands now: no month before to stand beside."""

PRODUCTS = st.sampled_from([None, "Sofa A1", "sofa a1", "Ｓｏｆａ　A1", "Bed B2", "Chair"])
CITIES = st.sampled_from([None, "上海", "上海市", "Suzhou", "SUZHOU "])
MINUTES = st.integers(0, 60 * 24 * 94)
SPANS = st.one_of(st.none(), st.integers(0, 60 * 24 * 30))


@st.composite
def moments(draw, since=None):
    """A moment not after now, now and then a day without its time; None where nothing was typed."""
    if since is None:
        at = FIRST + timedelta(minutes=draw(MINUTES))
    else:
        span = draw(SPANS)
        if span is None:
            return None
        at = since + timedelta(minutes=span)
    at = min(at, NOW)
    return at.date() if draw(st.integers(0, 7)) == 0 else at


def _after(cell):
    return cell if isinstance(cell, datetime) else datetime.combine(cell, datetime.min.time())


STATUSES = (
    "new",
    "in_progress",
    "planned",
    "done",
    "accepted",
    "closed",
    "closed",
    "closed",
    "cancelled",
    "merged",
    "out_of_scope",
)


@st.composite
def tickets(draw, number):
    opened = draw(moments())
    start = _after(opened)
    status = draw(st.sampled_from(STATUSES))
    started = draw(moments(start))
    finished = draw(moments(_after(started))) if started is not None else None
    closed = draw(moments(_after(finished or opened))) if status == "closed" else None
    chosen = {
        "kind": ("repair", "complaint", "install", "return", "exchange", "deadline", "use_and_care"),
        "cause": (None, "product_quality", "human_error", "transport_damage", "customer_misuse"),
        "level": (None, "1", "2", "3", "4"),
        "fault": (None, "surface", "structure"),
        "urgency": (None, "urgent", "normal"),
        "remedy": (None, "repair", "part", "replacement"),
        "paid_by": (None, "us", "customer"),
        "phone": (None, "13800138000", "13900139000", "13700137000"),
        "email": ("a@example.com", "b@example.com"),
        "order_no": (None, "B1", "B2"),
    }
    return {
        "ticket_no": f"T{number:03d}", "opened_at": opened, "customer": "Ann", "problem": "x", "status": status,
        "product": draw(PRODUCTS), "city": draw(CITIES), "responded_at": draw(moments(start)), "started_at": started,
        "finished_at": finished, "closed_at": closed,
        "promised_by": draw(moments(start)) if draw(st.integers(0, 4)) == 0 else None,
        "advance_refunded_on": None,
        **{column: draw(st.sampled_from(choices)) for column, choices in chosen.items()},
    }  # fmt: skip


@st.composite
def orders(draw, number):
    ordered = draw(moments())
    day = ordered if not isinstance(ordered, datetime) else ordered.date()
    return {
        "order_no": f"B{number}", "customer": "Ann", "phone": "13800138000", "ordered_on": day, "promised_by": day,
        "product": draw(PRODUCTS), "city": draw(CITIES), "status": draw(st.sampled_from(["new", "shipped", "completed", "cancelled"])),
        "shipped_on": draw(st.sampled_from([None, min(day + timedelta(days=9), NOW.date())])),
    }  # fmt: skip


@st.composite
def returns(draw, number):
    return {
        "return_no": draw(st.sampled_from([None, f"R{number}", "R0"])), "line_no": str(number), "order_no": f"B{number}",
        "customer": "Ann", "phone": "13800138000", "quantity": 1, "unit_price": 10.0, "reason": "dislike",
        "kind": draw(st.sampled_from(["return_and_refund", "exchange", "refund_only"])),
        "product": draw(PRODUCTS), "city": draw(CITIES), "applied_at": draw(moments()),
        "status": draw(st.sampled_from(["pending_review", "approved", "rejected", "cancelled", "completed"])),
        "refunded_at": draw(st.sampled_from([None, NOW])),
    }  # fmt: skip


@st.composite
def desks(draw):
    """A desk of tickets and calls, with orders and returns or without."""
    made = draw(st.integers(0, 24))
    rows = {"tickets": [draw(tickets(n)) for n in range(made)]}
    rows["surveys"] = [
        {"survey_no": f"C{n}", "ticket_no": f"T{n:03d}", "called_at": draw(moments())}
        for n in range(draw(st.integers(0, made)))
    ]
    if draw(st.booleans()):
        rows["orders"] = [draw(orders(n)) for n in range(draw(st.integers(0, 10)))]
    if draw(st.booleans()):
        rows["returns"] = [draw(returns(n)) for n in range(draw(st.integers(0, 8)))]
    return rows


MONTHS = st.sampled_from([Month(2026, 9), Month(2026, 10), Month(2026, 11)])


@given(rows=desks(), month=MONTHS)
@settings(max_examples=60, deadline=None)
def test_digest_and_reports_every_table_of_a_generated_desk_equals_an_independent_count(rows, month):
    desk = SmallDesk(SHOP, rows)
    now = desk.moment(NOW)
    found = figures(desk.snapshot(now), SHOP, month, now)
    _assert_equal(found, rows, str(month), NOW)
    measured = {label: line for label, line in plain(found.table("on-time")).items() if line[3] is not None}
    expected = recount.on_time(rows, str(month), NOW)
    assert {label: line for label, line in measured.items() if label[2] == "tickets"} == expected
    late = {label: line for label, line in plain(found.table("lost-by-step")).items() if label[2] == "tickets"}
    assert late == recount.lost(rows, str(month), NOW)


@given(rows=desks(), month=MONTHS)
@settings(max_examples=15, deadline=None)
def test_digest_and_reports_the_month_before_stands_beside_each_line(rows, month):
    desk = SmallDesk(SHOP, rows)
    now = desk.moment(NOW)
    snapshot = desk.snapshot(now)
    this, earlier = (figures(snapshot, SHOP, one, now) for one in (month, month.before))
    for table in this.tables:
        if table.name in OF_NOW:
            assert all(line.before == () for line in table.lines)
            continue
        before = {line.labels: line.values for line in earlier.table(table.name).lines}
        nothing = tuple(0 if column.unit == "count" else None for column in table.columns)
        assert [line.before for line in table.lines] == [before.get(line.labels, nothing) for line in table.lines]


def _assert_equal(found, rows, month, now, worked=recount.worked):
    counted = {
        "summary": recount.summary(rows, month, now),
        "kinds": recount.by(rows, month, "kind"),
        "causes": recount.by(rows, month, "cause"),
        "levels": recount.by(rows, month, "level"),
        "faults": recount.faults(rows, month),
        "times-by-kind": recount.times(rows, month, "kind", worked),
        "times-by-level": recount.times(rows, month, "level", worked),
        "repeats": recount.repeats(rows, month),
        "repeat-tickets": recount.repeat_tickets(rows, month),
        "top-causes": recount.top_causes(rows, month),
    }
    marked = {
        "products": recount.products(rows, month),
        "returns-by-product": recount.returned(rows, month, "product"),
        "returns-by-region": recount.returned(rows, month, "city"),
    }
    assert {name: plain(found.table(name)) for name in counted} == counted
    assert {name: plain(found.table(name), with_remarks=True) for name in marked} == marked


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("name", NOWS)
def test_digest_and_reports_every_table_of_every_demo_desk_equals_an_independent_count(preset, name):
    desk, _ = demo(preset, "en", NOWS[name])
    desk.run(NOWS[name])
    now = desk.moment(NOWS[name])
    snapshot = desk.snapshot(now)
    rows = {
        register: [
            {one.key: row.get(one.key) for one in table.register.columns} for table, row in snapshot.rows(register)
        ]
        for register in {table.register.name for table in snapshot.tables}
    }
    calendar = snapshot.calendar
    for month in (Month.of(now), Month.of(now).before):
        found = figures(snapshot, desk.settings, month, now)
        _assert_equal(found, rows, str(month), NOWS[name], calendar.elapsed)


@pytest.mark.parametrize("preset", PRESETS)
def test_digest_and_reports_on_time_shares_equal_the_due_cells_of_a_demo_desk(preset):
    """What the due cells and the stop cells of the sheet say once a run has filled them, rule by rule."""
    now = NOWS["month end"]
    desk, _ = demo(preset, "en", now)
    desk.run(now)
    found = plain(
        figures(desk.snapshot(desk.moment(now)), desk.settings, Month.of(now), desk.moment(now)).table("on-time")
    )
    counts = defaultdict(lambda: [0, 0, 0])
    for due, stop, step in (
        ("response_due", "responded_at", "response"),
        ("solution_due", "solved_at", "solution"),
        ("start_due", "started_at", "start"),
        ("resolve_due", "finished_at", "resolve"),
    ):
        for row in desk.rows["tickets"]:
            if not isinstance(row.get(due), datetime) or not recount.in_month(row[due], "2026-08"):
                continue
            place = _place(row[due], row.get(stop), row, now)
            if place is not None:
                counts[f"step.{step}"][place] += 1
    shown = defaultdict(lambda: [0, 0, 0])
    for (_, step, register), line in found.items():
        if register == "tickets" and step in counts:
            shown[step] = [a + b for a, b in zip(shown[step], line[:3], strict=True)]
    assert {step: its for step, its in shown.items() if any(its)} == dict(counts)


def _place(due, stop, row, now):
    """0 met, 1 late, 2 overdue; None where it does not count."""
    if isinstance(stop, datetime | date):
        return int(stop > due) if isinstance(stop, datetime) else int(stop > due.date())
    over = recount.when_over(row)
    if over is not None:
        return 1 if due < over else None
    is_waiting = row["status"] == "waiting_for_customer"
    return 2 if now > due and not is_waiting else None

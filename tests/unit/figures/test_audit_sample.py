"""The supervisor's sample in small cases: what counts as closed in the month, and what must not change who is drawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from tests.small_desk import SmallDesk, settings_of
from toolkit.core.reason import Name, because
from toolkit.jobs.figures.asked import Asked
from toolkit.jobs.figures.audit import audit_sample
from toolkit.jobs.figures.month import figures
from toolkit.jobs.figures.shape import Line, Month

SHOP = settings_of("figures: {audit: 3}\n")
NOW = "2026-11-23T10:00"
NOVEMBER = Month(2026, 11)


def ticket(n, owner="Ann", **more):
    return {
        "ticket_no": f"T{n}", "opened_at": datetime(2026, 10, 28, 9), "kind": "repair", "customer": "A", "phone": "13800138000",
        "problem": "x", "status": "closed", "closed_at": datetime(2026, 11, 2, 9), "owner": owner, "product": "Sofa", **more,
    }  # fmt: skip


def drawn(snapshot, desk, month=NOVEMBER):
    lines = audit_sample(Asked(snapshot, SHOP, month, desk.moment(NOW))).lines
    return [one.labels[0] for one in lines]


def sample(*rows, month=NOVEMBER):
    desk = SmallDesk(SHOP, {"tickets": list(rows)})
    return drawn(desk.snapshot(desk.moment(NOW)), desk, month)


@pytest.mark.parametrize(
    ("said", "is_drawn"),
    [
        ({}, True),
        ({"closed_at": None, "finished_at": datetime(2026, 11, 1, 9)}, True),
        ({"closed_at": None}, False),
        ({"closed_at": datetime(2026, 10, 31, 23, 59)}, False),
        ({"status": "in_progress"}, False),
        ({"status": "merged"}, False),
        ({"ticket_no": None}, False),
    ],
    ids=[
        "closed",
        "closed without a day",
        "ended in October",
        "closed in October",
        "open again",
        "merged",
        "no number",
    ],
)
def test_digest_audit_sample_draws_from_what_the_summary_counts_as_closed_in_the_month(said, is_drawn):
    assert bool(sample(ticket(1, **said))) == is_drawn


def test_digest_audit_sample_a_ticket_that_a_run_saw_closed_is_of_that_month():
    desk = SmallDesk(SHOP, {"tickets": [ticket(1, status="in_progress", closed_at=None)]})
    desk.run("2026-11-03T09:00")
    desk.row("tickets").update(status="closed")
    desk.run("2026-11-20T09:00")
    assert drawn(desk.snapshot(desk.moment(NOW)), desk) == ["T1"]


def test_digest_audit_sample_stays_when_rows_are_put_into_the_archive():
    desk = SmallDesk(SHOP, {"tickets": [ticket(n, owner=f"O{n % 5}") for n in range(40)]})
    snapshot = desk.snapshot(desk.moment(NOW))
    (tickets,) = snapshot.of("tickets")
    half = replace(tickets, rows=tickets.rows[:20]), replace(tickets, tab="2026", rows=tickets.rows[20:])
    rest = tuple(one for one in snapshot.tables if one is not tickets)
    shelved = replace(snapshot, tables=(half[0], *rest), archives=(half[1],)).with_archives()
    assert drawn(shelved, desk) == drawn(snapshot, desk) != []


def test_digest_audit_sample_is_another_one_each_month_and_each_owner_has_one_as_far_as_they_go():
    rows = [ticket(n, owner=["Ann", "Bob", "Bob", "Bob"][n % 4]) for n in range(60)]
    later = [{**one, "closed_at": datetime(2026, 10, 30, 9)} for one in rows]
    assert sample(*rows) != sample(*later, month=Month(2026, 10))
    few = [ticket(n, owner=f"O{n}") for n in range(2)] + [ticket(n, owner="Bob") for n in range(10, 30)]
    assert {"T0", "T1"} < set(sample(*few))
    assert sample(
        *few, *(ticket(n, owner=f"P{n}", closed_at=datetime(2026, 10, 30, 9)) for n in range(50, 99))
    ) == sample(*few)


def test_digest_audit_sample_leaves_a_blank_for_the_finding():
    desk = SmallDesk(SHOP, {"tickets": [ticket(1, vendor="V1")]})
    at = desk.moment(NOW)
    table = figures(desk.snapshot(at), SHOP, NOVEMBER, at).table("audit-sample")
    day = datetime(2026, 11, 2).date()
    values = (day, Name("tickets", "kind", "repair"), "Sofa", "V1", because("figures.to-fill-in"))
    assert table.lines == (Line(("T1", "Ann"), values),)

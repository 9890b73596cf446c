"""A vendor's month: jobs, prices, visits without result, deductions, what was paid (20, Digest and report)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from toolkit.core.reason import Name, Reason, because
from toolkit.jobs.callback.calls import calls_made
from toolkit.jobs.dispatching.crew import TAKEN_AWAY
from toolkit.registers.order import day_of
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table
from toolkit.rules.settlement import NOTHING, Settled, settled
from toolkit.settings.model import Settings

WITHOUT_RESULT, NOT_SATISFIED = "without_result", "not_satisfied"
_POOR = 1.0
"""The rating of a customer who was not satisfied (20, Vendors)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One job of the month, by the day it was finished, or of the visit that came to nothing."""

    table: Table
    row: Any
    day: date
    result: Reason
    is_done: bool
    money: Settled


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of a month; they are those of the entries, to the cent."""

    jobs: int
    without_result: int
    unpriced: int
    price: Decimal
    deducted: Decimal
    advanced: Decimal
    paid: Decimal
    open: Decimal


def statement(snapshot: Snapshot, settings: Settings, vendor: Any, year: int, month: int, today: date) -> list[Entry]:
    """The entries of a month, by day."""
    return entries_of(snapshot, settings, today).get((id(vendor), year, month), [])


def entries_of(snapshot: Snapshot, settings: Settings, today: date) -> Mapping[tuple[int, int, int], list[Entry]]:
    """(a vendor's row by identity, year, month) -> the entries of that month by day; all tickets are gone through once."""
    return snapshot.once(("statement entries", today), lambda: _entries(snapshot, settings, today))


def _entries(snapshot: Snapshot, settings: Settings, today: date) -> Mapping[tuple[int, int, int], list[Entry]]:
    poor = {
        id(call.ticket)
        for call in calls_made(snapshot, settings)
        if call.ticket is not None and call.counts and call.rating is not None and call.rating <= _POOR
    }
    known: dict[tuple[str, str], Any] = {}  # a few vendors have all the jobs
    found: dict[tuple[int, int, int], list[Entry]] = defaultdict(list)
    for table, row in snapshot.rows("tickets"):
        if not row.vendor:
            continue
        named = (table.book, row.vendor)
        if named not in known:
            known[named] = snapshot.vendor(row.vendor, table.book)
        if known[named] is None:
            continue
        for one in _entry(settings, table, row, today, is_poor=id(row) in poor):
            found[id(known[named]), one.day.year, one.day.month].append(one)
    for its in found.values():
        its.sort(key=lambda one: (one.day, one.row.key or "", one.table.book, one.row.row))
    return dict(found)


def _entry(settings: Settings, table: Table, row: Any, today: date, *, is_poor: bool) -> Iterator[Entry]:
    day = row.finished_at or row.visit_at
    if day is None or row.status in TAKEN_AWAY or row.vendor_reply == "declined":
        return
    is_done = row.finished_at is not None and row.acceptance != "failed" and row.status != "rework"
    if day_of(day) > today or (not is_done and day_of(day) == today):
        return  # still to come, or going on
    reasons = [] if is_done else [WITHOUT_RESULT]
    reasons += [NOT_SATISFIED] if is_poor else []
    money = settled(
        row.vendor_fee,
        reasons,
        settings.dispatch.deductions,
        by_customer=row.paid_by == "customer",
        is_paid=row.vendor_paid_on is not None,
    )
    yield Entry(table, row, day_of(day), _result(row, is_done=is_done, is_poor=is_poor), is_done, money)


def _result(row: Any, *, is_done: bool, is_poor: bool) -> Reason:
    if is_done:
        return because("statement.poor" if is_poor else "statement.done")
    if row.acceptance == "failed":
        return because("statement.failed", why=row.acceptance_reason or "")
    return because("statement.without-result", status=Name("tickets", "status", row.status) if row.status else "")


def totals_of(entries: list[Entry]) -> Totals:
    """The sums."""
    money = [one.money for one in entries]
    return Totals(
        jobs=len(entries),
        without_result=sum(1 for one in entries if not one.is_done),
        unpriced=sum(1 for one in money if one.price is None),
        price=sum((one.price or NOTHING for one in money), start=NOTHING),
        deducted=sum((one.deducted for one in money), start=NOTHING),
        advanced=sum((one.advanced for one in money), start=NOTHING),
        paid=sum((one.paid for one in money), start=NOTHING),
        open=sum((one.open for one in money), start=NOTHING),
    )

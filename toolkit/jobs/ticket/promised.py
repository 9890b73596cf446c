"""The date that a ticket's customer waits for: its own, or the new one of the order whose promise the ticket keeps (P-17).

A ticket of kind deadline is entered with the order's date. Once the order's date is moved, the ticket's own cell, which is
the staff's, holds a promise that nobody gives any more; whoever is chased for it learns to overlook the red cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from toolkit.core.reason import Reason, because
from toolkit.jobs.clocked import typed_due
from toolkit.jobs.order.promise import PROMISE, read_promise
from toolkit.jobs.order.tickets import DEADLINE
from toolkit.jobs.ordered import Line, lines_of
from toolkit.registers.order import day_of
from toolkit.registers.schema import When
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table

PROMISED = frozenset({"promise", "resolve"})
"""The clocks on which a promised date bears."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A date that stands, in the row that holds it; `before` is the ticket's own where the order's took its place."""

    table: Table
    row: Any
    by: When
    before: When | None = None

    def due_at(self, snapshot: Snapshot) -> datetime:
        """When it is due; without a time at the end of its day (60, 23)."""
        return typed_due(snapshot, self.table, self.by)

    @property
    def moved(self) -> Reason | None:
        """Why the ticket's own date does not count; None where it does."""
        if self.before is None:
            return None
        return because("promise.moved", order=self.row.order_no, by=self.by, before=self.before)

    def typed_at(self, snapshot: Snapshot, now: datetime) -> datetime:
        """When a run first saw it, as far as any did."""
        spans = snapshot.spans(self.table, self.row, PROMISE)
        return spans[-1].first_seen_at if spans and spans[-1].value == self.by.isoformat() else now


def promise_of(snapshot: Snapshot, table: Table, row: Any) -> Promise | None:
    """The promise that counts for a ticket; None where it has none.

    The order's date counts where the ticket's is one that the order once gave and gives no more. A date that the order
    never gave was typed into the ticket by somebody who knew better, and stands.
    """
    own: When | None = row.promised_by
    if own is None:
        return None
    lines = _lines(snapshot, table, row)
    found = _governing(lines)
    if (
        found is not None
        and day_of(found[1].promised_by) != day_of(own)
        and day_of(own) in _once_given(snapshot, lines)
    ):
        return Promise(*found, found[1].promised_by, own)
    return Promise(table, row, own)


def is_of_order(snapshot: Snapshot, table: Table, row: Any) -> bool:
    """Whether the ticket's date is the one that its order promises now: then the order speaks of it to the customer."""
    found = _governing(_lines(snapshot, table, row)) if row.promised_by is not None else None
    return found is not None and day_of(found[1].promised_by) == day_of(row.promised_by)


def has_order(snapshot: Snapshot, table: Table, row: Any) -> bool:
    """Whether the order whose promise the ticket keeps stands in the register, where a delay and its telling are entered."""
    return bool(_lines(snapshot, table, row))


def is_called_off(snapshot: Snapshot, table: Table, row: Any) -> bool:
    """Whether the order whose promise the ticket keeps was cancelled, with all its lines: nobody waits for anything any more."""
    lines = _all_lines(snapshot, table, row)
    return bool(lines) and all(one.status == "cancelled" for _, one in lines)


def _lines(snapshot: Snapshot, table: Table, row: Any) -> list[Line]:
    """The lines of the order that are still promised."""
    found = _all_lines(snapshot, table, row)
    return [one for one in found if one[1].status != "cancelled" and one[1].promised_by is not None]


def _all_lines(snapshot: Snapshot, table: Table, row: Any) -> tuple[Line, ...]:
    """Every line of the order whose promise the ticket keeps."""
    if row.kind != DEADLINE or not row.order_no or snapshot.is_unread("orders"):
        return ()
    return lines_of(snapshot, row.order_no, table.book)


def is_known(snapshot: Snapshot, row: Any) -> bool:
    """Whether it can be told which date counts: not while the orders that may have moved it cannot be read."""
    return not (row.kind == DEADLINE and row.order_no and snapshot.is_unread("orders"))


def _governing(lines: list[Line]) -> Line | None:
    """Of an order in several lines the one whose date comes next: what has left keeps nobody waiting. Once all have left,
    the last date is the one that was kept or missed.
    """
    if not lines:
        return None
    waiting = [one for one in lines if not (one[1].shipped_on or one[1].arrived_on or one[1].picked_up_on)]
    if waiting:
        return min(waiting, key=lambda one: day_of(one[1].promised_by))
    return max(lines, key=lambda one: day_of(one[1].promised_by))


def _once_given(snapshot: Snapshot, lines: list[Line]) -> frozenset[date]:
    """Every day that was promised for any line, as the register keeps it and as the runs saw it."""
    return frozenset(_given(snapshot, lines))


def _given(snapshot: Snapshot, lines: list[Line]) -> Iterator[date]:
    for table, row in lines:
        yield day_of(row.promised_by)
        if row.first_promised_by is not None:
            yield day_of(row.first_promised_by)
        if row.key is not None:
            yield from (day_of(read_promise(one.value)) for one in snapshot.spans(table, row, PROMISE) if one.value)

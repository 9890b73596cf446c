"""P-21: customers are called soon after delivery and then from time to time, out of warranty too.

A delivery is an order that arrived, or a ticket that says when the goods were delivered and names no such order. Each period
wants one call; a call counts for the period whose day it is nearest to, so one that is late takes nothing from the next.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from toolkit.jobs.callback.calls import calls_made
from toolkit.jobs.contacted import Contact, contacts_of, tries_since
from toolkit.jobs.ordered import orders
from toolkit.jobs.recipients import opted_out
from toolkit.jobs.ticket.numbers import ticket_numbers
from toolkit.registers.fold import fold
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table
from toolkit.rules.clock import Clock, Dues, clock
from toolkit.rules.policy import Policy
from toolkit.rules.worktime.duration import Duration
from toolkit.settings.model import Settings

NO = "P-21"
NEVER_CALLED = frozenset({"cancelled", "out_of_scope", "merged"})


@dataclass(frozen=True, slots=True)
class Delivery:
    """Goods that came to a customer: the row that stands for them, all rows that a call about them may name, the day."""

    table: Table
    row: Any
    number: str
    about: tuple[Any, ...]
    on: date


@dataclass(frozen=True, slots=True)
class PeriodicCall:
    """A call that is due: the how-long after delivery, its clock, the tries so far."""

    delivery: Delivery
    after: Duration
    clock: Clock
    tries: tuple[Contact, ...]


class Periods:
    """The periods of one desk, and what of them stands at a moment."""

    def __init__(self, snapshot: Snapshot, settings: Settings, now: datetime) -> None:
        self._snapshot, self._settings, self._now = snapshot, settings, now
        self._after = settings.callbacks.periodic
        self._policies = tuple(
            Policy(f"{NO}.{one}", "periodic", ("delivered_on",), "called_at", one, warn_share=None)
            for one in self._after
        )
        self._dues = tuple(Dues(one, snapshot.calendar) for one in self._policies)
        self._by_day: dict[tuple[str, date], tuple[datetime, ...]] = {}

    def due(self) -> Iterator[PeriodicCall]:
        """The calls that are due now and were not made: of each delivery the newest at most."""
        if not self._after:
            return
        deaf = opted_out(self._snapshot, self._settings)
        for one in deliveries(self._snapshot, self._settings, self._is_in_season):
            if one.row.phone in deaf:
                continue
            found = self._of(one)
            if found is not None:
                yield found

    def _of(self, one: Delivery) -> PeriodicCall | None:
        days = self._of_day(one.table, one.on)
        today = self._snapshot.today(one.table, self._now)
        place = bisect_right([self._snapshot.wall(one.table, due).date() for due in days], today) - 1
        if place < 0 or days[place] <= self._now - self._settings.callbacks.list_for:
            return None
        begins = _middle(days[place - 1], days[place]) if place else self._snapshot.at(one.table, one.on)
        if place + 1 < len(days) and self._now >= _middle(days[place], days[place + 1]):
            return None  # the next call is nearer by now
        contacts = tuple(each for row in one.about for each in contacts_of(self._snapshot, row))
        if any(at >= begins for at in self._calls(one, contacts)):
            return None
        tries = tries_since(contacts, self._snapshot.wall(one.table, begins))
        if len(tries) >= self._settings.callbacks.tries:
            return None
        started_at = self._snapshot.at(one.table, one.on)
        return PeriodicCall(one, self._after[place], clock(self._dues[place], started_at, self._now), tries)

    def _is_in_season(self, table: Table, on: date) -> bool:
        """Whether a call about a delivery of that day may be due: of few days of many years it is so."""
        days = self._of_day(table, on)
        today, oldest = self._snapshot.today(table, self._now), self._now - self._settings.callbacks.list_for
        return any(due > oldest and self._snapshot.wall(table, due).date() <= today for due in days)

    def _of_day(self, table: Table, on: date) -> tuple[datetime, ...]:
        key = (table.book, on)
        if key not in self._by_day:
            start = self._snapshot.at(table, on)
            self._by_day[key] = tuple(sorted(each.due(start, ()) for each in self._dues))
        return self._by_day[key]

    def _calls(self, one: Delivery, contacts: tuple[Contact, ...]) -> Iterator[datetime]:
        """When the customer was called about a delivery: call-backs, and contacts that reached them for that purpose."""
        for row in one.about:
            yield from self._made.get(id(row), ())
        for each in contacts:
            if each.is_reached and each.row.purpose == "callback":
                yield self._snapshot.at(each.table, each.at)

    @cached_property
    def _made(self) -> Mapping[int, list[datetime]]:
        """Row of a ticket or order (by identity) -> the call-backs about it."""
        found: dict[int, list[datetime]] = defaultdict(list)
        for call in calls_made(self._snapshot, self._settings):
            if call.row.called_at is not None and call.about is not None:
                found[id(call.about)].append(self._snapshot.at(call.table, call.row.called_at))
        return found


def deliveries(snapshot: Snapshot, settings: Settings, may_matter: Callable[[Table, date], bool]) -> Iterator[Delivery]:
    """The deliveries of the days that matter: each order once, and each customer's goods that no such order tells of."""
    tickets = _tickets_by_order(snapshot)
    named: set[int] = set()
    for lines in orders(snapshot):
        table, first = lines[0]
        its = tickets.get((table.book, fold(first.order_no)), ())
        days = [
            day for _, row in lines if row.status not in NEVER_CALLED and (day := row.picked_up_on or row.arrived_on)
        ]
        if not days:
            continue
        named |= {id(row) for row in its}
        if may_matter(table, max(days)):
            yield Delivery(table, first, first.order_no, (first, *its), max(days))
    told: set[tuple[object, ...]] = set()
    reserved, _ = ticket_numbers(snapshot, settings)
    for table, row in snapshot.rows("tickets"):
        on, number = row.delivered_on, row.key or reserved.get((table.book, row.row))
        if on is None or number is None or row.status in NEVER_CALLED or id(row) in named or not may_matter(table, on):
            continue
        same = (table.book, fold(row.order_no)) if row.order_no else (table.book, row.phone or row.email, on)
        if same not in told:
            told.add(same)
            about = (row, *tickets.get((table.book, fold(row.order_no)), ())) if row.order_no else (row,)
            yield Delivery(table, row, number, about, on)


def _tickets_by_order(snapshot: Snapshot) -> Mapping[tuple[str, str], list[Any]]:
    found: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for table, row in snapshot.rows("tickets"):
        if row.order_no:
            found[table.book, fold(row.order_no)].append(row)
    return found


def _middle(one: datetime, other: datetime) -> datetime:
    return one + (other - one) / 2

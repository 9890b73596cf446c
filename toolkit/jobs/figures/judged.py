"""The clocks of every register as one looks back on a month: those that were due in it, and those that ran late in it.

They are the clocks that the jobs go by, so a report says of a row what the row said of itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from toolkit.jobs.callback.calls import calls_made
from toolkit.jobs.callback.contacts import Contacts
from toolkit.jobs.callback.entries import entry_clocks
from toolkit.jobs.callback.follow_ups import FollowUps
from toolkit.jobs.clocked import Clocks
from toolkit.jobs.figures.asked import Asked
from toolkit.jobs.figures.shape import Month
from toolkit.jobs.figures.tickets import CALLBACK, ticket_clocks
from toolkit.jobs.order.standing import Desk
from toolkit.jobs.parts import clocks_of
from toolkit.jobs.returning.desk import desk_of
from toolkit.jobs.ticket.case import judge_of
from toolkit.jobs.ticket.view import Views
from toolkit.registers.table import Table
from toolkit.rules.clock import Clock, Running
from toolkit.settings.lexicons import lexicon_of

Found = tuple[Table, Any, Clock, datetime | None]
"""A clock with its row, and when the row was over with the clock still open."""
SOURCES = ("tickets", "returns", "orders", "surveys", "contacts", "parts", "maintenance")
"""The registers that have clocks to look back on."""
RENEWED = frozenset({"told", "assess", "chore"})
"""Clocks that each turn sets going anew in the same cell: nothing tells how earlier turns went."""


WINDOW = "window"
"""The time in which a customer may ask for a return (P-18): no time of ours."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A clock of a row. `ended_at` is when the row was over with the clock still open: it stands as it stood then. A call-back is
    owed for longer; it loses no more time from when it left the caller's list.
    """

    table: Table
    row: Any
    clock: Clock
    ended_at: datetime | None

    @property
    def running(self) -> Running | None:
        """Met, late, or overdue now; None where it is still to come, or was not due when its row was over."""
        if self.clock.is_open and self.ended_at is not None and self.clock.policy.clock != CALLBACK:
            return Running.LATE if self.clock.due_at < self.ended_at else None
        running = self.clock.running
        return running if running in (Running.MET, Running.LATE, Running.OVERDUE) else None

    @property
    def owner(self) -> str | None:
        """Who answers for the row."""
        return next((name for one in self.table.register.owner if (name := self.row.get(one))), None)

    def late_within(self, since: datetime, until: datetime) -> timedelta:
        """The working time that it ran beyond its due time within some span."""
        clock = self.clock
        if clock.policy.clock == WINDOW or self.running not in (Running.LATE, Running.OVERDUE):
            return timedelta()  # a customer who asks too late takes nobody's time
        counted_to = min(clock.now, clock.paused_since) if clock.paused_since else clock.now
        end = clock.stopped_at or self.ended_at or counted_to
        return clock.calendar.elapsed(max(clock.due_at, since), min(end, until))


def judged(asked: Asked) -> tuple[Judged, ...]:
    """The clocks that were due in the month or ran late in it; each case of several lines once."""
    key = ("judged", asked.month, asked.now)
    return asked.snapshot.once(key, lambda: tuple(Judged(*one) for one in _every(asked) if _touches(asked, *one)))


def month_span(asked: Asked, book: str | None = None) -> tuple[datetime, datetime]:
    """The first instants of the month and of the next, in a book's zone; in the desk's where none is named."""
    zone = asked.snapshot.zones[book] if book is not None else asked.snapshot.calendar.timezone
    month = asked.month
    return asked.snapshot.once(("span", month, zone), lambda: (_midnight(month, zone), _midnight(month.after, zone)))


def _midnight(month: Month, zone: ZoneInfo) -> datetime:
    return datetime(month.year, month.month, 1, tzinfo=zone)


def is_due_within(asked: Asked, one: Judged) -> bool:
    """Whether a clock was due in the month, by the wall clock of its book."""
    return asked.month.holds(asked.snapshot.wall(one.table, one.clock.due_at))


def _touches(asked: Asked, table: Table, _row: Any, clock: Clock, ended_at: datetime | None) -> bool:
    since, until = month_span(asked, table.book)
    end = clock.stopped_at or ended_at or _FAR
    return clock.due_at < until and (clock.due_at >= since or end > since)


_FAR = datetime.max.replace(tzinfo=UTC)


def _every(asked: Asked) -> Iterator[Found]:
    yield from ticket_clocks(asked)
    yield from asked.snapshot.once(("other clocks", asked.now), lambda: tuple(_others(asked)))


def _others(asked: Asked) -> Iterator[Found]:
    """The clocks of the other registers, whatever month they bear on."""
    yield from _of_returns(asked)
    yield from _of_orders(asked)
    yield from _of_calls(asked)
    for register in ("maintenance", "parts"):
        yield from _plain(asked, register)


def _of_returns(asked: Asked) -> Iterator[Found]:
    if asked.snapshot.is_unread("returns"):
        return
    desk = desk_of(asked.snapshot, asked.settings, asked.now)
    for case in desk.cases:
        told: set[tuple[object, ...]] = set()
        for line in case.lines:
            for one in desk.past_clocks(line):
                same = (one.policy.clock, one.due_at, one.stopped_at)
                if same not in told and (not one.is_open or not line.is_over):
                    told.add(same)  # what is typed once for a case is judged once
                    yield case.table, line.row, one, None


def _of_orders(asked: Asked) -> Iterator[Found]:
    if asked.snapshot.is_unread("orders"):
        return
    desk = Desk(asked.snapshot, asked.settings, asked.now)
    for table, row in asked.snapshot.rows("orders"):
        yield from _standing(table, row, desk.past_clocks(table, row))
    if not asked.snapshot.is_unread("tickets"):
        for table, row, one in entry_clocks(asked.snapshot, asked.settings, asked.now):
            yield from _standing(table, row, (one,))


def _of_calls(asked: Asked) -> Iterator[Found]:
    if asked.snapshot.is_unread("surveys", "contacts", "tickets", "orders"):
        return
    snapshot, settings, now = asked.snapshot, asked.settings, asked.now
    judge, views = judge_of(snapshot, settings, now), Views(lambda locale: lexicon_of(settings, locale))
    follow_ups = FollowUps(snapshot, settings, now, judge, views)
    for call in calls_made(snapshot, settings):
        yield from _standing(call.table, call.row, follow_ups.clocks(call))
    contacts = Contacts(snapshot, settings, now, judge, views)
    for table, row in snapshot.rows("contacts"):
        yield from _standing(table, row, contacts.clocks(table, row))


def _plain(asked: Asked, register: str) -> Iterator[Found]:
    snapshot = asked.snapshot
    if snapshot.is_unread(register):
        return
    clocks = (
        clocks_of(snapshot, asked.settings, asked.now)
        if register == "parts"
        else Clocks(snapshot, asked.settings, asked.now, register)
    )
    for table, row in snapshot.rows(register):
        yield from _standing(table, row, clocks.of(table, row))


def _standing(table: Table, row: Any, clocks: tuple[Clock, ...]) -> Iterator[Found]:
    """The clocks of a row; of one that is over those that never stopped tell nothing."""
    is_over = row.get("status") in table.register.over
    yield from ((table, row, one, None) for one in clocks if not (is_over and one.is_open))

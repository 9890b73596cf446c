"""A ticket with all its clocks, as of one moment: what the sheet, the letters and `explain` all look at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from weakref import WeakKeyDictionary

from toolkit.core.reason import Reason
from toolkit.jobs.ticket.numbers import ticket_numbers
from toolkit.jobs.ticket.waiting import Stay, has_time, pauses_of, reopenings, stays
from toolkit.jobs.typed_over import mark, owned
from toolkit.registers.order import day_of
from toolkit.registers.schema import When
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table
from toolkit.registers.tickets import FINISHED, FROZEN, Ticket
from toolkit.rules.clock import Clock, clock
from toolkit.rules.policy import Policy, governing
from toolkit.rules.warranty import coverage, warranty_until
from toolkit.settings.model import Settings

DUE_COLUMNS: Mapping[str, str] = {
    "response": "response_due",
    "solution": "solution_due",
    "start": "start_due",
    "resolve": "resolve_due",
    "callback": "callback_due",
}
"""Which clock shows in which column; a promise has none, its date is the staff's own."""
WAITING = "waiting_for_customer"
CLOCKS = (*DUE_COLUMNS, "promise")


@dataclass(frozen=True, slots=True)
class Case:
    """`number` is the ticket's number or the one reserved for it. `is_intact`: the toolkit's cells are as a run left them."""

    table: Table
    row: Ticket
    number: str | None
    clocks: tuple[Clock, ...]
    history: tuple[Stay, ...]
    reopened_at: tuple[datetime, ...]
    is_doubled: bool
    is_intact: bool
    warranty_until: date | None = None
    coverage: Reason | None = None

    @property
    def is_frozen(self) -> bool:
        """Closed, cancelled, out of scope or merged: the results stand."""
        return self.row.status in FROZEN

    def clock(self, name: str) -> Clock | None:
        """The clock of that name, where a policy sets one."""
        return next((one for one in self.clocks if one.policy.clock == name), None)

    @property
    def waiting_since(self) -> datetime | None:
        """Since when the desk waits for the customer, whether or not a policy pauses for it."""
        present = self.history[-1] if self.history else None
        return present.since if present is not None and present.status == WAITING else None


def cases(snapshot: Snapshot, settings: Settings, now: datetime) -> tuple[Case, ...]:
    """Every ticket of every book. The jobs of one plan share the work: judged once for each snapshot and moment."""
    known = _JUDGED.get(snapshot)
    if known is not None and known[0] == now:
        return known[1]
    called = calls(snapshot)
    numbers, _ = ticket_numbers(snapshot, settings)
    made = tuple(
        case_of(snapshot, settings, table, row, now, numbers.get((table.book, row.row)), called)
        for table, row in snapshot.rows("tickets")
    )
    _JUDGED[snapshot] = (now, made)
    return made


_JUDGED: WeakKeyDictionary[Snapshot, tuple[datetime, tuple[Case, ...]]] = WeakKeyDictionary()


Calls = Mapping[tuple[str, int], tuple[tuple[Table, When], ...]]
"""(book, row) of a ticket -> the call-backs made about it, each with the register that holds it."""


def calls(snapshot: Snapshot) -> Calls:
    """Every call-back at its ticket."""
    found: dict[tuple[str, int], list[tuple[Table, When]]] = defaultdict(list)
    for table, row in snapshot.rows("surveys"):
        ticket = snapshot.ticket(row.ticket_no, table.book)
        if ticket is not None and row.called_at:
            found[ticket[0].book, ticket[1].row].append((table, row.called_at))
    return {at: tuple(made) for at, made in found.items()}


def case_of(
    snapshot: Snapshot,
    settings: Settings,
    table: Table,
    row: Ticket,
    now: datetime,
    reserved: str | None,
    called: Calls,
) -> Case:
    """One ticket."""
    is_doubled = row.key is not None and row.key not in table.by_key
    number = row.key or reserved
    is_intact = row.status in FROZEN and _is_intact(snapshot, table, row)
    until = warranty_until(settings.warranty, row)
    verdict = coverage(settings.warranty, row, until, day_of(row.opened_at)) if row.opened_at else None
    spans = () if is_doubled else snapshot.spans(table, row, "status")
    if row.opened_at is None:
        return Case(table, row, number, (), (), (), is_doubled, is_intact, until, verdict)
    told_at = snapshot.at(table, row.last_told_at) if row.last_told_at and has_time(row.last_told_at) else None
    history = stays(spans, row.status, told_at, snapshot.at(table, row.opened_at), now)
    reopened_at = reopenings(history)
    clocks = tuple(
        made
        for name in CLOCKS
        if (policy := governing(settings.policies, name, row)) is not None
        and (made := _clock(snapshot, settings, table, row, policy, now, history, reopened_at, called)) is not None
    )
    return Case(table, row, number, clocks, history, reopened_at, is_doubled, is_intact, until, verdict)


def _is_intact(snapshot: Snapshot, table: Table, row: Ticket) -> bool:
    """Only what a run really wrote stands: a row whose first write failed, or that was typed over, is filled again."""
    known = snapshot.memory.marks.get((table.book, "tickets", row.key or ""))
    return known is not None and known == mark(row, owned(table))


def _clock(
    snapshot: Snapshot,
    settings: Settings,
    table: Table,
    row: Ticket,
    policy: Policy,
    now: datetime,
    history: tuple[Stay, ...],
    reopened_at: tuple[datetime, ...],
    called: Calls,
) -> Clock | None:
    if policy.clock == "callback" and snapshot.is_unread("surveys"):
        return None  # whether the call was made is not known this time
    start = next((row.get(column) for column in policy.starts if row.get(column) is not None), None)
    if start is None or (policy.clock == "callback" and row.status not in FINISHED):
        return None
    started_at = snapshot.at(table, start)
    stop, stop_table = _stop(policy, table, row, start, called)
    stopped_at = snapshot.at(stop_table, stop) if stop is not None else None
    if policy.stops == "finished_at" and reopened_at:
        if row.status not in FINISHED | FROZEN:
            stopped_at = None  # finished once, but work goes on
        if settings.reopened == "new" and policy.clock != "promise":
            started_at = reopened_at[-1]
    closed, open_since = pauses_of(history, policy.pause_on)
    promise = _promised(snapshot, table, row)
    return clock(
        policy,
        snapshot.calendar,
        started_at,
        now,
        stopped_at=stopped_at,
        stopped_by_day=stop is not None and not has_time(stop),
        due_at=promise if policy.clock == "promise" else None,
        pauses=closed,
        paused_since=open_since if stopped_at is None else None,
        cap=promise if policy.clock == "resolve" else None,
    )


def _promised(snapshot: Snapshot, table: Table, row: Ticket) -> datetime | None:
    """A promise without a time is due at the end of its day (60, 23)."""
    if row.promised_by is None:
        return None
    if has_time(row.promised_by):
        return snapshot.at(table, row.promised_by)
    return snapshot.at(table, datetime.combine(row.promised_by, time(23, 59, 59)))


def _stop(
    policy: Policy,
    table: Table,
    row: Ticket,
    start: When,
    called: Calls,
) -> tuple[When | None, Table]:
    if policy.clock != "callback":
        return row.get(policy.stops), table
    made: list[tuple[Any, Table]] = [
        (when, where) for where, when in called.get((table.book, row.row), ()) if _not_before(when, start)
    ]
    if not made:
        return None, table
    return min(made, key=lambda one: (day_of(one[0]), str(one[0])))


def _not_before(one: When, other: When) -> bool:
    if isinstance(one, datetime) and isinstance(other, datetime):
        return one >= other
    return day_of(one) >= day_of(other)

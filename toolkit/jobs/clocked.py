"""The clocks that policies set on the rows of any register, and the cells that show them.

Tickets have a judge of their own, since reopening, call-backs and promises bear on theirs; every other register is asked here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, time
from typing import Any

from toolkit.core.actions import Edit, Observation, RowId
from toolkit.core.reason import Reason, because
from toolkit.core.words import Words
from toolkit.jobs.edits import allowed, edit
from toolkit.jobs.shifts import ends_at
from toolkit.jobs.ticket.waiting import has_time, pauses_of, stays
from toolkit.registers.every import REGISTERS
from toolkit.registers.schema import When
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table
from toolkit.rules.clock import Clock, Dues, clock
from toolkit.rules.policy import Policy, governing
from toolkit.settings.model import Settings

Typed = Callable[[Any], When | None]
"""What finds a row's value where it is not simply a cell of its own."""


class Clocks:
    """The clocks of one register at one moment.

    `found` says where a start or a stop is to be looked for that is no cell of the row: column -> value of a row (P-12 stops
    when a row stands in another register).
    """

    def __init__(
        self,
        snapshot: Snapshot,
        settings: Settings,
        now: datetime,
        register: str,
        found: Mapping[str, Typed] | None = None,
    ) -> None:
        self.register = next(one for one in REGISTERS if one.name == register)
        self.policies = tuple(one for one in settings.policies if one.register == register)
        self._snapshot = snapshot
        self._settings = settings
        self._now = now
        self._found = found or {}
        self._dues = {one.id: Dues(one, snapshot.calendar) for one in self.policies}

    def of(self, table: Table, row: Any) -> tuple[Clock, ...]:
        """Every clock that a policy sets on a row and that has started, in the register's order."""
        if not self.policies:
            return ()
        governed = (governing(self.policies, name, row) for name in self.register.clocks)
        made = (self._clock(table, row, policy) for policy in governed if policy is not None)
        return tuple(one for one in made if one is not None)

    def counted(self, row: Any, clocks: tuple[Clock, ...]) -> tuple[Clock, ...]:
        """Those that count as open work: none where the row is over."""
        if row.get("status") in self.register.over:
            return ()
        return tuple(one for one in clocks if one.is_open)

    def _clock(self, table: Table, row: Any, policy: Policy) -> Clock | None:
        start = next((value for name in policy.starts if (value := self._value(row, name)) is not None), None)
        if start is None:
            return None
        # A clock that starts and stops at one cell is renewed by it: it runs until the cell holds a later moment.
        stop = None if policy.stops in policy.starts else self._value(row, policy.stops)
        started_at = self._snapshot.at(table, start)
        stopped_at = self._snapshot.at(table, stop) if stop is not None else None
        closed: tuple[tuple[datetime, datetime], ...] = ()
        open_since = None
        if policy.pause_on and row.get("status") is not None:
            seen = self._snapshot.spans(table, row, "status")
            closed, open_since = pauses_of(stays(seen, row.status, None, started_at, self._now), policy.pause_on)
        return clock(
            self._dues[policy.id],
            started_at,
            self._now,
            stopped_at=stopped_at,
            stopped_by_day=stop is not None and not has_time(stop),
            due_at=self._ends_at(table, row, policy, start),
            pauses=closed,
            paused_since=open_since if stopped_at is None else None,
        )

    def _ends_at(self, table: Table, row: Any, policy: Policy, start: When) -> datetime | None:
        """The due time of a clock that does not run for a target."""
        if policy.end is not None:
            owner = next((name for column in self.register.owner if (name := row.get(column))), None)
            started_at = self._snapshot.at(table, start)
            return ends_at(self._snapshot, self._settings, policy.end, started_at, owner, table.book)
        return typed_due(self._snapshot, table, start) if policy.is_typed else None

    def _value(self, row: Any, column: str) -> When | None:
        found = self._found.get(column)
        value: When | None = found(row) if found is not None else row.get(column)
        return value


def typed_due(snapshot: Snapshot, table: Table, moment: When) -> datetime:
    """A due time that staff typed: without a time it is the end of its day (60, 23)."""
    return snapshot.at(table, moment if has_time(moment) else datetime.combine(moment, time(23, 59, 59)))


def due_edits(clocks: tuple[Clock, ...], snapshot: Snapshot, table: Table, row: Any) -> Iterator[Edit]:
    """The due cells of a row; empty where no clock runs or ran."""
    by_name = {one.policy.clock: one for one in clocks}
    for name, column in table.register.clocks.items():
        if not column:
            continue
        one = by_name.get(name)
        if one is None:
            yield from edit(table, row, column, None, _NO_CLOCK)
        else:
            yield from edit(table, row, column, snapshot.wall(table, one.due_at), why_due(one, snapshot, table))


def why_due(one: Clock, snapshot: Snapshot, table: Table) -> Reason:
    """What a due time follows from."""
    if one.policy.is_typed:
        return because("edit.typed-due", policy=one.policy.no)
    start = snapshot.wall(table, one.started_at)
    return because("edit.due", policy=one.policy.no, start=start, target=allowed(one.policy))


def overdue_edit(
    clocks: tuple[Clock, ...], snapshot: Snapshot, table: Table, row: Any, words: Words
) -> tuple[Edit, ...]:
    """The cell that says what is late, of the clocks that count (60, 8)."""
    late = sorted((one for one in clocks if one.is_overdue), key=lambda one: one.due_at)
    said = words.word(tuple(late_reason(one, snapshot.wall(table, one.due_at)) for one in late)) or None
    return edit(table, row, "overdue", said, _OVERDUE if late else _NOT_OVERDUE)


def late_reason(one: Clock, due: datetime) -> Reason:
    """One late step in words."""
    return because(
        "overdue.days" if one.late_days else "overdue.under-a-day",
        step=because(f"step.{one.policy.clock}"),
        due=due,
        days=one.late_days,
    )


def status_seen(snapshot: Snapshot, table: Table, row: Any, number: str | None) -> Iterator[Observation]:
    """The status, where it differs from what was last seen: pauses and transitions need to know (60, 7)."""
    if number is None:
        return
    spans = snapshot.memory.spans.of(table.book, table.register.name).get(number, {}).get("status", ())
    if (spans[-1].value if spans else "") != (row.status or ""):
        yield Observation(RowId(table.book, table.register.name, number, row.row), "status", row.status or "")


_NO_CLOCK = because("edit.no-clock")
_OVERDUE = because("edit.overdue")
_NOT_OVERDUE = because("edit.not-overdue")

"""The clocks of the tickets, of which most of a grown register cannot bear on a month: those are passed over unbuilt."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from toolkit.jobs.figures.asked import Asked
from toolkit.jobs.figures.endings import ended_at
from toolkit.jobs.ticket.case import Case, judge_of
from toolkit.jobs.ticket.flags import RUN_ON
from toolkit.registers.order import day_of
from toolkit.registers.schema import When
from toolkit.registers.table import Table
from toolkit.registers.tickets import FROZEN
from toolkit.rules.clock import Clock
from toolkit.rules.policy import Policy

TOLD, CALLBACK = "told", "callback"
_ZONES_APART = timedelta(days=1)
"""A book's wall clock may show another day than the desk's."""


def ticket_clocks(asked: Asked) -> Iterator[tuple[Table, Any, Clock, datetime | None]]:
    """The clocks of every ticket that may bear on the month, with when the ticket was over while they were open."""
    if asked.snapshot.is_unread("tickets"):
        return
    glance = _Glance(asked)
    for case in judge_of(asked.snapshot, asked.settings, asked.now).cases():
        for name, policy in case.governed.items():
            if name == TOLD or glance.is_past_or_to_come(case, policy):
                continue
            one = case.clock(name)
            if one is not None:
                yield from _judged(asked, case, one)


def _judged(asked: Asked, case: Case, one: Clock) -> Iterator[tuple[Table, Any, Clock, datetime | None]]:
    """An open clock of a ticket that is over stands as it stood then; a call-back and an advance are owed for longer, but
    after so long a call-back is on nobody's list any more.
    """
    over: datetime | None = None
    runs_on = one.policy.clock in RUN_ON and case.row.status == "closed"
    if one.is_open and case.is_frozen and not runs_on:
        over = ended_at(case)
        if over is None:
            return
    elif one.is_open and one.policy.clock == CALLBACK:
        given_up = one.due_at + asked.settings.callbacks.list_for
        over = given_up if given_up <= asked.now else None
    yield case.table, case.row, one, over


class _Glance:
    """Whether a clock can be told from its start and stop alone to have been over before the month, or to come after it."""

    def __init__(self, asked: Asked) -> None:
        self._month = asked.month
        self._calendar = asked.snapshot.calendar
        self._listed = asked.settings.callbacks.list_for
        self._since: dict[str, date | None] = {}

    def is_past_or_to_come(self, case: Case, policy: Policy) -> bool:
        """True only where this is certain."""
        row = case.row
        start: When | None = next((at for name in policy.starts if (at := row.get(name)) is not None), None)
        if start is None or row.promised_by is not None:
            return False
        began = day_of(start)
        if began > self._month.last + _ZONES_APART:
            return True
        return case.is_plain and self._was_due_before(began, policy) and self._is_over(row, policy)

    def _was_due_before(self, began: date, policy: Policy) -> bool:
        """Whether a clock that started on a day, and never stood still, was due before the month."""
        if policy.id not in self._since:
            self._since[policy.id] = self._oldest_start(policy)
        oldest = self._since[policy.id]
        return oldest is not None and began < oldest - _ZONES_APART

    def _oldest_start(self, policy: Policy) -> date | None:
        if policy.target is None or policy.working_days_only:
            return None
        first = datetime.combine(self._month.first, datetime.min.time(), self._calendar.timezone)
        listed = self._listed if policy.clock == CALLBACK else timedelta()
        return self._calendar.before(first - listed, policy.target).date()

    def _is_over(self, row: Any, policy: Policy) -> bool:
        """Whether nothing of the clock can reach into the month."""
        if policy.clock == CALLBACK:
            return True  # it is on nobody's list any more
        stop: When | None = row.get(policy.stops)
        if stop is None and row.status in FROZEN and policy.clock not in RUN_ON:
            stop = row.closed_at
        return stop is not None and day_of(stop) < self._month.first - _ZONES_APART

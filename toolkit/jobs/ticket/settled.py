"""Tickets of which nothing need be said any more: closed, as the last run left them, nothing new about their call-back.

In a grown register that is true of nearly all rows. So it is asked first, by comparing alone, and what many rows share is
worked out on the first of them, by the same rules that judge every other row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from toolkit.jobs.edits import holds, picked
from toolkit.jobs.ticket.alerts import Alarm
from toolkit.jobs.ticket.case import Case, Judge
from toolkit.jobs.ticket.flags import NEVER_STOPPED, Cells, cell_owed
from toolkit.jobs.ticket.fresh import has_just_ended
from toolkit.jobs.ticket.letters import CALLED_OFF
from toolkit.jobs.ticket.observed import observed
from toolkit.registers.tickets import FINISHED, FROZEN
from toolkit.rules.policy import Policy


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the cells say of a call-back, and whether somebody may have to be alerted."""

    due: datetime
    overdue: str | None
    next_step: str | None
    is_news: bool


class Settled:
    """Tells the settled tickets of a run from the others."""

    def __init__(self, judge: Judge, cells: Cells, alarm: Alarm) -> None:
        self._judge = judge
        self._cells = cells
        self._alarm = alarm
        self._is_unread = bool(judge.snapshot.unread)
        self._times: dict[int, int | None] = {}
        self._outlooks: dict[tuple[object, ...], Outlook | None] = {}
        self._stops: dict[tuple[int, int], Callable[[Any], tuple[Any, ...]]] = {}

    def __contains__(self, case: Case) -> bool:
        row, spans = case.row, case.seen.get("status")
        if row.status not in FROZEN or not spans or spans[-1].value != row.status or self._is_unread:
            return False
        if row.bad or case.is_doubled or case.number is None or row.waiting_since is not None:
            return False
        if id(spans) not in self._times:  # rows that were seen alike share their spans
            self._times[id(spans)] = len(case.reopened_at) or None
        if row.reopened != self._times[id(spans)] or not case.is_intact or not self._is_observed(case):
            return False
        if has_just_ended(self._judge, case) or self._may_reopen(case):
            return False
        if row.status not in FINISHED:
            return row.overdue is None and row.next_step is None
        governed = case.governed
        return None not in self._stops_of(case, governed)(row) and self._is_told(case, governed.get("callback"))

    def _may_reopen(self, case: Case) -> bool:
        """Closed while it waited for the customer, of whom something was heard."""
        return case.given_up_since is not None and case.answered_at is not None

    def _is_observed(self, case: Case) -> bool:
        """Nothing is to be remembered of it, and no visit of which somebody was told may have to be called off."""
        if len(case.seen) == 1 and case.row.promised_by is None:
            return True
        is_off = case.row.status in CALLED_OFF and "visit" in case.seen
        return not is_off and next(observed(self._judge.snapshot, case), None) is None

    def _stops_of(self, case: Case, governed: Mapping[str, Policy]) -> Callable[[Any], tuple[Any, ...]]:
        """What reads the cells that must be filled."""
        key = (id(case.table), id(governed))
        if key not in self._stops:
            owed = {cell_owed(name, one) for name, one in governed.items()}
            owed |= {
                one.stops for name, one in governed.items() if name not in NEVER_STOPPED
            }  # an advance not yet refunded
            cells = sorted(one for one in owed if one is not None and one in case.table.columns)
            self._stops[key] = picked(case.table.register, tuple(cells))
        return self._stops[key]

    def _is_told(self, case: Case, policy: Policy | None) -> bool:
        """Whether the cells say of the call-back what they should."""
        row = case.row
        start = row.get(policy.starts[0]) if policy is not None else None
        if policy is None or (start is None and len(policy.starts) == 1):
            return row.overdue is None and row.next_step is None
        if start is None or policy.pause_on or not self._judge.is_due_by_day(policy, case.table):
            return False
        day = start.date() if isinstance(start, datetime) else start
        is_open = self._judge.call_of(case.table, row, start)[0] is None
        if case.tries_in_vain:
            return False  # what the cells say of it is this row's own
        key = (case.table.book, policy.id, day, is_open, row.reopened)
        if key not in self._outlooks:
            self._outlooks[key] = self._outlook(case)
        told = self._outlooks[key]
        return (
            told is not None
            and not told.is_news
            and row.overdue == told.overdue
            and row.next_step == told.next_step
            and holds(row, "callback_due", told.due)
        )

    def _outlook(self, case: Case) -> Outlook | None:
        one = case.clock("callback")
        if one is None:
            return None
        due = self._judge.snapshot.wall(case.table, one.due_at)
        return Outlook(due, self._cells.overdue(case), self._cells.next_step(case), self._alarm.may_be_news(one))

"""One clock of one row: when it is due, when to warn, whether it stands still, whether it is late (20; 60, 8 and 21-24)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from toolkit.rules.policy import Policy
from toolkit.rules.worktime.calendar import BusinessCalendar

Pause = tuple[datetime, datetime]


class Running(StrEnum):
    """How a clock stands."""

    OPEN = "open"
    WARNED = "warned"
    OVERDUE = "overdue"
    PAUSED = "paused"
    MET = "met"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Clock:
    """A policy's clock on one row. All times are aware, in the calendar's zone.

    `due_at` counts closed pauses only: while one is open the due time keeps its value (60, 8).
    """

    policy: Policy
    started_at: datetime
    due_at: datetime
    warn_at: datetime | None
    stopped_at: datetime | None
    pauses: tuple[Pause, ...]
    paused_since: datetime | None
    running: Running
    late_days: int = 0

    @property
    def is_open(self) -> bool:
        """Nothing has stopped it yet."""
        return self.stopped_at is None

    @property
    def is_overdue(self) -> bool:
        """Open, and past its due time."""
        return self.running is Running.OVERDUE


def clock(
    policy: Policy,
    calendar: BusinessCalendar,
    started_at: datetime,
    now: datetime,
    *,
    stopped_at: datetime | None = None,
    stopped_by_day: bool = False,
    due_at: datetime | None = None,
    pauses: Sequence[Pause] = (),
    paused_since: datetime | None = None,
    cap: datetime | None = None,
) -> Clock:
    """Judge one clock at `now`.

    `stopped_by_day`: the stop cell had no time, it is met if its day is not after the due day (60, 23). `due_at`: a
    moment that staff typed (promises); otherwise start + target. `cap`: an earlier promise counts as the deadline.
    """
    if due_at is None:
        if policy.target is None:
            raise ValueError(f"{policy.id} has neither a target nor a typed due time")
        if policy.working_days_only:
            pauses = (*pauses, *_closed_days(calendar, started_at))
        due_at = calendar.add(started_at, policy.target, tuple(pauses))
    computed = due_at
    if cap is not None and cap < due_at:
        due_at = cap
    warn_at = _warn_at(policy, calendar, started_at, due_at, computed, pauses)
    running = _running(now, due_at, warn_at, stopped_at, stopped_by_day, paused_since)
    late_days = _late_days(calendar, due_at, paused_since or now) if running is Running.OVERDUE else 0
    return Clock(policy, started_at, due_at, warn_at, stopped_at, tuple(pauses), paused_since, running, late_days)


CLOSED_WITHIN = 60
"""Days in which a target of hours, on working days only, is surely over."""


def _closed_days(calendar: BusinessCalendar, start: datetime) -> tuple[Pause, ...]:
    """Days without opening hours, from the start on: in them a clock that runs on working days only stands still."""
    first = start.astimezone(calendar.timezone).date()
    days = (first + timedelta(days=ahead) for ahead in range(CLOSED_WITHIN))
    return tuple(
        (_midnight(day, calendar), _midnight(day + timedelta(days=1), calendar))
        for day in days
        if not calendar.days.spans(day.toordinal())
    )


def _midnight(day: date, calendar: BusinessCalendar) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=calendar.timezone)


def _warn_at(
    policy: Policy,
    calendar: BusinessCalendar,
    started_at: datetime,
    due_at: datetime,
    computed: datetime,
    pauses: Sequence[Pause],
) -> datetime | None:
    if policy.lead is not None:
        return calendar.before(due_at, policy.lead)
    if policy.warn_share is None or policy.target is None:
        return None
    warn_at = calendar.moment_of_share(started_at, policy.target, policy.warn_share, tuple(pauses))
    if due_at != computed:  # the promise came first: the same share of the shorter way
        return min(warn_at, started_at + (due_at - started_at) * policy.warn_share)
    return warn_at


def _running(
    now: datetime,
    due_at: datetime,
    warn_at: datetime | None,
    stopped_at: datetime | None,
    stopped_by_day: bool,
    paused_since: datetime | None,
) -> Running:
    if stopped_at is not None:
        in_time = stopped_at.date() <= due_at.date() if stopped_by_day else stopped_at <= due_at
        return Running.MET if in_time else Running.LATE
    counted_to = min(now, paused_since) if paused_since else now
    if counted_to > due_at:
        return Running.OVERDUE
    if paused_since is not None:
        return Running.PAUSED
    return Running.WARNED if warn_at is not None and now >= warn_at else Running.OPEN


def _late_days(calendar: BusinessCalendar, due_at: datetime, until: datetime) -> int:
    """Whole working days between due and now; a working day is as long as the longest of the week."""
    longest = max((sum(closes - opens for opens, closes in spans) for spans in calendar.days.week), default=0)
    return calendar.elapsed(due_at, until) // timedelta(microseconds=longest) if longest else 0

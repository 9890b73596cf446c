"""One clock of one row: when it is due, when to warn, whether it stands still, whether it is late (20; 60, 8 and 21-24)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property

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


@dataclass(eq=False)
class Clock:
    """A policy's clock on one row, judged at `now`. All times are aware, in the calendar's zone.

    `due_at` counts closed pauses only: while one is open the due time keeps its value (60, 8); `computed` is what the
    target alone would give. The rest is worked out when somebody asks: of most clocks nobody wants but the due time.
    """

    policy: Policy
    calendar: BusinessCalendar
    now: datetime
    started_at: datetime
    due_at: datetime
    computed: datetime
    stopped_at: datetime | None = None
    stopped_by_day: bool = False
    pauses: tuple[Pause, ...] = ()
    paused_since: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Nothing has stopped it yet."""
        return self.stopped_at is None

    @property
    def is_overdue(self) -> bool:
        """Open, and past its due time."""
        return self.stopped_at is None and self._counted_to > self.due_at

    @property
    def _counted_to(self) -> datetime:
        return min(self.now, self.paused_since) if self.paused_since else self.now

    @cached_property
    def running(self) -> Running:
        """How it stands."""
        if self.stopped_at is not None:
            if self.stopped_by_day:
                in_time = self.stopped_at.date() <= self.due_at.date()
            else:
                in_time = self.stopped_at <= self.due_at
            return Running.MET if in_time else Running.LATE
        if self.is_overdue:
            return Running.OVERDUE
        if self.paused_since is not None:
            return Running.PAUSED
        return Running.WARNED if self.warn_at is not None and self.now >= self.warn_at else Running.OPEN

    @cached_property
    def warn_at(self) -> datetime | None:
        """When to warn: a lead before a typed moment, else a share of the target."""
        policy = self.policy
        if policy.lead is not None:
            return self.calendar.before(self.due_at, policy.lead)
        if policy.warn_share is None or policy.is_typed:
            return None
        if policy.target is None:  # until the end of a day or a shift: a share of the way there
            return self.started_at + (self.due_at - self.started_at) * policy.warn_share
        warn_at = self.calendar.moment_of_share(self.started_at, policy.target, policy.warn_share, self.pauses)
        if self.due_at != self.computed:  # the promise came first: the same share of the shorter way
            return min(warn_at, self.started_at + (self.due_at - self.started_at) * policy.warn_share)
        return warn_at

    @cached_property
    def late_days(self) -> int:
        """Whole working days late; a working day is as long as the longest of the week."""
        if not self.is_overdue:
            return 0
        return self._days_of(self.calendar.elapsed(self.due_at, self.paused_since or self.now))

    @property
    def days_left(self) -> int:
        """Whole working days until it is due."""
        return self._days_of(self.calendar.elapsed(self.now, self.due_at))

    def _days_of(self, spent: timedelta) -> int:
        longest = max((sum(closes - opens for opens, closes in spans) for spans in self.calendar.days.week), default=0)
        return spent // timedelta(microseconds=longest) if longest else 0


class Dues:
    """The due times of one policy. Targets in whole days depend on the day alone, and many rows share one."""

    def __init__(self, policy: Policy, calendar: BusinessCalendar) -> None:
        self.policy = policy
        self.calendar = calendar
        self._by_day: dict[date, datetime] = {}
        target = policy.target
        in_days = target is not None and target.amount > 0 and target.clock is None and target.working is None
        self.is_by_day = in_days and not policy.working_days_only

    def pauses(self, started_at: datetime) -> tuple[Pause, ...]:
        """The days on which a clock that runs on working days only stands still."""
        return _closed_days(self.calendar, started_at) if self.policy.working_days_only else ()

    def known(self, day: date) -> datetime | None:
        """The due time for a start on that day, where it was worked out already."""
        return self._by_day.get(day)

    def due(self, started_at: datetime, pauses: tuple[Pause, ...]) -> datetime:
        """Start + target."""
        if self.policy.target is None:
            raise ValueError(f"{self.policy.id} has neither a target nor a typed due time")
        if pauses or not self.is_by_day:
            return self.calendar.add(started_at, self.policy.target, pauses)
        day = started_at.astimezone(self.calendar.timezone).date()
        known = self._by_day.get(day)
        if known is None:
            known = self._by_day[day] = self.calendar.add(started_at, self.policy.target)
        return known


def clock(
    dues: Dues,
    started_at: datetime,
    now: datetime,
    *,
    stopped_at: datetime | None = None,
    stopped_by_day: bool = False,
    due_at: datetime | None = None,
    pauses: tuple[Pause, ...] = (),
    paused_since: datetime | None = None,
    cap: datetime | None = None,
) -> Clock:
    """One clock at `now`.

    `stopped_by_day`: the stop cell had no time, it is met if its day is not after the due day (60, 23). `due_at`: a
    moment that staff typed (promises); otherwise start + target. `cap`: an earlier promise counts as the deadline.
    """
    if due_at is None:
        if dues.policy.working_days_only:
            pauses = (*pauses, *dues.pauses(started_at))
        due_at = dues.due(started_at, pauses)
    computed = due_at
    if cap is not None and cap < due_at:
        due_at = cap
    return Clock(
        dues.policy,
        dues.calendar,
        now,
        started_at,
        due_at,
        computed,
        stopped_at,
        stopped_by_day,
        pauses,
        paused_since,
    )


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

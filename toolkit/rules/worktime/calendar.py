"""Working time: due moments, time spent, shares and leads on a calendar of opening hours and holidays (30, Python)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from toolkit.rules.worktime.days import Days, YearDays
from toolkit.rules.worktime.duration import Duration, Unit
from toolkit.rules.worktime.pauses import Interval, Pauses, clipped, merged
from toolkit.rules.worktime.timeline import NoWorkingTimeError, Timeline
from toolkit.rules.worktime.walk import WalkedDay, walked
from toolkit.rules.worktime.week import SpanText, WeekText
from toolkit.rules.worktime.zone import instant, local


class BusinessCalendar:
    """Opening hours in one time zone. A naive moment is wall time of that zone, a bare date its 00:00.

    `week` is `{"mon": [("09:00", "18:00")]}` or `{"mon-sat": ["09:00-18:00"]}`. `holidays` take away the spans that start
    that day; `extra_days` win over them (no hours given: Monday's). `days_of_year` adds a country's days below both.
    `names` are words for single days, for `walk` alone. Results are aware, in `timezone`.
    """

    def __init__(
        self,
        timezone: str | ZoneInfo,
        week: WeekText,
        holidays: Iterable[date] = (),
        extra_days: Mapping[date, Iterable[SpanText] | None] | None = None,
        *,
        names: Mapping[date, str] | None = None,
        days_of_year: Callable[[int], YearDays] | None = None,
    ) -> None:
        self.timezone = _zone(timezone)
        self.days = Days(week, holidays, extra_days, names, days_of_year)
        self._timeline = Timeline(self.timezone, self.days.spans)

    def add(self, start: datetime | date, duration: Duration, pauses: Pauses = ()) -> datetime:
        """The due moment.

        bh, bmin: working time from `start` or the next opening; run out exactly at closing, due at closing. bd: close of
        the Nth working day after the day of the event. min, h: real time. d, mo, y: 23:59:59 of that day. Pauses: min and h
        wait the whole pause, bh and bmin its working part, the others skip days wholly paused; one that is still open
        moves nothing. Raises NoWorkingTimeError.
        """
        amount = duration.working_time
        if amount and not pauses and isinstance(start, datetime):
            # The hot path, all in one place: a call of a helper costs a tenth of it.
            zone = self.timezone
            if start.tzinfo is not zone:
                start = start.replace(tzinfo=zone) if start.tzinfo is None else start.astimezone(zone)
            table = self._timeline.current.wall
            if table is not None:
                i = bisect_right(table.closes, start)
                # Not before the first close or beyond the last: there the timetable has to grow.
                if 0 < i < len(table.opens):
                    target = (start - table.bases[i] if start > table.opens[i] else table.sums[i]) + amount
                    last = bisect_left(table.sums, target, i + 1)
                    if last < len(table.sums):
                        return table.bases[last - 1] + target
        elif (
            duration.clock_time is not None and not pauses and isinstance(start, datetime) and start.tzinfo is not None
        ):
            try:
                return (start.astimezone(UTC) + duration.clock_time).astimezone(self.timezone)
            except OverflowError:
                pass  # said below
        return self._local(self._due(self._instant(start), duration, merged(pauses, self._instant, None)))

    def elapsed(self, start: datetime | date, end: datetime | date, pauses: Pauses = ()) -> timedelta:
        """Working time between two moments without the pauses; zero if reversed."""
        first, last = self._instant(start), self._instant(end)
        return timedelta(microseconds=self._worked(first, last, merged(pauses, self._instant, last)))

    def is_working(self, moment: datetime | date) -> bool:
        """Whether the wall clock shows working time; at the closing instant it does not."""
        at = self._instant(moment)
        return self._timeline.covering(at, at).is_open(at)

    def before(self, moment: datetime | date, duration: Duration) -> datetime:
        """The lead: the latest start from which `moment` is `duration` away.

        bh, bmin: counted back through working time, ending at an opening rather than at the closing before it. bd: the
        opening of the Nth working day before the moment's own. min, h: real time. d, mo, y: 00:00 of that day.
        """
        at = self._instant(moment)
        if duration.amount == 0:
            return self._local(at)
        if duration.clock is not None:
            return self._local(at - duration.clock)
        if duration.working is not None:
            return self._local(self._timeline.backwards(at, duration.working))
        day = self._local(at).date()
        if duration.unit is Unit.BUSINESS_DAY:
            return self._local(self._timeline.day_before(day.toordinal(), at, duration.count))
        return self._local(self._instant(_shifted(day, duration, -1)))

    def share(self, start: datetime | date, duration: Duration, now: datetime | date, pauses: Pauses = ()) -> float:
        """How much of the time is gone, in the target's own kind of time (60, 21): 0.0 at the start, 1.0 when due, then more.

        min, h, d, mo, y count real time; bh, bmin, bd working time. An open pause lasts until `now`.
        """
        at, until = self._instant(start), self._instant(now)
        total = self._total(at, duration, merged(pauses, self._instant, None))
        if not total:
            return 1.0 if until >= at else 0.0
        return self._spent(at, until, duration, merged(pauses, self._instant, until)) / total

    def moment_of_share(
        self, start: datetime | date, duration: Duration, share: Fraction | float, pauses: Pauses = ()
    ) -> datetime:
        """When a share (0 to 1) of the time will be gone: `0.8` is the moment of the warning, `1` the due moment."""
        at, stops = self._instant(start), merged(pauses, self._instant, None)
        part = round(self._total(at, duration, stops) * Fraction(str(share)))
        if not _is_working_kind(duration):
            return self._local(_after(at, part, stops))
        return self._local(self._timeline.forwards(at, part, stops))

    def walk(self, start: datetime | date, end: datetime | date, pauses: Pauses = ()) -> tuple[WalkedDay, ...]:
        """Day by day from `start` to `end`: the spans that counted, and why the day has the hours it has."""
        first, last = self._instant(start), self._instant(end)
        return walked(self.timezone, self.days, (first, last), merged(pauses, self._instant, last))

    def _due(self, at: int, duration: Duration, stops: list[Interval]) -> int:
        if duration.clock is not None:
            return _after(at, duration.clock, stops)
        if duration.working is not None:
            return self._timeline.forwards(at, duration.working, stops)
        day = self._local(at).date()
        if duration.unit is Unit.BUSINESS_DAY:
            if duration.amount == 0:
                return self._timeline.forwards(at, 0, stops)
            return self._timeline.day_after(day.toordinal(), at, duration.count, stops)
        if duration.amount == 0:
            return at
        return self._end_of_day(self._skipping(day, _shifted(day, duration, 1), stops))

    def _skipping(self, event: date, due: date, stops: list[Interval]) -> date:
        """The due day, put off by each day after the event that is paused from 00:00 to 24:00."""
        for begin, end in stops:
            first = self._local(begin).date()
            if self._instant(first) < begin:
                first += timedelta(days=1)
            first = max(first, event + timedelta(days=1))
            after = self._local(end).date()
            if first <= due and first < after:
                due += after - first
        return due

    def _end_of_day(self, day: date) -> int:
        # fold=1: of a 23:59:59 that comes twice the later one ends the day.
        return instant(datetime.combine(day, time(23, 59, 59, fold=1), self.timezone))

    def _total(self, at: int, duration: Duration, stops: list[Interval]) -> int:
        """The target's length in its own kind of time, in microseconds."""
        own = duration.clock if duration.clock is not None else duration.working
        return own if own is not None else self._spent(at, self._due(at, duration, stops), duration, stops)

    def _spent(self, start: int, end: int, duration: Duration, stops: list[Interval]) -> int:
        if _is_working_kind(duration):
            return self._worked(start, end, stops)
        return max(0, end - start) - sum(b - a for a, b in clipped(stops, start, end))

    def _worked(self, start: int, end: int, stops: list[Interval]) -> int:
        if start >= end:
            return 0
        table = self._timeline.covering(start, end)
        paused = sum(table.worked(b) - table.worked(a) for a, b in clipped(stops, start, end))
        return table.worked(end) - table.worked(start) - paused

    def _instant(self, moment: datetime | date) -> int:
        if not isinstance(moment, datetime):
            moment = datetime.combine(moment, time(), self.timezone)
        elif moment.tzinfo is None:
            moment = moment.replace(tzinfo=self.timezone)
        return instant(moment)

    def _local(self, at: int) -> datetime:
        try:
            return local(at, self.timezone)
        except OverflowError:
            raise NoWorkingTimeError("The moment is beyond the calendar, which ends with the year 9999") from None


def _zone(timezone: str | ZoneInfo) -> ZoneInfo:
    if isinstance(timezone, ZoneInfo):
        return timezone
    try:
        return ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{timezone!r} is not a time zone; write one such as Asia/Shanghai") from None


def _is_working_kind(duration: Duration) -> bool:
    return duration.working is not None or duration.unit is Unit.BUSINESS_DAY


def _after(at: int, amount: int, stops: Iterable[Interval]) -> int:
    """`amount` of real time after `at`, waiting through each pause that is met before it is over."""
    if not amount:
        return at
    due = at + amount
    for begin, end in stops:
        if end > at and begin < due:
            due += end - max(begin, at)
    return due


def _shifted(day: date, duration: Duration, sign: int) -> date:
    """So many days, months or years away; the last day of a month that is too short."""
    count = sign * duration.count
    try:
        if duration.unit is Unit.DAY:
            return day + timedelta(days=count)
        months = day.year * 12 + day.month - 1 + (count * 12 if duration.unit is Unit.YEAR else count)
        year, month = divmod(months, 12)
        return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    except (OverflowError, ValueError):
        raise NoWorkingTimeError(f"{duration} from {day} is beyond the calendar") from None

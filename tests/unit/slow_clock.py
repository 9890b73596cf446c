"""An independent oracle: working time minute by minute, by looking at the wall clock. Slow, and too simple to be wrong.

It shares no code with the toolkit. Moments, spans and pauses are whole minutes. "A moment is working when its local
wall time lies in a span" (60, 21).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


class SlowClock:
    """`week` is seven lists of (open, close) in minutes of the day, a close up to 2880 lies after midnight."""

    def __init__(self, zone: ZoneInfo, week, holidays=(), extra_days=None, pauses=()) -> None:
        self.zone = zone
        self.week = week
        self.holidays = set(holidays)
        self.extra_days = dict(extra_days or {})
        self.pauses = [(a.astimezone(UTC), b.astimezone(UTC)) for a, b in pauses]

    def spans(self, day: date):
        if day in self.extra_days:
            return self.extra_days[day]
        return [] if day in self.holidays else self.week[day.weekday()]

    def starts_on(self, moment: datetime):
        """The days whose spans hold this moment's wall time."""
        wall = moment.astimezone(self.zone).replace(tzinfo=None)
        found = set()
        for day in (wall.date(), wall.date() - DAY):
            minute = (wall - datetime.combine(day, time())) // MINUTE
            if any(opened <= minute < closed for opened, closed in self.spans(day)):
                found.add(day)
        return found

    def is_paused(self, moment: datetime) -> bool:
        return any(a <= moment < b for a, b in self.pauses)

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        moment, stop, count = start.astimezone(UTC), end.astimezone(UTC), 0
        while moment < stop:
            count += bool(self.starts_on(moment)) and not self.is_paused(moment)
            moment += MINUTE
        return count * MINUTE

    def add(self, start: datetime, minutes: int, *, is_clock: bool = False) -> datetime:
        moment = start.astimezone(UTC)
        if not minutes:
            while not is_clock and not self.starts_on(moment):
                moment += MINUTE
        while minutes:
            minutes -= (is_clock or bool(self.starts_on(moment))) and not self.is_paused(moment)
            moment += MINUTE
        return moment.astimezone(self.zone)

    def before(self, start: datetime, minutes: int) -> datetime:
        moment = start.astimezone(UTC)
        while minutes:
            moment -= MINUTE
            minutes -= bool(self.starts_on(moment))
        return moment.astimezone(self.zone)

    def working_minutes(self, day: date):
        """All minutes that belong to a day, in order: its night span runs into the next."""
        moment = datetime.combine(day, time(), UTC) - DAY
        return [at for i in range(4 * 1440) if day in self.starts_on(at := moment + i * MINUTE)]

    def add_working_days(self, start: datetime, count: int) -> datetime:
        day = start.astimezone(self.zone).date()
        while count:
            day += DAY
            minutes = self.working_minutes(day)
            count -= any(not self.is_paused(minute) for minute in minutes)
        return (minutes[-1] + MINUTE).astimezone(self.zone)

    def days_before(self, moment: datetime, count: int) -> datetime:
        day = moment.astimezone(self.zone).date()
        while count:
            day -= DAY
            minutes = self.working_minutes(day)
            count -= bool(minutes)
        return minutes[0].astimezone(self.zone)

    def add_days(self, start: datetime, count: int) -> datetime:
        day = start.astimezone(self.zone).date()
        while count:
            day += DAY
            moment = datetime.combine(day, time(), UTC) - DAY
            minutes = [at for i in range(4 * 1440) if (at := moment + i * MINUTE).astimezone(self.zone).date() == day]
            count -= not minutes or any(not self.is_paused(minute) for minute in minutes)
        return day

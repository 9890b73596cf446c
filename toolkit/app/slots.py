"""The moments at which a job is to start, counted from its schedule entry. Pure, in UTC; `daemon` does the work."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from toolkit.settings.model import ScheduleEntry

SHORTEST = timedelta(minutes=1)
"""The daemon looks once a minute: a shorter interval means every minute."""
GRACE: Mapping[str, timedelta] = {"digest": timedelta(hours=2)}
"""A morning's digest at noon is noise; all other jobs have the grace of their kind."""
DAILY_GRACE = timedelta(hours=12)
MONTHLY_GRACE = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Passed:
    """What lay between two looks at the clock: `slots` of a dated job one by one, of an `every` job only how many."""

    count: int
    slots: tuple[datetime, ...] = ()


def last_slot(entry: ScheduleEntry, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The newest slot at or before `now`; None for an entry without a time, or before the calendar's first day."""
    if entry.every is not None:
        return _even_slot(entry, now, zone)
    return next((slot for slot in _backwards(entry, now, zone) if slot <= now), None)


def slots_between(entry: ScheduleEntry, since: datetime, now: datetime, zone: ZoneInfo) -> Passed:
    """The slots after `since` and before the newest one at `now`, oldest first: nobody may run them any more."""
    last = last_slot(entry, now, zone)
    if last is None or last <= since:
        return Passed(0)
    if entry.every is not None:
        before = _even_slot(entry, since, zone)
        return Passed((last - before) // interval(entry) - 1)
    # A day that a zone left out (Samoa, 2011) gives the next day's slot once more: one instant is one slot.
    found = sorted(set(takewhile(lambda slot: slot > since, _backwards(entry, now, zone))))
    earlier = tuple(slot for slot in found if slot < last)
    return Passed(len(earlier), earlier)


def grace(entry: ScheduleEntry) -> timedelta:
    """How old a slot may be and still be run; older ones are recorded as missed."""
    if entry.every is not None:
        return interval(entry)
    return GRACE.get(entry.job, DAILY_GRACE if entry.monthly is None else MONTHLY_GRACE)


def interval(entry: ScheduleEntry) -> timedelta:
    """The time between two slots of an `every` entry, a minute at least."""
    if entry.every is None or not entry.every.clock:
        raise ValueError(f"{entry.job} has no interval of clock time")
    return max(timedelta(microseconds=entry.every.clock), SHORTEST)


def _even_slot(entry: ScheduleEntry, now: datetime, zone: ZoneInfo) -> datetime:
    # Evenly in real time from a local midnight of winter: 10min falls on :00 and :10, 24h on midnight, and a change of
    # the clocks neither doubles nor drops a slot.
    anchor = datetime(2000, 1, 1, tzinfo=zone).astimezone(UTC)
    return anchor + (now.astimezone(UTC) - anchor) // interval(entry) * interval(entry)


def _backwards(entry: ScheduleEntry, now: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Slots of a daily or monthly entry, newest first, from at most one after `now`."""
    today = now.astimezone(zone).date()
    if entry.daily is not None:
        for days in range(today.toordinal() - 1):
            yield _instant(today - timedelta(days=days), entry.daily, zone)
    elif entry.monthly is not None and entry.at is not None:
        for months in range(today.year * 12 + today.month - 13):
            yield _instant(_day_of_month(today, months, entry.monthly), entry.at, zone)


def _day_of_month(today: date, months_back: int, day: int) -> date:
    """Day 29 to 31 is the last day of a shorter month."""
    year, month = divmod(today.year * 12 + today.month - 1 - months_back, 12)
    return date(year, month + 1, min(day, monthrange(year, month + 1)[1]))


def _instant(day: date, wall: time, zone: ZoneInfo) -> datetime:
    # fold=0 does both turns of the clock right: a doubled 02:30 is its first one, and one that does not exist is read
    # with the offset before the gap, which is the instant that the wall shows as 03:30.
    return datetime.combine(day, wall.replace(fold=0), tzinfo=zone).astimezone(UTC)

"""The days that the digest speaks of: today, the next working day, how long something has waited."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from toolkit.rules.worktime.calendar import BusinessCalendar

_LONGEST_BREAK = 31
"""Days that are looked through for the next working day °: no break is longer."""


def next_working_day(calendar: BusinessCalendar, today: date) -> date:
    """The first day after `today` on which somebody works; the next day where the calendar knows none."""
    for ahead in range(1, _LONGEST_BREAK):
        day = today + timedelta(days=ahead)
        morning = datetime.combine(day, time(0), tzinfo=calendar.timezone)
        if calendar.elapsed(morning, morning + timedelta(days=1)):
            return day
    return today + timedelta(days=1)


def working_days(calendar: BusinessCalendar, since: datetime, now: datetime) -> int:
    """Whole working days between two moments; a working day is as long as the longest of the week, as in the flags."""
    longest = max((sum(closes - opens for opens, closes in spans) for spans in calendar.days.week), default=0)
    return calendar.elapsed(since, now) // timedelta(microseconds=longest) if longest else 0

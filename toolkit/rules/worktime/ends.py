"""Deadlines that are no amount of time: the end of the working day, the end of the shift (P-24)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from toolkit.rules.worktime.calendar import BusinessCalendar
from toolkit.rules.worktime.duration import Duration
from toolkit.rules.worktime.timeline import NoWorkingTimeError
from toolkit.rules.worktime.week import Span

_NO_TIME = Duration.parse("0bh")
_AHEAD = 370
"""Days in which a shift surely comes again; a calendar that is closed for longer has none."""


class End(StrEnum):
    """`end of day`: close of business. `end of shift`: when the shift ends in which something began."""

    DAY = "end of day"
    SHIFT = "end of shift"

    @classmethod
    def parse(cls, text: str) -> End | None:
        """The end that a text names, however it is spaced; None where it names none."""
        said = " ".join(text.casefold().split())
        return cls(said) if said in set(cls) else None


def end_of_day(calendar: BusinessCalendar, moment: datetime) -> datetime:
    """Close of business of the working day that holds the moment, else of the next one.

    The closing instant itself is not working time: what falls on it waits for the close of the next working day.
    """
    opening = calendar.add(moment, _NO_TIME)
    day = opening.date()
    for first in (day - timedelta(days=1), day):
        spans = calendar.days.spans(first.toordinal())
        if any(opens <= opening < closes for opens, closes in _moments(calendar, first, spans)):
            return _moment(calendar, first, spans[-1][1])
    raise NoWorkingTimeError(f"{opening} is not within a working day")


def end_of_shift(calendar: BusinessCalendar, moment: datetime, shifts: Sequence[Span]) -> datetime:
    """The end of the shift that holds the moment; taken between two shifts it is for the next one to settle.

    Where shifts overlap the one that began last counts: who came on is there to settle it. Days on which the desk is
    closed have no shifts; a desk without shifts works until close of business.
    """
    if not shifts:
        return end_of_day(calendar, moment)
    day = moment.astimezone(calendar.timezone).date()
    ahead = sorted(
        span
        for first in (day - timedelta(days=1), day)
        if calendar.days.spans(first.toordinal())
        for span in _moments(calendar, first, shifts)
    )
    running = [closes for opens, closes in ahead if opens <= moment < closes]
    if running:
        return running[-1]
    for days in range(_AHEAD):
        first = day + timedelta(days=days)
        later = sorted(_moments(calendar, first, shifts)) if calendar.days.spans(first.toordinal()) else []
        found = next((closes for opens, closes in later if opens >= moment), None)
        if found is not None:
            return found
    raise NoWorkingTimeError(f"There is no shift within {_AHEAD} days of {moment}")


def _moments(calendar: BusinessCalendar, day: date, spans: Sequence[Span]) -> Iterator[tuple[datetime, datetime]]:
    return ((_moment(calendar, day, opens), _moment(calendar, day, closes)) for opens, closes in spans)


def _moment(calendar: BusinessCalendar, day: date, microseconds: int) -> datetime:
    wall = datetime.combine(day, time()) + timedelta(microseconds=microseconds)
    return wall.replace(tzinfo=calendar.timezone)

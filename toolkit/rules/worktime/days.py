"""Which hours a date has, and why: its own row, a make-up day, a holiday, or its weekday, in this order (40, Clocks)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache

from toolkit.rules.worktime.week import Spans, SpanText, WeekText, parse_spans, parse_week


class DayKind(StrEnum):
    """Why a day has the hours it has."""

    WORKING = "working"  # by its weekday
    CLOSED = "closed"  # by its weekday
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"  # the country's working day in exchange for a holiday
    EXTRA = "extra"  # a working day of one's own


@dataclass(frozen=True, slots=True)
class DayPlan:
    """A date's hours. `name` is the holiday's or the row's; `is_own`: set by hand, not by week or country."""

    kind: DayKind
    spans: Spans = ()
    name: str = ""
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class YearDays:
    """A country's special days of one year by name: days off, and make-up days on which it works."""

    holidays: Mapping[date, str] = field(default_factory=dict)
    working: Mapping[date, str] = field(default_factory=dict)


NO_DAYS = YearDays()


class Days:
    """Resolves dates. The year's special days are asked for once a year, when a date of it first matters."""

    def __init__(
        self,
        week: WeekText,
        holidays: Iterable[date] = (),
        extra_days: Mapping[date, Iterable[SpanText] | None] | None = None,
        names: Mapping[date, str] | None = None,
        days_of_year: Callable[[int], YearDays] | None = None,
    ) -> None:
        self.week = parse_week(week)
        # A make-up day works Monday's hours (60, 22); a shop closed on Mondays, those of its first working weekday.
        self._make_up_spans = next((spans for spans in self.week if spans), ())
        given = holidays.items() if isinstance(holidays, Mapping) else ((day, "") for day in holidays)
        self._names = {_plain(day): name for day, name in (names or {}).items()}
        self._own = {
            _plain(day): DayPlan(DayKind.HOLIDAY, (), self._name(day, name), is_own=True) for day, name in given
        }
        for day, texts in (extra_days or {}).items():
            spans = parse_spans(texts, str(day)) or self._make_up_spans
            self._own[_plain(day)] = DayPlan(DayKind.EXTRA, spans, self._name(day), is_own=True)
        self._days_of_year = lru_cache(maxsize=None)(days_of_year) if days_of_year else None

    def plan(self, ordinal: int) -> DayPlan:
        """The hours of a date given by its ordinal."""
        day = date.fromordinal(ordinal)
        if (own := self._own.get(day)) is not None:
            return own
        if self._days_of_year is not None:
            special = self._days_of_year(day.year)
            if day in special.working:
                return DayPlan(DayKind.MAKE_UP, self._make_up_spans, special.working[day])
            if day in special.holidays:
                return DayPlan(DayKind.HOLIDAY, (), special.holidays[day])
        spans = self.week[day.weekday()]
        return DayPlan(DayKind.WORKING if spans else DayKind.CLOSED, spans)

    def spans(self, ordinal: int) -> Spans:
        """The working hours alone."""
        return self.plan(ordinal).spans

    def _name(self, day: date, otherwise: object = "") -> str:
        return self._names.get(_plain(day)) or (otherwise if isinstance(otherwise, str) else "")


def _plain(day: date) -> date:
    """A datetime as its date: the two never compare equal."""
    return day.date() if isinstance(day, datetime) else day

"""A country's holidays and make-up working days, and the desk's own tab above them (40, Clocks; 60, 22)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache, partial
from importlib.util import find_spec, module_from_spec
from typing import Protocol, cast
from zoneinfo import ZoneInfo

from toolkit.rules.worktime.calendar import BusinessCalendar
from toolkit.rules.worktime.days import NO_DAYS, YearDays
from toolkit.rules.worktime.week import SpanText, WeekText

# Where the government announces each year's make-up days late in the year before: until then the library has only the
# festivals, estimated. Hungary, Ukraine and others have years without any, which say nothing.
_ANNOUNCES_MAKE_UP_DAYS = frozenset({"CN"})


@dataclass(frozen=True, slots=True)
class HolidayRow:
    """A row of the holidays tab. `hours` None or empty: a working day has Monday's hours."""

    on: date
    name: str
    working: bool
    hours: tuple[SpanText, ...] | None = None


@dataclass(frozen=True, slots=True)
class CountryDays:
    """Holidays and make-up days by name. `provisional` years lack their make-up days so far, `missing` ones have no data."""

    holidays: Mapping[date, str] = field(default_factory=dict)
    working: Mapping[date, str] = field(default_factory=dict)
    provisional: frozenset[int] = frozenset()
    missing: frozenset[int] = frozenset()


class _Library(Protocol):
    """What is used of `holidays.HolidayBase`, which has no types."""

    weekend_workdays: set[date]
    default_language: str | None
    supported_languages: tuple[str, ...]

    def items(self) -> Iterable[tuple[date, str]]: ...


def country_days(country: str, years: Iterable[int], locale: str = "") -> CountryDays:
    """The days of a country (`CN`, with a region `DE-BY`) in some years; names in the locale where the library has it.

    Raises ValueError for a country that the library does not know.
    """
    wanted = frozenset(years)
    if not wanted:
        return CountryDays()
    # A make-up day may lie in the year beside its holiday's: 2006-12-30 made up for January 2007.
    data = _data(country, [year + beside for year in wanted for beside in (-1, 0, 1)], locale)
    days_off = {day: name for day, name in _with_weekends_of_breaks(data, country).items() if day.year in wanted}
    worked = sorted(day for day in data.weekend_workdays if day.year in wanted)
    working = {day: _exchanged_for(day, days_off) for day in worked}
    named = [day for day, _ in data.items()]
    with_days, with_make_up = ({day.year for day in days} for days in (named, working))
    missing = wanted - with_days
    is_announced = country.upper() in _ANNOUNCES_MAKE_UP_DAYS
    provisional = wanted - with_make_up - missing if is_announced else frozenset()
    return CountryDays(days_off, working, provisional, missing)


def calendar_for(
    week: WeekText, timezone: str | ZoneInfo, country: str | None, rows: Iterable[HolidayRow] = (), locale: str = ""
) -> BusinessCalendar:
    """The desk's calendar: a row of the tab > the country's make-up days > its holidays > the weekday.

    Of two rows for one day the later counts. The country's days are loaded a year at a time, when first
    needed; an unknown country is a ValueError then (`country_days` tells at once).
    """
    by_day = {row.on: row for row in rows}
    return BusinessCalendar(
        timezone,
        week,
        holidays=[day for day, row in by_day.items() if not row.working],
        extra_days={day: row.hours for day, row in by_day.items() if row.working},
        names={day: row.name for day, row in by_day.items()},
        days_of_year=years_of(country, locale) if country else None,
    )


@lru_cache(maxsize=32)
def years_of(country: str, locale: str = "") -> Callable[[int], YearDays]:
    """A country's days by year, remembered for all calendars. The library is loaded at the first question: it takes 0.2 s."""

    @lru_cache(maxsize=256)
    def days_of_year(year: int) -> YearDays:
        days = country_days(country, [year], locale)
        return YearDays(days.holidays, days.working) if days.holidays or days.working else NO_DAYS

    return days_of_year


def _data(country: str, years: Iterable[int], locale: str) -> _Library:
    load = partial(_loaded, country, [year for year in sorted(set(years)) if year > 0])
    # Named outright: left alone, the library takes the machine's own language.
    return load(_language(load(None), locale))


def _loaded(country: str, years: list[int], language: str | None) -> _Library:
    from holidays import country_holidays

    code, _, region = country.strip().upper().partition("-")
    try:
        with _no_other_country():
            found = country_holidays(code, subdiv=region or None, years=years, expand=False, language=language)
    except NotImplementedError as error:
        raise ValueError(
            f"No holidays are known for {country!r}; write a code such as CN, DE, DE-BY ({error})"
        ) from None
    return cast("_Library", found)


@contextmanager
def _no_other_country() -> Iterator[None]:
    """Whoever loads one country from the library's package has it import all 250, a tenth of a second at each start.
    So the package stands there empty meanwhile, which a country's own module does not notice.
    """
    name = "holidays.countries"
    spec = None if name in sys.modules else find_spec(name)
    if spec is None:
        yield
        return
    sys.modules[name] = module_from_spec(spec)
    try:
        yield
    finally:
        del sys.modules[name]


def _language(data: _Library, locale: str) -> str | None:
    """The library's language nearest to a locale, else the country's own."""
    wanted = locale.replace("-", "_")
    spoken = [name for name in data.supported_languages if wanted and name.startswith(wanted.partition("_")[0])]
    return wanted if wanted in spoken else next(iter(spoken), data.default_language)


def _with_weekends_of_breaks(data: _Library, country: str) -> Mapping[date, str]:
    """The library names only the weekdays of a break. Where the notice gives whole spans of days, as in China (25 to 27
    September 2026), the weekend that touches a day off belongs to it, or a shop open on Saturdays would count it; not a day
    of it that is worked to make up for another.
    """
    off = dict(data.items())
    if country.upper() not in _ANNOUNCES_MAKE_UP_DAYS:
        return off
    for day, name in sorted(off.items()):
        for step in (-_A_DAY, _A_DAY):
            beside = day + step
            while beside.weekday() >= _SATURDAY and beside not in data.weekend_workdays:
                off.setdefault(beside, name)
                beside += step
    return off


_A_DAY = timedelta(days=1)
_SATURDAY = 5


def _exchanged_for(day: date, days_off: Mapping[date, str]) -> str:
    """The day off that a make-up day pays for, in the library's words, which write that day's date."""
    texts = (day.isoformat(), day.strftime("%m/%d/%Y"), day.strftime("%d.%m.%Y"), day.strftime("%d/%m/%Y"))
    return next(
        (f"{off.isoformat()} {name}" for off, name in days_off.items() if any(text in name for text in texts)), ""
    )

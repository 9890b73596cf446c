"""The hours: holidays that are known, a week that can be right, a schedule that is quick enough for its deadlines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from toolkit.app.symptoms.line import Line, ok, warning
from toolkit.rules.policy import Policy
from toolkit.rules.worktime.calendar import BusinessCalendar
from toolkit.rules.worktime.country import country_days
from toolkit.rules.worktime.duration import Duration, Unit
from toolkit.settings.model import ScheduleEntry, Settings

DAY: Final = timedelta(days=1)
SHARE: Final = 5
"""A run every fifth of the shortest target sees a breach before it is old news (60, 9)."""
_FEW, _MANY = timedelta(hours=10), timedelta(hours=112)  # ° of work in a week


def hours(settings: Settings, now: datetime) -> Iterator[Line]:
    """Calendar, opening hours, schedule."""
    yield from _calendar(settings, now)
    week = _week(settings)
    yield from _opening(settings, week)
    yield from _schedule(settings, week)


def _calendar(settings: Settings, now: datetime) -> Iterator[Line]:
    country, years = settings.calendar.holidays, (now.year, now.year + 1)
    if country is None:
        yield ok("calendar", "no public holidays are counted (calendar.holidays: none), only the tab of days off")
        return
    known = country_days(country, years)
    for year in years:
        if year in known.missing:
            cure = f"update the package: pip install --upgrade holidays; until then type the days of {year} into the tab of days off"
            yield warning("calendar", f"no holidays of {country} are known for {year}", cure)
        elif year in known.provisional:
            cure = (
                "type them into the tab of days off once they are announced, or pip install --upgrade holidays; "
                "deadlines that reach there count as if there were none"
            )
            yield warning("calendar", f"the make-up working days of {country} for {year} are not known yet", cure)
        else:
            count = sum(day.year == year for day in known.holidays)
            more = sum(day.year == year for day in known.working)
            yield ok("calendar", f"{country} {year}: {count} days off, {more} make-up working days")


def _week(settings: Settings) -> timedelta:
    """Work in a plain week, without holidays. The zone is one without summer time: spans are counted, not a real week."""
    calendar = BusinessCalendar("UTC", settings.calendar.week)
    start = datetime(2001, 1, 1, tzinfo=calendar.timezone)  # a Monday
    return calendar.elapsed(start, start + 7 * DAY)


def _opening(settings: Settings, week: timedelta) -> Iterator[Line]:
    said = "; ".join(_days(settings.calendar.week))
    total = f"{week / timedelta(hours=1):g} hours a week"
    if _FEW <= week <= _MANY:
        yield ok("opening hours", f"{total} ({said})")
    else:
        cure = (
            "look at calendar.week in config.yaml: is a day missing, or a span like 09:00-06:00 meant as 09:00-18:00?"
        )
        yield warning("opening hours", f"{total}, which is {'very few' if week < _FEW else 'very many'} ({said})", cure)


def _days(week: Mapping[str, tuple[tuple[str, str], ...]]) -> Iterator[str]:
    """Days of the same hours together: `mon-fri 09:00-12:00, 13:30-18:00`."""
    for spans, group in groupby(week, key=lambda day: week[day]):
        days = list(group)
        name = days[0] if len(days) == 1 else f"{days[0]}-{days[-1]}"
        yield f"{name} {', '.join('-'.join(span) for span in spans)}"


def _schedule(settings: Settings, week: timedelta) -> Iterator[Line]:
    runs = [one for one in settings.schedule if one.job == "run"]
    if not runs:
        cure = "add `run: {every: 10min}` under `schedule`, or let another clock start `aftersales run`"
        yield warning("schedule", "the schedule has no `run`: `aftersales schedule` would not read the registers", cure)
        return
    interval = min(_interval(one) for one in runs)
    day = week / max(len(settings.calendar.week), 1)
    targets = [(_length(one.target, day), one) for one in settings.policies if one.target is not None]
    if not targets:
        yield ok("schedule", f"a run every {_said(interval)}; the preset has no deadlines")
        return
    shortest, policy = min(targets, key=lambda one: one[0])
    found = f"a run every {_said(interval)}; the shortest target is {policy.target} ({_name(policy)})"
    if interval * SHARE > shortest:
        least = max(shortest // SHARE, timedelta(minutes=1))
        minutes = max(least // timedelta(minutes=1), 1)
        yield warning("schedule", f"{found}: it would be noticed late", f"schedule: {{run: {{every: {minutes}min}}}}")
    else:
        yield ok("schedule", found)


def _name(policy: Policy) -> str:
    return f"{policy.id}, {policy.clock}"


def _interval(one: ScheduleEntry) -> timedelta:
    if one.every is not None:
        return one.every.clock_time or DAY
    return DAY if one.daily is not None else 30 * DAY


def _length(target: Duration | None, day: timedelta) -> timedelta:
    """About how long a target is; a working day is as long as the desk's days are."""
    if target is None:
        return timedelta.max
    known = target.clock_time or target.working_time
    if known is not None:
        return known
    return target.count * {Unit.BUSINESS_DAY: day, Unit.MONTH: 30 * DAY, Unit.YEAR: 365 * DAY}.get(target.unit, DAY)


def _said(interval: timedelta) -> str:
    minutes = interval // timedelta(minutes=1)
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:g} h"  # noqa: PLR2004  two hours

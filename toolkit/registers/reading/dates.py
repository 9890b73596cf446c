"""Dates and moments as people type them. Ambiguous or impossible is a finding, never a guess."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache

from toolkit.core.book import Raw
from toolkit.registers.reading.bad import NOT_A_DATE, Bad, bad, formula_error, found
from toolkit.registers.reading.day import Day, read_day
from toolkit.registers.reading.plain import normal
from toolkit.registers.reading.time_of_day import TimeOfDay, read_time

FIRST_YEAR, LAST_YEAR = 1950, 2119
"""Outside these a date is a slip (3026) or a number that was formatted as a date (1900-01-03)."""
_FIRST_SERIAL, _LAST_SERIAL = 20000, 80000  # 1954-10-03 to 2119-01-10
_SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")
_RUN_TOGETHER = re.compile(r"[0-9]{8}(?:[0-9]{4}(?:[0-9]{2})?)?")
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - cells are wall time (60, 20)
_DAY_SECONDS = 86400
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class _Typed:
    """The day that was typed, and the moment, if a time was."""

    day: date
    at: datetime | None = None


def read_date(raw: Raw, today: date, *, is_past: bool = False, zone: tzinfo | None = None) -> date | Bad | None:
    """A day; of a moment, its day. `today`, `is_past`, `zone` as in `read_datetime`."""
    if type(raw) is date and FIRST_YEAR <= raw.year <= LAST_YEAR:
        return raw
    typed = _read(raw, today, is_past, zone)
    return typed.day if isinstance(typed, _Typed) else typed


def read_datetime(
    raw: Raw, today: date, *, is_past: bool = False, zone: tzinfo | None = None
) -> datetime | date | Bad | None:
    """A moment in wall time to the second; a date alone stays a date (60, 23).

    A date without a year (`9月3日`) is taken as near to `today`, the day on which it was presumably typed: within five
    months of it, or, in a column that `is_past`, within ten months before it; further off two years are as likely, and
    it is a finding. `zone` is the book's: a text with `Z` or an offset is moved into it.
    """
    kind = type(raw)
    if kind is datetime and not raw.microsecond and raw.tzinfo is None and FIRST_YEAR <= raw.year <= LAST_YEAR:  # type: ignore[attr-defined]
        return raw  # type: ignore[return-value]
    if kind is date and FIRST_YEAR <= raw.year <= LAST_YEAR:  # type: ignore[attr-defined]
        return raw  # type: ignore[return-value]
    typed = _read(raw, today, is_past, zone)
    if not isinstance(typed, _Typed):
        return typed
    return typed.at or typed.day


def _read(raw: Raw, today: date, is_past: bool, zone: tzinfo | None) -> _Typed | Bad | None:
    match raw:
        case None:
            return None
        case str():
            return formula_error(raw) or _from_text(raw, today, is_past, zone)
        case datetime():
            return _in_range(_from_datetime(raw, zone), raw)
        case date():
            return _in_range(_Typed(raw), raw)
        case bool():
            return bad(NOT_A_DATE, "date.words", found=found(raw))
        case int() | float():
            return _from_number(raw, today)
        case time() | timedelta():
            return bad(NOT_A_DATE, "date.no_day", found=found(raw))
        case _:
            return formula_error(raw) or bad(NOT_A_DATE, "date.words", found=found(raw))


def _from_datetime(moment: datetime, zone: tzinfo | None) -> _Typed:
    if moment.tzinfo is not None and FIRST_YEAR <= moment.year <= LAST_YEAR:
        moment = moment.astimezone(zone or moment.tzinfo)
    moment = moment.replace(tzinfo=None)
    if moment.microsecond and moment.year <= LAST_YEAR:  # a serial number's fraction is not exact
        moment = (moment + timedelta(microseconds=500_000)).replace(microsecond=0)
    return _Typed(moment.date(), moment)


def _from_number(number: float, today: date) -> _Typed | Bad:
    if not math.isfinite(number):
        return bad(NOT_A_DATE, "date.words", found=str(number))
    if _FIRST_SERIAL <= number < _LAST_SERIAL:
        return _from_serial(number)
    if 0 < number < 1:
        return bad(NOT_A_DATE, "date.no_day", found=found(number))
    if number == int(number) and _RUN_TOGETHER.fullmatch(str(int(number))):  # 20260903, typed as one number
        return _from_text(str(int(number)), today, False, None) or bad(NOT_A_DATE, "date.number", found=found(number))
    return bad(NOT_A_DATE, "date.number", found=found(number))


@lru_cache(maxsize=65536)
def _from_serial(number: float) -> _Typed:
    """Days since the epoch; the fraction is rounded to the second before the day is taken (facts D1)."""
    seconds = round(number * _DAY_SECONDS)
    moment = _EPOCH + timedelta(seconds=seconds)
    return _Typed(moment.date(), moment if seconds % _DAY_SECONDS else None)


@lru_cache(maxsize=65536)
def _from_text(typed: str, today: date, is_past: bool, zone: tzinfo | None) -> _Typed | Bad | None:
    text = normal(typed[: 4 * _LONGEST]).casefold().lstrip("'")
    if not text:
        return None
    if len(text) > _LONGEST:
        return bad(NOT_A_DATE, "date.words", found=found(typed))
    if (serial := _serial(text)) is not None:
        return _from_number(serial, today)
    day = read_day(text, today, is_past=is_past)
    if isinstance(day, str):
        return bad(NOT_A_DATE, f"date.{day}", found=found(typed))
    clock: TimeOfDay | str | None = read_time(day.rest, is_iso=day.is_iso) if day.rest else None
    if isinstance(clock, str):
        return bad(NOT_A_DATE, f"date.{clock}", found=found(typed))
    return _in_range(_moment(day, clock, zone), typed)


def _serial(text: str) -> float | None:
    return float(text) if _SERIAL.fullmatch(text) else None


def _moment(day: Day, clock: TimeOfDay | None, zone: tzinfo | None) -> _Typed | str:
    if clock is None or not FIRST_YEAR <= day.on.year <= LAST_YEAR:
        return _Typed(day.on)
    moment = datetime.combine(day.on, time()) + timedelta(seconds=clock.seconds)
    if clock.offset is None:
        return _Typed(day.on, moment)
    if zone is None:
        return "zone"
    there = UTC if not clock.offset else timezone(clock.offset)
    moment = moment.replace(tzinfo=there).astimezone(zone).replace(tzinfo=None)
    return _Typed(moment.date(), moment)


def _in_range(typed: _Typed | str, raw: Raw) -> _Typed | Bad:
    if isinstance(typed, str):
        return bad(NOT_A_DATE, f"date.{typed}", found=found(raw))
    if FIRST_YEAR <= typed.day.year <= LAST_YEAR:
        return typed
    return bad(NOT_A_DATE, "date.far", found=found(raw), year=typed.day.year)

"""What comes again and again: the dates of a plan that begins on a day and repeats (P-20, P-22)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from toolkit.rules.warranty import add_months
from toolkit.rules.worktime.duration import Duration, Unit

_DAYS_OF_WEEK = 7
_MONTHS = {Unit.MONTH: 1, Unit.YEAR: 12}
_WORDS = {
    "day": "1d", "daily": "1d", "每天": "1d", "每日": "1d", "天": "1d",
    "week": "7d", "weekly": "7d", "每周": "7d", "每星期": "7d", "周": "7d",
    "fortnight": "14d", "fortnightly": "14d", "每两周": "14d", "每2周": "14d",
    "month": "1mo", "monthly": "1mo", "每月": "1mo", "每个月": "1mo", "月": "1mo",
    "quarter": "3mo", "quarterly": "3mo", "每季度": "3mo", "每季": "3mo", "季度": "3mo",
    "half-yearly": "6mo", "每半年": "6mo", "半年": "6mo",
    "year": "1y", "yearly": "1y", "annually": "1y", "每年": "1y", "年": "1y",
}  # fmt: skip
"""How people write how often something is done."""
_COUNTED = re.compile(r"(?:every\s+|每)?(?P<n>\d+)\s*(?P<unit>days?|天|日|weeks?|w|周|星期|months?|个月|月|years?|年)")
_UNITS = {
    "d": "d",
    "天": "d",
    "日": "d",
    "w": "w",
    "周": "w",
    "星": "w",
    "m": "mo",
    "个": "mo",
    "月": "mo",
    "y": "y",
    "年": "y",
}


@dataclass(frozen=True, slots=True)
class Interval:
    """So many days, or so many months, between one time and the next; exactly one of them is not zero."""

    days: int = 0
    months: int = 0

    def nth(self, start: date, n: int) -> date:
        """The n-th date after the start; counted from the start, so that 31 January gives 28 February and 31 March."""
        return start + timedelta(days=self.days * n) if self.days else add_months(start, self.months * n)

    def dates(self, start: date, after: date) -> Iterator[date]:
        """The dates of a plan that lie after a day, without end; the start itself is none of them."""
        n = max(self._about(start, after), 1)
        while self.nth(start, n) <= after:
            n += 1
        while True:
            yield self.nth(start, n)
            n += 1

    def _about(self, start: date, after: date) -> int:
        """A count that is surely not behind the first date after a day."""
        if self.days:
            return (after - start).days // self.days
        return ((after.year - start.year) * 12 + after.month - start.month) // self.months - 1


def interval_of(duration: Duration) -> Interval:
    """Days, working days aside, months or years as an interval; ValueError for hours and minutes, and for zero."""
    count = duration.count if duration.unit in (Unit.DAY, *_MONTHS) else 0
    if count < 1:
        raise ValueError(f"what comes again does so after days, months or years, not {duration.amount}{duration.unit}")
    return Interval(days=count) if duration.unit is Unit.DAY else Interval(months=count * _MONTHS[duration.unit])


def read_interval(text: str) -> Interval | None:
    """How often, as staff type it: `monthly`, `每周`, `every 2 weeks`, `3个月`, `10d`, `1mo`; None where it says nothing."""
    said = text.strip().casefold()
    said = _WORDS.get(said, said)
    match = _COUNTED.fullmatch(said)
    if match is not None:
        unit = _UNITS[match["unit"][0]]
        count = int(match["n"]) * (_DAYS_OF_WEEK if unit == "w" else 1)
        return interval_of(Duration(Decimal(count), Unit("d" if unit == "w" else unit))) if count else None
    try:
        return interval_of(Duration.parse(said))
    except ValueError:
        return None

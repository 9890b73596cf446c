"""What comes again and again: dates of a plan, and how people write how often."""

from __future__ import annotations

from datetime import date
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.rules.recurring import Interval, interval_of, read_interval
from toolkit.rules.worktime.duration import Duration

DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
INTERVALS = st.one_of(
    st.builds(Interval, days=st.integers(1, 400)), st.builds(lambda n: Interval(months=n), st.integers(1, 36))
)


@pytest.mark.parametrize(
    ("start", "interval", "after", "expected"),
    [
        ("2026-01-31", "1mo", "2026-01-31", ["2026-02-28", "2026-03-31", "2026-04-30"]),
        ("2024-02-29", "1y", "2024-02-29", ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]),
        ("2024-02-29", "12mo", "2027-02-28", ["2028-02-29", "2029-02-28"]),
        ("2025-11-30", "3mo", "2025-11-30", ["2026-02-28", "2026-05-30", "2026-08-30", "2026-11-30"]),
        ("2026-11-02", "7d", "2026-11-23", ["2026-11-30", "2026-12-07"]),
        ("2026-11-02", "7d", "2026-10-01", ["2026-11-09", "2026-11-16"]),
    ],
)
def test_p_20_dates_count_from_the_first_day_over_month_ends_and_leap_years(start, interval, after, expected):
    found = interval_of(Duration.parse(interval)).dates(date.fromisoformat(start), date.fromisoformat(after))
    assert [one.isoformat() for one in islice(found, len(expected))] == expected


@given(DAYS, INTERVALS, DAYS)
def test_the_dates_of_a_plan_are_all_after_the_day_and_none_is_left_out(start, interval, after):
    slow = (interval.nth(start, n) for n in range(1, 40000))
    expected = list(islice((one for one in slow if one > after), 3))
    assert list(islice(interval.dates(start, after), 3)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("monthly", Interval(months=1)),
        ("每月", Interval(months=1)),
        ("每周", Interval(days=7)),
        ("Every 2 weeks", Interval(days=14)),
        ("每2周", Interval(days=14)),
        ("3个月", Interval(months=3)),
        ("每3个月", Interval(months=3)),
        ("10d", Interval(days=10)),
        ("10 天", Interval(days=10)),
        ("1mo", Interval(months=1)),
        ("2 years", Interval(months=24)),
        ("每半年", Interval(months=6)),
        ("0d", None),
        ("every 0 weeks", None),
        ("2h", None),
        ("3bd", None),
        ("sometimes", None),
        ("每逢佳节", None),
    ],
)
def test_p_22_how_often_is_read_as_people_write_it(text, expected):
    assert read_interval(text) == expected

"""P-20: the days of a contract's visits, and the one that was missed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from toolkit.rules.recurring import Interval
from toolkit.rules.upkeep import Owed


@dataclass(frozen=True)
class Kind:
    interval: Interval
    is_once: bool = False


CHECK, SERVICE, CLEANING = Kind(Interval(months=3)), Kind(Interval(months=12)), Kind(Interval(days=7), is_once=True)


@pytest.mark.parametrize(
    ("start", "kinds", "expected"),
    [
        (date(2025, 11, 30), {"check": CHECK}, ["2026-02-28 check", "2026-05-30 check", "2026-08-30 check"]),
        (date(2025, 8, 31), {"check": CHECK}, ["2026-02-28 check", "2026-05-31 check", "2026-08-31 check"]),
        (date(2024, 2, 29), {"service": SERVICE}, ["2026-02-28 service"]),
        (
            date(2025, 5, 31),
            {"check": CHECK, "service": SERVICE},
            ["2026-02-28 check", "2026-05-31 service", "2026-08-31 check"],
        ),
        (date(2025, 12, 31), {"cleaning": CLEANING}, ["2026-01-07 cleaning"]),
        (date(2025, 12, 31), {}, []),
    ],
)
def test_p_20_visits_are_counted_from_the_acceptance_over_month_ends_and_the_rarer_kind_stands(start, kinds, expected):
    days = Owed(start, kinds).between(date(2025, 12, 31), date(2026, 9, 30))
    assert [f"{day} {name}" for day, name in days] == expected


@pytest.mark.parametrize(
    ("known", "today", "expected"),
    [
        ([], "2025-12-24", None),  # the cleaning before first use belongs to the beginning
        ([], "2026-02-28", None),  # on its day nothing is missed yet
        ([], "2026-03-01", "2026-02-28"),
        ([], "2026-08-31", "2026-08-30"),
        (["2026-02-27"], "2026-03-01", None),
        (["2026-02-28"], "2026-06-01", "2026-05-30"),
        (["2026-08-30"], "2026-06-01", None),
    ],
)
def test_p_20_the_last_visit_that_should_have_been_is_missed_where_nothing_is_known_of_it_or_a_later_one(
    known, today, expected
):
    owed = Owed(date(2025, 11, 30), {"check": CHECK, "cleaning": CLEANING})
    found = owed.missed([date.fromisoformat(one) for one in known], date.fromisoformat(today))
    assert found == (date.fromisoformat(expected) if expected else None)

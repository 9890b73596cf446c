"""How somebody is chosen and sent to a customer, as the rest of the toolkit sees it (20, Vendors)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta

from toolkit.rules.policy import When


@dataclass(frozen=True, slots=True)
class Line:
    """For tickets of a kind one of these skills, or pieces of equipment, is needed."""

    when: When
    any: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DispatchSetting:
    """`needed` says in order for which tickets somebody must go, while their status is one of `statuses`.

    `capacity` is a day of a vendor whose register says none, `hours` a visit that nobody estimated; `travel` lies between two
    visits. The choice in a column of `skill_columns` is a skill that is needed, that in one of `bonus_columns` is welcome;
    `words` are further words for a skill, `*` those for all of them. `slots` divide the board's day; from `evening` on each
    vendor gets the list of the next day. `deductions` are shares of the price that a statement takes off.
    """

    auto_assign: bool
    needed: tuple[tuple[When, bool], ...]
    statuses: frozenset[str]
    points: Mapping[str, float]
    neutral_stars: float
    full_load: int
    capacity: int
    hours: float
    travel: timedelta
    firms_first: bool
    skill_columns: tuple[str, ...]
    bonus_columns: tuple[str, ...]
    skills: tuple[Line, ...]
    equipment: tuple[Line, ...]
    words: Mapping[str, tuple[str, ...]]
    slots: tuple[tuple[time, time], ...]
    evening: time
    deductions: Mapping[str, float]

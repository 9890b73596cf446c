"""The words of dispatching: vendors as they are judged, jobs as they ask, and what comes of it (20, Vendors)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from toolkit.core.reason import Reason

ANY_SKILL = "*"
"""The skill of one who does everything."""


@dataclass(frozen=True, slots=True)
class Vendor:
    """A vendor as dispatching sees it. `key` is unique; `no` and `name` are shown; `shelf` is the book it may be sent from.

    `fault` says why the row itself rules it out; `stars` is None where nobody rated it; `price` is of a visit; `load` are
    the jobs that it has open, `serves` its cities as the register says them.
    """

    key: str
    no: str
    name: str
    cities: frozenset[str]
    district: str = ""
    is_firm: bool = False
    is_active: bool = True
    is_qualified: bool = True
    stars: float | None = None
    skills: frozenset[str] = frozenset()
    equipment: frozenset[str] = frozenset()
    capacity: int = 0
    price: float | None = None
    load: int = 0
    shelf: str = ""
    serves: str = ""
    fault: Reason | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """One of these skills, or pieces of equipment, is needed; `said` is what it is called."""

    any: frozenset[str]
    said: object


@dataclass(frozen=True, slots=True)
class Job:
    """What somebody is to be sent for. `key` is unique and tells jobs apart that are otherwise equal.

    `starts_at` to `ends_at` is the appointment, `day` its day; without an appointment `day` is today: the job is given
    today. A job `is_fixed` that is given at once, before any that is only suggested. `near` are the districts that it lies in, `out` those who said no or nothing, `shunned` those of whose
    manners the customer complained, `known` what the customer thought of a vendor before (1 to 5).
    """

    key: str
    city: str
    day: date
    said_city: str = ""
    is_urgent: bool = False
    is_fixed: bool = False
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    opened_at: datetime | None = None
    skills: tuple[Ask, ...] = ()
    extra: tuple[Ask, ...] = ()
    equipment: tuple[Ask, ...] = ()
    shelf: str = ""
    near: Collection[str] = frozenset()
    out: Mapping[str, Reason] = field(default_factory=dict)
    shunned: Collection[str] = frozenset()
    known: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rules:
    """The configured figures: `points` is the most that each thing can give; `neutral_stars` stands for no data,
    `full_load` open jobs give no points for load any more; `travel` lies between two visits.
    """

    points: Mapping[str, float]
    minimum_stars: float
    neutral_stars: float
    full_load: int
    travel: timedelta
    firms_first: bool = True


POINTS = ("stars", "near", "load", "price", "skill", "known")
"""What points are given for, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A vendor who fits, with the points of each kind; `load` are its open jobs, with those that this run gave it before."""

    vendor: Vendor
    points: tuple[float, ...]
    is_shunned: bool = False
    load: int = 0

    @property
    def total(self) -> float:
        """All points."""
        return round(sum(self.points), 1)


@dataclass(frozen=True, slots=True)
class Passed:
    """A vendor who was passed over, and why."""

    vendor: Vendor
    why: Reason


@dataclass(frozen=True, slots=True)
class Outcome:
    """Who is best, and where it was asked in full: everybody else who fits, best first, and who was passed over."""

    best: Choice | None
    others: tuple[Choice, ...] = ()
    passed: tuple[Passed, ...] = ()

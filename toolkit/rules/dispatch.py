"""Who is sent to a customer: hard filters, weighted points, capacity over all jobs of a run (20, Vendors).

Pure, and the same whatever order jobs and vendors come in. Texts are compared as they are: whoever asks folds them first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache

from toolkit.core.reason import Reason, because

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


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit in a vendor's diary: of which job, from when to when (None: no time agreed)."""

    job: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None


class Diary:
    """Who has what on which day, what stands and what this run gives."""

    def __init__(self) -> None:
        self._days: dict[tuple[str, date], list[Visit]] = defaultdict(list)
        self._hours: dict[tuple[str, date], list[Visit]] = defaultdict(list)
        self._given: dict[str, int] = defaultdict(int)

    def add(self, vendor: str, day: date, visit: Visit) -> None:
        """A visit that stands already."""
        self._days[vendor, day].append(visit)
        for touched in _touched(visit.starts_at, visit.ends_at):
            self._hours[vendor, touched].append(visit)

    def give(self, vendor: str, job: Job) -> None:
        """A job that this run gives to a vendor."""
        self.add(vendor, job.day, Visit(job.key, job.starts_at, job.ends_at))
        self._given[vendor] += 1

    def given(self, vendor: str) -> int:
        """How many jobs this run has given to a vendor so far."""
        return self._given.get(vendor, 0)

    def of(self, vendor: str, day: date) -> Sequence[Visit]:
        """The visits of a day."""
        return self._days.get((vendor, day), ())

    def count(self, vendor: str, day: date, but: str) -> int:
        """How many jobs a vendor has on a day, one of them left out."""
        visits = self._days.get((vendor, day))
        return sum(1 for one in visits if one.job != but) if visits else 0

    def clash(self, vendor: str, job: Job, travel: timedelta) -> Visit | None:
        """The visit that leaves no time for the job."""
        if job.starts_at is None or job.ends_at is None:
            return None
        for day in _touched(job.starts_at, job.ends_at):
            for one in self._hours.get((vendor, day), ()):
                if one.job == job.key or one.starts_at is None or one.ends_at is None:
                    continue
                if one.starts_at < job.ends_at + travel and job.starts_at < one.ends_at + travel:
                    return one
        return None


def _touched(starts_at: datetime | None, ends_at: datetime | None) -> tuple[date, ...]:
    """The days of a visit: it may run past midnight."""
    if starts_at is None or ends_at is None:
        return ()
    first, last = starts_at.date(), ends_at.date()
    return (first,) if first == last else (first, last)


def assign(
    jobs: Iterable[Job], vendors: Iterable[Vendor], rules: Rules, diary: Diary, in_full: Collection[str] = frozenset()
) -> dict[str, Outcome]:
    """The best vendor for each job: urgent ones first, then by appointment, then as they were opened.

    What one job takes of a vendor's day the next one does not have. `in_full` are the jobs for which all is told; of a job
    that nobody fits all is told anyway.
    """
    pool = _Pool(vendors, rules)
    found: dict[str, Outcome] = {}
    for job in sorted(jobs, key=_turn):
        outcome = _outcome(job, pool, rules, diary, is_full=job.key in in_full)
        found[job.key] = outcome
        if outcome.best is not None:
            diary.give(outcome.best.vendor.key, job)
    return found


def _turn(job: Job) -> tuple[object, ...]:
    """Who is served first."""

    def moment(at: datetime | None) -> tuple[bool, float]:
        return (at is None, at.timestamp() if at is not None else 0.0)

    return (not job.is_fixed, not job.is_urgent, *moment(job.starts_at), *moment(job.opened_at), job.key)


class _Pool:
    """The vendors by city; what depends on the vendor and the kind of job alone is worked out once."""

    def __init__(self, vendors: Iterable[Vendor], rules: Rules) -> None:
        self.every = sorted(vendors, key=lambda one: (one.no, one.key))
        self._rules = rules
        self._by_city: dict[tuple[str, str], list[Vendor]] = defaultdict(list)
        for one in self.every:
            for city in one.cities:
                self._by_city[one.shelf, city].append(one)
        self._fit: dict[tuple[object, ...], tuple[list[Vendor], list[Passed]]] = {}

    def fit(self, job: Job) -> tuple[list[Vendor], list[Passed]]:
        """Of the city's vendors those who can do such a job, and the others with the reason."""
        key = (job.shelf, job.city, job.skills, job.equipment)
        if key not in self._fit:
            fit: list[Vendor] = []
            passed: list[Passed] = []
            for one in self._by_city.get((job.shelf, job.city), ()):
                why = unfit(one, job, self._rules)
                if why is None:
                    fit.append(one)
                else:
                    passed.append(Passed(one, why))
            self._fit[key] = (fit, passed)
        return self._fit[key]

    def elsewhere(self, job: Job) -> list[Passed]:
        """The vendors of other cities."""
        return [
            Passed(
                one,
                because("passed.city", cities=one.serves or tuple(sorted(one.cities)), city=job.said_city or job.city),
            )
            for one in self.every
            if one.shelf == job.shelf and job.city not in one.cities
        ]


def unfit(vendor: Vendor, job: Job, rules: Rules) -> Reason | None:
    """Why a vendor cannot do such a job on any day; None where they can. The city is looked at elsewhere."""
    if vendor.fault is not None:
        return vendor.fault
    if not vendor.is_active:
        return because("passed.inactive")
    if not vendor.is_qualified:
        return because("passed.unqualified")
    if vendor.stars is not None and vendor.stars < rules.minimum_stars:
        return because("passed.stars", stars=vendor.stars, minimum=rules.minimum_stars)
    for ask in job.skills:
        if not _has(vendor.skills, ask):
            return because("passed.skill", skill=ask.said)
    for ask in job.equipment:
        if not _has(vendor.equipment, ask):
            return because("passed.equipment", equipment=ask.said)
    return None


def _has(known: frozenset[str], ask: Ask) -> bool:
    return ANY_SKILL in known or not known.isdisjoint(ask.any)


def busy(vendor: Vendor, job: Job, rules: Rules, diary: Diary) -> Reason | None:
    """Why a vendor who could do the job is not sent this time."""
    if vendor.key in job.out:
        return job.out[vendor.key]
    taken = diary.count(vendor.key, job.day, job.key)
    if taken >= vendor.capacity:
        return because("passed.capacity", taken=taken, capacity=vendor.capacity, day=job.day)
    clash = diary.clash(vendor.key, job, rules.travel)
    if clash is not None:
        return because("passed.slot", job=clash.job, at=clash.starts_at)
    return None


def _outcome(job: Job, pool: _Pool, rules: Rules, diary: Diary, *, is_full: bool) -> Outcome:
    able, unable = pool.fit(job)
    fit: list[Vendor] = []
    passed: list[Passed] = []
    for one in able:
        why = busy(one, job, rules, diary)
        if why is None:
            fit.append(one)
        else:
            passed.append(Passed(one, why))
    fit, individuals = _firms(fit, job, rules)
    if not fit:
        elsewhere = pool.elsewhere(job) if is_full else []
        return Outcome(None, (), (*passed, *unable, *elsewhere))
    if not is_full:
        return Outcome(best_of(fit, job, rules, diary))
    ranked = rank(fit, job, rules, diary)
    return Outcome(ranked[0], ranked[1:], (*individuals, *passed, *unable, *pool.elsewhere(job)))


def _firms(fit: list[Vendor], job: Job, rules: Rules) -> tuple[list[Vendor], list[Passed]]:
    """Individuals only where no firm fits (20); a firm that the customer complained of is none."""
    if not rules.firms_first or not any(one.is_firm and one.key not in job.shunned for one in fit):
        return fit, []
    why = because("passed.individual")
    return [one for one in fit if one.is_firm], [Passed(one, why) for one in fit if not one.is_firm]


def rank(fit: Sequence[Vendor], job: Job, rules: Rules, diary: Diary) -> tuple[Choice, ...]:
    """Those who fit, the best first: by points, and where these are equal by number, always the same way."""
    return tuple(_choice(*one) for one in sorted(_judged(fit, job, rules, diary), key=_order))


def best_of(fit: Sequence[Vendor], job: Job, rules: Rules, diary: Diary) -> Choice:
    """The first of `rank`, without sorting out the others."""
    return _choice(*min(_judged(fit, job, rules, diary), key=_order))


_Judged = tuple[bool, float, Vendor, tuple[float, ...], int]


def _judged(fit: Sequence[Vendor], job: Job, rules: Rules, diary: Diary) -> Iterator[_Judged]:
    prices = [one.price for one in fit if one.price is not None]
    range_ = (min(prices), max(prices)) if prices else (0.0, 0.0)
    for one in fit:
        given = diary.given(one.key)
        points = points_of(one, job, rules, given, range_)
        yield one.key in job.shunned, -round(sum(points), 1), one, points, one.load + given


def _order(one: _Judged) -> tuple[object, ...]:
    return (one[0], one[1], one[2].no, one[2].key)


def _choice(is_shunned: bool, _: float, vendor: Vendor, points: tuple[float, ...], load: int) -> Choice:
    return Choice(vendor, points, is_shunned, load)


def points_of(vendor: Vendor, job: Job, rules: Rules, given: int, prices: tuple[float, float]) -> tuple[float, ...]:
    """The points of a vendor in the order of `POINTS`; `prices` are the lowest and the highest of those who fit.

    What is not known gives half: it speaks neither for nor against somebody.
    """
    most = rules.points
    stars = vendor.stars if vendor.stars is not None else rules.neutral_stars
    load = min(1.0, (vendor.load + given) / rules.full_load)
    low, high = prices
    cheap = 0.5 if vendor.price is None else 1.0 if high == low else (high - vendor.price) / (high - low)
    extra = sum(1 for ask in job.extra if _has(vendor.skills, ask)) / len(job.extra) if job.extra else 0.0
    known = (job.known[vendor.key] - 3) / 2 if vendor.key in job.known else 0.0
    return (
        _part(most["stars"], (stars - 1) / 4),
        most["near"] if vendor.district in job.near else 0.0,
        _part(most["load"], 1 - load),
        _part(most["price"], cheap),
        _part(most["skill"], extra),
        _part(most["known"], known),
    )


@lru_cache(maxsize=4096)
def _part(most: float, share: float) -> float:
    return round(most * share, 1)

"""Who is sent to a customer: hard filters, weighted points, capacity over all jobs of a run (20, Vendors).

Pure, and the same whatever order jobs and vendors come in. Texts are compared as they are: whoever asks folds them first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache

from toolkit.core.reason import Reason, because
from toolkit.rules.candidates import ANY_SKILL, Ask, Choice, Job, Outcome, Passed, Rules, Vendor
from toolkit.rules.diary import Diary


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

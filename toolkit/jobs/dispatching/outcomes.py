"""Who is suggested for which ticket: one assignment of the whole run, so that tickets respect each other."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from toolkit.core.reason import Reason, because
from toolkit.jobs.dispatching.crew import crew_of, diary_of, job_key
from toolkit.jobs.dispatching.wanted import Wanted, is_filled, wanted
from toolkit.jobs.ticket.case import Case, Judge
from toolkit.registers.snapshot import Snapshot
from toolkit.rules.candidates import Choice, Outcome, Passed, Rules
from toolkit.rules.dispatch import assign
from toolkit.settings.model import Settings

SHOWN_REASONS = 3
"""So many of those passed over are named in a cell °; `explain` names all."""
NEEDED = ("vendors", "surveys", "tickets")
"""While one of them cannot be read, who is free and who is good is not known."""


@dataclass(frozen=True, slots=True)
class Found:
    """What dispatching found for one ticket."""

    wanted: Wanted
    outcome: Outcome

    @property
    def best(self) -> Choice | None:
        """Who fits best."""
        return self.outcome.best


def found_for(case: Case) -> Found | None:
    """What dispatching found for a ticket; None where it needs nobody, or where that is not known this time."""
    if case.judge is None:
        return None
    return dispatched(case.judge).get(job_key(case))


def dispatched(judge: Judge) -> Mapping[str, Found]:
    """The whole run's assignment, by job."""
    return judge.snapshot.once(("dispatched", judge.now), lambda: assigned(judge))


def assigned(judge: Judge, in_full: Collection[str] = frozenset()) -> Mapping[str, Found]:
    """The assignment worked out anew, for some jobs with everybody who was passed over."""
    snapshot, settings = judge.snapshot, judge.settings
    if snapshot.is_unread(*NEEDED) or not snapshot.of("vendors"):
        return {}
    crew = crew_of(snapshot, settings, judge.now)
    jobs = {one.job.key: one for one in wanted(judge, crew)}
    diary = diary_of(judge, crew)
    outcomes = assign((one.job for one in jobs.values()), crew.vendors, rules_of(settings), diary, in_full)
    return {key: Found(jobs[key], outcome) for key, outcome in outcomes.items()}


def rules_of(settings: Settings) -> Rules:
    """The configured figures."""
    one = settings.dispatch
    return Rules(
        points=one.points,
        minimum_stars=settings.vendors.minimum_stars,
        neutral_stars=one.neutral_stars,
        full_load=one.full_load,
        travel=one.travel,
        firms_first=one.firms_first,
    )


def why_best(choice: Choice) -> Reason:
    """The best match and why, short."""
    vendor = choice.vendor
    stars = because("suggest.new") if vendor.stars is None else because("suggest.stars", stars=vendor.stars)
    _, near, *_ = choice.points
    parts = [stars, *([because("suggest.near")] if near else []), because("suggest.load", n=choice.load)]
    parts += [] if vendor.is_firm else [because("suggest.individual")]
    return because("suggest.best", no=vendor.no, name=vendor.name, points=choice.total, why=tuple(parts))


def why_nobody(found: Found) -> Reason:
    """Why a new vendor has to be found: the reason for each of the city who was passed over."""
    job, passed = found.wanted.job, found.outcome.passed
    if not job.city:
        return because("nobody.no-city")
    if not passed:
        return because("nobody.city", city=job.said_city)
    reasons = tuple(why_passed(one) for one in passed[:SHOWN_REASONS])
    more = len(passed) - len(reasons)
    return because("nobody.more", reasons=reasons, n=more) if more else because("nobody.all", reasons=reasons)


def why_passed(one: Passed) -> Reason:
    """Why one fell out."""
    return because("passed.line", no=one.vendor.no, name=one.vendor.name, why=one.why)


def vendor_to_fill(case: Case) -> str | None:
    """The vendor who is entered for staff, where one is."""
    found = found_for(case) if is_filled(case) else None
    return found.best.vendor.no if found is not None and found.best is not None else None


def explained(snapshot: Snapshot, settings: Settings, now: datetime, case: Case) -> Found | None:
    """A ticket's assignment with the points of everybody and why each other one fell out."""
    judge = case.judge or Judge(snapshot, settings, now)
    key = job_key(case)
    return assigned(judge, frozenset({key})).get(key)

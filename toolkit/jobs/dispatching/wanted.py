"""Which tickets somebody must be sent for, and what each asks of that one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from toolkit.core.reason import Reason, because
from toolkit.jobs.dispatching.crew import Crew, declined_by, job_key
from toolkit.jobs.dispatching.standing import contact_of, verdicts
from toolkit.jobs.dispatching.vocabulary import asks_of, skill_words, tool_words
from toolkit.jobs.ticket.asked import DECLINED, SEEN_AS, SILENT, is_asked, refused_by
from toolkit.jobs.ticket.case import Case, Judge
from toolkit.jobs.ticket.waiting import has_time
from toolkit.registers.order import day_of
from toolkit.registers.places import city_of, lies_in
from toolkit.registers.table import Table
from toolkit.registers.tickets import FROZEN
from toolkit.rules.candidates import Job
from toolkit.rules.policy import fits
from toolkit.settings.sections.dispatch import DispatchSetting

DISPUTE = "service_dispute"
"""The cause of a complaint about manners: apology, and another vendor preferred at the second dispatch (20, Triage)."""


def needs_vendor(setting: DispatchSetting, row: Any) -> bool:
    """Whether somebody must go: the first configured line that fits says so."""
    return row.status in setting.statuses and bool(said_of(setting, row))


def said_of(setting: DispatchSetting, row: Any) -> bool | None:
    """What the first line that fits says of a ticket, whatever its status; None where none fits."""
    return next((is_so for when, is_so in setting.needed if fits(when, row)), None)


def fallen_out(case: Case) -> str | None:
    """How the vendor who stands fell out: declined, silent for too long (P-25), or not at all."""
    judge, row = case.judge, case.row
    if judge is None or not row.vendor:
        return None
    vendor = judge.snapshot.vendor(row.vendor, case.table.book)
    if vendor is None or not is_asked(row, auto_assign=judge.settings.dispatch.auto_assign):
        return None
    if declined_by(judge.snapshot, case, vendor):
        return DECLINED
    clock = case.clock("reply")
    return SILENT if clock is not None and clock.is_overdue else None


def is_filled(case: Case) -> bool:
    """Whether the vendor is entered for staff, where the configuration says so (60, 1): once the ticket is confirmed."""
    row = case.row
    if case.judge is None or not case.judge.settings.dispatch.auto_assign or case.number is None or case.is_doubled:
        return False
    return not row.vendor and not row.has_fault and row.status != "new"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A ticket that somebody is to be sent for, as a job; `how` says how the vendor who stands fell out."""

    case: Case
    job: Job
    how: str | None


def wanted(judge: Judge, crew: Crew) -> tuple[Wanted, ...]:
    """Every ticket that needs a vendor and has none who stands."""
    cases = list(_open(judge))
    customers = frozenset(who for case, _ in cases if (who := contact_of(case.row)))
    thoughts = verdicts(judge.snapshot, judge.settings, customers)
    known: dict[str, dict[str, float]] = defaultdict(dict)
    for (who, vendor), stars in thoughts.items():
        if vendor in crew.by_row:
            known[who][crew.by_row[vendor].key] = stars
    shunned = _shunned(judge, crew, customers)
    districts = _districts(crew)
    return tuple(Wanted(case, _job(judge, crew, case, how, known, shunned, districts), how) for case, how in cases)


def _open(judge: Judge) -> Iterator[tuple[Case, str | None]]:
    setting = judge.settings.dispatch

    def may_need(_: Table, row: Any) -> bool:
        return row.status in setting.statuses and needs_vendor(setting, row)

    for case in judge.cases(may_need):
        if case.row.service_mode is None and not judge.settings.triage.needs_vendor(case.level):
            continue  # of this level nobody visits, unless somebody decided otherwise
        if case.row.started_at is not None and case.row.status != "rework" and not case.reopened_at:
            continue  # somebody is at work, whatever the status says
        if not case.row.vendor:
            yield case, None
        elif (how := fallen_out(case)) is not None:
            yield case, how


def _job(
    judge: Judge,
    crew: Crew,
    case: Case,
    how: str | None,
    known: Mapping[str, Mapping[str, float]],
    shunned: Mapping[str, frozenset[str]],
    districts: Mapping[str, frozenset[str]],
) -> Job:
    snapshot, setting, row = judge.snapshot, judge.settings.dispatch, case.row
    skills, who = skill_words(snapshot, judge.settings), contact_of(row)
    city = city_of(row.city or "")
    at = snapshot.at(case.table, row.visit_at) if row.visit_at is not None and has_time(row.visit_at) else None
    lasting = timedelta(hours=float(row.estimated_hours or setting.hours))
    where = f"{city.rest} {row.address or ''}"
    return Job(
        key=job_key(case),
        city=city.name,
        said_city=row.city or "",
        day=day_of(row.visit_at) if row.visit_at is not None else snapshot.today(case.table, judge.now),
        is_urgent=row.urgency == "urgent",
        is_fixed=is_filled(case),
        starts_at=at,
        ends_at=at + lasting if at else None,
        opened_at=snapshot.at(case.table, row.opened_at) if row.opened_at is not None else None,
        skills=asks_of(row, setting.skill_columns, setting.skills, skills),
        extra=asks_of(row, setting.bonus_columns, (), skills),
        equipment=asks_of(row, (), setting.equipment, tool_words(snapshot, judge.settings)),
        shelf=crew.shelf(case.table.book),
        near=frozenset(one for one in districts.get(city.name, ()) if lies_in(where, one)),
        out=_out(judge, crew, case, how),
        shunned=shunned.get(who, frozenset()) | _own_shunned(judge, crew, case),
        known=known.get(who, {}),
    )


def _districts(crew: Crew) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for one in crew.vendors:
        for city in one.cities if one.district else ():
            found[city].add(one.district)
    return {city: frozenset(names) for city, names in found.items()}


def _out(judge: Judge, crew: Crew, case: Case, how: str | None) -> Mapping[str, Reason]:
    """Who said no to this very job, or nothing, before or now."""
    refused = dict(refused_by(case.seen.get(SEEN_AS, ())))
    standing = judge.snapshot.vendor(case.row.vendor, case.table.book) if how else None
    if how and standing is not None:
        refused[standing.vendor_no] = how
    found = {}
    for number, why in refused.items():
        row = judge.snapshot.vendor(number, case.table.book)
        if row is not None and id(row) in crew.by_row:
            found[crew.by_row[id(row)].key] = because(f"passed.{why}")
    return found


def _own_shunned(judge: Judge, crew: Crew, case: Case) -> frozenset[str]:
    """Of a ticket about manners whoever was asked for it before."""
    if case.row.cause != DISPUTE:
        return frozenset()
    numbers = {span.value.partition("|")[0] for span in case.seen.get(SEEN_AS, ())} - {""}
    rows = (judge.snapshot.vendor(one, case.table.book) for one in numbers)
    return frozenset(crew.by_row[id(row)].key for row in rows if row is not None and id(row) in crew.by_row)


def _shunned(judge: Judge, crew: Crew, customers: frozenset[str]) -> Mapping[str, frozenset[str]]:
    """Customer -> the vendors of whose manners they complained: the one named, else the last who was there before."""
    snapshot = judge.snapshot
    visits: dict[str, list[tuple[str, str, int, bool]]] = defaultdict(list)
    for table, row in snapshot.rows("tickets"):
        who = contact_of(row)
        if who not in customers or row.opened_at is None or row.status in FROZEN - {"closed"}:
            continue
        vendor = snapshot.vendor(row.vendor, table.book)
        is_dispute = row.cause == DISPUTE
        if vendor is not None or is_dispute:
            at = snapshot.at(table, row.opened_at).isoformat()
            visits[who].append((at, row.key or "", id(vendor) if vendor is not None else 0, is_dispute))
    found: dict[str, frozenset[str]] = {}
    for who, rows in visits.items():
        last, named = 0, set()
        for _, _, vendor, is_dispute in sorted(rows):
            last = vendor or last
            if is_dispute and last in crew.by_row:
                named.add(crew.by_row[last].key)
        if named:
            found[who] = frozenset(named)
    return found

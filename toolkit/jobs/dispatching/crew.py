"""The vendor register as dispatching sees it, and who has what on which day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from toolkit.core.reason import because
from toolkit.jobs.dispatching.standing import ratings
from toolkit.jobs.dispatching.vocabulary import skill_words, tool_words
from toolkit.jobs.ticket.asked import DECLINED, SEEN_AS, asked_since, has_declined, is_asked
from toolkit.jobs.ticket.case import Case, Judge
from toolkit.jobs.ticket.waiting import has_time
from toolkit.jobs.workload import NONE, workload
from toolkit.registers.order import day_of
from toolkit.registers.places import cities_of, district_of
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table
from toolkit.rules.candidates import Vendor
from toolkit.rules.diary import Diary, Visit
from toolkit.settings.model import Settings

TAKEN_AWAY = frozenset({"cancelled", "out_of_scope", "merged"})
"""Statuses in which nobody goes any more."""
_PRICE = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Crew:
    """Every vendor, those of a row by its identity, and whose book has vendors of its own."""

    vendors: tuple[Vendor, ...]
    by_row: Mapping[int, Vendor]
    rows: Mapping[str, Any]
    shelves: frozenset[str]

    def shelf(self, book: str) -> str:
        """Vendor numbers count from one in each book: a book's own vendors are taken, or everybody's where it has none."""
        return book if book in self.shelves and len(self.shelves) > 1 else ""


def crew_of(snapshot: Snapshot, settings: Settings, now: datetime) -> Crew:
    """The vendors of a run."""
    return snapshot.once(("crew", now), lambda: _crew(snapshot, settings, now))


def _crew(snapshot: Snapshot, settings: Settings, now: datetime) -> Crew:
    loads, rated = workload(snapshot), ratings(snapshot, settings, now)
    tables = snapshot.of("vendors")
    shelves = frozenset(table.book for table in tables if table.rows)
    by_row: dict[int, Vendor] = {}
    rows: dict[str, Any] = {}
    for table in tables:
        for row in table.rows:
            shelf = table.book if len(shelves) > 1 else ""
            load = loads.get(id(row), NONE).open
            one = _vendor(snapshot, settings, table, row, shelf, rated.get(id(row)), load)
            by_row[id(row)], rows[one.key] = one, row
    return Crew(tuple(by_row.values()), by_row, rows, shelves)


def _vendor(
    snapshot: Snapshot, settings: Settings, table: Table, row: Any, shelf: str, stars: float | None, load: int
) -> Vendor:
    is_whole = not row.has_fault and row.key is not None and row.key in table.by_key
    price = _PRICE.search(row.rate.replace(",", "")) if row.rate else None
    return Vendor(
        key=f"{table.book}|{row.key}|{'' if is_whole else row.row}",
        no=row.vendor_no or "",
        name=row.name or "",
        cities=frozenset(cities_of(row.city)) if row.city else frozenset(),
        district=district_of(row.district) if row.district else "",
        is_firm=row.is_firm is True,
        is_active=row.active is not False,
        is_qualified=row.qualified is True,
        stars=stars,
        skills=skill_words(snapshot, settings).found(row.skills or ()),
        equipment=tool_words(snapshot, settings).found(row.equipment or ()),
        capacity=int(row.day_capacity) if row.day_capacity is not None else settings.dispatch.capacity,
        price=float(price[0]) if price else None,
        load=load,
        shelf=shelf,
        serves=row.city or "",
        fault=None if is_whole else because("passed.row"),
    )


@dataclass(frozen=True, slots=True)
class Stop:
    """A visit that stands: whose, when, with which vendor (its row). `starts_at` is None where only the day is agreed."""

    case: Case
    vendor: Any
    day: date
    starts_at: datetime | None
    ends_at: datetime | None


def stops_of(judge: Judge) -> tuple[Stop, ...]:
    """Every visit from yesterday on, in the order of the registers; worked out once a run."""
    return judge.snapshot.once(("stops", judge.now), lambda: tuple(stops_from(judge, None)))


def stops_from(judge: Judge, first: date | None) -> list[Stop]:
    """Every visit from a day on; from yesterday where none is named."""
    snapshot, found = judge.snapshot, []

    def may_matter(table: Table, row: Any) -> bool:
        if not row.vendor or row.visit_at is None or row.status in TAKEN_AWAY:
            return False
        since = first or snapshot.today(table, judge.now) - timedelta(days=1)
        is_near: bool = day_of(row.visit_at) >= since
        return is_near

    for case in judge.cases(may_matter):
        table, row = case.table, case.row
        vendor = snapshot.vendor(row.vendor, table.book)
        if vendor is None or row.visit_at is None or declined_by(snapshot, case, vendor):
            continue
        starts_at = snapshot.at(table, row.visit_at) if has_time(row.visit_at) else None
        lasting = timedelta(hours=float(row.estimated_hours or judge.settings.dispatch.hours))
        found.append(Stop(case, vendor, day_of(row.visit_at), starts_at, starts_at + lasting if starts_at else None))
    return found


def declined_by(snapshot: Snapshot, case: Case, vendor: Any) -> bool:
    """Whether the vendor who stands said no to this job."""
    if case.row.vendor_reply != DECLINED:
        return False
    return has_declined(snapshot, case.table, case.row, case.seen.get(SEEN_AS, ()), vendor.vendor_no)


def diary_of(judge: Judge, crew: Crew) -> Diary:
    """What every vendor has on every day: the visits, and the jobs without a time that were given today."""
    diary, snapshot = Diary(), judge.snapshot
    for stop in stops_of(judge):
        vendor = crew.by_row.get(id(stop.vendor))
        if vendor is not None:
            diary.add(vendor.key, stop.day, Visit(job_key(stop.case), stop.starts_at, stop.ends_at))
    is_auto = judge.settings.dispatch.auto_assign

    def is_open_ended(_: Table, row: Any) -> bool:
        return bool(row.vendor) and row.visit_at is None and is_asked(row, auto_assign=is_auto)

    for case in judge.cases(is_open_ended):
        row = snapshot.vendor(case.row.vendor, case.table.book)
        vendor = crew.by_row.get(id(row)) if row is not None else None
        if row is None or vendor is None or declined_by(snapshot, case, row):
            continue
        today = snapshot.today(case.table, judge.now)
        since = asked_since(case.seen.get(SEEN_AS, ()), row.vendor_no, judge.now)
        if snapshot.today(case.table, since) == today:
            diary.add(vendor.key, today, Visit(job_key(case)))
    return diary


def job_key(case: Case) -> str:
    """A ticket's name among jobs: its number where that names one row, else its place."""
    if case.number is not None and not case.is_doubled:
        several = len(case.judge.snapshot.of("tickets")) > 1 if case.judge is not None else False
        return f"{case.number}@{case.table.book}" if several else case.number
    return f"{case.number or ''}#{case.table.book}:{case.row.row}"

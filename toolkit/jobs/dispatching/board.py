"""The day board: every vendor by slot, what clashes, what is free, and what is still to be given to somebody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from toolkit.core.reason import Reason
from toolkit.jobs.dispatching.clashes import overlaps
from toolkit.jobs.dispatching.crew import Stop, crew_of, stops_from
from toolkit.jobs.dispatching.outcomes import Found, dispatched, why_best, why_nobody
from toolkit.jobs.ticket.case import Judge
from toolkit.registers.places import city_of
from toolkit.rules.candidates import Vendor

DAYS = 2
"""Today and tomorrow (20, Digest and report)."""
Slot = tuple[time, time]


@dataclass(frozen=True, slots=True)
class Cell:
    """A vendor's slot: the visits that begin in it, whether one of them clashes, whether another could be taken."""

    stops: tuple[Stop, ...]
    is_clash: bool
    is_free: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A vendor's day. `other` are visits outside the slots, or without a time."""

    vendor: Vendor
    taken: int
    cells: tuple[Cell, ...]
    other: tuple[Stop, ...]

    @property
    def is_clashing(self) -> bool:
        """Whether two visits of the day overlap."""
        return any(one.is_clash for one in self.cells)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A ticket of the day (or of no day yet) that nobody has: who is suggested, or why nobody is."""

    found: Found
    advice: Reason


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the board; `clashes` counts the visits that overlap with another one."""

    day: date
    is_open: bool
    lines: tuple[Line, ...]
    waiting: tuple[Waiting, ...]
    visits: int
    clashes: int


def board(judge: Judge, first: date, city: str | None = None) -> tuple[Day, ...]:
    """The board of a day and the next one; with `city` only what is there."""
    stops = [one for one in stops_from(judge, first) if one.day < first + timedelta(days=DAYS)]
    clashing = {id(stops[place]) for place in overlaps(stops)}
    return tuple(_day(judge, first + timedelta(days=ahead), stops, clashing, ahead, city) for ahead in range(DAYS))


def _day(judge: Judge, day: date, stops: Sequence[Stop], clashing: set[int], ahead: int, city: str | None) -> Day:
    crew = crew_of(judge.snapshot, judge.settings, judge.now)
    wanted = city_of(city).name if city else None
    its: dict[int, list[Stop]] = defaultdict(list)
    for one in stops:
        if one.day == day:
            its[id(one.vendor)].append(one)
    is_open = _is_open(judge, day)
    lines = [
        _line(judge, vendor, day, its.get(row, ()), clashing, is_open=is_open)
        for row, vendor in crew.by_row.items()
        if (wanted is None or wanted in vendor.cities) and (row in its or _may_come(judge, vendor))
    ]
    lines.sort(key=lambda one: (one.vendor.serves, one.vendor.no, one.vendor.key))
    shown = [stop for line in lines for stop in (*(s for cell in line.cells for s in cell.stops), *line.other)]
    return Day(
        day,
        is_open,
        tuple(lines),
        tuple(_waiting(judge, day, wanted, is_first=ahead == 0)),
        len(shown),
        sum(1 for one in shown if id(one) in clashing),
    )


def _may_come(judge: Judge, vendor: Vendor) -> bool:
    """Whether a vendor may be sent anywhere at all."""
    is_good = vendor.stars is None or vendor.stars >= judge.settings.vendors.minimum_stars
    return vendor.fault is None and vendor.is_active and vendor.is_qualified and is_good


def _is_open(judge: Judge, day: date) -> bool:
    zone = judge.snapshot.calendar.timezone
    morning = datetime.combine(day, time(0), tzinfo=zone)
    return bool(judge.snapshot.calendar.elapsed(morning, morning + timedelta(days=1)))


def _line(judge: Judge, vendor: Vendor, day: date, stops: Sequence[Stop], clashing: set[int], *, is_open: bool) -> Line:
    slots, zone = judge.settings.dispatch.slots, judge.settings.timezone
    in_order = sorted(stops, key=lambda one: (one.starts_at is None, str(one.case.row.visit_at), one.case.number or ""))
    placed: Mapping[int, list[Stop]] = defaultdict(list)
    other: list[Stop] = []
    for one in in_order:
        at = next((n for n, slot in enumerate(slots) if _begins_in(one, slot)), None)
        (other if at is None else placed[at]).append(one)
    has_room = is_open and _may_come(judge, vendor) and len(stops) < vendor.capacity
    cells = []
    for n, (opens, closes) in enumerate(slots):
        starts, ends = (datetime.combine(day, at, tzinfo=zone) for at in (opens, closes))
        is_taken = any(_overlaps(one, starts, ends) for one in stops)
        its = tuple(placed[n])
        is_free = has_room and not is_taken and ends > judge.now
        cells.append(Cell(its, any(id(one) in clashing for one in its), is_free))
    return Line(vendor, len(stops), tuple(cells), tuple(other))


def _begins_in(stop: Stop, slot: Slot) -> bool:
    visit_at: Any = stop.case.row.visit_at
    return isinstance(visit_at, datetime) and slot[0] <= visit_at.time() < slot[1]


def _overlaps(stop: Stop, starts: datetime, ends: datetime) -> bool:
    return stop.starts_at is not None and stop.ends_at is not None and stop.starts_at < ends and starts < stop.ends_at


def _waiting(judge: Judge, day: date, wanted: str | None, *, is_first: bool) -> list[Waiting]:
    """The tickets that somebody is looked for: those of the day, and on the first day those without a time."""
    found = []
    for one in dispatched(judge).values():
        row, job = one.wanted.case.row, one.wanted.job
        is_of_day = job.day == day if row.visit_at is not None else is_first
        if is_of_day and (wanted is None or job.city == wanted):
            found.append(Waiting(one, why_best(one.best) if one.best is not None else why_nobody(one)))
    return sorted(found, key=lambda one: (str(one.found.wanted.case.row.visit_at or "~"), one.found.wanted.job.key))

"""Two visits of one vendor at one time: whoever goes to both cannot (20, Digest and report: clashes)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from toolkit.core.finding import Finding, Severity
from toolkit.core.reason import because
from toolkit.jobs.dispatching.crew import Stop, stops_of
from toolkit.jobs.ticket.case import Judge
from toolkit.registers.schema import Fault
from toolkit.registers.tickets import FINISHED

SHOWN = 3
"""So many of the visits that one overlaps with are named °."""


def overlaps(stops: Sequence[Stop]) -> dict[int, list[int]]:
    """Place of a visit -> the places of those that it overlaps with, of the same vendor; at most `SHOWN` of each."""
    found: dict[int, list[int]] = defaultdict(list)
    by_vendor: dict[int, list[tuple[datetime, datetime, int]]] = defaultdict(list)
    for place, one in enumerate(stops):
        if one.starts_at is not None and one.ends_at is not None:
            by_vendor[id(one.vendor)].append((one.starts_at, one.ends_at, place))
    for visits in by_vendor.values():
        visits.sort()
        for at, (_, ends_at, place) in enumerate(visits):
            for starts_later, _, other in visits[at + 1 : at + 1 + SHOWN]:
                if starts_later >= ends_at:
                    break
                found[place].append(other)
                if len(found[other]) < SHOWN:
                    found[other].append(place)
    return found


def clashes(judge: Judge) -> Iterator[Finding]:
    """A warning at each visit to come that overlaps with another one of its vendor."""
    if judge.snapshot.is_unread("vendors"):
        return
    stops = [
        one
        for one in stops_of(judge)
        if one.case.row.status not in FINISHED and one.case.row.finished_at is None and _is_to_come(one, judge.now)
    ]
    for place, others in sorted(overlaps(stops).items()):
        case = stops[place].case
        names = tuple(stops[one].case.number or stops[one].case.table.place(stops[one].case.row.row, None).cell
            for one in others[:SHOWN])  # fmt: skip
        fault = Fault("visit-clash", "visit_at", because("clash.visits", others=names), Severity.WARNING)
        yield case.table.finding(case.row, fault)


def _is_to_come(stop: Stop, now: datetime) -> bool:
    return stop.ends_at is not None and stop.ends_at > now

"""The walk along a calendar, day by day, for `explain`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from toolkit.rules.worktime.days import DayKind, Days
from toolkit.rules.worktime.pauses import Interval, clipped, without
from toolkit.rules.worktime.zone import DAY, ZoneMap, local, midnight


@dataclass(frozen=True, slots=True)
class WalkedDay:
    """A day of the walk: the spans that counted (a span across midnight at the day it starts on) and why it has them.

    `name` is the holiday's or the row's; `is_own`: the day was set by hand, not by the week or the country.
    """

    on: date
    spans: tuple[tuple[datetime, datetime], ...]
    kind: DayKind
    name: str = ""
    is_own: bool = False

    @property
    def counted(self) -> timedelta:
        """The working time of these spans, as real time."""
        return sum((_real(end) - _real(start) for start, end in self.spans), timedelta())


def walked(zone: tzinfo, days: Days, within: Interval, pauses: Iterable[Interval]) -> tuple[WalkedDay, ...]:
    """Every day between two instants, the first and last too, and the day before if its night span reaches in."""
    start, end = within
    if start > end:
        return ()
    first, last = local(start, zone).date().toordinal(), local(end, zone).date().toordinal()
    zones = ZoneMap(zone, midnight(first) - 4 * DAY, midnight(last) + 4 * DAY)
    found: list[WalkedDay] = []
    covered = midnight(first - 1)
    stops = list(pauses)
    for ordinal in range(first - 1, last + 1):
        plan = days.plan(ordinal)
        counted: list[Interval] = []
        for opened, closed in plan.spans:
            opened_at, closed_at = max(midnight(ordinal) + opened, covered), midnight(ordinal) + closed
            covered = max(covered, closed_at)
            if opened_at < closed_at:
                pieces = [(piece.start, piece.end) for piece in zones.pieces(opened_at, closed_at)]
                for piece in clipped(_joined(pieces), start, end):
                    counted += without(piece, stops)
        if ordinal >= first or counted:
            spans = tuple((local(a, zone), local(b, zone)) for a, b in counted)
            found.append(WalkedDay(date.fromordinal(ordinal), spans, plan.kind, plan.name, plan.is_own))
    return tuple(found)


def _joined(pieces: Iterable[Interval]) -> list[Interval]:
    """Pieces that a change of the clocks cut without a break, as one."""
    found: list[Interval] = []
    for start, end in pieces:
        if found and found[-1][1] == start:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _real(moment: datetime) -> datetime:
    """In UTC: datetimes of one zone subtract as wall times otherwise."""
    return moment.astimezone(UTC)

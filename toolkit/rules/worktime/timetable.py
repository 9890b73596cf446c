"""All working time of some years laid end to end, with running sums: any question is a binary search or two."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo

from toolkit.rules.worktime.week import Spans
from toolkit.rules.worktime.zone import DAY, Piece, ZoneMap, local, midnight


@dataclass(frozen=True, slots=True)
class WallTable:
    """The same pieces in wall time of the zone, for calendars whose clocks change outside working hours.

    There, wall times of one zone compare and subtract as real ones do, without asking the zone: an addition takes half
    the time. `sums` is as in the timetable; `bases[i]` is the opening of piece i less `sums[i]`, so that `bases[i]` plus
    the working time since the start is a wall time in piece i, and back.
    """

    opens: list[datetime]
    closes: list[datetime]
    bases: list[datetime]
    sums: list[timedelta]


TEN_YEARS = 3653 * DAY  # ten years hold two leap days or three


@dataclass(frozen=True, slots=True)
class Timetable:
    """The working time between the instants `start` and `end`, in microseconds since 1970 UTC.

    Piece i is open from `opens[i]` to `closes[i]`, disjoint and in order. `sums[i]` is the working time before piece i,
    `sums[-1]` all of it. `days` are the ordinals of the days that have working time, with their first opening and last
    close. `has_desert`: somewhere ten years pass without an opening. `wall` answers faster, where it may.
    """

    start: int
    end: int
    opens: list[int] = field(default_factory=list)
    closes: list[int] = field(default_factory=list)
    sums: list[int] = field(default_factory=lambda: [0])
    days: list[int] = field(default_factory=list)
    day_opens: list[int] = field(default_factory=list)
    day_closes: list[int] = field(default_factory=list)
    has_desert: bool = False
    wall: WallTable | None = None

    def worked(self, at: int) -> int:
        """Working time between the table's start and an instant."""
        i = bisect_right(self.opens, at)
        return self.sums[i - 1] + min(at, self.closes[i - 1]) - self.opens[i - 1] if i else 0

    def reached(self, total: int) -> int:
        """The first instant by which `total` (more than 0) was worked: at closing, not at the opening that follows."""
        i = bisect_left(self.sums, total) - 1
        return self.opens[i] + total - self.sums[i]

    def left(self, total: int) -> int:
        """The last instant by which only `total` (less than all) was worked: at the opening, not at the closing before."""
        i = bisect_right(self.sums, total) - 1
        return self.opens[i] + total - self.sums[i]

    def is_open(self, at: int) -> bool:
        """Whether an instant is working time; the closing instant is not."""
        i = bisect_right(self.opens, at)
        return bool(i) and at < self.closes[i - 1]


def build(zone: tzinfo, days: range, spans_of: Callable[[int], Spans]) -> Timetable:
    """Lay out the spans of some days (ordinals).

    The table answers for two days less at either end: a span of the day before the first may reach into it, and at the
    end wall time of later days may be shown before the last span closes.
    """
    zones = ZoneMap(zone, midnight(days.start) - 3 * DAY, midnight(days.stop) + 3 * DAY)
    table = Timetable(midnight(days.start) + 2 * DAY, midnight(days.stop) - 2 * DAY)
    found: list[Piece] = []
    covered = midnight(days.start)
    for ordinal in days:
        spans = spans_of(ordinal)
        if not spans:
            continue
        base = midnight(ordinal)
        pieces: list[Piece] = []
        for opened, closed in spans:
            whole = zones.pieces(base + opened, base + closed)
            pieces += whole
            # A span of the evening before may still run: shared time counts once.
            free = max(base + opened, covered)
            if free < base + closed:
                found += whole if free == base + opened else zones.pieces(free, base + closed)
                covered = base + closed
        if pieces:
            table.days.append(ordinal)
            table.day_opens.append(min(piece.start for piece in pieces))
            table.day_closes.append(max(piece.end for piece in pieces))
    _lay_out(table, found)
    gaps = zip(table.closes, table.opens[1:], strict=False)
    has_desert = any(opened - closed > TEN_YEARS for closed, opened in gaps)
    is_plain = not has_desert and not any(_is_near(table, change, by) for change, by in zones.changes())
    return replace(table, has_desert=has_desert, wall=_walled(table, zone) if is_plain else None)


def _lay_out(table: Timetable, pieces: list[Piece]) -> None:
    for piece in sorted(pieces, key=lambda piece: piece.start):
        start = max(piece.start, table.start)
        if piece.start < table.end and start < piece.end:
            table.opens.append(start)
            table.closes.append(piece.end)
            table.sums.append(table.sums[-1] + piece.end - start)


def _is_near(table: Timetable, change: int, by: int) -> bool:
    """Whether anything is open where the wall clock skips, repeats, or would be misread after a skip."""
    i = bisect_right(table.closes, change - abs(by))
    return i < len(table.opens) and table.opens[i] <= change + abs(by)


def _walled(table: Timetable, zone: tzinfo) -> WallTable:
    opens = [local(at, zone) for at in table.opens]
    closes = [local(at, zone) for at in table.closes]
    sums = [timedelta(microseconds=total) for total in table.sums]
    return WallTable(opens, closes, [at - total for at, total in zip(opens, sums, strict=False)], sums)

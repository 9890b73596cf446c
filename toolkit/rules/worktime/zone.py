"""A time zone as segments of one offset, so that wall time and real time convert by adding whole microseconds."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY = date(1970, 1, 1).toordinal()
DAY = 86_400_000_000  # microseconds
_SECOND = 1_000_000


def instant(moment: datetime) -> int:
    """An aware datetime in microseconds since 1970 UTC, exactly."""
    since = moment - EPOCH
    return (since.days * 86_400 + since.seconds) * _SECOND + since.microseconds


def local(at: int, zone: tzinfo) -> datetime:
    """The aware datetime of an instant."""
    return (EPOCH + timedelta(microseconds=at)).astimezone(zone)


def midnight(ordinal: int) -> int:
    """A day's 00:00 in microseconds of wall time since 1970-01-01 00:00."""
    return (ordinal - EPOCH_DAY) * DAY


@dataclass(frozen=True, slots=True)
class Segment:
    """Instants from `start` to `end` in which the wall clock runs `offset` ahead of UTC."""

    start: int
    end: int
    offset: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a span that lies in one segment, as instants."""

    start: int
    end: int


def segments(zone: tzinfo, start: int, end: int) -> tuple[Segment, ...]:
    """The zone between two instants, cut where its offset changes."""
    starts = [start, *_changes(zone, start, end)]
    ends = [*starts[1:], end]
    return tuple(Segment(first, last, _offset(zone, first)) for first, last in zip(starts, ends, strict=True))


class ZoneMap:
    """Finds the instants at which a zone's wall clock shows a span."""

    def __init__(self, zone: tzinfo, start: int, end: int) -> None:
        self._segments = segments(zone, start, end)
        self._starts = [segment.start for segment in self._segments]

    def pieces(self, opened: int, closed: int) -> list[Piece]:
        """All instants whose wall time lies in [opened, closed): one piece on most days, none in a gap, two at a fold."""
        found: list[Piece] = []
        # No offset exceeds a day, so the segments that may show this wall time start near it.
        first = max(0, bisect_right(self._starts, opened - DAY) - 1)
        for segment in self._segments[first:]:
            if segment.start >= closed + DAY:
                break
            start = max(opened - segment.offset, segment.start)
            end = min(closed - segment.offset, segment.end)
            if start < end:
                found.append(Piece(start, end))
        return found

    def changes(self) -> list[tuple[int, int]]:
        """The instants at which the clocks change, and by how much."""
        pairs = zip(self._segments, self._segments[1:], strict=False)
        return [(after.start, after.offset - before.offset) for before, after in pairs]


def _offset(zone: tzinfo, at: int) -> int:
    offset = local(at, zone).utcoffset()
    return 0 if offset is None else round(offset.total_seconds() * _SECOND)


def _changes(zone: tzinfo, start: int, end: int) -> list[int]:
    """The instants at which the offset changes. No zone changes there and back within a day."""
    found: list[int] = []
    low, low_offset = start, _offset(zone, start)
    while low < end:
        high = min(low + DAY, end)
        high_offset = _offset(zone, high)
        if high_offset != low_offset:
            found.append(_change(zone, low, high))
        low, low_offset = high, high_offset
    return found


def _change(zone: tzinfo, low: int, high: int) -> int:
    """The first instant with the new offset, to the second: transitions are whole seconds."""
    before = _offset(zone, low)
    while high - low > _SECOND:
        middle = low + (high - low) // (2 * _SECOND) * _SECOND
        if _offset(zone, middle) == before:
            low = middle
        else:
            high = middle
    return high

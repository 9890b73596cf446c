"""Pauses of a clock: put in order, laid together, and taken off."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime

# From, until. None as the end: still paused.
Pauses = Iterable[tuple[datetime | date, datetime | date | None]]
Interval = tuple[int, int]


def merged(pauses: Pauses, instant_of: Callable[[datetime | date], int], until: int | None) -> list[Interval]:
    """Pauses as instants, sorted, disjoint, none touching. A reversed or empty one counts nothing.

    An open pause lasts `until`; where that is None it is left out: while it lasts, a due time stands as it was (60, 8).
    """
    found: list[Interval] = []
    for begin, end in sorted(_closed(pauses, instant_of, until)):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found


def _closed(pauses: Pauses, instant_of: Callable[[datetime | date], int], until: int | None) -> Iterable[Interval]:
    for begin, end in pauses:
        last = until if end is None else instant_of(end)
        if last is not None and instant_of(begin) < last:
            yield (instant_of(begin), last)


def clipped(pauses: Iterable[Interval], start: int, end: int) -> list[Interval]:
    """The parts of pauses that lie between two instants."""
    return [(max(a, start), min(b, end)) for a, b in pauses if max(a, start) < min(b, end)]


def without(interval: Interval, pauses: Iterable[Interval]) -> list[Interval]:
    """What is left of an interval when the pauses are taken out."""
    start, end = interval
    left: list[Interval] = []
    for begin, until in clipped(pauses, start, end):
        if start < begin:
            left.append((start, begin))
        start = until
    return [*left, (start, end)] if start < end else left

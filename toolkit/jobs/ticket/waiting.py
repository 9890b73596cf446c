"""What earlier runs saw of a ticket's status: pauses, and how often it was reopened (60, 7 and 24)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from toolkit.core.memory import Span
from toolkit.registers.schema import When
from toolkit.registers.tickets import FINISHED, FROZEN

REWORK = "rework"
TOLD_BEFORE = {"waiting_for_customer": "last_told_at"}
"""The staff's own time cell that says when a status began: waiting for the customer begins when the customer was told."""


@dataclass(frozen=True, slots=True)
class Stay:
    """A stretch of time in one status; `until` is None for the present one."""

    status: str
    since: datetime
    until: datetime | None


def stays(
    spans: tuple[Span, ...], status: str | None, told_at: datetime | None, opened_at: datetime, now: datetime
) -> tuple[Stay, ...]:
    """The status history, oldest first, ending in the present status.

    A change counts from the staff's time cell where one fits between the runs that saw it, else from the run that
    first saw it; a change no run has seen yet counts as seen now.
    """
    seen = [(span.value, span.first_seen_at) for span in spans if span.value]
    if status and (not seen or seen[-1][0] != status):
        seen.append((status, now))
    found: list[Stay] = []
    for index, (value, since) in enumerate(seen):
        earliest = _last_seen(spans, index, opened_at)
        if value in TOLD_BEFORE and told_at is not None and earliest <= told_at <= since:
            since = told_at  # noqa: PLW2901  # the staff's own word is better than the run's
        if found:
            found[-1] = Stay(found[-1].status, found[-1].since, since)
        found.append(Stay(value, since, None))
    return tuple(found)


def _last_seen(spans: tuple[Span, ...], index: int, opened_at: datetime) -> datetime:
    if index == 0:
        return opened_at
    return spans[index - 1].last_seen_at or spans[index - 1].first_seen_at


def pauses_of(
    history: tuple[Stay, ...], pause_on: tuple[str, ...]
) -> tuple[tuple[tuple[datetime, datetime], ...], datetime | None]:
    """The closed pauses, and since when an open one holds."""
    closed = tuple((one.since, one.until) for one in history if one.status in pause_on and one.until is not None)
    open_since = next((one.since for one in history if one.status in pause_on and one.until is None), None)
    return closed, open_since


def reopenings(history: tuple[Stay, ...]) -> tuple[datetime, ...]:
    """When the ticket left a finished state for work again; rework always counts as one (60, 24)."""
    first = tuple(one.since for one in history[:1] if one.status == REWORK)
    return first + tuple(
        later.since
        for earlier, later in pairwise(history)
        if later.status == REWORK or (earlier.status in FINISHED and later.status not in FINISHED | FROZEN)
    )


def has_time(moment: When | None) -> bool:
    """Whether the cell holds a time, not just a day."""
    return isinstance(moment, datetime)

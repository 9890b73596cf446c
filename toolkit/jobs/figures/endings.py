"""When a ticket was over: by the cell that says so, else as the runs saw it, else by the last that is known of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from toolkit.jobs.ticket.case import Case
from toolkit.registers.schema import When
from toolkit.registers.tickets import FROZEN

LAST_KNOWN = ("accepted_at", "finished_at", "started_at", "solved_at", "responded_at", "opened_at")
"""What a ticket was closed with, at the latest first, where nobody wrote down when and no run saw it happen."""
Stretch = tuple[datetime, datetime | None]


def closings(case: Case) -> tuple[Stretch, ...]:
    """Each stretch of time in which a ticket was over, from when to when; the last one may still last."""
    if case.is_plain and case.row.status not in FROZEN:
        return ()
    return tuple(_joined(_over(case)))


def is_open_at(case: Case, moment: datetime, stretches: tuple[Stretch, ...]) -> bool:
    """Whether a ticket was open at a moment: registered before it, and not over then."""
    judge, opened_at = case.judge, case.row.opened_at
    if judge is None or opened_at is None or judge.snapshot.at(case.table, opened_at) >= moment:
        return False
    return not any(since < moment and (until is None or moment <= until) for since, until in stretches)


def ended_at(case: Case) -> datetime | None:
    """Since when a ticket is over; None while it is not."""
    stretches = closings(case) if case.is_frozen else ()
    return stretches[-1][0] if stretches else None


def _over(case: Case) -> Iterator[Stretch]:
    stays = case.history
    for place, stay in enumerate(stays):
        if stay.status in FROZEN:
            is_last = place == len(stays) - 1
            known = _known(case, is_first=place == 0) if is_last or place == 0 else None
            yield known or stay.since, stay.until
    if not stays and case.row.status in FROZEN and (known := _known(case, is_first=True)) is not None:
        yield known, None


def _known(case: Case, *, is_first: bool) -> datetime | None:
    """What the row itself says of its end. A run that saw it closed from the first tells nothing of when that was."""
    if case.judge is None:
        return None
    columns = ("closed_at", *LAST_KNOWN) if is_first else ("closed_at",)
    for column in columns:
        moment: When | None = getattr(case.row, column)
        if moment is not None:
            return case.judge.snapshot.at(case.table, moment)
    return None


def _joined(stretches: Iterator[Stretch]) -> Iterator[Stretch]:
    """From one end to another (closed, then merged) nothing was open between."""
    last: Stretch | None = None
    for one in stretches:
        if last is not None and last[1] is not None and one[0] <= last[1]:
            last = (last[0], one[1])
            continue
        if last is not None:
            yield last
        last = one
    if last is not None:
        yield last

"""How long it took: first answers, repairs, resolutions, in clock time and in the desk's working time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from math import ceil
from typing import Any

from toolkit.core.reason import Name, because
from toolkit.jobs.figures.asked import Asked
from toolkit.jobs.figures.rows import SET_ASIDE, rows_by_month, unread_lines
from toolkit.jobs.figures.shape import Column, Line, Table, Unit
from toolkit.jobs.ticket.waiting import has_time
from toolkit.registers.order import day_of
from toolkit.registers.schema import When

COLUMNS = (
    Column("count"),
    Column("median", Unit.SPAN),
    Column("ninety", Unit.SPAN),
    Column("mean", Unit.SPAN),
    Column("working_median", Unit.WORK),
    Column("working_mean", Unit.WORK),
)
NINETY = 0.9
"""The share that the column `ninety` names: so many were as quick, or quicker."""


@dataclass(frozen=True, slots=True)
class Step:
    """From one cell to another. What was closed without any note of work ended with its closing."""

    name: str
    start: str
    stop: str
    else_stop: str | None = None


STEPS = (
    Step("response", "opened_at", "responded_at"),
    Step("repair", "started_at", "finished_at"),
    Step("resolution", "opened_at", "finished_at", "closed_at"),
)


@dataclass(slots=True)
class Taken:
    """How long each took; working time only where both cells hold a time."""

    clock: list[timedelta] = field(default_factory=list)
    working: list[timedelta] = field(default_factory=list)


def times_by_kind(asked: Asked) -> Table:
    """Times by step and kind of ticket, all kinds together first."""
    return _times(asked, Table("times-by-kind", ("step", "kind"), COLUMNS), "kind")


def times_by_level(asked: Asked) -> Table:
    """Times by step and level, all levels together first."""
    return _times(asked, Table("times-by-level", ("step", "level"), COLUMNS), "level")


def _times(asked: Asked, table: Table, column: str) -> Table:
    if asked.snapshot.is_unread("tickets"):
        return replace(table, lines=unread_lines(asked, table, "tickets"))
    lines: list[Line] = []
    for step in STEPS:
        everything, groups = _taken(asked, step, column)
        if not everything.clock:
            continue
        name = because(f"figures.step-{step.name}")
        lines.append(Line((name, because("figures.all")), _values(everything)))
        lines += (
            Line((name, Name("tickets", column, key) if key else None), _values(groups[key]))
            for key in sorted(groups, key=lambda key: (key is None, key or ""))
        )
    return replace(table, lines=tuple(lines))


def _taken(asked: Asked, step: Step, column: str) -> tuple[Taken, Mapping[str | None, Taken]]:
    everything, groups = Taken(), defaultdict[str | None, Taken](Taken)
    for table, row, stop in _ended(asked, step):
        start: When | None = getattr(row, step.start)
        if start is None or row.status in SET_ASIDE:
            continue
        began, ended = asked.snapshot.at(table, start), asked.snapshot.at(table, stop)
        is_exact = has_time(start) and has_time(stop)
        spent = ended - began if is_exact else day_of(stop) - day_of(start)
        if spent < timedelta():
            continue
        worked = asked.snapshot.calendar.elapsed(began, ended) if is_exact else None
        for taken in (everything, groups[row.get(column)]):
            taken.clock.append(spent)
            if worked is not None:
                taken.working.append(worked)
    return everything, groups


def _ended(asked: Asked, step: Step) -> Iterator[tuple[Any, Any, When]]:
    """The tickets of which a step ended in the month, with when."""
    snapshot, month = asked.snapshot, asked.month
    for table, row in rows_by_month(snapshot, "tickets", step.stop).get(month, ()):
        yield table, row, getattr(row, step.stop)
    if step.else_stop is None:
        return
    for table, row in rows_by_month(snapshot, "tickets", step.else_stop).get(month, ()):
        if getattr(row, step.stop) is None and step.stop not in row.bad:
            yield table, row, getattr(row, step.else_stop)


def _values(taken: Taken) -> tuple[int | timedelta | None, ...]:
    return (
        len(taken.clock),
        _median(taken.clock),
        within(taken.clock, NINETY),
        _mean(taken.clock),
        _median(taken.working),
        _mean(taken.working),
    )


def within(spans: Sequence[timedelta], part: float) -> timedelta:
    """The shortest span within which at least such a part of them lies (the nearest rank)."""
    return sorted(spans)[max(ceil(part * len(spans)), 1) - 1]


def _median(spans: Sequence[timedelta]) -> timedelta | None:
    """The middle one; between two the middle of both."""
    ordered, middle = sorted(spans), len(spans) // 2
    if not ordered:
        return None
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _mean(spans: Sequence[timedelta]) -> timedelta | None:
    return sum(spans, timedelta()) / len(spans) if spans else None

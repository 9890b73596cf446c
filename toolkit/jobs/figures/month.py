"""All tables of a month, each beside the month before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from toolkit.core.reason import Name
from toolkit.jobs.figures.shape import Column, Figures, Line, Month, Table
from toolkit.registers.snapshot import Snapshot
from toolkit.settings.model import Settings

LARGEST = 3
"""The largest causes are three (20, Upkeep of the process)."""
MakeTable = Callable[[Snapshot, Month], Table]


def figures(snapshot: Snapshot, settings: Settings, month: Month, now: datetime) -> Figures:
    """The month beside the one before."""
    tables = (make(snapshot, month).compared(make(snapshot, month.before)) for make in TABLES)
    today = now.astimezone(settings.timezone).date()
    return Figures(month, tuple(tables), is_running=month.last >= today)


def summary(snapshot: Snapshot, month: Month) -> Table:
    """Tickets opened and closed."""
    rows = [row for _, row in snapshot.rows("tickets")]
    lines = (Line((Name("tickets", column),), (_held(month, rows, column),)) for column in ("opened_at", "closed_at"))
    return Table("summary", ("figure",), (Column("count"),), tuple(lines))


def top_causes(snapshot: Snapshot, month: Month) -> Table:
    """Tickets opened, by cause, the most frequent ones."""
    found = _by(snapshot, month, "top-causes", "cause")
    return replace(found, lines=found.lines[:LARGEST])


def kinds(snapshot: Snapshot, month: Month) -> Table:
    """Tickets opened, by kind, the most frequent first."""
    return _by(snapshot, month, "kinds", "kind")


TABLES: tuple[MakeTable, ...] = (summary, kinds, top_causes)


def _held(month: Month, rows: Iterable[object], column: str) -> int:
    return sum(month.holds(getattr(row, column)) for row in rows)


def _by(snapshot: Snapshot, month: Month, name: str, column: str) -> Table:
    counts = Counter(getattr(row, column) for _, row in snapshot.rows("tickets") if month.holds(row.opened_at))
    labelled = ((Name("tickets", column, value) if value else None, n) for value, n in counts.most_common())
    return Table(name, (column,), (Column("count"),), tuple(Line((label,), (n,)) for label, n in labelled))

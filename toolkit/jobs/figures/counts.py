"""What was asked of the desk: tickets by kind, cause and level."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from toolkit.core.reason import Name
from toolkit.jobs.figures.asked import Asked
from toolkit.jobs.figures.rows import share, tickets_opened, unread_lines
from toolkit.jobs.figures.shape import Column, Line, Table, Unit

COUNT, SHARE = Column("count"), Column("share", Unit.SHARE)


def kinds(asked: Asked) -> Table:
    """Tickets opened, by kind, the most frequent first."""
    return _by(asked, "kinds", "kind")


def causes(asked: Asked) -> Table:
    """Tickets opened, by cause, the most frequent first; a cause is concluded later, so many are blank at first."""
    return _by(asked, "causes", "cause")


def levels(asked: Asked) -> Table:
    """Tickets opened, by level, the gravest first."""
    table = _by(asked, "levels", "level")
    return replace(table, lines=tuple(sorted(table.lines, key=_gravest_first)))


def _by(asked: Asked, name: str, column: str) -> Table:
    table = Table(name, (column,), (COUNT, SHARE))
    if asked.snapshot.is_unread("tickets"):
        return replace(table, lines=unread_lines(asked, table, "tickets"))
    counts = Counter(row.get(column) for _, row in tickets_opened(asked))
    total = counts.total()
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0] is None, one[0] or ""))
    lines = (Line((Name("tickets", column, key) if key else None,), (n, share(n, total))) for key, n in ordered)
    return replace(table, lines=tuple(lines))


def _gravest_first(line: Line) -> tuple[bool, str]:
    (label,) = line.labels
    choice = label.choice if isinstance(label, Name) else None
    return choice is None, choice or ""

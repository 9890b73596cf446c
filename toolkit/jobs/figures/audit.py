"""A random sample of the month's closed tickets, for a supervisor to audit (20, Digest and reports).

Random, and yet the same whoever draws it, however the sheet is sorted, whatever is added later in another month: the tickets
are ranked by a hash of the month and their number. Everybody who closed something has one among them, as far as they go.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from toolkit.core.reason import Name, because
from toolkit.jobs.figures.asked import Asked
from toolkit.jobs.figures.rows import SET_ASIDE, Found, in_month, unread_lines
from toolkit.jobs.figures.shape import Column, Line, Month, Table, Unit
from toolkit.registers.fold import fold
from toolkit.registers.order import day_of


def audit_sample(asked: Asked) -> Table:
    """The tickets that were drawn, by number, with a blank for the supervisor's finding."""
    columns = (
        Column("closed", Unit.DAY),
        Column("kind", Unit.TEXT),
        Column("product", Unit.TEXT),
        Column("vendor", Unit.TEXT),
        Column("audit", Unit.TEXT),
    )
    table = Table("audit-sample", ("ticket", "owner"), columns)
    if asked.snapshot.is_unread("tickets"):
        return replace(table, lines=unread_lines(asked, table, "tickets"))
    chosen = drawn(list(_closed(asked)), asked.month, asked.settings.figures.audit)
    lines = (_line(row) for _, row in sorted(chosen, key=lambda one: (one[1].key or "", one[0].book)))
    return replace(table, lines=tuple(lines))


def drawn(closed: Sequence[Found], month: Month, count: int) -> list[Found]:
    """So many of them: the first of each owner in the order of the ranks, then the others in that order."""
    ranked = sorted(closed, key=lambda one: _rank(month, one[0].book, one[1].key))
    owners: set[str] = set()
    firsts: list[Found] = []
    others: list[Found] = []
    for table, row in ranked:
        owner = fold(row.owner or "")
        (others if owner in owners else firsts).append((table, row))
        owners.add(owner)
    return (firsts + others)[:count]


def _closed(asked: Asked) -> Iterator[Found]:
    """Closed in the month, and not set aside; a ticket without a number of its own cannot be found by it."""
    for table, row in in_month(asked, "tickets", "closed_at"):
        if row.status not in SET_ASIDE and table.by_key.get(row.key or "") is row:
            yield table, row


def _rank(month: Month, book: str, key: str) -> bytes:
    return hashlib.sha256(f"{month}\n{book}\n{key}".encode()).digest()


def _line(row: Any) -> Line:
    closed: datetime = row.closed_at
    kind = Name("tickets", "kind", row.kind) if row.kind else None
    values = (day_of(closed), kind, row.product, row.vendor, because("figures.to-fill-in"))
    return Line((row.key, row.owner), values)

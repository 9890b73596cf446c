"""A random sample of the month's closed tickets, for a supervisor to audit (20, Digest and reports).

Random, and yet the same whoever draws it, however the sheet is sorted, whatever is added later in another month or put into
an archive: the tickets are ranked by a hash of the desk, the month and their number. Every owner has one among them, as far
as they go.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from toolkit.core.reason import Name, because
from toolkit.jobs.figures.asked import Asked
from toolkit.jobs.figures.endings import ended_at
from toolkit.jobs.figures.rows import unread_lines
from toolkit.jobs.figures.shape import Column, Line, Month, Table, Unit
from toolkit.jobs.ticket.case import judge_of
from toolkit.registers.fold import fold
from toolkit.registers.table import Table as Sheet


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed ticket, and the day on which it was."""

    book: str
    row: Any
    on: date


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
    desk = asked.settings.books[0].name  # which is permanent (60, 4)
    chosen = drawn(tuple(_closed(asked)), desk, asked.month, asked.settings.figures.audit)
    lines = (_line(one) for one in sorted(chosen, key=lambda one: (one.row.key, one.book)))
    return replace(table, lines=tuple(lines))


def drawn(closed: Sequence[Closed], desk: str, month: Month, count: int) -> tuple[Closed, ...]:
    """So many of them: the first of each owner in the order of the ranks, then the others in that order."""
    owners: set[str] = set()
    firsts: list[Closed] = []
    others: list[Closed] = []
    for one in sorted(closed, key=lambda one: (_rank(desk, month, one.row.key), one.book)):
        owner = fold(one.row.owner or "")
        (others if owner in owners else firsts).append(one)
        owners.add(owner)
    return (*firsts, *others)[:count]


def _closed(asked: Asked) -> Iterator[Closed]:
    """What the summary counts as closed in the month; a ticket without a number of its own cannot be found by it."""

    def may_be(table: Sheet, row: Any) -> bool:
        return row.status == "closed" and table.by_key.get(row.key or "") is row

    for case in judge_of(asked.snapshot, asked.settings, asked.now).cases(may_be):
        over = ended_at(case)
        at = asked.snapshot.wall(case.table, over) if over is not None else None
        if at is not None and asked.month.holds(at):
            yield Closed(case.table.book, case.row, at.date())


def _rank(desk: str, month: Month, number: str) -> bytes:
    return hashlib.sha256(f"{desk}\n{month}\n{number}".encode()).digest()


def _line(one: Closed) -> Line:
    row = one.row
    kind = Name("tickets", "kind", row.kind) if row.kind else None
    return Line((row.key, row.owner), (one.on, kind, row.product, row.vendor, because("figures.to-fill-in")))

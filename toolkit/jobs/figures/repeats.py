"""Repeat tickets: a customer who comes back about the same product (20, Digest and reports)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from toolkit.core.reason import Name
from toolkit.jobs.figures.asked import Asked
from toolkit.jobs.figures.rows import SET_ASIDE, Found, products, share, tickets_opened, unread_lines
from toolkit.jobs.figures.shape import Column, Line, Month, Table, Unit
from toolkit.registers.fold import fold
from toolkit.registers.order import day_of
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table as Sheet

Who = tuple[str, str, str]
"""How a customer is known (phone, e-mail, order), by what, and the product."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """A ticket with the newest earlier one of the same customer about the same product."""

    found: Found
    before: Found
    apart: timedelta

    @property
    def row(self) -> Any:
        """The ticket's row."""
        return self.found[1]


def repeats(asked: Asked) -> Table:
    """How many of the month's tickets are repeats, by product."""
    table = Table(
        "repeats", ("product",), (Column("repeats"), Column("tickets", Unit.NUMBER), Column("repeat_share", Unit.SHARE))
    )
    if asked.snapshot.is_unread("tickets"):
        return replace(table, lines=unread_lines(asked, table, "tickets"))
    named = products(asked.snapshot)
    all_counts = Counter(named.key(row.product) for _, row in tickets_opened(asked) if row.kind != "deadline")
    counts = Counter(named.key(one.row.product) for one in _of_month(asked))
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0] or ""))
    lines = (Line((named.label(key),), (n, all_counts[key], share(n, all_counts[key]))) for key, n in ordered)
    return replace(table, lines=tuple(lines))


def repeat_tickets(asked: Asked) -> Table:
    """Each of them, with the ticket that it repeats."""
    table = Table(
        "repeat-tickets",
        ("ticket", "product"),
        (Column("repeat_of", Unit.TEXT), Column("kind", Unit.TEXT), Column("days_apart", Unit.NUMBER)),
    )
    if asked.snapshot.is_unread("tickets"):
        return replace(table, lines=unread_lines(asked, table, "tickets"))
    named = products(asked.snapshot)
    lines = (
        Line(
            (_name(*one.found), named.label(named.key(one.row.product))),
            (_name(*one.before), Name("tickets", "kind", one.row.kind) if one.row.kind else None, one.apart.days),
        )
        for one in _of_month(asked)
    )
    return replace(table, lines=tuple(lines))


def _of_month(asked: Asked) -> tuple[Repeat, ...]:
    days = asked.settings.repeat_within_days
    return asked.snapshot.once(("repeats", days), lambda: _by_month(asked.snapshot, days)).get(asked.month, ())


def _by_month(snapshot: Snapshot, days: int) -> Mapping[Month, tuple[Repeat, ...]]:
    """The repeats of every month, the oldest first."""
    known: dict[Who, tuple[int, datetime, Sheet, Any]] = {}
    found: dict[Month, list[Repeat]] = defaultdict(list)
    dated = sorted(_dated(snapshot), key=lambda one: (one[0], one[2].key or "", one[2].row))
    for nth, (at, table, row) in enumerate(dated):
        whos = tuple(_whos(table, row))
        earlier = [known[who] for who in whos if who in known and not _is_copy(known[who][3], row)]
        if earlier:
            _, before_at, where, before = max(earlier, key=lambda one: one[0])
            if at - before_at <= timedelta(days=days):
                found[Month.of(day_of(row.opened_at))].append(Repeat((table, row), (where, before), at - before_at))
        known.update((who, (nth, at, table, row)) for who in whos)
    return {month: tuple(its) for month, its in found.items()}


def _is_copy(one: Any, other: Any) -> bool:
    """A row that was copied, number and all, is no ticket of its own."""
    return one.key is not None and one.key == other.key


def _name(table: Sheet, row: Any) -> str:
    """A ticket's number, or its cell while it has none."""
    return row.key or table.place(row.row, None).cell


def _dated(snapshot: Snapshot) -> Iterator[tuple[datetime, *Found]]:
    """The tickets that a customer asked for something with; our own reminder of a promise is none."""
    for table, row in snapshot.rows("tickets"):
        if row.opened_at is not None and row.product and row.status not in SET_ASIDE and row.kind != "deadline":
            yield snapshot.at(table, row.opened_at), table, row


def _whos(table: Sheet, row: Any) -> Iterator[Who]:
    product = fold(row.product)
    if row.phone:
        yield "phone", row.phone, product
    if row.email:
        yield "email", row.email.casefold(), product
    if row.order_no:
        yield f"order {table.book}", fold(row.order_no), product

"""What tickets wait for in other registers: parts that are not here yet, orders that have not left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from toolkit.registers.fold import fold
from toolkit.registers.order import day_of
from toolkit.registers.schema import When
from toolkit.registers.snapshot import Snapshot


def awaited_parts(snapshot: Snapshot, ticket: Any) -> tuple[str, ...]:
    """The parts of a ticket that have neither come nor been sent."""
    return snapshot.once("awaited parts", lambda: _parts(snapshot)).get(id(ticket), ())


def _parts(snapshot: Snapshot) -> Mapping[int, tuple[str, ...]]:
    found: dict[int, list[str]] = defaultdict(list)
    for table, row in snapshot.rows("parts"):
        if row.part and row.received_on is None and row.sent_on is None:
            ticket = snapshot.ticket(row.ticket_no, table.book)
            if ticket is not None:
                found[id(ticket[1])].append(row.part)
    return {one: tuple(parts) for one, parts in found.items()}


def left_on(snapshot: Snapshot, order_no: str | None, book: str) -> When | None:
    """When the last goods of an order left; None while some are here, or where no register tells."""
    if not order_no or snapshot.is_unread("orders"):
        return None
    left = snapshot.once("orders that left", lambda: _left(snapshot))
    return left.get((book, fold(order_no)), left.get(("", fold(order_no))))


def _left(snapshot: Snapshot) -> Mapping[tuple[str, str], When]:
    """By book and folded number, and for all books together under none."""
    found: dict[tuple[str, str], list[When | None]] = defaultdict(list)
    for table, row in snapshot.rows("orders"):
        if row.order_no and row.status != "cancelled":
            day = row.shipped_on or row.arrived_on or row.picked_up_on
            for book in (table.book, ""):
                found[book, fold(row.order_no)].append(day)
    return {
        at: max((day for day in days if day is not None), key=day_of) for at, days in found.items() if None not in days
    }

"""What tickets wait for in other registers: parts that are not here yet, orders that have not left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

from toolkit.registers.fold import fold
from toolkit.registers.order import day_of
from toolkit.registers.schema import When
from toolkit.registers.snapshot import Snapshot


class Parts(NamedTuple):
    """The parts of a ticket: those that are to come, and whether all have been sent on."""

    to_come: tuple[str, ...]
    are_sent: bool


def parts_of(snapshot: Snapshot, ticket: Any) -> Parts | None:
    """How the parts of a ticket stand; None where no register names one."""
    return snapshot.once("parts of tickets", lambda: _parts(snapshot)).get(id(ticket))


def _parts(snapshot: Snapshot) -> Mapping[int, Parts]:
    found: dict[int, Parts] = {}
    for table, row in snapshot.rows("parts"):
        ticket = snapshot.ticket(row.ticket_no, table.book) if row.part else None
        if ticket is not None:
            before = found.get(id(ticket[1]), Parts((), are_sent=True))
            is_here = row.received_on is not None or row.sent_on is not None
            to_come = before.to_come if is_here else (*before.to_come, row.part)
            found[id(ticket[1])] = Parts(to_come, are_sent=before.are_sent and row.sent_on is not None)
    return found


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

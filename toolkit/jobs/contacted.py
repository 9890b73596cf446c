"""What the contacts register tells of a case: whether the customer answered, and when they last heard of us."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table


class Ticket(Protocol):
    """A ticket in its register: what a `Case` is."""

    table: Table
    row: Any


def answered_since(snapshot: Snapshot, ticket: Ticket, since: datetime) -> datetime | None:
    """When the customer first spoke to us from `since` (aware) on: came to us, or was reached. None: still silent.

    A contact without a time counts on its whole day.
    """
    for table, one in _spoken(snapshot, ticket.row):
        at = snapshot.at(table, one.at)
        is_later = at >= since if isinstance(one.at, datetime) else one.at >= snapshot.wall(table, since).date()
        if is_later:
            return at
    return None


def last_told(snapshot: Snapshot, ticket: Ticket) -> datetime | None:
    """When the customer last heard of the case: as staff noted it, in a call that reached them, or by a message."""
    table, row = ticket.table, ticket.row
    heard = snapshot.memory.heard.get((table.book, "tickets", row.key)) if row.key else None
    moments = [snapshot.at(table, row.last_told_at)] if row.last_told_at is not None else []
    moments += [heard] if heard is not None else []
    moments += (snapshot.at(where, one.at) for where, one in _spoken(snapshot, row))
    return max(moments, default=None)


def _spoken(snapshot: Snapshot, row: Any) -> tuple[tuple[Table, Any], ...]:
    """The contacts about a ticket in which the two spoke, the oldest first."""
    found = snapshot.once("spoken", lambda: _by_ticket(snapshot))
    return found.get(id(row), ()) if found else ()


def _by_ticket(snapshot: Snapshot) -> Mapping[int, tuple[tuple[Table, Any], ...]]:
    """Contacts in which the two spoke, by the ticket that they are about: its row, by identity."""
    found: dict[int, list[tuple[Table, Any]]] = defaultdict(list)
    for table, one in snapshot.rows("contacts"):
        if one.at is None or (one.direction != "in" and one.result != "reached"):
            continue
        ticket = snapshot.ticket(one.ticket_no, table.book)
        if ticket is not None:
            found[id(ticket[1])].append((table, one))
    return {row: tuple(sorted(its, key=lambda one: snapshot.at(one[0], one[1].at))) for row, its in found.items()}

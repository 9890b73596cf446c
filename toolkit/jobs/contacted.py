"""What contacts and mails tell of a case: who was called in vain, who answered, when the customer last heard of us."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from toolkit.jobs.ordered import order_of
from toolkit.registers.order import is_before
from toolkit.registers.schema import When
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table

IN_VAIN = frozenset({"no_answer", "refused"})
_NONE: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True)
class Contact:
    """One row of the contacts register, with its table."""

    table: Table
    row: Any

    @property
    def at(self) -> When:
        """When it was."""
        at: When = self.row.at
        return at

    @property
    def is_inbound(self) -> bool:
        """The customer came to us."""
        return bool(self.row.direction == "in")

    @property
    def is_reached(self) -> bool:
        """The two spoke: the customer came to us, or was reached."""
        return self.is_inbound or self.row.result == "reached"

    @property
    def is_try(self) -> bool:
        """A call-back in vain. A call without a purpose, made after the job, was one too."""
        return not self.is_inbound and self.row.result in IN_VAIN and self.row.purpose in (None, "callback")


class Ticket(Protocol):
    """A ticket in its register: what a `Case` is."""

    table: Table
    row: Any


def contacts_of(snapshot: Snapshot, row: Any) -> tuple[Contact, ...]:
    """The contacts about a ticket, or about an order (its first line), the oldest first."""
    found = snapshot.once("contacts", lambda: _sorted_in(snapshot))
    return found.get(id(row), _NONE) if found else _NONE


def tries_since(contacts: tuple[Contact, ...], since: When) -> tuple[Contact, ...]:
    """The call-backs in vain from a moment on."""
    return tuple(one for one in contacts if one.is_try and not is_before(one.at, since))


def answered_since(snapshot: Snapshot, ticket: Ticket, since: datetime) -> datetime | None:
    """When the customer first spoke to us from `since` (aware) on: came to us, was reached, or answered a mail of ours.
    None: still silent.

    A contact without a time counts on its whole day.
    """
    row = ticket.row
    replied = snapshot.memory.replied.get((ticket.table.book, "tickets", row.key), ()) if row.key else ()
    found = [at for at in replied if at >= since][:1]
    for one in contacts_of(snapshot, row):
        at = snapshot.at(one.table, one.at)
        is_later = at >= since if isinstance(one.at, datetime) else one.at >= snapshot.wall(one.table, since).date()
        if one.is_reached and is_later:
            found.append(at)
            break
    return min(found, default=None)


def last_told(snapshot: Snapshot, ticket: Ticket) -> datetime | None:
    """When the customer last heard of the case: the answer, as staff noted it, in a call that reached them, or by a message."""
    table, row = ticket.table, ticket.row
    heard = snapshot.memory.heard.get((table.book, "tickets", row.key)) if row.key else None
    moments = [snapshot.at(table, at) for at in (row.responded_at, row.last_told_at) if at is not None]
    moments += [heard] if heard is not None else []
    moments += (snapshot.at(one.table, one.at) for one in contacts_of(snapshot, row) if one.is_reached)
    return max(moments, default=None)


def _sorted_in(snapshot: Snapshot) -> Mapping[int, tuple[Contact, ...]]:
    """Contacts by the ticket or order that they are about: its row, by identity."""
    found: dict[int, list[Contact]] = defaultdict(list)
    dated = (Contact(table, row) for table, row in snapshot.rows("contacts") if row.at is not None)
    for one in sorted(dated, key=lambda one: snapshot.at(one.table, one.at)):
        ticket = snapshot.ticket(one.row.ticket_no, one.table.book)
        _, order = order_of(snapshot, one.row.order_no, one.table.book)
        for about in (ticket[1] if ticket is not None else None, order):
            if about is not None:
                found[id(about)].append(one)
    return {key: tuple(its) for key, its in found.items()}

"""When a job was finished, and by whom: kept from the run that saw it, since both cells are typed over by a second visit.

The vendor that a call-back counts for is frozen when the job is finished (40), and a call-back belongs to the last finish
before it (60, 24). The cells alone tell the last finish only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from toolkit.core.actions import Observation, RowId
from toolkit.core.memory import Span
from toolkit.jobs.ticket.numbers import ticket_numbers
from toolkit.registers.order import day_of, is_before
from toolkit.registers.schema import When
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table
from toolkit.registers.tickets import FINISHED
from toolkit.settings.model import Settings

SEEN_AS = "finished"
"""The name under which a finish is remembered: `2026-11-24T15:40:00@V012`."""


@dataclass(frozen=True, slots=True)
class Finish:
    """A job done: when, and the vendor whose job it was (as the cell named it)."""

    at: When
    vendor: str | None


def finishes_of(snapshot: Snapshot, table: Table, ticket: Any) -> tuple[Finish, ...]:
    """Every finish of a ticket that is known, the oldest first."""
    found = [finish for span in snapshot.spans(table, ticket, SEEN_AS) if (finish := _read(span)) is not None]
    if ticket.finished_at is not None and not any(one.at == ticket.finished_at for one in found):
        found.append(Finish(ticket.finished_at, ticket.vendor))
    return tuple(sorted(found, key=lambda one: (day_of(one.at), str(one.at))))


def last_before(finishes: tuple[Finish, ...], moment: When) -> Finish | None:
    """The last finish that does not lie after a moment."""
    return next((one for one in reversed(finishes) if not is_before(moment, one.at)), None)


def finishes_seen(snapshot: Snapshot, settings: Settings, now: datetime) -> Iterator[Observation]:
    """What is new of the jobs that were finished lately: later nobody is called about them any more."""
    numbers, _ = ticket_numbers(snapshot, settings)
    for table in snapshot.of("tickets"):
        since = snapshot.today(table, now) - settings.callbacks.list_for
        for row in table.rows:
            if row.finished_at is None or row.status not in FINISHED or day_of(row.finished_at) < since:
                continue
            number = row.key or numbers.get((table.book, row.row))
            if number is None or (row.key is not None and row.key not in table.by_key):
                continue
            vendor = snapshot.vendor(row.vendor, table.book)
            value = f"{row.finished_at.isoformat()}@{vendor.vendor_no if vendor is not None else ''}"
            spans = snapshot.spans(table, row, SEEN_AS)
            seen = spans[-1].value if spans else ""
            if seen.partition("@")[0] != value.partition("@")[0]:  # another vendor at the same finish comes too late
                yield Observation(RowId(table.book, "tickets", number, row.row), SEEN_AS, value)


def _read(span: Span) -> Finish | None:
    text, _, vendor = span.value.partition("@")
    if not text:
        return None
    return Finish(datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text), vendor or None)

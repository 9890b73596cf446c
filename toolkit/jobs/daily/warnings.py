"""What stands above the lines: messages that need a person, missed jobs, registers that could not be read."""

from __future__ import annotations

from toolkit.core.memory import COMPANION, LOCKED
from toolkit.core.reason import Name, Reason, because
from toolkit.registers.snapshot import Snapshot

STATES = ("held", "unknown", "failed", "undelivered")
"""Messages that wait for a person."""
TOLD = ("rows-lost", "no-calendar", "missing-column", "duplicate-column")
"""Findings about a whole register, or the calendar."""


def warnings(snapshot: Snapshot) -> list[Reason]:
    """What a manager must see to besides rows."""
    found = [because(f"digest.{state}", n=n) for state in STATES if (n := snapshot.memory.outbox.get(state, 0))]
    found += [because("digest.missed", slot=slot) for slot in snapshot.memory.missed]
    found += [because("digest.unread", register=Name(register), book=book) for book, register in _gone(snapshot)]
    found += _companions(snapshot)
    return found + [one.reason for one in snapshot.findings if one.code in TOLD]


def gaps(snapshot: Snapshot) -> list[Reason]:
    """What a reader must know to trust the lines: of a register that could not be read none is among them."""
    return [because("digest.gap", register=Name(register), book=book) for book, register in sorted(snapshot.unread)]


def _gone(snapshot: Snapshot) -> list[tuple[str, str]]:
    """The registers that are not read; of those that lost their rows it is said what became of them."""
    shrunk = {one.book for one in snapshot.findings if one.code == "rows-lost"}
    return [(book, register) for book, register in snapshot.unread if book not in shrunk]


def _companions(snapshot: Snapshot) -> list[Reason]:
    """Books that are open too long, and where the toolkit's columns can be read meanwhile (60, 31)."""
    found = []
    for book, zone in snapshot.zones.items():
        locked, companion = (snapshot.memory.standing(book, one) for one in (LOCKED, COMPANION))
        if locked is not None and companion is not None:
            since = locked.first_seen_at.astimezone(zone)
            found.append(because("digest.companion", book=book, since=since, companion=companion.value))
    return found

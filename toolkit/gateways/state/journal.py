"""The journal of what runs wrote to the registers, so that a run can be undone (60, 39)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from toolkit.gateways.state.engine import Connected
from toolkit.gateways.state.tables import journal, slot

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
from toolkit.gateways.state.journal_lines import lines_of, may_hold, packed, unpacked, writes_of

KEPT = timedelta(days=30)
"""How long the journal is kept (60, 39)."""
SLOTS_KEPT = timedelta(days=400)
"""Longer: a monthly job's last slot may be 31 days old, and one that was forgotten would be run again."""


@dataclass(frozen=True, slots=True)
class Writes:
    """What a run wrote to one register, as it was handed to `journal`."""

    run_id: int
    book: str
    register: str
    writes: Sequence[Mapping[str, object]]
    created_at: datetime


class Journal(Connected):
    """What was written to the registers, so that a run can be undone (60, 39).

    A journal is one compressed blob of lines, each a JSON list of some rows, `[row, key, column, old, new, column, …]`;
    so a hundred thousand rows are packed and unpacked a few at a time.
    """

    def journal(
        self, run_id: int, book: str, register: str, writes: Iterable[Mapping[str, object]], at: datetime
    ) -> None:
        """Keep the writes of one run to one register. Dates, times and decimals come back as they were."""
        row = {"run_id": run_id, "book": book, "register": register, "writes": packed(writes), "created_at": at}
        with self.transaction() as tx:
            tx.execute(journal.insert(), row)

    def journalled(self, run_id: int) -> tuple[Writes, ...]:
        """What a run wrote, in the order in which it was written."""
        c = journal.c
        query = select(c.run_id, c.book, c.register, c.writes, c.created_at).where(c.run_id == run_id).order_by(c.id)
        with self.transaction() as tx:
            rows = tx.execute(query).all()
        return tuple(
            Writes(number, book, register, list(unpacked(blob)), at) for number, book, register, blob, at in rows
        )

    def last_written(self, rows: frozenset[tuple[str, str, str]]) -> dict[tuple[str, str, str], dict[str, object]]:
        """What runs last wrote into these rows (book, register, key), by column, as far as the journal reaches back."""
        c = journal.c
        keys: dict[tuple[str, str], set[str]] = {}
        for book, register, key in rows:
            keys.setdefault((book, register), set()).add(key)
        found: dict[tuple[str, str, str], dict[str, object]] = {}
        with self.transaction() as tx:
            for number, book, register in tx.execute(select(c.id, c.book, c.register).order_by(c.id)).all():
                wanted = keys.get((book, register))
                if wanted is None:
                    continue
                blob = tx.execute(select(c.writes).where(c.id == number)).scalar_one()
                for line in lines_of(blob):
                    for write in writes_of(line) if may_hold(line, wanted) else ():
                        if write["key"] in wanted:
                            found.setdefault((book, register, write["key"]), {})[write["column"]] = write["new"]
        return found

    def prune(self, now: datetime, older_than: timedelta = KEPT) -> int:
        """Drop journals that are older, and slots over 400 days; how many. Occasions stay for good: they stop repeats."""
        with self.transaction() as tx:
            gone = tx.execute(delete(journal).where(journal.c.created_at < now - older_than)).rowcount
            return int(gone + tx.execute(delete(slot).where(slot.c.slot_at < now - SLOTS_KEPT)).rowcount)

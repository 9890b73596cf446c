"""Who has how many jobs, counted from the tickets themselves, never from yesterday's cells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from toolkit.core.reason import Reason, because
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.tickets import FINISHED, FROZEN


@dataclass(frozen=True, slots=True)
class Load:
    """A vendor's jobs."""

    done: int = 0
    open: int = 0

    @property
    def payment(self) -> Reason:
        """First co-operation: the customer advances and is refunded; later jobs are paid by transfer (20, Vendors)."""
        return because("payment.transfer" if self.done else "payment.advance")


NONE = Load()


def workload(snapshot: Snapshot) -> Mapping[int, Load]:
    """The jobs of every vendor, counted once a run."""
    return snapshot.once("workload", lambda: _counted(snapshot))


def _counted(snapshot: Snapshot) -> Mapping[int, Load]:
    """Vendor row (by identity: numbers count from one in each book) -> jobs finished and open."""
    done: dict[int, int] = defaultdict(int)
    waiting: dict[int, int] = defaultdict(int)
    known: dict[tuple[str, str], Any] = {}  # a few vendors have all the jobs
    for table, row in snapshot.rows("tickets"):
        if not row.vendor:
            continue
        named = (table.book, row.vendor)
        if named not in known:
            known[named] = snapshot.vendor(row.vendor, table.book)
        vendor = known[named]
        if vendor is None:
            continue
        if row.finished_at is not None and row.status in FINISHED:
            done[id(vendor)] += 1
        elif row.status not in FROZEN | FINISHED:
            waiting[id(vendor)] += 1
    return {one: Load(done[one], waiting[one]) for one in done.keys() | waiting.keys()}

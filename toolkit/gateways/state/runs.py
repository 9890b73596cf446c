"""Runs, and their slots on the clock."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from toolkit.gateways.state.engine import Connected, insert_new
from toolkit.gateways.state.tables import run, slot

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Run:
    """One run: `now` is the moment that it worked with, the others are the real clock's."""

    id: int
    now: datetime
    started_at: datetime
    ended_at: datetime | None
    jobs: tuple[str, ...]
    result: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Slot:
    """One moment at which a job was to start: running, done, failed or missed."""

    job: str
    slot_at: datetime
    state: str
    started_at: datetime
    ended_at: datetime | None
    note: str


class Runs(Connected):
    """The history of runs."""

    def begin_run(self, now: datetime, started_at: datetime, jobs: Sequence[str]) -> int:
        """Note that a run starts; its id."""
        with self.transaction() as tx:
            row = {"now": now, "started_at": started_at, "jobs": json.dumps(list(jobs))}
            return int(tx.execute(run.insert().returning(run.c.id), row).scalar_one())

    def end_run(self, run_id: int, ended_at: datetime, result: str, counts: Mapping[str, int] | None = None) -> None:
        """Note how it ended. One that was killed keeps `ended_at` empty."""
        with self.transaction() as tx:
            ended = {"ended_at": ended_at, "result": result, "counts": json.dumps(dict(counts or {}))}
            tx.execute(update(run).where(run.c.id == run_id).values(ended))

    def runs(self, limit: int = 20) -> tuple[Run, ...]:
        """The latest runs, newest first."""
        with self.transaction() as tx:
            rows = tx.execute(select(run).order_by(run.c.id.desc()).limit(limit)).mappings().all()
        return tuple(
            Run(**{**row, "jobs": tuple(json.loads(row["jobs"])), "counts": json.loads(row["counts"])}) for row in rows
        )

    def first_run_at(self) -> datetime | None:
        """The moment of the very first run: the default of `only_since` (60, 16)."""
        return self._run_at(newest=False)

    def last_run_at(self) -> datetime | None:
        """The moment that the newest run worked with, finished or not: a run may not go back behind it (60, 10)."""
        return self._run_at(newest=True)

    def _run_at(self, *, newest: bool) -> datetime | None:
        order = run.c.id.desc() if newest else run.c.id
        with self.transaction() as tx:
            return tx.execute(select(run.c.now).order_by(order).limit(1)).scalar_one_or_none()


class Slots(Connected):
    """Which slot of the clock was taken by whom: the unique row is what makes two dispatchers harmless."""

    def take_slot(self, job: str, slot_at: datetime, now: datetime) -> bool:
        """True for the one caller that is to run it."""
        return self._insert(job, slot_at, now, "running")

    def miss_slot(self, job: str, slot_at: datetime, now: datetime, note: str = "") -> bool:
        """Note a slot that is too old to be run; True the first time."""
        return self._insert(job, slot_at, now, "missed", note)

    def finish_slot(self, job: str, slot_at: datetime, now: datetime, *, failed: bool = False, note: str = "") -> None:
        """Note how a slot that was taken ended."""
        with self.transaction() as tx:
            ours = (slot.c.job == job, slot.c.slot_at == slot_at, slot.c.state == "running")
            tx.execute(update(slot).where(*ours).values(state="failed" if failed else "done", ended_at=now, note=note))

    def slots(self, *, job: str | None = None, limit: int = 50) -> tuple[Slot, ...]:
        """The latest slots, newest first; one that is still `running` after its process died was cut off."""
        c = slot.c
        query = select(c.job, c.slot_at, c.state, c.started_at, c.ended_at, c.note).order_by(
            c.slot_at.desc(), c.id.desc()
        )
        if job is not None:
            query = query.where(c.job == job)
        with self.transaction() as tx:
            return tuple(Slot(*row) for row in tx.execute(query.limit(limit)))

    def _insert(self, job: str, slot_at: datetime, now: datetime, state: str, note: str = "") -> bool:
        with self.transaction() as tx:
            once = insert_new(tx, slot).on_conflict_do_nothing(index_elements=["job", "slot_at"])
            row = {"job": job, "slot_at": slot_at, "state": state, "started_at": now, "note": note}
            return bool(tx.execute(once, row).rowcount == 1)

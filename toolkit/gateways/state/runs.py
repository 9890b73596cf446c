"""Runs, their slots on the clock, and the journal of what they wrote."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import delete, select, update

from toolkit.gateways.state.engine import Connected, insert_new
from toolkit.gateways.state.tables import journal, run, slot

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

KEPT = timedelta(days=30)
"""How long the journal is kept (60, 39)."""
SLOTS_KEPT = timedelta(days=400)
"""Longer: a monthly job's last slot may be 31 days old, and one that was forgotten would be run again."""


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


@dataclass(frozen=True, slots=True)
class Writes:
    """What a run wrote to one register, as it was handed to `journal`."""

    run_id: int
    book: str
    register: str
    writes: Sequence[Mapping[str, object]]
    created_at: datetime


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
                for line in _lines(blob):
                    for write in _writes(line) if _may_hold(line, wanted) else ():
                        if write["key"] in wanted:
                            found.setdefault((book, register, write["key"]), {})[write["column"]] = write["new"]
        return found

    def prune(self, now: datetime, older_than: timedelta = KEPT) -> int:
        """Drop journals that are older, and slots over 400 days; how many. Occasions stay for good: they stop repeats."""
        with self.transaction() as tx:
            gone = tx.execute(delete(journal).where(journal.c.created_at < now - older_than)).rowcount
            return int(gone + tx.execute(delete(slot).where(slot.c.slot_at < now - SLOTS_KEPT)).rowcount)


_TAG = "$type"
_SHARED = 1 << 14
"""So many moments are spelt once though many cells hold them."""
_LINE = 200
"""Rows of one line."""
_USUAL = {"row", "key", "column", "old", "new"}
_PIECE = 1 << 20
"""So much is unpacked at a time."""


def packed(writes: Iterable[Mapping[str, object]]) -> bytes:
    """Writes as a journal keeps them; those of one row that follow each other share its number and key."""
    packer, blob = zlib.compressobj(1), bytearray()
    encode = json.JSONEncoder(default=_tagged, ensure_ascii=False, separators=(",", ":")).encode
    rows: list[Any] = []

    def put() -> None:
        blob.extend(packer.compress((encode(rows) + "\n").encode()))

    last: tuple[object, object] | None = None
    for write in writes:
        if write.keys() != _USUAL:
            last = None
            rows.append(dict(write))
            continue
        at = (write["row"], write["key"])
        if at != last:
            if len(rows) >= _LINE:
                put()
                rows.clear()
            last = at
            rows.append([*at])
        rows[-1] += (write["column"], _shared(write["old"]), _shared(write["new"]))
    put()
    return bytes(blob + packer.flush())


def unpacked(blob: bytes) -> Iterator[Mapping[str, Any]]:
    """The writes of a journal."""
    return (write for line in _lines(blob) for write in _writes(line))


def _lines(blob: bytes) -> Iterator[str]:
    """The lines of a journal, one after the other."""
    unpacker, rest, begun = zlib.decompressobj(), blob, b""
    while rest:
        begun += unpacker.decompress(rest, _PIECE)
        rest = unpacker.unconsumed_tail
        *whole, begun = begun.split(b"\n")
        yield from (line.decode() for line in whole)
    begun += unpacker.flush()
    if begun:
        yield begun.decode()


def _writes(line: str) -> Iterator[Mapping[str, Any]]:
    """The writes of a line. One of another shape stands for itself, as all did in journals of earlier versions."""
    for entry in json.loads(line, object_hook=_untagged):
        if isinstance(entry, dict):
            yield entry
            continue
        row, key, *cells = entry
        for column, old, new in zip(cells[::3], cells[1::3], cells[2::3], strict=True):
            yield {"key": key, "row": row, "column": column, "old": old, "new": new}


_FEW = 20


def _may_hold(line: str, keys: set[str]) -> bool:
    """Whether it is worth taking a line apart: to look for a few keys takes a tenth of that."""
    return len(keys) > _FEW or any(json.dumps(key, ensure_ascii=False) in line for key in keys)


def _shared(value: object) -> object:
    """The value for JSON; of a hundred thousand due times many are the same."""
    is_wall_time = (
        type(value) is datetime and value.tzinfo is None
    )  # others are equal though they are spelt differently
    return _spelt(cast(datetime, value)) if is_wall_time else value


@lru_cache(maxsize=_SHARED)
def _spelt(moment: datetime) -> dict[str, str]:
    return _tagged(moment)


def _tagged(value: object) -> dict[str, str]:
    match value:
        case datetime():  # before date: a datetime is one
            return {_TAG: "datetime", "v": value.isoformat()}
        case date():
            return {_TAG: "date", "v": value.isoformat()}
        case time():
            return {_TAG: "time", "v": value.isoformat()}
        case Decimal():
            return {_TAG: "decimal", "v": str(value)}
        case _:
            raise TypeError(f"a journal cannot keep {value!r}")


def _untagged(found: dict[str, Any]) -> Any:
    match found.get(_TAG):
        case "datetime":
            return datetime.fromisoformat(found["v"])
        case "date":
            return date.fromisoformat(found["v"])
        case "time":
            return time.fromisoformat(found["v"])
        case "decimal":
            return Decimal(found["v"])
        case _:
            return found

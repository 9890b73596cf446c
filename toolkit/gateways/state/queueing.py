"""Planned messages meet the outbox: what is new is queued, what changed is replaced, what fell away is withdrawn (60, 15)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select, update

from toolkit.core.message import UNSENT, Message, State
from toolkit.gateways.state.engine import Connected, insert_new
from toolkit.gateways.state.remembering import CANCELLED
from toolkit.gateways.state.rows import LETTER, columns_of, keys_of, message_of, occasion_columns
from toolkit.gateways.state.salt import hashed, salt_of
from toolkit.gateways.state.tables import message, occasion

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from toolkit.core.actions import Occasion

CHUNK = 500
"""Keys asked for in one statement (SQLite and PostgreSQL both limit the number of parameters)."""


@dataclass(frozen=True, slots=True)
class Queued:
    """What queueing did, by message id; `skipped` counts the occasions recorded without a message."""

    new: tuple[int, ...] = ()
    replaced: tuple[int, ...] = ()
    readdressed: tuple[int, ...] = ()
    cancelled: tuple[int, ...] = ()
    skipped: int = 0


class Queueing(Connected):
    """The planning end of the outbox."""

    def queue(
        self,
        messages: Sequence[Message],
        *,
        at: datetime,
        skipped: Sequence[Occasion] = (),
        standing: Collection[str] = frozenset(),
        scope: Callable[[Message], bool] | None = None,
    ) -> Queued:
        """Bring the unsent messages in line with the plan, in one transaction.

        `standing` are the keys of all occasions that stand now (those of `messages` stand anyway). An unsent message
        within `scope` (all, unless told) none of whose occasions stands is cancelled; out of scope nothing is, so that
        a register that could not be read, or a job that did not run, withdraws nothing. A message all of whose
        occasions were queued before is not queued again; one that waits unsent gets the new text, and where the
        recipient changed it is held for a person (staff excepted, 60, 16).
        """
        with self.transaction() as tx:
            desk = _Desk.laid_out(tx, at, messages, skipped)
            stands = frozenset(standing).union(*(m.occasions for m in messages))
            desk.withdraw(stands, scope or _everything)
            for planned in messages:
                desk.take(planned, stands)
            return desk.finish(skipped)

    def unsent(self) -> frozenset[str]:
        """Keys of the occasions whose message still waits: they are to be planned anew, so that it can be compared."""
        query = select(message.c.occasions).where(message.c.state.in_(UNSENT))
        with self.transaction() as tx:
            return frozenset(key for row in tx.execute(query).mappings() for key in keys_of(row))

    def frozen(self) -> dict[str, int]:
        """The occasions of unsent messages that nothing may join, and the message that serves each: those that were tried
        before, whose text stands, and those that wait for a person or were let go by one.
        """
        c = message.c
        query = select(c.id, c.occasions).where(
            c.state.in_(UNSENT), or_(c.frozen_at.is_not(None), c.state == State.HELD, c.released)
        )
        with self.transaction() as tx:
            return {key: row["id"] for row in tx.execute(query).mappings() for key in keys_of(row)}

    def adopt(self, keys: Iterable[str], at: datetime) -> int:
        """Take keys that the messages tab knows and this database does not as sent (60, 17); how many were new."""
        with self.transaction() as tx:
            insert = insert_new(tx, occasion).on_conflict_do_nothing(index_elements=["key"])
            rows = [occasion_columns(key) | {"outcome": "sent", "created_at": at} for key in keys]
            return sum(tx.execute(insert, row).rowcount for row in rows)


def _everything(_: Message) -> bool:
    return True


@dataclass(slots=True)
class _Desk:
    """The unsent messages laid out beside the plan. `waiting` maps an occasion to the unsent message that serves it."""

    tx: Connection
    at: datetime
    unsent: dict[int, dict[str, Any]]
    waiting: dict[str, int]
    outcomes: dict[str, str]
    fresh: list[tuple[Message, list[str]]] = field(default_factory=list)
    replaced: list[int] = field(default_factory=list)
    readdressed: list[int] = field(default_factory=list)
    cancelled: list[int] = field(default_factory=list)

    @classmethod
    def laid_out(cls, tx: Connection, at: datetime, messages: Sequence[Message], skipped: Sequence[Occasion]) -> _Desk:
        rows = tx.execute(select(message).where(message.c.state.in_(UNSENT)).order_by(message.c.id)).mappings()
        unsent = {row["id"]: dict(row) for row in rows}
        waiting = {key: number for number, row in unsent.items() for key in keys_of(row)}
        keys = [key for m in messages for key in m.occasions] + [o.key for o in skipped]
        return cls(tx, at, unsent, waiting, _outcomes(tx, keys))

    def withdraw(self, stands: frozenset[str], scope: Callable[[Message], bool]) -> None:
        """Cancel what no longer stands; a merged message loses the occasions that fell away."""
        for number, row in list(self.unsent.items()):
            if not scope(message_of(row)):
                continue
            if row["expires_at"] is not None and row["expires_at"] <= self.at:
                continue  # its time is over: that is why nobody plans it any more, and it expires
            keep = [key for key in keys_of(row) if key in stands]
            if not keep:
                self._cancel(number, "its occasion no longer stands")
            elif len(keep) < len(keys_of(row)) and row["frozen_at"] is None:
                # One that was tried keeps its text, and with it all of its occasions: released, one would be told again.
                self._release([key for key in keys_of(row) if key not in stands])
                self._write(number, columns_of(message_of(row), keep))

    def take(self, planned: Message, stands: frozenset[str]) -> None:
        """One planned message: into the unsent one that serves its occasions, or into a new row, or nowhere."""
        new = [key for key in dict.fromkeys(planned.occasions) if self.outcomes.get(key, CANCELLED) == CANCELLED]
        mine = list(dict.fromkeys(self.waiting[key] for key in planned.occasions if key in self.waiting))
        movable = [number for number in mine if self.unsent[number]["frozen_at"] is None]
        if any(key not in stands for number in movable for key in keys_of(self.unsent[number])):
            # It was merged with an occasion that nobody planned this time (another job's): its text cannot be redone.
            movable = []
        for number in mine:
            if number not in movable:
                self._readdress(number, planned)
        if movable:
            self._merge(movable, planned, new)
        elif new:
            self.fresh.append((planned, new))
            self.outcomes.update(dict.fromkeys(new, "planned"))

    def finish(self, skipped: Sequence[Occasion]) -> Queued:
        """Write what is new, all at once."""
        ids = self._insert_fresh()
        quiet = [o.key for o in skipped if self.outcomes.get(o.key, CANCELLED) == CANCELLED]
        self._bind(dict.fromkeys(quiet), "skipped")
        gone = set(self.cancelled)
        replaced, readdressed = (
            tuple(number for number in dict.fromkeys(found) if number not in gone)
            for found in (self.replaced, self.readdressed)
        )
        return Queued(ids, replaced, readdressed, tuple(self.cancelled), len(set(quiet)))

    def _merge(self, movable: Sequence[int], planned: Message, new: Sequence[str]) -> None:
        """`planned` takes the place of the unsent messages `movable`, in the row of the first."""
        target, *others = movable
        keys = [key for key in dict.fromkeys(planned.occasions) if key in new or self.waiting.get(key) in movable]
        for number in others:
            taken = [key for key in keys_of(self.unsent[number]) if key in keys]
            left = [key for key in keys_of(self.unsent[number]) if key not in keys]
            self._assign(taken, target)
            if left:
                self._write(number, columns_of(message_of(self.unsent[number]), left))
            else:
                self._cancel(number, f"told together with message {target}")
        # What the target no longer serves stands all the same: its own message comes later in this plan or the next.
        self._release([key for key in keys_of(self.unsent[target]) if key not in keys])
        self._assign([key for key in keys if self.waiting.get(key) != target], target)
        self._write(target, columns_of(planned, keys))

    def _readdress(self, number: int, planned: Message) -> None:
        """A message that keeps its text, for it was tried before, never goes to an address that is no longer theirs."""
        if self.unsent[number]["recipient"] != planned.to:
            self._write(number, {"recipient": planned.to, "recipient_name": planned.to_name})

    def _write(self, number: int, columns: Mapping[str, Any]) -> None:
        row = self.unsent[number]
        changed = {name: value for name, value in columns.items() if row[name] != value}
        if row["released"]:
            changed.pop("expires_at", None)  # a person let it go after its expiry: the plan may not take that back
        if not changed:
            return
        if "recipient" in changed:
            changed["recipient_hash"] = hashed(salt_of(self.tx), changed["recipient"])
            self.readdressed.append(number)
            if row["audience"] != "staff":
                changed |= {"state": State.HELD, "released": False, "note": "the recipient changed: approve it again"}
        elif any(name in changed for name in LETTER):
            self.replaced.append(number)
        row |= changed | {"changed_at": self.at}
        self.tx.execute(update(message).where(message.c.id == number).values(changed | {"changed_at": self.at}))

    def _cancel(self, number: int, why: str) -> None:
        row = self.unsent.pop(number)
        self._release([key for key in keys_of(row) if self.waiting.get(key) == number])
        self.cancelled.append(number)
        gone = {"state": State.CANCELLED, "note": why, "changed_at": self.at}
        self.tx.execute(update(message).where(message.c.id == number).values(gone))

    def _release(self, keys: Sequence[str]) -> None:
        """These occasions have no message any more and may be queued anew."""
        for key in keys:
            self.waiting.pop(key, None)
            self.outcomes[key] = CANCELLED
            self.tx.execute(update(occasion).where(occasion.c.key == key).values(outcome=CANCELLED))

    def _assign(self, keys: Sequence[str], number: int) -> None:
        if keys:
            self._bind(dict.fromkeys(keys, number), "planned")
            self.waiting.update(dict.fromkeys(keys, number))

    def _insert_fresh(self) -> tuple[int, ...]:
        if not self.fresh:
            return ()
        rows, salt = [], salt_of(self.tx)
        for planned, keys in self.fresh:
            if planned.state not in UNSENT:
                raise ValueError(f"a message is queued held or ready, not {planned.state}: {planned.key}")
            state = {"state": planned.state, "created_at": self.at, "changed_at": self.at}
            rows.append(columns_of(planned, keys) | state | {"recipient_hash": hashed(salt, planned.to)})
        insert = message.insert().returning(message.c.id, sort_by_parameter_order=True)
        ids = tuple(self.tx.execute(insert, rows).scalars())
        pairs = list(zip(ids, self.fresh, strict=True))
        owners = {key: planned for planned, keys in self.fresh for key in keys}
        self._bind({key: number for number, (_, keys) in pairs for key in keys}, "planned", owners)
        return ids

    def _bind(
        self, numbers: Mapping[str, int | None], outcome: str, owners: Mapping[str, Message] | None = None
    ) -> None:
        """Occasion rows that point at their messages; the row of a cancelled one is used again."""
        if not numbers:
            return
        insert = insert_new(self.tx, occasion)
        again = insert.on_conflict_do_update(
            index_elements=["key"],
            set_={"outcome": insert.excluded.outcome, "message_id": insert.excluded.message_id},
        )
        rows = [
            occasion_columns(key, (owners or {}).get(key))
            | {"outcome": outcome, "message_id": number, "created_at": self.at}
            for key, number in numbers.items()
        ]
        self.tx.execute(again, rows)
        self.outcomes.update(dict.fromkeys(numbers, outcome))


def _outcomes(tx: Connection, keys: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    c = occasion.c
    for start in range(0, len(keys), CHUNK):
        query = select(c.key, c.outcome).where(c.key.in_(keys[start : start + CHUNK]))
        found.update((key, outcome) for key, outcome in tx.execute(query))
    return found

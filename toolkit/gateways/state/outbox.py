"""A message's way out: claimed, sending, settled. Every move is one conditional UPDATE (60, 14).

`sending` is committed before anything leaves the house. Whoever dies after that leaves a message of which nobody knows
whether it arrived: it becomes `unknown` and is never sent again by itself.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, assert_never

from sqlalchemy import and_, bindparam, func, or_, select, update

from toolkit.core.message import Accepted, Deferred, Outcome, Rejected, State, Stored, Unknown
from toolkit.gateways.state.engine import Connected
from toolkit.gateways.state.remembering import CANCELLED
from toolkit.gateways.state.rows import message_of, stored_of
from toolkit.gateways.state.salt import hashed, salt_of
from toolkit.gateways.state.tables import attempt, message, occasion

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from sqlalchemy import ColumnElement, Connection, Update

    from toolkit.core.message import Message

BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
"""The wait after the first, second, third refusal; the last one stands for all that follow."""
ATTEMPTS = 6
PAGE = 100
"""Ready messages looked at in one go."""


# Built once: putting a statement together costs more than SQLite takes to run it, and these run for each message.
_LIMITS = select(message.c.attempts, message.c.expires_at).where(message.c.id == bindparam("number"))
# What a merged message gave up again still points at it: only what it serves now was told.
_TELL = (
    update(occasion)
    .where(occasion.c.message_id == bindparam("number"), occasion.c.outcome != CANCELLED)
    .values(outcome="sent")
)
_BEGIN_ATTEMPT = attempt.insert().values(message_id=bindparam("number"), started_at=bindparam("at"))
_END_ATTEMPT = (
    update(attempt)
    .where(
        attempt.c.id
        == select(func.max(attempt.c.id)).where(attempt.c.message_id == bindparam("number")).scalar_subquery()
    )
    .values({name: bindparam(f"new_{name}") for name in ("ended_at", "outcome", "code", "text", "provider_id")})
)

_Told = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Reaped:
    """Ids of messages whose process died: `freed` had not begun, of `unknown` nobody knows."""

    freed: tuple[int, ...] = ()
    unknown: tuple[int, ...] = ()


class Outbox(Connected):
    """The sending end of the outbox."""

    def reap(self, now: datetime, *, alone: bool = False) -> Reaped:
        """Take back what dead processes left: claimed → ready, sending → unknown, once the lease is over.

        `alone`: the caller holds the run lock, so whoever held a lease is dead and nobody need wait for its end.
        """
        stale = None if alone else message.c.lease_until < now
        with self.transaction() as tx:
            freed = _move_all(
                tx, State.CLAIMED, stale, state=State.READY, lease_owner=None, lease_until=None, changed_at=now
            )
            words = "cut off while sending: it may have arrived"
            # The owner stays in the row: if that process lives after all, it may still say how it ended.
            lost = _move_all(
                tx, State.SENDING, stale, state=State.UNKNOWN, lease_until=None, note=words, changed_at=now
            )
            _end_attempts(tx, lost, now, ("unknown", "", words, ""))
        return Reaped(freed, lost)

    def expire(self, now: datetime, channels: Collection[str] | None = None) -> tuple[int, ...]:
        """Held and ready messages past their expiry: a reminder of a visit that is over is not sent any more."""
        due = message.c.expires_at <= now
        if channels is not None:
            due = due & message.c.channel.in_(channels)
        with self.transaction() as tx:
            held = _move_all(tx, State.HELD, due, state=State.EXPIRED, note="not approved in time", changed_at=now)
            ready = _move_all(tx, State.READY, due, state=State.EXPIRED, note="not sent in time", changed_at=now)
        return tuple(sorted(held + ready))

    def claim(
        self,
        owner: str,
        now: datetime,
        *,
        lease: timedelta,
        channels: Collection[str],
        may_send: Callable[[Message], bool] | None = None,
        after: int = 0,
        limit: int = 1,
    ) -> tuple[Stored, ...]:
        """Claim up to `limit` ready messages whose time has come, oldest first, with ids above `after`.

        What `may_send` declines stays ready. `after` lets a caller pass over the outbox once, without meeting again
        what it has just put back.
        """
        due = (
            message.c.state == State.READY,
            message.c.channel.in_(channels),
            or_(message.c.not_before.is_(None), message.c.not_before <= now),
            or_(message.c.expires_at.is_(None), message.c.expires_at > now),
        )
        chosen: list[Stored] = []
        with self.transaction() as tx:
            while len(chosen) < limit:
                page = (
                    select(message).where(*due, message.c.id > after).order_by(message.c.id).limit(min(limit * 2, PAGE))
                )
                rows = tx.execute(page.with_for_update(skip_locked=True)).mappings().all()
                if not rows:
                    break
                after = rows[-1]["id"]
                chosen += [stored_of(row) for row in rows if may_send is None or may_send(message_of(row))]
            chosen = chosen[:limit]
            taken = {"state": State.CLAIMED, "lease_owner": owner, "lease_until": now + lease, "changed_at": now}
            ids = [stored.id for stored in chosen]
            tx.execute(update(message).where(message.c.id.in_(ids), message.c.state == State.READY).values(taken))
        return tuple(chosen)

    def release(self, number: int, owner: str, now: datetime, *, note: str | None = None) -> bool:
        """Put a claimed message back untried; `note` says why, where a person would ask."""
        back: dict[str, Any] = {"state": State.READY, "lease_owner": None, "lease_until": None, "changed_at": now}
        back |= {} if note is None else {"note": note}
        with self.transaction() as tx:
            return _move(tx, number, (State.CLAIMED,), owner, back)

    def sent_since(self, begin: datetime) -> Counter[str]:
        """How many messages each address was sent, or may have been, from `begin` on; by `recipient_hash`, since a
        restart, another run or a pruned address must not make anybody's day begin anew.
        """
        c = message.c
        query = (
            select(c.recipient_hash, func.count())
            .where(
                c.recipient_hash != "",
                or_(
                    c.sent_at >= begin,
                    and_(c.state.in_((State.SENDING, State.UNKNOWN)), c.sent_at.is_(None), c.frozen_at >= begin),
                ),
            )
            .group_by(c.recipient_hash)
        )
        with self.transaction() as tx:
            return Counter(dict(tx.execute(query).all()))

    def hash_of(self, address: str) -> str:
        """What `sent_since` calls an address."""
        with self.transaction() as tx:
            return hashed(salt_of(tx), address)

    def start_sending(self, number: int, owner: str, now: datetime, *, lease: timedelta) -> bool:
        """Commit, before the network, that sending begins; from here on the text stands. False: not ours any more."""
        begun = {
            "state": State.SENDING,
            "lease_until": now + lease,
            "frozen_at": now,
            "changed_at": now,
        }
        with self.transaction() as tx:
            if not _move(tx, number, (State.CLAIMED,), owner, begun):
                return False
            tx.execute(_BEGIN_ATTEMPT, {"number": number, "at": now})
            return True

    def settle(
        self, number: int, owner: str, outcome: Outcome, now: datetime, *, channel_down: bool = False
    ) -> State | None:
        """Write down how an attempt ended; the state it led to, or None where a person decided meanwhile.

        A process that outlived its lease may still tell the truth about a message that was reaped as unknown.
        `channel_down`: it was not this message that was refused, so it uses up none of its attempts.
        """
        with self.transaction() as tx:
            attempts, expires_at = tx.execute(_LIMITS, {"number": number}).one()
            columns = _landing(outcome, attempts, expires_at, now, channel_down=channel_down)
            over = {"lease_owner": None, "lease_until": None, "noted_at": None, "changed_at": now}
            if not _move(tx, number, (State.SENDING, State.UNKNOWN), owner, over | columns):
                return None
            _end_attempts(tx, (number,), now, _told(outcome))
            if columns["state"] == State.SENT:
                mark_sent(tx, number)
            return State(columns["state"])


def mark_sent(tx: Connection, number: int) -> None:
    """The occasions of a message have been told."""
    tx.execute(_TELL, {"number": number})


def _landing(
    outcome: Outcome, attempts: int, expires_at: datetime | None, now: datetime, *, channel_down: bool
) -> dict[str, Any]:
    """The columns that an outcome leads to."""
    match outcome:
        case Accepted(provider_id):
            return {"state": State.SENT, "provider_id": provider_id, "sent_at": now, "note": ""}
        case Rejected(code, text):
            return {"state": State.FAILED, "note": _words(code, text)}
        case Unknown(text):
            return {"state": State.UNKNOWN, "note": text}
        case Deferred(code, text, not_before):
            spent = attempts - 1 if channel_down else attempts
            if spent >= ATTEMPTS:
                return {"state": State.FAILED, "note": f"given up after {ATTEMPTS} attempts: {_words(code, text)}"}
            again = not_before or now + BACK_OFF[min(max(spent, 1), len(BACK_OFF)) - 1]
            # At its expiry, not after it: the next run then finds it expired instead of sleeping on it.
            again = again if expires_at is None else min(again, expires_at)
            return {"state": State.READY, "attempts": spent, "not_before": again, "note": _words(code, text)}
        case _:
            assert_never(outcome)


def _told(outcome: Outcome) -> _Told:
    """Outcome, code, text and provider id as the attempt keeps them."""
    match outcome:
        case Accepted(provider_id):
            return "accepted", "", "", provider_id
        case Rejected(code, text):
            return "rejected", code, text, ""
        case Deferred(code, text):
            return "deferred", code, text, ""
        case Unknown(text):
            return "unknown", "", text, ""
        case _:
            assert_never(outcome)


def _words(code: str, text: str) -> str:
    return f"{code} {text}".strip()


def _move(tx: Connection, number: int, sources: tuple[State, ...], owner: str, values: dict[str, Any]) -> bool:
    """One conditional move; False where the message is elsewhere or somebody else's."""
    told = {f"new_{name}": value for name, value in values.items()} | {"number": number, "owner": owner}
    return bool(tx.execute(_moving(sources, tuple(values)), told).rowcount == 1)


@cache
def _moving(sources: tuple[State, ...], names: tuple[str, ...]) -> Update:
    """The statement of a move; one that begins an attempt counts it."""
    c = message.c
    columns: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
    if "frozen_at" in names:
        columns["attempts"] = c.attempts + 1
    ours = (c.id == bindparam("number"), c.state.in_(sources), c.lease_owner == bindparam("owner"))
    return update(message).where(*ours).values(columns)


def _move_all(tx: Connection, source: State, which: ColumnElement[bool] | None, **values: object) -> tuple[int, ...]:
    query = select(message.c.id).where(message.c.state == source).order_by(message.c.id)
    ids = tuple(tx.execute(query if which is None else query.where(which)).scalars())
    for start in range(0, len(ids), PAGE):
        tx.execute(update(message).where(message.c.id.in_(ids[start : start + PAGE])).values(values))
    return ids


def _end_attempts(tx: Connection, numbers: Collection[int], at: datetime, told: _Told) -> None:
    """Close the open attempts; a late truth overwrites the guess of the reaper."""
    outcome, code, text, provider_id = told
    ended = {"ended_at": at, "outcome": outcome, "code": code, "text": text, "provider_id": provider_id}
    for number in numbers:
        tx.execute(_END_ATTEMPT, {"number": number} | {f"new_{name}": value for name, value in ended.items()})

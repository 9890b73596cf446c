"""What a person sees of the outbox and may do to it: list, show, approve, retry, cancel, settle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select, update

from toolkit.core.errors import UsageError
from toolkit.core.message import State, Stored
from toolkit.gateways.state.engine import Connected
from toolkit.gateways.state.inbound import release
from toolkit.gateways.state.outbox import mark_sent
from toolkit.gateways.state.rows import stored_of
from toolkit.gateways.state.salt import hashed, salt_of
from toolkit.gateways.state.tables import attempt, message, occasion

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from sqlalchemy import Connection, RowMapping

    from toolkit.core.memory import RowKey

RETRIED = (State.FAILED, State.UNKNOWN, State.EXPIRED, State.UNDELIVERED)
CANCELLABLE = (State.HELD, State.READY, *RETRIED)
LOGGED = (State.SENT, State.DELIVERED, State.UNDELIVERED, State.FAILED, State.UNKNOWN, State.EXPIRED)
"""What the messages tab tells staff: how a message ended, not that it waits."""


class WrongStateError(UsageError):
    """The message does not stand where this command could move it (exit code 2)."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try; `ended_at` is empty while it goes on."""

    started_at: datetime
    ended_at: datetime | None
    outcome: str
    code: str
    text: str
    provider_id: str


class Desk(Connected):
    """The outbox commands. Each refuses the wrong state in words."""

    def messages(
        self, states: Collection[State] | None = None, *, notice: str | None = None, limit: int | None = None
    ) -> tuple[Stored, ...]:
        """Messages, newest first."""
        query = select(message).order_by(message.c.id.desc())
        if states is not None:
            query = query.where(message.c.state.in_(states))
        if notice is not None:
            query = query.where(message.c.notice == notice)
        if limit is not None:
            query = query.limit(limit)
        with self.transaction() as tx:
            return tuple(stored_of(row) for row in tx.execute(query).mappings())

    def messages_about(
        self, addresses: Collection[str], rows: Collection[RowKey], *, audiences: Collection[str]
    ) -> tuple[Stored, ...]:
        """Messages to these addresses, also where the address itself is gone, and those about these rows, newest first."""
        c = message.c
        with self.transaction() as tx:
            salt = salt_of(tx)
            to_them = c.recipient_hash.in_([hashed(salt, one) for one in addresses])
            about = tx.execute(
                select(occasion.c.message_id, occasion.c.book, occasion.c.register, occasion.c.row_key).where(
                    occasion.c.row_key.in_({key for _, _, key in rows}), occasion.c.message_id.is_not(None)
                )
            )
            ids = {number for number, *row in about if tuple(row) in rows}
            query = select(message).where(or_(to_them, c.id.in_(ids)), c.audience.in_(audiences)).order_by(c.id.desc())
            return tuple(stored_of(row) for row in tx.execute(query).mappings())

    def message(self, number: int) -> Stored:
        """One message, whole."""
        with self.transaction() as tx:
            return stored_of(_row(tx, number))

    def attempts(self, number: int) -> tuple[Attempt, ...]:
        """Its attempts, oldest first."""
        c = attempt.c
        query = select(c.started_at, c.ended_at, c.outcome, c.code, c.text, c.provider_id)
        with self.transaction() as tx:
            return tuple(Attempt(*row) for row in tx.execute(query.where(c.message_id == number).order_by(c.id)))

    def counts(self) -> dict[State, int]:
        """How many messages stand in each state; states without one are left out."""
        query = select(message.c.state, func.count()).group_by(message.c.state).order_by(message.c.state)
        with self.transaction() as tx:
            return {State(state): number for state, number in tx.execute(query)}

    def approve(self, number: int, at: datetime) -> Stored:
        """Held → ready."""
        return self._decide(number, at, "approve", (State.HELD,), {"state": State.READY, "released": True, "note": ""})

    def retry(self, number: int, at: datetime) -> Stored:
        """Failed, unknown, expired or undelivered → ready, at once, with all its attempts; an expiry that is past is lifted.

        Mail that had come back is tried again: its address is taken for right.
        """
        again: dict[str, Any] = {"state": State.READY, "released": True, "attempts": 0, "not_before": None}
        again |= {"lease_owner": None, "note": "tried again by hand", "noted_at": None}
        with self.transaction() as tx:
            found = _row(tx, number)
            expires_at = found["expires_at"]
            if found["pruned_at"] is not None:
                raise WrongStateError(
                    f"message {number} cannot be sent again: its text and address were pruned or forgotten"
                )
            if expires_at is not None and expires_at <= at:
                again["expires_at"] = None
            self._trust(tx, number, at)
            return self._decide(number, at, "retry", RETRIED, again)

    def cancel(self, number: int, at: datetime, reason: str) -> Stored:
        """Never send it, now or in a later run: a person's no outlives the plan, unlike a cancellation by the plan."""
        gone = {"state": State.CANCELLED, "lease_owner": None, "note": reason}
        with self.transaction() as tx:
            stored = self._decide(number, at, "cancel", CANCELLABLE, gone)
            tx.execute(update(occasion).where(occasion.c.message_id == number).values(outcome="skipped"))
            return stored

    def settle_as_sent(self, number: int, at: datetime, note: str = "settled by hand") -> Stored:
        """A person knows that it arrived, or told it by telephone: failed, unknown, expired or undelivered → sent.

        Of mail that had come back this says that its address is right: letters go there again.
        """
        done = {"state": State.SENT, "sent_at": at, "lease_owner": None, "note": note, "noted_at": None}
        with self.transaction() as tx:
            self._trust(tx, number, at)
            stored = self._decide(number, at, "settle", RETRIED, done)
            mark_sent(tx, number)
            return stored

    def unlogged(self, book: str | None = None) -> tuple[Stored, ...]:
        """Messages whose end the messages tab was not told yet, oldest first."""
        query = select(message).where(message.c.noted_at.is_(None), message.c.state.in_(LOGGED)).order_by(message.c.id)
        if book is not None:
            query = query.where(message.c.book == book)
        with self.transaction() as tx:
            return tuple(stored_of(row) for row in tx.execute(query).mappings())

    def note_messages(self, numbers: Iterable[int], at: datetime) -> None:
        """The messages tab was told of these."""
        with self.transaction() as tx:
            for number in numbers:
                tx.execute(update(message).where(message.c.id == number).values(noted_at=at))

    def _trust(self, tx: Connection, number: int, at: datetime) -> None:
        row = _row(tx, number)
        if row["state"] == State.UNDELIVERED:
            release(tx, row["recipient_hash"], at)

    def _decide(
        self, number: int, at: datetime, word: str, sources: Collection[State], values: dict[str, Any]
    ) -> Stored:
        with self.transaction() as tx:
            state = _row(tx, number)["state"]
            if state not in sources:
                wanted = ", ".join(sources)
                raise WrongStateError(f"message {number} is {state}; `outbox {word}` takes messages that are {wanted}")
            tx.execute(update(message).where(message.c.id == number).values(values | {"changed_at": at}))
            return stored_of(_row(tx, number))


def _row(tx: Connection, number: int) -> RowMapping:
    row = tx.execute(select(message).where(message.c.id == number)).mappings().one_or_none()
    if row is None:
        raise WrongStateError(f"there is no message {number} in the outbox; `outbox list` shows them")
    return row

"""What the other side says later: sent → delivered or undelivered, unknown → whatever it turns out to be (60, 14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, assert_never

from sqlalchemy import or_, select, update

from toolkit.core.message import Delivered, NotFound, Receipt, State, StillOpen, Stored, Undelivered
from toolkit.gateways.state.engine import Connected
from toolkit.gateways.state.outbox import mark_sent
from toolkit.gateways.state.rows import stored_of
from toolkit.gateways.state.tables import attempt, message

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy import Connection

ASKED = (State.UNKNOWN, State.SENT)
PAGE = 500
"""Open messages looked at for those whose turn it is."""
SHARE = 4
"""A receipt is asked for again after a quarter of the message's age: often at first, seldom after days."""
SOONEST = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A message whose end is not known. `sent_at` is when it left, or began to."""

    stored: Stored
    provider_id: str
    sent_at: datetime


class Receipts(Connected):
    """The asking end of the outbox."""

    def unsettled(
        self,
        channels: Collection[str],
        now: datetime,
        *,
        unknown_for: timedelta,
        sent_within: timedelta,
        limit: int,
        only_unknown: Collection[str] = (),
    ) -> tuple[Unsettled, ...]:
        """Messages whose turn it is to be asked after, unknown ones first, then the newest; at most `limit`.

        Of the channels `only_unknown` no more than those.
        """
        c = message.c
        started = select(attempt.c.started_at).where(attempt.c.message_id == c.id).order_by(attempt.c.id.desc())
        query = (
            select(message, started.limit(1).scalar_subquery().label("tried_at"))
            .where(c.channel.in_(channels), c.state.in_(ASKED), c.changed_at > now - sent_within)
            .where(or_(c.state == State.UNKNOWN, c.channel.not_in(only_unknown)))
            .order_by(c.state.desc(), c.id.desc())  # "unknown" comes behind "sent" in the alphabet
            .limit(PAGE)
        )
        with self.transaction() as tx:
            rows = tx.execute(query).mappings().all()
        return tuple(_due(rows, now, unknown_for, sent_within))[:limit]

    def take_receipt(self, one: Unsettled, receipt: Receipt | None, now: datetime) -> State | None:
        """Write down what the other side says; the state it led to, None where nothing moved.

        Conditional on where it stood: what a person settled meanwhile stands. A message of which the other side knows nothing
        stays unknown, with that said in its note: it is never sent again by itself.
        """
        was = one.stored.state
        mine = (message.c.id == one.stored.id, message.c.state == was)
        with self.transaction() as tx:
            if _is_of_another(tx, one, receipt):
                receipt = NotFound("the other side shows one like it only, which was another message")
            columns = _landing(one, receipt, now)
            if tx.execute(update(message).where(*mine).values(columns | {"asked_at": now})).rowcount != 1:
                return None
            if "state" not in columns:
                return None
            if was is State.UNKNOWN:
                mark_sent(tx, one.stored.id)
            return State(columns["state"])


def _is_of_another(tx: Connection, one: Unsettled, receipt: Receipt | None) -> bool:
    """Whether what was found is another message's: one whose id never came is looked for by number and text, and two
    tickets of one customer may say the same.
    """
    if one.provider_id or receipt is None or isinstance(receipt, NotFound) or not receipt.provider_id:
        return False
    c = message.c
    same = select(c.id).where(c.provider_id == receipt.provider_id, c.channel == one.stored.message.channel)
    return tx.execute(same.where(c.id != one.stored.id)).first() is not None


def _due(rows: Any, now: datetime, unknown_for: timedelta, sent_within: timedelta) -> Iterator[Unsettled]:
    for row in rows:
        is_unknown = row["state"] == State.UNKNOWN
        sent_at = (None if is_unknown else row["sent_at"]) or row["tried_at"] or row["changed_at"]
        if now - sent_at > sent_within or (is_unknown and now - sent_at < unknown_for):
            continue
        asked_at = row["asked_at"]
        if asked_at is None or now - asked_at >= max(SOONEST, (asked_at - sent_at) / SHARE):
            # An id that an unknown one has is that of an earlier attempt, and would answer for that.
            yield Unsettled(stored_of(row), "" if is_unknown else row["provider_id"], sent_at)


def _landing(one: Unsettled, receipt: Receipt | None, now: datetime) -> dict[str, Any]:
    was = one.stored.state
    # The day that it was sent on is what gateways are asked by: it stays, however late the answer comes.
    moved = {"noted_at": None, "changed_at": now, "lease_owner": None, "sent_at": one.sent_at}
    match receipt:
        case Delivered(provider_id):
            return {"state": State.DELIVERED, "note": ""} | moved | _known(provider_id)
        case Undelivered(code, text, provider_id):
            return {"state": State.UNDELIVERED, "note": f"{code} {text}".strip()} | moved | _known(provider_id)
        case StillOpen(provider_id) if was is State.UNKNOWN:
            return {"state": State.SENT, "note": "the other side has it"} | moved | _known(provider_id)
        case NotFound(text) if was is State.UNKNOWN:
            return {"note": text or "the other side shows no such message"}
        case StillOpen() | NotFound() | None:
            return {}
        case _:
            assert_never(receipt)


def _known(provider_id: str) -> dict[str, str]:
    return {"provider_id": provider_id} if provider_id else {}

"""Bounces and replies: kept once each, tied to the letter that they speak of, and which addresses they stop."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from toolkit.core.inbound import Inbound, Kind, Noted
from toolkit.core.memory import Bounce
from toolkit.core.message import State
from toolkit.gateways.state.engine import Connected, insert_new
from toolkit.gateways.state.salt import hashed, salt_of
from toolkit.gateways.state.tables import inbound, mailbox, message, occasion

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from toolkit.core.memory import RowKey

MAY_COME_BACK = (State.SENT, State.DELIVERED, State.UNKNOWN)
"""A letter that left, or may have: a bounce tells that it did and did not arrive."""


@dataclass(frozen=True, slots=True)
class MailSent:
    """A letter by mail, as far as an answer to it must be told. `to` is empty once its body was pruned, `to_hash` stays."""

    id: int
    key: str
    thread: str | None
    to: str
    to_hash: str
    book: str
    register: str
    row_key: str


@dataclass(frozen=True, slots=True)
class LookedAt:
    """How far a mailbox was read, and when."""

    uidvalidity: int
    last_uid: int
    read_at: datetime


@dataclass(frozen=True, slots=True)
class Arrived:
    """A mail that was not known yet, with the letter that it speaks of."""

    mail: Inbound
    letter: MailSent


class Inbounds(Connected):
    """What came back."""

    def looked_at(self, account: str) -> LookedAt | None:
        """How far the mailbox was read."""
        c = mailbox.c
        with self.transaction() as tx:
            row = tx.execute(select(c.uidvalidity, c.last_uid, c.read_at).where(c.account == account)).one_or_none()
            return None if row is None else LookedAt(*row)

    def mails_sent(self) -> tuple[MailSent, ...]:
        """Every letter that left by mail, oldest first."""
        c = message.c
        query = select(c.id, c.key, c.thread, c.recipient, c.recipient_hash, c.book, c.register, c.row_key)
        left = c.frozen_at.is_not(None)
        with self.transaction() as tx:
            return tuple(MailSent(*row) for row in tx.execute(query.where(c.channel == "email", left).order_by(c.id)))

    def take_inbound(
        self, account: str, look: LookedAt, found: Iterable[tuple[Inbound, MailSent]], run_id: int | None
    ) -> tuple[Arrived, ...]:
        """Keep what is new, mark the letters that came back, and how far was read: all in one transaction."""
        with self.transaction() as tx:
            arrived = tuple(Arrived(one, letter) for one, letter in found if _keep(tx, one, letter, look, run_id))
            insert = insert_new(tx, mailbox)
            seen = {"uidvalidity": look.uidvalidity, "last_uid": look.last_uid, "read_at": look.read_at}
            tx.execute(
                insert.on_conflict_do_update(index_elements=["account"], set_=seen), {"account": account, **seen}
            )
            return arrived

    def came_in(self, book: str, row_key: str) -> tuple[Noted, ...]:
        """The bounces and replies of a row, oldest first."""
        c = inbound.c
        query = select(c.kind, c.sender, c.address, c.text, c.received_at, c.book, c.register, c.row_key)
        with self.transaction() as tx:
            rows = tx.execute(query.where(c.book == book, c.row_key == row_key).order_by(c.received_at, c.id)).all()
        return tuple(Noted(Kind(kind), *rest) for kind, *rest in rows)

    def release_address(self, address: str, at: datetime) -> int:
        """A person says that an address is right: letters go to it again."""
        with self.transaction() as tx:
            return release(tx, hashed(salt_of(tx), address), at)


@dataclass(frozen=True, slots=True)
class Stopped:
    """The addresses to which nothing goes any more, by their salted hashes: their spelling may have been pruned."""

    salt: bytes = field(repr=False)
    by_hash: Mapping[str, Bounce]

    def get(self, address: str, /) -> Bounce | None:
        """The newest bounce of an address."""
        return self.by_hash.get(hashed(self.salt, address)) if self.by_hash else None

    def __contains__(self, address: object) -> bool:
        return isinstance(address, str) and self.get(address) is not None

    def __len__(self) -> int:
        return len(self.by_hash)


def release(tx: Connection, address_hash: str, at: datetime) -> int:
    """Lift every stop of an address; how many there were."""
    c = inbound.c
    stopped = (c.address_hash == address_hash, c.address_hash != "", c.stops, c.released_at.is_(None))
    return tx.execute(update(inbound).where(*stopped).values(released_at=at)).rowcount


def bounced(tx: Connection) -> Stopped:
    """The addresses that are stopped, by their newest bounce."""
    c = inbound.c
    stands = (c.stops, c.released_at.is_(None), c.address_hash != "")
    query = select(c.address_hash, c.received_at, c.text).where(*stands).order_by(c.received_at)
    found = {address: Bounce(at, why) for address, at, why in tx.execute(query)}
    return Stopped(salt_of(tx) if found else b"", found)


def came_back(tx: Connection) -> frozenset[str]:
    """The occasions whose letter came back."""
    query = select(occasion.c.key).join_from(occasion, message, occasion.c.message_id == message.c.id)
    return frozenset(tx.execute(query.where(message.c.state == State.UNDELIVERED)).scalars())


def replied(tx: Connection, books: Sequence[str]) -> dict[RowKey, tuple[datetime, ...]]:
    """When customers answered letters of ours, by the rows that the letters were about, oldest first.

    By occasion, not by message: an answer to a letter that was merged from three rows is an answer about each of them.
    """
    i, o, m = inbound.c, occasion.c, message.c
    query = (
        select(o.book, o.register, o.row_key, i.received_at)
        .join_from(inbound, message, i.message_id == m.id)
        .join(occasion, o.message_id == m.id)
        .where(i.kind == Kind.REPLY, m.role == "customer", o.book.in_(books))
        .distinct()
        .order_by(i.received_at)
    )
    found: dict[RowKey, list[datetime]] = defaultdict(list)
    for book, register, key, at in tx.execute(query):
        found[book, register, key].append(at)
    return {row: tuple(moments) for row, moments in found.items()}


def _keep(tx: Connection, one: Inbound, letter: MailSent, look: LookedAt, run_id: int | None) -> bool:
    received_at = min(one.received_at or look.read_at, look.read_at)
    row = {
        "uidvalidity": look.uidvalidity,
        "uid": one.uid,
        "mail_id": one.message_id or f"{look.uidvalidity}/{one.uid}",
        "kind": one.kind,
        "message_id": letter.id,
        "address": letter.to,
        "address_hash": letter.to_hash,
        "sender": one.sender,
        "book": letter.book,
        "register": letter.register,
        "row_key": letter.row_key,
        "text": one.text,
        "stops": one.kind is Kind.BOUNCE and one.stops,
        "received_at": received_at,
        "seen_run": run_id,
    }
    once = insert_new(tx, inbound).on_conflict_do_nothing(index_elements=["mail_id"])
    if tx.execute(once, row).rowcount != 1:
        return False
    if one.kind is Kind.BOUNCE:
        back = {"state": State.UNDELIVERED, "note": one.text, "noted_at": None, "changed_at": look.read_at}
        which = (message.c.id == letter.id, message.c.state.in_(MAY_COME_BACK))
        tx.execute(update(message).where(*which).values(back))
    return True

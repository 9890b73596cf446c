"""Personal data leaves the database: texts and addresses after their time, a person at once (40; 60, 39).

Keys, states, times and provider ids stay: they say that somebody was told, and keep it from being told again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select, update

from toolkit.core.errors import OutsideError
from toolkit.core.message import UNSENT, State
from toolkit.core.private import masked_text
from toolkit.gateways.state import traces
from toolkit.gateways.state.engine import Connected, insert_new
from toolkit.gateways.state.erasing import erasing, scoured
from toolkit.gateways.state.remembering import CANCELLED
from toolkit.gateways.state.rows import keys_of
from toolkit.gateways.state.salt import hashed, salt_of
from toolkit.gateways.state.tables import (
    attempt,
    inbound,
    journal,
    message,
    occasion,
    reservation,
    row_left,
    row_seen,
    slot,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime, timedelta

    from sqlalchemy import Connection, Table

    from toolkit.core.memory import RowKey

MOVING = (State.CLAIMED, State.SENDING)
GONE: Mapping[str, Any] = {
    "subject": "",
    "text": "",
    "html": None,
    "attachments": "[]",
    "template": None,
    "recipient": "",
    "recipient_name": "",
    "why": "",
}
"""What a message without its body holds."""
PAGE = 200
"""Messages that are emptied, or looked through, in one go: bodies are long."""


class BeingSentError(OutsideError):
    """A message to the person is on its way: it cannot be called back (exit code 3)."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who is to be forgotten: addresses in the spelling of the registers, names, and the rows that tell of them."""

    addresses: frozenset[str]
    names: frozenset[str] = frozenset()
    rows: frozenset[RowKey] = frozenset()


@dataclass(frozen=True, slots=True)
class Trail:
    """What the database holds of a person. `to_them` and `about_them` are messages, `waiting` those of both unsent;
    `seen` counts remembered values, `writes` the cells of journals, by journal.
    """

    person: Person
    to_them: tuple[int, ...] = ()
    about_them: tuple[int, ...] = ()
    waiting: tuple[int, ...] = ()
    moving: tuple[int, ...] = ()
    seen: int = 0
    writes: Mapping[int, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.to_them or self.about_them or self.seen or self.writes)


class Privacy(Connected):
    """Pruning and forgetting."""

    def prune_bodies(self, now: datetime, older_than: timedelta) -> int:
        """Empty the messages that ended longer ago; how many."""
        c = message.c
        open_states = (*UNSENT, *MOVING)
        over = (c.pruned_at.is_(None), c.changed_at < now - older_than, c.state.not_in(open_states))
        with erasing(self) as tx:
            ids = tx.execute(select(c.id).where(*over).order_by(c.id)).scalars().all()
            _empty(tx, ids, now)
            old, whole = inbound.c.received_at < now - older_than, or_(inbound.c.text != "", inbound.c.address != "")
            # A bounce goes on stopping its address, by the salted hash of it.
            tx.execute(update(inbound).where(old, whole).values(text="", sender="", address=""))
            return len(ids)

    def trail(self, person: Person) -> Trail:
        """What is known of a person; rows that only the outbox remembers are found by their messages."""
        with self.transaction() as tx:
            salt, c = salt_of(tx), message.c
            hashes = [hashed(salt, one) for one in person.addresses]
            theirs = tx.execute(
                select(c.id, c.state, c.audience, c.book, c.register, c.row_key, c.recipient_name).where(
                    c.recipient_hash.in_(hashes)
                )
            ).all()
            rows = {(one.book, one.register, one.row_key) for one in theirs if one.audience == "customer"} - {
                ("", "", "")
            }
            names = {one.recipient_name for one in theirs if one.audience == "customer" and one.recipient_name}
            whole = Person(person.addresses, person.names | names, person.rows | rows)
            marks = traces.Marks(whole.addresses, whole.names)
            to_them = {one.id: State(one.state) for one in theirs}
            about = {number: state for number, state in _about(tx, whole, marks) if number not in to_them}
            every = to_them | about
            return Trail(
                whole,
                tuple(sorted(to_them)),
                tuple(sorted(about)),
                tuple(sorted(number for number, state in every.items() if state in UNSENT)),
                tuple(sorted(number for number, state in every.items() if state in MOVING)),
                sum(len(tx.execute(select(row_seen.c.id).where(_is(row_seen, row))).all()) for row in whole.rows),
                dict(traces.journals_of(tx, whole.rows, marks)),
            )

    def forget(self, person: Person, at: datetime) -> Trail:
        """Remove a person; what was removed. BeingSentError where a message of theirs is on its way.

        The caller holds the run lock. What was to go to them never goes. What others were to hear about them is withdrawn,
        and planned anew as long as their row stands in its sheet.
        """
        with erasing(self) as tx:
            trail = self.trail(person)
            if trail.moving:
                raise BeingSentError(
                    f"message(s) {', '.join(map(str, trail.moving))} to them or about them are being sent; try again "
                    "after the next run"
                )
            _withdraw(tx, trail, at)
            _empty(tx, (*trail.to_them, *trail.about_them), at, unindexed=True)
            for row in sorted(trail.person.rows):
                _forget_row(tx, row, at)
            marks = traces.Marks(trail.person.addresses, trail.person.names)
            traces.rewrite(tx, trail.writes, trail.person.rows, marks)
            _forget_mail(tx, trail.person, marks)
            _mask_notes(tx, slot, ("note",), slot.c.note != "")
        scoured(self, (message, attempt, journal, row_seen, row_left, reservation, slot, inbound))
        return trail


def _about(tx: Connection, person: Person, marks: traces.Marks) -> Iterable[tuple[int, State]]:
    """Messages about their rows, and those whose text names them: a digest, a list of calls."""
    c = message.c
    columns = (c.id, c.state, c.book, c.register, c.row_key, c.recipient, c.recipient_name, c.note, c.why)
    body = (c.subject, c.text, c.template, c.html, c.attachments, c.occasions)
    after = 0
    while page := tx.execute(select(*columns, *body).where(c.id > after).order_by(c.id).limit(PAGE)).mappings().all():
        after = page[-1]["id"]
        for row in page:
            if (row["book"], row["register"], row["row_key"]) in person.rows or marks.stand_in_message(row):
                yield row["id"], State(row["state"])


def _withdraw(tx: Connection, trail: Trail, at: datetime) -> None:
    rows = tx.execute(select(message.c.id, message.c.occasions).where(message.c.id.in_(trail.waiting))).mappings().all()
    for row in rows:
        is_theirs = row["id"] in trail.to_them
        outcome = "skipped" if is_theirs else CANCELLED
        for key in keys_of(row):
            tx.execute(update(occasion).where(occasion.c.key == key).values(outcome=outcome))
        gone = {"state": State.CANCELLED, "changed_at": at, "note": "its person was forgotten"}
        tx.execute(update(message).where(message.c.id == row["id"]).values(gone))


def _empty(tx: Connection, numbers: Collection[int], at: datetime, *, unindexed: bool = False) -> None:
    """Take the bodies; what servers answered often repeats the address."""
    ids, gone = list(numbers), dict(GONE) | {"pruned_at": at} | ({"recipient_hash": ""} if unindexed else {})
    for start in range(0, len(ids), PAGE):
        chunk = ids[start : start + PAGE]
        tx.execute(update(message).where(message.c.id.in_(chunk)).values(gone))
        _mask_notes(tx, message, ("note",), message.c.id.in_(chunk))
        _mask_notes(tx, attempt, ("code", "text"), attempt.c.message_id.in_(chunk))


def _forget_mail(tx: Connection, person: Person, marks: traces.Marks) -> None:
    """What they wrote to us, and what came back from their address. The mailbox is not read again from its beginning."""
    salt = salt_of(tx)
    hashes = {hashed(salt, one) for one in person.addresses}
    for row in tx.execute(select(inbound)).mappings().all():
        is_about = (row["book"], row["register"], row["row_key"]) in person.rows or row["address_hash"] in hashes
        if is_about or any(marks.stand_in(row[name]) for name in ("address", "sender", "text", "mail_id")):
            tx.execute(inbound.delete().where(inbound.c.id == row["id"]))


def _mask_notes(tx: Connection, table: Table, columns: tuple[str, ...], which: Any) -> None:
    for row in tx.execute(select(table.c.id, *(table.c[name] for name in columns)).where(which)).mappings().all():
        masked = {name: masked_text(row[name]) for name in columns}
        if any(masked[name] != row[name] for name in columns):
            tx.execute(update(table).where(table.c.id == row["id"]).values(masked))


def _is(table: Table, row: RowKey) -> Any:
    book, register, key = row
    return (table.c.book == book) & (table.c.register == register) & (table.c.key == key)


def _forget_row(tx: Connection, row: RowKey, at: datetime) -> None:
    """What was seen of a row goes. Its number stays taken, under a fingerprint that says nothing of the row."""
    tx.execute(row_seen.delete().where(_is(row_seen, row)))
    tx.execute(row_left.delete().where(_is(row_left, row)))
    book, register, key = row
    nameless = {"fingerprint": f"forgotten:{key}", "nth": 0}
    tx.execute(update(reservation).where(_is(reservation, row)).values(nameless))
    taken = {"book": book, "register": register, "key": key, "created_at": at} | nameless
    tx.execute(insert_new(tx, reservation).on_conflict_do_nothing(), taken)

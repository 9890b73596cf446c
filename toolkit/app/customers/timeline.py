"""One customer's story over all registers, the newest first: what was typed, what was sent, what came back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from toolkit.app.cells import cell_of
from toolkit.app.customers.columns import ALSO, DETAILS, SPOKEN, UNTOLD
from toolkit.app.desk import Desk
from toolkit.core.inbound import Kind
from toolkit.core.message import State, masked_address
from toolkit.core.reason import Name, because
from toolkit.core.words import Words
from toolkit.registers.people import At, Customer
from toolkit.registers.schema import Type
from toolkit.registers.snapshot import Snapshot
from toolkit.settings.lexicons import lexicon_of
from toolkit.settings.model import Settings

AUDIENCES = ("customer", "vendor")
"""Whose messages belong to the story; alerts to colleagues are the house's own affair."""
_LEFT = frozenset({State.SENT, State.DELIVERED})


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened. `at` is aware; `day_only` where no time is known; `where` is register and number, `cell`
    the sheet's, `is_contact` whether the customer and the desk heard of each other, `text` a message's whole text.
    """

    at: datetime
    day_only: bool
    register: str
    number: str | None
    what: str
    detail: str = ""
    cell: str | None = None
    is_contact: bool = False
    text: str = ""


class Teller:
    """Tells what stands in rows, in the desk's words; `cover` masks what is personal in free text."""

    def __init__(self, snapshot: Snapshot, settings: Settings, words: Words, cover: Callable[[str], str]) -> None:
        self._snapshot, self._lexicon, self.words, self.cover = snapshot, lexicon_of(settings), words, cover

    def said(self, at: At, columns: tuple[str, ...]) -> str:
        """The filled ones of some columns, as the sheet shows them."""
        register = at.table.register
        parts = []
        for key in columns:
            value = at.row.get(key)
            if value is not None:
                cell = cell_of(register, register.by_key[key], value, self._lexicon, self.words)
                vendor = self._snapshot.vendor(value, at.table.book) if key == "vendor" else None
                parts.append(" ".join([*self.words.word(cell).split(), *([vendor.name] if vendor else [])]))
        return self.cover(" · ".join(parts))

    def label(self, at: At, column: str) -> str:
        """What the sheet calls a column."""
        return self.words.label(Name(at.table.register.name, column))

    def entry(self, at: At, column: str) -> Entry:
        """A moment of a row."""
        name, value = at.table.register.name, at.row.get(column)
        return Entry(
            self._snapshot.at(at.table, value),
            not isinstance(value, datetime),
            name,
            at.row.key,
            self.label(at, column),
            self.said(at, DETAILS.get((name, column), ())),
            at.table.place(at.row.row, column).cell,
            (name, column) in SPOKEN and _spoke(at),
        )


def _spoke(at: At) -> bool:
    return at.table.register.name != "contacts" or at.row.direction == "in" or at.row.result == "reached"


def timeline(desk: Desk, snapshot: Snapshot, customer: Customer, teller: Teller, now: datetime) -> list[Entry]:
    """All of it up to now, newest first; of one moment as the registers stand."""
    found = [*_typed(snapshot, customer, teller, now), *_sent(desk, customer, teller), *_came(desk, customer, teller)]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _typed(snapshot: Snapshot, customer: Customer, teller: Teller, now: datetime) -> Iterator[Entry]:
    for at in customer.rows:
        name = at.table.register.name
        for column in at.table.register.columns:
            if column.type not in (Type.DATE, Type.DATETIME) or (name, column.key) in UNTOLD:
                continue
            has_happened = column.is_past or (name, column.key) in ALSO
            value: date | None = at.row.get(column.key)
            if has_happened and value is not None and snapshot.at(at.table, value) <= now:
                yield teller.entry(at, column.key)


def rows_of(customer: Customer) -> frozenset[tuple[str, str, str]]:
    """Book, register, key of the rows that have a number."""
    return frozenset(
        (at.table.book, at.table.register.name, at.row.key) for at in customer.rows if at.row.key is not None
    )


def _sent(desk: Desk, customer: Customer, teller: Teller) -> Iterator[Entry]:
    """What went to them, and to others about their rows. To a number that others share only the latter."""
    words, own = teller.words, customer.ways - customer.shared
    for one in desk.state.messages_about(own, rows_of(customer), audiences=AUDIENCES):
        message = one.message
        to = message.to if message.to and teller.cover(message.to) == message.to else masked_address(message.to)
        parts = (
            words.say(because(f"channel.{message.channel}")),
            message.role if message.audience != "customer" else "",
            to,
            words.say(because(f"state.{one.state}")),
            teller.cover(message.letter.subject),
        )
        yield Entry(
            one.changed_at,
            False,
            message.register,
            message.row_key,
            words.say(because("customer.message", notice=because(f"notice.{message.notice}"))),
            " · ".join(part for part in parts if part),
            is_contact=message.audience == "customer" and one.state in _LEFT,
            text=message.letter.text,
        )


def _came(desk: Desk, customer: Customer, teller: Teller) -> Iterator[Entry]:
    """Answers by mail, and letters that came back."""
    for book, register, key in sorted(rows_of(customer)):
        for one in desk.state.came_in(book, key):
            if one.register != register:
                continue
            is_answer = one.kind is not Kind.BOUNCE
            who = one.sender if is_answer else one.address
            shown: Any = who if teller.cover(who) == who else masked_address(who)
            yield Entry(
                one.received_at,
                False,
                register,
                key,
                teller.words.say(because(f"mail.{one.kind}")),
                " · ".join(part for part in (shown, teller.cover(" ".join(one.text.split()))) if part),
                is_contact=is_answer and who.casefold() in customer.ways,
                text=one.text,
            )

"""A letter, the envelope it travels in, and what the other side answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable


class State(StrEnum):
    """Where a message stands (60, 14)."""

    HELD = "held"
    READY = "ready"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


UNSENT = (State.HELD, State.READY)
NEEDS_A_PERSON = (State.HELD, State.FAILED, State.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a letter, e.g. an appointment as `.ics`."""

    name: str
    mime: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """A rendered notice. SMS and chat use `text` alone; email has both.

    A gateway that sends only texts approved beforehand is given `template`, its code there, and the `variables` in the
    order of the text; `text` is then what the phone will show.
    `links` are those in a chat text that are our own and may be tapped there (`OwnLink`).
    """

    subject: str
    text: str
    html: str | None = None
    attachments: tuple[Attachment, ...] = ()
    template: str = ""
    variables: Mapping[str, str] = field(default_factory=dict, hash=False)
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """A letter to one person on one channel, serving one occasion or several (`occasions`, by key).

    `key` is the first occasion's; Message-ID and provider ids derive from it. `audience` is customer, vendor or staff.
    `to` is the full address; show it masked.
    """

    key: str
    occasions: tuple[str, ...]
    notice: str
    channel: str
    role: str
    audience: str
    to: str
    to_name: str
    letter: Letter
    book: str
    register: str
    row_key: str
    state: State = State.READY
    not_before: datetime | None = None
    expires_at: datetime | None = None
    thread: str | None = None  # mails of one ticket hang together
    why: str = ""  # the reason in words, for people


@dataclass(frozen=True, slots=True)
class Stored:
    """A message as the outbox has it."""

    id: int
    message: Message
    state: State
    attempts: int
    created_at: datetime
    changed_at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The other side took it."""

    provider_id: str = ""


@dataclass(frozen=True, slots=True)
class Rejected:
    """The other side will never take it."""

    code: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Deferred:
    """Surely not accepted this time: try again, not before `not_before` where it said so."""

    code: str
    text: str = ""
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may or may not have been accepted: never sent again by itself."""

    text: str


Outcome = Accepted | Rejected | Deferred | Unknown


@dataclass(frozen=True, slots=True)
class Delivered:
    """The other side says that it reached the recipient."""

    provider_id: str = ""


@dataclass(frozen=True, slots=True)
class Undelivered:
    """The other side took it and could not deliver it."""

    code: str
    text: str = ""
    provider_id: str = ""


@dataclass(frozen=True, slots=True)
class StillOpen:
    """The other side has it and does not know yet how it ends."""

    provider_id: str = ""


@dataclass(frozen=True, slots=True)
class NotFound:
    """The other side shows no such message. It may show it later."""

    text: str = ""


Receipt = Delivered | Undelivered | StillOpen | NotFound


@dataclass(frozen=True, slots=True)
class Limits:
    """What a channel takes: messages in a minute, parts of one text, characters of one text. None: as many as there are."""

    per_minute: int | None = None
    parts: int | None = None
    characters: int | None = None


NO_LIMITS = Limits()


class Channel(Protocol):
    """One way to reach people. One attempt, no retries, no sleep: the outbox does that."""

    name: str
    is_folder: bool
    limits: Limits

    def send(self, message: Message) -> Outcome:
        """Try once."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


@runtime_checkable
class Traceable(Protocol):
    """A channel that can be asked what became of a message. `only_unknown`: what it accepted it knows no more about."""

    only_unknown: bool

    def lookup(self, message: Message, provider_id: str, sent_at: datetime) -> Receipt | None:
        """What became of it, or None where the other side cannot be asked now. `provider_id` is empty where the answer
        to the sending never came; then the message is known by the id that was made of its key.
        """
        ...


ROOM = "#"
"""Begins the address of a group chat: `#managers 13800138000`, the room and the mobiles of those it concerns."""


def room_address(room: str, mobiles: Iterable[str] = ()) -> str:
    """Where a chat message goes: a room, and whom the bot should call in it."""
    return " ".join((ROOM + room, *dict.fromkeys(mobiles)))


def room_of(address: str) -> tuple[str, tuple[str, ...]]:
    """The room and the mobiles of an address that `room_address` made."""
    room, *mobiles = address.removeprefix(ROOM).split(" ")
    return room, tuple(mobiles)


def masked_phone(phone: str) -> str:
    """138****1234."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) > len("138") + len("1234") else "****"


def masked_address(address: str) -> str:
    """z***@example.com, or a masked phone; a chat room by its name."""
    if address.startswith(ROOM):
        room, mobiles = room_of(address)
        return room_address(room, map(masked_phone, mobiles))
    name, at, domain = address.partition("@")
    return f"{name[:1]}***@{domain}" if at else masked_phone(address)


Values = Mapping[str, object]

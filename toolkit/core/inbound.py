"""What comes back by mail: a letter that could not be delivered, or an answer to one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What a mail in the box is to us; all others are nobody's business."""

    BOUNCE = "bounce"
    REPLY = "reply"


@dataclass(frozen=True, slots=True)
class Inbound:
    """One mail. `ids` are the Message-IDs that it names, the nearest first; `text` is the reason or the answer, short.

    `stops` says of a bounce that the server will never take mail for this address (5.x.x); without it only this letter was
    given up. `message_id` is the mail's own.
    """

    kind: Kind
    message_id: str
    ids: tuple[str, ...]
    sender: str
    text: str
    stops: bool = False
    received_at: datetime | None = None
    uid: int = 0


@dataclass(frozen=True, slots=True)
class Noted:
    """A mail as the state database keeps it, with what it is about and whom our letter had gone to."""

    kind: Kind
    sender: str
    address: str
    text: str
    received_at: datetime
    book: str
    register: str
    row_key: str

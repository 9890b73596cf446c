"""Staff chat and the mailbox as the rest of the toolkit sees them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

BOTS = ("wecom", "dingtalk", "feishu", "slack")
DEFAULT_ROOM = "default"
Security = Literal["ssl", "starttls", "none"]


@dataclass(frozen=True, slots=True)
class RoomSetting:
    """A bot's room, and whose it is: staff with one of these roles or in one of these departments."""

    name: str
    webhook: str = field(repr=False)
    secret: str = field(default="", repr=False)
    keyword: str = ""
    roles: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChatSetting:
    """How group chat leaves: `folder`, `none`, or one of BOTS. Rooms in their order; the last one is everybody's."""

    via: str
    rooms: tuple[RoomSetting, ...] = ()
    mention: bool = True


@dataclass(frozen=True, slots=True)
class MailboxSetting:
    """Where bounces and replies arrive."""

    host: str
    port: int
    security: Security
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    every: timedelta = timedelta(minutes=10)
    mark_seen: bool = False

"""Staff chat and the mailbox as the rest of the toolkit sees them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
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
class OAuthSetting:
    """The OAuth client, or the sign-in, of a Gmail account; `endpoint` takes the place of Google's token server."""

    file: Path
    endpoint: str = ""


@dataclass(frozen=True, slots=True)
class DkimSetting:
    """In whose name mails are signed. `key` is the text of the key, `file` where it was read, None: the environment."""

    domain: str
    selector: str
    key: str = field(repr=False)
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class SentSetting:
    """Where mails that left can be looked up. No password: as the mail server is signed in to. No folders: the one that
    the server itself marks as that of sent mail.
    """

    host: str
    port: int
    security: Security
    user: str
    password: str = field(repr=False)
    folders: tuple[str, ...] = ()


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

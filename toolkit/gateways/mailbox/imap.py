"""What is new in an IMAP folder since the last look: a bounded number of mails, of each a bounded number of bytes.

The folder is opened read-only (EXAMINE) and bodies are peeked at, so that nobody's mail turns "read" by it. UIDs are counted
on from the last look; where the server has numbered anew (UIDVALIDITY) the last days are read again, and what was noted
before is known by its Message-ID.
"""

from __future__ import annotations

import imaplib
import re
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from imap_tools import (
    BaseMailBox,
    ImapToolsError,
    MailBox,
    MailboxFolderSelectError,
    MailboxLoginError,
    MailBoxStartTls,
    MailBoxUnencrypted,
)

from toolkit.core.errors import OutsideError

TIMEOUT = 20.0
"""Seconds for each word with the server."""
MOST = 200
"""Mails looked at in one go; the rest comes with the next run."""
BYTES = 256 * 1024
"""So much of a mail is fetched: the report and the headers stand before the pictures."""
AT_ONCE = 20
FIRST_LOOK = timedelta(days=3)
"""How far back a first look goes."""
_UID = re.compile(rb"\bUID (\d+)")


class MailboxError(OutsideError):
    """The mailbox could not be read."""


@dataclass(frozen=True, slots=True)
class MailboxConfig:
    """Where and as whom; `tokens` stand for a password (OAuth2). `context` is for private certificates; the default verifies."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    security: Literal["ssl", "starttls", "none"] = "ssl"
    folder: str = "INBOX"
    mark_seen: bool = False
    timeout: float = TIMEOUT
    context: ssl.SSLContext | None = None
    tokens: Callable[[], str] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a folder was read: the numbering, and the last number in it."""

    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class Raw:
    """A mail as it lies there, perhaps without its end."""

    uid: int
    content: bytes
    received_at: datetime | None


@dataclass(frozen=True, slots=True)
class Fetched:
    """The new mails, oldest first, the mark to go on from, and how many were left for the next time."""

    mails: tuple[Raw, ...]
    mark: Mark
    left: int = 0


def read_new(config: MailboxConfig, mark: Mark | None, today: date, most: int = MOST) -> Fetched:
    """What came since `mark` (MailboxError)."""
    with troubles(config), _opened(config) as box:
        return _new(box, config, mark, today, most)


@contextmanager
def troubles(config: MailboxConfig) -> Iterator[None]:
    """Whatever goes wrong with a mailbox, as a MailboxError."""
    where = f"{config.user} at {config.host}:{config.port}"
    try:
        yield
    except MailboxLoginError as error:
        raise MailboxError(f"the mailbox {where} refused the login; is the app password right?") from error
    except MailboxFolderSelectError as error:
        raise MailboxError(f"the mailbox {where} does not open the folder {config.folder}: {error}") from error
    except ssl.SSLError as error:
        raise MailboxError(f"no safe connection to the mailbox {where}: {error.reason or error}") from error
    except (OSError, imaplib.IMAP4.error, ImapToolsError, UnicodeError, ValueError) as error:
        raise MailboxError(f"the mailbox {where} could not be read: {error}") from error


class _opened:  # noqa: N801  a `with` of its own: what fails on saying goodbye is nobody's trouble
    def __init__(self, config: MailboxConfig) -> None:
        self._config = config

    def __enter__(self) -> BaseMailBox:
        self._box = logged_in(self._config)
        try:
            self._box.folder.set(self._config.folder, readonly=not self._config.mark_seen)
        except BaseException:
            self.__exit__()
            raise
        return self._box

    def __exit__(self, *_: object) -> None:
        leave(self._box)


def logged_in(config: MailboxConfig) -> BaseMailBox:
    """Connect and log in; no folder is open yet."""
    context = config.context or ssl.create_default_context()
    match config.security:
        case "ssl":
            box: BaseMailBox = MailBox(config.host, config.port, config.timeout, ssl_context=context)
        case "starttls":
            box = MailBoxStartTls(config.host, config.port, config.timeout, ssl_context=context)
        case _:
            box = MailBoxUnencrypted(config.host, config.port, config.timeout)
    try:
        if config.tokens is not None:
            box.xoauth2(config.user, config.tokens(), initial_folder=None)
        else:
            box.login(config.user, config.password, initial_folder=None)
        _introduce(box)
    except BaseException:
        leave(box)
        raise
    return box


def leave(box: BaseMailBox) -> None:
    """Say goodbye, if anybody listens."""
    with suppress(OSError, imaplib.IMAP4.error, ImapToolsError):
        box.logout()


def _introduce(box: BaseMailBox) -> None:
    """163, 126 and yeah.net call a program that does not say its name unsafe, and open no folder."""
    if "ID" in box.client.capabilities:
        with suppress(imaplib.IMAP4.error):
            box.client.xatom("ID", '("name" "aftersales-toolkit" "vendor" "aftersales")')


def _new(box: BaseMailBox, config: MailboxConfig, mark: Mark | None, today: date, most: int) -> Fetched:
    status = box.folder.status(config.folder, ["UIDVALIDITY", "UIDNEXT"])
    validity = status["UIDVALIDITY"]
    if mark is not None and mark.uidvalidity == validity:
        # "n:*" names the last mail even where its number is below n.
        found = [uid for uid in map(int, box.uids(f"UID {mark.uid + 1}:*", charset=None)) if uid > mark.uid]
        last = mark.uid
    else:
        since = f"{today - FIRST_LOOK:%d}-{_MONTHS[(today - FIRST_LOOK).month - 1]}-{today - FIRST_LOOK:%Y}"
        found = [int(uid) for uid in box.uids(f"SINCE {since}", charset=None)]
        last = max(status.get("UIDNEXT", 1) - 1, 0) if not found else min(found) - 1
    chosen = sorted(found)[:most]
    mails = tuple(
        mail for start in range(0, len(chosen), AT_ONCE) for mail in _fetch(box, chosen[start : start + AT_ONCE])
    )
    if config.mark_seen and chosen:
        box.flag([str(uid) for uid in chosen], "\\Seen", True)
    return Fetched(mails, Mark(validity, max([last, *chosen])), len(found) - len(chosen))


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""IMAP's own; strftime would speak the computer's language."""


def _fetch(box: BaseMailBox, uids: Sequence[int]) -> Iterator[Raw]:
    wanted = f"(UID INTERNALDATE BODY.PEEK[]<0.{BYTES}>)"
    status, parts = box.client.uid("FETCH", ",".join(map(str, uids)), wanted)
    if status != "OK":
        raise MailboxError(f"FETCH: {status}")
    raw: list[Any] = list(parts)
    for at, part in enumerate(raw):
        if not isinstance(part, tuple):
            continue
        # What stands behind the body belongs to it too: servers choose the order.
        tail = raw[at + 1] if at + 1 < len(raw) and isinstance(raw[at + 1], bytes) else b""
        said = part[0] + b" " + tail
        if (uid := _UID.search(said)) is not None:
            yield Raw(int(uid[1]), part[1], _moment(said))


def _moment(said: bytes) -> datetime | None:
    found = imaplib.Internaldate2tuple(said)
    return datetime.fromtimestamp(time.mktime(found), UTC) if found is not None else None

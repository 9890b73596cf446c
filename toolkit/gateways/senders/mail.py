"""A message as an e-mail: plain and HTML alternatives, the logo, files, and headers that nobody can smuggle lines into."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from email.header import Header
from email.headerregistry import Address, HeaderRegistry
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from toolkit.core.picture import LOGO, LOGO_ID

if TYPE_CHECKING:
    from datetime import datetime

    from toolkit.core.message import Attachment, Message
    from toolkit.core.picture import Picture

LINE = 76
"""Characters of a header line."""
NAME = 80
"""Characters of a display name: a pasted novel of ten thousand would be folded for seconds, and shown by nobody."""


class SubjectsWhole(EmailPolicy):
    """Folds a Subject with the older `Header`: where the newer code splits one between two encoded words, Python before
    3.13 drops the blank that stood there.
    """

    def fold(self, name: str, value: str) -> str:
        """A header as text."""
        return self._subject(value) if name.lower() == "subject" and not value.isascii() else super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        """A header as bytes."""
        if name.lower() == "subject" and not value.isascii():
            return self._subject(value).encode("ascii")
        return super().fold_binary(name, value)

    def _subject(self, value: str) -> str:
        words = Header(str(value), "utf-8", maxlinelen=LINE, header_name="Subject").encode(linesep=self.linesep)
        return f"Subject: {words}{self.linesep}"


class KnownHeaders(HeaderRegistry):
    """Keeps the class of each header: the library's own makes a new one for every header of every mail."""

    def __init__(self) -> None:
        super().__init__()
        self._made: dict[str, type] = {}

    def __getitem__(self, name: str) -> type:
        made = self._made.get(name)
        if made is None:
            made = self._made[name] = super().__getitem__(name)
        return made


POLICY = SubjectsWhole(header_factory=KnownHeaders(), linesep="\r\n", cte_type="7bit", max_line_length=LINE)
SPECIALS = str.maketrans(dict.fromkeys('"<>()[]{}\\,;:@|', " "))
"""Dropped from display names: Python before 3.11.10 loses the quotes when it folds a name that is not ASCII, and
`张三, boss@x` then reads as two recipients (gh-100884)."""


_LOGO_TAG = re.compile(rf"<img\b[^>]*\bcid:{re.escape(LOGO_ID)}[^>]*>")
_ALT = re.compile(r'\balt="([^"]*)"')


class UnmailableError(ValueError):
    """No mail can be made of this message: the address, or an attachment, is wrong."""


@dataclass(frozen=True, slots=True)
class MailFrom:
    """Who writes. `domain` ends our Message-IDs (default: the address's); `unsubscribe` is a mailto: or https: link.
    `logo` is the picture that the layout of letters shows.
    """

    address: str
    name: str = ""
    domain: str = ""
    unsubscribe: str = ""
    logo: Picture | None = None

    @property
    def id_domain(self) -> str:
        """The domain of our Message-IDs, in ASCII."""
        return self.domain or ascii_address(self.address).partition("@")[2]


def build_mail(message: Message, sender: MailFrom, at: datetime) -> EmailMessage:
    """The mail, ready to be sent. The same message gives the same Message-ID, in every run (UnmailableError)."""
    mail = EmailMessage(policy=POLICY)
    mail["From"] = _mailbox(sender.name, sender.address)
    mail["To"] = _mailbox(message.to_name, message.to)
    mail["Subject"] = one_line(message.letter.subject)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message_id(message.key, sender.id_domain)
    mail["Auto-Submitted"] = "auto-generated"
    if message.thread:
        # Every mail of a ticket answers one root that was never sent: clients hang them together by it, and nobody
        # need remember which mail was the first.
        root = message_id("thread:" + message.thread, sender.id_domain)
        mail["In-Reply-To"] = root
        mail["References"] = root
    if sender.unsubscribe and message.audience == "customer":
        mail["List-Unsubscribe"] = f"<{one_line(sender.unsubscribe)}>"
        if sender.unsubscribe.startswith("https:"):
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # a POST: opening the link does nothing
    mail.set_content(_encodable(message.letter.text))
    if message.letter.html is not None:
        mail.add_alternative(_encodable(_shown(message.letter.html, sender.logo)), subtype="html")
        if sender.logo is not None and LOGO in message.letter.html:
            _relate(mail, sender.logo)
    for file in message.letter.attachments:
        _attach(mail, file)
    return mail


def message_id(key: str, domain: str) -> str:
    """The Message-ID that an occasion's key leads to."""
    return f"<{id_mark(key)}{domain}>"


def id_mark(key: str) -> str:
    """How that Message-ID begins: what comes behind changes with the configured sender."""
    return f"{hashlib.sha256(key.encode()).hexdigest()[:40]}@"


def one_line(text: str) -> str:
    """Text without line breaks, control characters or doubled blanks: what may stand in a header."""
    plain = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs") else c for c in text)
    return " ".join(plain.split())


@lru_cache(maxsize=1024)  # the sender's own is asked for three times a mail
def ascii_address(address: str) -> str:
    """The address as a mail server takes it, an IDN domain in punycode (UnmailableError)."""
    from email_validator import EmailNotValidError, validate_email

    # Intranets have domains like `shop.local`: whether the world could reach it is for the server to say.
    try:
        found = validate_email(address.strip(), check_deliverability=False, globally_deliverable=False).ascii_email
    except EmailNotValidError as error:
        raise UnmailableError(f"{one_line(address)!r} is not an e-mail address: {error}") from error
    if found is None:
        raise UnmailableError(f"{one_line(address)!r}: letters outside ASCII before the @ cannot be sent")
    return found


def _encodable(text: str) -> str:
    """Half a surrogate pair, cut out of some cell, must not stop a letter."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _shown(page: str, logo: Picture | None) -> str:
    """The page without a logo that is gone since the letter was written: a broken picture is worse than none."""
    return page if logo is not None or LOGO not in page else _LOGO_TAG.sub(_instead, page)


def _instead(tag: re.Match[str]) -> str:
    words = _ALT.search(tag[0])
    return words[1] if words else ""


def _relate(mail: EmailMessage, logo: Picture) -> None:
    """The logo beside its page: mixed > alternative > plain, related > page, picture."""
    page: Any = mail.get_payload(1)
    kind, _, subtype = logo.mime.partition("/")
    page.add_related(
        logo.content, kind, subtype, cid=f"<{LOGO_ID}>", disposition="inline", filename=f"logo.{logo.ending}"
    )


def _mailbox(name: str, address: str) -> Address:
    local, _, domain = ascii_address(address).rpartition("@")
    return Address(one_line(name[: 4 * NAME].translate(SPECIALS))[:NAME].strip(), local, domain)


def _attach(mail: EmailMessage, file: Attachment) -> None:
    """Add a file; an appointment as text/calendar with its method, which is what makes clients offer it."""
    kind = EmailMessage()
    try:
        kind["Content-Type"] = one_line(file.mime)
    except ValueError as error:
        raise UnmailableError(f"attachment {file.name}: {file.mime!r} is not a media type") from error
    params = dict(kind["Content-Type"].params)
    if kind.get_content_type() == "text/calendar":
        params = {"method": _calendar_method(file.content), "charset": "utf-8"} | params
    mail.add_attachment(
        file.content,
        maintype=kind.get_content_maintype(),
        subtype=kind.get_content_subtype(),
        filename=one_line(file.name),
        params=params,
    )


def _calendar_method(content: bytes) -> str:
    for line in content.splitlines():
        if line.upper().startswith(b"METHOD:"):
            return line.partition(b":")[2].decode("ascii", "replace").strip()
    return "PUBLISH"

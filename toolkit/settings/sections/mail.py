"""`channels.email`: the server, signing in without a password, signatures, where sent mail can be looked up."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, cast

from pydantic import BeforeValidator, Field, PlainValidator, model_validator

from toolkit.settings.fields import AddressText, Listed, WebText, one_of, say
from toolkit.settings.form_base import Form, via
from toolkit.settings.sections.mailbox import IMAP_PORTS, MailboxSetting, Security

_PORTS = {"starttls": 587, "ssl": 465, "none": 25}
_NAME = r"[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?"


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
class EmailSetting:
    """How mail leaves: into the outbox folder, through SMTP, or not at all. `oauth2` stands for a password."""

    via: str
    host: str | None = None
    port: int | None = None
    security: Security = "starttls"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    from_: str | None = None
    oauth2: OAuthSetting | None = None
    dkim: DkimSetting | None = None
    sent: SentSetting | None = None


def _domain(value: Any) -> str:
    try:
        text = str(value).strip().encode("idna").decode("ascii").casefold()
    except UnicodeError:
        text = ""
    if not re.fullmatch(rf"{_NAME}(\.{_NAME})+", text):
        raise say("a domain, e.g. shop.example")
    return text


def _selector(value: Any) -> str:
    text = str(value).strip()
    if not re.fullmatch(rf"{_NAME}(\.{_NAME})*", text):
        raise say("a selector is the name of the key in the DNS, e.g. mail2026 for mail2026._domainkey.shop.example")
    return text


def _file(value: Any) -> Any:
    """`oauth2: gmail.json` is short for `oauth2: {file: gmail.json}`."""
    return {"file": value} if isinstance(value, str) else value


def _folder(value: Any) -> Any:
    """`sent: Sent` is short for `sent: {folder: Sent}`."""
    return {"folder": value} if isinstance(value, str) else value


class OAuthForm(Form):
    file: Annotated[str, Field(min_length=1)]
    endpoint: WebText | None = None


class DkimForm(Form):
    domain: Annotated[str, PlainValidator(_domain)]
    selector: Annotated[str, PlainValidator(_selector)]
    key: Annotated[str, Field(min_length=1)]


class SentForm(Form):
    host: str | None = None
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    security: Annotated[str, one_of("ssl", "starttls", "none")] = "ssl"
    user: str | None = None
    password: str | None = None
    folder: Listed = ()

    @model_validator(mode="after")
    def _whole(self) -> SentForm:
        if self.host is None and (self.user or self.password or self.port):
            raise say("host is missing: the IMAP server; without one the account of the section mailbox is looked into")
        return self


class EmailForm(Form):
    via: Annotated[str, one_of("folder", "smtp", "none")] = "folder"
    host: str | None = None
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    security: Annotated[str, one_of("starttls", "ssl", "none")] = "starttls"
    user: str | None = None
    password: str | None = None
    oauth2: Annotated[OAuthForm, BeforeValidator(_file)] | None = None
    from_: Annotated[AddressText | None, Field(alias="from")] = None
    dkim: DkimForm | None = None
    sent: Annotated[SentForm, BeforeValidator(_folder)] | None = None

    @model_validator(mode="after")
    def _reachable(self) -> EmailForm:
        if self.via == "smtp" and (self.host is None or self.from_ is None):
            raise say("via: smtp needs host (the mail server) and from (the sender's address)")
        if self.oauth2 is None:
            return self
        if self.password is not None:
            raise say("password and oauth2 are two ways to sign in: one of the two")
        if self.user is None:
            raise say("oauth2 needs user: the address of the account that signed in")
        if self.security == "none" and self.oauth2.endpoint is None:
            raise say("oauth2 needs security: starttls or ssl; the token would go over the line in the open")
        return self


Email = Annotated[EmailForm, BeforeValidator(via)]


def email(one: EmailForm, mailbox: MailboxSetting | None, home: Path, dkim_key: str) -> EmailSetting:
    """How mail leaves, and how it is looked up afterwards. `dkim_key` is the text of the key that the form names."""
    oauth2, dkim = one.oauth2, one.dkim
    return EmailSetting(
        via=one.via,
        host=one.host,
        port=one.port or (_PORTS[one.security] if one.via == "smtp" else None),
        security=cast("Security", one.security),
        user=one.user,
        password=one.password,
        from_=one.from_,
        oauth2=OAuthSetting(home / Path(oauth2.file).expanduser(), oauth2.endpoint or "") if oauth2 else None,
        dkim=DkimSetting(dkim.domain, dkim.selector, dkim_key, _file_of(dkim.key, home)) if dkim else None,
        sent=_sent(one, mailbox),
    )


def _file_of(key: str, home: Path) -> Path | None:
    return None if "-----BEGIN" in key else home / Path(key).expanduser()


def _sent(one: EmailForm, mailbox: MailboxSetting | None) -> SentSetting | None:
    """Of an account of its own; where none is named, of the one that answers come to."""
    sent = one.sent
    if sent is None:
        return None
    if sent.host is None:
        if mailbox is None:  # told as a mistake before
            return None
        same = (mailbox.host, mailbox.port, mailbox.security, mailbox.user, mailbox.password)
        return SentSetting(*same, folders=sent.folder)
    return SentSetting(
        sent.host,
        sent.port or IMAP_PORTS[sent.security],
        cast("Security", sent.security),
        sent.user or one.user or "",
        sent.password or "",
        sent.folder,
    )

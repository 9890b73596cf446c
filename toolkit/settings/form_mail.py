"""The form of `channels.email`: the server, signing in without a password, signatures, where sent mail can be looked up."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainValidator, model_validator

from toolkit.settings.fields import AddressText, Listed, WebText, one_of, say
from toolkit.settings.form_rules import Form
from toolkit.settings.form_ways import via

_NAME = r"[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?"


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

"""DKIM: the sender's domain vouches for a mail by a signature over the bytes that leave (RFC 6376)."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from toolkit.gateways.senders import NOT_INSTALLED, SIGNATURE

if TYPE_CHECKING:
    from collections.abc import Callable

HEADERS = (
    "from", "to", "subject", "date", "message-id", "in-reply-to", "references", "auto-submitted", "mime-version",
    "content-type", "content-transfer-encoding", "list-unsubscribe", "list-unsubscribe-post",
)  # fmt: skip
"""What is signed, also where a mail lacks it: nobody on the way may add it. RFC 8058 asks for the last two."""
ONCE_MORE = ("from", "to", "subject", "date", "message-id")
"""Signed once more than they stand, so that nobody on the way can add a second one, which some programs would show."""
RELAXED = (b"relaxed", b"relaxed")
"""Servers on the way fold headers anew and cut blanks at the ends of lines."""
PATIENCE = 5
_DEAF = logging.Logger("dkim", logging.CRITICAL + 1)  # noqa: LOG001  outside of the tree of loggers: no handler hears it
"""The library writes headers with addresses into the log, and what is wrong with a key."""
_LINE_END = re.compile(rb"\r\n|\r|\n")
_SAMPLE = b"From: <%b>\r\nTo: <%b>\r\nSubject: DKIM\r\n\r\nA mail that is never sent.\r\n"


@dataclass(frozen=True, slots=True)
class Dkim:
    """In whose name, by which of the domain's keys. `key` is the text of an RSA key (PEM)."""

    domain: str
    selector: str
    key: str = field(repr=False)

    @property
    def record(self) -> str:
        """Where the DNS tells the public key."""
        return f"{self.selector}._domainkey.{self.domain}"


class SigningError(Exception):
    """A mail cannot be signed, this one no better than any other. `code` says whether the key or the library is at fault."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


def signed(mail: bytes, dkim: Dkim) -> bytes:
    """The mail with its signature before it (SigningError). Lines end in CRLF, as they will on the wire."""
    library = _library()
    mail = _LINE_END.sub(b"\r\n", mail)
    try:
        signature: bytes = library.sign(
            mail,
            dkim.selector.encode("ascii"),
            dkim.domain.encode("ascii"),
            _LINE_END.sub(b"\n", dkim.key.encode("utf-8", "replace")),  # the library finds no key between CRLFs
            canonicalize=RELAXED,
            include_headers=[name.encode("ascii") for name in (*HEADERS, *ONCE_MORE)],
            logger=_DEAF,
        )
    except (library.DKIMException, ValueError, IndexError, TypeError, ArithmeticError):
        # No context and none of the library's words: they may quote the key.
        raise SigningError(
            SIGNATURE, f"no mail can be signed for {dkim.domain}: its key is no usable RSA key"
        ) from None
    return signature + mail


def published(dkim: Dkim, look_up: Callable[..., bytes | None] | None = None) -> str | None:
    """None where the DNS tells the public half of the key; else what is wrong (SigningError where it cannot sign at all).

    `look_up` gets the name of a TXT record and a number of seconds.
    """
    library, address = _library(), f"dkim@{dkim.domain}".encode("ascii")
    sample = signed(_SAMPLE % (address, address), dkim)
    told: list[bytes | None] = []

    def asked(name: bytes, timeout: int = PATIENCE) -> bytes | None:
        told.append((look_up or library.get_txt)(name, timeout=timeout))
        return told[-1]

    try:
        is_verified = library.DKIM(sample, logger=_DEAF, timeout=PATIENCE).verify(dnsfunc=asked)
    except library.DKIMException as error:
        return " ".join(str(error).split())
    except Exception as error:  # noqa: BLE001  dnspython has dozens: no network, no such name, refused, truncated
        return f"{dkim.record} cannot be looked up: {type(error).__name__}"
    if is_verified:
        return None
    return f"{dkim.record} tells {'no key, or another' if any(told) else 'nothing'}"


def _library() -> Any:
    try:
        import dkim
    except ModuleNotFoundError:
        raise SigningError(
            NOT_INSTALLED, "the library for DKIM is missing: pip install 'aftersales-toolkit[dkim]'"
        ) from None
    return dkim

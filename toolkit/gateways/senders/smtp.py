"""E-mail over SMTP by yagmail, with one kept connection, verified TLS, one attempt, and outcomes that tell the truth."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import yagmail

from toolkit.core.message import NO_LIMITS, Accepted, Deferred, Message, Outcome, Rejected, Unknown
from toolkit.gateways.senders import CONNECT, LOGIN
from toolkit.gateways.senders.mail import MailFrom, UnmailableError, ascii_address, build_mail
from toolkit.gateways.senders.oauth2 import TokenError, show
from toolkit.gateways.senders.signing import SigningError, signed

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from email.message import EmailMessage

    from toolkit.core.picture import Picture
    from toolkit.gateways.senders.oauth2 import Tokens
    from toolkit.gateways.senders.signing import Dkim

CUT = "cut"
"""The line broke before DATA: surely not accepted, and it may well be this recipient whom the server dislikes."""
LOGIN_CODES = (530, 534, 535, 538)
"""5xx that complain of us, not of the letter (RFC 4954): mended by a password, so nothing is given up."""
PERMANENT = 500


@dataclass(frozen=True, slots=True)
class SmtpConfig:
    """Where and as whom. `user` empty = no login; `tokens` stand for a password (OAuth2). `dkim` signs what leaves.
    `context` is for private certificates; the default verifies.
    """

    host: str
    port: int
    from_address: str
    from_name: str = ""
    security: Literal["ssl", "starttls", "none"] = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 30.0
    domain: str = ""
    unsubscribe: str = ""
    logo: Picture | None = None
    tokens: Tokens | None = field(default=None, repr=False)
    dkim: Dkim | None = None
    context: ssl.SSLContext | None = None

    @property
    def sender(self) -> MailFrom:
        """Who the mails are from."""
        return MailFrom(self.from_address, self.from_name, self.domain, self.unsubscribe, self.logo)


class NotSentError(Exception):
    """Surely not accepted: it may be tried again. `code` says whether the server or the letter was refused."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class AmbiguousError(Exception):
    """The line broke after DATA began: it may or may not have been accepted."""


class Transport(yagmail.Client):  # type: ignore[misc]
    """yagmail's client with three habits taken from it (its release is pinned for that).

    It logs in anew for each mail; it builds MIME in which text stands for HTML; and on a cut line it sends the mail
    again, up to three times, which a server that accepted before the cut delivers three times.
    """

    smtp: Any

    def __init__(self, config: SmtpConfig) -> None:
        context = config.context or ssl.create_default_context()
        # Without a context the certificate is not verified, without a timeout a silent server holds us for ever.
        options: dict[str, Any] = {"timeout": config.timeout} | (
            {"context": context} if config.security == "ssl" else {}
        )
        super().__init__(
            config.user or config.from_address,
            config.password,
            host=config.host,
            port=config.port,
            smtp_ssl=config.security == "ssl",
            smtp_starttls={"context": context} if config.security == "starttls" else False,
            smtp_skip_login=not config.user or config.tokens is not None,
            soft_email_validation=False,
            **options,
        )
        self.user = config.user  # a login name without an @ was given "@gmail.com" above
        self.tokens = config.tokens
        self.dkim = config.dkim
        self.envelope_from = ascii_address(config.from_address)
        self.set_logging(None)  # it logs whole addresses

    @staticmethod
    def handle_password(user: str, password: str | None) -> str:  # noqa: ARG004
        """The password as configured: yagmail's own asks on stdin where there is none."""
        return password or ""

    def login(self) -> None:
        """Keep the connection while it answers; NotSentError where there is none to be had."""
        if self.smtp is not None and getattr(self.smtp, "sock", None) is not None:
            with suppress(OSError):
                if self.smtp.noop()[0] == 250:  # noqa: PLR2004
                    return
        self.drop()
        try:
            self._log_in()
        except TokenError as error:
            self.drop()
            raise NotSentError(error.code, str(error)) from error
        except smtplib.SMTPResponseException as error:
            self.drop()
            raise NotSentError(LOGIN, _answer(error.smtp_code, error.smtp_error)) from error
        except (OSError, UnicodeError) as error:  # smtplib's own errors are OSErrors; UnicodeError: the host's name
            # A connection that came up but failed at TLS or login would answer the next NOOP and pass for usable.
            self.drop()
            raise NotSentError(CONNECT, f"{self.host}:{self.port}: {error}") from error

    def _log_in(self) -> None:
        """By password, or by XOAUTH2: a token that was given out before may be over although its time is not; then once
        more, with a new one.
        """
        tokens = self.tokens
        if tokens is None:
            super().login()
            return
        was_kept = tokens.is_kept
        token = tokens.token()  # fetched before there is a line that would wait for it
        super().login()
        try:
            show(self.smtp, self.user, token)
        except smtplib.SMTPAuthenticationError:
            if not was_kept:
                raise
            tokens.drop()
            show(self.smtp, self.user, tokens.token())

    def drop(self) -> None:
        """Forget the connection without a word."""
        if self.smtp is not None:
            with suppress(OSError):
                self.smtp.close()
        self.smtp = None

    def close(self) -> None:
        """Say goodbye, if anybody listens."""
        self.is_closed = True
        if self.smtp is not None:
            with suppress(OSError):
                self.smtp.quit()
        self.drop()

    def prepare_send(self, to: object, subject: object, contents: Any, *_: object) -> tuple[list[str], str | bytes]:  # noqa: ARG002
        """The mail as we built it; yagmail's own takes strings that happen to be paths for files to attach."""
        mail: EmailMessage = contents
        recipients = [address.addr_spec for address in mail["To"].addresses]
        # What is signed leaves as bytes: smtplib would encode a text once more.
        return recipients, mail.as_string() if self.dkim is None else signed(mail.as_bytes(), self.dkim)

    def _attempt_send(self, recipients: list[str], msg_strings: str | bytes) -> dict[str, Any]:
        """One attempt. From the moment DATA is said, a cut line leaves the matter open."""
        begun: list[bool] = []
        inner = self.smtp.data

        def data(body: Any) -> tuple[int, bytes]:
            begun.append(True)
            answer: tuple[int, bytes] = inner(body)
            return answer

        self.smtp.data = data
        try:
            refused: dict[str, Any] = self.smtp.sendmail(self.envelope_from, recipients, msg_strings)
        except smtplib.SMTPServerDisconnected as error:  # also what a timeout becomes
            raise (AmbiguousError(str(error)) if begun else NotSentError(CUT, str(error))) from error
        except smtplib.SMTPResponseException as error:
            if begun and error.smtp_code < 0:  # an answer that is none
                raise AmbiguousError(_answer(error.smtp_code, error.smtp_error)) from error
            raise
        except OSError as error:
            if isinstance(error, smtplib.SMTPException):
                raise
            raise (AmbiguousError(str(error)) if begun else NotSentError(CUT, str(error))) from error
        finally:
            if self.smtp is not None:
                self.smtp.__dict__.pop("data", None)
        return refused


class SmtpChannel:
    """E-mail to the world. 4xx is Deferred, 5xx Rejected, an unreachable server Deferred, a line cut in DATA Unknown."""

    is_folder = False
    limits = NO_LIMITS

    def __init__(self, config: SmtpConfig, now: Callable[[], datetime], *, name: str = "email") -> None:
        self.name = name
        self._sender = config.sender
        self._now = now
        self._transport = Transport(config)

    def send(self, message: Message) -> Outcome:
        """Try once."""
        try:
            mail = build_mail(message, self._sender, self._now())
        except UnmailableError as error:
            return Rejected("address", str(error))
        try:
            self._transport.send(None, None, mail)
        except NotSentError as error:
            self._transport.drop()
            return Deferred(error.code, str(error))
        except SigningError as error:
            return Deferred(error.code, str(error))
        except AmbiguousError as error:
            self._transport.drop()
            return Unknown(str(error))
        except smtplib.SMTPSenderRefused as error:
            if error.smtp_code in LOGIN_CODES:
                return Deferred(LOGIN, _answer(error.smtp_code, error.smtp_error))
            return _refusal(error.smtp_code, error.smtp_error)
        except smtplib.SMTPRecipientsRefused as error:
            return _refusal(*next(iter(error.recipients.values())))
        except smtplib.SMTPResponseException as error:
            return _refusal(error.smtp_code, error.smtp_error)
        except smtplib.SMTPException as error:  # no HELO, no such option: said before any DATA
            self._transport.drop()
            return Deferred(CUT, str(error))
        return Accepted(str(mail["Message-ID"]))

    def close(self) -> None:
        """Say goodbye to the server."""
        self._transport.close()


def try_login(config: SmtpConfig, timeout: float) -> None:
    """Connect, encrypt and log in as a letter would, and leave. Raises NotSentError."""
    transport = Transport(replace(config, timeout=timeout))
    try:
        transport.login()
    finally:
        transport.close()


def _refusal(code: int, text: bytes | str) -> Outcome:
    words = _answer(code, text)
    return Rejected(str(code), words) if code >= PERMANENT else Deferred(str(code), words)


def _answer(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    return f"{code} {' '.join(words.split())}"

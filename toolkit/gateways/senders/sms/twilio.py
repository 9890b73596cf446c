"""SMS through Twilio: our own text, any country. Its library has neither a time-out nor a base address of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from toolkit.core.message import (
    NO_LIMITS,
    Accepted,
    Delivered,
    Limits,
    Message,
    NotFound,
    Outcome,
    Receipt,
    StillOpen,
    Undelivered,
)
from toolkit.gateways.senders.sms import broken, international, not_installed, plain
from toolkit.gateways.senders.sms.codes import outcome_of

SERVER_FAULT = 500
AROUND = timedelta(minutes=10)
LISTED = 50
"""Messages to one number that are looked through for one whose id never came."""


@dataclass(frozen=True, slots=True)
class TwilioConfig:
    """Whose account; `sender` is a number of it or the id of a messaging service (`MG…`). `timeout` is in seconds."""

    account_sid: str
    auth_token: str = field(repr=False)
    sender: str
    endpoint: str = ""
    timeout: float = 15.0


class TwilioChannel:
    """A refusal is an exception with a number; a request without an answer is Unknown."""

    name = "sms"
    is_folder = False
    only_unknown = False

    def __init__(self, config: TwilioConfig, now: Callable[[], datetime], *, limits: Limits = NO_LIMITS) -> None:
        self.limits = limits
        self._config = config
        self._now = now

    def send(self, message: Message) -> Outcome:
        """Try once."""
        try:
            client = self._client
        except ImportError:
            return not_installed("sms-twilio")
        by = "messaging_service_sid" if self._config.sender.startswith("MG") else "from_"
        try:
            made = client.messages.create(
                to=international(message.to), body=plain(message.letter.text), **{by: self._config.sender}
            )
        except Exception as error:  # noqa: BLE001  requests' errors come through; what each means is told by `_failure`
            return self._failure(error)
        if not made.sid:
            return broken(ValueError("an answer without an id"), "twilio")
        if made.error_code:
            return outcome_of("twilio", str(made.error_code), made.error_message or "", self._now())
        return Accepted(made.sid)

    def lookup(self, message: Message, provider_id: str, sent_at: datetime) -> Receipt | None:
        """What became of it, by its id; where that never came by number, time and text."""
        try:
            if provider_id:
                return _receipt(self._client.messages(provider_id).fetch())
            day = (sent_at - AROUND).replace(hour=0, minute=0, second=0, microsecond=0)
            found = self._client.messages.list(
                to=international(message.to), date_sent_after=day, limit=LISTED, page_size=LISTED
            )
        except Exception:  # noqa: BLE001  asking is repeated by a later run, whatever went wrong
            return None
        for one in found:
            if one.body == plain(message.letter.text) and one.date_created >= sent_at - AROUND:
                return _receipt(one)
        return NotFound("twilio shows no such message")

    def close(self) -> None:
        """Let go of connections."""
        if "_client" in self.__dict__:
            self._client.http_client.session.close()

    def _failure(self, error: Exception) -> Outcome:
        status, code = getattr(error, "status", None), getattr(error, "code", None)
        if not status or status >= SERVER_FAULT or not code:
            return broken(error, f"twilio {status}" if status else "twilio")
        return outcome_of("twilio", str(code), str(getattr(error, "msg", "")), self._now())

    @cached_property
    def _client(self) -> Any:
        from twilio.http.http_client import TwilioHttpClient
        from twilio.rest import Client

        place = urlsplit(self._config.endpoint) if self._config.endpoint else None

        class Elsewhere(TwilioHttpClient):  # type: ignore[misc,unused-ignore]
            """Talks to the configured address: the library's own is built into it."""

            def request(self, method: str, url: str, *args: Any, **more: Any) -> Any:
                if place is not None:
                    url = urlunsplit(urlsplit(url)._replace(scheme=place.scheme, netloc=place.netloc))
                return super().request(method, url, *args, **more)

        http = Elsewhere(timeout=self._config.timeout, max_retries=0)
        return Client(self._config.account_sid, self._config.auth_token, http_client=http)


def _receipt(one: Any) -> Receipt:
    match str(one.status):
        case "delivered" | "read" | "received":
            return Delivered(one.sid)
        case "undelivered" | "failed" | "canceled":
            return Undelivered(str(one.error_code or one.status), one.error_message or "", one.sid)
        case _:
            return StillOpen(one.sid)

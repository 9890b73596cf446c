"""SMS through any of apprise's services: our own text. It says yes or no, gives no id and no reason."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from toolkit.core.message import NO_LIMITS, Accepted, Deferred, Limits, Message, Outcome, Unknown
from toolkit.gateways.senders import ACCOUNT
from toolkit.gateways.senders.sms import broken, international, not_installed, our_id, plain, shown

TO = "{to}"
"""Where the recipient's number stands in the configured address."""


class AppriseChannel:
    """Its waits between messages and its own second attempts are switched off; a no is Unknown, for it may be a lost answer."""

    name = "sms"
    is_folder = False

    def __init__(self, url: str, *, timeout: float = 15.0, limits: Limits = NO_LIMITS) -> None:
        self.limits = limits
        self._url = url
        self._timeout = timeout

    def send(self, message: Message) -> Outcome:
        """Try once."""
        try:
            import apprise as library
        except ImportError:
            return not_installed("apprise")
        apprise: Any = library
        service = apprise.Apprise.instantiate(self._url.replace(TO, quote(international(message.to), safe="")))
        if service is None:
            return Deferred(ACCOUNT, "apprise does not understand channels.sms.url")
        service.request_rate_per_sec = 0  # seconds that it would sleep, whatever the name says
        service.retry = 0
        service.socket_connect_timeout = service.socket_read_timeout = self._timeout
        with apprise.LogCapture(level=apprise.logging.WARNING) as log:
            try:
                is_taken = service.notify(
                    body=plain(message.letter.text), title="", notify_type=apprise.NotifyType.INFO
                )
            except Exception as error:  # noqa: BLE001  a plugin may raise anything
                return broken(error, "apprise")
            if is_taken:
                return Accepted(our_id(message.key))  # it gives no id; the attempt then shows ours
            return Unknown(shown(log.getvalue()) or "apprise says no, and not why")

    def close(self) -> None:
        """It keeps no connection."""

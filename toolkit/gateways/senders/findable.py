"""SMTP with a look-up: a mail that was cut off while it was sent is looked for among the account's sent mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.core.errors import OutsideError
from toolkit.core.message import Message, NotFound, Receipt, StillOpen
from toolkit.gateways.mailbox import SentMail
from toolkit.gateways.senders.mail import id_mark
from toolkit.gateways.senders.smtp import SmtpChannel, SmtpConfig

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


class FindableSmtp(SmtpChannel):
    """What is found was sent. What is not found stays unknown: many servers keep no copy, and some copy late."""

    only_unknown = True

    def __init__(self, config: SmtpConfig, now: Callable[[], datetime], sent: SentMail, *, name: str = "email") -> None:
        super().__init__(config, now, name=name)
        self._sent = sent
        self._is_silent = False

    def lookup(self, message: Message, provider_id: str, sent_at: datetime) -> Receipt | None:  # noqa: ARG002
        """Whether it left; an account that does not answer is not asked again in this run."""
        if self._is_silent:
            return None
        try:
            found = self._sent.find(id_mark(message.key))
        except OutsideError:
            self._is_silent = True
            return None
        if found is not None:
            return StillOpen(found)
        return NotFound(
            f"not in {self._sent.place} at {self._now():%Y-%m-%d %H:%M}; that is no proof that it did not leave"
        )

    def close(self) -> None:
        """Say goodbye to both servers."""
        self._sent.close()
        super().close()

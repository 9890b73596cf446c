"""The mailbox that answers come to: read by IMAP, never changed unless that is wished."""

from __future__ import annotations

from toolkit.gateways.mailbox.imap import Fetched, MailboxConfig, MailboxError, Mark, read_new
from toolkit.gateways.mailbox.sent import SentMail
from toolkit.gateways.mailbox.sorting import understood

__all__ = ["Fetched", "MailboxConfig", "MailboxError", "Mark", "SentMail", "read_new", "understood"]

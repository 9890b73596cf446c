"""A mail's bytes into what it means to us: a bounce, a reply, or nothing. Pure."""

from __future__ import annotations

import email
from email.errors import MessageError
from email.policy import compat32
from email.utils import parseaddr

from toolkit.core.inbound import Inbound, Kind
from toolkit.gateways.mailbox import bounces, replies
from toolkit.gateways.mailbox.imap import Raw
from toolkit.gateways.mailbox.parts import header, ids

_FAULTS = (MessageError, ValueError, LookupError, AttributeError, TypeError, RecursionError, AssertionError)
"""What Python's mail parser is known to raise over malformed mails."""


def understood(raw: Raw) -> Inbound | None:
    """None for what is neither: delays, receipts, out-of-office answers, mail about other things, mail beyond reading."""
    try:
        return _understood(raw)
    except _FAULTS:  # a stranger's broken mail may not stop the reading of the others
        return None


def _understood(raw: Raw) -> Inbound | None:
    # The older policy: the newer one parses headers strictly and fails on what strangers send.
    mail = email.message_from_bytes(raw.content, policy=compat32)
    own = (*ids(str(mail.get("Message-ID", ""))), "")[0]
    sender = parseaddr(header(mail, "From"))[1]
    if bounces.is_bounce(mail):
        found, named = bounces.verdict(mail), bounces.named(mail)
        if found is None or not named:
            return None
        stops, why = found
        return Inbound(Kind.BOUNCE, own, named, sender, why, stops, raw.received_at, raw.uid)
    named = replies.answered(mail)
    if not named or replies.is_automatic(mail):
        return None
    return Inbound(Kind.REPLY, own, named, sender, replies.written(mail), False, raw.received_at, raw.uid)

"""The ways a message leaves the house; each is a `Channel`: one attempt, no retries, no sleep."""

from __future__ import annotations

CONNECT, LOGIN, ACCOUNT, LIMIT, NOT_INSTALLED = "connect", "login", "account", "limit", "not-installed"
SIGNATURE = "signature"
CHANNEL_DOWN = (CONNECT, LOGIN, ACCOUNT, LIMIT, NOT_INSTALLED, SIGNATURE)
"""Codes of a Deferred that speaks of the server, not of the message: the next message would fare no better now.

`ACCOUNT`: no money, a quota used up, a signature that was not approved; `NOT_INSTALLED`: the library of an extra;
`SIGNATURE`: the key that mails are signed with.

Said here, not beside the SMTP channel, so that asking for them does not load yagmail.
"""

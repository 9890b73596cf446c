"""The ways a message leaves the house; each is a `Channel`: one attempt, no retries, no sleep."""

from __future__ import annotations

CONNECT, LOGIN, LIMIT = "connect", "login", "limit"
CHANNEL_DOWN = (CONNECT, LOGIN, LIMIT)
"""Codes of a Deferred that speaks of the server, not of the message: the next message would fare no better now.

Said here, not beside the SMTP channel, so that asking for them does not load yagmail.
"""

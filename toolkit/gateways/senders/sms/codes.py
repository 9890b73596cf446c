"""What a gateway's code means for a message. The codes are data (`codes.toml`)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path

from toolkit.core.message import Deferred, Outcome, Rejected, Unknown
from toolkit.gateways.senders import ACCOUNT
from toolkit.gateways.senders.sms import shown

CHINA = timezone(timedelta(hours=8))
"""Mainland gateways count their days in China, wherever the desk stands."""
SLACK = timedelta(minutes=5)
"""After midnight, so that two clocks need not agree to the second."""


@cache
def _table() -> Mapping[str, Mapping[str, str]]:
    with Path(__file__).with_suffix(".toml").open("rb") as stream:
        return tomllib.load(stream)


def meaning(gateway: str, code: str) -> str:
    """permanent, later, hour, tomorrow, channel or unknown: the code's own line, else the longest beginning that fits."""
    table = _table()[gateway]
    if code in table:
        return table[code]
    beginnings = [one for one in table if one.endswith("*") and code.startswith(one[:-1])]
    return table[max(beginnings, key=len)] if beginnings else table["*"]


def outcome_of(gateway: str, code: str, text: str, now: datetime) -> Outcome:
    """The outcome that a refusal is; `text` is what the other side says of it."""
    text = shown(text)
    match meaning(gateway, code):
        case "permanent":
            return Rejected(code, text)
        case "later":
            return Deferred(code, text)
        case "hour":
            return Deferred(code, text, now + timedelta(hours=1))
        case "tomorrow":
            return Deferred(code, text, next_day(now))
        case "channel":
            return Deferred(ACCOUNT, f"{code} {text}".strip())
        case _:
            return Unknown(f"{code} {text}".strip())


def next_day(now: datetime) -> datetime:
    """The first moments of the gateway's next day."""
    local = now.astimezone(CHINA)
    return local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1) + SLACK

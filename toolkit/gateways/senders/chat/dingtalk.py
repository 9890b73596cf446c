"""DingTalk (钉钉) custom bots: signed by `timestamp` and `sign` in the address; 20 posts a minute, then ten of silence.

Markdown of 20,000 bytes. A mobile is called where it stands in `atMobiles` and in the text. `isAtAll` is never said.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote_plus

from toolkit.gateways.senders.chat.service import (
    Answer,
    Fault,
    Means,
    Post,
    Refusal,
    Room,
    Service,
    coded,
    cut,
    defused,
    in_markdown,
    with_keyword,
    with_links,
    with_signs,
)

BYTES = 20_000
SPARE = 500
"""Bytes kept for the title and the JSON around the text: it is not said whether they count."""
_MEND = "copy the webhook of the bot anew from the group's settings into channels.chat"
_GONE = "the bot or its group is gone: add a bot, and copy its webhook into channels.chat"

FAULTS = {
    "-1": Fault(Means.LATER),
    "130101": Fault(Means.LIMIT),
    "130102": Fault(Means.LIMIT),
    "410100": Fault(Means.LIMIT),
    "310000": Fault(
        Means.STOP,
        "the bot's safety settings refuse the post: set channels.chat.secret (加签) or keyword (自定义关键词) as they stand "
        "there, see that this computer's address is allowed (IP 地址段), and its clock right",
    ),
    "300001": Fault(Means.STOP, _MEND),
    "300005": Fault(Means.STOP, _MEND),
    "400101": Fault(Means.STOP, _MEND),
    "400013": Fault(Means.STOP, _GONE),
    "400102": Fault(Means.STOP, "the bot was switched off: switch it on in the group's settings"),
    "400106": Fault(Means.STOP, _GONE),
    "40035": Fault(Means.NEVER),
    "43004": Fault(Means.NEVER),
    "400105": Fault(Means.NEVER),
    "430101": Fault(Means.NEVER, "the text holds a link that DingTalk thinks unsafe"),
    "430102": Fault(Means.NEVER, "DingTalk thinks the text improper"),
    "430103": Fault(Means.NEVER, "DingTalk thinks a picture improper"),
    "430104": Fault(Means.NEVER, "DingTalk thinks the text improper"),
    "460101": Fault(Means.NEVER, "the text is too long"),
}


def signature(secret: str, milliseconds: int) -> str:
    """HMAC-SHA256 of "time, line feed, secret" by the secret, base64. It is percent-encoded once, in the address."""
    text = f"{milliseconds}\n{secret}".encode()
    return base64.b64encode(hmac.new(secret.encode(), text, hashlib.sha256).digest()).decode()


def request(room: Room, post: Post, now: datetime, more: Callable[[int], str]) -> tuple[str, dict[str, Any]]:
    """Markdown with a heading; a line feed needs two blanks before it, or the lines run into one."""
    text = defused(with_signs(post.text, post.links))
    headline = with_keyword(room, defused(post.headline), text)
    called = " ".join(f"@{mobile}" for mobile in post.mobiles)

    def dressed(body: str) -> str:
        parts = (f"#### {headline}", body.replace("\n", "  \n"), called)
        return with_links("\n\n".join(part for part in parts if part), post.links, in_markdown)

    def fits(body: str) -> bool:
        return len(dressed(body).encode()) <= BYTES - SPARE

    payload = {
        "msgtype": "markdown",
        "markdown": {"title": headline, "text": dressed(cut(text, fits, more))},
        "at": {"atMobiles": list(post.mobiles), "isAtAll": False},
    }
    return _address(room, now), payload


def _address(room: Room, now: datetime) -> str:
    if not room.secret:
        return room.webhook
    milliseconds = int(now.timestamp() * 1000)
    joint = "&" if "?" in room.webhook else "?"
    return f"{room.webhook}{joint}timestamp={milliseconds}&sign={quote_plus(signature(room.secret, milliseconds))}"


def refused(answer: Answer) -> Refusal | None:
    """By `errcode`, whatever the status."""
    return coded(answer, "errcode", "errmsg")


DINGTALK = Service("dingtalk", 20, timedelta(minutes=10), FAULTS, request, refused)

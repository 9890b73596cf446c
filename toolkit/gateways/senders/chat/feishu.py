"""Feishu (飞书) and Lark custom bots: `timestamp` and `sign` in the body; 100 posts a minute, 5 a second; 20 KB.

A `post` is made of tagged parts, so that no text can be read as a mention. People are called by an id that a bot cannot
look up by mobile: their names in the text must do.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from toolkit.gateways.senders.chat.service import (
    Answer,
    Fault,
    Means,
    Post,
    Refusal,
    Room,
    Service,
    by_link,
    coded,
    cut,
    defused,
    with_keyword,
    with_links,
    with_signs,
)

BYTES = 20 * 1024
SPARE = 1024
_MEND = "copy the webhook of the bot anew from the group's settings into channels.chat"
TOO_MANY = "9499-limit"
"""9499 is said of a bad request and, in other words, of too many."""

FAULTS = {
    "11232": Fault(Means.LIMIT),
    "11233": Fault(Means.LIMIT),
    TOO_MANY: Fault(Means.LIMIT),
    "9499": Fault(Means.NEVER),
    "19001": Fault(Means.STOP, _MEND),
    "19002": Fault(Means.NEVER),
    "19021": Fault(
        Means.STOP, "the signature does not fit: set channels.chat.secret (签名校验), and this computer's clock"
    ),
    "19022": Fault(Means.STOP, "this computer's address is not among the bot's allowed ones (IP 白名单)"),
    "19024": Fault(Means.STOP, "set channels.chat.keyword to one of the bot's keywords (自定义关键词)"),
}


def signature(secret: str, seconds: int) -> str:
    """HMAC-SHA256 of nothing by "time, line feed, secret", base64: here the text is the key."""
    return base64.b64encode(hmac.new(f"{seconds}\n{secret}".encode(), b"", hashlib.sha256).digest()).decode()


def request(room: Room, post: Post, now: datetime, more: Callable[[int], str]) -> tuple[str, dict[str, Any]]:
    """A rich text: a title, and a paragraph for each line."""
    text = defused(with_signs(post.text, post.links))
    title = with_keyword(room, defused(post.headline), text)
    signed: dict[str, Any] = {}
    if room.secret:
        seconds = int(now.timestamp())
        signed = {"timestamp": str(seconds), "sign": signature(room.secret, seconds)}

    def dressed(body: str) -> dict[str, Any]:
        lines = [_line(line, post.links) for line in body.split("\n")]
        return {**signed, "msg_type": "post", "content": {"post": {"zh_cn": {"title": title, "content": lines}}}}

    def fits(body: str) -> bool:
        return len(json.dumps(dressed(body))) <= BYTES - SPARE  # as it is sent: every Chinese sign six bytes

    return room.webhook, dressed(cut(text, fits, more))


def _line(line: str, links: Sequence[str]) -> list[dict[str, str]]:
    """A line's words, and its links as such."""
    found = []
    for number, part in enumerate(by_link(line)):
        if number % 2:
            address = with_links(part, links)
            found.append({"tag": "a", "text": str(urlsplit(address).hostname), "href": address})
        elif part or not line:
            found.append({"tag": "text", "text": part})
    return found


def refused(answer: Answer) -> Refusal | None:
    """By `code`; bots of the older kind say `StatusCode`."""
    body = answer.body
    if isinstance(body, dict) and "code" not in body and isinstance(body.get("StatusCode"), int):
        return coded(answer, "StatusCode", "StatusMessage")
    found = coded(answer, "code", "msg")
    if found is not None and found[0] == "9499" and "too many" in found[1].lower():
        return TOO_MANY, found[1]
    return found


FEISHU = Service("feishu", 100, timedelta(minutes=1), FAULTS, request, refused)

"""WeCom (企业微信) group bots: no signature, the key stands in the address; 20 posts a minute.

A post of type `text` calls people by mobile and holds 2,048 bytes; `markdown` holds 4,096 and calls nobody. So a post that
concerns somebody is text where it fits.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

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
    with_links,
    with_signs,
)

TEXT_BYTES, MARKDOWN_BYTES = 2048, 4096
_MEND = "copy the webhook of the bot anew from the group's settings into channels.chat"

FAULTS = {
    "-1": Fault(Means.LATER),
    "45009": Fault(Means.LIMIT),
    "45033": Fault(Means.LIMIT),
    "93000": Fault(Means.STOP, _MEND),
    "93004": Fault(Means.STOP, "the bot was switched off: switch it on in the group, or add a new one"),
    "93008": Fault(Means.STOP, "the bot is no longer in the group: add one, and copy its webhook"),
    "40014": Fault(Means.STOP, _MEND),
    "42001": Fault(Means.STOP, _MEND),
    "60020": Fault(Means.STOP, "this computer's address is not allowed: mend the list of addresses in WeCom"),
    "40008": Fault(Means.NEVER),
    "40035": Fault(Means.NEVER),
    "40058": Fault(Means.NEVER),
    "44004": Fault(Means.NEVER),
    "45002": Fault(Means.NEVER),
}


def request(room: Room, post: Post, now: datetime, more: Callable[[int], str]) -> tuple[str, dict[str, Any]]:  # noqa: ARG001
    """Text with mentions where it fits, else Markdown with a bold headline."""
    headline, text = defused(post.headline), defused(with_signs(post.text, post.links))
    plain = with_links(f"{headline}\n{text}".rstrip("\n"), post.links)
    if post.mobiles and len(plain.encode()) <= TEXT_BYTES:
        return room.webhook, {
            "msgtype": "text",
            "text": {"content": plain, "mentioned_mobile_list": list(post.mobiles)},
        }

    def dressed(body: str) -> str:
        return with_links(body, post.links, in_markdown)

    def fits(body: str) -> bool:
        return len(dressed(body).encode()) <= MARKDOWN_BYTES

    whole = dressed(cut(f"**{headline}**\n{text}".rstrip("\n"), fits, more))
    return room.webhook, {"msgtype": "markdown", "markdown": {"content": whole}}


def refused(answer: Answer) -> Refusal | None:
    """By `errcode`, whatever the status."""
    return coded(answer, "errcode", "errmsg")


WECOM = Service("wecom", 20, timedelta(minutes=1), FAULTS, request, refused)

"""Slack incoming webhooks: no signature; one post a second; the refusal is a word in the body, by status 4xx.

The text stands in `plain_text` blocks, in which nothing is markup. A person is called by an id that a webhook cannot look up:
their name in the text must do.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from toolkit.gateways.senders.chat.service import Answer, Fault, Means, Post, Refusal, Room, Service, cut, with_keyword

HEADER, SECTION, SECTIONS = 150, 3000, 12
"""Characters of a heading and of a section; Slack takes 50 blocks and 40,000 characters."""
_MEND = "make a new webhook in the Slack app, and copy it into channels.chat"
_OK = 200

FAULTS = {
    "rate_limited": Fault(Means.LIMIT),
    "ratelimited": Fault(Means.LIMIT),
    "rollup_error": Fault(Means.LATER),
    "invalid_payload": Fault(Means.NEVER),
    "invalid_blocks": Fault(Means.NEVER),
    "no_text": Fault(Means.NEVER),
    "msg_too_long": Fault(Means.NEVER),
    "too_many_attachments": Fault(Means.NEVER),
    "invalid_token": Fault(Means.STOP, _MEND),
    "no_service": Fault(Means.STOP, _MEND),
    "no_service_id": Fault(Means.STOP, _MEND),
    "no_active_hooks": Fault(Means.STOP, _MEND),
    "no_team": Fault(Means.STOP, _MEND),
    "team_disabled": Fault(Means.STOP, "the Slack workspace was switched off"),
    "user_not_found": Fault(Means.STOP, _MEND),
    "channel_not_found": Fault(Means.STOP, "the channel is gone: " + _MEND),
    "channel_is_archived": Fault(Means.STOP, "the channel is archived: take it out, or " + _MEND),
    "action_prohibited": Fault(Means.STOP, "an admin of the Slack workspace forbids it"),
    "posting_to_general_channel_denied": Fault(Means.STOP, "an admin keeps that channel closed: choose another"),
}


def request(room: Room, post: Post, now: datetime, more: Callable[[int], str]) -> tuple[str, dict[str, Any]]:  # noqa: ARG001
    """A heading and sections of plain text. `text` is what a phone shows, with Slack's three signs escaped."""
    headline = with_keyword(room, _whole(post.headline), post.text)
    body = cut(_whole(post.text), lambda it: len(_sections(it)) <= SECTIONS, more)
    blocks = [_plain("header", headline[:HEADER]), *(_plain("section", part) for part in _sections(body))]
    payload = {
        "text": _escaped(headline),
        "blocks": blocks,
        "link_names": False,
        "unfurl_links": False,
        "unfurl_media": False,
    }
    return room.webhook, payload


def _plain(kind: str, text: str) -> dict[str, Any]:
    return {"type": kind, "text": {"type": "plain_text", "text": text, "emoji": False}}


def _sections(text: str) -> list[str]:
    """The text in pieces that a section holds, parted between lines where that goes."""
    parts: list[str] = []
    for line in text.split("\n"):
        for start in range(0, max(len(line), 1), SECTION):
            piece = line[start : start + SECTION]
            if parts and len(parts[-1]) + 1 + len(piece) <= SECTION:
                parts[-1] += "\n" + piece
            else:
                parts.append(piece)
    return [part.strip("\n") for part in parts if part.strip()]


def _whole(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def refused(answer: Answer) -> Refusal | None:
    """`ok` by 200; else the word in the body."""
    word = answer.text.strip()
    if answer.status == _OK:
        if word == "ok":
            return None
        raise ValueError(f"answered 200, but not in its form: {word[:80]!r}")
    return word.split("\n")[0][:80] or str(answer.status), ""


SLACK = Service("slack", 50, timedelta(minutes=1), FAULTS, request, refused)

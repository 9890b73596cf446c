"""Slack incoming webhooks: no signature; one post a second; the refusal is a word in the body, by status 4xx.

The text stands in `plain_text` blocks, in which nothing is markup, but for lines with a link of our own. A person is called by an id that a webhook cannot look up:
their name in the text must do.
"""

from __future__ import annotations

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
    cut,
    defused,
    with_keyword,
    with_links,
    with_signs,
)

HEADER, SECTION, SECTIONS = 150, 3000, 12
"""Characters of a heading and of a section; Slack takes 50 blocks and 40,000 characters."""
_WIDEST = len("&amp;")
"""Characters that one may become."""
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
    body = cut(with_signs(_whole(post.text), post.links), lambda it: len(_sections(it, post.links)) <= SECTIONS, more)
    sections = (_section(part, post.links) for part in _sections(body, post.links))
    blocks = [_plain("header", headline[:HEADER]), *sections]
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


def _section(part: str, links: Sequence[str]) -> dict[str, Any]:
    """Plain text knows no links: a part with one is mrkdwn, in which the words are written such that nothing is markup."""
    if len(by_link(part)) == 1:
        return _plain("section", part)
    words = with_links(_escaped(defused(part)), links, lambda link: f"<{_escaped(link)}|{urlsplit(link).hostname}>")
    return {"type": "section", "text": {"type": "mrkdwn", "text": words, "verbatim": True}}


def _sections(text: str, links: Sequence[str]) -> list[str]:
    """The text in pieces that a section holds, parted between lines where that goes; lines with a link stand together."""
    parts: list[tuple[str, int, bool]] = []
    for line in text.split("\n"):
        has_link = len(by_link(line)) > 1
        for piece in _pieces(line, SECTION // _WIDEST if has_link else SECTION):
            cost = _cost(piece, links) if has_link else len(piece)
            if parts and parts[-1][2] == has_link and parts[-1][1] + 1 + cost <= SECTION:
                before, spent, _ = parts.pop()
                piece, cost = f"{before}\n{piece}", spent + 1 + cost  # noqa: PLW2901  one section for both
            parts.append((piece, cost, has_link))
    return [part.strip("\n") for part, _, _ in parts if part.strip()]


def _pieces(line: str, room: int) -> list[str]:
    return [line[start : start + room] for start in range(0, max(len(line), 1), room)]


def _cost(piece: str, links: Sequence[str]) -> int:
    """How much a piece takes at most as mrkdwn: signs that are escaped, addresses with the names of their hosts."""
    addresses = (with_links(one, links) for one in by_link(piece)[1::2])
    return len(piece) * _WIDEST + sum(2 * len(_escaped(one)) + len("<|>") for one in addresses)


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

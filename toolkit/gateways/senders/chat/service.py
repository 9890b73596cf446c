"""What the bots have in common: a room, a post, what a refusal means, and how a text is cut to a limit."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from toolkit.core.link import parted


class Means(StrEnum):
    """What a refusal means for what comes after it."""

    LIMIT = "limit"  # too many posts: the room rests, nothing is lost
    STOP = "stop"  # address, secret or keyword are wrong: the room rests until a person mends it
    LATER = "later"  # the other side is busy: this post is tried again
    NEVER = "never"  # this post will never be taken


@dataclass(frozen=True, slots=True)
class Fault:
    """One code of a service. `advice` says what a person can do about it."""

    means: Means
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """A bot in a room: the address to post to, which is a secret by itself; `secret` signs, `keyword` must be in each text."""

    webhook: str = field(repr=False)
    secret: str = field(default="", repr=False)
    keyword: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """What is said: a headline, lines of plain text, the mobiles of those it concerns. Nothing of it is markup, and nothing a
    link but for those of our own (`links`), as they stand in the text.
    """

    headline: str
    text: str
    mobiles: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the HTTP status, the body as JSON (None where it is none) and as text."""

    status: int
    body: Any
    text: str
    retry_after: int | None = None


Refusal = tuple[str, str]
"""Code and words."""


@dataclass(frozen=True, slots=True)
class Service:
    """One chat service.

    `request` makes the address and the JSON of a post at a moment; `more(n)` words what was cut off. `refused` reads an
    answer: None for taken, a Refusal, or an Answer-less doubt as ValueError. `pause` is how long a bot rests after a
    refusal for too many posts, `per_minute` how many it takes.
    """

    name: str
    per_minute: int
    pause: timedelta
    faults: Mapping[str, Fault]
    request: Callable[[Room, Post, datetime, Callable[[int], str]], tuple[str, dict[str, Any]]]
    refused: Callable[[Answer], Refusal | None]

    def fault(self, code: str) -> Fault:
        """What a code means. One that is not known speaks of this post alone: it is tried again, then given up."""
        return self.faults.get(code, Fault(Means.LATER))


def cut(text: str, fits: Callable[[str], bool], more: Callable[[int], str]) -> str:
    """As many whole lines as fit, and how many were left out. A first line that is itself too long is cut inside."""
    if fits(text):
        return text
    lines = text.split("\n")
    low, high = 0, len(lines) - 1  # so many lines fit for sure; at most so many may
    while low < high:
        middle = (low + high + 1) // 2
        if fits("\n".join([*lines[:middle], more(len(lines) - middle)])):
            low = middle
        else:
            high = middle - 1
    if low:
        return "\n".join([*lines[:low], more(len(lines) - low)]).replace(
            "\n\n" + more(len(lines) - low), "\n" + more(len(lines) - low)
        )
    low, high = 0, len(lines[0])
    while low < high:
        middle = (low + high + 1) // 2
        if fits(lines[0][:middle] + "…"):
            low = middle
        else:
            high = middle - 1
    return lines[0][:low] + "…"


def with_keyword(room: Room, headline: str, text: str) -> str:
    """The headline, with the bot's keyword before it where neither it nor the text holds the word."""
    if not room.keyword or room.keyword in headline or room.keyword in text:
        return headline
    return f"{room.keyword} {headline}"


LOOKALIKES = str.maketrans(
    {
        "<": "＜",
        ">": "＞",
        "[": "［",
        "]": "］",
        "*": "＊",
        "`": "｀",
        "_": "＿",
        "~": "～",
        "@": "＠",
        "|": "｜",
        "\\": "＼",
    }
)
"""These bots' Markdown knows no escape that all their clients honour: the signs that make markup, links and mentions give way to
their full-width twins, which read alike and mean nothing."""


def defused(text: str) -> str:
    """Text in which no client finds markup, a mention or a picture. Line breaks stay, indents and heading marks go."""
    lines = (line.strip().translate(LOOKALIKES) for line in text.encode("utf-8", "replace").decode().split("\n"))
    return "\n".join(
        "＃" + line[1:] if line.startswith("#") else line for line in lines if set(line) - set("=-") or not line
    )


_FIRST = 0x100000
_SIGNS = f"[{chr(_FIRST)}-{chr(_FIRST + 0xFFFD)}]"
_STANDS_FOR = re.compile(_SIGNS)


def with_signs(text: str, links: Sequence[str]) -> str:
    """The text with one sign in place of each of these links: nobody's keyboard has it, no cut goes through it, and what
    is done to the words does not touch the address.
    """
    parts = parted(_STANDS_FOR.sub("?", text), links)
    parts[1::2] = (chr(_FIRST + links.index(one)) for one in parts[1::2])
    return "".join(parts)


def with_links(text: str, links: Sequence[str], dress: Callable[[str], str] = str) -> str:
    """The text with each link back in its place, as `dress` writes it."""
    return _STANDS_FOR.sub(lambda found: dress(links[ord(found[0]) - _FIRST]), text)


def by_link(text: str) -> list[str]:
    """A text with signs in parts, of which every second one is the sign of a link."""
    return re.split(f"({_SIGNS})", text)


def in_markdown(link: str) -> str:
    """A link by the name of its host: an address itself holds signs that these bots' Markdown would read."""
    return f"[{urlsplit(link).hostname}]({link})"


def coded(answer: Answer, code: str, words: str) -> Refusal | None:
    """A refusal by a body's own code, which stands in a 200 answer too: `errcode` and `errmsg`, `code` and `msg`."""
    body = answer.body
    if not isinstance(body, dict) or not isinstance(body.get(code), int):
        raise ValueError(f"answered {answer.status}, but not in its form: {answer.text[:80]!r}")  # noqa: TRY004
    return None if body[code] == 0 else (str(body[code]), str(body.get(words, "")))

"""Links of our own: those that the configuration, a template or a sheet's address names, told from what people type.

In a chat room a link is a button that everybody there may tap. So whatever somebody typed is written such that no program
makes a link of it, and what is ours is marked as a value, from where it is made to the bot that posts it. A host is no
mark: a customer may well type the address of our own form with another path.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote

LONGEST = 1000
"""Characters; what is longer is no address that anybody set up."""
_KEPT = "%/:?#@!$&*+,;=~-._"
_WEB = re.compile(
    r"https?://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?(?:[/?#][^\s<>\"'`\\()\[\]|]*)?\Z", re.ASCII
)


class OwnLink(str):
    """A web address of our own. Any operation on it gives plain text, which nobody trusts."""

    __slots__ = ()


def own_link(text: str) -> str:
    """The address as a link of our own, what it may not hold percent-encoded; as plain text where it is no web address."""
    found = quote(text.strip(), safe=_KEPT)
    return OwnLink(found) if len(found) <= LONGEST and _WEB.match(found) else text


def parted(text: str, links: Sequence[str]) -> list[str]:
    """The text in parts, of which every second one is one of these links. A link that goes on is another one."""
    if not links:
        return [text]
    every = "|".join(map(re.escape, sorted(links, key=len, reverse=True)))
    return re.split(rf"(?<![^\s(（])({every})(?![^\s)）])", text)

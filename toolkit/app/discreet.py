"""What a chat room may read of a customer: names and places, no number, address or street that somebody could use."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from toolkit.core.link import parted
from toolkit.core.message import masked_address, masked_phone

PHONES, EMAILS, STREETS = ("phone", "mobile", "tel"), ("email",), ("address",)

_EMAIL = re.compile(r"[A-Za-z0-9._%+\-]+[@＠][A-Za-z0-9\-]+(?:[.．][A-Za-z0-9\-]+)+")
_MOBILE = re.compile(r"(?<![A-Za-z0-9\-])(?:\+?86[ \-]?)?(1[3-9][0-9])[ \-]?([0-9]{4})[ \-]?([0-9]{4})(?![0-9])")
_LANDLINE = re.compile(r"(?<![A-Za-z0-9\-])(0[0-9]{2,3})[ \-]([0-9]{3,4})[ \-]?([0-9]{4})(?![0-9])")
_ABROAD = re.compile(r"(?<![A-Za-z0-9])\+[0-9][0-9 \-]{6,}[0-9]")
_STREET_ENDS = re.compile(r"[0-9０-９]|[#＃]")


def discreet(value: Any) -> Any:
    """Letter values with phones, addresses and streets masked, at whatever depth they stand."""
    match value:
        case Mapping():
            return {key: _masked(key, one) for key, one in value.items()}
        case list() | tuple():
            return [discreet(one) for one in value]
        case _:
            return value


def discreet_text(text: str, keep: str = "", links: Sequence[str] = ()) -> str:
    """A text with every number and address masked that somebody wrote into it, but for `keep`, the desk's own number, and the
    desk's own links, which would lead nowhere with a star in them.
    """
    parts = parted(text, links)
    parts[::2] = (_masked_text(one, keep) for one in parts[::2])
    return "".join(parts)


def _masked_text(text: str, keep: str) -> str:

    def phone(found: re.Match[str]) -> str:
        return found[0] if keep and found[0] == keep else masked_phone(re.sub(r"[^0-9+]", "", found[0]))

    text = _EMAIL.sub(lambda found: masked_address(found[0].replace("＠", "@")), text)
    text = _MOBILE.sub(lambda found: f"{found[1]}****{found[3]}", text)
    return _ABROAD.sub(phone, _LANDLINE.sub(phone, text))


def _masked(key: object, value: Any) -> Any:
    if isinstance(value, str):
        if key in PHONES:
            return masked_phone(value)
        if key in EMAILS:
            return masked_address(value)
        if key in STREETS:
            return _STREET_ENDS.split(value, maxsplit=1)[0].strip() + "****"
    return discreet(value)

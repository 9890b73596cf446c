"""A picture as mail programs show it: what it is and how big, read from its first bytes."""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

LOGO_ID = "logo@aftersales"
LOGO = f"cid:{LOGO_ID}"
"""What a letter's page says in place of the logo: the picture itself stands once in each mail, and in no database."""
PNG, GIF, JPEG = b"\x89PNG\r\n\x1a\n", (b"GIF87a", b"GIF89a"), b"\xff\xd8\xff"
_SIZES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""JPEG marks with the size of the picture behind them; the three left out are tables."""
_BARE = frozenset({0x01, *range(0xD0, 0xD9)})
"""JPEG marks with nothing behind them."""


@dataclass(frozen=True, slots=True)
class Picture:
    """`width` and `height` in pixels."""

    content: bytes = field(repr=False)
    mime: str
    width: int
    height: int

    def fitted(self, width: int, height: int) -> tuple[int, int]:
        """The size at which it fits a frame, never larger than it is."""
        share = min(1.0, width / self.width, height / self.height)
        return max(1, round(self.width * share)), max(1, round(self.height * share))

    @property
    def link(self) -> str:
        """The picture itself, as browsers take it in place of a link; mail programs do not."""
        return f"data:{self.mime};base64,{base64.b64encode(self.content).decode('ascii')}"

    @property
    def ending(self) -> str:
        """What its file name ends with."""
        return {"image/jpeg": "jpg"}.get(self.mime, self.mime.partition("/")[2])


def picture_of(content: bytes) -> Picture:
    """The picture that some bytes are (ValueError: none that every mail program shows, or a damaged one)."""
    if content.startswith(PNG):
        kind, size = "image/png", struct.unpack(">II", content[16:24]) if content[12:16] == b"IHDR" else (0, 0)
    elif content.startswith(GIF):
        kind, size = "image/gif", struct.unpack("<HH", content[6:10]) if len(content) > len("GIF89a....") else (0, 0)
    elif content.startswith(JPEG):
        kind, size = "image/jpeg", next(_jpeg_sizes(content), (0, 0))
    else:
        raise ValueError("not a PNG, JPEG or GIF picture: many mail programs show no other kind")
    width, height = size
    if not width or not height:
        raise ValueError(f"a damaged picture ({kind})")
    return Picture(content, kind, width, height)


def _jpeg_sizes(content: bytes) -> Iterator[tuple[int, int]]:
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:  # noqa: PLR2004
        mark = content[at + 1]
        if mark in _SIZES:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            yield width, height
            return
        if mark == 0xFF:  # noqa: PLR2004  a mark may have any number of these before it
            at += 1
        else:
            at += 2 if mark in _BARE else 2 + int.from_bytes(content[at + 2 : at + 4])

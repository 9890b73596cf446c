"""XML as text with places: what is changed is spliced, so that all else stays byte for byte as its maker wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

from toolkit.gateways.excel.form import FormCheck
from toolkit.gateways.excel.unsafe import UnsafeWorkbook

ATTRS = rb"""(?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*"""
_NOT_TAGS = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.DOTALL)
_TAG = re.compile(rb"<(?P<end>/?)(?P<prefix>[\w.-]+:)?(?P<name>[\w.-]+)" + ATTRS + rb"(?P<empty>/?)>")
_ATTR = re.compile(rb"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_ENCODING = re.compile(rb"""\A<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)["']""")
_BOM = b"\xef\xbb\xbf"
_DEEPEST = 200
_AFTER_DECLARED = 8  # bytes: a byte order mark and `<?xml`

Splice = tuple[int, int, bytes]  # from, to, what stands there now


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag and where it stands; `path` holds the local names of the elements around it."""

    name: str
    prefix: bytes
    start: int
    end: int
    text: bytes
    is_end: bool
    is_empty: bool
    path: tuple[str, ...]


class Markup:
    """One XML part in UTF-8. `scan` is the text with comments, CDATA and instructions blanked out, places unchanged.

    A search for tags in `scan` cannot be fooled by a `<row>` in a comment; what is kept is always cut from `data`.
    A fragment (`is_whole` False) is taken as it is: it was cut from a part that was looked at as a whole.
    """

    def __init__(self, data: bytes, *, is_whole: bool = True) -> None:
        if is_whole:
            must_be_utf8(data)
            form = FormCheck()
            form.feed(data)
            form.close()
        self.data = data
        self.scan = _NOT_TAGS.sub(_blank, data) if has_oddities(data) else data

    def tags(self, start: int = 0, end: int | None = None) -> Iterator[Tag]:
        """All tags between two places, with the path from the first of them."""
        path: list[str] = []
        for match in _TAG.finditer(self.scan, start, len(self.scan) if end is None else end):
            name = match["name"].decode()
            is_end = bool(match["end"])
            if is_end and path:
                path.pop()
            yield Tag(
                name,
                match["prefix"] or b"",
                match.start(),
                match.end(),
                match[0],
                is_end,
                bool(match["empty"]),
                tuple(path),
            )
            if not is_end and not match["empty"]:
                path.append(name)
                if len(path) > _DEEPEST:
                    raise UnsafeWorkbook("a part of the workbook is nested deeper than any program nests it")


def _blank(match: re.Match[bytes]) -> bytes:
    # CDATA is text, so something must be left that counts as text; comments count as nothing
    filler = b"x" if match[0].startswith(b"<![CDATA[") else b" "
    return filler * len(match[0])


def has_oddities(data: bytes) -> bool:
    """Whether there are comments, CDATA or instructions; the XML declaration at the very beginning is none."""
    start = _AFTER_DECLARED if data[:_AFTER_DECLARED].removeprefix(_BOM).startswith(b"<?xml") else 0
    # one byte is found several times as fast as two
    return (b"!" in data and b"<!" in data) or (data.find(b"?", start) >= 0 and data.find(b"<?", start) >= 0)


def must_be_utf8(data: bytes) -> None:
    """Refuse a part whose beginning names another encoding, or shows one."""
    named = _ENCODING.match(data.removeprefix(_BOM))
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data[:4]:
        raise UnsafeWorkbook("a part of the workbook is in UTF-16, which is not supported: save it anew in Excel")
    if named and named[1].lower() not in (b"utf-8", b"utf8"):
        raise UnsafeWorkbook(f"a part of the workbook is in {named[1].decode()}, not in UTF-8: save it anew in Excel")


def tag_name(tag: bytes) -> bytes:
    """The name, with its prefix, of a start tag."""
    return tag[1:].split(None, 1)[0].rstrip(b"/>")


def attributes(tag: bytes) -> dict[str, str]:
    """Name (with its prefix) -> value of a start tag's attributes."""
    found = _ATTR.findall(tag, tag.find(b"<") + 1)
    if b"&" not in tag:
        return {name.decode(): (double or single).decode() for name, double, single in found}
    return {name.decode(): unescape((double or single).decode()) for name, double, single in found}


def with_attribute(tag: bytes, name: str, value: str) -> bytes:
    """The start tag with one attribute set: replaced where it stands, else put last."""
    found = next((m for m in _ATTR.finditer(tag) if m[1] == name.encode()), None)
    text = f'{name}="{escape_attribute(value)}"'.encode()
    if found:
        return tag[: found.start()] + text + tag[found.end() :]
    cut = len(tag) - (2 if tag.endswith(b"/>") else 1)
    return tag[:cut].rstrip() + b" " + text + tag[cut:]


def without_attributes(tag: bytes, names: tuple[bytes, ...]) -> bytes:
    """The start tag without some attributes."""
    return _attributes_named(names).sub(b"", tag)


@lru_cache(maxsize=16)
def _attributes_named(names: tuple[bytes, ...]) -> re.Pattern[bytes]:
    return re.compile(rb"""\s+(?:""" + b"|".join(names) + rb""")\s*=\s*(?:"[^"]*"|'[^']*')""")


def escape_attribute(value: str) -> str:
    """Text as an attribute's value in double quotes."""
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def spliced(data: bytes, splices: Sequence[Splice]) -> bytes:
    """The bytes with each (from, to) replaced; the splices must not overlap."""
    out: list[bytes] = []
    at = 0
    for start, end, text in sorted(splices, key=lambda splice: splice[:2]):
        out += (data[at:start], text)
        at = end
    return b"".join((*out, data[at:]))

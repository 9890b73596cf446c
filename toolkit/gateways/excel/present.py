"""What stands in a cell now, so that an edit which changes nothing is no edit."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable
from html import unescape

from toolkit.gateways.excel.values import TYPES, Content, Form, unescaped
from toolkit.gateways.excel.xmltext import has_oddities

_LIKE_OURS = len('<is><t xml:space="preserve">')
_SI = re.compile(rb"<(?:[\w.-]+:)?si(?:\s[^>]*)?(?:/>|>(.*?)</(?:[\w.-]+:)?si\s*>)", re.DOTALL)
_PHONETIC = re.compile(rb"<((?:[\w.-]+:)?rPh)\b.*?</\1\s*>", re.DOTALL)
_T = re.compile(rb"<(?:[\w.-]+:)?t(\s[^>]*)?(?:/>|(?<!/)>(.*?)</(?:[\w.-]+:)?t\s*>)", re.DOTALL)
_V = re.compile(rb"<(?:[\w.-]+:)?v(?:\s[^>]*)?>(.*?)</(?:[\w.-]+:)?v\s*>", re.DOTALL)


class SharedStrings:
    """The shared texts of a workbook, looked at only if an edited cell refers to one.

    Of each text only its 64-bit hash is kept: a register of any size has them in a few megabytes, and that two texts
    of one workbook share a hash will not happen.
    """

    def __init__(self, pieces: Callable[[], Iterable[bytes]]) -> None:
        self._pieces = pieces
        self._hashes: array[int] | None = None

    def is_text(self, index: int, text: str) -> bool:
        """Whether an entry reads as that text."""
        if self._hashes is None:
            self._hashes = array("q", map(hash, self._texts()))
        return index < len(self._hashes) and self._hashes[index] == hash(text)

    def _texts(self) -> Iterable[str]:
        rest = b""
        for piece in self._pieces():
            if has_oddities(piece):
                return  # comments may hide entries: no text is known, and nothing stands already
            rest += piece
            end = 0
            for match in _SI.finditer(rest):
                yield text_of(match[1] or b"")
                end = match.end()
            rest = rest[end:]


def text_of(inside: bytes) -> str:
    """The text in an `<is>` or `<si>`: all its runs, without the phonetic guide; unprotected edges are trimmed."""
    runs = []
    for match in _T.finditer(_PHONETIC.sub(b"", inside)):
        text = unescape((match[2] or b"").decode())
        runs.append(text if b"preserve" in (match[1] or b"") else text.strip(" \t\r\n"))
    return unescaped("".join(runs))


def stands_already(kind: bytes, inside: bytes, wish: Content, strings: SharedStrings) -> bool:
    """Whether a reader already finds the wished value in a cell of this type (which holds no formula)."""
    if inside == wish.inside and kind == TYPES.get(wish.form, b""):
        return True
    if wish.form is Form.TEXT and kind == b"inlineStr" and inside[:_LIKE_OURS] == wish.inside[:_LIKE_OURS]:
        return False  # written the way we write, and differing
    if b"<!" in inside or b"<?" in inside:
        return False  # what a comment hides is nobody's value
    found = _V.search(inside)
    value = found[1].strip() if found else b""
    if not wish.inside:
        return not value and b"<" not in inside
    if wish.form is Form.TEXT:
        return _shows_text(kind, inside, value, text_of(wish.inside), strings)
    wished = _V.search(wish.inside)
    number = wished[1] if wished else b""
    if wish.form is Form.BOOLEAN:
        return kind == b"b" and value in (number, b"true" if number == b"1" else b"false")
    return kind in (b"", b"n") and _is_number(value) and float(value) == float(number)


def _shows_text(kind: bytes, inside: bytes, value: bytes, wished: str, strings: SharedStrings) -> bool:
    match kind:
        case b"s":
            return value.isdigit() and strings.is_text(int(value), wished)
        case b"inlineStr":
            return text_of(inside) == wished
        case b"str" if value:
            return unescaped(unescape(value.decode())) == wished
        case _:
            return False


def _is_number(value: bytes) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True

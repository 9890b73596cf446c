"""What stands in a cell now, so that an edit which changes nothing is no edit."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

from toolkit.gateways.excel.sheet import Cell
from toolkit.gateways.excel.values import Content, unescaped
from toolkit.gateways.excel.xmltext import attributes

_SI = re.compile(rb"<(?:[\w.-]+:)?si(?:\s[^>]*)?(?:/>|>(.*?)</(?:[\w.-]+:)?si\s*>)", re.DOTALL)
_PHONETIC = re.compile(rb"<((?:[\w.-]+:)?rPh)\b.*?</\1\s*>", re.DOTALL)
_T = re.compile(rb"<(?:[\w.-]+:)?t(\s[^>]*)?(?:/>|(?<!/)>(.*?)</(?:[\w.-]+:)?t\s*>)", re.DOTALL)
_V = re.compile(rb"<(?:[\w.-]+:)?v(?:\s[^>]*)?>(.*?)</(?:[\w.-]+:)?v\s*>", re.DOTALL)


class SharedStrings:
    """The shared texts of a workbook, looked at only if some edited cell refers to one."""

    def __init__(self, load: Callable[[], bytes]) -> None:
        self._load = load
        self._entries: list[bytes] | None = None

    def text(self, index: int) -> str | None:
        """The text of an entry as readers see it; None if there is no such entry."""
        if self._entries is None:
            self._entries = [match[1] or b"" for match in _SI.finditer(self._load())]
        return text_of(self._entries[index]) if index < len(self._entries) else None


def text_of(inside: bytes) -> str:
    """The text in an `<is>` or `<si>`: all its runs, without the phonetic guide; unprotected edges are trimmed."""
    runs = []
    for match in _T.finditer(_PHONETIC.sub(b"", inside)):
        text = unescape((match[2] or b"").decode())
        runs.append(text if b"preserve" in (match[1] or b"") else text.strip(" \t\r\n"))
    return unescaped("".join(runs))


def stands_already(cell: Cell | None, wish: Content, strings: SharedStrings) -> bool:
    """Whether a reader already finds the wished value in the cell (which holds no formula)."""
    kind = attributes(cell.tag).get("t", "n") if cell else "n"
    inside = cell.inside if cell else b""
    found = _V.search(inside)
    value = found[1].strip() if found else b""
    if not wish.inside:
        return not value and b"<" not in inside
    if wish.kind == "inlineStr":
        return _shown_text(kind, inside, value, strings) == text_of(wish.xml(""))
    if wish.kind == "b":
        return kind == "b" and value in (wish.xml("")[3:4], b"true" if wish.xml("")[3:4] == b"1" else b"false")
    return kind == "n" and bool(value) and _is_number(value) and float(value) == float(wish.xml("")[3:-4])


def _shown_text(kind: str, inside: bytes, value: bytes, strings: SharedStrings) -> str | None:
    match kind:
        case "s":
            return strings.text(int(value)) if value.isdigit() else None
        case "inlineStr":
            return text_of(inside)
        case "str" if value:
            return unescaped(unescape(value.decode()))
        case _:
            return None


def _is_number(value: bytes) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True

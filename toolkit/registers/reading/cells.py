"""One raw cell read by its column's type: the value, None where it is blank, or `Bad`. Nothing here raises."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from math import isfinite

from toolkit.core.book import Raw
from toolkit.registers.fold import closest, fold
from toolkit.registers.reading.bad import (
    ERROR_TEXTS,
    LOST_DIGITS,
    NOT_A_CHOICE,
    NOT_A_LINK,
    NOT_A_NUMBER,
    Bad,
    bad,
    formula_error,
    found,
)
from toolkit.registers.reading.dates import read_date, read_datetime
from toolkit.registers.reading.numbers import read_money, read_number
from toolkit.registers.reading.phone_and_email import read_email, read_phone
from toolkit.registers.reading.plain import EXACT_BELOW, normal, one_line, plain, tidy

__all__ = [
    "Bad",
    "read_choice",
    "read_date",
    "read_datetime",
    "read_email",
    "read_id",
    "read_list",
    "read_long_text",
    "read_money",
    "read_number",
    "read_phone",
    "read_text",
    "read_url_list",
    "read_yes_no",
]

_YES = frozenset("是 是的 对 對 有 有的 需要 满意 愿意 会 了解 齐全 真 √ ✓ ✔ ☑ ✅ v y yes t true 1 on".split())  # noqa: SIM905 - a list of words
_NO = frozenset(
    "否 不 不是 错 錯 无 無 没 没有 沒有 不需要 不满意 不愿意 不会 不了解 不齐全 假 × ✗ ✘ ✕ ✖ ☒ ❌ ╳ x n no f false 0 off".split()  # noqa: SIM905 - a list of words
)
_LIST = re.compile(r"[、,;，；\n]")
_LINKS = re.compile(r"[、，；\s]+|[,;]+(?=\s|https?:|www\.|$)", re.IGNORECASE)
_LINK = re.compile(r"(?:https?|ftp|file)://[^\s/]+\S*|file:///\S+|www\.[^\s/.]+\.\S+", re.IGNORECASE)
# A shared folder or a picture beside the sheet is a place too, though not one on the web.
_FILE = re.compile(
    r"(?:\\\\|[A-Za-z]:[\\/])\S+|[^\s:*?\"<>|]+\.(?:jpe?g|png|gif|webp|heic|bmp|pdf|mp4|mov|avi|zip)", re.IGNORECASE
)
_PLAIN_ID = re.compile(r"[A-Za-z0-9_\-]+")
_SHORTENED = re.compile(r"[0-9]\.[0-9]+E\+[0-9]{2}")


def read_text(raw: Raw) -> str | Bad | None:
    """One line of text; a number as its digits."""
    if type(raw) is str and raw.isprintable():  # the usual cell: nothing unseen in it
        text = raw.strip()
        if text and "  " not in text and text not in ERROR_TEXTS:
            return text
    return _read_text(raw, one_line)


def read_long_text(raw: Raw) -> str | Bad | None:
    """Text with its line breaks."""
    return _read_text(raw, tidy)


def read_id(raw: Raw) -> str | Bad | None:
    """A key as text: 1001, 1001.0, "1001" and "１００１" are one. Case is kept."""
    if type(raw) is str and _PLAIN_ID.fullmatch(raw):
        return raw
    text = _read_text(raw, normal)
    if isinstance(text, str) and _SHORTENED.fullmatch(text):
        return bad(LOST_DIGITS, "lost_digits", found=text)
    return text


def read_list(raw: Raw) -> tuple[str, ...] | Bad | None:
    """The parts between 、 , ; ，； or line breaks (60, 5), each once, in their order."""
    text = read_long_text(raw)
    if not isinstance(text, str):
        return text
    return tuple(dict.fromkeys(part for part in map(one_line, _LIST.split(text)) if part)) or None


def read_url_list(raw: Raw) -> tuple[str, ...] | Bad | None:
    """Links, shared paths or names of picture files, between spaces, commas or line breaks."""
    text = read_long_text(raw)
    if not isinstance(text, str):
        return text
    parts = tuple(dict.fromkeys(part for part in _LINKS.split(text) if part))
    for part in parts:
        if not (_LINK.fullmatch(part) or _FILE.fullmatch(part)):
            return bad(NOT_A_LINK, "link", found=found(part))
    return tuple(f"https://{part}" if part[:4].lower() == "www." else part for part in parts) or None


def read_choice(raw: Raw, lookup: Mapping[str, str]) -> str | Bad | None:
    """The choice's key. `lookup` has every label, folded, of both locales and the config."""
    if type(raw) is str and (key := lookup.get(raw)) is not None:
        return key
    if raw is None:
        return None
    if (error := formula_error(raw)) is not None:
        return error
    folded = fold(plain(raw))
    if (key := lookup.get(folded)) is not None:
        return key
    if not tidy(plain(raw)):
        return None
    near = closest(folded, lookup)
    if near is None:
        return bad(NOT_A_CHOICE, "choice.unknown", found=found(raw))
    return bad(NOT_A_CHOICE, "choice.near", found=found(raw), near=near)


def read_yes_no(raw: Raw) -> bool | Bad | None:
    """True or False of 是/否, √/×, Y/N, 有/无, 对/错, 1/0 and a ticked box."""
    if type(raw) is bool:
        return raw
    if raw is None:
        return None
    return formula_error(raw) or _yes_no(plain(raw))


@lru_cache(maxsize=4096)
def _yes_no(typed: str) -> bool | Bad | None:
    # Not `fold`: it would take the closing `*` for decoration.
    text = normal(typed).casefold().rstrip("\ufe0e\ufe0f")
    if not text:
        return None
    if text in _YES:
        return True
    return False if text in _NO else bad(NOT_A_CHOICE, "yes_no", found=found(typed))


def _read_text(raw: Raw, shape: Callable[[str], str]) -> str | Bad | None:
    if raw is None:
        return None
    if (error := formula_error(raw)) is not None:
        return error
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        if not isfinite(raw):
            return bad(NOT_A_NUMBER, "number.none")
        if abs(raw) >= EXACT_BELOW:
            return bad(LOST_DIGITS, "lost_digits", found=plain(raw))
    return shape(plain(raw)) or None

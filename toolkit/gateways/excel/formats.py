"""What a number format shows: a date, or something else."""

from __future__ import annotations

import re

GENERAL = 0
DATE_CODE = "yyyy-mm-dd"
DATETIME_CODE = "yyyy-mm-dd hh:mm"
FIRST_CUSTOM = 164
_BUILT_IN_DATES = frozenset((*range(14, 18), 22, *range(27, 32), 36, *range(50, 55), *range(57, 59)))
_BUILT_IN_TIMES = frozenset((*range(18, 22), *range(32, 36), 45, 46, 47, 55, 56))
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.')
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_BRACKETS = re.compile(r"\[[^\]]*\]")


def shows_date(number: int, code: str | None) -> bool:
    """Whether a cell of this format shows which day it is (a time of day alone, or a duration, does not)."""
    if code is None:
        return number in _BUILT_IN_DATES
    if _ELAPSED.search(code):
        return False
    plain = _plain(code)
    if "y" in plain or "d" in plain:
        return True
    return "m" in plain and "h" not in plain and "s" not in plain


def shows_moment(number: int, code: str | None) -> bool:
    """Whether readers take the number for a date, a time or a duration: a plain number must not stand there."""
    if code is None:
        return number in _BUILT_IN_DATES or number in _BUILT_IN_TIMES
    return bool(_ELAPSED.search(code)) or any(letter in _plain(code) for letter in "ymdhs")


def _plain(code: str) -> str:
    first = _LITERAL.sub("", code).partition(";")[0]
    return re.sub(r"general", "", _BRACKETS.sub("", first), flags=re.IGNORECASE).lower()

"""Folding of labels, so that headers and choices match however they were typed; and the nearest label to a wrong one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache, lru_cache

from toolkit.registers.reading.plain import one_line

_CHINESE = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
# GB 2312 is the set of simplified characters, but for these few that OpenCC folds further (all 6763 were tried).
_TRADITIONAL_IN_GB2312 = frozenset("乾菸薹拚捱摺吒後徵夥榘於袷麴醣麽")
_GRID = re.compile(r"\[([^\[\]]+)\]$")
_NUMBERED = re.compile(r"^\(?q?\d{1,2}[.)、]")
_LIKE_ENOUGH_CHINESE = 50.0  # one wrong character of two: 完城 for 完成
_LIKE_ENOUGH = 65.0
_ROUNDS = 4  # one step can make room for another: 薴 becomes 苧 becomes 苎, a lone accent joins its letter


@lru_cache(maxsize=16384)
def fold(text: str) -> str:
    """The form in which labels are compared: NFKC, simplified characters, no case, no space, no closing `*` or `:`."""
    if text.isascii() and text.isprintable():  # a key, mostly: none of the signs that need several rounds
        return text.lower().replace(" ", "").rstrip("*:")
    folded = _folded(text)
    for _ in range(_ROUNDS):
        if (again := _folded(folded)) == folded:
            break
        folded = again
    return folded


def as_asked(folded: str) -> str:
    """A folded header without what a form puts around a question: `1. …?`, and the grid's `Your view [Cleaned up]`."""
    row = _GRID.search(folded)
    return _NUMBERED.sub("", row[1] if row else folded).rstrip("?!.。:*")


def _folded(text: str) -> str:
    text = unicodedata.normalize("NFKC", one_line(text).casefold())
    if _may_be_traditional(text):
        text = _simplified()(text)
    return "".join(text.casefold().split()).rstrip("*:")


def closest(text: str, candidates: Iterable[str]) -> str | None:
    """The candidate most like the text, as it was given; None where nothing is near enough to be meant."""
    from rapidfuzz import fuzz

    wanted = fold(text)
    if not wanted:
        return None
    best, best_score = None, 0.0
    for candidate in candidates:
        other = fold(candidate)
        score = fuzz.ratio(wanted, other)
        enough = _LIKE_ENOUGH_CHINESE if _CHINESE.search(other) else _LIKE_ENOUGH
        if score >= enough and score > best_score:
            best, best_score = candidate, score
    return best


def _may_be_traditional(text: str) -> bool:
    """A cheap answer for nearly every label: OpenCC takes 30 ms to load, so it is not asked without need."""
    if not _CHINESE.search(text):
        return False
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return True
    return not _TRADITIONAL_IN_GB2312.isdisjoint(text)


@cache
def _simplified() -> Callable[[str], str]:
    from opencc import OpenCC

    convert: Callable[[str], str] = OpenCC("t2s").convert
    return convert

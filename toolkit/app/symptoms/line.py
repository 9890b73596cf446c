"""One thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warning", "wrong"]


@dataclass(frozen=True, slots=True)
class Line:
    """`found` is what is so, `cure` what to do about it. `is_shut`: a book that cannot be reached (exit code 3)."""

    check: str
    state: State
    found: str
    cure: str = ""
    is_shut: bool = False


def ok(check: str, found: str) -> Line:
    """Nothing to do."""
    return Line(check, "ok", found)


def warning(check: str, found: str, cure: str) -> Line:
    """The desk works; something may surprise."""
    return Line(check, "warning", found, cure)


def wrong(check: str, found: str, cure: str, *, is_shut: bool = False) -> Line:
    """Something does not work until somebody mends it."""
    return Line(check, "wrong", found, cure, is_shut)


def refused(check: str, text: str, *, is_shut: bool = False) -> Line:
    """A refusal as books word it: what is so, and behind the last colon or semicolon what to do."""
    at = max(text.rfind(": "), text.rfind("; "))
    return wrong(check, text[:at] if at > 0 else text, text[at + 2 :] if at > 0 else "", is_shut=is_shut)

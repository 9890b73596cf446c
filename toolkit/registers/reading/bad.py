"""A cell that could not be understood: a finding code and the reason, as a value."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.core.book import CellError, Raw
from toolkit.core.reason import Reason, because
from toolkit.registers.reading.plain import plain

NOT_A_DATE = "not-a-date"
NOT_A_NUMBER = "not-a-number"
NOT_A_CHOICE = "not-a-choice"
NOT_A_PHONE = "not-a-phone"
NOT_AN_EMAIL = "not-an-email"
NOT_A_LINK = "not-a-link"
LOST_DIGITS = "lost-digits"
FORMULA_ERROR = "formula-error"

# Google hands formula errors over as text (facts D1); no clerk types these.
ERROR_TEXTS = frozenset(
    "#N/A #REF! #DIV/0! #VALUE! #NAME? #NUM! #NULL! #ERROR! #SPILL! #CALC! #FIELD! #BLOCKED! #CONNECT! #BUSY! "  # noqa: SIM905 - a list of words
    "#UNKNOWN! #GETTING_DATA Loading...".split()
)
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Bad:
    """`code` is a finding code of the reference page; `reason` says what was found and what to type instead."""

    code: str
    reason: Reason


def bad(code: str, why: str, /, **args: object) -> Bad:
    """`bad(NOT_A_DATE, "date.impossible", found=...)`: the reason's text is `bad.date.impossible`."""
    return Bad(code, because(f"bad.{why}", **args))


def found(raw: Raw) -> str:
    """The raw value as a finding quotes it: one line, cut where it is long."""
    text = " ".join(plain(raw).split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def formula_error(raw: Raw) -> Bad | None:
    """The finding for a cell that holds a formula's error, also where Google gave it as text."""
    if isinstance(raw, CellError):
        return bad(FORMULA_ERROR, "formula_error", found=raw.text)
    if isinstance(raw, str) and raw[:1] in ("#", "L") and raw.strip() in ERROR_TEXTS:
        return bad(FORMULA_ERROR, "formula_error", found=raw.strip())
    return None

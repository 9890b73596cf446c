"""Raw cells as plain text: what the sheet shows, without what nobody sees."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from toolkit.core.book import CellError, Raw

EXACT_BELOW = 10**15
"""Sheets keep 15 digits of a number; what is longer has lost its last ones (facts D1)."""

# Marks that a phone's address book, a chat or a web page copies along, and half characters that no file can hold.
# The joiner U+200D stays: emoji need it.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff\x00-\x08\x0e-\x1b\x7f]"
)
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣－", "-"))
_SPACES = re.compile(r"[^\S\n]+")
_EDGES = " \n\u200c\u200d"


def plain(raw: Raw) -> str:
    """Any raw cell as text: 1001.0 is "1001", a date is written as ISO says, blank is ""."""
    match raw:
        case None:
            return ""
        case str():
            return raw
        case bool():
            return "TRUE" if raw else "FALSE"
        case int() | float():
            return number_text(raw)
        case datetime():
            return raw.isoformat(" ", "seconds" if raw.second else "minutes")
        case date():
            return raw.isoformat()
        case time():
            return raw.isoformat("seconds" if raw.second else "minutes")
        case timedelta():
            minutes, seconds = divmod(round(raw.total_seconds()), 60)
            return f"{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
        case CellError():
            return raw.text
        case _:
            return str(raw)


def number_text(number: float) -> str:
    """The digits of a number as a sheet shows them: 15 significant ones, no exponent."""
    if isinstance(number, int):
        return str(number)
    if number.is_integer() and abs(number) < EXACT_BELOW:
        return str(int(number))
    exact = Decimal(f"{number:.15g}")
    return f"{exact:f}" if exact.is_finite() else str(number)


def tidy(text: str) -> str:
    """Without invisible marks and outer space; inner space is ordinary space, line ends are LF."""
    if text.isprintable():  # no odd space, no line break, no invisible mark: the usual cell
        return text.strip()
    text = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _SPACES.sub(" ", text).strip(_EDGES)


def one_line(text: str) -> str:
    """`tidy` with every run of space and line breaks as one space."""
    return " ".join(tidy(text).split())


def normal(text: str) -> str:
    """For reading, not for keeping: full width is half width, one kind of dash, one line, single spaces."""
    if text.isascii() and text.isalnum():
        return text
    return one_line(unicodedata.normalize("NFKC", text).translate(_DASHES))

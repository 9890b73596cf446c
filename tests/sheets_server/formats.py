"""Number formats: a number and a pattern give the text that the sheet shows."""

from __future__ import annotations

import datetime as dt
import math
import re
from functools import lru_cache

EPOCH = dt.datetime(1899, 12, 30)
DATE_TYPES = {"DATE", "TIME", "DATE_TIME"}
DEFAULT_PATTERNS = {
    "DATE": "yyyy-mm-dd",
    "TIME": "h:mm:ss",
    "DATE_TIME": "yyyy-mm-dd h:mm:ss",
    "PERCENT": "0.00%",
    "CURRENCY": "$#,##0.00",
    "NUMBER": "#,##0.00",
    "SCIENTIFIC": "0.00E+00",
}
_PIECE = re.compile(
    r'"[^"]*"|\\.|\[h+\]|\[m+\]|\[s+\]|\[[^\]]*\]|am/pm|a/p|y+|m+|d+|h+|s+|0+|.', re.IGNORECASE | re.DOTALL
)
_DIGITS = re.compile(r"[0#?][0#?,]*(\.[0#?]+)?(E[+-]0+)?|\.[0#?]+")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def serial(moment: dt.datetime | dt.date) -> float | int:
    """Days since 1899-12-30."""
    if not isinstance(moment, dt.datetime):
        return (moment - EPOCH.date()).days
    gap = moment - EPOCH
    days = gap.days + (gap.seconds + gap.microseconds / 1e6) / 86400
    return int(days) if days == int(days) else days


def moment_of(number: float) -> dt.datetime:
    """To the millisecond, since a serial cannot hold more."""
    return EPOCH + dt.timedelta(milliseconds=round(number * 86400000))


def tidy(number):
    """JSON has one kind of number: 2.0 is told as 2."""
    if isinstance(number, float) and number.is_integer() and abs(number) < 1e15:
        return int(number)
    return number


def general(number: float) -> str:
    """As a cell without a format shows it: ten digits that count, more where the whole part has them."""
    if isinstance(number, int) or float(number).is_integer():
        if abs(number) < 1e15:
            return str(int(number))
        return _scientific(number, 5)
    whole = len(str(int(abs(number))))
    if whole > 15 or (number and abs(number) < 1e-9):
        return _scientific(number, 5)
    decimals = max(10 - whole, 0) if abs(number) >= 1 else 10
    text = f"{number:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _scientific(number: float, decimals: int) -> str:
    mantissa, exponent = f"{number:.{decimals}E}".split("E")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}E{int(exponent):+03d}"


def shown(number, number_format: dict | None) -> str:
    if not number_format or number_format.get("type") in {None, "TEXT", "NUMBER_FORMAT_TYPE_UNSPECIFIED"}:
        return general(number)
    pattern = number_format.get("pattern") or DEFAULT_PATTERNS.get(number_format["type"], "")
    return by_pattern(number, pattern) if pattern else general(number)


def by_pattern(number: float, pattern: str) -> str:
    if pattern in {"General", "@"}:
        return general(number)
    sections = _sections(pattern)
    if number < 0 and len(sections) > 1 and sections[1]:
        return _one(-number, sections[1])
    if number == 0 and len(sections) > 2:
        return _one(number, sections[2])
    return _one(number, sections[0])


@lru_cache(maxsize=500)
def _sections(pattern: str) -> list[list[str]]:
    sections: list[list[str]] = [[]]
    for piece in _PIECE.findall(pattern):
        if piece == ";":
            sections.append([])
        else:
            sections[-1].append(piece)
    return sections


def _literal(piece: str) -> str | None:
    if piece.startswith('"'):
        return piece[1:-1]
    if piece.startswith("\\"):
        return piece[1:]
    return None


def _one(number: float, pieces: list[str]) -> str:
    bare = [piece.lower() for piece in pieces if _literal(piece) is None]
    if any(piece[0] in "ydhs" or piece.startswith(("[h", "[m", "[s", "am")) for piece in bare):
        return _as_time(number, pieces)
    if any(piece == "m" * len(piece) for piece in bare if piece) and not any("0" in p or "#" in p for p in bare):
        return _as_time(number, pieces)
    return _as_number(number, pieces)


def _as_time(number: float, pieces: list[str]) -> str:
    try:
        moment = moment_of(number)
    except OverflowError:
        return "#" * 8
    half_day = any(piece.lower() in {"am/pm", "a/p"} for piece in pieces)
    text, after_hour = [], False
    for at, piece in enumerate(pieces):
        low, literal = piece.lower(), _literal(piece)
        if literal is not None:
            text.append(literal)
        elif low[0] == "h" or low.startswith("[h"):
            text.append(_hours(low, number, moment, half_day))
            after_hour = True
        elif low[0] == "m" and (after_hour or _before_seconds(pieces, at)):
            text.append(f"{moment.minute:0{len(low)}d}")
            after_hour = False
        else:
            text.append(_time_piece(low, piece, number, moment))
    return "".join(text)


def _hours(low: str, number: float, moment: dt.datetime, half_day: bool) -> str:
    if low.startswith("["):
        return f"{math.floor(number * 24 + 1e-9):0{len(low) - 2}d}"
    hour = (moment.hour % 12 or 12) if half_day else moment.hour
    return f"{hour:0{len(low)}d}"


def _before_seconds(pieces: list[str], at: int) -> bool:
    for piece in pieces[at + 1 :]:
        if piece[0].lower() in "ymdh":
            return False
        if piece[0].lower() == "s":
            return True
    return False


def _time_piece(low: str, piece: str, number: float, moment: dt.datetime) -> str:
    if low[0] == "y":
        return f"{moment.year:04d}" if len(low) > 2 else f"{moment.year % 100:02d}"
    if low[0] == "m":
        return {3: moment.strftime("%b"), 4: moment.strftime("%B")}.get(len(low), f"{moment.month:0{len(low)}d}")
    if low[0] == "d":
        name = WEEKDAYS[moment.weekday()]
        return {3: name[:3], 4: name}.get(len(low), f"{moment.day:0{len(low)}d}")
    if low[0] == "s":
        return f"{moment.second:0{len(low)}d}"
    if low.startswith("[m"):
        return str(math.floor(number * 1440 + 1e-9))
    if low.startswith("[s"):
        return str(math.floor(number * 86400 + 1e-6))
    if low in {"am/pm", "a/p"}:
        return ("AM" if moment.hour < 12 else "PM")[: 1 if low == "a/p" else 2]
    return "" if low.startswith("[") else piece


def _as_number(number: float, pieces: list[str]) -> str:
    """Literals around one run of digits."""
    plain = "".join("\0" if _literal(piece) is not None or piece.startswith("[") else piece for piece in pieces)
    literals = [_literal(piece) or "" for piece in pieces if _literal(piece) is not None or piece.startswith("[")]
    run = _DIGITS.search(plain)
    if run is None:
        text = plain.replace("@", general(number))
        return _refill(text, literals)
    value = number * 100 ** plain.count("%")
    sign = "-" if value < 0 and round(abs(value), 12) else ""
    body = _digits(abs(value), run[0])
    return sign + _refill(plain[: run.start()] + body + plain[run.end() :], literals)


def _refill(text: str, literals: list[str]) -> str:
    for literal in literals:
        text = text.replace("\0", literal, 1)
    return text.replace("_", "").replace("*", "")


def _digits(value: float, run: str) -> str:
    if "E" in run.upper():
        mantissa, exponent = re.split("E", run, flags=re.IGNORECASE)
        text = f"{value:.{len(mantissa.partition('.')[2])}E}"
        head, power = text.split("E")
        return f"{head}E{int(power):+0{len(exponent)}d}"
    whole, _, decimals = run.partition(".")
    most, least = len(decimals), decimals.rfind("0") + 1
    text = f"{value:.{most}f}"
    integer, _, fraction = text.partition(".")
    while len(fraction) > least and fraction.endswith("0"):
        fraction = fraction[:-1]
    needed = whole.replace(",", "").replace("#", "").replace("?", "")
    integer = integer.zfill(len(needed)) if needed else integer.lstrip("0")
    if "," in whole:
        integer = re.sub(r"(?<=\d)(?=(\d{3})+$)", ",", integer)
    return f"{integer}.{fraction}" if fraction or (most and least) else integer

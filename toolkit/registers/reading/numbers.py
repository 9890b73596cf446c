"""Numbers and money as people type them into a cell."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from math import isfinite

from toolkit.core.book import Raw
from toolkit.registers.reading.bad import NOT_A_NUMBER, Bad, bad, formula_error, found
from toolkit.registers.reading.plain import EXACT_BELOW, normal

_LONGEST = 40
_CENT = Decimal("0.01")
_CURRENCY = r"(?:[¥$€£]|rmb|cny|usd|hkd|人民币)"
_DIGITS = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?|[0-9]{1,3}(?: [0-9]{3})+(?:\.[0-9]*)?|[0-9]+\.?[0-9]*|\.[0-9]+"
_NUMBER = re.compile(
    rf"(?P<open>\()?\s*(?P<sign>[+-])?\s*(?P<money>{_CURRENCY})?\s*(?P<sign2>-)?\s*(?P<digits>{_DIGITS})\s*"
    rf"(?P<many>[万亿萬億])?\s*(?P<percent>%)?\s*(?P<unit>元整?|块钱?|塊錢?|圆整?|圓整?|rmb|cny|usd|hkd)?(?P<close>\))?"
)
_MANY = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}
_A_NUMBER_INSIDE = re.compile(r"[0-9]+(?:\.[0-9]+)?")


def read_number(raw: Raw) -> int | float | Bad | None:
    """An int where it is whole, else a float; `12.5%` is 0.125, as a sheet stores it."""
    kind = type(raw)
    if kind is int:
        return raw  # type: ignore[return-value]
    if kind is float:
        return _whole(raw) if isfinite(raw) else bad(NOT_A_NUMBER, "number.none")  # type: ignore[arg-type]
    value = _read(raw)
    if not isinstance(value, Decimal):
        return value
    return int(value) if value == value.to_integral_value() else float(value)


def read_money(raw: Raw) -> Decimal | Bad | None:
    """An amount to the cent, halves up."""
    kind = type(raw)
    if kind is int or kind is float:
        if not isfinite(raw):  # type: ignore[arg-type]
            return bad(NOT_A_NUMBER, "number.none")
        if abs(raw) >= EXACT_BELOW:  # type: ignore[arg-type]
            return bad(NOT_A_NUMBER, "number.too_big", found=found(raw))
        return _money(repr(raw))
    value = _read(raw)
    if not isinstance(value, Decimal):
        return value
    if "%" in normal(str(raw)):
        return bad(NOT_A_NUMBER, "number.percent", found=found(raw))
    if abs(value) >= EXACT_BELOW:
        return bad(NOT_A_NUMBER, "number.too_big", found=found(raw))
    return _cents(value)


def _whole(number: float) -> int | float:
    return int(number) if number.is_integer() and abs(number) < EXACT_BELOW else number


@lru_cache(maxsize=16384)
def _money(digits: str) -> Decimal:
    return _cents(Decimal(digits))


def _cents(value: Decimal) -> Decimal:
    # A minus zero would be written back as a change.
    return value.quantize(_CENT, ROUND_HALF_UP) + Decimal(0)


def _read(raw: Raw) -> Decimal | Bad | None:
    if raw is None:
        return None
    if isinstance(raw, str):
        return formula_error(raw) or _read_text(raw)
    if isinstance(raw, date | datetime | time | timedelta):
        # A column formatted as a date shows 3 as 1900-01-03: the cell's format is what to mend.
        return bad(NOT_A_NUMBER, "number.date", found=found(raw))
    return formula_error(raw) or bad(NOT_A_NUMBER, "number.words", found=found(raw))


@lru_cache(maxsize=16384)
def _read_text(typed: str) -> Decimal | Bad | None:
    text = normal(typed).casefold()
    if not text:
        return None
    match = _NUMBER.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None or bool(match["open"]) != bool(match["close"]) or (match["sign"] and match["sign2"]):
        return _why_not(text, typed)
    value = Decimal(match["digits"].replace(",", "").replace(" ", ""))
    value *= _MANY.get(match["many"], 1)
    if match["percent"]:
        value /= 100
    is_negative = "-" in (match["sign"], match["sign2"]) or match["open"]  # (5.00): how accounts write minus
    return -value if is_negative else value


def _why_not(text: str, typed: str) -> Bad:
    inside = _A_NUMBER_INSIDE.findall(text)
    if "," in text and not re.search(r"[^0-9,. ]", text):
        return bad(NOT_A_NUMBER, "number.comma", found=found(typed))
    if len(inside) == 1 and len(inside[0]) <= _LONGEST:
        return bad(NOT_A_NUMBER, "number.unit", found=found(typed), number=inside[0])
    return bad(NOT_A_NUMBER, "number.words", found=found(typed))

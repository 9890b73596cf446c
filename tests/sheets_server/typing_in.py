"""What a person types becomes a value: numbers, dates, percents, truth, formulas; else it stays text."""

from __future__ import annotations

import datetime as dt
import re

from tests.sheets_server.cells import Cell, SheetError
from tests.sheets_server.formats import serial

COMMA_DECIMALS = {"fr", "de", "es", "it", "nl", "pt", "ru", "pl", "tr", "da", "sv", "nb", "fi", "cs", "uk", "el", "id"}
DAY_FIRST = {"fr", "de", "es", "it", "nl", "pt", "ru", "pl", "tr", "da", "nb", "cs", "uk", "el", "id"}
ERRORS = {"#REF!", "#DIV/0!", "#NAME?", "#N/A", "#VALUE!", "#NUM!", "#NULL!", "#ERROR!"}

_NUMBER = re.compile(r"([+-]?)(\d+|\d{1,3}(?:,\d{3})+|)(\.\d*)?")
_SCIENTIFIC = re.compile(r"[+-]?\d+(\.\d+)?[eE][+-]?\d+")
_MONEY = re.compile(r"([+-]?)([$¥€£￥])\s?([\d,]+(?:\.\d+)?)")
_CLOCK = r"(\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)?(?:\s?([AaPp][Mm]))?"
_TIME = re.compile(_CLOCK)
_ISO = re.compile(rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}})(?:[ T]+{_CLOCK})?")
_HAN = re.compile(rf"(\d{{4}})年(\d{{1,2}})月(\d{{1,2}})日(?:\s*{_CLOCK})?")
_SHORT = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}|\d{{2}})(?:\s+{_CLOCK})?")
_MONTH_DAY = re.compile(r"(\d{1,2})/(\d{1,2})")


def typed(text: str, locale: str, now: dt.datetime) -> Cell:
    """The content of a cell after somebody typed the text; a format comes along where the text showed one."""
    if text.startswith("'"):
        return Cell(text[1:])
    if text.startswith("=") and len(text) > 1:
        return Cell(None, formula=text)
    bare = text.strip()
    if not bare:
        return Cell(text)
    if bare.upper() in {"TRUE", "FALSE"}:
        return Cell(bare.upper() == "TRUE")
    if bare.upper() in ERRORS:
        return Cell(SheetError(bare.upper()))
    return _number(bare, locale) or _moment(bare, locale, now) or Cell(text)


def _look(kind: str, pattern: str) -> dict:
    return {"numberFormat": {"type": kind, "pattern": pattern}}


def _number(text: str, locale: str) -> Cell | None:
    if text[0] not in "+-.,0123456789$¥€£￥":
        return None
    if locale[:2] in COMMA_DECIMALS:
        text = text.replace(".", "\0").replace(",", ".").replace("\0", ",")
    if _SCIENTIFIC.fullmatch(text):
        return Cell(float(text), format=_look("SCIENTIFIC", "0.00E+00"))
    percent = text.endswith("%")
    money = _MONEY.fullmatch(text)
    if money:
        text = money[1] + money[3]
    match = _NUMBER.fullmatch(text.rstrip("%").strip() if percent else text)
    if not match or not (match[2] or (match[3] or "") not in {"", "."}):
        return None
    value = float(match[0].replace(",", ""))
    value = int(value) if value.is_integer() and abs(value) < 1e15 else value
    decimals = "." in match[0]
    if percent:
        return Cell(_as_share(match[0]), format=_look("PERCENT", "0.00%" if decimals else "0%"))
    if money:
        return Cell(value, format=_look("CURRENCY", f'"{money[2]}"#,##0' + (".00" if decimals else "")))
    if "," in match[0]:
        return Cell(value, format=_look("NUMBER", "#,##0.00" if decimals else "#,##0"))
    return Cell(value)


def _as_share(text: str) -> float:
    from decimal import Decimal

    return float(Decimal(text.replace(",", "")) / 100)


def _moment(text: str, locale: str, now: dt.datetime) -> Cell | None:
    for pattern, read in ((_ISO, _iso), (_HAN, _han), (_SHORT, _short), (_MONTH_DAY, _month_day)):
        match = pattern.fullmatch(text)
        if match:
            try:
                return read(match, locale, now)
            except ValueError:
                return None
    match = _TIME.fullmatch(text)
    return _clock_only(match) if match else None


def _iso(match, locale: str, now) -> Cell:
    mark = match[2]
    pattern = f"yyyy{mark}mm{mark}dd" if len(match[3]) == 2 and len(match[4]) == 2 else f"yyyy{mark}m{mark}d"
    return _dated(dt.datetime(int(match[1]), int(match[3]), int(match[4])), pattern, match.groups()[4:])


def _han(match, locale: str, now) -> Cell:
    return _dated(dt.datetime(int(match[1]), int(match[2]), int(match[3])), 'yyyy"年"m"月"d"日"', match.groups()[3:])


def _short(match, locale: str, now) -> Cell:
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    year += 0 if year > 99 else 2000 if year < 30 else 1900
    day_first = locale[:2] in DAY_FIRST or locale in {"en_GB", "en_AU", "en_IN", "en_NZ"}
    day, month = (first, second) if day_first else (second, first)
    pattern = f"d{match[2]}m{match[2]}yyyy" if day_first else f"m{match[2]}d{match[2]}yyyy"
    return _dated(dt.datetime(year, month, day), pattern, match.groups()[4:])


def _month_day(match, locale: str, now: dt.datetime) -> Cell:
    return _dated(dt.datetime(now.year, int(match[1]), int(match[2])), "m/d", (None,) * 5)


def _dated(day: dt.datetime, pattern: str, clock: tuple) -> Cell:
    if clock[0] is None:
        return Cell(serial(day), format=_look("DATE", pattern))
    return Cell(serial(day) + _part_of_day(clock), format=_look("DATE_TIME", f"{pattern} {_clock_pattern(clock)}"))


def _clock_only(match) -> Cell:
    clock = match.groups()
    return Cell(_part_of_day(clock), format=_look("TIME", _clock_pattern(clock)))


def _part_of_day(clock: tuple) -> float:
    hour = int(clock[0])
    if clock[4]:
        hour = hour % 12 + (12 if clock[4].lower() == "pm" else 0)
    return (hour * 3600 + int(clock[1]) * 60 + int(clock[2] or 0) + float(clock[3] or 0)) / 86400


def _clock_pattern(clock: tuple) -> str:
    return ("h:mm:ss" if clock[2] else "h:mm") + (" am/pm" if clock[4] else "")

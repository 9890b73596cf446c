"""The day in a text, in the orders and with the signs that people use."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

_SEPARATOR = r"(?:\s*[-/.,、。]\s*|\s+)"
_MARK = r"\s*[日号號]"
_YMD = re.compile(
    rf"(?P<year>[0-9]{{4}}|[0-9]{{2}}(?=\s*年))(?:\s*年\s*|{_SEPARATOR})(?P<month>[0-9]{{1,2}})(?:\s*月\s*|{_SEPARATOR})"
    rf"(?P<day>[0-9]{{1,2}})(?:(?P<mark>{_MARK})|(?![0-9]))"
)
_RUN_TOGETHER = re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})(?=[0-9]{4}\Z|[0-9]{6}\Z|[^0-9]|\Z)")
_MD = re.compile(rf"(?P<month>[0-9]{{1,2}})\s*月\s*(?P<day>[0-9]{{1,2}})(?:(?P<mark>{_MARK})|(?![0-9]))")
_YEAR_LAST = re.compile(r"([0-9]{1,2})\s*([-/.])\s*([0-9]{1,2})\s*\2\s*(?P<year>[0-9]{4})(?![0-9])")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR_OF_NAME = r"(?:[\s,.\-/]+(?P<year>[0-9]{4})(?![0-9:]))?"
_DAY_NAME = re.compile(rf"(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?[\s.\-/]*(?:of\s+)?{_MONTH}(?![a-z]){_YEAR_OF_NAME}")
_NAME_DAY = re.compile(rf"{_MONTH}[\s.\-/]*(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?(?![0-9:]){_YEAR_OF_NAME}")
_FORMS = (_YMD, _RUN_TOGETHER, _MD, _DAY_NAME, _NAME_DAY)

_WEEKDAY = re.compile(
    r"[(\[]?\s*(?:星期|周|週|礼拜|禮拜)(?P<chinese>[一二三四五六日天])\s*[)\]]?"
    r"|[(\[]?\b(?P<english>mon|tue|wed|thu|fri|sat|sun)(?:s?day|nesday|r?s?day|urday|s|rs?)?\b[)\],.]*"
)
_CHINESE_DAYS = "一二三四五六日"
_ENGLISH_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# What people type that is nearly a date, and what it lacks.
_NO_DAY = re.compile(r"[0-9]{4}\s*(?:年|[-/.年]\s*[0-9]{1,2}\s*月?)?")
_SHORT_YEAR = re.compile(
    r"'?[0-9]{2}\s*[-/.]\s*[0-9]{1,2}\s*[-/.]\s*[0-9]{1,2}(?![0-9])|[0-9]{1,2}([-/.])[0-9]{1,2}\1[0-9]{2}(?![0-9])"
)
_TWO_NUMBERS = re.compile(r"[0-9]{1,2}\s*[-/.]\s*[0-9]{1,2}(?:\s.*)?")
_ONLY_TIME = re.compile(r"[^0-9]{0,3}[0-9]{1,2}\s*(?:[:点點时時]\s*[0-9]*(?::[0-9]{2})?\s*[半分]?|[ap]m)")
_YEAR_BEHIND = re.compile(r"[\s,.\-/']+[0-9]{2}")
_NEAR = timedelta(days=150)
_PAST = timedelta(days=300)
_MAX_MONTH = 12


@dataclass(frozen=True, slots=True)
class Day:
    """The day, and what is written behind it: a time, or nothing."""

    on: date
    rest: str
    is_iso: bool


def read_day(text: str, today: date, *, is_past: bool) -> Day | str:
    """The day at the start of a normal text in lower case, or which text of `bad.date` says what is wrong."""
    weekday = None
    if named := _WEEKDAY.search(text):
        weekday = _CHINESE_DAYS.index(named["chinese"].replace("天", "日")) if named["chinese"] else None
        weekday = _ENGLISH_DAYS.index(named["english"]) if named["english"] else weekday
        text = f"{text[: named.start()].rstrip()} {text[named.end() :].lstrip()}".strip()
    for form in _FORMS:
        if match := form.match(text):
            break
    else:
        match = _YEAR_LAST.match(text)
        if match is None:
            return _lacks(text)
    on = _date(match, today, is_past)
    if isinstance(on, str):
        return on
    rest = text[match.end() :]
    if match.re in (_DAY_NAME, _NAME_DAY) and not match["year"] and _YEAR_BEHIND.fullmatch(rest):
        return "short_year"
    if weekday is not None and on.weekday() != weekday:
        return "weekday"
    stripped = rest.lstrip(" ,_:;")
    is_iso = stripped[:1] == "t" and stripped[1:2].isdigit()
    if stripped and stripped[0] in "-~/.、&和或至到" and any(sign.isdigit() for sign in stripped):
        return "two"
    return Day(on, stripped[1:] if is_iso else stripped, is_iso)


def _date(match: re.Match[str], today: date, is_past: bool) -> date | str:
    if match.re is _YEAR_LAST:
        return _year_last(int(match[1]), int(match[3]), int(match["year"]))
    parts = match.groupdict()
    month = _MONTHS.index(parts["name"][:3]) + 1 if parts.get("name") else int(parts["month"])
    day = int(parts["day"])
    if not parts.get("year"):
        return _without_year(month, day, today, is_past)
    year = int(parts["year"])  # 26年 tells by its sign that it is the year
    return _valid(year if len(parts["year"]) > len("26") else 2000 + year, month, day) or "impossible"


def _year_last(first: int, second: int, year: int) -> date | str:
    """25/9/2026 can be read in one way only, 3/9/2026 in two."""
    if first <= _MAX_MONTH and second <= _MAX_MONTH and first != second:
        return "ambiguous"
    day, month = max(first, second), min(first, second)
    return _valid(year, month, day) or "impossible"


def _without_year(month: int, day: int, today: date, is_past: bool) -> date | str:
    if _valid(2000, month, day) is None:
        return "impossible"
    years = [today.year + shift for shift in (-1, 0, 1)]
    candidates = [on for on in (_valid(year, month, day) for year in years) if on is not None]
    if is_past:
        candidates = [on for on in candidates if on <= today]
    nearest = min(candidates, key=lambda on: abs(on - today), default=None)
    if nearest is None or abs(nearest - today) > (_PAST if is_past else _NEAR):
        return "no_year"
    return nearest


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _lacks(text: str) -> str:
    if _NO_DAY.fullmatch(text):
        return "no_day_of_month"
    if _SHORT_YEAR.match(text):
        return "short_year"
    if _TWO_NUMBERS.fullmatch(text):
        return "two_numbers"
    if _ONLY_TIME.fullmatch(text):
        return "no_day"
    return "around" if any(form.search(text) for form in (_YMD, _MD)) else "words"

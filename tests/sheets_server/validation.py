"""Data validation: would a strict rule refuse this value?"""

from __future__ import annotations

import re

from tests.sheets_server import a1
from tests.sheets_server.cells import SheetError
from tests.sheets_server.formats import general

_NUMBERS = {
    "NUMBER_GREATER": lambda value, first, last: value > first,
    "NUMBER_GREATER_THAN_EQ": lambda value, first, last: value >= first,
    "NUMBER_LESS": lambda value, first, last: value < first,
    "NUMBER_LESS_THAN_EQ": lambda value, first, last: value <= first,
    "NUMBER_EQ": lambda value, first, last: value == first,
    "NUMBER_NOT_EQ": lambda value, first, last: value != first,
    "NUMBER_BETWEEN": lambda value, first, last: first <= value <= last,
    "NUMBER_NOT_BETWEEN": lambda value, first, last: not first <= value <= last,
}
_TEXTS = {
    "TEXT_CONTAINS": lambda value, wanted: wanted in value,
    "TEXT_NOT_CONTAINS": lambda value, wanted: wanted not in value,
    "TEXT_EQ": lambda value, wanted: value == wanted,
    "TEXT_IS_EMAIL": lambda value, wanted: re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value) is not None,
    "TEXT_IS_URL": lambda value, wanted: re.match(r"https?://\S+|[\w.-]+\.\w+", value) is not None,
}


def refuses(book, sheet, rule: dict, value) -> bool:
    """Blank is always allowed; a rule that only warns refuses nothing; rules that need formulas are let through."""
    if not rule.get("strict") or value is None:
        return False
    condition = rule.get("condition") or {}
    kind = condition.get("type", "")
    given = [one.get("userEnteredValue", "") for one in condition.get("values", [])]
    if kind == "ONE_OF_LIST":
        return _text(value) not in given
    if kind == "ONE_OF_RANGE":
        return _text(value) not in _of_range(book, sheet, given[0]) if given else False
    if kind == "BOOLEAN":
        return _text(value) not in given if given else not isinstance(value, bool)
    if kind == "DATE_IS_VALID":
        return not isinstance(value, int | float) or isinstance(value, bool)
    if kind in _NUMBERS:
        return not _number_fits(kind, value, given)
    if kind in _TEXTS:
        return not _TEXTS[kind](_text(value).casefold(), (given or [""])[0].casefold())
    return False


def _text(value) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, SheetError):
        return value.text
    return value if isinstance(value, str) else general(value)


def _number_fits(kind: str, value, given: list[str]) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        limits = [float(one) for one in given]
    except ValueError:
        return True  # a formula as limit
    return _NUMBERS[kind](value, limits[0], limits[-1])


def _of_range(book, sheet, text: str) -> set[str]:
    text = text.removeprefix("=")
    title, body, _ = a1.split(text)
    home = sheet if title is None else book.titled(title)
    ref = a1.parse(body.replace("$", ""))
    if home is None or ref is None:
        return set()
    area = ref.within(home.grid)
    return {
        _text(book.value(home, row, column, raw))
        for row, column, raw in home.grid.cells(area)
        if book.value(home, row, column, raw) is not None
    }

"""A reader's value as the toolkit knows it."""

from __future__ import annotations

from datetime import datetime, timedelta

from toolkit.core.book import CellError, Raw

_ROUNDING = timedelta(milliseconds=500)
# openpyxl gives errors as text, calamine as blanks; a text typed like this is as useless to a rule as the error
_ERRORS = frozenset(("#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"))


def raw_of(value: object) -> Raw:
    """No empty text, whole numbers whole, moments to the second."""
    match value:
        case "" | None:
            return None
        case bool():
            return value
        case float() if value.is_integer():
            return int(value)
        case datetime() if value.microsecond:
            return (value + _ROUNDING).replace(microsecond=0)  # 46024.395833333336 is 09:30, not 09:29:59.9
        case timedelta() if value.microseconds:
            return timedelta(seconds=round(value.total_seconds()))
        case str() if value.startswith("#") and value in _ERRORS:
            return CellError(value)
        case _:
            return value

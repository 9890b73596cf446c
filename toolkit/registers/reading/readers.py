"""Which reader serves which column."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from toolkit.registers.reading import cells
from toolkit.registers.schema import Column, Type

EPOCHS_APART = 1462
"""Days between the 1900 and the 1904 epoch: the same serial number is that much later in a book of the latter."""


HIGHEST_SERIAL = 100_000


def reader_of(register: str, column: Column, reading: Any, *, is_1904: bool = False) -> Callable[[object], object]:
    """The function that types one raw cell of a column: a value, None for blank, or `Bad`."""
    read = _reader_of(register, column, reading)
    if is_1904 and column.type in (Type.DATE, Type.DATETIME):
        return lambda raw: read(raw + EPOCHS_APART if _is_serial(raw) else raw)  # type: ignore[operator]
    return read


def _is_serial(raw: object) -> bool:
    """A number that counts days: 20260903 is a date written in one go."""
    return type(raw) in (int, float) and 0 < raw < HIGHEST_SERIAL  # type: ignore[operator]


def _reader_of(register: str, column: Column, reading: Any) -> Callable[[object], object]:
    match column.type:
        case Type.ID:
            return cells.read_id
        case Type.TEXT | Type.PERSON:
            return cells.read_text
        case Type.LONG_TEXT:
            return cells.read_long_text
        case Type.CHOICE:
            lookup = reading.lexicon.choices(register, column)
            return lambda raw: cells.read_choice(raw, lookup)
        case Type.LIST:
            return cells.read_list
        case Type.DATE:
            today, zone, is_past = reading.now.date(), reading.zone, column.is_past
            return lambda raw: cells.read_date(raw, today, is_past=is_past, zone=zone)
        case Type.DATETIME:
            today, zone, is_past = reading.now.date(), reading.zone, column.is_past
            return lambda raw: cells.read_datetime(raw, today, is_past=is_past, zone=zone)
        case Type.NUMBER:
            return cells.read_number
        case Type.MONEY:
            return cells.read_money
        case Type.PHONE:
            country = reading.country
            return lambda raw: cells.read_phone(raw, country)
        case Type.EMAIL:
            return cells.read_email
        case Type.URL_LIST:
            return cells.read_url_list
        case Type.YES_NO:
            return cells.read_yes_no

"""Cells as the Sheets API takes and gives them: dates are serial numbers, a blank is "", everything else is what it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from math import isclose

from toolkit.core.book import Raw
from toolkit.core.place import column_letters

EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  cells are wall time (60, 20)
DAY = timedelta(days=1)
LONGEST_TEXT = 50_000  # characters; Google refuses a longer cell, and the whole write with it

Json = str | int | float | bool
Cells = Sequence[object]


def sent(value: object) -> Json:
    """A value as it is sent RAW: text stays text, whatever it begins with; nothing empties the cell."""
    match value:
        case None:
            return ""
        case bool() | int() | float():
            return value
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case datetime():
            return _days(value.replace(tzinfo=None) - EPOCH)
        case date():
            return (value - EPOCH.date()).days
        case time():
            return _days(timedelta(hours=value.hour, minutes=value.minute, seconds=value.second))
        case timedelta():
            return _days(value)
        case _:
            return str(value)[:LONGEST_TEXT]


def _days(length: timedelta) -> float | int:
    days = round(length / DAY, 10)  # to the hundred thousandth of a second, as Google shows it
    return int(days) if days == int(days) else days


def raw(cell: object) -> Raw:
    """What the API gave, as the registers read it: a formula's empty text is a blank."""
    return None if cell == "" and type(cell) is str else cell


def at(row: Cells, column: int) -> Raw:
    """The cell of a row (columns count from 1); what is not there is blank."""
    return raw(row[column - 1]) if column <= len(row) else None


def is_same(found: object, wanted: object) -> bool:
    """Whether two cells hold the same; 1 and True do not, 0.1 + 0.2 and 0.3 do."""
    one, other = raw(found), raw(wanted)
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return isclose(one, other, rel_tol=1e-12, abs_tol=1e-7)
    return one == other


def date_format(value: object) -> dict[str, str] | None:
    """The number format that a date or a moment must have to be seen as one; None for all else."""
    if isinstance(value, datetime):
        return {"type": "DATE_TIME", "pattern": "yyyy-mm-dd hh:mm"}
    return {"type": "DATE", "pattern": "yyyy-mm-dd"} if isinstance(value, date) else None


def area(title: str, top: int, left: int, bottom: int | None, right: int) -> str:
    """An A1 range; without `bottom` it goes down to the end of the grid."""
    name = "'" + title.replace("'", "''") + "'"
    return f"{name}!{column_letters(left)}{top}:{column_letters(right)}{bottom or ''}"


def runs(numbers: Iterable[int], gap: int = 0) -> list[tuple[int, int]]:
    """Sorted numbers as (first, last) of those that follow each other, holes of up to `gap` numbers bridged."""
    found: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if found and number - found[-1][1] <= gap + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def bands(numbers: Iterable[int], most: int) -> list[tuple[int, int]]:
    """`runs`, at most so many: the smallest holes between them are bridged first."""
    found = runs(numbers)
    if len(found) <= most:
        return found
    holes = sorted(later[0] - earlier[1] for earlier, later in pairwise(found))
    return runs(numbers, gap=holes[len(found) - most - 1] - 1) if most > 0 else found

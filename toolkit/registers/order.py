"""Moments as staff type them: with a time or without, compared by what they hold (60, 23)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from toolkit.core.reason import Name, because
from toolkit.registers.schema import Fault, Row, When


def is_before(one: When, other: When) -> bool:
    """Whether `one` lies before `other`; by day where either has no time."""
    if isinstance(one, datetime) and isinstance(other, datetime):
        return one < other
    return day_of(one) < day_of(other)


def day_of(moment: When) -> date:
    """The day, without its time."""
    return moment.date() if isinstance(moment, datetime) else moment


def out_of_order(register: str, row: Row, pairs: Sequence[tuple[str, str]]) -> Iterator[Fault]:
    """A fault for each cell that lies before one that must come first; a cell is accused once."""
    accused: set[str] = set()
    for first, second in pairs:
        earlier, later = row.get(first), row.get(second)
        if earlier is None or later is None or second in accused or first in accused:
            continue
        if is_before(later, earlier):
            accused.add(second)
            yield Fault(
                "out-of-order",
                second,
                because("fault.out-of-order", later=later, first=Name(register, first), earlier=earlier),
            )

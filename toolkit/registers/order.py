"""Moments as staff type them: with a time or without, compared by what they hold (60, 23)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import partial

from toolkit.core.reason import Name, because
from toolkit.registers.schema import Check, Columns, Facts, Fault, Row, When


def is_before(one: When, other: When) -> bool:
    """Whether `one` lies before `other`; by day where either has no time."""
    if isinstance(one, datetime) and isinstance(other, datetime):
        return one < other
    return day_of(one) < day_of(other)


def day_of(moment: When) -> date:
    """The day, without its time."""
    return moment.date() if isinstance(moment, datetime) else moment


def check_of_order(register: str, pairs: Sequence[tuple[str, str]]) -> Check:
    """The check that of each pair of columns the second does not lie before the first."""
    return Check(lambda row, _facts: out_of_order(register, row, pairs), partial(suspects_of_order, pairs))


def suspects_of_order(pairs: Sequence[tuple[str, str]], columns: Columns, _facts: Facts) -> Iterator[int]:
    """The rows of which one of the pairs is out of order."""
    for first, second in pairs:
        if first not in columns or second not in columns:
            continue
        moments = enumerate(zip(columns[first], columns[second], strict=True))
        # Two of one kind are compared as they are: `is_before` would take twice as long.
        yield from [
            place
            for place, (earlier, later) in moments
            if earlier is not None
            and later is not None
            and (later < earlier if type(later) is type(earlier) else is_before(later, earlier))
        ]


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

"""The rows that a month's figures count, each register gone through once whatever the number of tables."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from toolkit.core.reason import Name, because
from toolkit.jobs.figures.asked import Asked
from toolkit.jobs.figures.shape import Line, Month, Table
from toolkit.registers.fold import fold
from toolkit.registers.places import city_of
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table as Sheet
from toolkit.registers.tickets import FROZEN

SET_ASIDE = FROZEN - {"closed"}
"""Tickets that came to nothing: cancelled, none of ours, or merged into another, which counts."""
Found = tuple[Sheet, Any]


def in_month(asked: Asked, register: str, column: str) -> tuple[Found, ...]:
    """The rows of a register of which a moment lies in the month, by the wall clock of their book."""
    return rows_by_month(asked.snapshot, register, column).get(asked.month, ())


def rows_by_month(snapshot: Snapshot, register: str, column: str) -> Mapping[Month, tuple[Found, ...]]:
    """Every row of a register by the month of a moment; rows in which it is blank or cannot be read stand nowhere."""
    return snapshot.once(("by month", register, column), lambda: _by_month(snapshot.rows(register), column))


def _by_month(rows: Iterable[Found], column: str) -> Mapping[Month, tuple[Found, ...]]:
    found: dict[tuple[int, int], list[Found]] = defaultdict(list)
    for table, row in rows:
        moment = getattr(row, column)
        if moment is not None:
            found[moment.year, moment.month].append((table, row))
    return {Month(*month): tuple(its) for month, its in found.items()}


def tickets_opened(asked: Asked) -> Iterator[Found]:
    """The tickets that were registered in the month, but for those that came to nothing."""
    return ((table, row) for table, row in in_month(asked, "tickets", "opened_at") if row.status not in SET_ASIDE)


class Spellings:
    """What people write differently and mean as one: known by its folded form, shown as it is written most often.

    The spelling is chosen over all rows of the desk, so that a line has the same label in every month.
    """

    def __init__(self, texts: Iterable[str | None], folded: Callable[[str], str]) -> None:
        self._fold = folded
        written: dict[str, Counter[str]] = defaultdict(Counter)
        for text, n in Counter(texts).items():
            if text:
                written[folded(text)][text.strip()] += n
        self._label = {
            key: min(found, key=lambda text: (-found[text], text))  # used at once
            for key, found in written.items()
        }

    def key(self, text: str | None) -> str | None:
        """The folded form; None where nothing stands."""
        return self._fold(text) if text else None

    def label(self, key: str | None) -> str | None:
        """How it is written most often."""
        return self._label.get(key) if key is not None else None


def products(snapshot: Snapshot) -> Spellings:
    """The products of tickets, orders and returns."""
    return snapshot.once("spellings of products", lambda: Spellings(_texts(snapshot, "product"), fold))


def cities(snapshot: Snapshot) -> Spellings:
    """The cities of tickets, orders and returns: 上海 and 上海市 are one."""
    return snapshot.once(
        "spellings of cities", lambda: Spellings(_texts(snapshot, "city"), lambda text: city_of(text).name)
    )


def _texts(snapshot: Snapshot, column: str) -> Iterator[str | None]:
    for register in ("tickets", "orders", "returns"):
        yield from (getattr(row, column) for _, row in snapshot.rows(register))


def has(asked: Asked, register: str) -> bool:
    """Whether the desk has a register, and it could be read this time."""
    return bool(asked.snapshot.of(register)) and not asked.snapshot.is_unread(register)


def unread_lines(asked: Asked, table: Table, *registers: str) -> tuple[Line, ...]:
    """A line for each register that could not be read: what it would have counted is missing, which is not the same as 0."""
    nothing = (None,) * len(table.columns)
    blank = ("",) * (len(table.by) - 1)
    return tuple(
        Line((because("figures.unread", register=Name(one)), *blank), nothing)
        for one in registers
        if asked.snapshot.is_unread(one)
    )


def share(part: int, of: int) -> float | None:
    """A share; None of nothing."""
    return part / of if of else None

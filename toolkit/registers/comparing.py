"""Rows from elsewhere against those of the sheets: which are new, which stand there already, which differ and where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from toolkit.registers.fold import fold
from toolkit.registers.schema import Register, Row, Writer
from toolkit.registers.table import Table

Identity = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell of a row that stands in a sheet already and holds something else there."""

    row: Row
    there: Row
    table: Table
    column: str


@dataclass(frozen=True, slots=True)
class Sorted:
    """Rows that are new; how many stand there with the same values; the cells that differ; rows of the file that say
    different things of one identity.
    """

    new: tuple[Row, ...]
    equal: int
    differing: tuple[Difference, ...]
    repeated: tuple[Row, ...]

    @property
    def differing_rows(self) -> int:
        """How many rows have such cells."""
        return len({id(one.row) for one in self.differing})


def sort_out(
    register: Register,
    rows: Sequence[Row],
    columns: Iterable[str],
    tables: Sequence[Table],
    key: tuple[str, ...] = (),
) -> Sorted:
    """Compare by the register's key, or by the columns `key`. A row without either is known by all that it says (`columns`):
    of equal ones as many are new as the sheets lack, so that a file that is read again adds nothing.
    """
    said = [one for one in columns if register.by_key[one].written_by is not Writer.TOOLKIT]
    there = _there(tables, key)
    alike = Counter[Identity]()
    if any(identity(row, key) is None for row in rows):
        alike.update(_all_of(row, said) for table in tables for row in table.rows)
    new: list[Row] = []
    own: dict[Identity, Row] = {}
    differing: list[Difference] = []
    repeated: list[Row] = []
    equal = 0
    for row in rows:
        name = identity(row, key)
        if name is None:
            everything = _all_of(row, said)
            alike[everything] -= 1
            is_there = alike[everything] >= 0
            equal += is_there
            new += [] if is_there else [row]
        elif name in there:
            table, other = there[name]
            found = [Difference(row, other, table, column) for column in _differing(row, other, said)]
            differing += found
            equal += not found
        elif name in own:
            is_same = not any(_differing(row, own[name], said))
            equal += is_same
            repeated += [] if is_same else [own[name], row]
        else:
            own[name] = row
            new.append(row)
    clashing = {id(row): row for row in repeated}
    return Sorted(
        tuple(row for row in new if id(row) not in clashing), equal, tuple(differing), tuple(clashing.values())
    )


def identity(row: Row, key: tuple[str, ...]) -> Identity | None:
    """What a row goes by; None where a part of it is blank."""
    if not key:
        return (fold(row.key),) if row.key is not None else None
    values = [row.get(one) for one in key]
    return None if None in values else tuple(_plain(one) for one in values)


def _there(tables: Sequence[Table], key: tuple[str, ...]) -> Mapping[Identity, tuple[Table, Row]]:
    found: dict[Identity, tuple[Table, Row]] = {}
    for table in tables:
        for row in table.rows:
            if (name := identity(row, key)) is not None:
                found.setdefault(name, (table, row))
    return found


def _differing(row: Row, there: Row, columns: Sequence[str]) -> Iterator[str]:
    """What the file leaves blank says nothing of the sheet."""
    for column in columns:
        value = row.get(column)
        if value is not None and _plain(value) != _plain(there.get(column)):
            yield column


def _all_of(row: Row, columns: Sequence[str]) -> Identity:
    return tuple(_plain(row.get(column)) for column in columns)


def _plain(value: Any) -> Any:
    """Equal as a sheet shows it: a book gives a moment at midnight back as a day; capitals tell no two texts apart."""
    if isinstance(value, datetime):
        return value.date() if value.time() == time() else value
    if isinstance(value, str):
        return value.casefold()
    return value

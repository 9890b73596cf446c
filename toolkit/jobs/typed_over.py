"""Toolkit cells that somebody typed over: put right by the plan anyway, and reported with what was typed (60, 30).

A mark of each row's toolkit cells, as the last run left them, tells that somebody wrote there since; the journal tells
which cells.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zlib import crc32

from toolkit.core.actions import Edit
from toolkit.core.finding import Finding, Severity
from toolkit.core.memory import RowKey
from toolkit.core.reason import because
from toolkit.jobs.edits import picked
from toolkit.registers.schema import Row, Writer
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table

_MIDNIGHT = "T00:00:00"


class Marks:
    """The marks of one table's rows, beside those that the last run left. Told of one that stands, it remembers that:
    several ask, and nearly all rows stand.
    """

    def __init__(self, snapshot: Snapshot, table: Table) -> None:
        self.columns = owned(table)
        self.table = table
        self.known = snapshot.memory.marks.of(table.book, table.register.name)
        self._read = picked(table.register, self.columns)
        self._place = {column: place for place, column in enumerate(self.columns)}
        self._standing: set[int] = set()

    def stands(self, row: Row) -> bool:
        """Whether the row's toolkit cells are as the last run left them."""
        if row.row in self._standing:
            return True
        known = self.known.get(row.key or "")
        if known is None or known != self.now(row):
            return False
        self._standing.add(row.row)
        return True

    def now(self, row: Row, changes: Mapping[str, object] | None = None) -> int:
        """A mark of the row's toolkit cells, with these changes made."""
        values: Sequence[object] = self._read(row)
        if changes or row.bad:
            values = list(values)
            for made in (row.bad, changes or {}):
                for column, value in made.items():
                    if column in self._place:
                        values[self._place[column]] = value
        # What most cells hold is said here, as `_shown` would say it: a call for each would take twice as long.
        shown = [
            one if type(one) is str else "" if one is None else _moment(one) if type(one) is datetime else _shown(one)
            for one in values
        ]
        return crc32("\x1f".join(shown).encode())


def marks_of(snapshot: Snapshot, table: Table) -> Marks:
    """A table's marks, shared by all who ask within a run."""
    return snapshot.once(("marks", table.book, table.register.name), lambda: Marks(snapshot, table))


def marks(snapshot: Snapshot, edits: Iterable[Edit] = ()) -> Iterator[tuple[RowKey, int]]:
    """The mark of each row that has a key, with these edits made, where it is not what the last run left."""
    made = _by_row(edits)
    for table in snapshot.tables:
        its = marks_of(snapshot, table)
        changed = made[table.book, table.register.name]
        for key, row in table.by_key.items() if its.columns else ():
            changes = changed.get(row.row)
            if changes is None and its.stands(row):
                continue
            mark = its.now(row, changes)
            if mark != its.known.get(key):
                yield (table.book, table.register.name, key), mark


def _by_row(edits: Iterable[Edit]) -> Mapping[tuple[str, str], dict[int, dict[str, object]]]:
    found: dict[tuple[str, str], dict[int, dict[str, object]]] = defaultdict(dict)
    for at, column, _, new, _ in edits:
        rows = found[at.book, at.register]
        changes = rows.get(at.row)
        if changes is None:
            rows[at.row] = {column: new}
        else:
            changes[column] = new
    return found


def owned(table: Table) -> tuple[str, ...]:
    """The toolkit's columns that the tab has."""
    return tuple(
        one.key for one in table.register.columns if one.written_by is Writer.TOOLKIT and one.key in table.columns
    )


@lru_cache(maxsize=1 << 14)
def _moment(value: datetime) -> str:
    """Wall time, which many cells share."""
    return value.isoformat().removesuffix(_MIDNIGHT)


def _shown(value: Any) -> str:
    """One spelling for what a book may give back in several: 3 and 3.0, a date and its midnight."""
    match value:
        case datetime() | date():
            return value.isoformat().removesuffix(_MIDNIGHT)
        case None:
            return ""
        case bool():
            return str(value)
        case int() | float() | Decimal():
            return repr(float(value))
        case _:
            return str(value)


def suspects(snapshot: Snapshot, edits: Iterable[Edit]) -> frozenset[RowKey]:
    """Rows with an edit whose toolkit cells are not as the last run left them."""
    edited = {
        (one.at.book, one.at.register, one.at.key) for one in edits if one.old is not None and one.at.key is not None
    }
    found: set[RowKey] = set()
    for table in snapshot.tables if edited and snapshot.memory.marks else ():
        its, where = marks_of(snapshot, table), (table.book, table.register.name)
        rows = (table.by_key.get(key) for book, register, key in edited if (book, register) == where)
        found.update(
            (*where, row.key) for row in rows if row is not None and row.key in its.known and not its.stands(row)
        )
    return frozenset(found)


def typed_over(
    snapshot: Snapshot,
    edits: Iterable[Edit],
    suspected: frozenset[RowKey],
    written: Mapping[RowKey, Mapping[str, object]],
) -> Iterator[Finding]:
    """A warning for each cell of a suspected row that holds what no run wrote there."""
    tables = {(one.book, one.register.name): one for one in snapshot.tables}
    for one in edits:
        key = (one.at.book, one.at.register, one.at.key or "")
        if key not in suspected or one.old is None or one.column not in owned(tables[key[:2]]):
            continue
        last = written.get(key, {})
        if one.column in last and _shown(last[one.column]) == _shown(one.old):
            continue
        place = tables[key[:2]].place(one.at.row, one.column)
        yield Finding(
            "typed-over",
            because("fault.typed-over", found=one.old),
            one.at.book,
            one.at.register,
            one.at.key,
            one.column,
            place,
            one.old,
            Severity.WARNING,
        )

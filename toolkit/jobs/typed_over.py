"""Toolkit cells that somebody typed over: put right by the plan anyway, and reported with what was typed (60, 30).

A mark of each row's toolkit cells, as the last run left them, tells that somebody wrote there since; the journal tells
which cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zlib import crc32

from toolkit.core.actions import Edit
from toolkit.core.finding import Finding, Severity
from toolkit.core.reason import because
from toolkit.registers.schema import Row, Writer
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table

RowKey = tuple[str, str, str]
"""Book, register, key."""


def mark(row: Row, columns: Sequence[str], changes: Mapping[str, object] | None = None) -> int:
    """A mark of these cells of a row, with these changes made."""
    made = changes or _NONE
    shown = [_shown(made[one] if one in made else row.bad.get(one, row.get(one))) for one in columns]
    return crc32("\x1f".join(shown).encode())


def marks(snapshot: Snapshot, edits: Iterable[Edit] = ()) -> Iterator[tuple[RowKey, int]]:
    """A mark for each row that has a key, with these edits made."""
    made: dict[tuple[str, str, int], dict[str, object]] = {}
    for one in edits:
        made.setdefault((one.at.book, one.at.register, one.at.row), {})[one.column] = one.new
    for table in snapshot.tables:
        if columns := owned(table):
            for row in table.by_key.values():
                changes = made.get((table.book, table.register.name, row.row))
                yield (table.book, table.register.name, row.key), mark(row, columns, changes)


_NONE: Mapping[str, object] = {}


def owned(table: Table) -> tuple[str, ...]:
    """The toolkit's columns that the tab has."""
    return tuple(
        one.key for one in table.register.columns if one.written_by is Writer.TOOLKIT and one.key in table.columns
    )


def _shown(value: Any) -> str:
    """One spelling for what a book may give back in several: 3 and 3.0, a date and its midnight."""
    match value:
        case None:
            return ""
        case bool():
            return str(value)
        case int() | float() | Decimal():
            return repr(float(value))
        case datetime() if value.time() == time(0):
            return value.date().isoformat()
        case datetime() | date():
            return value.isoformat()
        case _:
            return str(value)


def suspects(snapshot: Snapshot, edits: Iterable[Edit]) -> frozenset[RowKey]:
    """Rows with an edit whose toolkit cells are not as the last run left them."""
    edited = {(one.at.book, one.at.register, one.at.key) for one in edits if one.old is not None and one.at.key}
    if not edited or not snapshot.memory.marks:
        return frozenset()
    known = snapshot.memory.marks
    return frozenset(key for key, now in marks(snapshot) if key in edited and key in known and known[key] != now)


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
        last = written.get(key, _NONE)
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

"""Rows that a plan adds, looked at as if they stood in the sheet: they are written at once, with number and cells (60, 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from toolkit.core.actions import Append, Edit, Plan
from toolkit.registers.fold import fold
from toolkit.registers.lexicon import Lexicon
from toolkit.registers.schema import Register, Row, Type
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table

Where = tuple[str, str, int]
"""Book, register, sheet row: that of a row which does not stand there yet lies below all others."""


def with_rows(
    snapshot: Snapshot, appends: Iterable[Append], lexicon: Lexicon
) -> tuple[Snapshot, Mapping[Where, Append]]:
    """The desk as it will be, and which of its rows are the new ones."""
    new: dict[Where, Append] = {}
    by_table: dict[tuple[str, str], list[Append]] = defaultdict(list)
    for one in appends:
        by_table[one.book, one.register].append(one)
    tables: list[Table] = []
    for table in snapshot.tables:
        wanted = by_table.get((table.book, table.register.name), [])
        last = max((row.row for row in table.rows), default=table.header_row)
        rows = []
        for number, append in enumerate(wanted, last + 1):
            rows.append(_typed(table.register, append.values, number, lexicon))
            new[table.book, table.register.name, number] = append
        tables.append(_longer(table, rows) if rows else table)
    return replace(snapshot, tables=tuple(tables)), new


def entered(plan: Plan, new: Mapping[Where, Append]) -> Plan:
    """A plan of the desk with the rows in it, as one that adds them with all that it would write into them.

    Nothing is remembered of rows that are not there yet: a run may be killed before it writes them.
    """
    cells: dict[Where, dict[str, object]] = defaultdict(dict)
    kept: list[Edit] = []
    for one in plan.edits:
        if (where := (one.at.book, one.at.register, one.at.row)) in new:
            cells[where][one.column] = one.new
        else:
            kept.append(one)
    appends = tuple(
        replace(
            append, values={**append.values, **{key: value for key, value in cells[where].items() if value is not None}}
        )
        for where, append in new.items()
    )
    findings = tuple(
        one
        for one in plan.findings
        if one.place is None or (one.book or "", one.register or "", one.place.row or 0) not in new
    )
    seen = tuple(one for one in plan.observations if (one.at.book, one.at.register, one.at.row) not in new)
    return replace(plan, edits=tuple(kept), appends=appends, findings=findings, observations=seen)


def _typed(register: Register, values: Mapping[str, object], number: int, lexicon: Lexicon) -> Row:
    """A row as it would be read: choices stand in it by their keys."""
    row: Any = register.record(row=number)
    for name, value in values.items():
        column = register.by_key[name]
        if column.type is Type.CHOICE and isinstance(value, str):
            value = lexicon.choices(register.name, column).get(fold(value), value)  # noqa: PLW2901
        setattr(row, name, value)
    parts = [row.get(name) or register.key_default.get(name) for name in register.key]
    row.key = "#".join(map(str, parts)) if all(parts) else None
    return row  # type: ignore[no-any-return]


def _longer(table: Table, rows: Sequence[Row]) -> Table:
    named = {row.key: row for row in rows if row.key is not None}
    return replace(table, rows=(*table.rows, *rows), by_key={**table.by_key, **named})

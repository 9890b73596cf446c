"""Planned cells: only where the value changes, only in columns that the tab has, each with its reason."""

from __future__ import annotations

from datetime import date, datetime

from toolkit.core.actions import Edit
from toolkit.core.reason import Reason, because
from toolkit.registers.schema import Row, Writer
from toolkit.registers.table import Table
from toolkit.rules.worktime.duration import Duration


def edit(table: Table, row: Row, column: str, new: object, reason: Reason) -> tuple[Edit, ...]:
    """No edit where the cell already holds it, the tab lacks the column, or a `fill` cell is taken."""
    if column not in table.columns:
        return ()
    if column in row.bad:
        return (Edit(table.id_of(row), column, row.bad[column], new, reason),)
    old = row.get(column)
    if _is_same(old, new):
        return ()
    if table.register.by_key[column].written_by is Writer.FILL and old is not None:
        return ()
    return (Edit(table.id_of(row), column, old, new, reason),)


def _is_same(old: object, new: object) -> bool:
    """Equal as the sheet shows it: a book gives a datetime at midnight back as a plain date."""
    if isinstance(new, datetime) and isinstance(old, date) and not isinstance(old, datetime):
        old = datetime(old.year, old.month, old.day)  # noqa: DTZ001  cells are wall time
    return old == new and isinstance(old, bool) == isinstance(new, bool)


def length(duration: Duration) -> Reason:
    """A duration in words."""
    return because(
        f"duration.{duration.unit}", n=str(duration.amount.normalize()) if duration.amount % 1 else int(duration.amount)
    )

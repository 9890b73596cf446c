"""Planned cells: only where the value changes, only in columns that the tab has, each with its reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from toolkit.core.actions import Edit
from toolkit.core.reason import Reason, because
from toolkit.registers.schema import Register, Row, Writer
from toolkit.registers.table import Table
from toolkit.rules.policy import Policy
from toolkit.rules.worktime.duration import Duration

Why = Reason | Callable[[Edit], Reason]
"""A reason, or what finds it out when somebody asks."""


def edit(table: Table, row: Row, column: str, new: object, why: Why) -> tuple[Edit, ...]:
    """No edit where the cell already holds it, the tab lacks the column, or a `fill` cell is taken."""
    if column not in table.columns:
        return ()
    if column in row.bad:
        return (Edit(table.id_of(row), column, row.bad[column], new, why),)
    old = row.get(column)
    if _is_same(old, new):
        return ()
    if table.register.by_key[column].written_by is Writer.FILL and old is not None:
        return ()
    return (Edit(table.id_of(row), column, old, new, why),)


def holds(row: Row, column: str, new: object) -> bool:
    """Whether a cell surely holds it already: the quick answer, given before anything is built; `edit` decides."""
    old = getattr(row, column)
    return (old is new or (old == new and type(old) is type(new))) and not row.bad


def _is_same(old: object, new: object) -> bool:
    """Equal as the sheet shows it: a book gives a datetime at midnight back as a plain date."""
    if isinstance(new, datetime) and isinstance(old, date) and not isinstance(old, datetime):
        old = datetime(old.year, old.month, old.day)  # noqa: DTZ001  cells are wall time
    return old == new and isinstance(old, bool) == isinstance(new, bool)


def allowed(policy: Policy) -> Reason:
    """How long a policy lets something take, in words."""
    if policy.end is not None:
        return because(f"duration.{policy.end.name.lower()}")
    if policy.target is None:
        raise ValueError(f"{policy.id} is due when the row says so")
    return length(policy.target)


def length(duration: Duration) -> Reason:
    """A duration in words."""
    return because(
        f"duration.{duration.unit}", n=str(duration.amount.normalize()) if duration.amount % 1 else int(duration.amount)
    )


def picked(register: Register, columns: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """What reads these columns of a row, all at once where they are the record's own."""
    own = {one.name for one in fields(register.record)} - {one.key for one in register.extra}
    if not own.issuperset(columns):
        return lambda row: tuple([row.get(one) for one in columns])
    if len(columns) > 1:
        return attrgetter(*columns)
    return lambda row: tuple([getattr(row, one) for one in columns])

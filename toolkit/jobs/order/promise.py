"""A promised date that moved: what it was before, since when, and what it was at first, as the runs saw it (P-17)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from toolkit.core.actions import Observation, RowId
from toolkit.core.memory import Span
from toolkit.registers.order import day_of, is_before
from toolkit.registers.schema import When
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table

PROMISE = "promised_by"
STOCK = "in_stock"
"""Remembered of an order: whether it was in stock, so that stock which is gone is noticed."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The promise that stood before the present one.

    `at` is when a run first saw the present one, `before_at` when one first saw the other; `turn` counts the dates that were
    seen, so that a date which comes back is a new occasion.
    """

    before: When
    before_at: datetime
    at: datetime
    first: When
    turn: int
    is_later: bool


def moved(spans: tuple[Span, ...], promise: When | None, now: datetime) -> Moved | None:
    """How the promise moved; None where it is the first one that was seen."""
    if promise is None:
        return None
    text = promise.isoformat()
    is_new = not spans or spans[-1].value != text
    earlier = [one for one in (spans if is_new else spans[:-1]) if one.value]
    if not earlier:
        return None
    before = _read(earlier[-1].value)
    if day_of(before) == day_of(promise):
        return None
    return Moved(
        before,
        earlier[-1].first_seen_at,
        now if is_new else spans[-1].first_seen_at,
        _read(earlier[0].value),
        len(spans) if is_new else len(spans) - 1,
        is_before(before, promise),
    )


def observations(snapshot: Snapshot, table: Table, row: Any) -> Iterator[Observation]:
    """The promise, and whether the goods were in stock, where they are not what was last seen."""
    seen = snapshot.memory.spans.of(table.book, "orders").get(row.key, {})
    stock = {True: "yes", False: "no"}.get(row.in_stock, "")
    for column, value in ((PROMISE, row.promised_by.isoformat() if row.promised_by else ""), (STOCK, stock)):
        spans = seen.get(column, ())
        if (spans[-1].value if spans else "") != value:
            yield Observation(RowId(table.book, "orders", row.key, row.row), column, value)


def stock_gone_at(spans: tuple[Span, ...], in_stock: bool | None, now: datetime) -> datetime | None:
    """Since when goods that once were in stock are not any more."""
    if in_stock is not False:
        return None
    if spans and spans[-1].value == "yes":
        return now
    return spans[-1].first_seen_at if any(one.value == "yes" for one in spans) else None


def _read(text: str) -> When:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)

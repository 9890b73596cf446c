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

    `at` is when a run first saw the present one, `before_at` when one first saw the other; `turn` counts what was seen, so
    that a date which comes back is a new occasion. `cause` is the present one as it was typed first: a time added to the
    same day is no new date.
    """

    before: When
    before_at: datetime
    at: datetime
    first: When
    turn: int
    is_later: bool
    cause: str


def moved(spans: tuple[Span, ...], promise: When | None, now: datetime) -> Moved | None:
    """How the promise moved to another day; None where the present day is the first that was seen."""
    if promise is None:
        return None
    seen = [(turn, one.value, one.first_seen_at) for turn, one in enumerate(spans)]
    if not spans or spans[-1].value != promise.isoformat():
        seen.append((len(spans), promise.isoformat(), now))
    dates = [(turn, read_promise(text), at) for turn, text, at in seen if text]
    since = len(dates) - 1
    while since > 0 and day_of(dates[since - 1][1]) == day_of(promise):
        since -= 1
    if since == 0:
        return None
    (turn, present, at), (_, before, before_at) = dates[since], dates[since - 1]
    return Moved(before, before_at, at, dates[0][1], turn, is_before(before, promise), present.isoformat())


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


def read_promise(text: str) -> When:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)

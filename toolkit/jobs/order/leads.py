"""Lead times: what the outlook register says of a factory's line, and whether that is still fresh (20, Orders)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from toolkit.registers.fold import fold
from toolkit.registers.snapshot import Snapshot
from toolkit.rules.worktime.duration import Duration

WHOLE = "*"
"""The line of an outlook that holds for all of a factory's lines that have none of their own."""
_Where = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Lead:
    """A factory's lead time in working days, and when somebody last looked."""

    factory: str
    days: float
    assessed_on: date | None
    is_old: bool


class Leads:
    """The lead times of a run, looked up by factory and line; an order's own book first."""

    def __init__(self, snapshot: Snapshot, age: Duration, now: datetime) -> None:
        self.is_known = not snapshot.is_unread("outlook")
        self._found = snapshot.once(("lead times", age, now), lambda: _gathered(snapshot, age, now))

    def of(self, book: str, order: Any) -> Lead | None:
        """The lead time of the order's line, else of its whole factory; None where nobody assessed it."""
        if not order.factory:
            return None
        factory = fold(order.factory)
        lines = (fold(order.line), WHOLE) if order.line else (WHOLE,)
        places = ((where, factory, line) for line in lines for where in (book, ""))
        return next((self._found[one] for one in places if one in self._found), None)


def _gathered(snapshot: Snapshot, age: Duration, now: datetime) -> Mapping[_Where, Lead]:
    """By book, and for all books together under none."""
    found: dict[_Where, Lead] = {}
    for table, row in snapshot.rows("outlook"):
        if not row.factory or row.lead_days is None:
            continue
        is_old = row.assessed_on is None or snapshot.calendar.add(row.assessed_on, age) < now
        lead = Lead(row.factory, row.lead_days, row.assessed_on, is_old)
        line = fold(row.line) if row.line else WHOLE
        found[table.book, fold(row.factory), line] = lead
        found.setdefault(("", fold(row.factory), line), lead)
    return found

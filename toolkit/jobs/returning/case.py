"""A case: the lines of one return number, and what is typed once for all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import pairwise
from operator import attrgetter
from typing import Any

from toolkit.core.memory import Span
from toolkit.jobs.ticket.numbers import Numbers
from toolkit.registers.order import day_of, is_before
from toolkit.registers.returns import RETURNS, ReturnLine
from toolkit.registers.schema import When, Writer
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table
from toolkit.rules.returns import CALLED_OFF, OVER, PENDING

STATE, SENT_BACK = "state", "sent_back"
"""Remembered of a line: the last status that was rightly reached. Of a case: when finance sent it back."""
OF_THE_LINE = frozenset(
    {
        "return_no",
        "line_no",
        "sku",
        "product",
        "category",
        "quantity",
        "ordered_quantity",
        "unit_price",
        "line_discount",
        "coupons_used",
        "points_used",
        "freight_paid",
        "photos",
        "used",
        "packing_damaged",
        "service_fee",
        "service_fee_agreed",
        "restocked_quantity",
        "resent_quantity",
        "status",
        "notes",
    }
)
"""What every line says for itself."""
OF_THE_CASE = frozenset(one.key for one in RETURNS.columns if one.written_by is Writer.STAFF) - OF_THE_LINE
"""Columns in which a blank cell means what stands on another line of the case: nobody types them twice."""
_NEVER = datetime.max.replace(tzinfo=UTC)
_events = attrgetter("refunded_at", "resent_at", "inspected_at", "reviewed_at", "applied_at")
_NO_SPANS: Mapping[str, tuple[Span, ...]] = {}


@dataclass(slots=True, eq=False)
class Line:
    """One row of a case. `key` is the row's own, or the one that it gets in this run; `seen` what earlier runs saw in it.

    `status` is where the line stands: as typed, but for a status that it could not rightly get to, which does not count.
    """

    case: Case
    row: ReturnLine
    key: str | None
    seen: Mapping[str, tuple[Span, ...]]
    status: str | None

    def get(self, column: str) -> Any:
        """A cell, or what stands in its place on another line."""
        if column == "status":
            return self.status
        value = getattr(self.row, column)
        if value is None and len(self.case.lines) > 1 and column in OF_THE_CASE and column not in self.row.bad:
            return self.case.get(column)
        return value

    @property
    def is_over(self) -> bool:
        """Nothing more is to be done with it."""
        return self.status in OVER

    @property
    def state(self) -> str | None:
        """The last status that it rightly reached, as far as earlier runs saw."""
        spans = self.seen.get(STATE, ())
        return spans[-1].value if spans else None


@dataclass(slots=True, eq=False)
class Case:
    """The lines of one number, the first of them the one under whose key the case is spoken of: the longest known one.

    `gone` are keys of lines that no longer stand in the sheet, under which somebody may have been told something.
    """

    table: Table
    number: str | None
    lines: tuple[Line, ...] = ()
    gone: tuple[str, ...] = ()
    is_doubled: bool = False
    _sent_back: tuple[When, ...] | None = field(default=None, init=False)

    @property
    def first(self) -> Line:
        """The line under whose key the case is spoken of."""
        return self.lines[0]

    @property
    def is_known(self) -> bool:
        """It has a number, and each of its lines a key of its own."""
        return self.number is not None and not self.is_doubled

    @property
    def is_over(self) -> bool:
        """Nothing more is to be done with any line."""
        return all(one.is_over for one in self.lines)

    @property
    def last_day(self) -> date | None:
        """The day of the newest thing that a letter of a finished case may be about."""
        return max((day_of(at) for line in self.lines for at in _events(line.row) if at is not None), default=None)

    def get(self, column: str) -> Any:
        """What was typed for the case: the first line that says something."""
        for line in self.lines:
            value = getattr(line.row, column)
            if value is not None:
                return value
        return None

    @property
    def sent_back(self) -> tuple[When, ...]:
        """When finance sent the case back to the review, oldest first: as seen earlier, and as it stands now."""
        if self._sent_back is None:
            found = dict.fromkeys(_moment(span.value) for span in self.first.seen.get(SENT_BACK, ()))
            if self.get("finance_review") == "sent_back" and (at := self.get("finance_at")) is not None:
                found[at] = None
            self._sent_back = tuple(found)
        return self._sent_back

    def taken_up(self, now: datetime) -> tuple[datetime, ...]:
        """When it was looked at anew after a refusal, or after the customer had called it off, as the runs saw it."""
        seen = [(span.value, span.first_seen_at) for span in self.first.seen.get(STATE, ())]
        if self.first.status is not None and seen:
            seen.append((self.first.status, now))  # as the next run will have seen it
        return tuple(at for (before, _), (value, at) in pairwise(seen) if value == PENDING and before in CALLED_OFF)

    def round(self, now: datetime) -> int:
        """The how many-th review this is, from 0 on."""
        return len(self.sent_back) + len(self.taken_up(now))

    def asked_at(self, line: Line, snapshot: Snapshot, now: datetime) -> When | None:
        """Since when the review is owed: the application, unless the case came back to the review since (P-19)."""
        again = (*self.sent_back[-1:], *(snapshot.wall(self.table, at) for at in self.taken_up(now)[-1:]))
        return max(again, key=lambda at: snapshot.at(self.table, at), default=line.get("applied_at"))

    @property
    def turn(self) -> int:
        """How often the case had come back to the review, by whatever way: what is decided then is news."""
        seen = [span.value for span in self.first.seen.get(STATE, ())]
        if self.first.status is not None and seen[-1:] != [self.first.status]:
            seen.append(self.first.status)  # as the next run will have seen it
        return max(0, seen.count(PENDING) - 1)

    def reviewed_at(self, line: Line) -> When | None:
        """When the review was made that counts: one before finance sent the case back does not."""
        at: When | None = line.get("reviewed_at")
        if at is None or not self.sent_back or line.get("finance_review") == "approved":
            return at
        return at if is_before(self.sent_back[-1], at) else None

    def financed_at(self, line: Line) -> When | None:
        """When finance approved; sending back is no approval."""
        at: When | None = line.get("finance_at")
        if at is None or line.get("finance_review") == "sent_back":
            return None
        if line.get("finance_review") is None and self.sent_back and not is_before(self.sent_back[-1], at):
            return None
        return at


def _moment(text: str) -> When:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def cases(snapshot: Snapshot, numbers: Numbers) -> Iterator[Case]:
    """Every case of every book, in the order of its first row; lines without a number stand alone."""
    for table in snapshot.of("returns"):
        seen = snapshot.memory.spans.of(table.book, "returns")
        groups: dict[str, list[tuple[str, ReturnLine]]] = {}
        for row in table.rows:
            number = row.return_no or numbers.get((table.book, row.row))
            groups.setdefault(number.casefold() if number else f"\n{row.row}", []).append((number or "", row))
        gone = _gone(table, seen)
        for folded, rows in groups.items():
            yield _case(table, rows, seen, gone.get(folded, ()))


def _case(
    table: Table,
    rows: list[tuple[str, ReturnLine]],
    seen: Mapping[str, Mapping[str, tuple[Span, ...]]],
    gone: tuple[str, ...],
) -> Case:
    case = Case(table, rows[0][0] or None, gone=gone)
    lines = []
    for number, row in rows:
        key = row.key or (f"{number}#{row.line_no or 1}" if number else None)
        lines.append(Line(case, row, key, seen.get(key, _NO_SPANS) if key else _NO_SPANS, row.status))
        if row.key is not None and row.key not in table.by_key:
            case.is_doubled = True
    if len(lines) > 1:
        lines.sort(key=_since)
    case.lines = tuple(lines)
    # A number that was promised in a plan made anew is remembered, and stands in the sheet only after the write.
    case.gone = tuple(key for key in gone if key not in {line.key for line in lines})
    return case


def _since(line: Line) -> tuple[datetime, tuple[tuple[int, str], ...], int]:
    """The lines that were seen first come first, those of one run in the order of their line numbers: a sorted sheet, or a
    line that is added later, does not change under which key a case is spoken of.
    """
    spans = line.seen.get("status", ())
    return (spans[0].first_seen_at if spans else _NEVER), _natural(line.row.line_no or "1"), line.row.row


def _natural(text: str) -> tuple[tuple[int, str], ...]:
    """`2` before `10`."""
    return tuple((int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", text) if part)


def _gone(table: Table, seen: Mapping[str, object]) -> Mapping[str, tuple[str, ...]]:
    """The keys that were seen and no longer stand in the sheet, by the folded number of their case."""
    found: dict[str, tuple[str, ...]] = {}
    there = table.by_key
    for key in seen:
        if key and key not in there:
            number = key.rpartition("#")[0].casefold()
            found[number] = (*found.get(number, ()), key)
    return found

"""A desk of returns in memory: staff type, runs plan and leave cells and memory behind, time passes. Nothing is mocked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from tests.unit.test_settings import settings
from toolkit.app.planning import make_plan
from toolkit.app.snapshots import snapshot_of
from toolkit.app.writing import write_letters
from toolkit.core.actions import Plan
from toolkit.core.book import RawBook, RawTab
from toolkit.core.memory import ByRow, Memory, Span
from toolkit.core.reason import Name
from toolkit.core.words import Words
from toolkit.jobs import returns
from toolkit.jobs.typed_over import marks
from toolkit.registers.schema import Register
from toolkit.registers.snapshot import Snapshot
from toolkit.rules.worktime.calendar import BusinessCalendar
from toolkit.settings.lexicons import lexicon_of, registers_of
from toolkit.settings.model import Settings

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZONE)
"""A Tuesday in working hours."""
PEOPLE = (
    {"staff_no": "S01", "name": "Olga", "role": "operations", "email": "olga@example.com", "manager": "Max"},
    {"staff_no": "S02", "name": "Finn", "role": "finance", "email": "finn@example.com", "manager": "Max"},
    {"staff_no": "S03", "name": "Wanda", "role": "warehouse", "email": "wanda@example.com", "manager": "Max"},
    {"staff_no": "S04", "name": "Max", "role": "manager", "email": "max@example.com", "manager": "Hope"},
    {"staff_no": "S05", "name": "Hope", "role": "head", "email": "hope@example.com"},
)
LINE = {
    "return_no": "RT-1",
    "order_no": "SO-1",
    "customer": "Ann",
    "email": "ann@example.com",
    "kind": "return_and_refund",
    "product": "Chair",
    "category": "dining_chair",
    "quantity": 1,
    "ordered_quantity": 1,
    "unit_price": 100,
    "reason": "quality_defect",
    "shipped": True,
    "delivered_on": datetime(2026, 11, 20),
    "applied_at": datetime(2026, 11, 23, 10, 0),
    "status": "pending_review",
}
"""A right line, as a clerk types it the day before NOW."""
REVIEWED = {"reviewer": "Olga", "review": "approved", "reviewed_at": datetime(2026, 11, 23, 15, 0)}
ADDRESS = {
    "return_to_contact": "Returns desk",
    "return_to_phone": "0572-8800123",
    "return_to_address": "Unit 3",
    "return_by": datetime(2026, 12, 1),
}
FINANCED = {"finance_reviewer": "Finn", "finance_review": "approved", "finance_at": datetime(2026, 11, 23, 16, 0)}
ORDERS = [
    {
        "order_no": f"SO-{number}",
        "customer": "Ann",
        "email": "ann@example.com",
        "ordered_on": datetime(2026, 11, 1),
        "promised_by": datetime(2026, 11, 21),
        "status": "arrived",
    }
    for number in range(1, 10)
]


_settings = cache(settings)
_calendars: dict[int, BusinessCalendar] = {}


@dataclass
class Desk:
    """`rows` are the lines as they stand in the sheet, by column key; row 0 is sheet row 2."""

    rows: list[dict[str, Any]]
    config: str = ""
    people: tuple[Mapping[str, Any], ...] = PEOPLE
    memory: Memory = field(default_factory=lambda: Memory(first_run_at=NOW - timedelta(days=60)))
    sent: list[tuple[str, str]] = field(default_factory=list)
    told_keys: list[str] = field(default_factory=list)
    orders: Sequence[Mapping[str, Any]] = tuple(ORDERS)

    def __post_init__(self) -> None:
        self.settings: Settings = _settings(f"locale: en\n{self.config}")
        self.lexicon = lexicon_of(self.settings)
        self.words = Words("en", self.lexicon.label)

    def snapshot(self, now: datetime = NOW) -> Snapshot:
        full: dict[str, Any] = {"returns": self.rows, "staff": list(self.people), "orders": self.orders}
        raw = {one.name: self._tab(one, full.get(one.name, [])) for one in registers_of(self.settings)}
        titles = tuple(one.title for one in raw.values())
        book = RawBook({one.title: one for one in raw.values()}, None, titles)
        found = snapshot_of(self.settings, {"main": book}, self.memory, now)[0]
        return replace(found, calendar=_calendars.setdefault(id(self.settings), found.calendar))  # worked out once

    def copy(self) -> Desk:
        """The same desk, to go another way from here on."""
        return replace(
            self, rows=[dict(one) for one in self.rows], sent=list(self.sent), told_keys=list(self.told_keys)
        )

    def _tab(self, one: Register, rows: list[Mapping[str, Any]]) -> RawTab:
        columns, register = one.columns, one.name
        header = [self.lexicon.label(Name(register, one.key)) for one in columns]
        cells = [
            [
                self.lexicon.label(Name(register, one.key, value))
                if one.choices and (value := row.get(one.key))
                else _cell(row.get(one.key))
                for one in columns
            ]
            for row in rows
        ]
        return RawTab(self.lexicon.tabs(register)[0], [header, *cells])

    def plan(self, now: datetime = NOW) -> Plan:
        """What a run of the job would do."""
        return make_plan(self.snapshot(now), self.settings, now, ["returns"])

    def job(self, now: datetime = NOW) -> Plan:
        """The job's own plan."""
        return returns.plan(self.snapshot(now), self.settings, now)

    def run(self, now: datetime = NOW) -> Plan:
        """Plan and leave everything behind as a run does: cells, what was seen, who was told, numbers."""
        snapshot = self.snapshot(now)
        plan = make_plan(snapshot, self.settings, now, ["returns"])
        written = write_letters(plan.occasions, snapshot, self.settings, now, frozenset())
        assert not written.findings, [self.words.say(one.reason) for one in written.findings]
        for one in plan.edits:
            self.rows[one.at.row - 2][one.column] = one.new
        told = {one.key for one in (*written.messages, *written.skipped)}
        self.sent += [(one.notice, one.row_key) for one in written.new]
        self.told_keys += [one.key for one in written.new]
        memory = self.memory
        spans = {key: dict(seen) for key, seen in memory.spans.items()}
        for seen in plan.observations:
            here = spans.setdefault((seen.at.book, seen.at.register, seen.at.key or ""), {})
            past = here.get(seen.column, ())
            if past:
                past = (*past[:-1], Span(past[-1].value, past[-1].first_seen_at, now))
            here[seen.column] = (*past, Span(seen.value, now))
        after = self.snapshot(now)
        self.memory = Memory(
            spans=_by_row(spans),
            occasions=memory.occasions | told,
            reservations={
                **memory.reservations,
                **{(one.book, one.register, one.fingerprint, one.nth): one.key for one in plan.reservations},
            },
            marks=_by_row({**dict(memory.marks.items()), **dict(marks(after))}),
            first_run_at=memory.first_run_at,
            last_run_at=now,
        )
        return plan

    def type(self, row: int = 0, **cells: Any) -> None:
        """Staff type into a row; None clears a cell."""
        self.rows[row].update(cells)

    # -- what a plan says ----------------------------------------------------------------------------------------

    def cells(self, now: datetime = NOW, row: int = 0) -> dict[str, Any]:
        """What the plan would write into a row, in the sheet's words."""
        return {one.column: one.new for one in self.plan(now).edits if one.at.row == row + 2}

    def found(self, now: datetime = NOW) -> list[tuple[int, str, str]]:
        """(row, column, code) of every finding about the returns."""
        return [
            (one.place.row - 2, one.column, one.code) for one in self.plan(now).findings if one.register == "returns"
        ]

    def told(self, now: datetime = NOW) -> list[str]:
        """The customer's letters that a run would write now."""
        snapshot = self.snapshot(now)
        plan = returns.plan(snapshot, self.settings, now)
        written = write_letters(plan.occasions, snapshot, self.settings, now, frozenset())
        assert not written.findings, [self.words.say(one.reason) for one in written.findings]
        return [one.notice for one in written.new if one.audience == "customer"]

    def letters(self, now: datetime = NOW) -> dict[str, str]:
        """Their texts."""
        snapshot = self.snapshot(now)
        plan = returns.plan(snapshot, self.settings, now)
        written = write_letters(plan.occasions, snapshot, self.settings, now, frozenset())
        return {one.notice: one.letter.text for one in written.new if one.audience == "customer"}


def _cell(value: Any) -> Any:
    """A book gives money back as a number."""
    return float(value) if isinstance(value, Decimal) else value


def _by_row(found: Mapping[tuple[str, str, str], Any]) -> ByRow[Any]:
    registers: dict[tuple[str, str], dict[str, Any]] = {}
    for (book, register, key), value in found.items():
        registers.setdefault((book, register), {})[key] = value
    return ByRow(registers)


def desk(
    *changes: Mapping[str, Any],
    config: str = "",
    people: tuple[Mapping[str, Any], ...] = PEOPLE,
    orders: Sequence[Mapping[str, Any]] = (),
) -> Desk:
    """A desk whose lines are right but for the changes, with some more orders."""
    return Desk([{**LINE, **change} for change in changes or ({},)], config, people, orders=(*ORDERS, *orders))

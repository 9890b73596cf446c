"""A small desk in memory: rows by column key, what earlier runs saw, and one job's plan of it."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from toolkit.app.snapshots import snapshot_of
from toolkit.core.book import RawBook, RawTab
from toolkit.core.memory import ByRow, Memory, Span
from toolkit.core.reason import Name
from toolkit.core.words import Words
from toolkit.jobs import tickets
from toolkit.settings.lexicons import lexicon_of, registers_of
from toolkit.settings.load import read

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZONE)
"""A Tuesday in working hours."""
BOOK = "main"
LIVE = datetime(2026, 1, 1, tzinfo=ZONE)
"""When the desk's first run was: long before anything that the tests tell of."""


def at(text: str) -> datetime:
    """`24 10:00` of November 2026, or a whole moment, aware."""
    moment = datetime.fromisoformat(text if "-" in text else f"2026-11-{text}")
    return moment.replace(tzinfo=ZONE)


def wall(text: str) -> datetime:
    """The same as a cell holds it."""
    return at(text).replace(tzinfo=None)


def ticket(**cells: Any) -> dict[str, Any]:
    """A ticket with what every one has; `None` blanks a cell."""
    plain = {
        "ticket_no": "AS-1",
        "opened_at": wall("23 10:00"),
        "kind": "repair",
        "customer": "Ellen Shaw",
        "phone": "13800000001",
        "email": "ellen@example.com",
        "problem": "It is as it is.",
        "status": "confirmed",
        "owner": "Nina",
    }
    return {key: value for key, value in {**plain, **cells}.items() if value is not None}


STAFF = (
    {"staff_no": "S1", "name": "Nina", "role": "customer_service", "email": "nina@example.com", "manager": "Max"},
    {"staff_no": "S2", "name": "Max", "role": "manager", "email": "max@example.com", "manager": "Hope"},
    {"staff_no": "S3", "name": "Hope", "role": "head", "email": "hope@example.com"},
)


@dataclass
class SmallDesk:
    """The desk of a preset. `seen` are the statuses that runs saw: ticket -> [(value, since)]."""

    preset: str = "furniture-retail"
    config: str = ""
    now: datetime = NOW
    locale: str = "en"
    seen: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    promised: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    heard: dict[str, str] = field(default_factory=dict)
    replied: dict[str, tuple[str, ...]] = field(default_factory=dict)
    occasions: frozenset[str] = frozenset()
    first_run_at: datetime | None = LIVE
    unread: tuple[str, ...] = ()
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    def with_rows(self, register: str, *rows: dict[str, Any]) -> SmallDesk:
        """More rows of a register."""
        self.rows[register] += rows
        return self

    @property
    def settings(self) -> Any:
        text = f"preset: {self.preset}\nlocale: {self.locale}\nchannels: {{only_since: 2026-01-01}}\n{self.config}"
        if not hasattr(self, "_settings"):
            self._settings = read(text, Path(__file__).parent, environment={})
        return self._settings

    def snapshot(self) -> Any:
        rows = {"staff": list(STAFF), **self.rows}
        lexicon = lexicon_of(self.settings)
        tabs = {}
        for register in registers_of(self.settings):
            columns = [one.key for one in register.columns]
            label = {key: lexicon.label(Name(register.name, key)) for key in columns}
            choices = {one.key: one.choices for one in register.columns}

            def cell(key: str, value: Any, register: Any = register, choices: Any = choices) -> Any:
                if choices[key] and isinstance(value, str):
                    return lexicon.label(Name(register.name, key, value))
                return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value

            body = [
                [cell(key, row[key]) if key in row else None for key in columns] for row in rows.get(register.name, ())
            ]
            title = lexicon.tabs(register.name)[0]
            tabs[title] = RawTab(title, [[label[key] for key in columns], *body])
        raw = RawBook(tabs, None, tuple(tabs))
        found, missing = snapshot_of(self.settings, {BOOK: raw}, self.memory(), self.now)
        assert not missing
        return dataclasses.replace(found, unread=tuple((BOOK, one) for one in self.unread))

    def memory(self) -> Memory:
        spans: dict[str, dict[str, tuple[Span, ...]]] = defaultdict(dict)
        for column, seen in (("status", self.seen), ("promised_by", self.promised)):
            for key, values in seen.items():
                ends = [at(since) for _, since in values[1:]]
                spans[key][column] = tuple(
                    Span(value, at(since), end) for (value, since), end in zip(values, [*ends, None], strict=True)
                )
        return Memory(
            spans=ByRow({(BOOK, "tickets"): spans}),
            heard={(BOOK, "tickets", key): at(moment) for key, moment in self.heard.items()},
            replied={(BOOK, "tickets", key): tuple(map(at, moments)) for key, moments in self.replied.items()},
            occasions=self.occasions,
            first_run_at=self.first_run_at,
        )

    def plan(self, job: Any = tickets) -> Plan:
        snapshot = self.snapshot()
        return Plan(job.plan(snapshot, self.settings, self.now), snapshot, self.settings)


@dataclass
class Plan:
    """A plan as the tests ask for it."""

    plan: Any
    snapshot: Any
    settings: Any

    def cells(self, *columns: str, key: str = "AS-1") -> Any:
        """What would stand in these cells of a row; None where nothing would."""
        found = {one.column: one.new for one in self.plan.edits if one.at.key == key}
        values = tuple(found.get(column) for column in columns)
        return values[0] if len(values) == 1 else values

    def letters(self, *notices: str) -> list[tuple[str, str]]:
        """(notice, role of who gets it), without those that are only noted; of these notices, or of all."""
        return [
            (one.notice, one.to.role)
            for one in self.plan.occasions
            if not one.skip and (not notices or one.notice in notices)
        ]

    def values(self, notice: str, locale: str | None = None) -> dict[str, Any]:
        """What a letter is told."""
        found = next(one for one in self.plan.occasions if one.notice == notice and not one.skip)
        return dict(found.values())

    def faults(self, *codes: str) -> list[tuple[str, str]]:
        """(code, column) of what is wrong in the rows."""
        every: Iterable[Any] = (*self.snapshot.findings, *self.plan.findings)
        return [
            (one.code, one.column) for one in every if one.register == "tickets" and (not codes or one.code in codes)
        ]

    def keys(self) -> frozenset[str]:
        """The occasions that were told, for the memory of the next run."""
        return frozenset(one.key for one in self.plan.occasions)

    def words(self) -> Words:
        return Words(self.settings.locale, lexicon_of(self.settings).label)

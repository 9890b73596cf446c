"""A desk in memory: registers as rows of typed cells, run again and again by the real planning, without files and nets.

What a run plans is applied as `run` applies it: cells and new rows into the sheets, observations and occasions into the memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from toolkit.app.planning import make_plan
from toolkit.app.snapshots import snapshot_of
from toolkit.core.actions import Edit, Occasion, Plan
from toolkit.core.book import RawBook, RawTab
from toolkit.core.memory import ByRow, Memory, Sent, Span
from toolkit.core.reason import Name
from toolkit.core.words import Words
from toolkit.jobs.every import JOBS, NOT_IN_A_PLAIN_RUN
from toolkit.jobs.traces import last_messages, touched
from toolkit.registers.schema import Type
from toolkit.registers.snapshot import Snapshot
from toolkit.settings.lexicons import lexicon_of, registers_of
from toolkit.settings.load import read
from toolkit.settings.model import Settings

BOOK = "main"
Cells = dict[str, Any]


def settings_of(text: str = "") -> Settings:
    """Settings of a config.yaml's text; English sheets unless it says otherwise."""
    head = "" if "locale:" in text else "locale: en\n"
    return read(head + text, Path("config.yaml"))


@dataclass
class SmallDesk:
    """`rows[register]` are rows by column key, as typed; a choice by its key. Row 1 is the header."""

    settings: Settings
    rows: dict[str, list[Cells]] = field(default_factory=dict)
    memory: Memory = field(default_factory=Memory)

    def snapshot(self, now: datetime) -> Snapshot:
        """The desk read at a moment."""
        tabs = {tab.title: tab for tab in self._tabs()}
        raw = RawBook(tabs, None, tuple(tabs))
        found, missing = snapshot_of(self.settings, {BOOK: raw}, self.memory, now)
        assert not missing, missing
        return found

    def plan(self, now: datetime | str, jobs: Sequence[str] | None = None) -> Plan:
        """What a run would do. A naive moment is the desk's wall clock."""
        chosen = tuple(jobs or (one for one in JOBS if one not in NOT_IN_A_PLAIN_RUN))
        moment = self.moment(now)
        return make_plan(self.snapshot(moment), self.settings, moment, chosen)

    def run(self, now: datetime | str, jobs: Sequence[str] | None = None) -> Plan:
        """Plan and apply; every message counts as sent."""
        plan = self.plan(now, jobs)
        self.apply(plan, self.moment(now))
        return plan

    def apply(self, plan: Plan, moment: datetime) -> None:
        """What a plan wants, done; every message counts as sent."""
        for one in plan.edits:
            self.rows[one.at.register][one.at.row - 2][one.column] = one.new
        for one in plan.appends:
            self.rows[one.register].append(self._by_key(one.register, one.values))
        self.memory = _remembering(self.memory, plan, moment)
        snapshot, words = self.snapshot(moment), Words(self.settings.locale, lexicon_of(self.settings).label)
        noted = list(last_messages(snapshot, words))  # the second small write (60, 6)
        for one in [*noted, *touched(snapshot, noted, moment)]:
            self.rows[one.at.register][one.at.row - 2][one.column] = one.new

    def moment(self, now: datetime | str) -> datetime:
        """A moment in the desk's zone."""
        at = datetime.fromisoformat(now) if isinstance(now, str) else now
        return at if at.tzinfo else at.replace(tzinfo=self.settings.timezone)

    def row(self, register: str, n: int = 0) -> Cells:
        """A row of a register, to look at or to type into."""
        return self.rows[register][n]

    def say(self, reason: Any) -> str:
        """A reason in the desk's words."""
        return Words(self.settings.locale, lexicon_of(self.settings).label).say(reason)

    def _tabs(self) -> list[RawTab]:
        lexicon = lexicon_of(self.settings)
        found = []
        for register in registers_of(self.settings):
            if register.name not in self.rows:
                if register.name != "tickets":
                    continue
                self.rows["tickets"] = []
            keys = [one.key for one in register.columns]
            header = [lexicon.label(Name(register.name, key)) for key in keys]
            cells = [[self._cell(register, key, row.get(key)) for key in keys] for row in self.rows[register.name]]
            unknown = {key for row in self.rows[register.name] for key in row} - set(keys)
            assert not unknown, (register.name, unknown)
            found.append(RawTab(lexicon.label(Name(register.name)), [header, *cells]))
        return found

    def _cell(self, register: Any, key: str, value: Any) -> Any:
        match value:
            case str() if register.by_key[key].type is Type.CHOICE:
                return lexicon_of(self.settings).label(Name(register.name, key, value))
            case tuple() | list():
                return "、".join(value)
            case Decimal():
                return float(value)
            case _:
                return value

    def _by_key(self, name: str, values: Mapping[str, object]) -> Cells:
        """An appended row, its choices as their keys again."""
        register = next(one for one in registers_of(self.settings) if one.name == name)
        lexicon = lexicon_of(self.settings)
        keys = {
            column.key: {lexicon.label(Name(name, column.key, key)): key for key in column.choices}
            for column in register.columns
            if column.type is Type.CHOICE
        }
        return {key: keys.get(key, {}).get(value, value) for key, value in values.items()}  # type: ignore[call-overload]


def _remembering(memory: Memory, plan: Plan, at: datetime) -> Memory:
    """The memory after a run."""
    spans: dict[tuple[str, str], dict[str, dict[str, tuple[Span, ...]]]] = {}
    for (book, register, key), columns in memory.spans.items():
        spans.setdefault((book, register), {})[key] = dict(columns)
    for one in plan.observations:
        columns = spans.setdefault((one.at.book, one.at.register), {}).setdefault(one.at.key or "", {})
        before = columns.get(one.column, ())
        ended = (*before[:-1], replace(before[-1], last_seen_at=at.astimezone(UTC))) if before else ()
        columns[one.column] = (*ended, Span(one.value, at.astimezone(UTC)))
    sent, heard = dict(memory.sent), dict(memory.heard)
    for one in plan.occasions:
        if not one.skip and one.key not in memory.occasions and one.at.key:
            where = one.at.book, one.at.register, one.at.key
            sent[where] = Sent(one.notice, one.to.role, one.to.channel, at)
            if one.to.role == "customer":
                heard[where] = at.astimezone(UTC)
    keys = frozenset(one.key for one in plan.occasions)
    reserved = {(one.book, one.register, one.fingerprint, one.nth): one.key for one in plan.reservations}
    return replace(
        memory,
        spans=ByRow(spans),
        occasions=memory.occasions | keys,
        ever=memory.ever | keys,
        sent=sent,
        heard=heard,
        reservations={**memory.reservations, **reserved},
        first_run_at=memory.first_run_at or at.astimezone(UTC),
        last_run_at=at.astimezone(UTC),
    )


def new_letters(desk: SmallDesk, plan: Plan) -> list[Occasion]:
    """What would be written that was not told yet."""
    return [one for one in plan.occasions if not one.skip and one.key not in desk.memory.occasions]


def cells(edits: Sequence[Edit]) -> dict[str, object]:
    """`register.column[row]` -> the new value: a plan's edits at a glance."""
    return {f"{one.at.register}.{one.column}[{one.at.row - 2}]": one.new for one in edits}

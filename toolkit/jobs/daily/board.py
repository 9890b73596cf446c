"""All that waits at a desk on one day, gathered once from every job's agenda and dealt out to whom it concerns."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from functools import cached_property
from typing import Any

from toolkit.core.actions import RowId
from toolkit.core.finding import Finding, Severity
from toolkit.jobs.agenda import Due
from toolkit.jobs.agendas import AGENDAS, FAULTS
from toolkit.jobs.callback.wanted import calls_due
from toolkit.jobs.daily.days import next_working_day
from toolkit.jobs.daily.heap import Heap
from toolkit.jobs.daily.keepers import Keepers
from toolkit.jobs.daily.lines import Line, called
from toolkit.jobs.ladder import Subject
from toolkit.registers.directory import Directory
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table
from toolkit.registers.tickets import FINISHED
from toolkit.rules.clock import Clock
from toolkit.settings.model import Settings

CALLS = frozenset({"callback", "periodic"})
"""Clocks that are told as the caller's list tells them: what is due or was lately, without whom asked for a later day."""
OTHERS_FIRST = frozenset({"told", "goods"})
"""Before these are late it is a letter of ours, or the customer, that acts: nobody need be told."""
BY_STATUS = ("tickets", "orders")
"""Registers whose rows are open by what staff say of them, whether or not a clock runs."""
Store = tuple[str, int]
"""A store's row: book and row."""


class Board:
    """One day's lines: of the whole desk, of each person by folded name ('' is nobody that is known), of each role that keeps
    a register, of each store; `unassigned` is what the sheet names nobody for.
    """

    def __init__(self, snapshot: Snapshot, settings: Settings, now: datetime) -> None:
        self.snapshot, self.settings, self.now = snapshot, settings, now
        self.whole = Heap()
        self.people: dict[str, Heap] = defaultdict(Heap)
        self.roles: dict[str, Heap] = defaultdict(Heap)
        self.unassigned = Heap()
        self.stores: dict[Store, Heap] = defaultdict(Heap)
        self.queues: list[tuple[str, Clock]] = []
        """The open clocks of the returns, each with the number of its case."""
        self.found: dict[str, int] = defaultdict(int)
        """Register -> how many faults its rows have."""
        self._keepers = Keepers(snapshot)
        self._stores = snapshot.once("stores", lambda: Directory(snapshot.of("stores"), "name"))
        self._known: dict[tuple[str, str], Store | None] = {}
        self._lines: dict[tuple[str, RowId, str | None], Line] = {}
        self._open: dict[str, set[tuple[str, int]]] = defaultdict(set)
        self._nobodys: set[tuple[str, str, int]] = set()
        self._later: list[tuple[Store, Line]] = []
        self._told: set[tuple[Store, str, int]] = set()
        for agenda in AGENDAS:
            for due in agenda(snapshot, settings, now):
                self._put(due)
        self._calls()
        self._mend()
        self._rows()

    # Days, as each book's zone has them.

    @cached_property
    def today(self) -> date:
        """The day it is where the desk is."""
        return self.now.astimezone(self.snapshot.calendar.timezone).date()

    @cached_property
    def tomorrow(self) -> date:
        """The next working day: what is due on the days off before it is to be done by then as well."""
        return next_working_day(self.snapshot.calendar, self.today)

    @cached_property
    def _days(self) -> dict[str, tuple[date, date]]:
        calendar, found = self.snapshot.calendar, {}
        for table in self.snapshot.tables:
            if table.book not in found:
                today = self.snapshot.today(table, self.now)
                found[table.book] = today, next_working_day(calendar, today)
        return found

    def open(self, register: str) -> int:
        """How many rows of a register are open."""
        return len(self._open[register])

    def has_role(self, role: str) -> bool:
        """Whether anybody of the staff has a role."""
        return self._keepers.has(role)

    # Dealing out.

    def _put(self, due: Due) -> None:
        subject, one = due.subject, due.clock
        name = one.policy.clock
        if name in CALLS or not one.is_open or (one.paused_since is not None and not one.is_overdue):
            return
        at = subject.at
        if at.register not in BY_STATUS:
            self._open[at.register].add((at.book, at.row))
        if at.register == "returns":
            self.queues.append((at.key or "", one))
        section = self._section(subject.table, one) if name not in OTHERS_FIRST or one.is_overdue else None
        if section is not None:
            line = self._line(section, subject, one)
            if len(line.clocks) == 1:
                self.whole.add(section, line)
                if subject.owner is not None:  # else it is told as a row that nobody is assigned to
                    self.people[self._keepers.person(subject.owner, at.book)].add(section, line)
        if subject.owner is None:
            line = self._line("unassigned", subject, one)
            if len(line.clocks) == 1:
                self._is_nobodys(line)
        self._for_store(subject, one, section)

    def _section(self, table: Table, one: Clock) -> str | None:
        if one.is_overdue:
            return "overdue"
        today, tomorrow = self._days[table.book]
        due_on = self.snapshot.wall(table, one.due_at).date()
        return "today" if due_on <= today else "tomorrow" if due_on <= tomorrow else None

    def _line(self, section: str, subject: Subject, one: Clock) -> Line:
        key = (section, subject.at, subject.owner)
        if key not in self._lines:
            self._lines[key] = Line(subject.table, subject.at, subject.owner, subject.view)
        self._lines[key].clocks.append(one)
        return self._lines[key]

    def _for_store(self, subject: Subject, one: Clock, section: str | None) -> None:
        store = self._store(subject.store, subject.at.book)
        if store is None:
            return
        section = "feedback" if one.policy.clock == "feedback" else section or "open"
        line = self._line(f"store {section}", subject, one)
        if len(line.clocks) > 1:
            return
        if section == "open":
            self._later.append((store, line))
        else:
            self._for(store, section, line)

    def _for(self, store: Store, section: str, line: Line) -> None:
        self.stores[store].add(section, line)
        self._told.add((store, line.at.register, line.at.row))

    def _is_told(self, store: Store, line: Line) -> bool:
        return (store, line.at.register, line.at.row) in self._told

    def _store(self, name: str | None, book: str) -> Store | None:
        if not name:
            return None
        if (book, name) not in self._known:
            found = self._stores.find(name, book)
            self._known[book, name] = (found[0].book, found[1].row) if found is not None else None
        return self._known[book, name]

    # What the agendas do not tell.

    def _calls(self) -> None:
        for one in calls_due(self.snapshot, self.settings, self.now):
            table = one.table
            owner = self._keepers.owner(table, one.row)
            at = RowId(table.book, table.register.name, one.number, one.row.row)
            line = Line(table, at, owner, called(one.row, one.number), call=one)
            self.whole.add("callbacks", line)
            self.roles["caller"].add("callbacks", line)
            self.people[self._keepers.person(owner, table.book)].add("callbacks", line)

    def _mend(self) -> None:
        """Every row with something wrong, with who answers for it."""
        tables = {(one.book, one.register.name, one.tab): one for one in self.snapshot.tables}
        for finding in self._findings():
            place = finding.place
            at = (finding.book or "", finding.register or "", place.tab if place is not None else "")
            table = tables.get(at)
            row = _row_at(table, place.row) if table is not None and place is not None else None
            if table is None or row is None:
                continue
            name = table.register.name
            self.found[name] += 1
            owner = self._keepers.owner(table, row)
            line = Line(table, table.id_of(row), owner, called(row), finding=finding)
            self.whole.add("mend", line)
            person, role = self._keepers.person(owner, table.book), self._keepers.role(name)
            (self.people[person] if person or role is None else self.roles[role]).add("mend", line)

    def _findings(self) -> Iterator[Finding]:
        found = list(self.snapshot.findings)
        for faults in FAULTS:
            found += faults(self.snapshot, self.settings, self.now)
        return (one for one in found if one.severity is Severity.ERROR)

    def _rows(self) -> None:
        """The rows that are open by their status: they count, and what of them nobody owns, or a store has, is told.

        A store is told of a row as open only where it is told nothing more pressing of it.
        """
        for store, line in self._later:
            if not self._is_told(store, line):
                self._for(store, "open", line)
        for table, row in self.snapshot.rows("tickets"):
            if row.status and row.status not in table.register.over and row.status not in FINISHED:
                self._is_open(table, row)
        for table, row in self.snapshot.rows("orders"):
            if row.status and row.status not in table.register.over:
                self._is_open(table, row)

    def _is_open(self, table: Table, row: Any) -> None:
        at = table.id_of(row)
        self._open[at.register].add((at.book, at.row))
        line = Line(table, at, self._keepers.owner(table, row), called(row), status=row.status)
        if line.owner is None and (at.book, at.register, at.row) not in self._nobodys:
            self._is_nobodys(line)
        store = self._store(row.store, at.book)
        if store is not None and not self._is_told(store, line):
            self._for(store, "open", line)

    def _is_nobodys(self, line: Line) -> None:
        self._nobodys.add((line.at.book, line.at.register, line.at.row))
        self.unassigned.add("unassigned", line)


def _row_at(table: Table, number: int | None) -> Any:
    """The row that stands in a sheet row; None for the header's, or where nothing is read."""
    if number is None:
        return None
    place = bisect_left(table.rows, number, key=lambda row: row.row)
    return table.rows[place] if place < len(table.rows) and table.rows[place].row == number else None


def board_of(snapshot: Snapshot, settings: Settings, now: datetime) -> Board:
    """The board of one run at one moment."""
    return snapshot.once(("board", now), lambda: Board(snapshot, settings, now))

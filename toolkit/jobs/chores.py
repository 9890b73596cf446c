"""chores: what the team does again and again, and the shipping outlook that must not grow old (P-22)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from toolkit.core.actions import Edit, Occasion, Plan
from toolkit.core.finding import Finding
from toolkit.core.reason import Reason, because
from toolkit.jobs.agenda import Due
from toolkit.jobs.clocked import Clocks, overdue_edit
from toolkit.jobs.edits import edit
from toolkit.jobs.ladder import Ladder, Subject, subject_of
from toolkit.jobs.ticket.view import Views
from toolkit.registers.schema import Fault
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table
from toolkit.rules.clock import Clock
from toolkit.rules.recurring import read_interval
from toolkit.settings.lexicons import lexicon_of
from toolkit.settings.model import Settings


@dataclass(frozen=True, slots=True)
class Task:
    """A row of either register with its open clocks; `since` is the typed day that the present turn counts from."""

    table: Table
    row: Any
    clocks: tuple[Clock, ...]
    due_on: date | None
    since: date | None


def plan(snapshot: Snapshot, settings: Settings, now: datetime) -> Plan:
    """All that the chores and the outlook ask for at `now`."""
    views = Views(lambda locale: lexicon_of(settings, locale))
    ladder, words = Ladder(snapshot, settings, now, views), views.words(settings.locale)
    edits: list[Edit] = []
    occasions: list[Occasion] = []
    findings: list[Finding] = []
    for task in _tasks(snapshot, settings, now):
        table, row = task.table, task.row
        if "due" in table.register.by_key:
            findings += (table.finding(row, fault) for fault in _faults(row))
            why = (
                because("edit.chore", every=row.every or "", since=task.since)
                if task.since
                else because("edit.no-clock")
            )
            edits += edit(table, row, "due", task.due_on, why)
        edits += overdue_edit(task.clocks, snapshot, table, row, words)
        if row.key is not None and row.key in table.by_key:
            occasions += ladder.alerts(_subject(task, views), task.clocks)
    return Plan(tuple(edits), (), tuple(occasions), tuple(findings))


def agenda(snapshot: Snapshot, settings: Settings, now: datetime) -> Iterator[Due]:
    """The chores and assessments that are open."""
    views = Views(lambda locale: lexicon_of(settings, locale))
    for task in _tasks(snapshot, settings, now):
        if task.row.key is not None:
            yield from (Due(_subject(task, views), one) for one in task.clocks)


def faults_found(snapshot: Snapshot, settings: Settings, now: datetime) -> Iterator[Finding]:
    """The chores whose next time cannot be told."""
    for task in _tasks(snapshot, settings, now):
        if "due" in task.table.register.by_key:
            yield from (task.table.finding(task.row, fault) for fault in _faults(task.row))


def _tasks(snapshot: Snapshot, settings: Settings, now: datetime) -> Iterator[Task]:
    chores = Clocks(snapshot, settings, now, "chores", {"starts_on": due_of, "done_on": lambda _: None})
    for table, row in snapshot.rows("chores"):
        yield Task(table, row, chores.counted(row, chores.of(table, row)), due_of(row), row.done_on or row.starts_on)
    outlook = Clocks(snapshot, settings, now, "outlook")
    for table, row in snapshot.rows("outlook"):
        yield Task(table, row, outlook.counted(row, outlook.of(table, row)), None, row.assessed_on)


def due_of(row: Any) -> date | None:
    """The next time of a chore: of its plan where it has a first day, else so long after it was last done."""
    interval = read_interval(row.every) if row.every else None
    if interval is None:
        return None
    if row.starts_on is None:
        return interval.nth(row.done_on, 1) if row.done_on is not None else None
    if row.done_on is None or row.done_on < row.starts_on:
        due: date = row.starts_on
        return due
    return next(interval.dates(row.starts_on, row.done_on))


def _faults(row: Any) -> Iterator[Fault]:
    if row.every and read_interval(row.every) is None:
        yield Fault("not-a-choice", "every", because("fault.not-an-interval", found=row.every))
    if row.starts_on is None and row.done_on is None and not {"starts_on", "done_on"} & set(row.bad):
        yield Fault("required", "starts_on", because("fault.chore-needs-start"))


def _subject(task: Task, views: Views) -> Subject:
    """The day that a turn counts from is its cause: the same chore is late again another month."""
    made = subject_of(task.table, task.row, task.row.key, views, lambda: _next_step(task))
    turn = task.since.isoformat() if task.since is not None else ""
    return replace(made, cause=lambda _: turn)


def _next_step(task: Task) -> Reason:
    code = "chore.do" if "due" in task.table.register.by_key else "chore.assess"
    return because(code, name=task.row.key)

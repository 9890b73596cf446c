"""The returns job: what each case refunds, where it may go next, who is late, and what the customer hears of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from toolkit.core.actions import Edit, Observation, Occasion, Plan, RowId
from toolkit.core.finding import Finding, Severity
from toolkit.core.reason import Reason
from toolkit.jobs.agenda import Due
from toolkit.jobs.clocked import status_seen
from toolkit.jobs.ladder import Ladder, Subject
from toolkit.jobs.returning.amounts import amounts_of
from toolkit.jobs.returning.case import SENT_BACK, STATE, Case, Line
from toolkit.jobs.returning.cells import line_edits, number_edits
from toolkit.jobs.returning.desk import QUEUES, Desk, desk_of
from toolkit.jobs.returning.found import FORBIDS, case_findings
from toolkit.jobs.returning.letters import Letters
from toolkit.jobs.returning.steps import in_words
from toolkit.registers.snapshot import Snapshot
from toolkit.rules.clock import Clock
from toolkit.settings.model import Settings

Clocked = tuple[tuple[Line, tuple[Clock, ...]], ...]
"""The lines of a case, each with its clocks."""


def plan(snapshot: Snapshot, settings: Settings, now: datetime) -> Plan:
    """All that the returns register asks for at `now`; nothing while it, or who works here, cannot be read."""
    if snapshot.is_unread("returns", "staff") or not snapshot.of("returns"):
        return Plan()
    desk = desk_of(snapshot, settings, now)
    letters, ladder = Letters(desk), Ladder(snapshot, settings, now, desk.views)
    edits: list[Edit] = []
    occasions: list[Occasion] = []
    findings: list[Finding] = []
    observations: list[Observation] = []
    for case in desk.cases:
        stands = _stands(desk, case)
        if stands and _is_quiet(desk, case):
            findings += case_findings(desk, case, None)
            continue
        amounts = amounts_of(desk, case)
        found = tuple(case_findings(desk, case, amounts))
        findings += found
        clocked = _clocked(desk, case)
        if not stands:
            edits += number_edits(case)
            for line, clocks in clocked:
                edits += line_edits(desk, line, amounts, clocks)
        if not any(one.code in FORBIDS and one.severity is Severity.ERROR for one in found):
            occasions += letters.of(case, amounts, clocked)
        if case.is_known:
            for subject, clock in _open(desk, case, clocked):
                if (
                    clock.policy.clock != "goods" or clock.is_overdue
                ):  # before that day it is the customer who is reminded
                    occasions += ladder.alerts(subject, (clock,))
            observations += _observed(desk, case)
    return Plan(tuple(edits), (), tuple(occasions), tuple(findings), tuple(observations), desk.reservations)


def agenda(snapshot: Snapshot, settings: Settings, now: datetime) -> Iterator[Due]:
    """The open clocks of every case, each once, in the queue of the one whose work it is."""
    if snapshot.is_unread("returns", "staff"):
        return
    desk = desk_of(snapshot, settings, now)
    for case in desk.cases:
        if case.is_known and not case.is_over:
            yield from (Due(*one) for one in _open(desk, case, _clocked(desk, case)))


def faults_found(snapshot: Snapshot, settings: Settings, now: datetime) -> Iterator[Finding]:
    """What is wrong with the cases besides single cells."""
    if snapshot.is_unread("returns", "staff"):
        return
    desk = desk_of(snapshot, settings, now)
    for case in desk.cases:
        is_told = _stands(desk, case) and _is_quiet(desk, case)
        yield from case_findings(desk, case, None if is_told else amounts_of(desk, case))


def _clocked(desk: Desk, case: Case) -> Clocked:
    return tuple((line, desk.clocks(line)) for line in case.lines)


def _stands(desk: Desk, case: Case) -> bool:
    """Whether the case is over, was seen so, and holds what the last run left: its results stand (40, Clocks)."""
    return (
        case.is_over
        and case.is_known
        and all(line.state == line.row.status and not line.row.bad for line in case.lines)
        and all(desk.marks(case.table).stands(line.row) for line in case.lines)
    )


def _is_quiet(desk: Desk, case: Case) -> bool:
    """Whether no letter about the case can be under way any more."""
    last = case.last_day
    return last is None or last < desk.quiet_since


def _open(desk: Desk, case: Case, clocked: Clocked) -> Iterator[tuple[Subject, Clock]]:
    """Of each kind of clock the one that is due first, with the case as its subject."""
    first: dict[str, tuple[Line, Clock]] = {}
    for line, clocks in clocked:
        for one in desk.counted(line, clocks):
            name = one.policy.clock
            if name not in first or one.due_at < first[name][1].due_at:
                first[name] = line, one
    for name, (line, one) in first.items():
        yield _subject(desk, case, line, name), one


def _subject(desk: Desk, case: Case, line: Line, clock: str) -> Subject:
    table, row, number = case.table, case.first.row, case.number or ""

    def step() -> Reason | None:
        return in_words(desk, line, desk.clocks(line))

    return Subject(
        table,
        RowId(table.book, "returns", case.first.key, row.row),
        desk.person(line, QUEUES[clock]),
        case.get("store"),
        lambda locale: desk.views.row(table, row, number, locale),
        step,
        round=case.round(desk.now),
        cause=lambda one: line.get("return_by").isoformat() if one.policy.clock == "goods" else "",
    )


def _observed(desk: Desk, case: Case) -> Iterator[Observation]:
    """What differs from what was last seen: statuses, the last one rightly reached, and when finance sent the case back."""
    table = case.table
    for line in case.lines:
        at = RowId(table.book, "returns", line.key, line.row.row)
        yield from status_seen(desk.snapshot, table, line.row, line.key)
        if line.status is not None and line.status != line.state and desk.is_rightly(line):
            yield Observation(at, STATE, line.status)
    spans, sent_back = case.first.seen.get(SENT_BACK, ()), case.sent_back
    if sent_back and (not spans or spans[-1].value != sent_back[-1].isoformat()):
        yield Observation(
            RowId(table.book, "returns", case.first.key, case.first.row.row), SENT_BACK, sent_back[-1].isoformat()
        )

"""The orders job: when they leave and must, promises at risk, letters, tickets for promises and installations (P-16, P-17)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from toolkit.core.actions import Edit, Observation, Occasion, Plan
from toolkit.core.finding import Finding
from toolkit.jobs.agenda import Due
from toolkit.jobs.clocked import status_seen
from toolkit.jobs.ladder import Ladder, Subject, subject_of
from toolkit.jobs.order.cells import edits as cells
from toolkit.jobs.order.cells import is_settled
from toolkit.jobs.order.entries import entered
from toolkit.jobs.order.faults import faults
from toolkit.jobs.order.letters import Letters
from toolkit.jobs.order.promise import observations
from toolkit.jobs.order.standing import Desk, Standing
from toolkit.jobs.order.steps import next_step
from toolkit.jobs.order.tickets import DEADLINE, is_done
from toolkit.registers.snapshot import Snapshot
from toolkit.rules.clock import Clock
from toolkit.settings.model import Settings


def plan(snapshot: Snapshot, settings: Settings, now: datetime) -> Plan:
    """All that the order register asks for at `now`; nothing while it cannot be read."""
    if snapshot.is_unread("orders"):
        return Plan()
    desk = Desk(snapshot, settings, now)
    ladder, letters = Ladder(snapshot, settings, now, desk.views), Letters(desk)
    edits: list[Edit] = []
    occasions: list[Occasion] = []
    findings: list[Finding] = []
    seen: list[Observation] = []
    is_paused = any(one.pause_on for one in desk.clocks.policies)
    lines: list[Standing] = []
    for one in desk.orders():
        if one.is_over:
            edits += () if is_settled(one) else cells(one)
            continue
        edits += cells(one)
        findings += (one.table.finding(one.row, fault) for fault in faults(one))
        occasions += letters.of(one)
        if one.number is None:
            continue
        occasions += ladder.alerts(_subject(one, one.number), _alerting(one))
        seen += observations(snapshot, one.table, one.row)
        if is_paused:
            seen += status_seen(snapshot, one.table, one.row, one.number)
        lines.append(one)
    appends, known = entered(desk, lines)
    return Plan(tuple(edits), tuple(appends), tuple(occasions), tuple(findings), (*seen, *known))


def agenda(snapshot: Snapshot, settings: Settings, now: datetime) -> Iterator[Due]:
    """What is open about orders."""
    if snapshot.is_unread("orders"):
        return
    for one in Desk(snapshot, settings, now).orders():
        if one.number is not None and not one.is_over:
            subject = _subject(one, one.number)
            yield from (Due(subject, clock) for clock in _own(one))


def faults_found(snapshot: Snapshot, settings: Settings, now: datetime) -> Iterator[Finding]:
    """What is wrong with the orders by what the runs saw of them, and by other registers."""
    if snapshot.is_unread("orders"):
        return
    for one in Desk(snapshot, settings, now).orders():
        if not one.is_over:
            yield from (one.table.finding(one.row, fault) for fault in faults(one))


def _own(one: Standing) -> tuple[Clock, ...]:
    """The clocks of an order; a promise that a ticket of kind deadline keeps is that ticket's."""
    ticket = one.desk.entered.of(one.table.book, one.order_no, DEADLINE)
    is_kept = ticket is not None and not is_done(ticket)
    return tuple(clock for clock in one.clocks if clock.policy.clock != "promise" or not is_kept)


def _alerting(one: Standing) -> tuple[Clock, ...]:
    """The clocks of which staff hear by the ladder: of a promise that comes near only where it is at risk, and by a letter of
    its own.
    """
    return tuple(clock for clock in _own(one) if clock.policy.clock != "promise" or clock.is_overdue)


def _subject(one: Standing, number: str) -> Subject:
    made = subject_of(one.table, one.row, number, one.desk.views, partial(next_step, one))
    return replace(made, view=partial(_view, one, number))


def _view(one: Standing, number: str, locale: str) -> dict[str, Any]:
    """As people call it: the order's number, without the line that makes it a key."""
    shown = one.row.order_no if one.row.line_no is None else number.replace("#", "-")
    return {**one.desk.views.row(one.table, one.row, number, locale), "ticket_no": shown}

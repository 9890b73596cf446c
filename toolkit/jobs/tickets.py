"""The tickets job: numbers, due times, flags, warranty, alerts to staff, letters to customers and vendors."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from toolkit.core.actions import Edit, Observation, Occasion, Plan
from toolkit.core.finding import Finding
from toolkit.core.reason import because
from toolkit.jobs import parts
from toolkit.jobs.agenda import Due
from toolkit.jobs.dispatching.clashes import clashes
from toolkit.jobs.dispatching.evenings import evening_lists
from toolkit.jobs.dispatching.filling import entering
from toolkit.jobs.dispatching.silence import silent
from toolkit.jobs.edits import edit
from toolkit.jobs.ticket.alerts import Alarm
from toolkit.jobs.ticket.case import judge_of
from toolkit.jobs.ticket.flags import Cells, counted, missing_stops, repeats
from toolkit.jobs.ticket.letters import desk_of
from toolkit.jobs.ticket.news import told_of
from toolkit.jobs.ticket.numbers import ticket_numbers
from toolkit.jobs.ticket.observed import observed
from toolkit.jobs.ticket.settled import Settled
from toolkit.jobs.ticket.view import Views
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.tickets import FINISHED
from toolkit.settings.lexicons import lexicon_of
from toolkit.settings.model import Settings


def agenda(snapshot: Snapshot, settings: Settings, now: datetime) -> Iterator[Due]:
    """Every open clock of every ticket, with whose it is."""
    judge = judge_of(snapshot, settings, now)
    alarm = Alarm(judge, Views(lambda locale: lexicon_of(settings, locale)))
    for case in judge.cases():
        if case.number is None or case.is_doubled:
            continue
        running = [one for one in counted(case) if one.is_open]
        if running:
            subject = alarm.subject(case)
            yield from (Due(subject, one) for one in running)


def faults_found(snapshot: Snapshot, settings: Settings, now: datetime) -> Iterator[Finding]:
    """The finished tickets that lack the cell which says so."""
    for case in judge_of(snapshot, settings, now).cases(lambda _, row: row.status in FINISHED):
        yield from (case.table.finding(case.row, fault) for fault in missing_stops(case))


def plan(snapshot: Snapshot, settings: Settings, now: datetime) -> Plan:
    """All that the ticket register asks for at `now`."""
    _, reservations = ticket_numbers(snapshot, settings)
    judge = judge_of(snapshot, settings, now)
    desk = desk_of(snapshot, settings, now)
    views = desk.views
    cells, alarm, earlier = Cells(judge, views.words(settings.locale)), Alarm(judge, views), repeats(judge)
    settled = Settled(judge, cells, alarm)
    edits: list[Edit] = []
    occasions: list[Occasion] = []
    findings: list[Finding] = []
    observations: list[Observation] = []
    for case in judge.cases():
        if case in settled:
            continue
        table, row = case.table, case.row
        if row.key is None and case.number is not None:
            edits += edit(table, row, "ticket_no", case.number, because("edit.number"))
        told = told_of(desk, case)
        filled, entered = entering(case)
        edits += entered
        edits += cells.edits(filled, earlier.get((table.book, row.row)))
        findings += (table.finding(row, fault) for fault in missing_stops(case))
        occasions += alarm.alerts(case)
        occasions += told
        observations += observed(snapshot, filled)
    findings += clashes(judge)
    occasions += [*silent(desk, judge), *evening_lists(desk, judge)]
    own = Plan(tuple(edits), (), tuple(occasions), tuple(findings), tuple(observations), reservations)
    return own + parts.plan(snapshot, settings, now)

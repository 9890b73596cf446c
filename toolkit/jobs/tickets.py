"""The tickets job: numbers, due times, flags, warranty, alerts to staff, letters to customers and vendors."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from toolkit.core.actions import Edit, Observation, Occasion, Plan, RowId
from toolkit.core.finding import Finding
from toolkit.core.reason import because
from toolkit.jobs.edits import edit
from toolkit.jobs.recipients import opted_out
from toolkit.jobs.ticket.alerts import alerts
from toolkit.jobs.ticket.case import Case, cases
from toolkit.jobs.ticket.flags import cell_edits, missing_stops, repeats
from toolkit.jobs.ticket.letters import Desk, letters, visit_mark
from toolkit.jobs.ticket.numbers import ticket_numbers
from toolkit.jobs.ticket.view import Views
from toolkit.jobs.workload import workload
from toolkit.registers.snapshot import Snapshot
from toolkit.settings.lexicons import lexicon_of
from toolkit.settings.model import Settings


def plan(snapshot: Snapshot, settings: Settings, now: datetime) -> Plan:
    """All that the ticket register asks for at `now`."""
    _, reservations = ticket_numbers(snapshot, settings)
    views = Views(lambda locale: lexicon_of(settings, locale))
    words = views.words(settings.locale)
    desk = Desk(snapshot, settings, now, views, opted_out(snapshot, settings), workload(snapshot))
    earlier = repeats(snapshot, settings.repeat_within_days)
    edits: list[Edit] = []
    occasions: list[Occasion] = []
    findings: list[Finding] = []
    observations: list[Observation] = []
    for case in cases(snapshot, settings, now):
        table, row = case.table, case.row
        if row.key is None and case.number is not None:
            edits += edit(table, row, "ticket_no", case.number, because("edit.number"))
        edits += cell_edits(snapshot, settings, case, earlier.get((table.book, row.row)), words)
        findings += (table.finding(row, fault) for fault in missing_stops(case))
        occasions += alerts(snapshot, settings, case, now, views)
        occasions += letters(desk, case)
        observations += _seen(snapshot, case)
    return Plan(tuple(edits), (), tuple(occasions), tuple(findings), tuple(observations), reservations)


def _seen(snapshot: Snapshot, case: Case) -> Iterator[Observation]:
    """What the rules want to remember of a ticket, where it differs from what was last seen."""
    if case.number is None or case.is_doubled:
        return
    at = RowId(case.table.book, "tickets", case.number, case.row.row)
    promised_by = case.row.promised_by
    values = {
        "promised_by": promised_by.isoformat() if promised_by is not None else "",
        "status": case.row.status or "",
    }
    if not snapshot.is_unread("vendors"):
        values["visit"] = visit_mark(case.row, snapshot.vendor(case.row.vendor, case.table.book))
    for column, value in values.items():
        spans = snapshot.spans(case.table, case.row, column)
        if (spans[-1].value if spans else "") != value:
            yield Observation(at, column, value)

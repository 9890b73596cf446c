"""What the rules want to remember of a ticket: status, promise, visit, who was asked to go (60, 7)."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.core.actions import Observation, RowId
from toolkit.jobs.dispatching.wanted import fallen_out
from toolkit.jobs.ticket.asked import SEEN_AS, asked_mark, is_asked
from toolkit.jobs.ticket.case import Case
from toolkit.jobs.ticket.letters import visit_mark
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.tickets import FROZEN


def observed(snapshot: Snapshot, case: Case) -> Iterator[Observation]:
    """What differs from what was last seen; whom a job was given to stays remembered once it has begun."""
    if case.number is None or case.is_doubled:
        return
    row, seen = case.row, case.seen
    promised_by = row.promised_by
    values = [
        ("promised_by", promised_by.isoformat() if promised_by is not None else ""),
        ("status", row.status or ""),
    ]
    if not snapshot.is_unread("vendors"):
        values.append(("visit", visit_mark(row, snapshot.vendor(row.vendor, case.table.book)) if row.visit_at else ""))
        if (asked := asked_now(snapshot, case)) is not None:
            values.append((SEEN_AS, asked))
    for column, value in values:
        spans = seen.get(column)
        if (spans[-1].value if spans else "") != value:
            yield Observation(RowId(case.table.book, "tickets", case.number, row.row), column, value)


def asked_now(snapshot: Snapshot, case: Case) -> str | None:
    """Who is asked, and how that one fell out; empty where an open job has nobody; None where nothing new can be told."""
    row = case.row
    vendor = snapshot.vendor(row.vendor, case.table.book)
    if vendor is not None and case.judge is not None:
        if is_asked(row, auto_assign=case.judge.settings.dispatch.auto_assign):
            return asked_mark(vendor, fallen_out(case) or "")
        return None
    return "" if row.status not in FROZEN else None

"""What the rules want to remember of a ticket: status, promise, visit (60, 7)."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.core.actions import Observation, RowId
from toolkit.jobs.ticket.case import Case
from toolkit.jobs.ticket.letters import visit_mark
from toolkit.registers.snapshot import Snapshot


def observed(snapshot: Snapshot, case: Case) -> Iterator[Observation]:
    """What differs from what was last seen."""
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
    for column, value in values:
        spans = seen.get(column)
        if (spans[-1].value if spans else "") != value:
            yield Observation(RowId(case.table.book, "tickets", case.number, row.row), column, value)

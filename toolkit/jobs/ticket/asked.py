"""Which vendor was asked to take a job, since when, and how that one answered (P-25).

The sheet holds the present vendor alone. What earlier runs saw tells since when that one is asked, and who said no, or
nothing at all, before: remembered as `V012`, `V012|declined`, `V012|silent`, and empty once nobody is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from toolkit.core.memory import Span
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table
from toolkit.registers.tickets import FINISHED, FROZEN, Ticket

SEEN_AS = "asked"
DECLINED, SILENT = "declined", "silent"
_NOT_OUT = FINISHED | FROZEN | {"in_progress"}


def is_asked(row: Ticket, *, auto_assign: bool) -> bool:
    """Whether the vendor who stands was asked: the job is dispatched, an appointment stands, or vendors are entered for staff.

    Who is at work has answered by coming.
    """
    if not row.vendor or row.status in _NOT_OUT or row.started_at is not None or row.finished_at is not None:
        return False
    return row.status == "dispatched" or row.visit_at is not None or auto_assign


def asked_since(spans: tuple[Span, ...], vendor_no: str, now: datetime) -> datetime:
    """Since when the present vendor is asked; a change that no run has seen yet counts as seen now."""
    since = now
    for span in reversed(spans):
        if _vendor(span) != vendor_no:
            break
        since = span.first_seen_at
    return since


def was_asked(spans: tuple[Span, ...], vendor_no: str) -> bool:
    """Whether some run saw the vendor as the last who was asked."""
    return bool(spans) and _vendor(spans[-1]) == vendor_no


def answered_at(
    snapshot: Snapshot, table: Table, row: Ticket, spans: tuple[Span, ...], vendor_no: str
) -> datetime | None:
    """When the present vendor answered. An answer that was typed for the vendor before is not this one's."""
    if row.vendor_replied_at is None:
        return None
    at = snapshot.at(table, row.vendor_replied_at)
    before = _before(spans, vendor_no)
    return None if before is not None and at <= (before.last_seen_at or before.first_seen_at) else at


def has_declined(snapshot: Snapshot, table: Table, row: Ticket, spans: tuple[Span, ...], vendor_no: str) -> bool:
    """Whether the present vendor said no."""
    if row.vendor_reply != DECLINED:
        return False
    if row.vendor_replied_at is not None:
        return answered_at(snapshot, table, row, spans, vendor_no) is not None
    before = _before(spans, vendor_no)
    return before is None or not before.value.endswith(f"|{DECLINED}")


def has_answered(snapshot: Snapshot, table: Table, row: Ticket, spans: tuple[Span, ...], vendor_no: str) -> bool:
    """Whether the present vendor said anything, with or without its time."""
    if row.vendor_replied_at is not None:
        return answered_at(snapshot, table, row, spans, vendor_no) is not None
    if row.vendor_reply == DECLINED:
        return has_declined(snapshot, table, row, spans, vendor_no)
    return row.vendor_reply is not None


def refused_by(spans: tuple[Span, ...]) -> Mapping[str, str]:
    """Vendor number -> how that one fell out: the last that was seen of each counts."""
    found: dict[str, str] = {}
    for span in spans:
        vendor, _, how = span.value.partition("|")
        if how:
            found[vendor] = how
        else:
            found.pop(vendor, None)
    return found


def _vendor(span: Span) -> str:
    return span.value.partition("|")[0]


def _before(spans: tuple[Span, ...], vendor_no: str) -> Span | None:
    """The last that was seen of the vendor who was asked before the present one."""
    return next((one for one in reversed(spans) if _vendor(one) not in ("", vendor_no)), None)


def asked_mark(vendor: Any, how: str) -> str:
    """What the memory keeps."""
    return f"{vendor.vendor_no}|{how}" if how else str(vendor.vendor_no)

"""What the customer and the vendor hear of a ticket: received, solution, and everything about the visit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from toolkit.core.actions import Occasion, Recipient, RowId
from toolkit.core.reason import because
from toolkit.jobs.recipients import reached, role_of_vendor
from toolkit.jobs.ticket.case import Case
from toolkit.jobs.ticket.view import Views
from toolkit.jobs.ticket.waiting import has_time
from toolkit.jobs.workload import NONE, Load
from toolkit.registers.schema import When
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.tickets import FROZEN
from toolkit.rules.policy import fits
from toolkit.settings.model import Settings

REMIND_FROM = time(9, 0)
"""A reminder leaves from nine in the morning of the day before (20: both are reminded the day before)."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What all letters of a run share."""

    snapshot: Snapshot
    settings: Settings
    now: datetime
    views: Views
    opted_out: frozenset[str]
    loads: Mapping[str, Load]


@dataclass(frozen=True, slots=True)
class Visit:
    """An appointment: when, and with whom. As text the way the sheet's memory holds it."""

    vendor: str
    at: When


def letters(desk: Desk, case: Case) -> Iterator[Occasion]:
    """The letters that stand for a ticket now. A row that was misread writes to nobody outside."""
    row = case.row
    if case.number is None or case.is_doubled or row.has_fault or row.opened_at is None:
        return
    if row.status not in FROZEN:
        yield from _received(desk, case)
        if row.solution and row.solved_at is not None:
            yield from _occasions(desk, case, "solution", cause=_text(row.solved_at), event=row.solved_at)
    yield from _visits(desk, case)


def _received(desk: Desk, case: Case) -> Iterator[Occasion]:
    """Said once, and only while it still helps: after the first answer the customer knows."""
    if case.row.responded_at is None and case.row.status in ("new", "confirmed"):
        response = case.clock("response")
        due = desk.snapshot.wall(case.table, response.due_at) if response else None
        yield from _occasions(desk, case, "received", event=case.row.opened_at, response_due=due)


def _visits(desk: Desk, case: Case) -> Iterator[Occasion]:
    row = case.row
    vendor = desk.snapshot.vendor(row.vendor)
    at = desk.snapshot.at(case.table, row.visit_at) if row.visit_at is not None and has_time(row.visit_at) else None
    begun = row.started_at is not None or row.finished_at is not None or row.status in {"done", "accepted", *FROZEN}
    stands = vendor is not None and at is not None and at > desk.now and not begun
    off = row.status in ("cancelled", "out_of_scope")
    before = None if begun and not off else announced(desk, case, row.visit_at if stands else None, vendor)
    if before is not None and before.at is not None:
        yield from _undone(desk, case, before, vendor if stands else None)
    if stands and at is not None:
        if before is None:
            yield from _told(desk, case, "appointment", vendor)
        elif before.at != row.visit_at:
            yield from _told(
                desk, case, "visit-moved", vendor, old_visit_at=before.at, only_vendor=before.vendor == vendor.vendor_no
            )
        elif before.vendor != vendor.vendor_no:
            yield from _told(desk, case, "appointment", vendor)
        yield from _reminder(desk, case, vendor, at)


def announced(desk: Desk, case: Case, visit_at: When | None, vendor: Any) -> Visit | None:
    """The visit that this customer was last told of and that is not the one in the sheet, else None."""
    cause = _text(visit_at) if visit_at else ""
    vendor_no = vendor.vendor_no if vendor is not None else ""
    for span in reversed(desk.snapshot.spans(case.table, case.row, "visit")):
        number, _, text = span.value.partition("@")
        if not text or (text == cause and number == vendor_no):
            continue
        if any(_key(desk, case, notice, text) for notice in ("appointment", "visit-moved")):
            return Visit(number, datetime.fromisoformat(text))
    return None


def _key(desk: Desk, case: Case, notice: str, cause: str) -> bool:
    """Whether the customer was told of a visit by this notice, on any channel."""
    at = RowId(case.table.book, "tickets", case.number, case.row.row)
    return any(
        Occasion(at, notice, Recipient("customer", "customer", channel), because("message.visit"), cause=cause).key
        in desk.snapshot.memory.occasions
        for channel in ("email", "sms", "chat")
    )


def _undone(desk: Desk, case: Case, before: Visit, vendor: Any) -> Iterator[Occasion]:
    """The vendor who no longer comes hears so; without a new visit the customer hears so too."""
    if desk.snapshot.at(case.table, before.at) <= desk.now:
        return
    cause = _text(before.at)
    old = desk.snapshot.vendor(before.vendor)
    if old is not None and (vendor is None or old.vendor_no != vendor.vendor_no):
        yield from _occasions(
            desk, case, "visit-cancelled-vendor", vendor=old, cause=cause, old_visit_at=before.at, event=None
        )
    if vendor is None:
        yield from _occasions(desk, case, "visit-cancelled", cause=cause, old_visit_at=before.at, event=None)


def _told(
    desk: Desk,
    case: Case,
    notice: str,
    vendor: Any,
    *,
    only_vendor: bool = True,
    **values: Any,
) -> Iterator[Occasion]:
    if case.row.visit_at is None:
        return
    cause = _text(case.row.visit_at)
    end = desk.snapshot.at(case.table, case.row.visit_at)
    yield from _occasions(
        desk, case, notice, cause=cause, expires_at=end, event=None, vendor_view=desk.views.vendor(vendor), **values
    )
    to_vendor = f"{notice}-vendor" if only_vendor else "appointment-vendor"
    yield from _occasions(desk, case, to_vendor, vendor=vendor, cause=cause, expires_at=end, event=None, **values)


def _reminder(desk: Desk, case: Case, vendor: Any, at: datetime) -> Iterator[Occasion]:
    """Stands on the day before the visit until the visit begins; built anew from the row each run (40)."""
    local = desk.snapshot.wall(case.table, at)
    from_ = desk.snapshot.at(case.table, datetime.combine(local.date() - timedelta(days=1), REMIND_FROM))
    if desk.now < from_:
        return
    cause = _text(case.row.visit_at)
    yield from _occasions(
        desk, case, "reminder", cause=cause, expires_at=at, event=None, vendor_view=desk.views.vendor(vendor)
    )
    yield from _occasions(desk, case, "reminder-vendor", vendor=vendor, cause=cause, expires_at=at, event=None)


def _occasions(
    desk: Desk,
    case: Case,
    name: str,
    *,
    vendor: Any = None,
    vendor_view: Any = None,
    cause: str = "",
    event: When | None,
    expires_at: datetime | None = None,
    **values: Any,
) -> Iterator[Occasion]:
    notice = desk.settings.notices.get(name)
    if notice is None or not fits(notice.when, case.row):
        return
    row = case.row
    if notice.to == "vendor":
        if vendor is None:
            return
        people = reached(
            notice, desk.settings, vendor, role_of_vendor(vendor), vendor.contact or vendor.name, desk.opted_out
        )
    else:
        people = reached(notice, desk.settings, row, "customer", row.customer or "", desk.opted_out)
    happened = desk.snapshot.at(case.table, event) if event is not None else desk.now
    for to in people:
        yield Occasion(
            at=RowId(case.table.book, "tickets", case.number, row.row),
            notice=name,
            to=to,
            cause=cause,
            reason=because(f"message.{name}", ticket=case.number),
            values=partial(_values, desk, case, to.locale, vendor, vendor_view, values),
            event_at=happened,
            expires_at=expires_at or (desk.snapshot.calendar.add(happened, notice.expires) if notice.expires else None),
        )


def _values(
    desk: Desk, case: Case, locale: str, vendor: Any, vendor_view: Any, values: Mapping[str, Any]
) -> dict[str, Any]:
    view = desk.views.vendor(vendor) if vendor is not None else vendor_view
    filled = {"ticket": desk.views.ticket(case, locale), "vendor": view, **values}
    if vendor is not None:
        filled["payment"] = desk.views.words(locale).say(desk.loads.get(vendor.vendor_no, NONE).payment)
    return filled


def _text(moment: When | None) -> str:
    return moment.isoformat() if moment is not None else ""


def visit_mark(row: Any, vendor: Any) -> str:
    """What the memory keeps of a visit: `V012@2026-11-24T14:00:00`; empty where none stands."""
    if row.visit_at is None or not has_time(row.visit_at) or vendor is None or row.status in FROZEN:
        return ""
    return f"{vendor.vendor_no}@{_text(row.visit_at)}"

"""What the customer and the vendor hear of a ticket: received, solution, and everything about the visit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from toolkit.core.actions import Occasion, Recipient, RowId
from toolkit.core.reason import because
from toolkit.jobs.dispatching.carried import parts_to_carry
from toolkit.jobs.dispatching.crew import declined_by
from toolkit.jobs.recipients import opted_out, reached, role_of_vendor
from toolkit.jobs.since import go_live, is_news
from toolkit.jobs.ticket.asked import DECLINED, is_asked, refused_by
from toolkit.jobs.ticket.asked import SEEN_AS as ASKED
from toolkit.jobs.ticket.case import Case
from toolkit.jobs.ticket.view import Views
from toolkit.jobs.ticket.waiting import has_time
from toolkit.jobs.workload import NONE, workload
from toolkit.registers.schema import When
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.tickets import FROZEN
from toolkit.rules.policy import fits
from toolkit.settings.lexicons import lexicon_of
from toolkit.settings.model import Settings

CHANNELS = ("email", "sms", "chat")
CALLED_OFF = frozenset({"cancelled", "out_of_scope"})
"""Statuses that take a visit away."""
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
    since: date

    def is_on_its_way(self, one: Occasion) -> bool:
        """Whether the customer is told by an occasion that is new, or whose message waits to leave."""
        memory = self.snapshot.memory
        is_new = one.key not in memory.occasions or one.key in memory.pending
        return one.to.role == "customer" and not one.skip and is_new


def desk_of(snapshot: Snapshot, settings: Settings, now: datetime) -> Desk:
    """The desk of one run."""
    views = Views(lambda locale: lexicon_of(settings, locale))
    return Desk(snapshot, settings, now, views, opted_out(snapshot, settings), go_live(settings, snapshot, now))


@dataclass(frozen=True, slots=True)
class Visit:
    """An appointment: when, and with whom. As text the way the sheet's memory holds it."""

    vendor: str
    at: When


def letters(desk: Desk, case: Case) -> Iterator[Occasion]:
    """The letters that stand for a ticket now. A row that was misread writes to nobody outside."""
    row = case.row
    is_over = row.status in FROZEN
    if is_over and not (row.status in CALLED_OFF and "visit" in case.seen):
        return  # only a visit that is off may have to be told of
    if case.number is None or case.is_doubled or row.has_fault or row.opened_at is None:
        return
    if row.vendor and desk.snapshot.is_unread("vendors"):
        return  # whether the vendor stands, and who comes, is not known this time
    if not is_over:
        yield from _received(desk, case)
        if row.solution and row.solved_at is not None:
            yield from _occasions(desk, case, "solution", cause=_text(row.solved_at), event=row.solved_at)
    yield from _visits(desk, case)


def _received(desk: Desk, case: Case) -> Iterator[Occasion]:
    """Said once, and only while it still helps: after the first answer the customer knows."""
    if case.row.responded_at is None and case.row.status in ("new", "confirmed"):
        response = case.clock("response")
        # A promise that is over already would be a poor greeting: then the letter says "soon".
        is_ahead = response is not None and response.due_at > desk.now
        due = desk.snapshot.wall(case.table, response.due_at) if response is not None and is_ahead else None
        yield from _occasions(desk, case, "received", event=case.row.opened_at, response_due=due)


def _visits(desk: Desk, case: Case) -> Iterator[Occasion]:
    row = case.row
    vendor = desk.snapshot.vendor(row.vendor, case.table.book)
    at = desk.snapshot.at(case.table, row.visit_at) if row.visit_at is not None and has_time(row.visit_at) else None
    begun = row.started_at is not None or row.finished_at is not None or row.status in {"done", "accepted", *FROZEN}
    stands = vendor is not None and at is not None and at > desk.now and not begun
    off = row.status in CALLED_OFF
    turn = visit_turn(desk, case)
    if vendor is not None and not off and declined_by(desk.snapshot, case, vendor):
        return  # who comes, and whether it stays at that time, is open until another vendor stands
    if vendor is not None and _is_given_without_a_time(desk, case, vendor):
        yield from _occasions(desk, case, "appointment-vendor", vendor=vendor, turn=turn, event=None)
    if at is not None and is_on_the_way(desk, case, at):
        view = desk.views.vendor(vendor)
        common: dict[str, Any] = {"cause": _text(row.visit_at), "turn": turn, "event": None}
        yield from _occasions(desk, case, "on-the-way", vendor_view=view, expires_at=_until(desk, at), **common)
    before = None if begun and not off else announced(desk, case, turn)
    if before is not None:
        yield from _undone(desk, case, before, vendor if stands else None, turn)
    if stands and at is not None:
        if before is None or before.at == row.visit_at:
            yield from _told(desk, case, "appointment", vendor, turn)
        else:
            knows = before.vendor == vendor.vendor_no
            yield from _told(desk, case, "visit-moved", vendor, turn, old_visit_at=before.at, vendor_knows=knows)
        yield from _reminder(desk, case, vendor, at, turn)


def _is_given_without_a_time(desk: Desk, case: Case, vendor: Any) -> bool:
    """A job whose time the vendor is to agree with the customer; not one whose appointment with them was called off."""
    had_visits = any(span.value.partition("@")[0] == vendor.vendor_no for span in case.seen.get("visit", ()))
    is_auto = desk.settings.dispatch.auto_assign
    return case.row.visit_at is None and not had_visits and is_asked(case.row, auto_assign=is_auto)


def is_on_the_way(desk: Desk, case: Case, at: datetime) -> bool:
    """The technician has set out: the ticket is in progress on the day of the visit, and nobody has begun yet."""
    row = case.row
    if row.status != "in_progress" or row.started_at is not None or not row.vendor:
        return False
    until = _until(desk, at)
    is_today = desk.snapshot.wall(case.table, at).date() == desk.snapshot.today(case.table, desk.now)
    return is_today and (until is None or desk.now < until)


def _until(desk: Desk, at: datetime) -> datetime | None:
    """Until when it helps to hear that somebody is on the way."""
    notice = desk.settings.notices.get("on-the-way")
    return desk.snapshot.calendar.add(at, notice.expires) if notice is not None and notice.expires else None


def visit_turn(desk: Desk, case: Case) -> int:
    """The how many-th visit this is that the sheet has shown: a visit that comes back after a change is a new one."""
    spans = case.seen.get("visit", ())
    present = visit_mark(case.row, desk.snapshot.vendor(case.row.vendor, case.table.book))
    return len(spans) - 1 if spans and spans[-1].value == present else len(spans)


def announced(desk: Desk, case: Case, turn: int) -> Visit | None:
    """The visit that this customer was last told of, before the present one; None if none or if it was called off."""
    spans = case.seen.get("visit", ())
    for earlier in range(min(turn, len(spans)) - 1, -1, -1):
        number, _, text = spans[earlier].value.partition("@")
        if text and any(_was_told(desk, case, notice, text, earlier) for notice in ("appointment", "visit-moved")):
            return Visit(number, datetime.fromisoformat(text))
        if not text and earlier < turn and _any_cancelled(desk, case, earlier):
            return None
    return None


def _was_told(desk: Desk, case: Case, notice: str, cause: str, turn: int) -> bool:
    """Whether the customer was told of a visit by this notice, on any channel."""
    at = RowId(case.table.book, "tickets", case.number, case.row.row)
    return any(
        Occasion(
            at, notice, Recipient("customer", "customer", channel), because("message.visit"), round=turn, cause=cause
        ).key
        in desk.snapshot.memory.occasions
        for channel in CHANNELS
    )


def _any_cancelled(desk: Desk, case: Case, turn: int) -> bool:
    """Whether the customer was told in that turn that the visit before it is off."""
    spans = case.seen.get("visit", ())
    texts = {span.value.partition("@")[2] for span in spans[:turn]} - {""}
    return any(_was_told(desk, case, "visit-cancelled", text, turn) for text in texts)


def _undone(desk: Desk, case: Case, before: Visit, vendor: Any, turn: int) -> Iterator[Occasion]:
    """The vendor who no longer comes hears so; without a new visit the customer hears so too."""
    if desk.snapshot.at(case.table, before.at) <= desk.now:
        return
    cause = _text(before.at)
    old = desk.snapshot.vendor(before.vendor, case.table.book)
    if old is not None and refused_by(case.seen.get(ASKED, ())).get(old.vendor_no) == DECLINED:
        old = None  # who said no need not be told to stay away
    common: dict[str, Any] = {"cause": cause, "turn": turn, "old_visit_at": before.at, "event": None}
    if old is not None and (vendor is None or old.vendor_no != vendor.vendor_no):
        yield from _occasions(desk, case, "visit-cancelled-vendor", vendor=old, **common)
    if vendor is None:
        yield from _occasions(desk, case, "visit-cancelled", **common)


def _told(
    desk: Desk, case: Case, notice: str, vendor: Any, turn: int, *, vendor_knows: bool = True, **values: Any
) -> Iterator[Occasion]:
    if case.row.visit_at is None:
        return
    end = desk.snapshot.at(case.table, case.row.visit_at)
    common: dict[str, Any] = {"cause": _text(case.row.visit_at), "turn": turn, "expires_at": end, "event": None}
    view = desk.views.vendor(vendor)
    yield from _occasions(desk, case, notice, vendor_view=view, **common, **values)
    to_vendor = f"{notice}-vendor" if vendor_knows else "appointment-vendor"
    yield from _occasions(desk, case, to_vendor, vendor=vendor, **common, **values)


def _reminder(desk: Desk, case: Case, vendor: Any, at: datetime, turn: int) -> Iterator[Occasion]:
    """Stands on the day before the visit until the visit begins; built anew from the row each run (40).

    A visit that was only arranged by then needs no reminder: the appointment itself has just been told.
    """
    local = desk.snapshot.wall(case.table, at)
    from_ = desk.snapshot.at(case.table, datetime.combine(local.date() - timedelta(days=1), REMIND_FROM))
    arranged_at = _arranged_at(desk, case, turn)
    if desk.now < from_ or (arranged_at is not None and arranged_at >= from_):
        return
    common: dict[str, Any] = {"cause": _text(case.row.visit_at), "turn": turn, "expires_at": at, "event": None}
    yield from _occasions(desk, case, "reminder", vendor_view=desk.views.vendor(vendor), **common)
    yield from _occasions(desk, case, "reminder-vendor", vendor=vendor, **common)


def _arranged_at(desk: Desk, case: Case, turn: int) -> datetime | None:
    """When the visit was entered, as far as the runs saw it; None where it stood there at the row's first sight."""
    visits = case.seen.get("visit", ())
    rows = case.seen.get("status", ())
    if not rows:
        return None
    seen_at = visits[turn].first_seen_at if turn < len(visits) else desk.now
    return None if turn == 0 and seen_at == rows[0].first_seen_at else seen_at


def written(desk: Desk, case: Case, name: str, **values: Any) -> Iterator[Occasion]:
    """A letter about a ticket, to whom its notice says. A value that depends on the language is asked with the locale."""
    yield from _occasions(desk, case, name, **values)


def _occasions(
    desk: Desk,
    case: Case,
    name: str,
    *,
    vendor: Any = None,
    vendor_view: Any = None,
    cause: str = "",
    turn: int = 0,
    event: When | None,
    expires_at: datetime | None = None,
    step: str = "",
    skip: bool = False,
    **values: Any,
) -> Iterator[Occasion]:
    notice = desk.settings.notices.get(name)
    if notice is None or not fits(notice.when, case.row):
        return
    row = case.row
    happened = desk.snapshot.at(case.table, event) if event is not None else desk.now
    if not is_news(happened, desk.settings, desk.since):
        return
    bounced = desk.snapshot.memory.bounced
    if notice.to == "vendor":
        if vendor is None:
            return
        people = reached(
            notice,
            desk.settings,
            vendor,
            role_of_vendor(vendor),
            vendor.contact or vendor.name,
            desk.opted_out,
            bounced,
        )
    else:
        people = reached(notice, desk.settings, row, "customer", row.customer or "", desk.opted_out, bounced)
    for to in people:
        yield Occasion(
            at=RowId(case.table.book, "tickets", case.number, row.row),
            notice=name,
            to=to,
            cause=cause,
            round=turn,
            step=step,
            skip=skip,
            reason=because(f"message.{name}", ticket=case.number),
            values=partial(_values, desk, case, to.locale, vendor, vendor_view, values),
            event_at=happened,
            expires_at=expires_at or (desk.snapshot.calendar.add(happened, notice.expires) if notice.expires else None),
        )


def _values(
    desk: Desk, case: Case, locale: str, vendor: Any, vendor_view: Any, values: Mapping[str, Any]
) -> dict[str, Any]:
    view = desk.views.vendor(vendor) if vendor is not None else vendor_view
    said = {name: value(locale) if callable(value) else value for name, value in values.items()}
    filled = {"ticket": desk.views.ticket(case, locale), "vendor": view, **said}
    if vendor is not None:
        parts = parts_to_carry(desk.snapshot, case)
        filled["parts"] = desk.views.words(locale).word(parts) if parts else ""
        filled["payment"] = desk.views.words(locale).say(workload(desk.snapshot).get(id(vendor), NONE).payment)
    return filled


def _text(moment: When | None) -> str:
    return moment.isoformat() if moment is not None else ""


def visit_mark(row: Any, vendor: Any) -> str:
    """What the memory keeps of a visit: `V012@2026-11-24T14:00:00`; empty where none stands."""
    if row.visit_at is None or not has_time(row.visit_at) or vendor is None or row.status in FROZEN:
        return ""
    return f"{vendor.vendor_no}@{_text(row.visit_at)}"

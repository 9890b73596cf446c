"""The calls to make: after a job (P-13) and after a delivery (P-21), as the callers get them each working morning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from toolkit.core.actions import Occasion, RowId
from toolkit.core.reason import Reason, because
from toolkit.jobs.agenda import Due
from toolkit.jobs.callback.periodic import PeriodicCall, Periods
from toolkit.jobs.contacted import Contact, contacts_of, tries_since
from toolkit.jobs.edits import length
from toolkit.jobs.ladder import subject_of
from toolkit.jobs.recipients import ROLE, present, reached, role_of_person
from toolkit.jobs.ticket.case import Case, judge_of
from toolkit.jobs.ticket.view import Views
from toolkit.registers.schema import When
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table
from toolkit.registers.tickets import FINISHED
from toolkit.rules.clock import Clock
from toolkit.settings.model import Settings


@dataclass(frozen=True, slots=True)
class Wanted:
    """One call to make. `about` says why where it is no call-back after a job; `again_at` is when the customer asked for it."""

    table: Table
    row: Any
    number: str
    since: When | None
    due_at: datetime
    is_overdue: bool
    vendor: str | None
    tries: tuple[Contact, ...]
    again_at: When | None
    about: Reason | None = None
    clock: Clock | None = None


def calls_due(snapshot: Snapshot, settings: Settings, now: datetime) -> tuple[Wanted, ...]:
    """The customers whose call is due today or was lately, the oldest first; not those who asked for a later day."""
    return snapshot.once(("calls due", now), lambda: _calls_due(snapshot, settings, now))


def periodic_dues(snapshot: Snapshot, settings: Settings, now: datetime, views: Views) -> Iterator[Due]:
    """The calls after a delivery that are to be made now (P-21); who answers for the order or the ticket is named."""
    for one in calls_due(snapshot, settings, now):
        if one.about is not None and one.clock is not None:
            yield Due(subject_of(one.table, one.row, one.number, views, partial(_call, one)), one.clock)


def _call(one: Wanted) -> Reason | None:
    return one.about


def _calls_due(snapshot: Snapshot, settings: Settings, now: datetime) -> tuple[Wanted, ...]:
    after_jobs = {id(one.row): one for one in _after_jobs(snapshot, settings, now)}
    after_deliveries = (
        one
        for one in Periods(snapshot, settings, now).due()
        if not any(id(row) in after_jobs for row in one.delivery.about)
    )
    found = [*after_jobs.values(), *(_periodic(snapshot, one) for one in after_deliveries)]
    ready = (one for one in found if one.again_at is None or _day(one.again_at) <= snapshot.today(one.table, now))
    return tuple(sorted(ready, key=lambda one: one.due_at))


def _after_jobs(snapshot: Snapshot, settings: Settings, now: datetime) -> Iterator[Wanted]:
    judge, long_ago = judge_of(snapshot, settings, now), now - settings.callbacks.list_for

    def may_be_due(table: Table, row: Any) -> bool:
        return row.status in FINISHED and judge.callback_due(table, row) > long_ago

    for case in judge.cases(may_be_due):
        one = case.clock("callback") if case.number and not case.is_doubled else None
        if one is None or not one.is_open or one.due_at <= long_ago:
            continue
        if snapshot.wall(case.table, one.due_at).date() <= snapshot.today(case.table, now):
            yield wanted(snapshot, case, one)


def wanted(snapshot: Snapshot, case: Case, one: Clock | None) -> Wanted:
    """The call about a ticket; `one` is its clock, where one runs."""
    row = case.row
    vendor = snapshot.vendor(row.vendor, case.table.book)
    contacts = contacts_of(snapshot, row)
    due_at = one.due_at if one is not None else snapshot.at(case.table, row.opened_at) if row.opened_at else None
    if due_at is None:
        raise ValueError(f"{case.number} was never opened")
    return Wanted(
        case.table,
        row,
        case.number or "",
        row.finished_at,
        due_at,
        one is not None and one.is_overdue,
        vendor.name if vendor is not None else row.vendor,
        tries_since(contacts, row.finished_at) if row.finished_at is not None else (),
        _again_at(contacts),
        clock=one,
    )


def _periodic(snapshot: Snapshot, one: PeriodicCall) -> Wanted:
    delivery = one.delivery
    contacts = tuple(each for row in delivery.about for each in contacts_of(snapshot, row))
    return Wanted(
        delivery.table,
        delivery.row,
        delivery.number,
        delivery.on,
        one.clock.due_at,
        one.clock.is_overdue,
        None,
        one.tries,
        _again_at(contacts),
        because("callback.periodic", after=length(one.after), on=delivery.on),
        one.clock,
    )


def _again_at(contacts: tuple[Contact, ...]) -> When | None:
    """When the customer is to be contacted again, as the latest contact says."""
    again: When | None = contacts[-1].row.next_contact_at if contacts else None
    return again


def _day(moment: When) -> Any:
    return moment.date() if isinstance(moment, datetime) else moment


def call_list(snapshot: Snapshot, settings: Settings, now: datetime, views: Views) -> Iterator[Occasion]:
    """Each caller's list of the day, from the opening of a working day on."""
    notice = settings.notices.get("callback-list")
    if notice is None:
        return
    due = calls_due(snapshot, settings, now)
    day = now.astimezone(snapshot.calendar.timezone).date()
    morning = datetime.combine(day, time(0), tzinfo=snapshot.calendar.timezone)
    tomorrow = morning + timedelta(days=1)
    if not due or not snapshot.calendar.elapsed(morning, tomorrow):
        return
    for table, person in snapshot.rows("staff"):
        if person.role != notice.to.removeprefix(ROLE) or present(snapshot, person, day) is not person:
            continue
        for to in reached(
            notice, settings, person, role_of_person(person), person.name, frozenset(), snapshot.memory.bounced
        ):
            yield Occasion(
                at=RowId(table.book, "staff", person.key or person.name, person.row),
                notice="callback-list",
                to=to,
                step=day.isoformat(),
                reason=because("message.callback-list", n=len(due)),
                event_at=now,
                expires_at=tomorrow,
                values=partial(_list_values, snapshot, due, views, to.locale),
            )


def _list_values(snapshot: Snapshot, due: tuple[Wanted, ...], views: Views, locale: str) -> dict[str, Any]:
    return {"rows": [line(snapshot, one, views, locale) for one in due]}


def line(snapshot: Snapshot, one: Wanted, views: Views, locale: str) -> dict[str, Any]:
    """One customer of the caller's list."""
    row = one.row
    return {
        "ticket_no": one.number,
        **{name: row.get(name) for name in ("customer", "phone", "product")},
        "finished_at": one.since,
        "about": views.words(locale).say(one.about) if one.about is not None else "",
        "callback_due": snapshot.wall(one.table, one.due_at),
        "vendor": one.vendor,
        "is_overdue": one.is_overdue,
        "tries": len(one.tries),
        "last_try_at": one.tries[-1].at if one.tries else None,
        "again_at": one.again_at,
    }

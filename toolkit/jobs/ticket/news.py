"""What the customer hears of a ticket besides answers and visits: what is missing, what it costs, how it goes on (20)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from toolkit.core.actions import Occasion
from toolkit.core.reason import Name
from toolkit.jobs.ticket.advice import reminders
from toolkit.jobs.ticket.case import Case
from toolkit.jobs.ticket.fresh import has_just_ended
from toolkit.jobs.ticket.letters import Desk, letters, written
from toolkit.jobs.ticket.promised import is_of_order
from toolkit.registers.tickets import FINISHED
from toolkit.rules.clock import Running
from toolkit.rules.policy import fits


def news(desk: Desk, case: Case) -> Iterator[Occasion]:
    """The letters that stand for a ticket now. A row that was misread writes to nobody outside.

    Of a ticket that is over only what ended it is told, and only while that is new.
    """
    row = case.row
    if case.number is None or case.is_doubled or row.has_fault or row.opened_at is None:
        return
    if case.is_frozen:
        if case.judge is not None and has_just_ended(case.judge, case):
            yield from _ended(desk, case)
        return
    if row.status in FINISHED:
        yield from _finished(desk, case)
        return
    yield from _evidence(desk, case)
    if row.fee and row.fee_agreed is None:
        yield from _owed(desk, case, "fee", cause=str(row.fee))
    yield from _delay(desk, case)
    if case.waiting_since is not None:
        yield from _waiting(desk, case)
    else:
        yield from _progress(desk, case)


def told_of(desk: Desk, case: Case) -> tuple[Occasion, ...]:
    """All letters that stand for a ticket now. Where one is on its way to the customer, the case counts as told (P-23)."""
    told = (*letters(desk, case), *news(desk, case))
    if any(desk.is_on_its_way(one) for one in told):
        case.tell()
    return told


def _ended(desk: Desk, case: Case) -> Iterator[Occasion]:
    status = case.row.status
    event = _since(desk, case)
    if status == "out_of_scope" and case.row.solution:
        yield from written(desk, case, "out-of-scope", event=event)
    elif status == "closed" and case.given_up_since is not None:
        yield from written(desk, case, "closing", turn=len(case.reopened_at), event=event)
    elif status == "closed":
        yield from _finished(desk, case)


def _finished(desk: Desk, case: Case) -> Iterator[Occasion]:
    """Care advice after each finished repair, the report after acceptance; neither where the customer did not accept."""
    row = case.row
    if row.acceptance == "failed" or row.finished_at is None:
        return
    care = partial(_care, desk, case)
    yield from written(desk, case, "care", cause=row.finished_at.isoformat(), event=row.finished_at, care=care)
    if row.accepted_at is not None:
        view = desk.views.vendor(desk.snapshot.vendor(row.vendor, case.table.book))
        accepted = row.accepted_at.isoformat()
        yield from written(desk, case, "repair-report", cause=accepted, event=row.accepted_at, vendor_view=view)


def _care(desk: Desk, case: Case, locale: str) -> list[str]:
    return list(desk.settings.care.get(case.row.category or "", {}).get(locale, ()))


def _evidence(desk: Desk, case: Case) -> Iterator[Occasion]:
    """Asked for once for each cause: another cause asks for other things."""
    row = case.row
    missing = [
        (asked, column)
        for asked in desk.settings.asked
        if fits(asked.when, row)
        for column in asked.columns
        if not row.get(column) and column in case.table.columns
    ]
    if not missing:
        return

    def lines(locale: str) -> list[str]:
        label = desk.views.words(locale).label
        found = [
            line
            for asked, column in missing
            for line in asked.lines.get(locale, ()) or (label(Name("tickets", column)),)
        ]
        return list(dict.fromkeys(found))

    yield from _owed(desk, case, "evidence", cause=row.cause or "", missing=lines)


def _owed(desk: Desk, case: Case, notice: str, **values: Any) -> Iterator[Occasion]:
    """What the customer owes: nobody knows since when, so it has the ticket's age, and waits as long as it is owed."""
    yield from written(desk, case, notice, event=case.row.opened_at, expires_at=_from_now(desk, notice), **values)


def _from_now(desk: Desk, notice: str) -> datetime | None:
    """How long a letter may wait that stays true for as long as it is planned: its time counts from this run."""
    waits = desk.settings.notices[notice].expires if notice in desk.settings.notices else None
    return desk.snapshot.calendar.add(desk.now, waits) if waits is not None else None


def _delay(desk: Desk, case: Case) -> Iterator[Occasion]:
    """A promise that was put off: the customer hears before the old date, not after (P-17). Of an order's new date they
    hear by the order's own letter, and once is enough.
    """
    row = case.row
    if row.promised_by is None or row.delay_told_at is not None or is_of_order(desk.snapshot, case.table, row):
        return
    earlier = [one.value for one in case.seen.get("promised_by", ()) if one.value]
    present = row.promised_by.isoformat()
    before = next((one for one in reversed(earlier) if one != present), None)
    if before is not None and before < present:
        yield from written(desk, case, "delay", cause=present, event=None)


def _waiting(desk: Desk, case: Case) -> Iterator[Occasion]:
    """P-28: a reminder at each of its times, of several missed ones the last alone; none to one who answered."""
    waiting = case.waiting_since
    if waiting is None or desk.snapshot.is_unread("contacts") or case.answered_at is not None:
        return  # an answer may stand where nobody can read it this time
    reached = [at for at in reminders(case) if at <= desk.now]
    turn = sum(stay.status == case.row.status for stay in case.history)
    for number, at in enumerate(reached, 1):
        wall = desk.snapshot.wall(case.table, at)
        is_last = number == len(reached)
        yield from written(desk, case, "waiting", step=str(number), turn=turn, event=wall, skip=not is_last)


def _progress(desk: Desk, case: Case) -> Iterator[Occasion]:
    """P-23: the desk's own letter tells how it goes on, before the time is up; each telling begins a new one.

    After days without a run it is late, but owed all the more: only a telling sets the time going anew.
    """
    told = case.clock("told")
    if told is None or told.warn_at is None or told.running not in (Running.WARNED, Running.OVERDUE):
        return
    event = desk.snapshot.wall(case.table, told.warn_at)
    step = f"{told.started_at:%Y-%m-%dT%H:%M:%S%z}"
    yield from written(desk, case, "progress", step=step, event=event, expires_at=_from_now(desk, "progress"))


def _since(desk: Desk, case: Case) -> datetime:
    """Since when the present status stands, as far as the runs saw it."""
    spans = case.seen.get("status", ())
    seen = spans and spans[-1].value == case.row.status
    return desk.snapshot.wall(case.table, spans[-1].first_seen_at if seen else desk.now)

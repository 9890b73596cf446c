"""A ticket's whole story: what happened, each clock with the days it counted, what was sent, what is next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from toolkit.app.desk import Desk
from toolkit.app.merging import rows_of
from toolkit.app.planning import words_of
from toolkit.app.story_vendors import vendors_told
from toolkit.core.errors import UsageError
from toolkit.core.finding import Finding
from toolkit.core.inbound import Kind, Noted
from toolkit.core.message import masked_address
from toolkit.core.private import masked_text
from toolkit.core.reason import Name, because
from toolkit.core.words import Words
from toolkit.jobs.callback.calls import calls_made
from toolkit.jobs.clocked import late_reason
from toolkit.jobs.contacted import contacts_of
from toolkit.jobs.edits import allowed
from toolkit.jobs.ticket.case import Case, calls, case_of
from toolkit.jobs.ticket.flags import next_step
from toolkit.jobs.ticket.promised import PROMISED, promise_of
from toolkit.registers.fold import closest, fold
from toolkit.registers.schema import Type
from toolkit.registers.snapshot import Snapshot
from toolkit.rules.clock import Clock, Pause
from toolkit.rules.questionnaire import one_decimal
from toolkit.rules.worktime.calendar import BusinessCalendar
from toolkit.rules.worktime.duration import Unit
from toolkit.settings.model import Settings

WALKED = frozenset({Unit.BUSINESS_MINUTE, Unit.BUSINESS_HOUR, Unit.BUSINESS_DAY})
"""Targets in clock time or calendar days run through; there are no days to count out."""
DAY = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def story(desk: Desk, snapshot: Snapshot, number: str, now: datetime) -> dict[str, Any]:
    """Everything of one ticket, in the desk's words: `events`, `clocks` with their walks, `vendors` who fit or fell out,
    `messages`, `contacts`, `mail`, `findings`, `next`.
    """
    settings, words = desk.settings, words_of(desk.settings)
    case = _find(snapshot, settings, number, now)
    table, row = case.table, case.row
    following = next_step(snapshot, case)
    return {
        "ticket": case.number,
        "cell": table.place(row.row, "ticket_no").cell,
        "customer": row.customer,
        "status": words.label(Name("tickets", "status", row.status)) if row.status else None,
        "owner": row.owner,
        "events": [{"at": str(at), "what": words.label(Name("tickets", column))} for at, column in _events(row, table)],
        "stays": [
            {
                "status": words.label(Name("tickets", "status", one.status)),
                "since": _wall(snapshot, case, one.since),
                "until": _wall(snapshot, case, one.until),
            }
            for one in case.history
        ],
        "clocks": [_clock(snapshot, settings, case, one, words) for one in case.clocks],
        "warranty": {
            "until": str(case.warranty_until) if case.warranty_until else None,
            "verdict": words.say(case.coverage) if case.coverage else None,
        },
        "vendors": vendors_told(snapshot, settings, case, now, words),
        "messages": [
            _message(snapshot, case, stored)
            for stored in desk.state.messages(limit=10_000)
            if (table.book, case.number) in {(book, key) for book, _, key in rows_of(stored.message)}
        ],
        "contacts": [*_contacts(snapshot, case, words), *_calls(snapshot, settings, case, words)],
        "mail": [
            _mail(snapshot, case, one, words)
            for one in desk.state.came_in(table.book, case.number or "")
            if one.register == "tickets"
        ],
        "findings": [
            _finding(one, words)
            for one in snapshot.findings
            if one.book == table.book and one.register == "tickets" and one.place and one.place.row == row.row
        ],
        "next": words.say(following) if following else None,
    }


def _find(snapshot: Snapshot, settings: Settings, number: str, now: datetime) -> Case:
    made = calls(snapshot)
    for table, row in snapshot.rows("tickets"):
        if row.key is not None and fold(row.key) == fold(number):
            return case_of(snapshot, settings, table, row, now, None, made)
    near = closest(number, [row.key for _, row in snapshot.rows("tickets") if row.key])
    raise UsageError(f"There is no ticket “{number}”" + (f"; do you mean {near}?" if near else ""))


def _events(row: Any, table: Any) -> Iterator[tuple[object, str]]:
    typed = {column.key: column.type for column in table.register.columns}
    staff = [
        (row.get(key), key)
        for key, kind in typed.items()
        if kind in (Type.DATE, Type.DATETIME)
        and row.get(key) is not None
        and table.register.by_key[key].written_by == "staff"
    ]
    return iter(sorted(staff, key=lambda pair: str(pair[0])))


def _wall(snapshot: Snapshot, case: Case, moment: datetime | None) -> str | None:
    return f"{snapshot.wall(case.table, moment):%Y-%m-%d %H:%M}" if moment is not None else None


def _clock(snapshot: Snapshot, settings: Settings, case: Case, one: Clock, words: Words) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "policy": one.policy.no,
        "step": words.say(because(f"step.{one.policy.clock}")),
        "target": words.say(allowed(one.policy)) if not one.policy.is_typed else None,
        "started": _wall(snapshot, case, one.started_at),
        "warn": _wall(snapshot, case, one.warn_at),
        "due": _wall(snapshot, case, one.due_at),
        "stopped": _wall(snapshot, case, one.stopped_at),
        "state": str(one.running),
        "late": words.say(late_reason(one, snapshot.wall(case.table, one.due_at))) if one.is_overdue else None,
        "pauses": [f"{_wall(snapshot, case, since)} – {_wall(snapshot, case, until)}" for since, until in one.pauses],
        "paused_since": _wall(snapshot, case, one.paused_since),
    }
    promise = promise_of(snapshot, case.table, case.row) if one.policy.clock in PROMISED else None
    if promise is not None and promise.moved is not None and promise.due_at(snapshot) == one.due_at:
        shown["why"] = words.say(promise.moved)
    if one.policy.target is not None and one.policy.target.unit in WALKED:
        shown["walk"] = list(walk_lines(snapshot.calendar, one.started_at, one.due_at, one.pauses, settings))
    return shown


def walk_lines(
    calendar: BusinessCalendar,
    start: datetime,
    end: datetime,
    pauses: Sequence[Pause],
    settings: Settings,
) -> Iterator[str]:
    """Day by day: the spans that were counted, and which holiday or make-up row made the day what it was."""
    words = words_of(settings)
    for day in calendar.walk(start, end, tuple(pauses)):
        spans = "  ".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in day.spans) or words.say(
            because("walk.nothing")
        )
        minutes = round(
            day.counted.total_seconds() / 60
        )  # the spans are told to the minute, and these are to agree with them
        counted = f"{minutes // 60}:{minutes % 60:02d}" if minutes else ""
        why = words.say(because(f"walk.{day.kind}"))
        row = words.say(because("walk.own-row")) if day.is_own else ""
        note = " ".join(part for part in (why if day.kind != "working" else "", day.name, row) if part)
        yield f"{day.on} {words.say(because(f'day.{DAY[day.on.weekday()]}'))}  {spans:<26} {counted:>6}  {note}".rstrip()


def _message(snapshot: Snapshot, case: Case, stored: Any) -> dict[str, Any]:
    return {
        "at": _wall(snapshot, case, stored.changed_at),
        "state": str(stored.state),
        "channel": stored.message.channel,
        "notice": stored.message.notice,
        "to": masked_address(stored.message.to) if stored.message.to else "",
        "subject": masked_text(stored.message.letter.subject) or stored.message.notice,
    }


def _contacts(snapshot: Snapshot, case: Case, words: Words) -> Iterator[dict[str, Any]]:
    """What the contacts register tells of the customer: who called whom, whether they spoke."""
    for one in contacts_of(snapshot, case.row):
        row = one.row
        parts = [
            words.label(Name("contacts", column, value))
            for column in ("direction", "purpose", "result")
            if (value := row.get(column)) is not None
        ]
        yield {"at": str(row.at), "by": row.by, "what": " ".join([*parts, masked_text(row.said or "")]).rstrip()}


def _calls(snapshot: Snapshot, settings: Settings, case: Case, words: Words) -> Iterator[dict[str, Any]]:
    """The call-backs, and what came of them."""
    for call in calls_made(snapshot, settings):
        if call.ticket is case.row and call.row.called_at is not None:
            said = because(
                "story.call" if call.rating is not None else "story.call-unanswered",
                survey=call.name,
                rating=one_decimal(call.rating) if call.rating is not None else None,
            )
            yield {"at": str(call.row.called_at), "by": call.row.caller, "what": words.say(said)}


def _mail(snapshot: Snapshot, case: Case, one: Noted, words: Words) -> dict[str, Any]:
    """A bounce or an answer. The ticket's customer needs no name; anybody else has one, for anybody can write."""
    if one.kind is Kind.BOUNCE:
        who = masked_address(one.address)
    elif one.sender.casefold() == (case.row.email or "").casefold():
        who = words.say(because("mail.customer"))
    else:
        who = words.say(because("mail.somebody", address=masked_address(one.sender)))
    return {
        "at": _wall(snapshot, case, one.received_at),
        "kind": str(one.kind),
        "what": words.say(because(f"mail.{one.kind}")),
        "from": who,
        "text": one.text,
    }


def _finding(one: Finding, words: Words) -> dict[str, Any]:
    return {
        "cell": one.place.cell if one.place else None,
        "code": one.code,
        "message": masked_text(words.say(one.reason)),
    }

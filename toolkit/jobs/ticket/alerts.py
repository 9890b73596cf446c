"""Who of the staff hears that a step is nearly or already late: warning, breach, manager, head (20; 60, 16)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from toolkit.core.actions import Occasion, Recipient, RowId
from toolkit.core.reason import Reason, because
from toolkit.jobs.recipients import chain, present, reached, role_of_person
from toolkit.jobs.ticket.case import Case
from toolkit.jobs.ticket.flags import counted, next_step
from toolkit.jobs.ticket.view import Views
from toolkit.registers.snapshot import Snapshot
from toolkit.rules.clock import Clock, Running
from toolkit.settings.model import Settings


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a clock's ladder that has been reached."""

    step: str
    notice: str
    to: str
    at: datetime


def alerts(snapshot: Snapshot, settings: Settings, case: Case, now: datetime, views: Views) -> Iterator[Occasion]:
    """The alerts that stand on a ticket now. Of several new rungs only the highest fires; the lower are skipped."""
    if case.number is None or case.is_doubled:
        return
    for one in counted(case):
        rungs = reached_rungs(snapshot, one, now)
        made = [tuple(_occasions(snapshot, settings, case, one, rung, now, views)) for rung in rungs]
        told = [any(step_of(each.key) in views.told(snapshot.memory) for each in group) for group in made]
        newest = max((index for index, group in enumerate(made) if group and not told[index]), default=None)
        for index, group in enumerate(made):
            if told[index]:  # a step fires once, whoever stands in for whom by now; what still waits goes on waiting
                yield from (each for each in group if each.key in snapshot.memory.occasions)
            else:
                yield from group if index == newest else (replace(each, skip=True) for each in group)


def reached_rungs(snapshot: Snapshot, one: Clock, now: datetime) -> tuple[Rung, ...]:
    """The rungs of a clock reached by now, lowest first."""
    if one.running is Running.WARNED and one.warn_at is not None:
        return (Rung("warning", "warning", "owner", one.warn_at),)
    if one.running is not Running.OVERDUE:
        return ()
    # The clock stands still in a pause, and the ladder with it.
    now = min(now, one.paused_since) if one.paused_since else now
    rungs = [Rung("warning", "warning", "owner", one.warn_at)] if one.warn_at is not None else []
    rungs.append(Rung("overdue", "overdue", "owner", one.due_at))
    for level, rung in enumerate(one.policy.ladder, 1):
        at = snapshot.calendar.add(one.due_at, rung.after)
        if at <= now:
            rungs.append(Rung(f"{level}-{rung.role}", "escalation", rung.role, at))
    return tuple(rungs)


def _occasions(
    snapshot: Snapshot,
    settings: Settings,
    case: Case,
    one: Clock,
    rung: Rung,
    now: datetime,
    views: Views,
) -> Iterator[Occasion]:
    notice = settings.notices.get(rung.notice)
    if notice is None:
        return
    person = present(
        snapshot, chain(snapshot, case.row.owner, case.table.book, rung.to), snapshot.today(case.table, now)
    )
    if person is None:
        return
    due = snapshot.wall(case.table, one.due_at)
    for to in reached(notice, settings, person, role_of_person(person), person.name, frozenset()):
        yield Occasion(
            at=RowId(case.table.book, "tickets", case.number, case.row.row),
            notice=rung.notice,
            to=to,
            step=f"{one.policy.clock}.{rung.step}",
            cause=_cause(case, one),
            round=len(case.reopened_at),
            reason=because(
                f"message.{rung.notice}", policy=one.policy.no, step=because(f"step.{one.policy.clock}"), due=due
            ),
            values=partial(_values, snapshot, case, one, rung, due, to, views, now),
            event_at=_event_at(snapshot, case, one, rung, now),
            expires_at=one.due_at if rung.notice == "warning" else None,
        )


def step_of(key: str) -> str:
    """An occasion's key without who it goes to, and how."""
    return key.rsplit("|", 2)[0]


def _cause(case: Case, one: Clock) -> str:
    """A promise is a value that staff typed: a new one is a new occasion (60, 13)."""
    promised_by = case.row.promised_by
    return promised_by.isoformat() if one.policy.clock == "promise" and promised_by is not None else ""


def _event_at(snapshot: Snapshot, case: Case, one: Clock, rung: Rung, now: datetime) -> datetime:
    """When the thing itself happened; a promise cannot be warned of before it was typed."""
    if one.policy.clock != "promise" or case.row.opened_at is None:
        return rung.at
    at = max(rung.at, snapshot.at(case.table, case.row.opened_at))
    rows = snapshot.spans(case.table, case.row, "status")
    spans = snapshot.spans(case.table, case.row, "promised_by")
    if not rows:
        return at
    typed_at = spans[-1].first_seen_at if spans and spans[-1].value == _cause(case, one) else now
    return max(at, typed_at) if typed_at > rows[0].first_seen_at else at


def _values(
    snapshot: Snapshot,
    case: Case,
    one: Clock,
    rung: Rung,
    due: datetime,
    to: Recipient,
    views: Views,
    now: datetime,
) -> dict[str, Any]:
    words = views.words(to.locale)
    following = next_step(snapshot, case)
    values: dict[str, Any] = {
        "ticket": views.ticket(case, to.locale),
        "step": words.say(because(f"step.{one.policy.clock}")),
        "due": due,
        "policy_no": one.policy.no,
    }
    if rung.notice == "warning":
        values["left"] = words.say(_left(snapshot, one, now))
        return values
    values["late"] = words.say(because("late.days" if one.late_days else "late.under-a-day", days=one.late_days))
    values["next_step"] = words.say(following) if following else ""
    if rung.notice == "escalation":
        values["owner"] = case.row.owner or words.say(because("next.unassigned"))
        values["level_of"] = words.say(because(f"level-of.{rung.to}"))
    return values


def _left(snapshot: Snapshot, one: Clock, now: datetime) -> Reason:
    """In the target's own kind of time: a 24h target runs through the night, one in working days does not."""
    runs_through = one.policy.target is not None and one.policy.target.clock is not None
    left = one.due_at - now if runs_through else snapshot.calendar.elapsed(now, one.due_at)
    hours = int(left.total_seconds() // 3600)
    if hours < 1:
        return because("left.under-an-hour")
    return because("left.hours" if runs_through else "left.working-hours", hours=hours)

"""Who of the staff hears that a step is nearly or already late: warning, breach, manager, head (20; 60, 16)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from toolkit.core.actions import Occasion, Recipient, RowId
from toolkit.core.reason import Name, Reason, because
from toolkit.jobs.recipients import ROLE, chain, present, reached, role_of_person
from toolkit.jobs.since import go_live, is_news
from toolkit.jobs.ticket.case import Case, Judge
from toolkit.jobs.ticket.flags import counted, next_step
from toolkit.jobs.ticket.view import Views
from toolkit.registers.snapshot import Snapshot
from toolkit.rules.clock import Clock, Running


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a clock's ladder that has been reached."""

    step: str
    notice: str
    to: str
    at: datetime


class Alarm:
    """The alerts of a run."""

    def __init__(self, judge: Judge, views: Views) -> None:
        self._judge = judge
        self._views = views
        self._since = go_live(judge.settings, judge.snapshot, judge.now)
        self._news: dict[tuple[str, datetime], bool] = {}

    def alerts(self, case: Case) -> Iterator[Occasion]:
        """The alerts that stand on a ticket now. Of several new rungs only the highest fires; the lower are skipped."""
        if case.number is None or case.is_doubled:
            return
        judge, memory = self._judge, self._judge.snapshot.memory
        for one in counted(case):
            if not self.may_be_news(one):
                continue
            rungs = reached_rungs(judge.snapshot, one, judge.now)
            made = [tuple(_occasions(judge, case, one, rung, self._views)) for rung in rungs]
            told = [any(step_of(each.key) in self._views.told(memory) for each in group) for group in made]
            newest = max((index for index, group in enumerate(made) if group and not told[index]), default=None)
            for index, group in enumerate(made):
                if told[index]:  # a step fires once, whoever stands in for whom by now; what waits goes on waiting
                    yield from (each for each in group if each.key in memory.occasions)
                else:
                    yield from group if index == newest else (replace(each, skip=True) for each in group)

    def may_be_news(self, one: Clock) -> bool:
        """Not where the last rung was reached before the desk went live; when a promise was typed the clock cannot tell."""
        if not one.is_overdue or one.policy.clock == "promise":
            return one.is_open
        key = (one.policy.id, one.due_at)
        if key not in self._news:
            judge = self._judge
            ahead = (judge.snapshot.calendar.add(one.due_at, rung.after) for rung in one.policy.ladder)
            last = max([one.due_at, *(at for at in ahead if at <= judge.now)])
            self._news[key] = is_news(last, judge.settings, self._since)
        return self._news[key]


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


def _occasions(judge: Judge, case: Case, one: Clock, rung: Rung, views: Views) -> Iterator[Occasion]:
    snapshot, settings, now = judge.snapshot, judge.settings, judge.now
    notice = settings.notices.get(rung.notice)
    if notice is None:
        return
    # A ladder says for each of its steps who hears of it; whom warnings and breaches go to, their notice says.
    to_whom = rung.to if rung.notice == "escalation" else notice.to
    found = chain(snapshot, case.row.owner, case.table.book, to_whom, case.row.store)
    person = present(snapshot, found, snapshot.today(case.table, now))
    if person is None:
        return
    due = snapshot.wall(case.table, one.due_at)
    for to in reached(
        notice, settings, person, role_of_person(person), person.name, frozenset(), snapshot.memory.bounced
    ):
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
        values["level_of"] = words.say(_level(rung.to))
    return values


def _level(to: str) -> Reason:
    """Who hears of an escalation, in words."""
    if to.startswith(ROLE):
        return because("level-of.role", role=Name("staff", "role", to.removeprefix(ROLE)))
    return because(f"level-of.{to}")


def _left(snapshot: Snapshot, one: Clock, now: datetime) -> Reason:
    """In the target's own kind of time: a 24h target runs through the night, one in working days does not."""
    runs_through = one.policy.target is not None and one.policy.target.clock is not None
    left = one.due_at - now if runs_through else snapshot.calendar.elapsed(now, one.due_at)
    hours = int(left.total_seconds() // 3600)
    if hours < 1:
        return because("left.under-an-hour")
    return because("left.hours" if runs_through else "left.working-hours", hours=hours)

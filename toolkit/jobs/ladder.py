"""The escalation ladder: who of the staff hears that a step of some row is nearly or already late (20; 60, 16)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from toolkit.core.actions import Occasion, Recipient, RowId
from toolkit.core.reason import Name, Reason, because
from toolkit.jobs.recipients import ROLE, chain, present, reached, role_of_person
from toolkit.jobs.shifts import ends_at
from toolkit.jobs.since import go_live, is_news
from toolkit.jobs.ticket.view import Views
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table
from toolkit.rules.clock import Clock, Running
from toolkit.rules.worktime.duration import Duration, Unit
from toolkit.rules.worktime.ends import End
from toolkit.settings.model import Settings
from toolkit.settings.sections.notices import Notice

_WORKING = frozenset({Unit.BUSINESS_MINUTE, Unit.BUSINESS_HOUR, Unit.BUSINESS_DAY})
DAYS_FROM = 2
"""From so many days on, what is left is told in days: nobody reckons with 99 working hours."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a clock's ladder that has been reached."""

    step: str
    notice: str
    to: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Subject:
    """The row that a clock runs on, as its alerts need it.

    `view` is the row for a letter, by locale, shaped as a ticket is (`Views.row`); `next_step` what comes next; `cause` the
    typed value that makes an alert a new occasion; `event_at` when the thing itself happened.
    """

    table: Table
    at: RowId
    owner: str | None
    store: str | None
    view: Callable[[str], Mapping[str, Any]]
    next_step: Callable[[], Reason | None]
    round: int = 0
    cause: Callable[[Clock], str] = lambda _: ""
    event_at: Callable[[Clock, Rung], datetime] = lambda _, rung: rung.at


def subject_of(table: Table, row: Any, number: str, views: Views, step: Callable[[], Reason | None]) -> Subject:
    """The subject for a row of any register: who answers for it stands in the register's own columns."""
    owner = next((name for column in table.register.owner if (name := row.get(column))), None)
    return Subject(
        table,
        RowId(table.book, table.register.name, number, row.row),
        owner,
        row.get("store"),
        lambda locale: views.row(table, row, number, locale),
        step,
        cause=partial(_typed_cause, row),
    )


def _typed_cause(row: Any, one: Clock) -> str:
    """A due time that staff typed is the cause: a new one is a new occasion (60, 13)."""
    if not one.policy.is_typed:
        return ""
    typed = next((value for name in one.policy.starts if (value := row.get(name)) is not None), None)
    return typed.isoformat() if typed is not None else ""


class Ladder:
    """The alerts of a run."""

    def __init__(self, snapshot: Snapshot, settings: Settings, now: datetime, views: Views) -> None:
        self._snapshot, self._settings, self._now, self._views = snapshot, settings, now, views
        self._since = go_live(settings, snapshot, now)
        self._news: dict[tuple[str, datetime], bool] = {}

    def alerts(self, subject: Subject, clocks: tuple[Clock, ...]) -> Iterator[Occasion]:
        """The alerts that stand on a row now. Of several new rungs only the highest fires; the lower are skipped."""
        memory = self._snapshot.memory
        for one in clocks:
            if not self.may_be_news(one):
                continue
            rungs = reached_rungs(self._snapshot, self._settings, one, self._now)
            made = [tuple(self._occasions(subject, one, rung)) for rung in rungs]
            told = [any(step_of(each.key) in self._views.told(memory) for each in group) for group in made]
            newest = max((index for index, group in enumerate(made) if group and not told[index]), default=None)
            for index, group in enumerate(made):
                if told[index]:  # a step fires once, whoever stands in for whom by now; what waits goes on waiting
                    yield from (each for each in group if each.key in memory.occasions)
                else:
                    yield from group if index == newest else (replace(each, skip=True) for each in group)

    def may_be_news(self, one: Clock) -> bool:
        """Not where the last rung was reached before the desk went live; when a promise was typed the clock cannot tell."""
        if not one.is_overdue or one.policy.is_typed:
            return one.is_open
        key = (one.policy.id, one.due_at)
        if key not in self._news:
            ahead = (rung_at(self._snapshot, self._settings, one, rung.after) for rung in one.policy.ladder)
            last = max([one.due_at, *(at for at in ahead if at <= self._now)])
            self._news[key] = is_news(last, self._settings, self._since)
        return self._news[key]

    def _occasions(self, subject: Subject, one: Clock, rung: Rung) -> Iterator[Occasion]:
        snapshot, settings = self._snapshot, self._settings
        notice = settings.notices.get(rung.notice)
        if notice is None:
            return
        # A ladder says for each of its steps who hears of it; whom warnings and breaches go to, their notice says.
        to_whom = rung.to if rung.notice == "escalation" else notice.to
        due = snapshot.wall(subject.table, one.due_at)
        why = because(f"message.{rung.notice}", policy=one.policy.no, step=because(f"step.{one.policy.clock}"), due=due)
        for to in self._heard_by(subject, notice, to_whom):
            yield Occasion(
                at=subject.at,
                notice=rung.notice,
                to=to,
                step=f"{one.policy.clock}.{rung.step}",
                cause=subject.cause(one),
                round=subject.round,
                reason=why,
                values=partial(self._values, subject, one, rung, due, to),
                event_at=subject.event_at(one, rung),
                expires_at=one.due_at if rung.notice == "warning" else None,
            )

    def _heard_by(self, subject: Subject, notice: Notice, to_whom: str) -> tuple[Recipient, ...]:
        """The person, or their deputy; for an owner whom no letter reaches the manager, since a letter to nobody helps nobody."""
        snapshot, table = self._snapshot, subject.table
        for whom in ("owner", "manager") if to_whom == "owner" else (to_whom,):
            found = chain(snapshot, subject.owner, table.book, whom, subject.store)
            person = present(snapshot, found, snapshot.today(table, self._now))
            if person is None:
                continue
            role, bounced = role_of_person(person), snapshot.memory.bounced
            heard = reached(notice, self._settings, person, role, person.name, frozenset(), bounced)
            if heard:
                return heard
        return ()

    def _values(self, subject: Subject, one: Clock, rung: Rung, due: datetime, to: Recipient) -> dict[str, Any]:
        words = self._views.words(to.locale)
        values: dict[str, Any] = {
            "ticket": subject.view(to.locale),
            "step": words.say(because(f"step.{one.policy.clock}")),
            "due": due,
            "policy_no": one.policy.no,
        }
        if rung.notice == "warning":
            values["left"] = words.say(_left(self._snapshot, one, self._now))
            return values
        following = subject.next_step()
        values["late"] = words.say(because("late.days" if one.late_days else "late.under-a-day", days=one.late_days))
        values["next_step"] = words.say(following) if following else ""
        if rung.notice == "escalation":
            values["owner"] = subject.owner or words.say(because("next.unassigned"))
            values["level_of"] = words.say(_level(rung.to))
        return values


def reached_rungs(snapshot: Snapshot, settings: Settings, one: Clock, now: datetime) -> tuple[Rung, ...]:
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
        at = rung_at(snapshot, settings, one, rung.after)
        if at <= now:
            rungs.append(Rung(f"{level}-{rung.role}", "escalation", rung.role, at))
    return tuple(rungs)


def rung_at(snapshot: Snapshot, settings: Settings, one: Clock, after: Duration | End) -> datetime:
    """When a rung is reached: so long after the breach, or when the day or the shift of the breach ends."""
    if isinstance(after, End):
        return ends_at(snapshot, settings, after, one.due_at)
    return snapshot.calendar.add(one.due_at, after)


def step_of(key: str) -> str:
    """An occasion's key without who it goes to, and how."""
    return key.rsplit("|", 2)[0]


def _level(to: str) -> Reason:
    """Who hears of an escalation, in words."""
    if to.startswith(ROLE):
        return because("level-of.role", role=Name("staff", "role", to.removeprefix(ROLE)))
    return because(f"level-of.{to}")


def _left(snapshot: Snapshot, one: Clock, now: datetime) -> Reason:
    """In the rule's own kind of time: 24 hours and 7 days run through nights and Sundays, working days do not."""
    measure = one.policy.target or one.policy.lead
    runs_through = measure is not None and measure.unit not in _WORKING
    left = one.due_at - now if runs_through else snapshot.calendar.elapsed(now, one.due_at)
    hours = int(left.total_seconds() // 3600)
    if hours < 1:
        return because("left.under-an-hour")
    days = int(left / timedelta(days=1)) if runs_through else one.days_left
    if days >= DAYS_FROM:
        return because("left.days" if runs_through else "left.working-days", days=days)
    return because("left.hours" if runs_through else "left.working-hours", hours=hours)

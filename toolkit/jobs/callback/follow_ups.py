"""What a bad call-back sets going: it is passed on to the store (P-14), and the store says what it did about it (P-15)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from toolkit.core.actions import Edit, Occasion, Recipient, RowId
from toolkit.core.reason import Reason, because
from toolkit.jobs.agenda import Due
from toolkit.jobs.callback.calls import Call
from toolkit.jobs.callback.views import about, in_alert, survey_view
from toolkit.jobs.clocked import Clocks, due_edits, overdue_edit
from toolkit.jobs.edits import edit
from toolkit.jobs.ladder import Ladder, subject_of
from toolkit.jobs.recipients import chain, present, reached, role_of_person
from toolkit.jobs.since import go_live, is_news
from toolkit.jobs.stores import desks_of, manager_for
from toolkit.jobs.ticket.case import Judge
from toolkit.jobs.ticket.view import Views
from toolkit.registers.schema import When
from toolkit.registers.snapshot import Snapshot
from toolkit.rules.clock import Clock
from toolkit.rules.policy import fits
from toolkit.settings.model import Settings
from toolkit.settings.sections.notices import Notice

LETTER = "store-followup"
_BY_LETTER = because("edit.forwarded")


class FollowUps:
    """The follow-ups of a run."""

    def __init__(self, snapshot: Snapshot, settings: Settings, now: datetime, judge: Judge, views: Views) -> None:
        self._snapshot, self._settings, self._now = snapshot, settings, now
        self._judge, self._views = judge, views
        self._clocks = Clocks(snapshot, settings, now, "surveys", {"forwarded_at": self._forwarded})
        self._since = go_live(settings, snapshot, now)
        self._told: dict[int, datetime] = {}
        """Rows (by identity) of which the toolkit's own letter told the store, with the moment as a cell shows it."""
        self._stores: dict[tuple[str, str | None], tuple[Recipient, ...]] = {}

    def forwarded_at(self, call: Call, number: str | None = None) -> datetime | None:
        """When the toolkit's own letter about a call-back was really sent."""
        key = number or call.number
        at = self._snapshot.memory.told.get((call.table.book, "surveys", key, LETTER)) if key else None
        return self._snapshot.wall(call.table, at) if at is not None else None

    def clocks(self, call: Call) -> tuple[Clock, ...]:
        """The clocks that run on a call-back, or ran: nothing is passed on of one that went well.

        One without any answer is not written up yet, which P-14 asks for as well.
        """
        is_unwritten = not call.answered.is_written and call.twin_of is None
        if not call.needs_follow_up and not is_unwritten:
            return ()
        at = self.forwarded_at(call)
        if at is not None:
            self._told[id(call.row)] = at
        return self._clocks.of(call.table, call.row)

    def edits(self, call: Call, clocks: tuple[Clock, ...]) -> Iterator[Edit]:
        """When it was passed on, and what its clocks show."""
        table, row = call.table, call.row
        if not clocks and row.forward_due is None and row.feedback_due is None and row.overdue is None and not row.bad:
            return
        if (at := self._told.get(id(row))) is not None:
            yield from edit(table, row, "forwarded_at", at, _BY_LETTER)
        yield from due_edits(clocks, self._snapshot, table, row)
        words = self._views.words(self._settings.locale)
        yield from overdue_edit(clocks, self._snapshot, table, row, words)

    def dues(self, call: Call, clocks: tuple[Clock, ...]) -> Iterator[Due]:
        """The open clocks with whom they concern: the caller passes on, the store answers."""
        for one in clocks:
            if not one.is_open:
                continue
            step = partial(self._next_step, call, one)
            subject = subject_of(call.table, call.row, call.number or call.name, self._views, step)
            store = self._store(call)
            manager = manager_for(self._snapshot, store, call.table.book) if one.policy.clock == "feedback" else None
            yield Due(
                replace(
                    subject,
                    owner=manager.name if manager is not None else subject.owner,
                    store=store,
                    view=partial(in_alert, call, self._judge, self._views),
                ),
                one,
            )

    def alerts(self, call: Call, clocks: tuple[Clock, ...], ladder: Ladder) -> Iterator[Occasion]:
        """What staff hear of it while it is late; not of what this very run passes on."""
        if call.number is None or call.is_doubled:
            return
        is_leaving = any(one.key not in self._snapshot.memory.occasions for one in self.letters(call))
        for due in self.dues(call, clocks):
            if is_leaving and due.clock.policy.clock == "forward":
                continue
            yield from ladder.alerts(due.subject, (due.clock,))

    def letters(self, call: Call) -> Iterator[Occasion]:
        """The letter to the store; none where staff passed it on themselves, or where nobody knows the store's address."""
        notice, row = self._settings.notices.get(LETTER), call.row
        if notice is None or not call.needs_follow_up or call.about is None or call.is_doubled or row.bad:
            return
        if call.number is None:
            return
        is_by_hand = row.forwarded_at is not None and self.forwarded_at(call) is None
        if is_by_hand or row.called_at is None or not fits(notice.when, row):
            return
        called_at = self._snapshot.at(call.table, row.called_at)
        if not is_news(called_at, self._settings, self._since):
            return
        for to in self._recipients(call, notice):
            yield Occasion(
                at=RowId(call.table.book, "surveys", call.number, row.row),
                notice=LETTER,
                to=to,
                reason=because(f"message.{LETTER}", survey=call.name),
                event_at=called_at,
                values=partial(self._values, call, to.locale),
                expires_at=self._snapshot.calendar.add(called_at, notice.expires) if notice.expires else None,
            )

    def _recipients(self, call: Call, notice: Notice) -> tuple[Recipient, ...]:
        snapshot, store = self._snapshot, self._store(call)
        today, bounced = snapshot.today(call.table, self._now), snapshot.memory.bounced
        if notice.to != "store":
            person = present(snapshot, chain(snapshot, call.row.caller, call.table.book, notice.to, store), today)
            role = role_of_person(person) if person is not None else ""
            return reached(notice, self._settings, person, role, person.name, frozenset(), bounced) if person else ()
        key = (call.table.book, store)
        if key not in self._stores:
            desks = desks_of(snapshot, call.table, store, today)
            ways = (reached(notice, self._settings, one, one.key, one.name, frozenset(), bounced) for one in desks)
            self._stores[key] = next((found for found in ways if found), ())
        return self._stores[key]

    def _store(self, call: Call) -> str | None:
        store: str | None = call.about.get("store") if call.about is not None else None
        return store

    def _forwarded(self, row: Any) -> When | None:
        typed: When | None = row.forwarded_at
        return typed if typed is not None else self._told.get(id(row))

    def _next_step(self, call: Call, one: Clock) -> Reason:
        if one.policy.clock == "feedback":
            return because("callback.ask-store")
        if not call.answered.is_written:
            return because("callback.write-up")
        notice = self._settings.notices.get(LETTER)
        is_reached = notice is not None and self._recipients(call, notice)
        return because("callback.pass-on" if is_reached else "callback.no-store", store=self._store(call))

    def _values(self, call: Call, locale: str) -> dict[str, Any]:
        feedback = next((one for one in self._clocks.policies if one.clock == "feedback" and one.target), None)
        due = None
        if feedback is not None and feedback.target is not None:
            due = self._snapshot.wall(call.table, self._snapshot.calendar.add(self._now, feedback.target))
        return {
            "ticket": about(call, self._judge, self._views, locale),
            "vendor": self._views.vendor(call.vendor),
            "survey": survey_view(call, self._views, locale),
            "feedback_due": due,
        }

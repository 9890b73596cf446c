"""The contacts register: its numbers, and the customers who are to be contacted again at an agreed time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from toolkit.core.actions import Edit, Occasion, Reservation
from toolkit.core.reason import Reason, because
from toolkit.jobs.agenda import Due
from toolkit.jobs.callback.views import ALSO_OF_TICKET
from toolkit.jobs.clocked import Clocks, overdue_edit
from toolkit.jobs.contacted import contacts_of
from toolkit.jobs.edits import edit
from toolkit.jobs.ladder import Ladder, subject_of
from toolkit.jobs.ordered import order_of
from toolkit.jobs.ticket.case import Judge
from toolkit.jobs.ticket.numbers import Numbers, number_rows
from toolkit.jobs.ticket.view import Views
from toolkit.registers.schema import When
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table
from toolkit.rules.clock import Clock
from toolkit.settings.model import Settings

FINGERPRINT = ("ticket_no", "order_no", "at", "by", "direction", "result", "said")


class Contacts:
    """The contacts of a run."""

    def __init__(self, snapshot: Snapshot, settings: Settings, now: datetime, judge: Judge, views: Views) -> None:
        self._snapshot, self._settings, self._judge, self._views = snapshot, settings, judge, views
        self._numbers, self.reservations = _numbers(snapshot, settings)
        self._next: dict[int, When | None] = {}
        self._clocks = Clocks(snapshot, settings, now, "contacts", {"at": lambda row: self._next.get(id(row))})

    def edits(self) -> Iterator[Edit]:
        """Numbers, and which agreed contact is late."""
        words = self._views.words(self._settings.locale)
        for table, row in self._snapshot.rows("contacts"):
            number = self._numbers.get((table.book, row.row))
            if row.key is None and number is not None:
                yield from edit(table, row, "contact_no", number, because("edit.number"))
            clocks = self.clocks(table, row)
            if clocks or row.overdue is not None or row.bad:
                yield from overdue_edit(clocks, self._snapshot, table, row, words)

    def alerts(self, ladder: Ladder) -> Iterator[Occasion]:
        """What staff hear of agreed contacts that come near, or are late."""
        for due in self.dues():
            yield from ladder.alerts(due.subject, (due.clock,))

    def dues(self) -> Iterator[Due]:
        """The agreed contacts that are still to come."""
        for table, row in self._snapshot.rows("contacts"):
            number = row.key or self._numbers.get((table.book, row.row))
            if number is None or (row.key is not None and row.key not in table.by_key):
                continue
            for one in self.clocks(table, row):
                if one.is_open:
                    subject = subject_of(table, row, number, self._views, _call_again)
                    yield Due(replace(subject, view=partial(self._view, table, row, number)), one)

    def clocks(self, table: Table, row: Any) -> tuple[Clock, ...]:
        """The clock of an agreed contact. It stops at the next contact with the customer, or at a call-back.

        A case that is over asks for no more contacts but the call-back.
        """
        if row.next_contact_at is None or row.has_fault:
            return ()
        where, about = self._about(table, row)
        is_callback = row.purpose == "callback"
        status = about.get("status") if about is not None else None
        if where is not None and status in where.register.over and not (is_callback and status == "closed"):
            return ()
        self._next[id(row)] = self._following(table, row, where, about)
        return self._clocks.of(table, row)

    def _following(self, table: Table, row: Any, where: Table | None, about: Any) -> When | None:
        if about is None or row.at is None or where is None:
            return None
        its = contacts_of(self._snapshot, about)
        moments = [self._snapshot.at(one.table, one.at) for one in its]
        after = bisect_right(moments, self._snapshot.at(table, row.at))
        found = [(moments[after], its[after].at)] if after < len(its) else []
        for made, called_at in self._judge.called.get((where.book, about.row), ()) if _is_ticket(where) else ():
            at = self._snapshot.at(made, called_at)
            if at > self._snapshot.at(table, row.at):
                found.append((at, called_at))
        return min(found, key=lambda one: one[0])[1] if found else None

    def _about(self, table: Table, row: Any) -> tuple[Table | None, Any]:
        ticket = self._snapshot.ticket(row.ticket_no, table.book)
        return ticket if ticket is not None else order_of(self._snapshot, row.order_no, table.book)

    def _view(self, table: Table, row: Any, number: str, locale: str) -> dict[str, Any]:
        own = self._views.row(table, row, number, locale)
        where, about = self._about(table, row)
        if where is None:
            return own
        of_case = self._views.row(where, about, about.key or "", locale)
        return {**own, **{name: of_case[name] for name in ALSO_OF_TICKET}}


def _call_again() -> Reason:
    return because("callback.contact")


def _is_ticket(table: Table) -> bool:
    return table.register.name == "tickets"


def _numbers(snapshot: Snapshot, settings: Settings) -> tuple[Numbers, tuple[Reservation, ...]]:
    """The numbers of new contacts, dated by their day."""
    return snapshot.once(
        "contact numbers",
        lambda: number_rows(snapshot, "contacts", settings.numbers["contacts"], FINGERPRINT, lambda row: row.at),
    )

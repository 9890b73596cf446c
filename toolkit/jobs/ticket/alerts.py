"""A ticket's alerts: what the ladder needs to know of a ticket (20; 60, 16)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from toolkit.core.actions import Occasion, RowId
from toolkit.jobs.ladder import Ladder, Rung, Subject
from toolkit.jobs.ticket.case import Case, Judge
from toolkit.jobs.ticket.flags import counted, next_step
from toolkit.jobs.ticket.promised import Promise, promise_of
from toolkit.jobs.ticket.view import Views
from toolkit.registers.snapshot import Snapshot
from toolkit.rules.clock import Clock


class Alarm:
    """The alerts of a run about its tickets."""

    def __init__(self, judge: Judge, views: Views) -> None:
        self._judge = judge
        self._views = views
        self._ladder = Ladder(judge.snapshot, judge.settings, judge.now, views)

    def alerts(self, case: Case) -> Iterator[Occasion]:
        """The alerts that stand on a ticket now."""
        if case.number is None or case.is_doubled:
            return
        # Before the customer must hear of progress a letter of ours does it: nobody need be warned of that (P-23).
        clocks = tuple(one for one in counted(case) if one.policy.clock != "told" or one.is_overdue)
        yield from self._ladder.alerts(self.subject(case), clocks)

    def subject(self, case: Case) -> Subject:
        """A ticket as its alerts need it."""
        snapshot = self._judge.snapshot
        return Subject(
            case.table,
            RowId(case.table.book, "tickets", case.number, case.row.row),
            case.row.owner,
            case.row.store,
            partial(self._views.ticket, case),
            partial(next_step, snapshot, case),
            len(case.reopened_at),
            partial(_cause, case),
            partial(_event_at, snapshot, case, self._judge.now),
        )

    def may_be_news(self, one: Clock) -> bool:
        """Whether an alert about a clock may be news to anybody."""
        return self._ladder.may_be_news(one)


def _cause(case: Case, one: Clock) -> str:
    """A promise is a value that staff typed, here or for the order: a new one is a new occasion (60, 13)."""
    promise = _promise(case) if one.policy.clock == "promise" else None
    return promise.by.isoformat() if promise is not None else ""


def _promise(case: Case) -> Promise | None:
    return promise_of(case.judge.snapshot, case.table, case.row) if case.judge is not None else None


def _event_at(snapshot: Snapshot, case: Case, now: datetime, one: Clock, rung: Rung) -> datetime:
    """When the thing itself happened; a promise cannot be warned of before it was typed."""
    promise = _promise(case)
    if one.policy.clock != "promise" or case.row.opened_at is None or promise is None:
        return rung.at
    at = max(rung.at, snapshot.at(case.table, case.row.opened_at))
    rows = snapshot.spans(case.table, case.row, "status")
    if not rows:
        return at
    typed_at = promise.typed_at(snapshot, now)
    return max(at, typed_at) if typed_at > rows[0].first_seen_at else at

"""What the rules of triage add to a ticket's next step: what is owed, what comes first, who must still be asked (20)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from toolkit.core.reason import Name, Reason, because
from toolkit.jobs.ticket.case import Case
from toolkit.jobs.ticket.promised import has_order, promise_of
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.tickets import FINISHED
from toolkit.rules.clock import Clock
from toolkit.rules.policy import fits
from toolkit.rules.triage import contradicts


def advised(snapshot: Snapshot, case: Case, step: Reason | None) -> Reason | None:
    """The next step with what the rules add to it; a customer who fell silent, or spoke again, comes before it."""
    if case.is_frozen:
        return _after_closing(snapshot, case, step)
    silent = _silence(snapshot, case)
    if silent is not None:
        return silent
    for note in notes(case):
        step = note if step is None else because("next.also", text=step, more=note)
    return step


def _after_closing(snapshot: Snapshot, case: Case, step: Reason | None) -> Reason | None:
    answered = case.answered_at if case.given_up_since is not None else None
    if answered is not None:
        return because("next.reopen", at=snapshot.wall(case.table, answered), who=_owner(case))
    advance = case.clock("advance") if case.row.status == "closed" else None
    if advance is None or not advance.is_open:
        return step
    refund = because("next.by", step=because("next.advance"), who=_owner(case), due=_due(snapshot, case, advance))
    return refund if step is None else because("next.also", text=step, more=refund)


def _silence(snapshot: Snapshot, case: Case) -> Reason | None:
    """P-28: who answered is carried on with; who stays silent after every reminder is proposed for closing."""
    waiting = case.waiting_since
    if waiting is None:
        return None
    answered = case.answered_at
    if answered is not None:
        return because("next.answered", at=snapshot.wall(case.table, answered), who=_owner(case))
    last = last_reminder_at(case)
    if last is None or case.judge is None or case.judge.now < last:
        return None
    times = len(case.judge.settings.chasing)
    since = snapshot.wall(case.table, waiting)
    return because("next.propose-closing", times=times, since=since, who=_owner(case))


def reminders(case: Case) -> tuple[datetime, ...]:
    """When a customer who is waited for is reminded (P-28), the first one first."""
    waiting = case.waiting_since
    if waiting is None or case.judge is None:
        return ()
    calendar = case.judge.snapshot.calendar
    return tuple(sorted(calendar.add(waiting, after) for after in case.judge.settings.chasing))


def last_reminder_at(case: Case) -> datetime | None:
    """When the last reminder is due; None where nobody is waited for, or nobody is reminded."""
    return next(reversed(reminders(case)), None)


def notes(case: Case) -> Iterator[Reason]:
    """What else is to be done, or owed, besides the step itself."""
    if case.judge is None:
        return
    row, triage = case.row, case.judge.settings.triage
    if row.status not in FINISHED:
        promise = promise_of(case.judge.snapshot, case.table, row)
        if promise is not None and promise.moved is not None:
            yield promise.moved
        for one in case.clocks:
            if one.policy.clock != "promise" or not has_order(case.judge.snapshot, case.table, row):
                yield from _asked(case, one)  # else the order's row is asked for it, and nobody types it twice
        if (better := contradicts(row)) is not None:
            yield because("advice.not-transport", cause=Name("tickets", "cause", better))
        if not row.fee_agreed and (row.fee or _is_paid(case)):
            yield because("advice.agree-price")
    for advice in triage.advice:
        if fits(advice.when, row) and all(row.get(name) is None for name in advice.blank):
            columns = tuple(Name("tickets", name) for name in advice.blank)
            yield because(f"advice.{advice.say}", columns=columns)
    if len(case.reopened_at) > 1 and case.level != row.level:
        yield because("advice.raised", level=Name("tickets", "level", str(case.level)))


def _is_paid(case: Case) -> bool:
    """Whether the work is not covered, so that its price is agreed before it begins (20, Warranty)."""
    verdict = case.coverage
    return verdict is not None and verdict.code in _PAID and case.row.kind in _WORK


def _asked(case: Case, one: Clock) -> Iterator[Reason]:
    """From the warning on: what to fill in where it will be late, or is (P-03: solution and date; P-08: told beforehand).

    Who began in time owes nothing of it.
    """
    blank = tuple(name for name in one.policy.asks if case.row.get(name) is None and name in case.table.columns)
    begins = one.warn_at
    was_late = one.stopped_at is not None and one.stopped_at > one.due_at
    if not blank or begins is None or one.now < begins or (one.stopped_at is not None and not was_late):
        return
    columns = tuple(Name("tickets", name) for name in blank)
    code = "advice.was-late" if was_late or one.is_overdue else "advice.late"
    yield because(code, policy=one.policy.no, step=because(f"step.{one.policy.clock}"), columns=columns)


def _due(snapshot: Snapshot, case: Case, one: Clock) -> datetime:
    return snapshot.wall(case.table, one.due_at)


def _owner(case: Case) -> Reason:
    return because("next.owner", name=case.row.owner) if case.row.owner else because("next.unassigned")


_PAID = frozenset({"coverage.out", "coverage.misuse", "coverage.disaster", "coverage.fault"})
_WORK = frozenset({"repair", "install", "exchange"})

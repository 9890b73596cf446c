"""A ticket's own cells: due times, what is late, what comes next, warranty, repeats."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from toolkit.core.actions import Edit
from toolkit.core.reason import Name, Reason, because
from toolkit.core.words import Words
from toolkit.jobs.clocked import late_reason
from toolkit.jobs.dispatching.advice import dispatch_step, vendor_suggestion
from toolkit.jobs.dispatching.wanted import said_of
from toolkit.jobs.edits import Why, allowed, edit, holds
from toolkit.jobs.ticket.advice import advised
from toolkit.jobs.ticket.awaited import left_on, parts_of
from toolkit.jobs.ticket.case import CLOCKS, DUE_COLUMNS, Case, Judge
from toolkit.jobs.ticket.promised import PROMISED, is_called_off, is_known, promise_of
from toolkit.jobs.ticket.suggested import SUGGESTIONS, Suggested
from toolkit.jobs.ticket.sure import Sure
from toolkit.registers.fold import fold
from toolkit.registers.order import day_of
from toolkit.registers.schema import Fault, When
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table
from toolkit.registers.tickets import FINISHED, FROZEN, Ticket
from toolkit.rules.clock import Clock
from toolkit.rules.policy import Policy
from toolkit.rules.warranty import Term, warranty_until


def late_text(clocks: tuple[Clock, ...], snapshot: Snapshot, case: Case, words: Words) -> str | None:
    """Which steps are late, since when, by how many whole working days; empty where none is (60, 8)."""
    late = sorted((one for one in clocks if one.is_overdue), key=lambda one: one.due_at)
    return words.word(tuple(_late(case, one, snapshot.wall(case.table, one.due_at)) for one in late)) or None


def _late(case: Case, one: Clock, due: datetime) -> Reason:
    return because("overdue.given-up", due=due) if is_given_up(case, one) else late_reason(one, due)


def is_given_up(case: Case, one: Clock | None) -> bool:
    """Whether a closed ticket's call-back was due so long ago that it stands on no caller's list any more. It was not made, but
    its cells need not be counted on every day for ever: a register may hold years of them.
    """
    if one is None or one.policy.clock != "callback" or not case.is_frozen or case.judge is None:
        return False
    return one.is_open and one.due_at <= case.judge.now - case.judge.settings.callbacks.list_for


def counted(case: Case) -> tuple[Clock, ...]:
    """The clocks that count as open work: of a closed ticket only the call-back runs on (60, 24), and what the customer
    has advanced is owed until it is paid back (P-26).
    """
    if not case.is_frozen:
        return case.clocks
    if case.row.status != "closed":
        return ()
    return tuple(one for name in RUN_ON if name in case.governed and (one := case.clock(name)) is not None)


RUN_ON = ("callback", "advance")
"""The clocks that closing does not stop."""
NEVER_STOPPED = frozenset({"told", "reply"})
"""Clocks whose cell a finished ticket need not have: who came has answered, who was served has heard."""
WORK_ENDED = "finished_at"
"""The cell from which the clocks run that begin when the work is over."""


def next_step(snapshot: Snapshot, case: Case) -> Reason | None:
    """What should happen next, by whom, by when."""
    return advised(snapshot, case, _main_step(snapshot, case))


def _main_step(snapshot: Snapshot, case: Case) -> Reason | None:
    row = case.row
    waiting = case.waiting_since
    if waiting is not None and not case.is_frozen:
        stands_still = any(one.is_open and one.paused_since for one in case.clocks)
        code = "next.waiting" if stands_still else "next.waiting-plain"
        return because(code, since=snapshot.wall(case.table, waiting), who=_owner(row.owner))
    step = _step(case)
    if tries := case.tries_in_vain:
        return _not_reached(case, step, tries)
    if step is None:
        return None
    if step not in _BEFORE_DISPATCH and (sent := dispatch_step(snapshot, case, _owner(row.owner))) is not None:
        return sent
    who = because("next.caller") if step == "callback" else _owner(row.owner)
    running = case.clock(_CLOCK_OF_STEP.get(step, "")) or _first_due(case)
    if step == "visit":
        vendor = snapshot.vendor(row.vendor, case.table.book)
        return because(
            "next.visit-over" if _is_over(snapshot, case, row.visit_at) else "next.visit",
            at=row.visit_at,
            vendor=vendor.name if vendor is not None else row.vendor or because("next.no-vendor"),
            who=who,
        )
    if running is None or not running.is_open:
        return because("next.plain", step=_named(snapshot, case, step), who=who)
    text = because("next.by", step=_named(snapshot, case, step), who=who, due=snapshot.wall(case.table, running.due_at))
    if len(case.reopened_at) > 1:
        text = because("next.again", text=text, times=len(case.reopened_at))
    if step == "callback" and _awaits_acceptance(row):
        accept = because("next.plain", step=because("next.accept"), who=_owner(row.owner))
        return because("next.and", first=accept, then=text)
    return text


def _is_over(snapshot: Snapshot, case: Case, visit_at: When | None) -> bool:
    """Whether the day of a visit has gone by: then somebody knows how it went, and it is to be entered."""
    if visit_at is None or case.judge is None:
        return False
    return day_of(visit_at) < snapshot.today(case.table, case.judge.now)


_BEFORE_DISPATCH = frozenset({"response", "parts", "callback", "accept", "close"})
"""Steps that come first, whoever is or is not to be sent."""


def _not_reached(case: Case, step: str | None, tries: int) -> Reason:
    """The call-back is over, and why; what else is left to do stands before it."""
    ended = because("next.not-reached", times=tries)
    if step is None or case.is_frozen:
        return ended
    first = because("next.plain", step=because(f"next.{step}"), who=_owner(case.row.owner))
    return because("next.and", first=first, then=ended)


def _named(snapshot: Snapshot, case: Case, step: str) -> Reason:
    """A step in words; that of waiting for parts names those that are known, and says when all of them are here.

    Where the work is a part that goes by courier, its way is the step. A promise that was kept, or that nobody waits for any
    more, is closed.
    """
    if step == "promise" and left_on(snapshot, case.row.order_no, case.table.book) is not None:
        return because("next.promise-kept")
    if step == "promise" and is_called_off(snapshot, case.table, case.row):
        return because("next.promise-off")
    is_posted = step == "work" and _goes_by_courier(case.row)
    parts = parts_of(snapshot, case.row) if step == "parts" or is_posted else None
    if parts is None:
        return because("next.post" if is_posted else f"next.{step}")
    if parts.to_come:
        return because("next.parts-named", parts=parts.to_come)
    return because("next.parts-sent" if parts.are_sent else "next.parts-here")


def _goes_by_courier(row: Ticket) -> bool:
    """Whether a part is posted, and nobody comes (20, Triage: parts by courier)."""
    return row.service_mode == "courier" or (row.service_mode is None and row.remedy == "part")


_CLOCK_OF_STEP = {
    "response": "response",
    "solution": "solution",
    "dispatch": "resolve",
    "work": "resolve",
    "parts": "resolve",
    "rework": "resolve",
    "callback": "callback",
    "promise": "promise",
    "reply": "reply",
}


_NOT_THE_WORK = frozenset({"callback", "told", "advance", "reply"})
"""Clocks beside the work itself."""


def _first_due(case: Case) -> Clock | None:
    """What is due first of the work that is still open."""
    return min(
        (one for one in case.clocks if one.is_open and one.policy.clock not in _NOT_THE_WORK),
        key=lambda one: one.due_at,
        default=None,
    )


def _owner(owner: str | None) -> Reason:
    return because("next.owner", name=owner) if owner else because("next.unassigned")


def _step(case: Case) -> str | None:
    row, is_open = case.row, {one.policy.clock for one in case.clocks if one.is_open}
    if row.acceptance == "failed" and not case.is_frozen:
        return "rework"
    if case.is_frozen or row.status in FINISHED:
        if "callback" in is_open and row.status not in FROZEN - {"closed"}:
            return None if is_given_up(case, case.clock("callback")) else "callback"
        if row.status == "done":
            return "accept" if _awaits_acceptance(row) else "close"
        return "close" if row.status == "accepted" else None
    if "response" in is_open:
        return "response"
    if row.status == "rework":
        return "rework"
    if row.status == "waiting_for_parts":
        return "parts"
    if row.kind == "deadline":
        return "promise"
    if "reply" in is_open:
        return "reply"
    if row.visit_at is not None and row.started_at is None and row.vendor:
        return "visit"
    if row.solved_at is None and not row.solution:
        return "greeting" if row.status == "new" and row.responded_at is None else "solution"
    is_ready = row.status in ("planned", "confirmed") and not row.vendor and row.started_at is None
    return "dispatch" if is_ready and _needs_visit(case) else "work"


def _awaits_acceptance(row: Ticket) -> bool:
    """Whether the work is done and the customer has neither accepted nor confirmed it: closing needs that (20, Triage)."""
    return row.status == "done" and row.acceptance is None and row.accepted_at is None


def _needs_visit(case: Case) -> bool:
    """Whether somebody must come: by the way of service where one stands, else by what is done about it, and the level."""
    if case.row.service_mode is not None:
        return case.row.service_mode == "on_site"
    if case.judge is None:
        return True
    settings = case.judge.settings
    return said_of(settings.dispatch, case.row) is not False and settings.triage.needs_vendor(case.level)


def missing_stops(case: Case) -> Iterator[Fault]:
    """A status of done, accepted or closed with a blank stop cell (60, 24), or without the time from which the call-back
    and a refund are counted: nobody would ever be reminded of them.
    """
    row, table = case.row, case.table
    if row.status not in FINISHED or case.given_up_since is not None:
        return  # closed while it waited for a silent customer (P-28): no work was finished
    told: set[str] = set()
    for name, policy in case.governed.items():
        cell = cell_owed(name, policy)
        is_blank = cell is not None and cell in table.columns and row.get(cell) is None
        if not is_blank or cell is None or cell in told or cell in row.bad:
            continue
        if _was_worked_on(row) if _starts_at_the_end(policy) else case.clock(name) is not None:
            told.add(cell)
            yield Fault("required", cell, because("fault.stop-cell", status=Name("tickets", "status", row.status)))


def _was_worked_on(row: Ticket) -> bool:
    """Whether there is work that ended: what was closed may have been explained away, or its customer never answered."""
    return row.status != "closed" or row.vendor is not None or row.started_at is not None


def cell_owed(name: str, policy: Policy) -> str | None:
    """The cell that a finished ticket must have for a clock: the end of the work where it starts there, else what stopped it."""
    if _starts_at_the_end(policy):
        return WORK_ENDED
    return None if name in NEVER_STOPPED else policy.stops


def _starts_at_the_end(policy: Policy) -> bool:
    return policy.starts == (WORK_ENDED,)


class Cells:
    """The ticket register's toolkit cells, compared with what stands there; what many rows share is said once."""

    def __init__(self, judge: Judge, words: Words) -> None:
        self._judge = judge
        self._snapshot = judge.snapshot
        self._words = words
        self._sure = Sure(judge)
        self._due_whys = {name: DueReason(judge, name) for name in CLOCKS}
        self._said: dict[tuple[object, ...], str | None] = {}
        self._suggested = Suggested(judge)
        self._warranties: dict[tuple[int, str], Reason] = {}
        days = judge.settings.repeat_within_days
        self._repeat, self._no_repeat = (because(f"edit.{one}", days=days) for one in ("repeat", "no-repeat"))

    def edits(self, case: Case, repeat_of: str | None) -> Iterator[Edit]:
        """Every toolkit cell of a ticket that shall change. Frozen rows are filled once, when first seen (60, 24)."""
        table, row, at = case.table, case.row, None
        for column, new, why in self._shall(case, repeat_of, stands=case.is_intact):
            old = getattr(row, column)
            if row.bad or old is not None:
                if not holds(row, column, new):
                    yield from edit(table, row, column, new, why)
            elif new is not None and column in table.columns:  # an empty cell: nearly all that a first run fills
                at = at or table.id_of(row)
                yield Edit(at, column, None, new, why)

    def _shall(self, case: Case, repeat_of: str | None, *, stands: bool) -> Iterator[tuple[str, object, Why]]:
        """Column, what shall stand there, and why."""
        if stands:
            due = case.clock("callback")
            if due is not None:
                yield "callback_due", self._wall(case, due.due_at), self._due_whys["callback"]
        else:
            yield from self._dues(case)
        if self._sure.of_clocks(case):
            late = self.overdue(case)
            yield "overdue", late, _OVERDUE if late else _NOT_OVERDUE
        if self._knows_next(case):
            yield "next_step", self.next_step(case), _NEXT_STEP
        if self._sure.of_vendors and self._sure.of_clocks(case):
            yield from vendor_suggestion(case, self._words)
        waiting = case.waiting_since if not case.is_frozen else None
        yield "waiting_since", self._wall(case, waiting) if waiting else None, _WAITING if waiting else _NOT_WAITING
        times = len(case.reopened_at)
        yield "reopened", times or None, because("edit.reopened", times=times) if times else _NOT_REOPENED
        yield from self._suggestions(case)
        if not stands:
            yield "repeat_of", repeat_of, self._repeat if repeat_of else self._no_repeat
            term = case.term
            until = warranty_until(term, case.row)
            yield "warranty_until", until, self._warranty(term, case.row)
            verdict = case.covered(term, until)
            yield "coverage", self._words.say(verdict) if verdict else None, _COVERAGE

    def _dues(self, case: Case) -> Iterator[tuple[str, object, Why]]:
        """The due times, then the cells of clocks that do not run."""
        idle = []
        for name, column in DUE_COLUMNS.items():
            due = case.due_of(name)
            if due is not None:
                yield column, self._wall(case, due), self._due_whys[name]
            elif self._is_idle(case, name):
                idle.append(column)
        for column in idle:
            yield column, None, _NO_CLOCK

    def _is_idle(self, case: Case, name: str) -> bool:
        """Whether a clock that shows no due time is known to have none."""
        if name == "callback":
            return self._sure.of_the_call(case)
        return name not in PROMISED or is_known(self._snapshot, case.row)

    def _knows_next(self, case: Case) -> bool:
        if self._sure.is_of_all:
            return True
        step = _step(case)
        return self._sure.of_next_step(case, sends=step is not None and step not in _BEFORE_DISPATCH)

    def _suggestions(self, case: Case) -> Iterator[tuple[str, object, Why]]:
        """What the description suggests where nothing stands yet; of a frozen ticket nothing any more."""
        for column, found in self._suggested.of(case) if not case.is_frozen else _NO_SUGGESTIONS:
            yield column, self._words.say(found) if found is not None else None, _SUGGESTED

    def _warranty(self, term: Term | None, row: Ticket) -> Reason:
        start = next((name for name in term.starts if row.get(name)), None) if term else None
        if term is None or start is None:
            return _NO_WARRANTY_DATE
        key = (term.months, start)
        if key not in self._warranties:
            self._warranties[key] = because("edit.warranty", months=term.months, start=Name("tickets", start))
        return self._warranties[key]

    def overdue(self, case: Case) -> str | None:
        """The cell that says what is late."""
        late = [one for one in counted(case) if one.is_overdue]
        if not late:
            return None
        if not case.is_frozen:
            return late_text(tuple(late), self._snapshot, case, self._words)
        if len(late) > 1:
            return late_text(tuple(late), self._snapshot, case, self._words)
        # Of thousands of closed tickets whose customers were never rung up many were due at the same moment.
        (one,) = late
        return self._shared(
            ("overdue", one.policy.clock, case.table.book, one.due_at, one.paused_since),
            lambda: late_text((one,), self._snapshot, case, self._words),
        )

    def next_step(self, case: Case) -> str | None:
        """The cell that says what comes next."""
        if not case.is_frozen:
            return self._say_next(case)
        one = case.clock("callback") if case.row.status == "closed" else None
        if case.given_up_since is not None or "advance" in case.governed:
            return self._say_next(case)
        if one is None:
            return None
        if not one.is_open:
            return self._say_next(case) if case.tries_in_vain else None
        key = ("next", case.table.book, one.due_at, len(case.reopened_at))
        return self._shared(key, lambda: self._say_next(case))

    def _say_next(self, case: Case) -> str | None:
        step = next_step(self._snapshot, case)
        return self._words.say(step) if step else None

    def _wall(self, case: Case, moment: datetime) -> datetime:
        return self._snapshot.wall(case.table, moment)

    def _shared(self, key: tuple[object, ...], say: Callable[[], str | None]) -> str | None:
        if key not in self._said:
            self._said[key] = say()
        return self._said[key]


_NEXT_STEP = because("edit.next-step")
_WAITING = because("edit.waiting")
_NOT_WAITING = because("edit.not-waiting")
_COVERAGE = because("edit.coverage")
_NO_CLOCK = because("edit.no-clock")
_SUGGESTED = because("edit.suggested")
_NO_SUGGESTIONS = tuple((column, None) for column in SUGGESTIONS)
_OVERDUE = because("edit.overdue")
_NOT_OVERDUE = because("edit.not-overdue")
_NOT_REOPENED = because("edit.reopened", times=0)
_NO_WARRANTY_DATE = because("edit.no-warranty-date")


@dataclass(frozen=True, slots=True)
class DueReason:
    """Why a due time is what it is: found out from the row when somebody asks."""

    judge: Judge
    clock: str

    def __call__(self, edit: Edit) -> Reason:
        case = self.judge.case_at(edit.at)
        one = case.clock(self.clock)
        if one is None:
            raise ValueError(f"{edit.at} has no clock {self.clock}")
        return _due_reason(self.judge.snapshot, case, one)


def _due_reason(snapshot: Snapshot, case: Case, one: Clock) -> Reason:
    paused = sum(((until - since) for since, until in one.pauses), start=timedelta(0))
    if one.policy.is_typed:
        return _promise_reason(snapshot, case, one)
    reason = because(
        "edit.due",
        policy=one.policy.no,
        start=snapshot.wall(case.table, one.started_at),
        target=allowed(one.policy),
    )
    if one.policy.clock == "resolve" and case.row.promised_by is not None and one.due_at < (one.warn_at or one.due_at):
        return _promise_reason(snapshot, case, one)
    return because("edit.due-paused", due=reason, times=len(one.pauses)) if paused else reason


def _promise_reason(snapshot: Snapshot, case: Case, one: Clock) -> Reason:
    promise = promise_of(snapshot, case.table, case.row)
    moved = promise.moved if promise is not None else None
    return moved or because("edit.promise", policy=one.policy.no)


def repeats(judge: Judge) -> Mapping[tuple[str, int], str]:
    """(book, row) -> the number of the newest earlier ticket of the same customer and product, for rows that may change.

    A customer who is nobody else's customer takes one look: only those with several tickets are sorted out.
    """
    found: dict[tuple[str, int], str] = {}
    within = timedelta(days=judge.settings.repeat_within_days)
    for table in judge.snapshot.of("tickets"):
        asking = {
            row.phone or row.email
            for row in table.rows
            if not (row.status in FROZEN and judge.marks(table).stands(row))
        }
        for group in _groups(table, asking):
            numbers = {row.row: row.key or judge.numbers.get((table.book, row.row), "") for row in group}
            dated = sorted((judge.snapshot.at(table, row.opened_at), numbers[row.row], row.row) for row in group)
            for (before, number, _), (after, own, at) in pairwise(dated):
                if number and number != own and after - before <= within:  # a row copied is no ticket of its own
                    found[table.book, at] = number
    return found


def _groups(table: Table, asking: Collection[str | None]) -> Iterator[list[Any]]:
    """The tickets of one customer about one product, where there are several."""
    first: dict[str, Any] = {}
    more: dict[str, list[Any]] = {}
    for row in table.rows:
        who = row.phone or row.email
        if row.kind == "deadline":
            continue  # our own reminder of a promise: the customer asked for nothing
        if who and who in asking and row.product and row.opened_at and row.status not in _NOT_COUNTED:
            known = first.setdefault(who, row)
            if known is not row:
                more.setdefault(who, [known]).append(row)
    for rows in more.values():
        by_product: dict[str, list[Any]] = defaultdict(list)
        for row in rows:
            by_product[fold(row.product)].append(row)
        yield from (group for group in by_product.values() if len(group) > 1)


_NOT_COUNTED = frozenset({"cancelled", "merged", "out_of_scope"})

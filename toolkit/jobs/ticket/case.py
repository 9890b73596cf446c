"""A ticket with all its clocks, as of one moment: what the sheet, the letters and `explain` all look at.

Most tickets of a grown register are closed, and nobody asks more of them than two or three things: so a case works out
what it is asked for, when it is asked, and the judge remembers what many cases share.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

from toolkit.core.actions import RowId
from toolkit.core.memory import Span
from toolkit.core.reason import Reason
from toolkit.jobs.contacted import Contact, answered_since, contacts_of, last_told, tries_since
from toolkit.jobs.edits import picked
from toolkit.jobs.shifts import ends_at
from toolkit.jobs.ticket.asked import SEEN_AS as ASKED
from toolkit.jobs.ticket.asked import answered_at, asked_since, has_answered, is_asked, was_asked
from toolkit.jobs.ticket.awaited import left_on
from toolkit.jobs.ticket.numbers import Numbers, ticket_numbers
from toolkit.jobs.ticket.promised import PROMISED, is_called_off, is_known, promise_of
from toolkit.jobs.ticket.waiting import REWORK, Stay, has_time, pauses_of, reopenings, stays
from toolkit.jobs.typed_over import Marks, marks_of
from toolkit.jobs.workload import Load, workload
from toolkit.registers.order import day_of
from toolkit.registers.schema import When
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table
from toolkit.registers.tickets import FINISHED, FROZEN, TICKETS, Ticket
from toolkit.rules.clock import Clock, Dues, clock
from toolkit.rules.policy import Choice, Policy, governing
from toolkit.rules.triage import raised
from toolkit.rules.warranty import Term, coverage, term_for, warranty_until
from toolkit.rules.worktime.ends import End
from toolkit.settings.model import Settings

DUE_COLUMNS: Mapping[str, str] = {clock: column for clock, column in TICKETS.clocks.items() if column}
"""Which clock shows in which column; a promise has none, its date is the staff's own."""
WAITING = "waiting_for_customer"
CLOCKS = tuple(TICKETS.clocks)
_CLOCKS_OF_THEIR_OWN = frozenset({"callback", "promise", "told", "reply"})
"""Their due time takes more than a start and a target."""


@dataclass(slots=True, eq=False)
class Case:
    """`number` is the ticket's number or the one reserved for it. Without a judge it is only something to show."""

    table: Table
    row: Ticket
    number: str | None
    is_doubled: bool = False
    judge: Judge | None = None
    seen: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    """What earlier runs saw in the row, by column."""
    is_being_told: bool = False
    """A letter to the customer is on its way: it counts as told, so that the cells need not change once it has left."""
    _history: tuple[Stay, ...] | None = field(default=None, init=False)
    _clocks: dict[str, Clock | None] | None = field(default=None, init=False)
    _governed: Mapping[str, Policy] | None = field(default=None, init=False)

    @property
    def is_frozen(self) -> bool:
        """Closed, cancelled, out of scope or merged: the results stand."""
        return self.row.status in FROZEN

    @property
    def is_intact(self) -> bool:
        """Frozen, and the toolkit's cells are as a run left them.

        Only what a run really wrote stands: a row whose first write failed, or that was typed over, is filled again.
        """
        return self.is_frozen and self.judge is not None and self.judge.marks(self.table).stands(self.row)

    @property
    def history(self) -> tuple[Stay, ...]:
        """The statuses that the ticket went through, as far as they were seen."""
        if self._history is None:
            self._history = self.judge.history(self) if self.judge is not None else ()
        return self._history

    @property
    def is_plain(self) -> bool:
        """One status ever seen, and one in which nothing stands still or begins anew: a history nobody need build."""
        if self.judge is None:
            return True
        status, spans = self.row.status, () if self.is_doubled else self.seen.get("status", ())
        is_the_same = not spans or (len(spans) == 1 and spans[0].value == status)
        return is_the_same and status not in self.judge.telling

    @property
    def reopened_at(self) -> tuple[datetime, ...]:
        """When it was reopened."""
        return () if self.is_plain else reopenings(self.history)

    @property
    def governed(self) -> Mapping[str, Policy]:
        """The clocks that policies set, each with the one that governs; a ticket reopened twice is a level graver."""
        if self._governed is None:
            self._governed = self.judge.governed(self) if self.judge is not None else {}
        return self._governed

    @property
    def level(self) -> str | None:
        """The level as the rules take it: a second reopening raises it by one (40, Clocks)."""
        return raised(self.row.level, len(self.reopened_at)) if self.row.level is not None else None

    @property
    def last_told(self) -> datetime | None:
        """When the customer last heard of the case."""
        return last_told(self.judge.snapshot, self) if self.judge is not None else None

    @property
    def answered_at(self) -> datetime | None:
        """When a customer who was waited for spoke to us: while the desk waits, or after it closed what waited."""
        since = self.waiting_since or self.given_up_since
        return answered_since(self.judge.snapshot, self, since) if self.judge is not None and since else None

    @property
    def given_up_since(self) -> datetime | None:
        """Since when a customer was waited for whose case was closed then; None where it was closed otherwise."""
        if self.is_plain or self.row.status != "closed" or len(self.history) < _TWO:
            return None
        before = self.history[-2]
        return before.since if before.status == WAITING else None

    @property
    def clocks(self) -> tuple[Clock, ...]:
        """Every clock that a policy sets, in the order of `CLOCKS`."""
        return tuple(one for name in self.governed if (one := self.clock(name)) is not None)

    def clock(self, name: str) -> Clock | None:
        """The clock of that name, where a policy sets one."""
        if self._clocks is None:
            self._clocks = {}
        if name not in self._clocks:
            self._clocks[name] = self.judge.clock(self, name) if self.judge is not None else None
        return self._clocks[name]

    def tell(self) -> None:
        """A letter to the customer is on its way."""
        self.is_being_told = True
        if self._clocks is not None:
            self._clocks.pop("told", None)

    def due_of(self, name: str) -> datetime | None:
        """When the clock of that name is due. Of a frozen ticket nobody asks more, so its clocks need not be built."""
        if self.judge is not None and name not in _CLOCKS_OF_THEIR_OWN and self.is_frozen and self.is_plain:
            return self.judge.plain_due(self, name)
        one = self.clock(name)
        return None if one is None else one.due_at

    @property
    def tries_in_vain(self) -> int:
        """So many call-backs in vain that the customer counts as not reached; 0 where they do not."""
        if self.judge is None or self.row.status not in FINISHED:
            return 0
        policy = self.governed.get("callback")
        start = _first(self.row, policy.starts) if policy is not None else None
        tries = self.judge.given_up(self.row, start) if start is not None else ()
        return len(tries) if start and tries and not self.judge.is_called(self.table, self.row, start) else 0

    @property
    def waiting_since(self) -> datetime | None:
        """Since when the desk waits for the customer, whether or not a policy pauses for it."""
        if self.is_plain:
            return None
        present = self.history[-1] if self.history else None
        return present.since if present is not None and present.status == WAITING else None

    @property
    def term(self) -> Term | None:
        """The warranty term that governs."""
        return self.judge.term(self.table, self.row) if self.judge is not None else None

    @property
    def warranty_until(self) -> date | None:
        """The last day of the warranty."""
        return warranty_until(self.term, self.row)

    @property
    def coverage(self) -> Reason | None:
        """Whether the fault is covered."""
        term = self.term
        return self.covered(term, warranty_until(term, self.row))

    def covered(self, term: Term | None, until: date | None) -> Reason | None:
        """Whether the fault is covered under a term that ends so."""
        if self.judge is None or self.row.opened_at is None:
            return None
        return coverage(self.judge.settings.warranty, term, self.row, until, day_of(self.row.opened_at))


_TWO = 2


class _Raised:
    """A row as its conditions are looked at with another level than the cell's."""

    def __init__(self, row: Ticket, level: str | None) -> None:
        self._row, self._level = row, level

    def get(self, column: str) -> Any:
        return self._level if column == "level" else self._row.get(column)


Calls = Mapping[tuple[str, int], tuple[tuple[Table, When], ...]]
"""(book, row) of a ticket -> the call-backs made about it, each with the register that holds it."""


class Judge:
    """What the cases of one run share."""

    def __init__(self, snapshot: Snapshot, settings: Settings, now: datetime, called: Calls | None = None) -> None:
        self.snapshot = snapshot
        self.settings = settings
        self.now = now
        self.telling = frozenset(
            {WAITING, REWORK}.union(*(one.pause_on for one in settings.policies if one.register == "tickets"))
        )
        """Statuses that say something even where they are the only one seen."""
        self._called = called
        self._policies = tuple(one for one in settings.policies if one.register == "tickets")
        self._dues = {one.id: Dues(one, snapshot.calendar) for one in self._policies}
        self._governed = Choice((one.when for one in self._policies), self._choose)
        self._terms = Choice(
            (one.when for one in settings.warranty.terms), lambda row: term_for(settings.warranty, row)
        )
        self._readers: dict[int, tuple[Callable[[Any], tuple[Any, ...]], Callable[[Any], tuple[Any, ...]], Marks]] = {}

    @cached_property
    def numbers(self) -> Numbers:
        """The numbers of new rows."""
        return ticket_numbers(self.snapshot, self.settings)[0]

    @cached_property
    def called(self) -> Calls:
        """Every call-back at its ticket."""
        return calls(self.snapshot) if self._called is None else self._called

    def cases(self, may_matter: Callable[[Table, Ticket], bool] | None = None) -> Iterator[Case]:
        """Every ticket of every book (for which this is so), one by one: all at once would be much to hold."""
        for table in self.snapshot.of("tickets"):
            seen, by_key = self.snapshot.memory.spans.of(table.book, "tickets"), table.by_key
            for row in table.rows:
                if may_matter is not None and not may_matter(table, row):
                    continue
                key = row.key
                if key is None:
                    reserved = self.numbers.get((table.book, row.row))
                    yield Case(table, row, reserved, is_doubled=False, judge=self, seen=seen.get("", _NOTHING))
                else:
                    yield Case(table, row, key, key not in by_key, self, seen.get(key, _NOTHING))

    def case_of(self, table: Table, row: Ticket) -> Case:
        """The case of one row that was read."""
        seen = self.snapshot.memory.spans.of(table.book, "tickets").get(row.key or "", _NOTHING)
        number = row.key or self.numbers.get((table.book, row.row))
        return Case(table, row, number, row.key is not None and row.key not in table.by_key, self, seen)

    def case_at(self, at: RowId) -> Case:
        """The case of one row, by where it was read."""
        table = next(one for one in self.snapshot.of("tickets") if one.book == at.book)
        row = table.rows[bisect_left(table.rows, at.row, key=lambda one: one.row)]
        seen = self.snapshot.memory.spans.of(table.book, "tickets").get(row.key or "", _NOTHING)
        return Case(table, row, at.key, row.key is not None and row.key not in table.by_key, self, seen)

    @cached_property
    def knows_shifts(self) -> bool:
        """Whether the shifts that policies ask for are known this time: people's own stand in the staff register."""
        return not (self.snapshot.is_unread("staff") and any(one.end is End.SHIFT for one in self._policies))

    def marks(self, table: Table) -> Marks:
        """The marks of a table's toolkit cells."""
        return self._read(table)[2]

    def governed(self, case: Case) -> Mapping[str, Policy]:
        """The clocks that policies set on a ticket, each with the one that governs."""
        table, row = case.table, case.row
        if row.level is not None and not case.is_plain and case.level != row.level:
            return self._choose(_Raised(row, case.level))
        return self.governed_row(table, row)

    def governed_row(self, table: Table, row: Ticket) -> Mapping[str, Policy]:
        """The same for a row that was never reopened."""
        return self._governed.of(row, self._read(table)[0](row))

    def term(self, table: Table, row: Ticket) -> Term | None:
        """The warranty term that governs a row."""
        return self._terms.of(row, self._read(table)[1](row))

    def _read(self, table: Table) -> tuple[Callable[[Any], tuple[Any, ...]], Callable[[Any], tuple[Any, ...]], Marks]:
        found = self._readers.get(id(table))
        if found is None:
            register = table.register
            found = self._readers[id(table)] = (
                picked(register, self._governed.columns),
                picked(register, self._terms.columns),
                marks_of(self.snapshot, table),
            )
        return found

    def _choose(self, row: Any) -> Mapping[str, Policy]:
        policies = self._policies
        return {name: one for name in CLOCKS if (one := governing(policies, name, row)) is not None}

    def history(self, case: Case) -> tuple[Stay, ...]:
        """A ticket's history."""
        row, at = case.row, self.snapshot.at
        if row.opened_at is None:
            return ()
        told_at = at(case.table, row.last_told_at) if row.last_told_at and has_time(row.last_told_at) else None
        spans = () if case.is_doubled else case.seen.get("status", ())
        return stays(spans, row.status, told_at, at(case.table, row.opened_at), self.now)

    def clock(self, case: Case, name: str) -> Clock | None:
        """One clock of a ticket; None where nothing set it going."""
        table, row, at = case.table, case.row, self.snapshot.at
        policy = case.governed.get(name)
        if policy is None or row.opened_at is None:
            return None
        if name == "told" and not self._is_telling(case):
            return None
        if policy.end is End.SHIFT and not self.knows_shifts:
            return None
        if name in PROMISED and not is_known(self.snapshot, row):
            return None
        if name == "promise" and is_called_off(self.snapshot, table, row):
            return None
        if name == "reply":
            return self._reply(case, policy)
        is_callback = policy.clock == "callback"
        if is_callback and (row.status not in FINISHED or self.snapshot.is_unread("surveys", "contacts")):
            return None  # whether the call was made is not known this time
        start = _first(row, policy.starts)
        if start is None:
            return None
        started_at = at(table, start)
        if name == "told":
            told_at = self.now if case.is_being_told else case.last_told
            started_at = max(started_at, told_at or started_at)
        stop, stop_table = self.call_of(table, row, start) if is_callback else (row.get(policy.stops), table)
        if stop is None and policy.clock == "promise" and row.kind == "deadline":
            stop = left_on(self.snapshot, row.order_no, table.book)  # the promise is kept when the goods have left
        stopped_at = at(stop_table, stop) if stop is not None else None
        closed: tuple[tuple[datetime, datetime], ...] = ()
        open_since = None
        if not case.is_plain:
            if policy.stops == "finished_at" and (reopened_at := case.reopened_at):
                if row.status not in FINISHED | FROZEN:
                    stopped_at = None  # finished once, but work goes on
                if self.settings.reopened == "new" and policy.clock != "promise":
                    started_at = reopened_at[-1]
            closed, open_since = pauses_of(case.history, policy.pause_on)
        promise = self.promised(table, row)
        due_at = promise if policy.clock == "promise" else self._end(case, policy, started_at, closed)
        return clock(
            self._dues[policy.id],
            started_at,
            self.now,
            stopped_at=stopped_at,
            stopped_by_day=stop is not None and not has_time(stop),
            due_at=due_at,
            pauses=closed,
            paused_since=open_since if stopped_at is None else None,
            cap=promise if policy.clock == "resolve" else None,
        )

    def _reply(self, case: Case, policy: Policy) -> Clock | None:
        """The clock of the vendor's answer (P-25): from the run that saw the job with the vendor; None where nobody is asked,
        or where an answer stands without its time.
        """
        table, row, spans = case.table, case.row, case.seen.get(ASKED, ())
        vendor = self.snapshot.vendor(row.vendor, table.book)
        if vendor is None:
            return None
        stopped_at = answered_at(self.snapshot, table, row, spans, vendor.vendor_no)
        asks = is_asked(row, auto_assign=self.settings.dispatch.auto_assign)
        if not asks and (stopped_at is None or not was_asked(spans, vendor.vendor_no)):
            return None
        if stopped_at is None and has_answered(self.snapshot, table, row, spans, vendor.vendor_no):
            return None
        return clock(
            self._dues[policy.id],
            asked_since(spans, vendor.vendor_no, self.now),
            self.now,
            stopped_at=stopped_at,
            stopped_by_day=row.vendor_replied_at is not None and not has_time(row.vendor_replied_at),
        )

    def plain_due(self, case: Case, name: str) -> datetime | None:
        """`clock(case, name).due_at` where nothing was ever paused or set going anew."""
        table, row = case.table, case.row
        policy = case.governed.get(name)
        start = _first(row, policy.starts) if policy is not None and row.opened_at is not None else None
        if policy is None or start is None or (name in PROMISED and not is_known(self.snapshot, row)):
            return None
        its, started_at = self._dues[policy.id], self.snapshot.at(table, start)
        due = self._end(case, policy, started_at) or its.due(started_at, its.pauses(started_at))
        promise = self.promised(table, row) if name == "resolve" else None
        return due if promise is None else min(due, promise)

    def _is_telling(self, case: Case) -> bool:
        """Whether progress is to be told: from the first answer, which has a clock of its own, until the work is finished.

        Not while the contacts cannot be read: when the customer last heard of it is not known then. Nor of a ticket that keeps
        an order's promise: its customer asked nothing, knows of no ticket, and is written to about the order.
        """
        row = case.row
        if row.kind == "deadline" and row.order_no:
            return False
        is_answered = row.responded_at is not None or "response" not in case.governed
        return is_answered and row.status not in FINISHED | FROZEN and not self.snapshot.is_unread("contacts")

    def _end(
        self, case: Case, policy: Policy, started_at: datetime, pauses: tuple[tuple[datetime, datetime], ...] = ()
    ) -> datetime | None:
        """When the day or the shift ends, where the policy lasts until then (P-24).

        A pause that outlasts it hands the case to the day or the shift in which the pause is over.
        """
        if policy.end is None:
            return None
        due = ends_at(self.snapshot, self.settings, policy.end, started_at, case.row.owner, case.table.book)
        for since, until in pauses:
            if since < due <= until:
                due = ends_at(self.snapshot, self.settings, policy.end, until, case.row.owner, case.table.book)
        return due

    def callback_due(self, table: Table, row: Ticket) -> datetime:
        """When the call-back is due at the latest; the end of time where that takes more than a look."""
        policy = self.governed_row(table, row).get("callback")
        start = row.get(policy.starts[0]) if policy is not None else None
        if policy is None or start is None or policy.pause_on or not self.is_due_by_day(policy, table):
            return _NEVER
        known = self._dues[policy.id].known(start.date() if isinstance(start, datetime) else start)
        return known or _NEVER

    def is_due_by_day(self, policy: Policy, table: Table) -> bool:
        """Whether the due time depends on nothing but the day on which the clock started, as the cells tell it."""
        its = self._dues[policy.id]
        return its.is_by_day and self.snapshot.zones[table.book] is its.calendar.timezone

    def promised(self, table: Table, row: Ticket) -> datetime | None:
        """When the promise is due that counts for a ticket."""
        promise = promise_of(self.snapshot, table, row) if row.promised_by is not None else None
        return promise.due_at(self.snapshot) if promise is not None else None

    def call_of(self, table: Table, row: Ticket, start: When) -> tuple[When | None, Table]:
        """The first call-back that was made after the job, or the last of so many in vain that it is given up."""
        called = self.called.get((table.book, row.row)) if self.called else None
        made = [(when, where) for where, when in called or () if _not_before(when, start)]
        if not made:
            in_vain = self.given_up(row, start)
            return (in_vain[-1].at, in_vain[-1].table) if in_vain else (None, table)
        return min(made, key=lambda one: (day_of(one[0]), str(one[0])))

    def given_up(self, row: Ticket, start: When) -> tuple[Contact, ...]:
        """The calls in vain after which the customer counts as not reached; none while there were fewer."""
        found = contacts_of(self.snapshot, row)
        most = self.settings.callbacks.tries
        tries = tries_since(found, start) if len(found) >= most else ()
        return tries[:most] if len(tries) >= most else ()

    def is_called(self, table: Table, row: Ticket, start: When) -> bool:
        """Whether a call-back was made after the job."""
        called = self.called.get((table.book, row.row)) if self.called else None
        return any(_not_before(when, start) for _, when in called or ())

    @cached_property
    def loads(self) -> Mapping[int, Load]:
        """Who has how many jobs."""
        return workload(self.snapshot)


_NEVER = datetime.max.replace(tzinfo=UTC)
_NOTHING: Mapping[str, tuple[Span, ...]] = {}


def judge_of(snapshot: Snapshot, settings: Settings, now: datetime) -> Judge:
    """The judge of one run at one moment, shared by its jobs."""
    return snapshot.once(("judge", now), lambda: Judge(snapshot, settings, now))


def cases(snapshot: Snapshot, settings: Settings, now: datetime) -> Iterator[Case]:
    """Every ticket of every book."""
    return judge_of(snapshot, settings, now).cases()


def calls(snapshot: Snapshot) -> Calls:
    """Every call-back at its ticket."""
    found: dict[tuple[str, int], list[tuple[Table, When]]] = defaultdict(list)
    for table, row in snapshot.rows("surveys"):
        ticket = snapshot.ticket(row.ticket_no, table.book)
        if ticket is not None and row.called_at:
            found[ticket[0].book, ticket[1].row].append((table, row.called_at))
    return {at: tuple(made) for at, made in found.items()}


def case_of(
    snapshot: Snapshot,
    settings: Settings,
    table: Table,
    row: Ticket,
    now: datetime,
    reserved: str | None,
    called: Calls,
) -> Case:
    """One ticket."""
    seen = snapshot.memory.spans.of(table.book, "tickets").get(row.key or "", _NOTHING)
    is_doubled = row.key is not None and row.key not in table.by_key
    return Case(table, row, row.key or reserved, is_doubled, Judge(snapshot, settings, now, called), seen)


def _first(row: Ticket, columns: Sequence[str]) -> When | None:
    for column in columns:
        value: When | None = row.get(column)
        if value is not None:
            return value
    return None


def _not_before(one: When, other: When) -> bool:
    if isinstance(one, datetime) and isinstance(other, datetime):
        return one >= other
    return day_of(one) >= day_of(other)

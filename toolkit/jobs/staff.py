"""staff: who has how much open and late, how satisfied their customers are, proposals; the same for stores (20)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from toolkit.core.actions import Edit, Plan
from toolkit.core.finding import Finding
from toolkit.core.reason import Reason, because
from toolkit.core.words import Words
from toolkit.jobs.edits import edit
from toolkit.jobs.shifts import goes_by_shifts, unread_shift
from toolkit.jobs.ticket.case import Case, judge_of
from toolkit.jobs.ticket.flags import counted
from toolkit.jobs.ticket.told import correspondence, desk_of
from toolkit.registers.directory import Directory
from toolkit.registers.order import day_of
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.tickets import FROZEN
from toolkit.rules.clock import Running
from toolkit.rules.warranty import add_months
from toolkit.settings.lexicons import lexicon_of
from toolkit.settings.model import Settings

MONTHS = 3
"""The months over which satisfaction is shown, the present one not among them."""
SATISFIED = frozenset({"basically_satisfied", "quite_satisfied"})
HANDLED = ("response", "solution", "resolve")
"""The clocks of a complaint: late in one of them, it was not handled in time."""
Month = tuple[int, int]


@dataclass
class Tally:
    """What counts for one member of staff, or one store. `calls[month]` is (satisfied, asked)."""

    open: int = 0
    overdue: int = 0
    late_complaints: int = 0
    quality_reports: int = 0
    calls: dict[Month, tuple[int, int]] = field(default_factory=lambda: defaultdict(lambda: (0, 0)))

    def satisfaction(self, months: tuple[Month, ...]) -> float | None:
        """The share of satisfied customers over some months; None where nobody was asked."""
        satisfied = sum(self.calls[one][0] for one in months)
        asked = sum(self.calls[one][1] for one in months)
        return round(satisfied / asked, 3) if asked else None


def plan(snapshot: Snapshot, settings: Settings, now: datetime) -> Plan:
    """All that the staff and store registers ask for at `now`; while what counts cannot be read, only what is wrong."""
    findings = tuple(faults_found(snapshot, settings, now))
    if snapshot.is_unread("tickets", "surveys", "staff", "stores"):
        return Plan(findings=findings)
    words = Words(settings.locale, lexicon_of(settings).label)
    people, stores = tallies(snapshot, settings, now)
    edits: list[Edit] = []
    for table, row in snapshot.rows("staff"):
        tally = people.get((table.book, row.row), Tally())
        months = past_months(snapshot.today(table, now), MONTHS)
        edits += edit(table, row, "open", tally.open, _OPEN)
        edits += edit(table, row, "overdue", tally.overdue, _OVERDUE)
        edits += edit(table, row, "satisfaction_3_months", tally.satisfaction(months), _SATISFACTION)
        for column, proposed in proposals(settings, tally, snapshot.today(table, now)):
            edits += edit(table, row, column, words.word(proposed) or None, _PROPOSAL)
    for table, row in snapshot.rows("stores"):
        tally = stores.get((table.book, row.row), Tally())
        today = snapshot.today(table, now)  # unlike a bonus, a store's figure need not wait for the month to end
        months = (_month(today), *past_months(today, MONTHS))
        edits += edit(table, row, "open", tally.open, _OPEN)
        edits += edit(table, row, "overdue", tally.overdue, _OVERDUE)
        edits += edit(table, row, "satisfaction", tally.satisfaction(months), _SATISFACTION)
    return Plan(tuple(edits), findings=findings)


def faults_found(snapshot: Snapshot, settings: Settings, _now: datetime) -> Iterator[Finding]:
    """The shifts that cannot be read, where shifts count (P-24): whose owner they are would else be settled by another's."""
    if not goes_by_shifts(settings):
        return
    for table, row in snapshot.rows("staff"):
        fault = unread_shift(row.shift, settings.shifts) if row.shift and row.active is not False else None
        if fault is not None:
            yield table.finding(row, fault)


Tallies = Mapping[tuple[str, int], Tally]


def tallies(
    snapshot: Snapshot, settings: Settings, now: datetime, month: Month | None = None
) -> tuple[Tallies, Tallies]:
    """(book, row) -> what counts, of the staff and of the stores; complaints and reports are those of the month (this one)."""
    judge = judge_of(snapshot, settings, now)
    people = _Rows(snapshot, "staff")
    stores = _Rows(snapshot, "stores")
    for case in judge.cases(lambda _, row: row.status not in FROZEN or row.kind == "complaint"):
        its = [
            one
            for one in (people.tally(case.table.book, case.row.owner), stores.tally(case.table.book, case.row.store))
            if one
        ]
        if not its:
            continue
        is_late = _is_late(case)
        for one in its:
            if not case.is_frozen:
                one.open += 1
                one.overdue += is_late
            one.late_complaints += _is_mishandled(case, month or _month(snapshot.today(case.table, now)))
    for table, row in snapshot.rows("surveys"):
        found = snapshot.ticket(row.ticket_no, table.book)
        if found is None or row.satisfaction is None or row.called_at is None:
            continue
        where, ticket = found
        called_in = _month(day_of(row.called_at))
        for asked_of in (people.tally(where.book, ticket.owner), stores.tally(where.book, ticket.store)):
            if asked_of is not None:
                satisfied, asked = asked_of.calls[called_in]
                asked_of.calls[called_in] = (satisfied + (row.satisfaction in SATISFIED), asked + 1)
    _quality_reports(snapshot, people, now, month)
    return people.found, stores.found


@dataclass
class _Rows:
    """The rows of a register by the names that tickets call them."""

    snapshot: Snapshot
    register: str
    found: dict[tuple[str, int], Tally] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._directory = Directory(self.snapshot.of(self.register), "name")
        self._known: dict[tuple[str, str], Tally | None] = {}

    def tally(self, book: str, name: str | None) -> Tally | None:
        """The tally of a row by number or name."""
        if not name:
            return None
        if (book, name) not in self._known:
            found = self._directory.find(name, book)
            self._known[book, name] = None
            if found is not None:
                at = (found[0].book, found[1].row)
                self._known[book, name] = self.found.setdefault(at, Tally())
        return self._known[book, name]


def _is_late(case: Case) -> bool:
    """Whether a step is past its due time, as the ticket's own cells say it: where only a letter of ours is late that leaves
    now, none is.
    """
    late = {one.policy.clock for one in counted(case) if one.is_overdue}
    if late != {"told"} or case.judge is None:
        return bool(late)
    correspondence(desk_of(case.judge.snapshot, case.judge.settings, case.judge.now), case)
    return any(one.is_overdue for one in counted(case))


def _is_mishandled(case: Case, month: Month) -> bool:
    """A complaint that was late at a step, in the month in which the first of them was due: taken on the last day of a month
    it is late in the next one. What is still open and late counts as well.
    """
    row = case.row
    if row.kind != "complaint" or row.opened_at is None or row.status in FROZEN - {"closed"} or case.judge is None:
        return False
    late = [
        one.due_at
        for one in case.clocks
        if one.policy.clock in HANDLED and one.running in (Running.OVERDUE, Running.LATE)
    ]
    return bool(late) and _month(case.judge.snapshot.wall(case.table, min(late)).date()) == month


def _quality_reports(snapshot: Snapshot, people: _Rows, now: datetime, month: Month | None) -> None:
    """A latent quality problem counts for who reported it, once it is confirmed as one: its cause says so."""
    for table, row in snapshot.rows("tickets"):
        if row.kind != "quality_report" or row.cause != "product_quality" or row.opened_at is None:
            continue
        if _month(day_of(row.opened_at)) == (month or _month(snapshot.today(table, now))):
            reporter = people.tally(table.book, row.customer) or people.tally(table.book, row.owner)
            if reporter is not None:
                reporter.quality_reports += 1


def past_months(today: date, count: int) -> tuple[Month, ...]:
    """The months before this one, the newest first."""
    return tuple(_month(add_months(today.replace(day=1), -back)) for back in range(1, count + 1))


def _month(day: date) -> Month:
    return day.year, day.month


def proposals(settings: Settings, tally: Tally, today: date) -> Iterator[tuple[str, tuple[Reason, ...]]]:
    """What is proposed for somebody, by column; a manager decides. The bonus is for the months before the one of `today`."""
    setting = settings.rewards
    if setting is None:
        yield from (("reward", ()), ("penalty", ()))
        return
    rewards: list[Reason] = []
    shares = [tally.satisfaction((one,)) for one in past_months(today, setting.months)]
    if all(one is not None and one >= setting.satisfaction for one in shares):
        said = {"share": round(setting.satisfaction * 100), "months": setting.months}
        rewards.append(
            because("reward.bonus", **said)
            if setting.bonus is None
            else because("reward.bonus-of", amount=setting.bonus, **said)
        )
    if tally.quality_reports:
        n = tally.quality_reports
        rewards.append(because("reward.quality-report", n=n, amount=setting.quality_report * n))
    yield "reward", tuple(rewards)
    late = tally.late_complaints
    total = setting.late_complaint * Decimal(late)
    yield "penalty", (because("penalty.late-complaint", n=late, amount=total),) if late else ()


_OPEN = because("edit.open")
_OVERDUE = because("edit.open-overdue")
_SATISFACTION = because("edit.satisfaction")
_PROPOSAL = because("edit.proposal")

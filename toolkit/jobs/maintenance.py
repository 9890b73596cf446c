"""maintenance: visits entered ahead of their day from the contracts, letters to customers, what is late (P-20)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from toolkit.core.actions import Append, Edit, Observation, Occasion, Plan, RowId
from toolkit.core.reason import Name, Reason, because
from toolkit.jobs.agenda import Due
from toolkit.jobs.clocked import Clocks, overdue_edit
from toolkit.jobs.edits import edit
from toolkit.jobs.ladder import Ladder, Subject, subject_of
from toolkit.jobs.recipients import opted_out, reached
from toolkit.jobs.since import go_live, is_news
from toolkit.jobs.ticket.numbers import Numbers, number_rows
from toolkit.jobs.ticket.view import Views
from toolkit.registers.directory import Directory
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table
from toolkit.rules.clock import Clock, Running
from toolkit.rules.upkeep import Owed
from toolkit.settings.lexicons import lexicon_of
from toolkit.settings.model import Settings

FINGERPRINT = ("contract_no", "kind", "due_on")
VISIT = ("contract_no", "customer", "phone", "email", "city", "address", "product")
"""What a letter about a visit is told of its contract."""
DUE_ON = "due_on"
"""Remembered of a visit that a run saw in the sheet: a row that staff took out is not entered again."""


@dataclass(frozen=True)
class Desk:
    """What the visits of one run share."""

    snapshot: Snapshot
    settings: Settings
    now: datetime
    views: Views
    clocks: Clocks
    contracts: Directory
    numbers: Numbers

    def contract(self, table: Table, row: Any) -> Any:
        """The contract of a visit; None where it cannot be told."""
        found = self.contracts.find(row.contract_no, table.book)
        return found[1] if found else None

    def number(self, table: Table, row: Any) -> str | None:
        """A visit's number, or the one reserved for it."""
        return row.key or self.numbers.get((table.book, row.row))


def plan(snapshot: Snapshot, settings: Settings, now: datetime) -> Plan:
    """All that contracts and visits ask for at `now`; nothing while one of them cannot be read."""
    if snapshot.is_unread("contracts", "maintenance"):
        return Plan()
    desk, reservations = _desk(snapshot, settings, now)
    ladder, ears, since = (
        Ladder(snapshot, settings, now, desk.views),
        opted_out(snapshot, settings),
        go_live(settings, snapshot, now),
    )
    edits: list[Edit] = []
    occasions: list[Occasion] = []
    observations: list[Observation] = []
    for table, row, clocks in _visits(desk):
        edits += _edits(desk, table, row, clocks)
        observations += _seen(snapshot, table, row)
        number = desk.number(table, row)
        if number is None or row.has_fault:
            continue
        occasions += ladder.alerts(_subject(desk, table, row, number, clocks), clocks)
        occasions += _letters(desk, table, row, number, clocks, ears, since)
    return Plan(tuple(edits), tuple(_appends(desk)), tuple(occasions), (), tuple(observations), reservations)


def agenda(snapshot: Snapshot, settings: Settings, now: datetime) -> Iterator[Due]:
    """The visits that are open."""
    if snapshot.is_unread("contracts", "maintenance"):
        return
    desk, _ = _desk(snapshot, settings, now)
    for table, row, clocks in _visits(desk):
        number = desk.number(table, row)
        if number is not None:
            subject = _subject(desk, table, row, number, clocks)
            yield from (Due(subject, one) for one in clocks)


def _desk(snapshot: Snapshot, settings: Settings, now: datetime) -> tuple[Desk, Any]:
    numbers, reservations = number_rows(
        snapshot, "maintenance", settings.numbers["maintenance"], FINGERPRINT, lambda row: row.due_on
    )
    views = Views(lambda locale: lexicon_of(settings, locale))
    clocks = Clocks(snapshot, settings, now, "maintenance")
    return Desk(snapshot, settings, now, views, clocks, Directory(snapshot.of("contracts")), numbers), reservations


def _visits(desk: Desk) -> Iterator[tuple[Table, Any, tuple[Clock, ...]]]:
    """Every visit with its open clocks."""
    for table, row in desk.snapshot.rows("maintenance"):
        yield table, row, desk.clocks.counted(row, desk.clocks.of(table, row))


# The rows that are entered


def _appends(desk: Desk) -> Iterator[Append]:
    """A row for each visit that falls due soon and stands in no sheet, nor ever stood there."""
    snapshot = desk.snapshot
    for table in snapshot.of("contracts"):
        into = next((one for one in snapshot.of("maintenance") if one.book == table.book), None)
        into = into or next(iter(snapshot.of("maintenance")), None)
        if into is None:
            return
        there = {(row.contract_no, row.kind, row.due_on) for row in into.rows} | {
            (row.contract_no, row.kind, _number_day(row.key)) for row in into.rows if row.key
        }
        seen = snapshot.memory.spans.of(into.book, "maintenance")
        known = _known_days(into)
        for row in table.rows:
            if row.key is None or row.has_fault or row.key not in table.by_key:
                continue
            for kind, due_on in _due(desk, table, row, known.get(row.contract_no, ())):
                number = visit_no(row.contract_no, kind, due_on)
                if (row.contract_no, kind, due_on) not in there and number not in seen and number not in into.by_key:
                    yield _append(desk, into, row, kind, due_on, number)


def visit_no(contract_no: str, kind: str, due_on: date) -> str:
    """The number of an entered visit: the same whenever it is worked out, so that a killed run enters it once."""
    return f"{contract_no}-{due_on:%Y%m%d}-{kind[0].upper()}"


def _known_days(into: Table) -> Mapping[str, list[date]]:
    """The days of each contract's visits that stand in the sheet: when they fall due, and when they were made."""
    found: dict[str, list[date]] = defaultdict(list)
    for row in into.rows:
        if row.contract_no:
            found[row.contract_no] += [one for one in (row.due_on, row.done_on) if one is not None]
    return found


def _number_day(number: str) -> date | None:
    """The day in an entered visit's number: staff may have moved the visit since."""
    parts = number.rsplit("-", 2)
    try:
        return datetime.strptime(parts[-2], "%Y%m%d").date()  # noqa: DTZ007  a day has no zone
    except (IndexError, ValueError):
        return None


def _due(desk: Desk, table: Table, contract: Any, known: Collection[date]) -> Iterator[tuple[str, date]]:
    """The visits of a contract that fall between the desk's first day, or its first row, and the horizon.

    Before them the last one that should have been by then, unless a row says what became of it: of a contract that is
    new to the desk it is what is owed now. Older ones are history, and nobody is asked for it.
    """
    setting, snapshot = desk.settings.maintenance, desk.snapshot
    start = contract.accepted_on
    if start is None:
        return
    today = snapshot.today(table, desk.now)
    owed = Owed(start, {name: kind for name, kind in setting.kinds.items() if contract.get(name)})
    began = snapshot.today(table, snapshot.memory.first_run_at or desk.now)
    first = max(began, min((one for one in known if one <= today), default=began))
    missed = owed.missed(known, today) if contract.ends_on is None or contract.ends_on >= today else None
    if missed is not None and (missed < first or not known):
        first = missed
    last = min(today + setting.ahead, contract.ends_on or date.max)
    yield from ((name, day) for day, name in owed.between(first - timedelta(days=1), last))


def _append(desk: Desk, into: Table, contract: Any, kind: str, due_on: date, number: str) -> Append:
    words = desk.views.words(desk.settings.locale)
    values = {
        "visit_no": number,
        "contract_no": contract.contract_no,
        "customer": contract.customer,
        "kind": words.label(Name("maintenance", "kind", kind)),
        "checklist": words.word(desk.settings.maintenance.kinds[kind].checklist.get(desk.settings.locale, ())) or None,
        "due_on": due_on,
        "vendor": contract.vendor,
    }
    return Append(
        into.book,
        "maintenance",
        {name: value for name, value in values.items() if value is not None},
        because("append.visit", contract=contract.contract_no, accepted=contract.accepted_on),
    )


def _seen(snapshot: Snapshot, table: Table, row: Any) -> Iterator[Observation]:
    if row.key is None or row.key not in table.by_key:
        return
    spans = snapshot.memory.spans.of(table.book, "maintenance").get(row.key, {}).get(DUE_ON, ())
    value = row.due_on.isoformat() if row.due_on is not None else ""
    if not spans or spans[-1].value != value:
        yield Observation(RowId(table.book, "maintenance", row.key, row.row), DUE_ON, value)


# Cells, alerts, letters


def _edits(desk: Desk, table: Table, row: Any, clocks: tuple[Clock, ...]) -> Iterator[Edit]:
    words = desk.views.words(desk.settings.locale)
    number = desk.number(table, row)
    if row.key is None and number is not None:
        yield from edit(table, row, "visit_no", number, because("edit.number"))
    contract = desk.contract(table, row)
    if contract is not None and row.customer is None:
        yield from edit(table, row, "customer", contract.customer, because("edit.from-contract"))
    kind = desk.settings.maintenance.kinds.get(row.kind or "")
    if kind is not None and row.checklist is None:
        checklist = words.word(kind.checklist.get(desk.settings.locale, ())) or None
        yield from edit(table, row, "checklist", checklist, because("edit.checklist"))
    yield from overdue_edit(clocks, desk.snapshot, table, row, words)
    step = _next_step(desk, table, row)
    yield from edit(table, row, "next_step", words.say(step) if step else None, because("edit.next-upkeep"))


def _next_step(desk: Desk, table: Table, row: Any) -> Reason | None:
    """Arrange the visit, make it, enter that it was made."""
    if row.done_on is not None:
        return because("upkeep.ticket") if row.result == "ticket" and row.ticket_no is None else None
    if row.due_on is None:
        return because("upkeep.needs-date")
    contract = desk.contract(table, row)
    who = (
        because("next.owner", name=contract.owner)
        if contract is not None and contract.owner
        else because("next.unassigned")
    )
    if row.visit_at is None:
        is_late = row.due_on < desk.snapshot.today(table, desk.now)
        return because("upkeep.arrange-late" if is_late else "upkeep.arrange", due=row.due_on, who=who)
    vendor = desk.snapshot.vendor(row.vendor, table.book)
    by = vendor.name if vendor is not None else row.vendor or because("next.no-vendor")
    if desk.snapshot.at(table, row.visit_at) > desk.now:
        return because("upkeep.visit", at=row.visit_at, vendor=by)
    return because("upkeep.enter", who=who)


def _subject(desk: Desk, table: Table, row: Any, number: str, clocks: tuple[Clock, ...]) -> Subject:  # noqa: ARG001
    contract = desk.contract(table, row)
    made = subject_of(table, row, number, desk.views, lambda: _next_step(desk, table, row))
    return replace(made, owner=contract.owner if contract is not None else None)


def _letters(
    desk: Desk,
    table: Table,
    row: Any,
    number: str,
    clocks: tuple[Clock, ...],
    ears: frozenset[str],
    since: date,
) -> Iterator[Occasion]:
    """The customer hears of a visit from the warning on, while no time is arranged."""
    notice, contract = desk.settings.notices.get("maintenance-due"), desk.contract(table, row)
    one = next((one for one in clocks if one.running in (Running.WARNED, Running.OVERDUE)), None)
    if notice is None or contract is None or contract.has_fault or one is None or row.visit_at is not None:
        return
    told_at = one.warn_at or one.due_at
    if not is_news(told_at, desk.settings, since):
        return
    bounced = desk.snapshot.memory.bounced
    for to in reached(
        notice, desk.settings, contract, "customer", contract.contact or contract.customer, ears, bounced
    ):
        yield Occasion(
            at=RowId(table.book, "maintenance", number, row.row),
            notice="maintenance-due",
            to=to,
            cause=row.due_on.isoformat(),
            reason=because("message.maintenance-due", visit=number),
            values=partial(_values, desk, table, row, number, contract, to.locale),
            event_at=told_at,
            expires_at=desk.snapshot.calendar.add(told_at, notice.expires) if notice.expires else None,
        )


def _values(desk: Desk, table: Table, row: Any, number: str, contract: Any, locale: str) -> dict[str, Any]:
    kind = desk.settings.maintenance.kinds.get(row.kind or "")
    visit = {
        **{name: contract.get(name) for name in VISIT if name != "email"},
        "visit_no": number,
        "kind": desk.views.words(locale).label(Name("maintenance", "kind", row.kind)) if row.kind else None,
        "kind_key": row.kind,
        "due_on": row.due_on,
    }
    vendor = desk.snapshot.vendor(row.vendor, table.book)
    lines = kind.checklist.get(locale) if kind is not None else None
    return {"visit": visit, "vendor": desk.views.vendor(vendor), "checklist": list(lines or ())}

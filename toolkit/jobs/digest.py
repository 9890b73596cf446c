"""The digest job: what each person should know in the morning, the managers more (20, Digest and reports)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from toolkit.core.actions import Occasion, Plan, RowId
from toolkit.core.finding import Finding, Severity
from toolkit.core.memory import COMPANION, LOCKED
from toolkit.core.reason import Name, Reason, because
from toolkit.core.words import Words
from toolkit.jobs.clocked import late_reason
from toolkit.jobs.recipients import present, reached, role_of_person
from toolkit.jobs.ticket.case import Case, cases
from toolkit.jobs.ticket.flags import counted, missing_stops
from toolkit.jobs.ticket.view import Views
from toolkit.registers.fold import fold
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.tickets import FINISHED
from toolkit.rules.clock import Clock, Running
from toolkit.settings.lexicons import lexicon_of
from toolkit.settings.model import Settings

MANAGERS = frozenset({"manager", "head", "store_manager"})
MOST_ROWS = 30
"""A mail stays readable: so many rows a section, the rest is counted."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line: the clock of a case, or (without a clock) a finding at its cell."""

    case: Case
    clock: Clock | None = None
    finding: Finding | None = None


@dataclass
class Heap:
    """The lines of one owner (or of all), by section."""

    overdue: list[Item] = field(default_factory=list)
    today: list[Item] = field(default_factory=list)
    tomorrow: list[Item] = field(default_factory=list)
    callbacks: list[Item] = field(default_factory=list)
    mend: list[Item] = field(default_factory=list)

    def sections(self) -> Iterable[tuple[str, list[Item]]]:
        """Name and lines, most pressing first."""
        for name in ("overdue", "today", "tomorrow", "callbacks", "mend"):
            yield name, sorted(getattr(self, name), key=_pressing)


def _pressing(item: Item) -> tuple[float, int]:
    return (item.clock.due_at.timestamp() if item.clock else 0.0, item.case.row.row)


def plan(snapshot: Snapshot, settings: Settings, now: datetime) -> Plan:
    """One digest for each person with an address, once a day."""
    notice = settings.notices.get("digest")
    if notice is None:
        return Plan()
    views = Views(lambda locale: lexicon_of(settings, locale))
    day = now.astimezone(snapshot.calendar.timezone).date()
    heaps = gather(snapshot, settings, now)
    occasions: list[Occasion] = []
    for table, person in snapshot.rows("staff"):
        is_manager = person.role in MANAGERS
        if ("managers" if is_manager else "staff") not in settings.digest.to or present(
            snapshot, person, day
        ) is not person:
            continue
        for to in reached(
            notice, settings, person, role_of_person(person), person.name, frozenset(), snapshot.memory.bounced
        ):
            values = values_for(snapshot, settings, person, heaps, now, views.words(to.locale))
            if not values["sections"] and not settings.digest.empty and not is_manager:
                continue
            occasions.append(
                Occasion(
                    at=RowId(table.book, "staff", person.key or person.name, person.row),
                    notice="digest",
                    to=to,
                    step=day.isoformat(),
                    reason=because("message.digest"),
                    values=partial(dict, values),
                    event_at=now,
                    expires_at=now + timedelta(days=1),
                )
            )
    return Plan(occasions=tuple(occasions))


def gather(snapshot: Snapshot, settings: Settings, now: datetime) -> Mapping[str, Heap]:
    """The lines by owner's folded name; '' holds the tickets that nobody owns."""
    heaps: dict[str, Heap] = defaultdict(Heap)
    faults: dict[tuple[str, int], list[Finding]] = defaultdict(list)
    for finding in snapshot.findings:
        if finding.severity is Severity.ERROR and finding.register == "tickets" and finding.place and finding.place.row:
            faults[finding.book or "", finding.place.row].append(finding)
    for case in cases(snapshot, settings, now):
        owner = snapshot.person(case.row.owner, case.table.book)
        heap = heaps[fold(owner.name) if owner is not None else ""]
        found = (
            *faults[case.table.book, case.row.row],
            *(case.table.finding(case.row, one) for one in missing_stops(case)),
        )
        heap.mend += (Item(case, finding=one) for one in found)
        for one in counted(case):
            _sort_in(snapshot, heap, case, one, now)
    return heaps


def _sort_in(snapshot: Snapshot, heap: Heap, case: Case, one: Clock, now: datetime) -> None:
    if not one.is_open or one.running is Running.PAUSED:
        return
    due_on, today = snapshot.wall(case.table, one.due_at).date(), snapshot.today(case.table, now)
    if one.policy.clock == "callback":
        if due_on <= today:
            heap.callbacks.append(Item(case, one))
    elif one.is_overdue:
        heap.overdue.append(Item(case, one))
    elif due_on == today:
        heap.today.append(Item(case, one))
    elif due_on == today + timedelta(days=1):
        heap.tomorrow.append(Item(case, one))


def values_for(
    snapshot: Snapshot,
    settings: Settings,
    person: Any,
    heaps: Mapping[str, Heap],
    now: datetime,
    words: Words,
) -> dict[str, Any]:
    """What the digest's template needs for one person; `person` None is the whole desk."""
    is_manager = person is None or person.role in MANAGERS
    chosen = list(heaps.values()) if is_manager else [heaps.get(fold(person.name), Heap())]
    if not is_manager and person.role == "caller":
        chosen = [_with_callbacks(chosen[0], heaps)]
    merged = Heap()
    for heap in chosen:
        for name, items in heap.sections():
            getattr(merged, name).extend(items)
    sections = [_section(snapshot, name, items, words) for name, items in merged.sections() if items]
    counts: list[dict[str, Any]] = []
    if is_manager:
        sections += _other_registers(snapshot, words)
        sections += _manager_sections(snapshot, settings, merged, heaps.get("", Heap()), words)
        counts = _counts(snapshot, merged, words)
    return {
        "person": person.name if person is not None else words.say(because("digest.desk")),
        "day": now.astimezone(snapshot.calendar.timezone).date(),
        "sections": sections,
        "counts": counts,
        "warnings": [words.say(one) for one in warnings(snapshot)] if is_manager else [],
    }


def _with_callbacks(own: Heap, heaps: Mapping[str, Heap]) -> Heap:
    """A caller calls for everybody."""
    return Heap(
        own.overdue, own.today, own.tomorrow, [item for heap in heaps.values() for item in heap.callbacks], own.mend
    )


def _section(snapshot: Snapshot, name: str, items: list[Item], words: Words) -> dict[str, Any]:
    rows = [_row(snapshot, item, words) for item in items[:MOST_ROWS]]
    if len(items) > MOST_ROWS:
        rows.append({"text": words.say(because("digest.more", n=len(items) - MOST_ROWS)), "cell": None, "link": None})
    return {"title": words.say(because(f"digest.{name}", n=len(items))), "rows": rows}


def _row(snapshot: Snapshot, item: Item, words: Words) -> dict[str, Any]:
    case = item.case
    who = because(
        "digest.case",
        ticket=case.row.key or because("digest.no-number"),
        customer=case.row.customer or "",
        product=case.row.product or "",
    )
    if item.finding is not None:
        place = item.finding.place
        column = Name("tickets", item.finding.column) if item.finding.column else ""
        text = because("digest.fault", case=who, column=column, fault=item.finding.reason)
        return {"text": words.say(text), "cell": place.cell if place else None, "link": None}
    clock = item.clock
    if clock is None:
        raise ValueError("a line without a finding has a clock")
    due = snapshot.wall(case.table, clock.due_at)
    said: Reason = (
        late_reason(clock, due)
        if clock.is_overdue
        else because("digest.due", step=because(f"step.{clock.policy.clock}"), due=due)
    )
    owner = case.row.owner or because("next.unassigned")
    column = {"promise": "promised_by"}.get(clock.policy.clock, f"{clock.policy.clock}_due")
    return {
        "text": words.say(because("digest.line", case=who, said=said, owner=owner)),
        "cell": case.table.place(case.row.row, column).cell,
        "link": None,
    }


def _other_registers(snapshot: Snapshot, words: Words) -> list[dict[str, Any]]:
    """Rows to mend outside the ticket register."""
    found = [
        one
        for one in snapshot.findings
        if one.severity is Severity.ERROR and one.register != "tickets" and one.place and one.place.row and one.column
    ]
    if not found:
        return []
    rows = [
        {
            "text": words.say(
                because(
                    "digest.other",
                    register=Name(one.register or ""),
                    column=Name(one.register or "", one.column),
                    fault=one.reason,
                )
            ),
            "cell": one.place.cell if one.place else None,
            "link": None,
        }
        for one in found[:MOST_ROWS]
    ]
    return [{"title": words.say(because("digest.others")), "rows": rows}]


def _manager_sections(
    snapshot: Snapshot,
    settings: Settings,
    merged: Heap,
    nobodys: Heap,
    words: Words,
) -> list[dict[str, Any]]:
    breaches = Counter(
        (item.case.row.owner or words.say(because("next.unassigned")), item.clock.policy.clock)
        for item in merged.overdue
        if item.clock
    )
    found = []
    if breaches:
        rows = [
            {
                "text": words.say(because("digest.breach", owner=owner, step=because(f"step.{step}"), n=n)),
                "cell": None,
                "link": None,
            }
            for (owner, step), n in breaches.most_common(MOST_ROWS)
        ]
        found.append({"title": words.say(because("digest.breaches", n=len(breaches))), "rows": rows})
    open_unowned = [*nobodys.overdue, *nobodys.today, *nobodys.tomorrow]
    unassigned = {item.case.row.row: item for item in open_unowned if not item.case.row.owner}
    if unassigned:
        found.append(_section(snapshot, "unassigned", list(unassigned.values()), words))
    weak = [
        row
        for _, row in snapshot.rows("vendors")
        if row.rating is not None and row.rating < settings.vendors.minimum_stars and row.active is not False
    ]
    if weak:
        rows = [
            {
                "text": words.say(
                    because("digest.weak-vendor", name=row.name, rating=row.rating, n=int(row.surveys or 0))
                ),
                "cell": None,
                "link": None,
            }
            for row in sorted(weak, key=lambda row: row.rating)
        ]
        found.append({"title": words.say(because("digest.weak-vendors", n=len(weak))), "rows": rows})
    return found


def _counts(snapshot: Snapshot, merged: Heap, words: Words) -> list[dict[str, Any]]:
    is_open = sum(
        1
        for _, row in snapshot.rows("tickets")
        if row.status and row.status not in FINISHED and row.status not in ("cancelled", "out_of_scope", "merged")
    )
    figures = {
        "open": is_open,
        "overdue": len({id(one.case) for one in merged.overdue}),
        "today": len({id(one.case) for one in merged.today}),
        "callbacks": len(merged.callbacks),
        "held": snapshot.memory.outbox.get("held", 0),
    }
    return [{"label": words.say(because(f"digest.count-{name}")), "value": value} for name, value in figures.items()]


def warnings(snapshot: Snapshot) -> list[Reason]:
    """What a manager must see to besides tickets: messages that need a person, missed jobs, registers that are not read."""
    found = [
        because(f"digest.{state}", n=n)
        for state in ("unknown", "failed", "undelivered")
        if (n := snapshot.memory.outbox.get(state, 0))
    ]
    found += [because("digest.missed", slot=slot) for slot in snapshot.memory.missed]
    shrunk = {one.book for one in snapshot.findings if one.code == "rows-lost"}  # of those it says what became of them
    gone = [(book, register) for book, register in snapshot.unread if book not in shrunk]
    found += [because("digest.unread", register=Name(register), book=book) for book, register in gone]
    found += _companions(snapshot)
    told = ("rows-lost", "no-calendar", "missing-column", "duplicate-column")
    return found + [one.reason for one in snapshot.findings if one.code in told]


def _companions(snapshot: Snapshot) -> list[Reason]:
    """Books that are open too long, and where the toolkit's columns can be read meanwhile (60, 31)."""
    found = []
    for book, zone in snapshot.zones.items():
        locked, companion = (snapshot.memory.standing(book, one) for one in (LOCKED, COMPANION))
        if locked is not None and companion is not None:
            since = locked.first_seen_at.astimezone(zone)
            found.append(because("digest.companion", book=book, since=since, companion=companion.value))
    return found

"""A ticket's own cells: due times, what is late, what comes next, warranty, repeats."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import pairwise

from toolkit.core.actions import Edit
from toolkit.core.reason import Name, Reason, because
from toolkit.core.words import Words
from toolkit.jobs.edits import edit, length
from toolkit.jobs.ticket.case import DUE_COLUMNS, Case
from toolkit.registers.fold import fold
from toolkit.registers.schema import Fault
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.tickets import FINISHED, FROZEN
from toolkit.rules.clock import Clock
from toolkit.rules.warranty import term_for
from toolkit.settings.model import Settings


def late_text(clocks: tuple[Clock, ...], snapshot: Snapshot, case: Case, words: Words) -> str | None:
    """Which steps are late, since when, by how many whole working days; empty where none is (60, 8)."""
    late = sorted((one for one in clocks if one.is_overdue), key=lambda one: one.due_at)
    return words.word(tuple(late_reason(one, snapshot.wall(case.table, one.due_at)) for one in late)) or None


def late_reason(one: Clock, due: datetime) -> Reason:
    """One late step in words."""
    return because(
        "overdue.days" if one.late_days else "overdue.under-a-day",
        step=because(f"step.{one.policy.clock}"),
        due=due,
        days=one.late_days,
    )


def counted(case: Case) -> tuple[Clock, ...]:
    """The clocks that count as open work: of a closed ticket only the call-back runs on (60, 24)."""
    if not case.is_frozen:
        return case.clocks
    if case.row.status == "closed":
        return tuple(one for one in case.clocks if one.policy.clock == "callback")
    return ()


def next_step(snapshot: Snapshot, case: Case) -> Reason | None:
    """What should happen next, by whom, by when."""
    row = case.row
    waiting = case.waiting_since
    if waiting is not None and not case.is_frozen:
        stands_still = any(one.is_open and one.paused_since for one in case.clocks)
        code = "next.waiting" if stands_still else "next.waiting-plain"
        return because(code, since=snapshot.wall(case.table, waiting), who=_owner(row.owner))
    step = _step(case)
    if step is None:
        return None
    who = because("next.caller") if step == "callback" else _owner(row.owner)
    running = case.clock(_CLOCK_OF_STEP.get(step, "")) or _first_due(case)
    if step == "visit":
        vendor = snapshot.vendor(row.vendor, case.table.book)
        return because(
            "next.visit",
            at=row.visit_at,
            vendor=vendor.name if vendor is not None else row.vendor or because("next.no-vendor"),
            who=who,
        )
    if running is None or not running.is_open:
        return because("next.plain", step=because(f"next.{step}"), who=who)
    text = because("next.by", step=because(f"next.{step}"), who=who, due=snapshot.wall(case.table, running.due_at))
    return because("next.again", text=text, times=len(case.reopened_at)) if len(case.reopened_at) > 1 else text


_CLOCK_OF_STEP = {
    "response": "response",
    "solution": "solution",
    "dispatch": "resolve",
    "work": "resolve",
    "parts": "resolve",
    "rework": "resolve",
    "callback": "callback",
    "promise": "promise",
}


def _first_due(case: Case) -> Clock | None:
    """What is due first of the work that is still open."""
    return min(
        (one for one in case.clocks if one.is_open and one.policy.clock != "callback"),
        key=lambda one: one.due_at,
        default=None,
    )


def _owner(owner: str | None) -> Reason:
    return because("next.owner", name=owner) if owner else because("next.unassigned")


def _step(case: Case) -> str | None:
    row, is_open = case.row, {one.policy.clock for one in case.clocks if one.is_open}
    if case.is_frozen or row.status in FINISHED:
        if "callback" in is_open and row.status not in FROZEN - {"closed"}:
            return "callback"
        return {"done": "accept", "accepted": "close"}.get(row.status or "")
    if "response" in is_open:
        return "response"
    if row.status == "rework":
        return "rework"
    if row.status == "waiting_for_parts":
        return "parts"
    if row.visit_at is not None and row.started_at is None and row.vendor:
        return "visit"
    if row.solved_at is None and not row.solution:
        return "solution"
    return "dispatch" if row.status in ("planned", "confirmed") and not row.vendor else "work"


def missing_stops(case: Case) -> Iterator[Fault]:
    """A status of done, accepted or closed with a blank stop cell (60, 24)."""
    if case.row.status not in FINISHED:
        return
    told: set[str] = set()
    for one in case.clocks:
        stop = one.policy.stops
        if stop in case.table.columns and stop not in told and case.row.get(stop) is None and stop not in case.row.bad:
            told.add(stop)
            yield Fault("required", stop, because("fault.stop-cell", status=Name("tickets", "status", case.row.status)))


def cell_edits(
    snapshot: Snapshot,
    settings: Settings,
    case: Case,
    repeat_of: str | None,
    words: Words,
) -> Iterator[Edit]:
    """Every toolkit cell of the ticket that shall change. Frozen rows are filled once, when first seen (60, 24)."""
    table, row = case.table, case.row
    stands = case.is_frozen and case.is_intact
    for one in case.clocks:
        column = DUE_COLUMNS.get(one.policy.clock)
        if column and (not stands or column == "callback_due"):
            yield from edit(table, row, column, snapshot.wall(table, one.due_at), _due_reason(snapshot, case, one))
    ruled = {DUE_COLUMNS.get(one.policy.clock) for one in case.clocks}
    for column in DUE_COLUMNS.values():
        if column not in ruled and not stands and not (column == "callback_due" and snapshot.is_unread("surveys")):
            yield from edit(table, row, column, None, because("edit.no-clock"))
    if not snapshot.is_unread("surveys"):
        late = late_text(counted(case), snapshot, case, words)
        yield from edit(table, row, "overdue", late, because("edit.overdue" if late else "edit.not-overdue"))
    if not snapshot.is_unread("surveys", "vendors"):
        step = next_step(snapshot, case)
        yield from edit(table, row, "next_step", words.say(step) if step else None, because("edit.next-step"))
    waiting = case.waiting_since if not case.is_frozen else None
    yield from edit(
        table,
        row,
        "waiting_since",
        snapshot.wall(table, waiting) if waiting else None,
        because("edit.waiting" if waiting else "edit.not-waiting"),
    )
    times = len(case.reopened_at)
    yield from edit(table, row, "reopened", times or None, because("edit.reopened", times=times))
    if stands:
        return
    yield from edit(
        table,
        row,
        "repeat_of",
        repeat_of,
        because("edit.repeat" if repeat_of else "edit.no-repeat", days=settings.repeat_within_days),
    )
    yield from _warranty(settings, case, words)


def _due_reason(snapshot: Snapshot, case: Case, one: Clock) -> Reason:
    paused = sum(((until - since) for since, until in one.pauses), start=timedelta(0))
    if one.policy.target is None:
        return because("edit.promise", policy=one.policy.no)
    reason = because(
        "edit.due",
        policy=one.policy.no,
        start=snapshot.wall(case.table, one.started_at),
        target=length(one.policy.target),
    )
    if one.policy.clock == "resolve" and case.row.promised_by is not None and one.due_at < (one.warn_at or one.due_at):
        return because("edit.promise", policy=one.policy.no)
    return because("edit.due-paused", due=reason, times=len(one.pauses)) if paused else reason


def _warranty(settings: Settings, case: Case, words: Words) -> Iterator[Edit]:
    table, row = case.table, case.row
    term = term_for(settings.warranty, row)
    start = next((name for name in term.starts if row.get(name)), None) if term else None
    why = (
        because("edit.warranty", months=term.months, start=Name("tickets", start))
        if term and start
        else because("edit.no-warranty-date")
    )
    yield from edit(table, row, "warranty_until", case.warranty_until, why)
    yield from edit(
        table, row, "coverage", words.say(case.coverage) if case.coverage else None, because("edit.coverage")
    )


def repeats(snapshot: Snapshot, within_days: int) -> Mapping[tuple[str, int], str]:
    """(book, row) -> the number of the newest earlier ticket of the same customer and product within so many days."""
    groups: dict[tuple[str, str, str], list[tuple[datetime, str, tuple[str, int]]]] = defaultdict(list)
    for table, row in snapshot.rows("tickets"):
        who = row.phone or row.email
        if who and row.product and row.opened_at and row.status not in ("cancelled", "merged", "out_of_scope"):
            opened = snapshot.at(table, row.opened_at)
            groups[table.book, who, fold(row.product)].append((opened, row.key or "", (table.book, row.row)))
    found: dict[tuple[str, int], str] = {}
    for group in groups.values():
        group.sort()
        for (before, number, _), (after, _, row_id) in pairwise(group):
            if number and after - before <= timedelta(days=within_days):
                found[row_id] = number
    return found

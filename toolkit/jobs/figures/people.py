"""Staff in a month: what was theirs, how much of it in time, how satisfied their customers were, what is proposed (20)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from toolkit.core.reason import Reason
from toolkit.jobs.callback.calls import NEEDED, Call
from toolkit.jobs.figures.asked import Asked
from toolkit.jobs.figures.calls import calls_in_month, satisfied_share
from toolkit.jobs.figures.judged import SOURCES, is_due_within, judged
from toolkit.jobs.figures.rows import SET_ASIDE, in_month, share, tickets_opened, unread_lines
from toolkit.jobs.figures.shape import Column, Line, Table, Unit
from toolkit.jobs.staff import Tally, proposals, tallies
from toolkit.registers.fold import fold
from toolkit.registers.table import Table as Sheet
from toolkit.rules.clock import Running


@dataclass
class _Month:
    """One person's month. `name` is as the staff register has it, else as it was typed; None is nobody."""

    name: str | None
    opened: int = 0
    finished: int = 0
    clocks: Counter[Running] = field(default_factory=Counter)
    calls: list[Call] = field(default_factory=list)


def staff(asked: Asked) -> Table:
    """Who owned a ticket, a clock or a call of the month, by name; what belongs to nobody comes last."""
    columns = (
        Column("opened"),
        Column("finished"),
        Column("due"),
        Column("on_time", Unit.SHARE),
        Column("calls"),
        Column("satisfied", Unit.SHARE),
    )
    table = Table("staff", ("owner",), columns)
    if asked.snapshot.is_unread("staff", *NEEDED):
        return replace(table, lines=unread_lines(asked, table, "staff", *NEEDED))
    people = sorted(_people(asked).values(), key=lambda one: (one.name is None, one.name or ""))
    elsewhere = (one for one in SOURCES if one not in NEEDED)
    return replace(table, lines=(*map(_line, people), *unread_lines(asked, table, *elsewhere)))


def staff_proposals(asked: Asked) -> Table:
    """What the month gives reason to propose; a manager decides."""
    columns = (Column("reward", Unit.TEXT), Column("penalty", Unit.TEXT))
    table = Table("staff-proposals", ("owner",), columns)
    if asked.snapshot.is_unread("staff", *NEEDED):
        return replace(table, lines=unread_lines(asked, table, "staff", *NEEDED))
    return replace(table, lines=tuple(_proposed(asked)))


def _people(asked: Asked) -> Mapping[str, _Month]:
    names: dict[tuple[str, str | None], str | None] = {}
    found: dict[str, _Month] = {}

    def of(table: Sheet, owner: str | None) -> _Month:
        if (table.book, owner) not in names:
            person = asked.snapshot.person(owner, table.book)
            names[table.book, owner] = person.name if person is not None else owner
        name = names[table.book, owner]
        return found.setdefault(fold(name) if name else "", _Month(name))

    for table, row in tickets_opened(asked):
        of(table, row.owner).opened += 1
    for table, row in in_month(asked, "tickets", "finished_at"):
        of(table, row.owner).finished += row.status not in SET_ASIDE
    for one in judged(asked):
        if one.running is not None and is_due_within(asked, one):
            of(one.table, one.owner).clocks[one.running] += 1
    for call in calls_in_month(asked):
        if call.ticket is not None and call.ticket_table is not None:
            of(call.ticket_table, call.ticket.owner).calls.append(call)
    return found


def _line(one: _Month) -> Line:
    due = one.clocks.total()
    values = (
        one.opened,
        one.finished,
        due,
        share(one.clocks[Running.MET], due),
        len(one.calls),
        satisfied_share(tuple(one.calls)),
    )
    return Line((one.name,), values)


def _proposed(asked: Asked) -> Iterator[Line]:
    """The complaints of the month. The bonus counts the month itself as the last of those that run, once it is over."""
    month = asked.month
    until = min(asked.now.astimezone(asked.settings.timezone).date(), month.after.first)
    people, _ = tallies(asked.snapshot, asked.settings, asked.now, (month.year, month.month))
    for table, row in asked.snapshot.rows("staff"):
        tally = people.get((table.book, row.row), Tally())
        said: dict[str, tuple[Reason, ...]] = defaultdict(tuple, proposals(asked.settings, tally, until))
        if any(said.values()):
            yield Line((row.name,), (_one(said["reward"]), _one(said["penalty"])))


def _one(reasons: tuple[Reason, ...]) -> Any:
    """Several proposals as one value: the first carries the others."""
    return reasons[0] if len(reasons) == 1 else Reason("figures.several", (("said", reasons),)) if reasons else None

"""The month at a glance: what came in, what was done, what is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from toolkit.core.reason import Name, because
from toolkit.jobs.figures.asked import Asked
from toolkit.jobs.figures.endings import closings, is_open_at
from toolkit.jobs.figures.judged import month_span
from toolkit.jobs.figures.rows import SET_ASIDE, in_month, tickets_opened
from toolkit.jobs.figures.shape import Column, Line, Table
from toolkit.jobs.ticket.case import judge_of
from toolkit.registers.fold import fold


@dataclass(frozen=True, slots=True)
class Figure:
    """One line: its name, the register that it counts, how."""

    name: str
    register: str
    count: Callable[[Asked], int]


@dataclass(frozen=True, slots=True)
class Flow:
    """What became of the tickets in the month."""

    closed: int
    set_aside: int
    open: int
    reopened: int


def summary(asked: Asked) -> Table:
    """A line for each figure of the registers that the desk has."""
    return Table("summary", ("figure",), (Column("count"),), tuple(_lines(asked)))


def _lines(asked: Asked) -> Iterator[Line]:
    for one in FIGURES:
        label = because(f"figures.line-{one.name}")
        if asked.snapshot.is_unread(one.register):
            yield Line((label,), (None,), remarks=(because("figures.unread", register=Name(one.register)),))
        elif asked.snapshot.of(one.register):
            yield Line((label,), (one.count(asked),))


def flow(asked: Asked) -> Flow:
    """One walk over all tickets for all that depends on when they were over."""
    return asked.snapshot.once(("flow", asked.month, asked.now), lambda: _flow(asked))


def _flow(asked: Asked) -> Flow:
    closed = set_aside = left = reopened = 0
    for case in judge_of(asked.snapshot, asked.settings, asked.now).cases():
        since, until = month_span(asked, case.table.book)
        stretches = closings(case)
        for over, again in stretches:
            if since <= over < until:
                is_aside = again is None and case.row.status in SET_ASIDE
                set_aside += is_aside
                closed += not is_aside
        left += is_open_at(case, min(until, asked.now), stretches)
        reopened += sum(since <= at < until for at in case.reopened_at)
    return Flow(closed, set_aside, left, reopened)


def _opened(asked: Asked) -> int:
    return sum(1 for _ in tickets_opened(asked))


def _complaints(asked: Asked) -> int:
    return sum(row.kind == "complaint" for _, row in tickets_opened(asked))


def _returns(asked: Asked) -> int:
    """Cases, not lines; a line without a number is a case of its own."""
    rows = in_month(asked, "returns", "applied_at")
    return len({(table.book, fold(row.return_no) if row.return_no else row.row) for table, row in rows})


def _ordered(asked: Asked) -> int:
    return _numbers(asked, "ordered_on")


def _shipped(asked: Asked) -> int:
    return _numbers(asked, "shipped_on")


def _numbers(asked: Asked, column: str) -> int:
    """Orders, not lines; a cancelled line is none."""
    rows = in_month(asked, "orders", column)
    return len({(table.book, fold(row.order_no or "")) for table, row in rows if row.status != "cancelled"})


def _rows(register: str, column: str) -> Callable[[Asked], int]:
    return lambda asked: len(in_month(asked, register, column))


FIGURES = (
    Figure("opened", "tickets", _opened),
    Figure("complaints", "tickets", _complaints),
    Figure("closed", "tickets", lambda asked: flow(asked).closed),
    Figure("set-aside", "tickets", lambda asked: flow(asked).set_aside),
    Figure("open", "tickets", lambda asked: flow(asked).open),
    Figure("reopened", "tickets", lambda asked: flow(asked).reopened),
    Figure("calls", "surveys", _rows("surveys", "called_at")),
    Figure("contacts", "contacts", _rows("contacts", "at")),
    Figure("returns", "returns", _returns),
    Figure("refunds", "returns", _rows("returns", "refunded_at")),
    Figure("orders", "orders", _ordered),
    Figure("shipped", "orders", _shipped),
    Figure("parts-sent", "parts", _rows("parts", "sent_on")),
    Figure("upkeep", "maintenance", _rows("maintenance", "done_on")),
)

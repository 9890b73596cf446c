"""Tickets entered for orders: one to keep a promised date, one to install what has arrived; each once (20, Orders)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from toolkit.core.actions import Append, Observation, RowId
from toolkit.core.reason import Name, Reason, because
from toolkit.jobs.order.standing import Desk, Standing
from toolkit.jobs.order.tickets import DEADLINE, INSTALL, KINDS
from toolkit.registers.order import day_of
from toolkit.registers.schema import When
from toolkit.registers.table import Table

COPIED = (
    "order_no",
    "customer",
    "phone",
    "email",
    "language",
    "city",
    "address",
    "store",
    "product",
    "category",
    "urgency",
)
"""What a ticket takes over from its order."""


def entered(desk: Desk, lines: Iterable[Standing]) -> tuple[list[Append], list[Observation]]:
    """The tickets to enter, and which are there: a ticket that staff took out or gave another kind is not entered again.

    A ticket is looked for by the order's number and its kind, so that a run that was killed enters it once, and staff may
    number it as they like. Only one that was seen in the sheet is remembered: before, nobody can be sure that it got there.
    """
    orders: dict[tuple[str, str], list[Standing]] = defaultdict(list)
    for one in lines:
        orders[one.table.book, one.order_no].append(one)
    appends: list[Append] = []
    seen: list[Observation] = []
    for (book, order_no), its in orders.items():
        into = desk.entered.into(book) if order_no else None
        if into is None:
            continue
        for kind in KINDS:
            ticket = desk.entered.of(book, order_no, kind)
            if ticket is not None:
                seen += _seen(its[0], kind)
            elif not any(kind in one.seen for one in its):
                asked = [(at, one) for one in its if _may(one) and (at := _asks(desk, one, kind)) is not None]
                if asked:
                    at, one = min(asked, key=lambda pair: (day_of(pair[0]), pair[1].row.row))
                    seen += _seen(its[0], _wanted(kind))
                    appends.append(_entry(desk, into, one, kind, at, _since(desk, its[0], kind)))
    return appends, seen


def _seen(first: Standing, column: str) -> Iterator[Observation]:
    if first.number is not None and column not in first.seen:
        yield Observation(RowId(first.table.book, "orders", first.number, first.row.row), column, "yes")


def _wanted(kind: str) -> str:
    """Remembered of an order from the run that first would enter the ticket: while the book is locked, later ones try the same."""
    return f"{kind}-wanted"


def _since(desk: Desk, first: Standing, kind: str) -> datetime:
    """When the ticket was first asked for. It is the same in every run that tries, and with it the ticket's number."""
    seen = first.seen.get(_wanted(kind), ())
    return seen[0].first_seen_at if seen else desk.now


def _entry(desk: Desk, into: Table, one: Standing, kind: str, at: When, since: datetime) -> Append:
    """The row for the most pressing line that asks for one."""
    values = _values(desk, into, one, kind, desk.snapshot.wall(into, since))
    return Append(into.book, "tickets", values, because(f"append.{kind}", order=one.row.order_no, on=day_of(at)))


def _may(one: Standing) -> bool:
    """Only of a row without a fault, whose customer can be reached: a ticket without either would be wrong itself."""
    return one.number is not None and not one.row.has_fault and bool(one.row.phone or one.row.email)


def _asks(desk: Desk, one: Standing, kind: str) -> When | None:
    """The moment that calls for the ticket; None where nothing does, or what did was over before the desk began."""
    row = one.row
    if kind == DEADLINE and desk.setting.deadline_ticket and one.is_waiting:
        promise: When | None = row.promised_by
        return promise if promise is not None and _is_news(desk, promise, row.ordered_on) else None
    if kind == INSTALL and desk.setting.install_ticket and row.install_included and not one.is_over:
        here: When | None = row.arrived_on or row.picked_up_on
        is_done = row.installed_on is not None or row.status == "installed"
        return here if here is not None and not is_done and _is_news(desk, here) else None
    return None


def _is_news(desk: Desk, *moments: When | None) -> bool:
    return any(one is not None and day_of(one) >= desk.since for one in moments)


def _values(desk: Desk, into: Table, one: Standing, kind: str, opened_at: datetime) -> Mapping[str, object]:
    row = one.row
    values: dict[str, object] = {name: _shown(desk, row, name) for name in COPIED}
    values |= {
        "opened_at": opened_at,
        "kind": desk.words.label(Name("tickets", "kind", kind)),
        "status": desk.words.label(Name("tickets", "status", "new")),
        "owner": row.tracker or row.salesperson,
        "bought_on": row.ordered_on,
        "problem": desk.words.say(_problem(row, kind)),
    }
    if kind == DEADLINE:
        # Nobody asked anything: there is nothing to answer, and the customer is not told that something was registered.
        values |= {"promised_by": row.promised_by, "responded_at": opened_at}
    else:
        values |= {"delivered_on": row.picked_up_on or row.arrived_on}
    return {name: value for name, value in values.items() if value is not None and name in into.columns}


def _shown(desk: Desk, row: Any, name: str) -> object:
    """A cell as the ticket register shows it: choices in the desk's words."""
    value = row.get(name)
    if value is not None and name in ("category", "urgency", "language"):
        return desk.words.label(Name("tickets", name, value))
    return value


def _problem(row: Any, kind: str) -> Reason:
    what = row.product or because("append.goods")
    if kind == DEADLINE:
        return because("append.keep-promise", order=row.order_no, product=what, promised=row.promised_by)
    return because("append.to-install", order=row.order_no, product=what)

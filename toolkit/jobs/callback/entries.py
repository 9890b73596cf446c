"""P-12: an installation is entered in the register by the next day; while it is not, the order's own date tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from toolkit.core.actions import Occasion
from toolkit.core.reason import Reason, because
from toolkit.jobs.agenda import Due
from toolkit.jobs.clocked import Clocks
from toolkit.jobs.ladder import Ladder, subject_of
from toolkit.jobs.ticket.view import Views
from toolkit.registers.fold import fold
from toolkit.registers.schema import When
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table
from toolkit.rules.clock import Clock
from toolkit.settings.model import Settings

CLOCK = "entry"


def entered_at(snapshot: Snapshot) -> Callable[[Any], When | None]:
    """When an order's installation was entered as a ticket: what `Clocks(…, "orders", {"opened_at": …})` asks for."""
    by_order, by_ticket = snapshot.once("installations entered", lambda: _entered(snapshot))

    def found(order: Any) -> When | None:
        moments = [
            at
            for at in (by_order.get(fold(order.order_no or "")), by_ticket.get(fold(order.ticket_no or "")))
            if at is not None
        ]
        return min(moments, key=str, default=None)

    return found


def entries_due(snapshot: Snapshot, settings: Settings, now: datetime, views: Views) -> Iterator[Due]:
    """The installations that the orders name and nobody has entered yet. The order's tracker is asked."""
    for table, row, one in entry_clocks(snapshot, settings, now):
        if one.is_open and row.status not in table.register.over:
            subject = subject_of(table, row, row.key, views, _enter)
            yield Due(replace(subject, view=partial(views.row, table, row, row.order_no)), one)


def entry_clocks(snapshot: Snapshot, settings: Settings, now: datetime) -> Iterator[tuple[Table, Any, Clock]]:
    """The clock of each installation that an order names, open or stopped."""
    if not any((one.register, one.clock) == ("orders", CLOCK) for one in settings.policies):
        return
    clocks = Clocks(snapshot, settings, now, "orders", {"opened_at": entered_at(snapshot)})
    told: set[tuple[str, str]] = set()
    for table, row in snapshot.rows("orders"):
        order = (table.book, fold(row.order_no or ""))
        if row.installed_on is None or row.key not in table.by_key or order in told:
            continue
        told.add(order)  # of an order in several lines the first one speaks
        yield from ((table, row, one) for one in clocks.of(table, row) if one.policy.clock == CLOCK)


def entry_alerts(
    snapshot: Snapshot, settings: Settings, now: datetime, views: Views, ladder: Ladder
) -> Iterator[Occasion]:
    """What staff hear of an installation that is not entered."""
    for due in entries_due(snapshot, settings, now, views):
        yield from ladder.alerts(due.subject, (due.clock,))


def _enter() -> Reason:
    return because("callback.enter")


def _entered(snapshot: Snapshot) -> tuple[Mapping[str, When], Mapping[str, When]]:
    """Installations by folded order number, and every ticket by folded number, with the moment of their entry."""
    by_order: dict[str, When] = {}
    by_ticket: dict[str, When] = {}
    for _, row in snapshot.rows("tickets"):
        if row.kind != "install" or row.opened_at is None or row.status == "cancelled":
            continue
        if row.key:
            by_ticket[fold(row.key)] = row.opened_at
        if row.order_no:
            number = fold(row.order_no)
            by_order[number] = min(by_order.get(number, row.opened_at), row.opened_at, key=str)
    return by_order, by_ticket

"""An order's own cells: when it is expected to leave, when it must, what is at risk, freight, what comes next."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.core.actions import Edit
from toolkit.core.reason import Reason, because
from toolkit.jobs.clocked import overdue_edit, why_due
from toolkit.jobs.edits import edit, length
from toolkit.jobs.order.standing import Standing
from toolkit.jobs.order.steps import freight_gap, next_step
from toolkit.rules.shipping import Basis


def is_settled(one: Standing) -> bool:
    """An order that is over, and of which nothing is left to write."""
    row = one.row
    return (
        one.is_over
        and not row.bad
        and row.overdue is None
        and row.at_risk is None
        and (row.next_step is None) == (next_step(one) is None)
        and (row.freight_gap is not None or freight_gap(row) is None)
    )


def edits(one: Standing) -> Iterator[Edit]:
    """The cells that shall change. What an order was expected to do stays when it has left; once it is over, all stays."""
    table, row, words = one.table, one.row, one.desk.words
    if one.is_waiting:
        yield from _estimate(one)
        yield from _must_ship(one)
    yield from edit(table, row, "at_risk", words.say(one.risk) if one.risk else None, _RISK if one.risk else _NO_RISK)
    if not one.is_over or row.freight_gap is None:
        gap = freight_gap(row)
        yield from edit(table, row, "freight_gap", gap, _GAP if gap is not None else _NO_GAP)
    yield from overdue_edit(one.clocks, one.desk.snapshot, table, row, words)
    if one.desk.snapshot.is_unread("staff", "tickets"):
        return  # whose superior decides, and which ticket there is, is not known this time
    step = next_step(one)
    yield from edit(table, row, "next_step", words.say(step) if step else None, _NEXT_STEP)


def _estimate(one: Standing) -> Iterator[Edit]:
    yield from edit(one.table, one.row, "estimated_ship_on", one.estimate.ship_on, why_estimated(one))


def why_estimated(one: Standing) -> Reason:
    """What the estimate follows from."""
    found = one.estimate
    if found.ship_on is None:
        return because("edit.ship-unknown", columns=one.missing)
    if found.basis is Basis.FACTORY:
        return because("edit.ship-factory")
    if found.basis is Basis.STOCK:
        return because("edit.ship-stock", since=found.since)
    if found.basis is Basis.LEAD and one.lead is not None:
        return because(
            "edit.ship-lead",
            factory=one.lead.factory,
            days=found.days,
            since=found.since,
            assessed=one.lead.assessed_on,
        )
    return because("edit.ship-making", days=found.days, since=found.since)


def _must_ship(one: Standing) -> Iterator[Edit]:
    """A policy of the `ship` clock says it; else the promise does."""
    snapshot, table, clock = one.desk.snapshot, one.table, one.clock("ship")
    due = clock.due_at if clock is not None else one.must_ship
    if clock is not None:
        why = why_due(clock, snapshot, table)
    else:
        way = one.desk.setting.transit
        why = because("edit.ship-by-transit", transit=length(way)) if way.amount else because("edit.ship-by")
    yield from edit(table, one.row, "ship_due", snapshot.wall(table, due) if due is not None else None, why)


_RISK = because("edit.at-risk")
_NO_RISK = because("edit.not-at-risk")
_GAP = because("edit.freight-gap")
_NO_GAP = because("edit.no-freight-gap")
_NEXT_STEP = because("edit.next-step")

"""What comes next with an order, and who does it (20, Orders and deliveries)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from toolkit.core.reason import Name, Reason, because
from toolkit.jobs.order.standing import Standing
from toolkit.jobs.order.tickets import DEADLINE, INSTALL, is_done
from toolkit.jobs.recipients import chain
from toolkit.registers.order_checks import CONFIRMED


def next_step(one: Standing) -> Reason | None:
    """The step that comes next, and beside it what has to be seen to about money."""
    found: Reason | None = None
    for step in _steps(one):
        found = step if found is None else because("orders.and", first=found, then=step)
    return found


def freight_gap(row: Any) -> Any:
    """Actual freight less the estimate; None until both are known."""
    if row.freight is None or row.freight_estimate is None:
        return None
    return row.freight - row.freight_estimate


def _not_announced(row: Any) -> tuple[Name, ...]:
    """What is missing on an order with a traceable waybill before the customer can be told of the shipment (P-16)."""
    missing = [] if row.carrier else ["carrier"]
    if not (row.phone or row.email):
        missing += ["phone", "email"]
    return tuple(Name("orders", one) for one in missing)


def _steps(one: Standing) -> Iterator[Reason]:
    claim = _claim(one)
    if claim is not None:
        yield claim
    if not one.is_over:
        step = _before(one) if one.is_waiting else _after(one)
        if step is not None:
            yield step
        yield from _freight(one)


def _before(one: Standing) -> Reason | None:
    """While the goods are here."""
    row, sales, tracker = one.row, _who(one.row.salesperson), _who(one.row.tracker or one.row.salesperson)
    if one.is_stock_gone:
        return because("orders.stock-gone", who=sales)
    if one.risk is not None:
        told = row.delay_told_at is not None and (one.moved is None or one.told_since(one.moved.at))
        if told or one.is_certain_to_be_late:
            return because("orders.enter-new-date" if told else "orders.tell-delay", who=tracker)
    if row.in_stock is None and row.making_days is None and row.factory is None and row.factory_due is None:
        return because("orders.ask-stock", who=sales)
    if row.date_is_condition and not row.approved_by:
        return because("orders.approve", who=_superior(one))
    if row.status not in CONFIRMED:
        return because("orders.review", who=sales)
    if row.stock_rechecked_on is None:
        return because("orders.recheck-stock", who=sales)
    if row.tracker is None:
        return because("orders.name-tracker", who=sales)
    if row.promised_by is None:
        return because("orders.fill-in", columns=(Name("orders", "promised_by"),), who=sales)
    if one.missing:
        return because("orders.fill-in-or-tell" if one.risk else "orders.fill-in", columns=one.missing, who=tracker)
    if one.is_early:
        return because("orders.offer-earlier", who=sales)
    if one.risk is not None:
        return because("orders.ship-or-tell", by=_day(one, one.must_ship), who=tracker)
    if row.status == "ready" or row.in_stock:
        return because("orders.ship", by=_day(one, one.must_ship), who=tracker)
    ship_on = one.estimate.ship_on
    is_past = ship_on is not None and ship_on < one.today
    return because("orders.slipped" if is_past else "orders.make", on=ship_on, who=tracker)


def _after(one: Standing) -> Reason | None:
    """Once the goods have left."""
    row, tracker = one.row, _who(one.row.tracker or one.row.salesperson)
    if row.arrived_on is None and row.picked_up_on is None and row.status in (*CONFIRMED, "new", "shipped"):
        if not row.waybill:
            return because("orders.waybill", who=tracker)
        if row.waybill_verified_at is None:
            return because("orders.verify-waybill", waybill=row.waybill, who=tracker)
        if missing := _not_announced(row):
            return because("orders.announce", columns=missing, who=tracker)
        return because("orders.follow", carrier=row.carrier or row.waybill, who=tracker)
    if row.picked_up_on is None and row.status not in ("picked_up", "installed"):
        return because("orders.pick-up", who=tracker)
    if row.install_included and row.installed_on is None and row.status != "installed":
        ticket = one.desk.entered.of(one.table.book, one.order_no, INSTALL)
        number = one.desk.entered.number(one.table.book, ticket) if ticket is not None else None
        return because("orders.install-by-ticket", ticket=number) if number else because("orders.install", who=tracker)
    promise = one.desk.entered.of(one.table.book, one.order_no, DEADLINE)
    if promise is not None and not is_done(promise):
        number = one.desk.entered.number(one.table.book, promise)
        return because("orders.finish-ticket", ticket=number or because("orders.unnumbered"), who=tracker)
    return because("orders.complete", who=tracker)


def _claim(one: Standing) -> Reason | None:
    """What is broken is claimed from the carrier within its window, whatever else there is to do."""
    row = one.row
    if row.status == "cancelled" or not row.damaged_on_pickup or row.claim_result == "refused":
        return None
    tracker, carrier = _who(row.tracker or row.salesperson), row.carrier or because("orders.the-carrier")
    if row.claim_filed_at is None:
        by = one.desk.claim_by(row)
        return because("orders.file-claim", carrier=carrier, by=by, who=tracker) if not one.is_over else None
    if row.claim_received is None:
        return because("orders.chase-claim", carrier=carrier, amount=row.claim_amount, who=tracker)
    return None


def _freight(one: Standing) -> Iterator[Reason]:
    row, gap = one.row, freight_gap(one.row)
    if row.freight_disputed:
        yield because("orders.freight-dispute", who=_superior(one))
    elif gap is not None and abs(gap) > one.desk.setting.freight_gap_above:
        yield because("orders.freight-gap", gap=gap, who=_who(row.salesperson))


def _who(name: str | None) -> Reason:
    return because("next.owner", name=name) if name else because("next.unassigned")


def _superior(one: Standing) -> Reason:
    """The manager of the one who sold it."""
    row = one.row
    found = chain(one.desk.snapshot, row.salesperson or row.tracker, one.table.book, "manager", row.store)
    return because("next.owner", name=found.name) if found is not None else because("next.unassigned")


def _day(one: Standing, moment: datetime | None) -> date | None:
    return one.desk.snapshot.wall(one.table, moment).date() if moment is not None else None

"""What is wrong with an order by what the runs saw of it, and by other registers (P-17; 20, Orders and deliveries)."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.core.finding import Severity
from toolkit.core.reason import because
from toolkit.jobs.order.standing import Standing
from toolkit.registers.order import day_of
from toolkit.registers.order_checks import CONFIRMED
from toolkit.registers.schema import Fault, When


def faults(one: Standing) -> Iterator[Fault]:
    """A first date that is not kept, a customer who was not told, an outlook that is old, an estimate that cannot be made; a
    carrier that is not named.
    """
    if one.number is None:
        return
    yield from _announced(one)
    if not one.is_waiting:
        return
    yield from _first_date(one)
    yield from _told(one)
    yield from _outlook(one)
    yield from _unknown(one)


def _announced(one: Standing) -> Iterator[Fault]:
    """The customer is told of the shipment with the carrier's name: a number alone can be asked about nowhere (P-16)."""
    row = one.row
    is_on_its_way = one.has_left and not one.is_over and row.arrived_on is None and row.picked_up_on is None
    is_traceable = row.waybill and row.waybill_verified_at is not None
    if is_on_its_way and is_traceable and not row.carrier and "carrier" in one.table.columns:
        yield Fault("required", "carrier", because("fault.carrier-not-named"))


def _first_date(one: Standing) -> Iterator[Fault]:
    """The customer accepted a new date: the first one is kept."""
    row, moved = one.row, one.moved
    if moved is None or "first_promised_by" not in one.table.columns or "first_promised_by" in row.bad:
        return
    kept = row.first_promised_by
    if kept is None or (day_of(kept) == day_of(row.promised_by) != day_of(moved.first)):
        yield Fault("required", "first_promised_by", because("fault.first-date-not-kept", first=day_of(moved.first)))


def _told(one: Standing) -> Iterator[Fault]:
    """The customer hears of a delay before the date, not after it; each new delay is told anew.

    Of a date that moved before any run saw it, the first one that the row keeps tells.
    """
    row, moved, first = one.row, one.moved, one.row.first_promised_by
    if "delay_told_at" not in one.table.columns or "delay_told_at" in row.bad:
        return
    if moved is not None and moved.is_later and not one.told_since(moved.before_at):
        yield Fault("required", "delay_told_at", because("fault.delay-not-told", before=day_of(moved.before)))
    elif one.must_ship is not None and one.desk.now > one.must_ship and row.delay_told_at is None:
        yield Fault("required", "delay_told_at", because("fault.late-not-told", promised=day_of(row.promised_by)))
    elif moved is None and row.delay_told_at is None and _is_put_off(first, row.promised_by):
        yield Fault("required", "delay_told_at", because("fault.delay-not-told", before=day_of(first)))


def _is_put_off(first: When | None, promise: When | None) -> bool:
    return first is not None and promise is not None and day_of(first) < day_of(promise)


def _outlook(one: Standing) -> Iterator[Fault]:
    """An estimate is worth no more than the lead time that it goes by."""
    lead = one.lead
    if not one.goes_by_lead or lead is None or not lead.is_old:
        return
    why = because("fault.old-outlook", factory=lead.factory, assessed=lead.assessed_on)
    yield Fault("old-outlook", "factory", why, Severity.WARNING)


def _unknown(one: Standing) -> Iterator[Fault]:
    """A cell that stays empty says why (40); before the review that is nothing to mend, and the next step names it."""
    missing = one.estimate.missing
    if missing and one.row.status in CONFIRMED:
        yield Fault("no-estimate", missing[0], because("fault.no-estimate", columns=one.missing), Severity.WARNING)

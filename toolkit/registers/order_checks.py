"""What can be wrong with an order's row by itself: the order of its dates, steps that were left out, money (20, Orders)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from toolkit.core.reason import Name, because
from toolkit.registers.fold import fold
from toolkit.registers.order import check_of_order
from toolkit.registers.schema import Check, Columns, Facts, Fault

ORDER_OF_TIMES = (
    ("ordered_on", "promised_by"),
    ("ordered_on", "first_promised_by"),
    ("ordered_on", "stock_rechecked_on"),
    ("ordered_on", "shipped_on"),
    ("waybill_on", "waybill_verified_at"),
    ("shipped_on", "arrived_on"),
    ("arrived_on", "picked_up_on"),
    ("picked_up_on", "claim_filed_at"),
    ("picked_up_on", "claim_by"),
    ("arrived_on", "installed_on"),
)
"""Each pair: the second cannot lie before the first; the second is the cell to mend."""
CONFIRMED = frozenset({"reviewed", "in_production", "ready"})
"""The order was reviewed and the goods are still here: now it can be mended what the review left out."""
NEEDS = {
    "shipped": ("shipped_on",),
    "arrived": ("shipped_on", "arrived_on"),
    "picked_up": ("shipped_on", "picked_up_on"),
    "installed": ("shipped_on", "installed_on"),
    "completed": ("shipped_on",),
}
"""The cells that stop the clocks, by the status that says that it has happened (60, 24)."""


def check_review(order: Any, facts: Facts) -> Iterator[Fault]:
    """Stock is asked again when an order is reviewed, always; a superior lets an order pass that stands or falls with its date."""
    if order.status not in CONFIRMED:
        return
    if _is_blank(order, "stock_rechecked_on", facts):
        yield Fault("required", "stock_rechecked_on", because("fault.stock-not-rechecked"))
    if not order.date_is_condition or "approved_by" not in facts.present:
        return
    if not order.approved_by:
        yield Fault("needs-agreement", "approved_by", because("fault.date-not-approved"))
    elif fold(order.approved_by) in {fold(one) for one in (order.salesperson, order.tracker) if one}:
        yield Fault("needs-agreement", "approved_by", because("fault.approved-by-themselves", name=order.approved_by))


def check_stops(order: Any, facts: Facts) -> Iterator[Fault]:
    """What the status says has happened has a date; a waybill has the day from which its notice is due."""
    for name in NEEDS.get(order.status or "", ()):
        if _is_blank(order, name, facts):
            yield Fault("required", name, because("fault.stop-cell", status=Name("orders", "status", order.status)))
    if order.waybill and order.status != "cancelled" and _is_blank(order, "waybill_on", facts):
        yield Fault("required", "waybill_on", because("fault.waybill-needs-day"))


def check_claim(order: Any, _facts: Facts) -> Iterator[Fault]:
    """A carrier pays no more than it was asked for."""
    if order.claim_received and order.claim_amount is not None and order.claim_received > order.claim_amount:
        yield Fault(
            "too-much",
            "claim_received",
            because("fault.claim-too-much", received=order.claim_received, claimed=order.claim_amount),
        )


def _is_blank(order: Any, name: str, facts: Facts) -> bool:
    return order.get(name) is None and name in facts.present and name not in order.bad


def _confirmed(columns: Columns, _facts: Facts) -> Iterable[int]:
    seen = zip(columns["status"], columns["stock_rechecked_on"], columns["date_is_condition"], strict=True)
    return [
        place
        for place, (status, checked, condition) in enumerate(seen)
        if status in CONFIRMED and (checked is None or condition)
    ]


def _gone(columns: Columns, _facts: Facts) -> Iterable[int]:
    yield from columns.where("status", lambda status: status in NEEDS)
    seen = zip(columns["waybill"], columns["waybill_on"], strict=True)
    yield from (place for place, (waybill, day) in enumerate(seen) if waybill and day is None)


def _claimed(columns: Columns, _facts: Facts) -> Iterable[int]:
    return columns.where("claim_received", bool)


CHECKS = (
    check_of_order("orders", ORDER_OF_TIMES),
    Check(check_review, _confirmed),
    Check(check_stops, _gone),
    Check(check_claim, _claimed),
)

"""Which columns of each register tell a customer's story: what happened, what is promised, what money is open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Promise:
    """A date that was given, and the columns that say it was kept: any of them filled is enough."""

    column: str
    kept_by: tuple[str, ...]


DETAILS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("tickets", "opened_at"): ("kind", "product", "problem"),
    ("tickets", "solved_at"): ("solution",),
    ("tickets", "delay_told_at"): ("delay_reason",),
    ("tickets", "vendor_replied_at"): ("vendor", "vendor_reply"),
    ("tickets", "visit_at"): ("vendor",),
    ("tickets", "accepted_at"): ("acceptance", "acceptance_reason"),
    ("tickets", "advance_refunded_on"): ("vendor_fee",),
    ("orders", "ordered_on"): ("product", "quantity", "amount"),
    ("orders", "delay_told_at"): ("delay_reason",),
    ("orders", "shipped_on"): ("carrier", "waybill"),
    ("returns", "applied_at"): ("kind", "product", "quantity", "reason"),
    ("returns", "reviewed_at"): ("review", "reject_reason"),
    ("returns", "inspected_at"): ("inspection",),
    ("returns", "finance_at"): ("finance_review",),
    ("returns", "refunded_at"): ("refund_amount", "refund_method"),
    ("returns", "resent_at"): ("resent_waybill",),
    ("contracts", "accepted_on"): ("product",),
    ("surveys", "called_at"): ("caller", "satisfaction", "what_went_wrong", "suggestion"),
    ("surveys", "store_feedback_at"): ("store_feedback",),
    ("contacts", "at"): ("by", "direction", "purpose", "result", "said"),
    ("parts", "agreed_at"): ("part", "quantity"),
    ("parts", "ordered_on"): ("part",),
    ("parts", "received_on"): ("part",),
    ("parts", "sent_on"): ("part", "carrier", "waybill"),
    ("maintenance", "done_on"): ("kind", "result", "notes"),
}
"""What is told of a moment, besides that it came."""

ALSO = frozenset({("tickets", "visit_at"), ("maintenance", "visit_at")})
"""Moments that may lie ahead, and have happened once they are past."""

UNTOLD = frozenset({("tickets", "bought_on"), ("tickets", "delivered_on"), ("tickets", "goods_accepted_on"),
    ("tickets", "vendor_paid_on"), ("tickets", "handed_over_at"), ("orders", "stock_rechecked_on"),
    ("returns", "ordered_on"), ("returns", "paid_on"), ("returns", "delivered_on"), ("returns", "restocked_at")})  # fmt: skip
"""What is the order's to tell, or the house's own affair."""

PROMISES: Mapping[str, tuple[Promise, ...]] = {
    "tickets": (
        Promise("visit_at", ("started_at", "finished_at")),
        Promise("promised_by", ("finished_at", "closed_at")),
    ),
    "orders": (Promise("promised_by", ("arrived_on", "picked_up_on", "installed_on")),),
    "returns": (Promise("return_by", ("received_at",)), Promise("refund_due", ("refunded_at", "resent_at"))),
    "parts": (Promise("expected_on", ("received_on", "sent_on")),),
    "maintenance": (Promise("visit_at", ("done_on",)), Promise("due_on", ("done_on",))),
}
SPOKEN = frozenset({("tickets", "opened_at"), ("tickets", "responded_at"), ("tickets", "last_told_at"),
    ("tickets", "delay_told_at"), ("orders", "delay_told_at"), ("returns", "applied_at"), ("surveys", "called_at"),
    ("contacts", "at")})  # fmt: skip
"""Moments at which the customer and the desk heard of each other; of a contact only one in which they spoke."""

"""What is wrong with a line of a return by its own cells alone; what takes other lines or the past is the job's to find."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from toolkit.core.reason import Name, because
from toolkit.registers.fold import fold
from toolkit.registers.order import check_of_order
from toolkit.registers.schema import Check, Columns, Facts, Fault
from toolkit.rules.returns import PASSED, PENDING, contradiction

ORDER_OF_TIMES = (
    ("ordered_on", "paid_on"),
    ("ordered_on", "delivered_on"),
    ("ordered_on", "applied_at"),
    ("applied_at", "reviewed_at"),
    ("applied_at", "received_at"),
    ("applied_at", "refunded_at"),
    ("received_at", "inspected_at"),
    ("inspected_at", "restocked_at"),
    ("inspected_at", "resent_at"),
    ("resent_at", "resent_received_at"),
)
"""Each pair: the second cannot lie before the first. Finance may stand before the review: it sent the case back."""


def check_status(line: Any, _facts: Facts) -> Iterator[Fault]:
    """The status is one that the kind has, and that the cells do not speak against."""
    if line.kind is None or line.status is None:
        return
    against = contradiction(line.kind, line.status, line)
    if against is not None:
        yield Fault(
            "not-allowed-transition",
            "status",
            because(
                f"fault.return-{against}",
                status=Name("returns", "status", line.status),
                kind=Name("returns", "kind", line.kind),
            ),
        )


def check_reviews(line: Any, facts: Facts) -> Iterator[Fault]:
    """A refusal says why, two people review, and what only a reviewer may grant has one."""
    is_refused = line.status == "rejected" or line.review == "rejected"
    if is_refused and not line.reject_reason and "reject_reason" not in line.bad:
        yield Fault("required", "reject_reason", because("fault.reject-needs-reason"))
    if line.reviewer and line.finance_reviewer and fold(line.reviewer) == fold(line.finance_reviewer):
        yield Fault("same-reviewer", "finance_reviewer", because("fault.same-reviewer", name=line.finance_reviewer))
    granted = tuple(Name("returns", one) for one in GRANTED if line.get(one))
    if granted and not line.reviewer and "reviewer" in facts.present and "reviewer" not in line.bad:
        yield Fault("required", "reviewer", because("fault.grant-needs-reviewer", what=granted))


GRANTED = ("refund_coupons", "refund_points", "refund_freight")
"""Refunded only because a reviewer says so (20, Returns)."""


def check_amounts(line: Any, _facts: Facts) -> Iterator[Fault]:
    """Nothing is more than it can be: pieces than were ordered, money than was paid; an agreed fee was agreed to."""
    for column, of in (
        ("quantity", "ordered_quantity"),
        ("restocked_quantity", "quantity"),
        ("resent_quantity", "quantity"),
    ):
        much, most = line.get(column), line.get(of)
        if much is not None and most is not None and much > most:
            yield _too_much(column, much, of, most)
    pieces = line.ordered_quantity if line.ordered_quantity is not None else line.quantity
    if line.unit_price is not None and pieces is not None:
        price = line.unit_price * Decimal(str(pieces))
        if line.line_discount is not None and line.line_discount > price:
            why = because("fault.more-than-line", much=line.line_discount, most=price)
            yield Fault("too-much", "line_discount", why)
    is_settled = line.review == "approved" or line.status in PASSED
    if line.service_fee and is_settled and not line.service_fee_agreed and "service_fee_agreed" not in line.bad:
        yield Fault(
            "needs-agreement", "service_fee_agreed", because("fault.service-fee-not-agreed", fee=line.service_fee)
        )


def _too_much(column: str, much: object, of: str, most: object) -> Fault:
    return Fault("too-much", column, because("fault.more-than", much=much, of=Name("returns", of), most=most))


def check_goods(line: Any, facts: Facts) -> Iterator[Fault]:
    """Goods go into stock, and a replacement leaves, only after an inspection; what leaves has a waybill; money goes back the way it came."""
    for column in ("restocked_at", "resent_at"):
        if line.get(column) is not None and line.inspected_at is None and "inspected_at" in facts.present:
            yield Fault("required", "inspected_at", because("fault.needs-inspection", what=Name("returns", column)))
            break
    if line.resent_at is not None and not line.resent_waybill and "resent_waybill" in facts.present:
        yield Fault("required", "resent_waybill", because("fault.resent-needs-waybill"))
    method = line.refund_method
    if method is not None and method not in ("original", line.original_method):
        known = line.original_method is not None
        why = because("fault.refund-method" if known else "fault.refund-method-unknown")
        yield Fault("not-original-method", "refund_method", why)


def is_spoken_against(columns: Columns, _facts: Facts) -> Iterator[int]:
    """The lines whose status is more than a beginning."""
    yield from columns.where("status", lambda status: status is not None and status != PENDING)


def is_reviewed(columns: Columns, _facts: Facts) -> Iterator[int]:
    """The lines that were refused, that two people reviewed, or of which more is refunded than by rule."""
    yield from columns.where("status", lambda status: status == "rejected")
    yield from columns.where("review", lambda review: review == "rejected")
    yield from columns.where("finance_reviewer", lambda name: name is not None)
    for column in GRANTED:
        yield from columns.where(column, bool)


def has_amounts(columns: Columns, _facts: Facts) -> Iterable[int]:
    """The lines on which something is more than it can be, or a fee stands."""
    asked = zip(
        columns["quantity"],
        columns["ordered_quantity"],
        columns["restocked_quantity"],
        columns["resent_quantity"],
        columns["line_discount"],
        columns["service_fee"],
        strict=True,
    )
    for place, (much, ordered, restocked, resent, discount, fee) in enumerate(asked):
        is_odd = much is not None and any(one is not None and one > much for one in (restocked, resent))
        if is_odd or discount or fee or (much is not None and ordered is not None and much > ordered):
            yield place


def has_moved(columns: Columns, _facts: Facts) -> Iterator[int]:
    """The lines of which something was stored, sent or paid."""
    for column in ("restocked_at", "resent_at", "refund_method"):
        yield from columns.where(column, lambda value: value is not None)


RETURN_CHECKS = (
    check_of_order("returns", ORDER_OF_TIMES),
    Check(check_status, is_spoken_against),
    Check(check_reviews, is_reviewed),
    Check(check_amounts, has_amounts),
    Check(check_goods, has_moved),
)

"""What a case refunds, line by line: from the cells to the money rules and back."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from toolkit.jobs.returning.case import Case, Line
from toolkit.jobs.returning.desk import Desk
from toolkit.jobs.returning.whole import is_whole_order
from toolkit.rules.refund import ZERO, Item, refund_of
from toolkit.rules.returns import CALLED_OFF, EXCHANGE, REFUND_ONLY

_COUNTED = ("unit_price", "quantity", "ordered_quantity", "line_discount", "coupons_used", "points_used", "service_fee")


@dataclass(frozen=True, slots=True)
class Amounts:
    """`by_row`: sheet row -> what its line refunds; none for a line that refunds nothing. `total` is the whole case.

    `is_known` is False where a cell that counts could not be read: then nothing is said. `freight` is the part of the total
    that is freight, `fee_left` the part of the agreed fee that no line can bear.
    """

    by_row: dict[int, Decimal] = field(default_factory=dict)
    total: Decimal | None = None
    is_known: bool = True
    freight: Decimal = ZERO
    fee_left: Decimal = ZERO


def amounts_of(desk: Desk, case: Case) -> Amounts:
    """The refund of a case; an exchange refunds nothing, and neither does a line that was refused or called off."""
    lines = [one for one in case.lines if one.status not in CALLED_OFF and one.get("kind") not in (EXCHANGE, None)]
    if not lines:
        return Amounts(is_known=case.get("kind") is not None)
    if any(not _is_readable(one) for one in lines):
        return Amounts(is_known=False)
    freight = _freight(desk, case, lines)
    if freight is None:
        return Amounts(is_known=False)
    refund = refund_of([_item(desk, one) for one in lines], freight)
    by_row = {one.row.row: amount for one, amount in zip(lines, refund.amounts, strict=True)}
    return Amounts(by_row, refund.total, freight=freight, fee_left=refund.fee_left)


def _is_readable(line: Line) -> bool:
    row = line.row
    return row.unit_price is not None and row.quantity is not None and not any(one in row.bad for one in _COUNTED)


def _item(desk: Desk, line: Line) -> Item:
    row = line.row
    quantity = Decimal(str(row.quantity))
    ordered = Decimal(str(row.ordered_quantity)) if row.ordered_quantity is not None else quantity
    before = desk.before(line)
    return Item(
        unit_price=row.unit_price or ZERO,
        quantity=quantity,
        ordered=ordered,
        before=before if before + quantity <= ordered else Decimal(0),  # else another line of the order, or a finding
        discount=row.line_discount or ZERO,
        coupons=row.coupons_used or ZERO,
        points=row.points_used or ZERO,
        gives_coupons=line.get("refund_coupons") is True,
        gives_points=line.get("refund_points") is True,
        fee=(row.service_fee or ZERO) if row.service_fee_agreed else ZERO,
    )


def _freight(desk: Desk, case: Case, lines: list[Line]) -> Decimal | None:
    """The order's freight counts once, however often it was typed; None where it is not known this time.

    It goes back where a reviewer says so, with a whole order that was not shipped yet, and with a whole order that comes back
    for a reason of `returns.freight_back_for`.
    """
    paid = max((one.row.freight_paid for one in case.lines if one.row.freight_paid is not None), default=ZERO)
    if case.get("refund_freight") is not None:
        return paid if case.get("refund_freight") else ZERO
    is_unshipped = all(one.get("kind") == REFUND_ONLY and one.get("shipped") is not True for one in lines)
    is_our_fault = all(desk.class_of(one) in desk.setting.freight_back_for for one in lines)
    if not paid or not (is_unshipped or is_our_fault):
        return ZERO
    is_whole = is_whole_order(desk, case, lines)
    return None if is_whole is None else paid if is_whole else ZERO

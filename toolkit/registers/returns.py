"""The returns register: one row an item line; the rows of one return number form one case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from toolkit.registers.return_checks import RETURN_CHECKS
from toolkit.registers.schema import Register, Row, Type, When, Writer, column
from toolkit.registers.tickets import CATEGORIES
from toolkit.rules.returns import OVER

REASONS = (
    "quality_defect",
    "missing_parts",
    "not_as_described",
    "wrong_item",
    "transport_damage",
    "late_delivery",
    "size_does_not_fit",
    "dislike",
    "ordered_by_mistake",
    "other",
)
INSPECTED_WHERE = (
    "warehouse",
    "store",
    "customer_home",
    "carrier",
)
STATUSES = (
    "pending_review",
    "approved",
    "rejected",
    "waiting_for_goods",
    "waiting_for_refund",
    "waiting_for_replacement",
    "completed",
    "cancelled",
)


@dataclass(slots=True, kw_only=True, eq=False)
class ReturnLine(Row):
    """A row of the returns register."""

    return_no: str | None = column(Type.ID, by=Writer.FILL)
    line_no: str | None = column(Type.ID)
    order_no: str | None = column(Type.ID, required=True, refers_to="orders")
    ticket_no: str | None = column(Type.ID, refers_to="tickets")
    customer: str | None = column(Type.TEXT)
    phone: str | None = column(Type.PHONE)
    email: str | None = column(Type.EMAIL)
    language: str | None = column(Type.CHOICE, choices=("zh-CN", "en"))
    city: str | None = column(Type.TEXT)
    address: str | None = column(Type.TEXT)
    store: str | None = column(Type.TEXT, refers_to="stores")
    merchant: str | None = column(Type.TEXT)
    owner: str | None = column(Type.PERSON, refers_to="staff")
    ordered_on: date | None = column(Type.DATE, past=True)
    paid_on: date | None = column(Type.DATE, past=True)
    kind: str | None = column(Type.CHOICE, required=True, choices=("refund_only", "return_and_refund", "exchange"))
    sku: str | None = column(Type.ID)
    product: str | None = column(Type.TEXT)
    category: str | None = column(Type.CHOICE, choices=CATEGORIES)
    quantity: float | None = column(Type.NUMBER, required=True, low=0)
    ordered_quantity: float | None = column(Type.NUMBER, low=0)
    order_is_whole: bool | None = column(Type.YES_NO)
    unit_price: Decimal | None = column(Type.MONEY, required=True, low=0)
    line_discount: Decimal | None = column(Type.MONEY, low=0)
    coupons_used: Decimal | None = column(Type.MONEY, low=0)
    points_used: Decimal | None = column(Type.MONEY, low=0)
    freight_paid: Decimal | None = column(Type.MONEY, low=0)
    shipped: bool | None = column(Type.YES_NO)
    under_way: bool | None = column(Type.YES_NO)
    reason: str | None = column(Type.CHOICE, required=True, choices=REASONS)
    photos: tuple[str, ...] | None = column(Type.URL_LIST)
    applied_at: When | None = column(Type.DATETIME, required=True, past=True)
    delivered_on: date | None = column(Type.DATE, past=True)
    used: bool | None = column(Type.YES_NO)
    packing_damaged: bool | None = column(Type.YES_NO)
    service_fee: Decimal | None = column(Type.MONEY, low=0)
    service_fee_agreed: bool | None = column(Type.YES_NO)
    refund_coupons: bool | None = column(Type.YES_NO)
    refund_points: bool | None = column(Type.YES_NO)
    refund_freight: bool | None = column(Type.YES_NO)
    reviewer: str | None = column(Type.PERSON, refers_to="staff")
    review: str | None = column(Type.CHOICE, choices=("approved", "rejected"))
    reviewed_at: When | None = column(Type.DATETIME, past=True)
    reject_reason: str | None = column(Type.TEXT)
    return_to_contact: str | None = column(Type.TEXT)
    return_to_phone: str | None = column(Type.PHONE)
    return_to_address: str | None = column(Type.TEXT)
    return_by: date | None = column(Type.DATE)
    return_carrier: str | None = column(Type.TEXT)
    return_waybill: str | None = column(Type.TEXT)
    return_freight: Decimal | None = column(Type.MONEY, low=0)
    received_at: When | None = column(Type.DATETIME, past=True)
    inspect_where: str | None = column(Type.CHOICE, choices=INSPECTED_WHERE)
    inspected_at: When | None = column(Type.DATETIME, past=True)
    inspected_by: str | None = column(Type.PERSON, refers_to="staff")
    inspection: str | None = column(Type.CHOICE, choices=("passed", "failed"))
    restocked_at: When | None = column(Type.DATETIME, past=True)
    restocked_quantity: float | None = column(Type.NUMBER, low=0)
    restocked_by: str | None = column(Type.PERSON, refers_to="staff")
    replacement_in_stock: bool | None = column(Type.YES_NO)
    finance_reviewer: str | None = column(Type.PERSON, refers_to="staff")
    finance_review: str | None = column(Type.CHOICE, choices=("approved", "sent_back"))
    finance_at: When | None = column(Type.DATETIME, past=True)
    refunded_at: When | None = column(Type.DATETIME, past=True)
    refund_method: str | None = column(Type.CHOICE, choices=("original", "transfer", "cash", "other"))
    original_method: str | None = column(Type.CHOICE, choices=("original", "transfer", "cash", "other"))
    resent_at: When | None = column(Type.DATETIME, past=True)
    resent_quantity: float | None = column(Type.NUMBER, low=0)
    resent_by: str | None = column(Type.PERSON, refers_to="staff")
    resent_waybill: str | None = column(Type.TEXT)
    resent_received_at: When | None = column(Type.DATETIME, past=True)
    status: str | None = column(Type.CHOICE, choices=STATUSES, blank="pending_review")
    notes: str | None = column(Type.LONG_TEXT)

    refund_amount: Decimal | None = column(Type.MONEY, by=Writer.TOOLKIT)
    case_refund: Decimal | None = column(Type.MONEY, by=Writer.TOOLKIT)
    freight_payer: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    buyer_returns: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    window_until: date | None = column(Type.DATE, by=Writer.TOOLKIT)
    review_due: When | None = column(Type.DATETIME, by=Writer.TOOLKIT)
    finance_due: When | None = column(Type.DATETIME, by=Writer.TOOLKIT)
    refund_due: When | None = column(Type.DATETIME, by=Writer.TOOLKIT)
    allowed_next: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    overdue: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    next_step: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    last_message: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    check: str | None = column(Type.TEXT, by=Writer.TOOLKIT)


RETURNS = Register(
    "returns",
    ReturnLine,
    key=("return_no", "line_no"),
    checks=RETURN_CHECKS,
    key_default={"line_no": "1"},
    clocks={"review": "review_due", "finance": "finance_due", "refund": "refund_due", "goods": "", "window": ""},
    over=OVER,
    owner=("owner", "reviewer"),
)

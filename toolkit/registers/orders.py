"""The order register: what was promised, shipped, delivered, and what went wrong on the way. One row an order line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from toolkit.registers.order_checks import CHECKS
from toolkit.registers.schema import Register, Row, Type, When, Writer, column
from toolkit.registers.tickets import CATEGORIES

STATUSES = (
    "new",
    "reviewed",
    "in_production",
    "ready",
    "shipped",
    "arrived",
    "picked_up",
    "installed",
    "completed",
    "cancelled",
)


@dataclass(slots=True, kw_only=True, eq=False)
class Order(Row):
    """A row of the order register."""

    order_no: str | None = column(Type.ID, required=True)
    line_no: str | None = column(Type.ID)
    customer: str | None = column(Type.TEXT)
    phone: str | None = column(Type.PHONE)
    email: str | None = column(Type.EMAIL)
    language: str | None = column(Type.CHOICE, choices=("zh-CN", "en"))
    city: str | None = column(Type.TEXT)
    address: str | None = column(Type.TEXT)
    store: str | None = column(Type.TEXT, refers_to="stores")
    salesperson: str | None = column(Type.PERSON, refers_to="staff")
    tracker: str | None = column(Type.PERSON, refers_to="staff")
    product: str | None = column(Type.TEXT)
    category: str | None = column(Type.CHOICE, choices=CATEGORIES)
    quantity: float | None = column(Type.NUMBER, low=0)
    amount: Decimal | None = column(Type.MONEY, low=0)
    ordered_on: date | None = column(Type.DATE, past=True)
    promised_by: When | None = column(Type.DATETIME, required=True)
    date_is_condition: bool | None = column(Type.YES_NO)
    approved_by: str | None = column(Type.PERSON, refers_to="staff")
    urgency: str | None = column(Type.CHOICE, choices=("urgent", "normal"))
    in_stock: bool | None = column(Type.YES_NO)
    stock_rechecked_on: date | None = column(Type.DATE, past=True)
    first_promised_by: When | None = column(Type.DATETIME)
    factory: str | None = column(Type.TEXT)
    line: str | None = column(Type.TEXT)
    factory_due: date | None = column(Type.DATE)
    making_days: float | None = column(Type.NUMBER, low=0)
    materials_ready_on: date | None = column(Type.DATE)
    paid_on: date | None = column(Type.DATE, past=True)
    delay_told_at: When | None = column(Type.DATETIME, past=True)
    delay_reason: str | None = column(Type.TEXT)
    shipped_on: date | None = column(Type.DATE, past=True)
    carrier: str | None = column(Type.TEXT)
    carrier_phone: str | None = column(Type.PHONE)
    waybill: str | None = column(Type.TEXT)
    waybill_on: date | None = column(Type.DATE, past=True)
    waybill_verified_at: When | None = column(Type.DATETIME, past=True)
    packages: float | None = column(Type.NUMBER, low=0)
    pieces: float | None = column(Type.NUMBER, low=0)
    volume_m3: float | None = column(Type.NUMBER, low=0)
    freight_estimate: Decimal | None = column(Type.MONEY, low=0)
    freight: Decimal | None = column(Type.MONEY, low=0)
    packing_fee: Decimal | None = column(Type.MONEY, low=0)
    freight_disputed: bool | None = column(Type.YES_NO)
    contains_glass: bool | None = column(Type.YES_NO)
    arrived_on: date | None = column(Type.DATE, past=True)
    picked_up_on: date | None = column(Type.DATE, past=True)
    damaged_on_pickup: bool | None = column(Type.YES_NO)
    claim_by: date | None = column(Type.DATE)
    claim_filed_at: When | None = column(Type.DATETIME, past=True)
    claim_amount: Decimal | None = column(Type.MONEY, low=0)
    claim_result: str | None = column(Type.CHOICE, choices=("open", "paid", "refused"))
    claim_received: Decimal | None = column(Type.MONEY, low=0)
    install_included: bool | None = column(Type.YES_NO)
    installed_on: date | None = column(Type.DATE, past=True)
    ticket_no: str | None = column(Type.ID, refers_to="tickets")
    status: str | None = column(Type.CHOICE, choices=STATUSES, blank="new")
    notes: str | None = column(Type.LONG_TEXT)

    estimated_ship_on: date | None = column(Type.DATE, by=Writer.TOOLKIT)
    ship_due: When | None = column(Type.DATETIME, by=Writer.TOOLKIT)
    at_risk: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    freight_gap: Decimal | None = column(Type.MONEY, by=Writer.TOOLKIT)
    overdue: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    next_step: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    last_message: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    check: str | None = column(Type.TEXT, by=Writer.TOOLKIT)


ORDERS = Register(
    "orders",
    Order,
    key=("order_no", "line_no"),
    key_default={"line_no": "1"},
    checks=CHECKS,
    clocks={"ship": "ship_due", "promise": "", "notice": "", "entry": "", "claim": ""},
    over=frozenset({"completed", "cancelled"}),
    owner=("tracker", "salesperson"),
)

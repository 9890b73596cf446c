"""The staff register: who is there, what they do, whom they answer to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from toolkit.registers.decisions import check_of_decision
from toolkit.registers.order import check_of_order
from toolkit.registers.schema import Register, Row, Type, Writer, column

ROLES = (
    "customer_service",
    "order_tracker",
    "dispatcher",
    "caller",
    "technical_support",
    "operations",
    "finance",
    "warehouse",
    "store_manager",
    "manager",
    "head",
    "regional_manager",
    "franchise_manager",
)


DECISIONS = ("reward", "penalty", "both", "none")
"""What a manager may decide about the rewards and penalties that are proposed for a colleague."""


@dataclass(slots=True, kw_only=True, eq=False)
class Person(Row):
    """A row of the staff register."""

    staff_no: str | None = column(Type.ID)
    name: str | None = column(Type.TEXT, required=True)
    role: str | None = column(Type.CHOICE, choices=ROLES)
    department: str | None = column(Type.TEXT)
    email: str | None = column(Type.EMAIL)
    phone: str | None = column(Type.PHONE)
    language: str | None = column(Type.CHOICE, choices=("zh-CN", "en"))
    store: str | None = column(Type.TEXT)
    active: bool | None = column(Type.YES_NO)
    manager: str | None = column(Type.PERSON, refers_to="staff")
    deputy: str | None = column(Type.PERSON, refers_to="staff")
    away_from: date | None = column(Type.DATE)
    away_to: date | None = column(Type.DATE)
    shift: str | None = column(Type.TEXT)
    decision: str | None = column(Type.CHOICE, choices=DECISIONS)
    decided_on: date | None = column(Type.DATE, past=True)

    open: float | None = column(Type.NUMBER, by=Writer.TOOLKIT)
    overdue: float | None = column(Type.NUMBER, by=Writer.TOOLKIT)
    satisfaction_3_months: float | None = column(Type.NUMBER, by=Writer.TOOLKIT)
    reward: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    penalty: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    check: str | None = column(Type.TEXT, by=Writer.TOOLKIT)


STAFF = Register(
    "staff",
    Person,
    key=("staff_no",),
    checks=(
        check_of_order("staff", (("away_from", "away_to"),)),
        check_of_decision("fault.staff-decision-needs-day"),
    ),
    key_else="name",
)

"""The supplier register: complaints, standing, what is proposed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from toolkit.registers.decisions import check_of_decision
from toolkit.registers.schema import Register, Row, Type, Writer, column

DECISIONS = ("oral_warning", "written_notice", "fund", "deposit_cut", "removal", "award", "none")
"""What a manager may decide about a supplier; the toolkit only proposes."""


@dataclass(slots=True, kw_only=True, eq=False)
class Supplier(Row):
    """A row of the supplier register."""

    supplier_no: str | None = column(Type.ID, required=True)
    name: str | None = column(Type.TEXT, required=True)
    contact: str | None = column(Type.TEXT)
    phone: str | None = column(Type.PHONE)
    email: str | None = column(Type.EMAIL)
    language: str | None = column(Type.CHOICE, choices=("zh-CN", "en"))
    joined_on: date | None = column(Type.DATE, past=True)
    deposit: Decimal | None = column(Type.MONEY, low=0)
    fund_paid_on: date | None = column(Type.DATE, past=True)
    active: bool | None = column(Type.YES_NO)
    decision: str | None = column(Type.CHOICE, choices=DECISIONS)
    decided_on: date | None = column(Type.DATE, past=True)
    notes: str | None = column(Type.LONG_TEXT)

    complaints_this_month: float | None = column(Type.NUMBER, by=Writer.TOOLKIT)
    same_issue_this_month: float | None = column(Type.NUMBER, by=Writer.TOOLKIT)
    complaints_total: float | None = column(Type.NUMBER, by=Writer.TOOLKIT)
    paid_in_advance: Decimal | None = column(Type.MONEY, by=Writer.TOOLKIT)
    recovered: Decimal | None = column(Type.MONEY, by=Writer.TOOLKIT)
    outstanding: Decimal | None = column(Type.MONEY, by=Writer.TOOLKIT)
    deposit_left: Decimal | None = column(Type.MONEY, by=Writer.TOOLKIT)
    standing: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    action: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    award: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    check: str | None = column(Type.TEXT, by=Writer.TOOLKIT)


SUPPLIERS = Register(
    "suppliers", Supplier, key=("supplier_no",), checks=(check_of_decision("fault.decision-needs-day"),)
)

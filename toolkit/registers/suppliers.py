"""The supplier register: complaints, standing, what is proposed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from toolkit.core.reason import because
from toolkit.registers.schema import Check, Columns, Facts, Fault, Register, Row, Type, Writer, column

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


def check_decision(supplier: Supplier, facts: Facts) -> Iterator[Fault]:
    """A decision has its day: letters and the month after count from it."""
    if supplier.decision and supplier.decided_on is None and "decided_on" in facts.present - set(supplier.bad):
        yield Fault("required", "decided_on", because("fault.decision-needs-day"))


def is_decided(columns: Columns, _facts: Facts) -> list[int]:
    """The suppliers about whom something was decided."""
    return columns.where("decision", lambda decision: decision is not None)


SUPPLIERS = Register("suppliers", Supplier, key=("supplier_no",), checks=(Check(check_decision, is_decided),))

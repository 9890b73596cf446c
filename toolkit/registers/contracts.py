"""The maintenance contracts: what was accepted, and which upkeep was agreed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from toolkit.registers.schema import Register, Row, Type, Writer, column
from toolkit.registers.tickets import CATEGORIES


@dataclass(slots=True, kw_only=True, eq=False)
class Contract(Row):
    """A row of the contracts register."""

    contract_no: str | None = column(Type.ID, required=True)
    customer: str | None = column(Type.TEXT)
    contact: str | None = column(Type.TEXT)
    phone: str | None = column(Type.PHONE)
    email: str | None = column(Type.EMAIL)
    language: str | None = column(Type.CHOICE, choices=("zh-CN", "en"))
    city: str | None = column(Type.TEXT)
    address: str | None = column(Type.TEXT)
    product: str | None = column(Type.TEXT)
    category: str | None = column(Type.CHOICE, choices=CATEGORIES)
    owner: str | None = column(Type.PERSON, refers_to="staff")
    accepted_on: date | None = column(Type.DATE, required=True, past=True)
    quarterly: bool | None = column(Type.YES_NO)
    yearly: bool | None = column(Type.YES_NO)
    first_cleaning: bool | None = column(Type.YES_NO)
    vendor: str | None = column(Type.ID, refers_to="vendors")
    ends_on: date | None = column(Type.DATE)
    notes: str | None = column(Type.LONG_TEXT)

    check: str | None = column(Type.TEXT, by=Writer.TOOLKIT)


CONTRACTS = Register("contracts", Contract, key=("contract_no",))

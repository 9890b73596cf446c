"""The vendor register: the installers and repairers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from toolkit.registers.schema import Register, Row, Type, Writer, column


@dataclass(slots=True, kw_only=True, eq=False)
class Vendor(Row):
    """A row of the vendor register."""

    vendor_no: str | None = column(Type.ID, required=True)
    name: str | None = column(Type.TEXT, required=True)
    is_firm: bool | None = column(Type.YES_NO)
    credential: str | None = column(Type.TEXT)
    city: str | None = column(Type.TEXT, required=True)
    district: str | None = column(Type.TEXT)
    address: str | None = column(Type.TEXT)
    contact: str | None = column(Type.TEXT)
    phone: str | None = column(Type.PHONE, required=True)
    email: str | None = column(Type.EMAIL)
    language: str | None = column(Type.CHOICE, choices=("zh-CN", "en"))
    skills: tuple[str, ...] | None = column(Type.LIST)
    equipment: tuple[str, ...] | None = column(Type.LIST)
    qualified: bool | None = column(Type.YES_NO)
    day_capacity: float | None = column(Type.NUMBER, low=0)
    price_note: str | None = column(Type.TEXT)
    rate: str | None = column(Type.TEXT)
    active: bool | None = column(Type.YES_NO)
    initial_rating: float | None = column(Type.NUMBER, low=1, high=5)
    joined_on: date | None = column(Type.DATE, past=True)
    notes: str | None = column(Type.LONG_TEXT)

    rating: float | None = column(Type.NUMBER, by=Writer.TOOLKIT)
    stars: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    surveys: float | None = column(Type.NUMBER, by=Writer.TOOLKIT)
    last_service: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    jobs: float | None = column(Type.NUMBER, by=Writer.TOOLKIT)
    on_time_rate: float | None = column(Type.NUMBER, by=Writer.TOOLKIT)
    payment: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    open_jobs: float | None = column(Type.NUMBER, by=Writer.TOOLKIT)
    check: str | None = column(Type.TEXT, by=Writer.TOOLKIT)


VENDORS = Register("vendors", Vendor, key=("vendor_no",))

"""The stores: own, franchise, dealer; who answers for each."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.registers.schema import Register, Row, Type, Writer, column


@dataclass(slots=True, kw_only=True, eq=False)
class Store(Row):
    """A row of the stores register."""

    store_no: str | None = column(Type.ID, required=True)
    name: str | None = column(Type.TEXT, required=True)
    province: str | None = column(Type.TEXT)
    city: str | None = column(Type.TEXT)
    manager: str | None = column(Type.PERSON, refers_to="staff")
    phone: str | None = column(Type.PHONE)
    email: str | None = column(Type.EMAIL)
    language: str | None = column(Type.CHOICE, choices=("zh-CN", "en"))
    kind: str | None = column(Type.CHOICE, choices=("own", "franchise", "dealer"))
    active: bool | None = column(Type.YES_NO)
    notes: str | None = column(Type.LONG_TEXT)

    open: float | None = column(Type.NUMBER, by=Writer.TOOLKIT)
    overdue: float | None = column(Type.NUMBER, by=Writer.TOOLKIT)
    satisfaction: float | None = column(Type.NUMBER, by=Writer.TOOLKIT)
    check: str | None = column(Type.TEXT, by=Writer.TOOLKIT)


STORES = Register("stores", Store, key=("store_no",))

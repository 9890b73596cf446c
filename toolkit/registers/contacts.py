"""Every call and message with a customer, the unanswered ones too."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.registers.order import check_of_order
from toolkit.registers.schema import Register, Row, Type, When, Writer, column


@dataclass(slots=True, kw_only=True, eq=False)
class Contact(Row):
    """A row of the contacts register."""

    contact_no: str | None = column(Type.ID, by=Writer.FILL)
    ticket_no: str | None = column(Type.ID, refers_to="tickets")
    order_no: str | None = column(Type.ID, refers_to="orders")
    at: When | None = column(Type.DATETIME, required=True, past=True)
    by: str | None = column(Type.PERSON, refers_to="staff")
    direction: str | None = column(Type.CHOICE, choices=("out", "in"))
    purpose: str | None = column(Type.CHOICE, choices=("callback", "progress", "delay", "chase", "other"))
    result: str | None = column(Type.CHOICE, choices=("reached", "no_answer", "refused"))
    said: str | None = column(Type.LONG_TEXT)
    next_contact_at: When | None = column(Type.DATETIME)

    overdue: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    check: str | None = column(Type.TEXT, by=Writer.TOOLKIT)


CONTACTS = Register(
    "contacts",
    Contact,
    key=("contact_no",),
    checks=(check_of_order("contacts", (("at", "next_contact_at"),)),),
    one_of=(("ticket_no", "order_no"),),
    clocks={"next": ""},
    owner=("by",),
)

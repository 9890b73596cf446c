"""The parts register: what was agreed, ordered, received, posted or fitted for a ticket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from toolkit.registers.order import check_of_order
from toolkit.registers.schema import Register, Row, Type, When, Writer, column


@dataclass(slots=True, kw_only=True, eq=False)
class Part(Row):
    """A row of the parts register."""

    part_no: str | None = column(Type.ID, by=Writer.FILL)
    ticket_no: str | None = column(Type.ID, required=True, refers_to="tickets")
    part: str | None = column(Type.TEXT, required=True)
    size: str | None = column(Type.CHOICE, choices=("large", "small"))
    quantity: float | None = column(Type.NUMBER, low=0)
    supplier: str | None = column(Type.ID, refers_to="suppliers")
    agreed_at: When | None = column(Type.DATETIME, past=True)
    ordered_on: date | None = column(Type.DATE, past=True)
    expected_on: date | None = column(Type.DATE)
    received_on: date | None = column(Type.DATE, past=True)
    sent_on: date | None = column(Type.DATE, past=True)
    waybill: str | None = column(Type.TEXT)
    carrier: str | None = column(Type.TEXT)
    fitted_by: str | None = column(Type.CHOICE, choices=("vendor", "customer"))
    notes: str | None = column(Type.LONG_TEXT)

    overdue: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    next_step: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    last_message: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    check: str | None = column(Type.TEXT, by=Writer.TOOLKIT)


ORDER_OF_TIMES = (
    ("agreed_at", "ordered_on"),
    ("ordered_on", "received_on"),
    ("ordered_on", "expected_on"),
    ("received_on", "sent_on"),
)
"""Each pair: the second cannot lie before the first; the second is the cell to mend."""

PARTS = Register(
    "parts",
    Part,
    key=("part_no",),
    checks=(check_of_order("parts", ORDER_OF_TIMES),),
    clocks={"part": ""},
)

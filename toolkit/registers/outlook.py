"""The shipping outlook: how long each factory's lines take now, and when that was last assessed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from toolkit.registers.schema import Register, Row, Type, Writer, column


@dataclass(slots=True, kw_only=True, eq=False)
class Outlook(Row):
    """A row of the outlook register."""

    factory: str | None = column(Type.ID, required=True)
    line: str | None = column(Type.ID)
    lead_days: float | None = column(Type.NUMBER, required=True, low=0)
    assessed_on: date | None = column(Type.DATE, required=True, past=True)
    assessed_by: str | None = column(Type.PERSON, refers_to="staff")
    notes: str | None = column(Type.LONG_TEXT)

    overdue: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    check: str | None = column(Type.TEXT, by=Writer.TOOLKIT)


OUTLOOK = Register(
    "outlook",
    Outlook,
    key=("factory", "line"),
    key_default={"line": "*"},
    clocks={"assess": ""},
    owner=("assessed_by",),
)

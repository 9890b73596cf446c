"""The recurring chores of the team."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from toolkit.registers.schema import Register, Row, Type, Writer, column


@dataclass(slots=True, kw_only=True, eq=False)
class Chore(Row):
    """A row of the chores register."""

    name: str | None = column(Type.ID, required=True)
    owner: str | None = column(Type.PERSON, refers_to="staff")
    every: str | None = column(Type.TEXT, required=True)
    starts_on: date | None = column(Type.DATE)
    done_on: date | None = column(Type.DATE, past=True)
    notes: str | None = column(Type.LONG_TEXT)

    due: date | None = column(Type.DATE, by=Writer.TOOLKIT)
    overdue: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    check: str | None = column(Type.TEXT, by=Writer.TOOLKIT)


CHORES = Register(
    "chores",
    Chore,
    key=("name",),
    clocks={"chore": "due"},
    owner=("owner",),
)

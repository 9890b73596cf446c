"""The maintenance plan: a row for each visit, which the toolkit appends from the contracts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from toolkit.core.reason import because
from toolkit.registers.schema import Check, Columns, Facts, Fault, Register, Row, Type, When, Writer, column


@dataclass(slots=True, kw_only=True, eq=False)
class Upkeep(Row):
    """A row of the maintenance register."""

    visit_no: str | None = column(Type.ID, by=Writer.FILL)
    contract_no: str | None = column(Type.ID, required=True, refers_to="contracts")
    customer: str | None = column(Type.TEXT, by=Writer.FILL)
    kind: str | None = column(Type.CHOICE, by=Writer.FILL, choices=("first_cleaning", "quarterly", "yearly"))
    checklist: str | None = column(Type.TEXT, by=Writer.FILL)
    due_on: date | None = column(Type.DATE, by=Writer.FILL)
    vendor: str | None = column(Type.ID, refers_to="vendors")
    visit_at: When | None = column(Type.DATETIME)
    done_on: date | None = column(Type.DATE, past=True)
    result: str | None = column(Type.CHOICE, choices=("fine", "repaired", "ticket", "refused"))
    ticket_no: str | None = column(Type.ID, refers_to="tickets")
    notes: str | None = column(Type.LONG_TEXT)

    overdue: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    next_step: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    last_message: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    check: str | None = column(Type.TEXT, by=Writer.TOOLKIT)


def check_day(visit: Upkeep, facts: Facts) -> Iterator[Fault]:
    """A visit with a result was made, or refused, on some day: without it the visit is late for ever."""
    if visit.result is not None and visit.done_on is None and "done_on" in facts.present and "done_on" not in visit.bad:
        yield Fault("required", "done_on", because("fault.result-needs-day"))


def has_result(columns: Columns, _facts: Facts) -> Iterable[int]:
    """The visits of which somebody entered what came of them."""
    return columns.where("result", lambda result: result is not None)


MAINTENANCE = Register(
    "maintenance",
    Upkeep,
    key=("visit_no",),
    checks=(Check(check_day, has_result),),
    clocks={"upkeep": ""},
)

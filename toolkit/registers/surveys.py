"""The call-back register: one row a call to a customer after a job. Questions come from the configured questionnaires."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from toolkit.core.reason import because
from toolkit.registers.order import check_of_order
from toolkit.registers.schema import Check, Columns, Facts, Fault, Register, Row, Type, When, Writer, column

VERDICTS = ("not_satisfied", "basically_satisfied", "quite_satisfied")


@dataclass(slots=True, kw_only=True, eq=False)
class Survey(Row):
    """A row of the call-back register."""

    survey_no: str | None = column(Type.ID, by=Writer.FILL)
    ticket_no: str | None = column(Type.ID, refers_to="tickets")
    order_no: str | None = column(Type.ID, refers_to="orders")
    called_at: When | None = column(Type.DATETIME, required=True, past=True)
    caller: str | None = column(Type.PERSON, refers_to="staff")
    minutes: float | None = column(Type.NUMBER, low=0)
    satisfaction: str | None = column(Type.CHOICE, choices=VERDICTS)
    what_went_wrong: str | None = column(Type.LONG_TEXT)
    suggestion: str | None = column(Type.LONG_TEXT)
    adjusted_rating: float | None = column(Type.NUMBER, low=1, high=5)
    adjusted_reason: str | None = column(Type.TEXT)
    store_feedback: str | None = column(Type.LONG_TEXT)
    store_feedback_at: When | None = column(Type.DATETIME, past=True)

    vendor: str | None = column(Type.TEXT, by=Writer.FILL)
    forwarded_at: When | None = column(Type.DATETIME, by=Writer.FILL)
    score: float | None = column(Type.NUMBER, by=Writer.TOOLKIT)
    rating: float | None = column(Type.NUMBER, by=Writer.TOOLKIT)
    forward_due: When | None = column(Type.DATETIME, by=Writer.TOOLKIT)
    feedback_due: When | None = column(Type.DATETIME, by=Writer.TOOLKIT)
    overdue: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    check: str | None = column(Type.TEXT, by=Writer.TOOLKIT)


def check_override(survey: Survey, facts: Facts) -> Iterator[Fault]:
    """A manager's override says why."""
    if survey.adjusted_rating is not None and not survey.adjusted_reason and "adjusted_reason" in facts.present:
        yield Fault("required", "adjusted_reason", because("fault.override-needs-reason"))


def is_overridden(columns: Columns, _facts: Facts) -> Iterable[int]:
    """The calls whose rating a manager changed."""
    return columns.where("adjusted_rating", lambda rating: rating is not None)


SURVEYS = Register(
    "surveys",
    Survey,
    key=("survey_no",),
    checks=(Check(check_override, is_overridden), check_of_order("surveys", (("called_at", "store_feedback_at"),))),
    one_of=(("ticket_no", "order_no"),),
    clocks={"forward": "forward_due", "feedback": "feedback_due"},
    owner=("caller",),
)

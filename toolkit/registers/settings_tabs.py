"""The small tabs that belong to the desk itself: holidays, who wants no messages, what was sent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from toolkit.core.reason import because
from toolkit.registers.schema import Check, Columns, Facts, Fault, Register, Row, Type, When, Writer, column
from toolkit.rules.worktime.week import parse_spans


@dataclass(slots=True, kw_only=True, eq=False)
class Holiday(Row):
    """A day that the country's calendar has otherwise. `hours` like `09:00-12:00`; blank on a working day: Monday's."""

    date: date | None = column(Type.DATE, required=True)
    name: str | None = column(Type.TEXT)
    working: bool | None = column(Type.YES_NO)
    hours: str | None = column(Type.TEXT)
    check: str | None = column(Type.TEXT, by=Writer.TOOLKIT)


@dataclass(slots=True, kw_only=True, eq=False)
class OptOut(Row):
    """Somebody who wants no messages: a phone number or an email address."""

    contact: str | None = column(Type.TEXT, required=True)
    since: date | None = column(Type.DATE)
    reason: str | None = column(Type.TEXT)
    check: str | None = column(Type.TEXT, by=Writer.TOOLKIT)


@dataclass(slots=True, kw_only=True, eq=False)
class SentMessage(Row):
    """A line of the log of what was sent; the toolkit appends it."""

    at: When | None = column(Type.DATETIME, by=Writer.TOOLKIT)
    message_key: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    channel: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    to: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    ticket: str | None = column(Type.ID, by=Writer.TOOLKIT)
    subject: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    result: str | None = column(Type.TEXT, by=Writer.TOOLKIT)


def check_hours(holiday: Holiday, _facts: Facts) -> Iterator[Fault]:
    """The hours of a day can be read."""
    if holiday.hours is not None:
        try:
            parse_spans(spans_of(holiday.hours), "")
        except ValueError:
            yield Fault("not-a-choice", "hours", because("fault.hours", found=holiday.hours))


def has_hours(columns: Columns, _facts: Facts) -> Iterable[int]:
    """The days with hours of their own."""
    return columns.where("hours", lambda hours: hours is not None)


def spans_of(hours: str) -> list[str]:
    """`09:00-12:00, 13:00-18:00` as its spans."""
    return [part.strip() for part in re.split(r"[,，、;；]", hours) if part.strip()]


HOLIDAYS = Register("holidays", Holiday, key=("date",), checks=(Check(check_hours, has_hours),))
OPT_OUT = Register("contacts_opt_out", OptOut, key=("contact",))
MESSAGES = Register("messages", SentMessage, key=("message_key",))

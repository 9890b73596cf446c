"""The small tabs that belong to the desk itself: holidays, who wants no messages, what was sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from toolkit.registers.schema import Register, Row, Type, When, Writer, column


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


HOLIDAYS = Register("holidays", Holiday, key=("date",))
OPT_OUT = Register("contacts_opt_out", OptOut, key=("contact",))
MESSAGES = Register("messages", SentMessage, key=("message_key",))

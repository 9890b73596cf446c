"""Where some rows stand, a customer's or a colleague's: what is open and what comes next, what was promised, what money is owed either way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from toolkit.app.customers.columns import PROMISES
from toolkit.core.reason import Name
from toolkit.core.words import Words
from toolkit.jobs.ticket.case import calls, case_of
from toolkit.jobs.ticket.flags import next_step
from toolkit.jobs.ticket.promised import promise_of
from toolkit.registers.people import At
from toolkit.registers.schema import When
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table
from toolkit.settings.model import Settings

_PROMISED = ("tickets", "promised_by")
_REFUNDED = frozenset({"refund_only", "return_and_refund"})


@dataclass(frozen=True, slots=True)
class Open:
    """A row that is not over: its status, who answers for it, what is next."""

    at: At
    status: str
    owner: str
    next: str
    overdue: str


@dataclass(frozen=True, slots=True)
class Owed:
    """A date that was given and not kept yet; `is_late` once it has passed."""

    at: At
    column: str
    due: datetime
    day_only: bool
    is_late: bool


@dataclass(frozen=True, slots=True)
class Money:
    """An amount that somebody still owes: `customer.advance`, `customer.refund`, `customer.fee` in words."""

    at: At
    why: str
    amount: Decimal


def is_open(at: At) -> bool:
    """Whether anything is still to happen of a row; one without a status is over when what it is for was done."""
    register = at.table.register
    if register.over:
        return at.row.get("status") not in register.over
    return any(all(at.row.get(one) is None for one in promise.kept_by) for promise in PROMISES.get(register.name, ()))


def open_rows(
    snapshot: Snapshot, settings: Settings, rows: Iterable[At], now: datetime, words: Words
) -> Iterator[Open]:
    """The open rows in the order of the registers; a ticket's next step is found out anew, others say theirs in the sheet."""
    called = calls(snapshot)
    for at in rows:
        register, row = at.table.register, at.row
        if not is_open(at):
            continue
        step = row.get("next_step") or row.get("allowed_next") or ""
        if register.name == "tickets":
            reason = next_step(snapshot, case_of(snapshot, settings, at.table, row, now, None, called))
            step = words.say(reason) if reason is not None else ""
        status = row.get("status")
        owner = next((name for one in register.owner if (name := row.get(one))), "")
        said = words.label(Name(register.name, "status", status)) if status else ""
        yield Open(at, said, owner, step, row.get("overdue") or "")


def promises(snapshot: Snapshot, rows: Sequence[At], now: datetime) -> list[Owed]:
    """What customers were told to expect and have not had yet, the most pressing first."""
    found = []
    for at in rows:
        for one in PROMISES.get(at.table.register.name, ()):
            value, table = _typed(snapshot, at, one.column)
            if value is None or not is_open(at) or any(at.row.get(key) is not None for key in one.kept_by):
                continue
            due, day_only = snapshot.at(table, value), not isinstance(value, datetime)
            is_late = value < snapshot.today(at.table, now) if day_only else due < now
            found.append(Owed(at, one.column, due, day_only, is_late))
    found += _next_contacts(snapshot, rows, now)
    return sorted(found, key=lambda one: one.due)


def _typed(snapshot: Snapshot, at: At, column: str) -> tuple[When | None, Table]:
    """The date that was given; of a ticket that keeps an order's promise the order's, where that was moved since."""
    promise = promise_of(snapshot, at.table, at.row) if (at.table.register.name, column) == _PROMISED else None
    return (promise.by, promise.table) if promise is not None else (at.row.get(column), at.table)


def _next_contacts(snapshot: Snapshot, rows: Sequence[At], now: datetime) -> Iterator[Owed]:
    """A call that was agreed on stands until the next contact about the same matter, or until that is over."""
    over = {at.row.key for at in rows if at.table.register.name == "tickets" and not is_open(at)}
    made = [
        at
        for at in rows
        if at.table.register.name == "contacts" and at.row.at is not None and at.row.ticket_no not in over
    ]
    last = {
        (at.table.book, at.row.ticket_no, at.row.order_no): at
        for at in sorted(made, key=lambda at: snapshot.at(at.table, at.row.at))
    }
    for at in last.values():
        value = at.row.next_contact_at
        if value is not None:
            due, day_only = snapshot.at(at.table, value), not isinstance(value, datetime)
            is_late = value < snapshot.today(at.table, now) if day_only else due < now
            yield Owed(at, "next_contact_at", due, day_only, is_late)


def money(rows: Iterable[At]) -> Iterator[Money]:
    """Advances and refunds that customers wait for, fees that they still owe."""
    for at in rows:
        row = at.row
        match at.table.register.name:
            case "tickets":
                if row.paid_by == "customer" and row.vendor_fee and row.advance_refunded_on is None:
                    yield Money(at, "customer.advance", row.vendor_fee)
                if row.fee and is_open(at):
                    yield Money(at, "customer.fee", row.fee)
            case "returns":
                if row.kind in _REFUNDED and row.refund_amount and row.refunded_at is None and is_open(at):
                    yield Money(at, "customer.refund", row.refund_amount)

"""Where money is open, register by register: what customers are owed, what carriers and suppliers owe us (20)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from toolkit.core.reason import Reason, because
from toolkit.jobs.figures.money import NOTHING, Kind, Open, by_age
from toolkit.jobs.figures.suppliers import name_of
from toolkit.jobs.order.claims import open_claims
from toolkit.jobs.returning.amounts import amounts_of
from toolkit.jobs.returning.case import Case, Line
from toolkit.jobs.returning.desk import FINANCE, Desk, desk_of
from toolkit.jobs.supplier.accounts import NO_COMPLAINT
from toolkit.registers.directory import Directory
from toolkit.registers.order import day_of
from toolkit.registers.schema import When
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table
from toolkit.rules.returns import APPROVED, EXCHANGE, GOODS, REFUND, REFUND_ONLY, is_fit
from toolkit.settings.model import Settings

SOURCES = ("tickets", "returns", "orders")
"""The registers that money stands open in."""
_NO_AMOUNT = because("figures.amount-unknown")


def open_money(snapshot: Snapshot, settings: Settings, now: datetime) -> tuple[Open, ...]:
    """Every sum that is open now, the oldest first; what could not be read this time is not among them."""
    return snapshot.once(("money open", now), lambda: by_age(_every(snapshot, settings, now)))


def _every(snapshot: Snapshot, settings: Settings, now: datetime) -> Iterator[Open]:
    if not snapshot.is_unread("tickets"):
        yield from _of_tickets(snapshot)
    if not snapshot.is_unread("orders"):
        yield from _claims(snapshot)
    if not snapshot.is_unread("returns"):
        desk = desk_of(snapshot, settings, now)
        for case in desk.cases:
            yield from _refunds(desk, case)


def _of_tickets(snapshot: Snapshot) -> Iterator[Open]:
    suppliers = Directory(snapshot.of("suppliers"), "name")
    for table, row in snapshot.rows("tickets"):
        if row.status in NO_COMPLAINT:
            continue
        if row.paid_by == "customer" and row.finished_at is not None:
            yield from _advance(table, row)
        if row.paid_in_advance:
            yield from _recovery(table, row, suppliers)


def _advance(table: Table, row: Any) -> Iterator[Open]:
    """What the customer paid for a vendor, from the end of the work on (P-26). A day that cannot be read says that it was
    refunded all the same.
    """
    if row.advance_refunded_on is None and "advance_refunded_on" not in row.bad and row.vendor_fee != 0:
        since = day_of(row.finished_at)
        yield _open(Kind.ADVANCE, table, row, _case(table, row), row.customer, row.owner, since, row.vendor_fee)


def _recovery(table: Table, row: Any, suppliers: Directory) -> Iterator[Open]:
    """What was paid that a supplier is to bear, from the end of the ticket on, or from its beginning. Nobody pays what nobody
    is asked for, so a ticket that names no supplier is told.
    """
    left = row.paid_in_advance - (row.recovered or NOTHING)
    if left <= 0 or "recovered" in row.bad:
        return
    found = suppliers.find(row.supplier, table.book)
    who = name_of(found[1]) if found is not None else row.supplier
    notes = () if row.supplier else (because("figures.no-supplier"),)
    ended = row.closed_at or row.finished_at or row.opened_at
    since = day_of(ended) if ended is not None else None
    yield _open(Kind.RECOVERY, table, row, _case(table, row), who, row.owner, since, left, notes)


def _claims(snapshot: Snapshot) -> Iterator[Open]:
    for one in open_claims(snapshot):
        row, notes = one.row, () if one.is_filed else (because("figures.not-filed"),)
        owner = row.tracker or row.salesperson
        case = row.order_no if row.order_no and not row.line_no else _case(one.table, row)
        yield _open(Kind.CLAIM, one.table, row, case, one.carrier, owner, one.since, one.outstanding, notes)


def _refunds(desk: Desk, case: Case) -> Iterator[Open]:
    """What a case gives back: one sum for each day since which its lines are owed; freight goes with its lines."""
    due: dict[date | None, list[Line]] = defaultdict(list)
    for line in case.lines:
        since = _owed_since(desk, line) if _is_refundable(line) else None
        if since is not None:
            due[day_of(since)].append(line)
        elif line.status == REFUND and _is_refundable(line):
            due[None].append(line)
    amounts = amounts_of(desk, case) if due else None
    for day, lines in due.items():
        known = amounts is not None and amounts.is_known
        amount = (
            sum((amounts.by_row.get(one.row.row, NOTHING) for one in lines), NOTHING) if known and amounts else None
        )
        if amount != 0:
            row, who = lines[0].row, case.get("customer")
            number = case.number or _case(case.table, row)
            yield _open(Kind.REFUND, case.table, row, number, who, desk.person(lines[0], FINANCE), day, amount)


def _is_refundable(line: Line) -> bool:
    """Whether money is to go back for a line: granted, not refused, not paid yet, and no goods are sent in its place."""
    if line.is_over or line.get("refunded_at") is not None or "refunded_at" in line.row.bad:
        return False
    kind = line.get("kind")
    if kind == REFUND_ONLY:
        return line.get("shipped") is not True and line.get("review") != "rejected"
    return kind not in (None, EXCHANGE) and line.status in (APPROVED, GOODS, REFUND)


def _owed_since(desk: Desk, line: Line) -> When | None:
    """The moment from which P-19 counts: what was not shipped is paid at once, all else once finance approved or the goods were
    looked at, as the desk is set. Goods that are still to come back are no debt: they may never come.
    """
    at: When | None
    if line.get("kind") == REFUND_ONLY:
        at = line.get("applied_at")
    elif desk.refund_first:
        at = line.case.financed_at(line) if desk.has_finance(line) else line.case.reviewed_at(line)
    else:
        at = line.get("inspected_at") if is_fit(line) else None
    return at


def _open(
    kind: Kind,
    table: Table,
    row: Any,
    case: str,
    who: str | None,
    owner: str | None,
    since: date | None,
    amount: Decimal | None,
    notes: tuple[Reason, ...] = (),
) -> Open:
    missing = (_NO_AMOUNT,) if amount is None else ()
    return Open(kind, case, who, owner, since, amount, table.register.name, table.book, row.row, (*notes, *missing))


def _case(table: Table, row: Any) -> str:
    """The row's number; its cell while it has none."""
    return row.key or table.place(row.row, None).cell

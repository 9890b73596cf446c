"""Money that is open, with its age: customers' advances, refunds, carriers' claims, what suppliers owe (20)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from toolkit.core.reason import because
from toolkit.jobs.figures.asked import Asked
from toolkit.jobs.figures.rows import unread_lines
from toolkit.jobs.figures.shape import Column, Line, Table, Unit, Value
from toolkit.jobs.figures.suppliers import name_of
from toolkit.jobs.order.claims import open_claims
from toolkit.jobs.returning.amounts import amounts_of
from toolkit.jobs.returning.case import Case
from toolkit.jobs.returning.desk import Desk, desk_of
from toolkit.jobs.supplier.accounts import NOTHING, tickets_against
from toolkit.registers.order import day_of
from toolkit.registers.schema import When
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table as Sheet
from toolkit.registers.tickets import FROZEN
from toolkit.rules.returns import EXCHANGE, REFUND_ONLY

SOURCES = ("tickets", "returns", "orders", "suppliers")
BRACKETS = ((30, "0-30"), (60, "31-60"), (90, "61-90"))
"""Days up to which an age is in a bracket; what is older is in the last one."""
OLDEST = "over-90"


class Kind(StrEnum):
    """Who owes what: the first two are ours to pay, the others are owed to us."""

    ADVANCE = "advance"
    REFUND = "refund"
    CLAIM = "claim"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class Open:
    """One sum. `case` is the ticket, order or return that it belongs to; `since` the day from which it is owed, None where
    nobody wrote down a day; `amount` None while nobody knows how much it is.
    """

    kind: Kind
    case: str
    who: str | None
    since: date | None
    amount: Decimal | None
    table: Sheet
    row: Any

    def age(self, today: date) -> int | None:
        """Days from then to now; of a day to come 0."""
        return None if self.since is None else max(0, (today - self.since).days)


def bracket_of(age: int | None) -> str | None:
    """The bracket of an age in days."""
    if age is None:
        return None
    return next((name for most, name in BRACKETS if age <= most), OLDEST)


def open_money(asked: Asked) -> tuple[Open, ...]:
    """Every sum that is open now, the oldest first; what could not be read this time is not among them."""
    snapshot = asked.snapshot
    found: list[Open] = []
    if not snapshot.is_unread("tickets"):
        found += _advances(snapshot)
        found += [] if snapshot.is_unread("suppliers") else _recoveries(snapshot)
    found += [] if snapshot.is_unread("orders") else _claims(snapshot)
    found += [] if snapshot.is_unread("returns") else _refunds(asked)
    return tuple(sorted(found, key=lambda one: (one.since or date.max, one.kind, one.case)))


def money_open(asked: Asked) -> Table:
    """Each sum with its age in days."""
    columns = (
        Column("since", Unit.DAY),
        Column("age", Unit.NUMBER),
        Column("bracket", Unit.TEXT),
        Column("amount", Unit.MONEY),
    )
    table = Table("money-open", ("money", "case", "who"), columns)
    today = asked.now.astimezone(asked.settings.timezone).date()
    lines = [_line(one, today) for one in open_money(asked)]
    return replace(table, lines=(*lines, *unread_lines(asked, table, *SOURCES)))


def money_by_age(asked: Asked) -> Table:
    """The sums of each kind by age; a sum of which nobody knows the amount counts, and is told."""
    columns = (Column("cases"), *(Column(f"days_{name}".replace("-", "_"), Unit.MONEY) for name in _brackets()))
    table = Table("money-by-age", ("money",), (*columns, Column("undated", Unit.MONEY), Column("amount", Unit.MONEY)))
    today = asked.now.astimezone(asked.settings.timezone).date()
    heaps: dict[Kind, list[Open]] = defaultdict(list)
    for one in open_money(asked):
        heaps[one.kind].append(one)
    lines = [_sums(kind, heaps[kind], today) for kind in Kind if heaps[kind]]
    return replace(table, lines=(*lines, *unread_lines(asked, table, *SOURCES)))


def _brackets() -> tuple[str, ...]:
    return (*(name for _, name in BRACKETS), OLDEST)


def _line(one: Open, today: date) -> Line:
    age = one.age(today)
    bracket = bracket_of(age)
    remarks = (because("figures.amount-unknown"),) if one.amount is None else ()
    values = (one.since, age, because(f"figures.days-{bracket}") if bracket else None, one.amount)
    return Line((because(f"figures.money-{one.kind}"), one.case, one.who), values, remarks=remarks)


def _sums(kind: Kind, heap: Sequence[Open], today: date) -> Line:
    sums: dict[str | None, Decimal] = defaultdict(Decimal)
    for one in heap:
        sums[bracket_of(one.age(today))] += one.amount or NOTHING
    unknown = sum(one.amount is None for one in heap)
    by_age = tuple(sums[name] for name in (*_brackets(), None))
    remarks = (because("figures.amounts-unknown", n=unknown),) if unknown else ()
    values: tuple[Value, ...] = (len(heap), *by_age, sum(by_age, start=NOTHING))
    return Line((because(f"figures.money-{kind}"),), values, remarks=remarks)


def _advances(snapshot: Snapshot) -> Iterator[Open]:
    """What the customer paid for a vendor, from the end of the work on (P-26)."""
    for table, row in snapshot.rows("tickets"):
        is_owed = row.paid_by == "customer" and row.advance_refunded_on is None and row.finished_at is not None
        if is_owed and row.status not in FROZEN - {"closed"}:
            yield Open(
                Kind.ADVANCE, _case(table, row), row.customer, day_of(row.finished_at), row.vendor_fee, table, row
            )


def _recoveries(snapshot: Snapshot) -> Iterator[Open]:
    """What was paid for a supplier and not recovered, from the end of the ticket on, or from its beginning."""
    for table, row, _, supplier in tickets_against(snapshot):
        outstanding = (row.paid_in_advance or NOTHING) - (row.recovered or NOTHING)
        if outstanding > 0:
            since: When = row.closed_at or row.finished_at or row.opened_at
            yield Open(Kind.RECOVERY, _case(table, row), name_of(supplier), day_of(since), outstanding, table, row)


def _claims(snapshot: Snapshot) -> Iterator[Open]:
    for one in open_claims(snapshot):
        yield Open(Kind.CLAIM, _case(one.table, one.row), one.carrier, one.since, one.outstanding, one.table, one.row)


def _refunds(asked: Asked) -> Iterator[Open]:
    """What an approved return gives back, until it is paid."""
    desk = desk_of(asked.snapshot, asked.settings, asked.now)
    for case in desk.cases:
        since = _owed_since(case)
        if since is not None:
            total = _still_owed(desk, case)
            if total is None or total > 0:
                yield Open(
                    Kind.REFUND,
                    case.number or _case(case.table, case.first.row),
                    case.get("customer"),
                    day_of(since),
                    total,
                    case.table,
                    case.first.row,
                )


def _owed_since(case: Case) -> When | None:
    """The day of the review that granted it, of finance's where there was one; a refund before shipping is owed at once."""
    lines = [one for one in case.lines if not one.is_over and one.get("kind") not in (EXCHANGE, None)]
    for one in lines:
        if one.get("refunded_at") is not None:
            continue
        if one.get("kind") == REFUND_ONLY:
            at: When | None = one.get("applied_at")
            return at
        if one.get("review") == "approved":
            return case.financed_at(one) or case.reviewed_at(one)
    return None


def _still_owed(desk: Desk, case: Case) -> Decimal | None:
    """The sum of the lines that are not refunded; freight goes with the first of them."""
    amounts = amounts_of(desk, case)
    if not amounts.is_known or amounts.total is None:
        return None
    return sum(
        (
            amounts.by_row.get(one.row.row, NOTHING)
            for one in case.lines
            if not one.is_over and one.get("refunded_at") is None
        ),
        start=NOTHING,
    )


def _case(table: Sheet, row: Any) -> str:
    """The row's number; its cell while it has none."""
    return row.key or table.place(row.row, None).cell

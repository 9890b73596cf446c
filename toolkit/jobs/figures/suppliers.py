"""Suppliers in a month: complaints, and what was paid for them; and how each account stands now (20, Suppliers and staff)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from toolkit.core.reason import Name, Reason, because
from toolkit.jobs.figures.asked import Asked
from toolkit.jobs.figures.rows import unread_lines
from toolkit.jobs.figures.shape import Column, Label, Line, Month, Table, Unit
from toolkit.jobs.supplier.accounts import NOTHING, Account, accounts_of, level_of, standing_of, tickets_against
from toolkit.jobs.suppliers import proposals
from toolkit.registers.order import day_of
from toolkit.registers.table import Table as Sheet
from toolkit.rules.standing import Standing, Step

NEEDED = ("tickets", "suppliers")


@dataclass
class _Month:
    """What the tickets registered in a month say of one supplier."""

    complaints: int = 0
    issues: Counter[tuple[str, ...]] = field(default_factory=Counter)
    paid: Decimal = NOTHING
    recovered: Decimal = NOTHING

    @property
    def same_issue(self) -> int:
        """The most complaints about one issue; those about nothing in particular are not the same."""
        return max((n for issue, n in self.issues.items() if issue), default=0)


def suppliers(asked: Asked) -> Table:
    """Complaints and compensation of the tickets registered in the month, the most complained about first."""
    columns = (
        Column("complaints"),
        Column("same_issue"),
        Column("compensated", Unit.MONEY),
        Column("recovered", Unit.MONEY),
    )
    table = Table("suppliers", ("supplier",), columns)
    if asked.snapshot.is_unread(*NEEDED):
        return replace(table, lines=unread_lines(asked, table, *NEEDED))
    found = _in_month(asked)
    lines = [
        Line((name_of(row),), (one.complaints, one.same_issue, one.paid, one.recovered))
        for where, row in asked.snapshot.rows("suppliers")
        if (one := found.get((where.book, row.row))) is not None
    ]
    lines.sort(key=lambda line: (-_number(line.values[0]), str(line.labels)))
    return replace(table, lines=tuple(lines))


def supplier_issues(asked: Asked) -> Table:
    """The same complaints by what they are about, as the agreement tells one issue from another."""
    table = Table("supplier-issues", ("supplier", "issue"), (Column("complaints"),))
    if asked.snapshot.is_unread(*NEEDED):
        return replace(table, lines=unread_lines(asked, table, *NEEDED))
    found, columns = _in_month(asked), asked.settings.suppliers.issue
    lines = [
        (name_of(row), n, Line((name_of(row), _issue(columns, issue)), (n,)))
        for where, row in asked.snapshot.rows("suppliers")
        if (one := found.get((where.book, row.row))) is not None
        for issue, n in one.issues.items()
    ]
    lines.sort(key=lambda one: (one[0], one[2].labels[1] is None, -one[1], str(one[2].labels)))
    return replace(table, lines=tuple(line for *_, line in lines))


def _issue(columns: tuple[str, ...], issue: tuple[str, ...]) -> Label:
    """What a complaint is about; None where its ticket does not say all of it."""
    said = tuple(Name("tickets", *one) for one in zip(columns, issue, strict=False))
    return because("figures.several", said=said) if len(said) > 1 else said[0] if said else None


def supplier_accounts(asked: Asked) -> Table:
    """Every supplier as it stands now: complaints in all, standing, fund, deposit, what is outstanding, what is proposed."""
    columns = (
        Column("complaints_in_all"),
        Column("standing", Unit.TEXT),
        Column("fund", Unit.TEXT),
        Column("deposit", Unit.MONEY),
        Column("deposit_left", Unit.MONEY),
        Column("compensated", Unit.MONEY),
        Column("recovered", Unit.MONEY),
        Column("outstanding", Unit.MONEY),
    )
    table = Table("supplier-accounts", ("supplier",), columns)
    if asked.snapshot.is_unread(*NEEDED):
        return replace(table, lines=unread_lines(asked, table, *NEEDED))
    accounts = accounts_of(asked.snapshot, asked.settings, asked.now)
    lines = [
        _account(asked, where, row, accounts.get((where.book, row.row), Account()))
        for where, row in asked.snapshot.rows("suppliers")
    ]
    return replace(table, lines=tuple(lines))


def name_of(supplier: Any) -> str:
    """Name and number."""
    return " ".join(
        one for one in (supplier.name, f"({supplier.supplier_no})" if supplier.supplier_no else None) if one
    )


def _in_month(asked: Asked) -> dict[tuple[str, int], _Month]:
    """(book, row) of a supplier -> its month; the complaints are those that its standing counts."""
    found: dict[tuple[str, int], _Month] = defaultdict(_Month)
    for at, account in accounts_of(asked.snapshot, asked.settings, asked.now).items():
        for complaint in account.complaints:
            if asked.month.holds(complaint.on):
                found[at].complaints += 1
                found[at].issues[complaint.issue] += 1
    for row, where, supplier in _paid_in(asked, asked.month):
        one = found[where.book, supplier.row]
        one.paid += row.paid_in_advance or NOTHING
        one.recovered += row.recovered or NOTHING
    return found


def _paid_in(asked: Asked, month: Month) -> Iterator[tuple[Any, Sheet, Any]]:
    for _, row, where, supplier in tickets_against(asked.snapshot):
        if month.holds(day_of(row.opened_at)) and (row.paid_in_advance or row.recovered):
            yield row, where, supplier


def _account(asked: Asked, where: Sheet, row: Any, account: Account) -> Line:
    standing = standing_of(asked.snapshot, asked.settings, where, row, account, asked.now)
    is_active = row.active is not False
    values = (
        standing.total,
        because(f"standing.{level_of(standing) if is_active else 'ended'}"),
        _fund(asked, row, standing),
        row.deposit,
        None if row.deposit is None else row.deposit - min(account.late, row.deposit),
        account.paid,
        account.recovered,
        account.outstanding,
    )
    remarks = tuple(proposals(asked.settings, standing, account)) if is_active else ()
    return Line((name_of(row),), values, remarks=remarks)


def _fund(asked: Asked, row: Any, standing: Standing) -> Reason | None:
    """The complaint fund: paid when, or due."""
    if row.fund_paid_on is not None:
        return because("figures.fund-paid", on=row.fund_paid_on)
    return because("figures.fund-due", amount=asked.settings.suppliers.fund) if Step.FUND in standing.steps else None


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0

"""What the tickets say of each supplier: complaints, and money paid for it (20, Suppliers and staff)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from toolkit.registers.directory import Directory
from toolkit.registers.order import day_of
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table
from toolkit.rules.policy import fits
from toolkit.rules.standing import RUNGS, Complaint, Standing, Step, standing
from toolkit.settings.model import Settings

NO_COMPLAINT = frozenset({"cancelled", "out_of_scope", "merged"})
"""Tickets that turned out to be none."""
NOTHING = Decimal(0)


@dataclass
class Account:
    """What the tickets say of one supplier. `late` is paid for it and not settled in time."""

    complaints: list[Complaint] = field(default_factory=list)
    paid: Decimal = NOTHING
    recovered: Decimal = NOTHING
    late: Decimal = NOTHING

    @property
    def outstanding(self) -> Decimal:
        """Paid for the supplier and not settled yet."""
        return self.paid - self.recovered


def accounts_of(snapshot: Snapshot, settings: Settings, now: datetime) -> Mapping[tuple[str, int], Account]:
    """(book, row) of a supplier -> what the tickets say of it."""
    return snapshot.once(("supplier accounts", now), lambda: _accounts(snapshot, settings, now))


def _accounts(snapshot: Snapshot, settings: Settings, now: datetime) -> Mapping[tuple[str, int], Account]:
    setting, found = settings.suppliers, defaultdict[tuple[str, int], Account](Account)
    for table, row, where, supplier in tickets_against(snapshot):
        account, opened_on = found[where.book, supplier.row], day_of(row.opened_at)
        if fits(setting.when, row):
            issue = tuple(str(value) for one in setting.issue if (value := row.get(one)) is not None)
            whole = issue if len(issue) == len(setting.issue) else ()
            account.complaints.append(Complaint(opened_on, whole, row.key or ""))
        paid, recovered = row.paid_in_advance or NOTHING, row.recovered or NOTHING
        account.paid += paid
        account.recovered += recovered
        ended = row.closed_at or row.finished_at
        if (
            ended is not None
            and paid > recovered
            and day_of(ended) + setting.settle_within < snapshot.today(table, now)
        ):
            account.late += paid - recovered
    return found


def tickets_against(snapshot: Snapshot) -> Iterator[tuple[Table, Any, Table, Any]]:
    """Every ticket that stands against a supplier, with that supplier."""
    directory = Directory(snapshot.of("suppliers"), "name")
    known: dict[tuple[str, str], tuple[Table, Any] | None] = {}
    for table, row in snapshot.rows("tickets"):
        if not row.supplier or row.opened_at is None or row.status in NO_COMPLAINT:
            continue
        named = (table.book, row.supplier)
        if named not in known:
            known[named] = directory.find(row.supplier, table.book)
        found = known[named]
        if found is not None:
            yield table, row, *found


def standing_of(
    snapshot: Snapshot, settings: Settings, table: Table, row: Any, account: Account, now: datetime
) -> Standing:
    """How a supplier stands today."""
    return _standing_on(snapshot.today(table, now), settings, row, account)


def _standing_on(day: date, settings: Settings, row: Any, account: Account) -> Standing:
    return standing(
        account.complaints,
        day,
        settings.suppliers.limits,
        since=row.joined_on,
        has_paid_fund=row.fund_paid_on is not None,
        awarded_on=row.decided_on if row.decision == "award" else None,
    )


def grounds_of(settings: Settings, row: Any, account: Account, decided_on: date) -> tuple[Standing, date]:
    """What a decision about complaints rests on: how the supplier stood on its day, or on the last day of the month before,
    which a manager judges once it is over. With the day.
    """
    month_before = decided_on.replace(day=1) - timedelta(days=1)
    found = [(_standing_on(day, settings, row, account), day) for day in (decided_on, month_before)]
    asked_for = [one for one in found if level_of(one[0]) != GOOD] or [one for one in found if one[0].issue]
    return (asked_for or found)[0]


GOOD = "good"


def level_of(found: Standing) -> str:
    """The word of a standing: what is due first."""
    levels = [step for step in RUNGS if step in found.steps]
    return levels[0] if levels else GOOD


ANSWERS: Mapping[str, frozenset[Step]] = {
    "oral_warning": frozenset({Step.WARNING}),
    "written_notice": frozenset({Step.WARNING, Step.NOTICE}),
    "fund": frozenset({Step.FUND}),
    "removal": frozenset(Step),
    "award": frozenset({Step.AWARD}),
    "none": frozenset(Step),
}
"""Which proposals a decision answers: after an oral warning a further complaint asks for the written notice."""

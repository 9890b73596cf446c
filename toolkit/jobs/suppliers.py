"""suppliers: complaints counted, standing and what is proposed, the letters that follow a manager's decision (20)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from toolkit.core.actions import Edit, Occasion, Plan
from toolkit.core.reason import Name, Reason, because
from toolkit.jobs.edits import edit
from toolkit.jobs.recipients import opted_out
from toolkit.jobs.since import go_live
from toolkit.jobs.supplier.accounts import Account, accounts_of, level_of, standing_of
from toolkit.jobs.supplier.letters import Desk, about_tickets, decided
from toolkit.jobs.ticket.view import Views
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table
from toolkit.rules.standing import Standing, Step
from toolkit.settings.lexicons import lexicon_of
from toolkit.settings.model import Settings


def plan(snapshot: Snapshot, settings: Settings, now: datetime) -> Plan:
    """All that the supplier register asks for at `now`; nothing while it or the tickets cannot be read."""
    if snapshot.is_unread("tickets", "suppliers") or not snapshot.of("suppliers"):
        return Plan()
    views = Views(lambda locale: lexicon_of(settings, locale))
    desk = Desk(snapshot, settings, now, views, opted_out(snapshot, settings), go_live(settings, snapshot, now))
    accounts = accounts_of(snapshot, settings, now)
    edits: list[Edit] = []
    occasions: list[Occasion] = []
    for table, row in snapshot.rows("suppliers"):
        account = accounts.get((table.book, row.row), Account())
        found = standing_of(snapshot, settings, table, row, account, now)
        edits += _cells(desk, table, row, account, found)
        if not row.has_fault:
            occasions += decided(desk, table, row, account, found)
    occasions += about_tickets(desk, accounts)
    return Plan(tuple(edits), (), tuple(occasions))


# The cells: counts and proposals


def _cells(desk: Desk, table: Table, row: Any, account: Account, found: Standing) -> Iterator[Edit]:
    words = desk.views.words(desk.settings.locale)
    counted = because("edit.complaints", this_month=found.this_month, total=found.total)
    money = because("edit.supplier-money", paid=account.paid, recovered=account.recovered)
    left = None if row.deposit is None else row.deposit - min(account.late, row.deposit)
    is_active = row.active is not False
    proposed = tuple(proposals(desk.settings, found, account)) if is_active else ()
    award = because("supplier.award", since=found.quiet_since) if Step.AWARD in found.steps and is_active else None
    cells: tuple[tuple[str, object, Reason], ...] = (
        ("complaints_this_month", found.this_month, counted),
        ("same_issue_this_month", found.same_issue, counted),
        ("complaints_total", found.total, counted),
        ("paid_in_advance", account.paid or None, money),
        ("recovered", account.recovered or None, money),
        ("outstanding", account.outstanding or None, money),
        ("deposit_left", left, money),
        ("standing", words.say(because(f"standing.{level_of(found) if is_active else 'ended'}")), _WHY_STANDING),
        ("action", words.word(proposed) or None, _WHY_ACTION),
        ("award", words.say(award) if award else None, _WHY_ACTION),
    )
    for column, value, why in cells:
        yield from edit(table, row, column, value, why)


def proposals(settings: Settings, found: Standing, account: Account) -> Iterator[Reason]:
    """What a manager may decide, in words; the toolkit never decides itself."""
    setting, issue = (
        settings.suppliers,
        tuple(Name("tickets", *one) for one in zip(settings.suppliers.issue, found.issue, strict=False)),
    )
    for step in (Step.WARNING, Step.NOTICE, Step.REMOVAL):
        if step in found.steps:
            yield because(f"supplier.{step}", n=found.same_issue, issue=issue)
    if Step.FUND in found.steps:
        yield because("supplier.fund", n=found.total, amount=setting.fund)
    if account.late > 0:
        yield because("supplier.deposit", amount=account.late, person=setting.person_pays)


_WHY_STANDING = because("edit.standing")
_WHY_ACTION = because("edit.proposal")

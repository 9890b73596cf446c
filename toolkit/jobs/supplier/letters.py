"""What is written to suppliers: after a manager's decision, and about single tickets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from typing import Any

from toolkit.core.actions import Occasion, RowId
from toolkit.core.reason import Name, because
from toolkit.jobs.recipients import reached
from toolkit.jobs.since import is_news
from toolkit.jobs.supplier.accounts import NOTHING, Account, grounds_of, level_of, standing_of, tickets_against
from toolkit.jobs.ticket.case import Case, judge_of
from toolkit.jobs.ticket.view import Views
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table
from toolkit.registers.tickets import FROZEN
from toolkit.rules.policy import fits
from toolkit.rules.standing import Standing
from toolkit.settings.model import Settings
from toolkit.settings.sections.notices import Notice

LETTERS: Mapping[str, str] = {
    "oral_warning": "supplier-warning",
    "written_notice": "supplier-notice",
    "fund": "supplier-fund",
    "removal": "supplier-removed",
    "award": "supplier-award",
}
"""What is written to the supplier once a manager has decided it."""


@dataclass(frozen=True)
class Desk:
    """What the suppliers of one run share."""

    snapshot: Snapshot
    settings: Settings
    now: datetime
    views: Views
    opted_out: frozenset[str]
    since: date


def decided(desk: Desk, table: Table, row: Any, account: Account, found: Standing) -> Iterator[Occasion]:
    """The letter that follows a decision."""
    name = LETTERS.get(row.decision or "")
    notice = desk.settings.notices.get(name or "")
    if name is None or notice is None or row.decided_on is None or row.key is None or row.key not in table.by_key:
        return
    day = row.decided_on
    if name in ("supplier-warning", "supplier-notice", "supplier-removed"):
        found, day = grounds_of(desk.settings, row, account, row.decided_on)
        if not found.issue:
            return  # the letter could not say what it is about
    event_at = desk.snapshot.at(table, row.decided_on)
    values = partial(_decision_values, desk, table, row, account, found, day)
    yield from _to(
        desk,
        notice,
        row,
        RowId(table.book, "suppliers", row.key, row.row),
        event_at,
        row.decided_on.isoformat(),
        values,
    )


def _to(
    desk: Desk,
    notice: Notice,
    supplier: Any,
    at: RowId,
    event_at: datetime,
    cause: str,
    values: Any,
) -> Iterator[Occasion]:
    """A letter to a supplier."""
    if not is_news(event_at, desk.settings, desk.since) or supplier.active is False or supplier.has_fault:
        return
    name, role = supplier.contact or supplier.name, f"supplier:{supplier.key}"
    for to in reached(notice, desk.settings, supplier, role, name, desk.opted_out, desk.snapshot.memory.bounced):
        yield Occasion(
            at=at,
            notice=notice.name,
            to=to,
            cause=cause,
            reason=because(f"message.{notice.name}", supplier=supplier.name),
            values=partial(values, to.locale),
            event_at=event_at,
            # Confirmed or decided late, it still has its time to arrive.
            expires_at=desk.snapshot.calendar.add(max(event_at, desk.now), notice.expires) if notice.expires else None,
        )


def _supplier(row: Any, found: Standing, words: Any) -> dict[str, Any]:
    """A supplier for a letter."""
    return {
        "supplier_no": row.supplier_no,
        "name": row.name,
        "contact": row.contact,
        "deposit": row.deposit,
        "complaints_this_month": found.this_month,
        "same_issue_this_month": found.same_issue,
        "complaints_total": found.total,
        "standing": words.say(because(f"standing.{level_of(found)}")),
    }


def _decision_values(
    desk: Desk, table: Table, row: Any, account: Account, found: Standing, day: date, locale: str
) -> dict[str, Any]:
    snapshot, setting, words = desk.snapshot, desk.settings.suppliers, desk.views.words(locale)
    decided_at = snapshot.at(table, row.decided_on)
    issue = tuple(Name("tickets", *one) for one in zip(setting.issue, found.issue, strict=False))
    pay_by = snapshot.wall(table, snapshot.calendar.add(decided_at, setting.fund_within)).date()
    rows = [snapshot.ticket(one.ticket_no, table.book) for one in found.about_issue]
    return {
        "supplier": _supplier(row, found, words),
        "issue": words.word(issue),
        "month": words.say(because("report.month", year=str(day.year), month=because(f"report.month-{day.month}"))),
        "rows": [
            {name: getattr(ticket[1], name) for name in ("ticket_no", "opened_at", "product")}
            for ticket in rows
            if ticket is not None
        ],
        "ends_on": row.decided_on + setting.ends_after,
        "outstanding": account.outstanding or None,
        "amount": setting.fund,
        "pay_by": pay_by,
        "since": found.quiet_since,
        "until": row.decided_on,
        "award": setting.award.get(locale),
    }


def about_tickets(desk: Desk, accounts: Mapping[tuple[str, int], Account]) -> Iterator[Occasion]:
    """A supplier hears of each complaint once it was confirmed, and what it has to settle."""
    notices, snapshot, now = desk.settings.notices, desk.snapshot, desk.now
    told, owed = notices.get("supplier-complaint"), notices.get("supplier-recovery")
    if told is None and owed is None:
        return
    judge = judge_of(snapshot, desk.settings, now)
    for table, row, where, supplier in tickets_against(snapshot):
        if row.key is None or row.key not in table.by_key or row.has_fault or supplier.key not in where.by_key:
            continue
        at, opened_at = RowId(table.book, "tickets", row.key, row.row), snapshot.at(table, row.opened_at)
        account = accounts.get((where.book, supplier.row), Account())
        values = partial(_ticket_values, desk, table, row, where, supplier, account, judge)
        is_told = row.status != "new" and row.status not in FROZEN and fits(desk.settings.suppliers.when, row)
        if told is not None and is_told:
            yield from _to(desk, told, supplier, at, opened_at, supplier.key, partial(values, "supplier-complaint"))
        paid, recovered = row.paid_in_advance or NOTHING, row.recovered or NOTHING
        if owed is not None and paid > recovered:
            ended = row.closed_at or row.finished_at
            since = snapshot.at(table, ended) if ended is not None else opened_at
            yield from _to(
                desk, owed, supplier, at, since, f"{supplier.key} {paid}", partial(values, "supplier-recovery")
            )


def _ticket_values(
    desk: Desk,
    table: Table,
    row: Any,
    where: Table,
    supplier: Any,
    account: Account,
    judge: Any,
    notice: str,
    locale: str,
) -> dict[str, Any]:
    snapshot, setting, words = desk.snapshot, desk.settings.suppliers, desk.views.words(locale)
    found = standing_of(snapshot, desk.settings, where, supplier, account, desk.now)
    values: dict[str, Any] = {
        "ticket": desk.views.ticket(Case(table, row, row.key, judge=judge), locale),
        "vendor": None,
        "supplier": _supplier(supplier, found, words),
    }
    if notice == "supplier-complaint":
        reply_by = snapshot.calendar.add(desk.now, setting.reply_within)
        return values | {"reply_by": snapshot.wall(table, reply_by).date()}
    paid, recovered = row.paid_in_advance or NOTHING, row.recovered or NOTHING
    pay_by = datetime.combine(snapshot.today(table, desk.now), time(0)) + setting.settle_within
    return values | {
        "paid": paid,
        "recovered": recovered or None,
        "outstanding": paid - recovered,
        "pay_by": pay_by.date(),
    }

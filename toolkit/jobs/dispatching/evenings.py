"""Each vendor's list of the next day, in the evening: when, where, what to carry, what to collect (20, Digest and report)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from toolkit.core.actions import Occasion, RowId
from toolkit.core.reason import because
from toolkit.jobs.dispatching.carried import parts_to_carry
from toolkit.jobs.dispatching.crew import Stop, stops_of
from toolkit.jobs.recipients import reached, role_of_vendor
from toolkit.jobs.ticket.case import Judge
from toolkit.jobs.ticket.letters import Desk
from toolkit.registers.tickets import FINISHED, FROZEN

NOTICE = "vendor-day"
_NOTHING_TO_DO = FINISHED | FROZEN


def evening_lists(desk: Desk, judge: Judge) -> Iterator[Occasion]:
    """The lists that stand now: from the configured time of the evening until the day begins."""
    notice, snapshot = desk.settings.notices.get(NOTICE), desk.snapshot
    local = desk.now.astimezone(desk.settings.timezone)
    if notice is None or snapshot.is_unread("vendors") or local.time() < desk.settings.dispatch.evening:
        return
    tomorrow = local.date() + timedelta(days=1)
    evening = datetime.combine(local.date(), desk.settings.dispatch.evening, tzinfo=desk.settings.timezone)
    by_vendor: dict[int, list[Stop]] = defaultdict(list)
    for stop in stops_of(judge):
        row = stop.case.row
        if stop.day == tomorrow and row.status not in _NOTHING_TO_DO and not row.has_fault and stop.case.number:
            by_vendor[id(stop.vendor)].append(stop)
    for table, vendor in snapshot.rows("vendors"):
        stops = by_vendor.get(id(vendor))
        if not stops or vendor.has_fault or vendor.key not in table.by_key:
            continue
        role, name, bounced = role_of_vendor(vendor), vendor.contact or vendor.name, snapshot.memory.bounced
        for to in reached(notice, desk.settings, vendor, role, name, desk.opted_out, bounced):
            yield Occasion(
                at=RowId(table.book, "vendors", vendor.key, vendor.row),
                notice=NOTICE,
                to=to,
                step=tomorrow.isoformat(),
                reason=because(f"message.{NOTICE}", n=len(stops), day=tomorrow),
                values=partial(_values, desk, vendor, stops, to.locale),
                event_at=desk.now,
                expires_at=snapshot.calendar.add(evening, notice.expires) if notice.expires else None,
            )


def _values(desk: Desk, vendor: Any, stops: Sequence[Stop], locale: str) -> dict[str, Any]:
    in_order = sorted(stops, key=lambda one: (one.starts_at is None, str(one.case.row.visit_at), one.case.number or ""))
    return {
        "vendor": desk.views.vendor(vendor),
        "day": stops[0].day,
        "rows": [_line(desk, one, locale) for one in in_order],
    }


def _line(desk: Desk, stop: Stop, locale: str) -> dict[str, Any]:
    view = desk.views.ticket(stop.case, locale)
    names = ("ticket_no", "visit_at", "customer", "phone", "city", "address", "product", "problem")
    parts = parts_to_carry(desk.snapshot, stop.case)
    return {**{name: view[name] for name in names}, "parts": desk.views.words(locale).word(parts), "fee": view["fee"]}

"""How good vendors are by their call-backs: from the calls themselves, never from yesterday's cells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from toolkit.jobs.callback.calls import Call, calls_made
from toolkit.jobs.callback.ratings import rating_of
from toolkit.registers.snapshot import Snapshot
from toolkit.rules.questionnaire import one_decimal
from toolkit.settings.model import Settings


def ratings(snapshot: Snapshot, settings: Settings, now: datetime) -> Mapping[int, float | None]:
    """Vendor row (by identity) -> its rating, None where nobody rated it."""
    calls: dict[int, list[Call]] = defaultdict(list)
    for call in calls_made(snapshot, settings):
        if call.vendor is not None and call.counts and call.row.called_at is not None:
            calls[id(call.vendor)].append(call)
    found: dict[int, float | None] = {}
    for table, vendor in snapshot.rows("vendors"):
        its = sorted(calls.get(id(vendor), ()), key=lambda call: str(call.row.called_at))
        rating = rating_of(vendor, its, snapshot.today(table, now), settings.vendors.half_life_days)
        found[id(vendor)] = one_decimal(rating) if rating is not None else None
    return found


def verdicts(snapshot: Snapshot, settings: Settings, customers: Collection[str]) -> Mapping[tuple[str, int], float]:
    """(customer, vendor row) -> what that customer thought of the vendor's work, on the mean (1 to 5)."""
    found: dict[tuple[str, int], list[float]] = defaultdict(list)
    for call in calls_made(snapshot, settings) if customers else ():
        if call.ticket is None or call.vendor is None or not call.counts or call.rating is None:
            continue
        who = contact_of(call.ticket)
        if who in customers:
            found[who, id(call.vendor)].append(call.rating)
    return {pair: sum(stars) / len(stars) for pair, stars in found.items()}


def contact_of(row: Any) -> str:
    """Who a customer is: by phone, else by mail."""
    return row.phone or row.email or ""

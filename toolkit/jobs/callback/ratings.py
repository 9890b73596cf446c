"""The vendor register's toolkit cells: what the call-backs make of a vendor (20, Vendors; 60, 25)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from toolkit.core.actions import Edit
from toolkit.core.reason import Name, Reason, because
from toolkit.jobs.callback.calls import Call
from toolkit.jobs.callback.cells import called
from toolkit.jobs.callback.finishes import finishes_of, last_before
from toolkit.jobs.edits import edit
from toolkit.jobs.ticket.view import Views
from toolkit.jobs.workload import NONE, workload
from toolkit.registers.order import day_of
from toolkit.registers.snapshot import Snapshot
from toolkit.rules.questionnaire import Rated, one_decimal, stars, weighted_rating
from toolkit.settings.model import Settings

SHOWN_EVIDENCE = 5


def vendor_edits(
    snapshot: Snapshot,
    settings: Settings,
    made: tuple[Call, ...],
    now: datetime,
    views: Views,
) -> Iterator[Edit]:
    """Rating, evidence, last service, jobs and payment of every vendor, from the calls that count."""
    words = views.words(settings.locale)
    by_vendor: dict[int, list[Call]] = defaultdict(list)
    for call in made:
        if call.vendor is not None and call.counts and call.row.called_at is not None:
            by_vendor[id(call.vendor)].append(call)
    loads = workload(snapshot)
    for table, vendor in snapshot.rows("vendors"):
        calls = sorted(by_vendor.get(id(vendor), ()), key=called)
        load = loads.get(id(vendor), NONE)
        today = snapshot.today(table, now)
        rating = rating_of(vendor, calls, today, settings.vendors.half_life_days)
        shown = one_decimal(rating) if rating is not None else None
        evidence = (
            because(
                "edit.rating",
                n=len(calls),
                surveys=tuple(call.name for call in calls[-SHOWN_EVIDENCE:]),
                half_life=settings.vendors.half_life_days,
                initial=vendor.initial_rating,
            )
            if calls
            else because("edit.rating-initial" if rating is not None else "edit.no-data")
        )
        yield from edit(table, vendor, "rating", shown, evidence)
        yield from edit(
            table,
            vendor,
            "stars",
            stars(rating) if rating is not None else words.say(because("vendor.no-data")),
            evidence,
        )
        yield from edit(table, vendor, "surveys", len(calls), evidence)
        last = _last_service(snapshot, calls)
        yield from edit(table, vendor, "last_service", words.say(last) if last else None, because("edit.last-service"))
        yield from edit(table, vendor, "jobs", load.done, because("edit.jobs"))
        yield from edit(table, vendor, "open_jobs", load.open, because("edit.open-jobs"))
        answers = [answer for call in calls if (answer := call.row.get("came_on_time")) is not None]
        share = round(sum(answers) / len(answers), 2) if answers else None
        yield from edit(table, vendor, "on_time_rate", share, because("edit.on-time", n=len(answers)))
        yield from edit(table, vendor, "payment", words.say(load.payment), because("edit.payment", jobs=load.done))


def rating_of(vendor: Any, calls: list[Call], today: date, half_life_days: float) -> float | None:
    """The weighted mean of a vendor's call-backs; the initial rating counts as one at the vendor's start (60, 25)."""
    rated = [Rated(day_of(call.row.called_at), call.rating) for call in calls if call.rating is not None]
    if vendor.initial_rating is not None:
        start = vendor.joined_on or (rated[0].on if rated else today)
        rated.append(Rated(start, vendor.initial_rating))
    return weighted_rating(rated, today, half_life_days)


def _last_service(snapshot: Snapshot, calls: list[Call]) -> Reason | None:
    if not calls:
        return None
    call = calls[-1]
    finished = None
    if call.ticket is not None and call.ticket_table is not None:
        finished = last_before(finishes_of(snapshot, call.ticket_table, call.ticket), call.row.called_at)
    verdict = Name("surveys", "satisfaction", call.verdict) if call.verdict else because("vendor.no-verdict")
    return because(
        "vendor.last-service",
        on=day_of(finished.at if finished is not None else call.row.called_at),
        ticket=call.row.ticket_no or call.row.order_no,
        verdict=verdict,
    )

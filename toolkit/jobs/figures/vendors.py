"""Vendors in a month: jobs, visits without result, punctuality, stars, money; and how each stands now (20)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from toolkit.core.reason import because
from toolkit.jobs.callback.calls import NEEDED, Call, calls_made
from toolkit.jobs.callback.cells import called
from toolkit.jobs.callback.ratings import rating_of
from toolkit.jobs.dispatching.statement import Entry, Totals, entries_of, totals_of
from toolkit.jobs.figures.asked import Asked
from toolkit.jobs.figures.calls import Calls, calls_in_month, mean_stars
from toolkit.jobs.figures.judged import is_due_within, judged
from toolkit.jobs.figures.rows import share, unread_lines
from toolkit.jobs.figures.shape import Column, Line, Table, Unit
from toolkit.jobs.workload import NONE, workload
from toolkit.rules.clock import Running

REPLY = "reply"
"""The clock of the vendor's answer (P-25)."""


def vendors(asked: Asked) -> Table:
    """Who had a job, was offered one, or was asked about in the month, who had most first. The money is that of the statements."""
    columns = (
        Column("jobs"),
        Column("without_result"),
        Column("replied_on_time", Unit.SHARE),
        Column("punctual", Unit.SHARE),
        Column("stars", Unit.STARS),
        Column("price", Unit.MONEY),
        Column("deducted", Unit.MONEY),
        Column("advanced", Unit.MONEY),
        Column("paid", Unit.MONEY),
        Column("owed", Unit.MONEY),
    )
    table = Table("vendors", ("vendor",), columns)
    if asked.snapshot.is_unread(*NEEDED):
        return replace(table, lines=unread_lines(asked, table, *NEEDED))
    calls = _by_vendor(calls_in_month(asked))
    entries, replies = _entries(asked), _replies(asked)
    found = [
        (totals_of(entries.get(id(vendor), [])), vendor)
        for _, vendor in asked.snapshot.rows("vendors")
        if id(vendor) in entries or id(vendor) in calls or id(vendor) in replies
    ]
    found.sort(key=lambda one: (one[0].without_result - one[0].jobs, _name(one[1])))
    lines = (_line(total, one, replies.get(id(one)), tuple(calls.get(id(one), ()))) for total, one in found)
    return replace(table, lines=tuple(lines))


def vendor_standing(asked: Asked) -> Table:
    """Every active vendor as it stands now, the weakest first; those below the least stars are pointed out."""
    columns = (Column("rating", Unit.STARS), Column("calls"), Column("open_jobs"), Column("jobs_in_all"))
    table = Table("vendor-standing", ("vendor",), columns)
    if asked.snapshot.is_unread(*NEEDED):
        return replace(table, lines=unread_lines(asked, table, *NEEDED))
    calls = _by_vendor(call for call in calls_made(asked.snapshot, asked.settings) if call.counts)
    lines = [_standing(asked, where, vendor, calls.get(id(vendor), [])) for where, vendor in _active(asked)]
    lines.sort(key=lambda line: (line.values[0] is None, line.values[0] or 0, str(line.labels)))
    return replace(table, lines=tuple(lines))


def _active(asked: Asked) -> Iterator[tuple[Any, Any]]:
    return ((where, row) for where, row in asked.snapshot.rows("vendors") if row.active is not False)


def _by_vendor(calls: Iterable[Call]) -> Mapping[int, list[Call]]:
    found: dict[int, list[Call]] = defaultdict(list)
    for call in calls:
        if call.vendor is not None and call.row.called_at is not None:
            found[id(call.vendor)].append(call)
    return found


def _entries(asked: Asked) -> Mapping[int, list[Entry]]:
    """The entries of the month's statements, by vendor."""
    today = asked.now.astimezone(asked.settings.timezone).date()
    found = entries_of(asked.snapshot, asked.settings, today)
    month = asked.month
    return {vendor: its for (vendor, *when), its in found.items() if when == [month.year, month.month]}


def _replies(asked: Asked) -> Mapping[int, float | None]:
    """How many of the answers that were due in the month came in time (P-25), by the vendor who stands in the ticket."""
    met: Counter[int] = Counter()
    due: Counter[int] = Counter()
    for one in judged(asked):
        if one.clock.policy.clock != REPLY or one.running is None or not is_due_within(asked, one):
            continue
        vendor = asked.snapshot.vendor(one.row.vendor, one.table.book)
        if vendor is not None:
            due[id(vendor)] += 1
            met[id(vendor)] += one.running is Running.MET
    return {vendor: share(met[vendor], n) for vendor, n in due.items()}


def _line(total: Totals, vendor: Any, replied: float | None, calls: Calls) -> Line:
    said = [answer for call in calls if call.counts and (answer := call.row.get("came_on_time")) is not None]
    values = (
        total.jobs - total.without_result,
        total.without_result,
        replied,
        share(sum(said), len(said)),
        mean_stars(calls),
        total.price,
        total.deducted,
        total.advanced,
        total.paid,
        total.open,
    )
    unpriced = (because("figures.unpriced", n=total.unpriced),) if total.unpriced else ()
    return Line((_name(vendor),), values, remarks=unpriced)


def _standing(asked: Asked, where: Any, vendor: Any, calls: list[Call]) -> Line:
    settings = asked.settings.vendors
    ordered = sorted(calls, key=called)
    rating = rating_of(vendor, ordered, asked.snapshot.today(where, asked.now), settings.half_life_days)
    load = workload(asked.snapshot).get(id(vendor), NONE)
    is_weak = rating is not None and rating < settings.minimum_stars
    remarks = (because("figures.weak", stars=settings.minimum_stars),) if is_weak else ()
    return Line((_name(vendor),), (rating, len(ordered), load.open, load.done), remarks=remarks)


def _name(vendor: Any) -> str:
    """Name and number: two vendors may share a name."""
    return " ".join(one for one in (vendor.name, f"({vendor.vendor_no})" if vendor.vendor_no else None) if one)

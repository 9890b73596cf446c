"""Vendors in a month: jobs, visits without result, punctuality, stars, money; and how each stands now (20)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from toolkit.core.reason import because
from toolkit.jobs.callback.calls import NEEDED, Call, calls_made
from toolkit.jobs.callback.cells import called
from toolkit.jobs.callback.ratings import rating_of
from toolkit.jobs.dispatching.statement import Entry, entries_of, totals_of
from toolkit.jobs.figures.asked import Asked
from toolkit.jobs.figures.calls import Calls, calls_in_month, mean_stars
from toolkit.jobs.figures.rows import share, unread_lines
from toolkit.jobs.figures.shape import Column, Line, Table, Unit
from toolkit.jobs.workload import NONE, workload


def vendors(asked: Asked) -> Table:
    """Who had a job, or was asked about, in the month; the money is that of the statements, to the cent."""
    columns = (
        Column("jobs"),
        Column("without_result"),
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
    entries = _entries(asked)
    lines = (
        _line(vendor, entries.get(id(vendor), []), tuple(calls.get(id(vendor), ())))
        for _, vendor in asked.snapshot.rows("vendors")
        if id(vendor) in entries or id(vendor) in calls
    )
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


def _line(vendor: Any, entries: list[Entry], calls: Calls) -> Line:
    total = totals_of(entries)
    said = [answer for call in calls if call.counts and (answer := call.row.get("came_on_time")) is not None]
    values = (
        total.jobs - total.without_result,
        total.without_result,
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

"""Products and their faults: which have more than the others, so that production is told (20, Triage; Digest and reports)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from toolkit.core.reason import Name, Reason, because
from toolkit.jobs.figures.asked import Asked
from toolkit.jobs.figures.counts import COUNT, SHARE
from toolkit.jobs.figures.rows import has, products, share, tickets_opened, unread_lines
from toolkit.jobs.figures.shape import Column, Line, Month, Table, Unit
from toolkit.registers.snapshot import Snapshot
from toolkit.rules.outliers import Outlier, outlying_counts, outlying_rates
from toolkit.rules.policy import fits
from toolkit.rules.warranty import add_months

Key = str | None


def fault_products(asked: Asked) -> Table:
    """Tickets about faults by product, set against the order lines delivered before; which of them goes to production."""
    table = Table(
        "products", ("product",), (COUNT, SHARE, Column("delivered", Unit.NUMBER), Column("fault_rate", Unit.SHARE))
    )
    if asked.snapshot.is_unread("tickets"):
        return replace(table, lines=unread_lines(asked, table, "tickets"))
    named = products(asked.snapshot)
    counts = Counter(named.key(row.product) for row in _faulty(asked))
    delivered = _delivered(asked) if has(asked, "orders") else None
    remarks = _remarks(asked, counts, delivered)
    total = counts.total()
    lines = [
        Line(
            (named.label(key),),
            (
                n,
                share(n, total),
                None if delivered is None else delivered[key],
                None if delivered is None or key is None else share(n, delivered[key]),
            ),
            remarks=remarks.get(key, ()),
        )
        for key, n in _ordered(counts)
    ]
    return replace(table, lines=(*lines, *unread_lines(asked, table, "orders")))


def faults(asked: Asked) -> Table:
    """Tickets about faults by product, fault and cause, the most frequent first."""
    table = Table("faults", ("product", "fault", "cause"), (COUNT, SHARE))
    if asked.snapshot.is_unread("tickets"):
        return replace(table, lines=unread_lines(asked, table, "tickets"))
    named = products(asked.snapshot)
    counts = Counter((named.key(row.product), row.fault, row.cause) for row in _faulty(asked))
    total = counts.total()
    ordered = sorted(counts.items(), key=lambda one: (-one[1], *(text or "\uffff" for text in one[0])))
    lines = (
        Line((named.label(product), _choice("fault", fault), _choice("cause", cause)), (n, share(n, total)))
        for (product, fault, cause), n in ordered
    )
    return replace(table, lines=tuple(lines))


def _faulty(asked: Asked) -> Iterator[Any]:
    when = asked.settings.figures.faults
    return (row for _, row in tickets_opened(asked) if fits(when, row))


def _choice(column: str, key: str | None) -> Name | None:
    return Name("tickets", column, key) if key else None


def _ordered(counts: Counter[Key]) -> list[tuple[Key, int]]:
    """The most frequent first; what names no product last among its like."""
    return sorted(counts.items(), key=lambda one: (-one[1], one[0] is None, one[0] or ""))


def _delivered(asked: Asked) -> Counter[Key]:
    """Order lines delivered in the months up to the month's end, by product."""
    by_month = asked.snapshot.once("delivered by month", lambda: _by_month(asked.snapshot))
    back = asked.settings.figures.delivered_within
    months = {Month.of(add_months(asked.month.first, -ago)) for ago in range(back)}
    found: Counter[Key] = Counter()
    for month in months:
        found.update(by_month.get(month, {}))
    return found


def _by_month(snapshot: Snapshot) -> Mapping[Month, Counter[Key]]:
    named, found = products(snapshot), dict[Month, Counter[Key]]()
    for _, row in snapshot.rows("orders"):
        day: date | None = row.picked_up_on or row.arrived_on or row.shipped_on
        if day is not None and row.status != "cancelled":
            found.setdefault(Month.of(day), Counter())[named.key(row.product)] += 1
    return found


def _remarks(asked: Asked, counts: Counter[Key], delivered: Counter[Key] | None) -> Mapping[Key, tuple[Reason, ...]]:
    """Which products go to production, and why: by their rate where deliveries are known, else by their number."""
    limits, known = asked.settings.figures.limits, {key: n for key, n in counts.items() if key is not None}
    if delivered is None:
        if asked.snapshot.is_unread("orders"):
            return {}
        found, code = outlying_counts(known, limits), "figures.outlying-count"
    else:
        orders = {key: n for key, n in delivered.items() if key is not None}
        found, code = outlying_rates(known, orders, limits), "figures.outlying-rate"
    return {one.what: (_remark(code, one),) for one in found}


def _remark(code: str, one: Outlier[str]) -> Reason:
    return because(code, n=one.count, expected=round(one.expected, 1))

"""How much comes back: returns and exchanges by product and by region, and what stands out (20, Digest and reports)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from toolkit.core.reason import Reason, because
from toolkit.jobs.figures.asked import Asked
from toolkit.jobs.figures.rows import Spellings, cities, has, in_month, products, share, tickets_opened, unread_lines
from toolkit.jobs.figures.shape import Column, Line, Table, Unit
from toolkit.jobs.ordered import lines_of
from toolkit.rules.outliers import outlying_rates
from toolkit.rules.returns import CALLED_OFF

Key = str | None
COLUMNS = (
    Column("ordered", Unit.NUMBER),
    Column("returned"),
    Column("exchanged"),
    Column("refunded_only"),
    Column("return_rate", Unit.SHARE),
    Column("exchange_rate", Unit.SHARE),
)
RETURNED, EXCHANGED, REFUNDED_ONLY = "return_and_refund", "exchange", "refund_only"
OF_TICKETS = {"return": RETURNED, "exchange": EXCHANGED}
"""What a desk without a register of returns keeps as tickets."""


def returns_by_product(asked: Asked) -> Table:
    """Lines returned and exchanged in the month, beside the lines ordered in it, by product."""
    return _by(asked, Table("returns-by-product", ("product",), COLUMNS), products(asked.snapshot), "product")


def returns_by_region(asked: Asked) -> Table:
    """The same by the customer's city."""
    return _by(asked, Table("returns-by-region", ("region",), COLUMNS), cities(asked.snapshot), "city")


def _by(asked: Asked, table: Table, named: Spellings, column: str) -> Table:
    source = "returns" if asked.snapshot.of("returns") or asked.snapshot.is_unread("returns") else "tickets"
    if asked.snapshot.is_unread(source):
        return replace(table, lines=unread_lines(asked, table, source))
    counts: dict[Key, Counter[str]] = defaultdict(Counter)
    for kind, text in _came_back(asked, source, column):
        counts[named.key(text)][kind] += 1
    ordered = _ordered(asked, named, column) if has(asked, "orders") else None
    keys = {*counts, *(ordered or ())}
    remarks = _remarks(asked, counts, ordered)
    lines = [
        Line((named.label(key),), _values(counts[key], ordered, key), remarks=remarks.get(key, ()))
        for key in sorted(keys, key=lambda key: _most_first(counts[key], ordered, key))
    ]
    return replace(table, lines=(*lines, *unread_lines(asked, table, "orders")))


def _came_back(asked: Asked, source: str, column: str) -> Iterator[tuple[str, Key]]:
    """The kind of each line that was asked to be taken back in the month, and its product or city."""
    if source == "tickets":
        yield from (
            (OF_TICKETS[row.kind], getattr(row, column)) for _, row in tickets_opened(asked) if row.kind in OF_TICKETS
        )
        return
    for table, row in in_month(asked, "returns", "applied_at"):
        if row.kind is not None and row.status not in CALLED_OFF:
            yield row.kind, getattr(row, column) or _of_order(asked, table.book, row, column)


def _of_order(asked: Asked, book: str, row: Any, column: str) -> Key:
    """What the order says that the return leaves out; of an order of several products nobody knows which came back."""
    said = {getattr(line, column) for _, line in lines_of(asked.snapshot, row.order_no, book)}
    return said.pop() if len(said) == 1 else None


def _ordered(asked: Asked, named: Spellings, column: str) -> Counter[Key]:
    rows = in_month(asked, "orders", "ordered_on")
    return Counter(named.key(getattr(row, column)) for _, row in rows if row.status != "cancelled")


def _values(count: Counter[str], ordered: Mapping[Key, int] | None, key: Key) -> tuple[int | float | None, ...]:
    kinds = (count[RETURNED], count[EXCHANGED], count[REFUNDED_ONLY])
    if ordered is None:
        return (None, *kinds, None, None)
    n = ordered.get(key, 0)
    return (n, *kinds, share(count[RETURNED], n), share(count[EXCHANGED], n))


def _most_first(count: Counter[str], ordered: Mapping[Key, int] | None, key: Key) -> tuple[int, int, bool, str]:
    return -count.total(), -(ordered or {}).get(key, 0), key is None, key or ""


def _remarks(
    asked: Asked, counts: Mapping[Key, Counter[str]], ordered: Mapping[Key, int] | None
) -> Mapping[Key, tuple[Reason, ...]]:
    """What comes back far more often than elsewhere: returns and exchanges together, against the rate of all others."""
    if ordered is None:
        return {}
    back = {key: count[RETURNED] + count[EXCHANGED] for key, count in counts.items() if key is not None}
    of = {key: n for key, n in ordered.items() if key is not None}
    found = outlying_rates(back, of, asked.settings.figures.limits)
    return {
        one.what: (because("figures.outlying-returns", n=one.count, expected=round(one.expected, 1)),) for one in found
    }

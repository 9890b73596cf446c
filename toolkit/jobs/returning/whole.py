"""Whether a case gives back a whole order: what a clerk says of it, else what the quantities and the orders register tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal

from toolkit.jobs.returning.case import Case, Line
from toolkit.jobs.returning.desk import Desk
from toolkit.registers.fold import fold
from toolkit.registers.snapshot import Snapshot


def is_whole_order(desk: Desk, case: Case, lines: Sequence[Line]) -> bool | None:
    """Whether the order comes back with these lines; None where that cannot be known this time.

    Without a clerk's word it is whole where every line comes back with all its pieces, at once, and the orders register
    holds no more lines of it than the case.
    """
    if len(lines) < len(case.lines):
        return False
    said = case.get("order_is_whole")
    if said is not None:
        return bool(said)
    if not all(_is_complete(desk, one) for one in lines):
        return False
    if desk.snapshot.is_unread("orders"):
        return None
    order, *others = {fold(one.get("order_no") or "") for one in lines}
    known = desk.snapshot.once("lines of orders", lambda: _lines(desk.snapshot))
    return not others and known.get((case.table.book, order), known.get(("", order), 0)) <= len(lines)


def _is_complete(desk: Desk, line: Line) -> bool:
    """Whether all pieces of a line come back, and none did before."""
    row = line.row
    return row.ordered_quantity is not None and row.quantity == row.ordered_quantity and desk.before(line) == Decimal(0)


def _lines(snapshot: Snapshot) -> Mapping[tuple[str, str], int]:
    """How many lines an order has, by book and folded number, and for all books together under none."""
    return Counter(
        (book, fold(row.order_no))
        for table, row in snapshot.rows("orders")
        if row.order_no and row.status != "cancelled"
        for book in (table.book, "")
    )

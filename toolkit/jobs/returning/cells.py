"""The toolkit's cells of a line: money, who pays and how goods come back, due times, what may follow, what comes next."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.core.actions import Edit
from toolkit.core.reason import Name, Reason, because
from toolkit.jobs.clocked import due_edits, overdue_edit
from toolkit.jobs.edits import edit
from toolkit.jobs.returning.amounts import Amounts
from toolkit.jobs.returning.case import Case, Line
from toolkit.jobs.returning.desk import Desk
from toolkit.jobs.returning.steps import has_one_reviewer, in_words
from toolkit.rules.clock import Clock
from toolkit.rules.returns import PENDING, REFUND_ONLY, ways

_SHOWN_UNMET = frozenset({"in_stock", "financed", "ready_to_pay", "restocked"})
"""Of these conditions a clerk is told; any other way that is not open now is not named at all."""


def line_edits(desk: Desk, line: Line, amounts: Amounts, clocks: tuple[Clock, ...]) -> Iterator[Edit]:
    """Every toolkit cell of a line that shall change."""
    table, row, snapshot = line.case.table, line.row, desk.snapshot
    if amounts.is_known:
        amount = amounts.by_row.get(row.row)
        yield from edit(table, row, "refund_amount", amount, _why_amount(line, amounts))
        count = len(amounts.by_row)
        yield from edit(table, row, "case_refund", amounts.total, because("return-why.case", lines=count))
    payer = freight_payer(desk, line)
    said = desk.words.say(because(f"return-word.{payer}")) if payer else None
    yield from edit(table, row, "freight_payer", said, _PAYER)
    way = goods_way(desk, line)
    yield from edit(table, row, "buyer_returns", desk.words.say(because(f"return-word.{way}")) if way else None, _WAY)
    until = desk.window_until(line)
    yield from edit(table, row, "window_until", until, _WINDOW if until else _NO_WINDOW)
    yield from due_edits(clocks, snapshot, table, row)
    counted = desk.counted(line, clocks)
    yield from overdue_edit(counted, snapshot, table, row, desk.words)
    following = allowed_next(desk, line)
    yield from edit(table, row, "allowed_next", desk.words.word(following) if following else None, _ALLOWED)
    step = in_words(desk, line, clocks)
    yield from edit(table, row, "next_step", desk.words.say(step) if step else None, _NEXT_STEP)


def _why_amount(line: Line, amounts: Amounts) -> Reason:
    row = line.row
    if row.row not in amounts.by_row:
        return _NOTHING_BACK
    coupons = (row.coupons_used or 0) + (row.points_used or 0)
    return because(
        "return-why.amount",
        quantity=row.quantity,
        ordered=row.ordered_quantity if row.ordered_quantity is not None else row.quantity,
        price=row.unit_price,
        discount=row.line_discount or 0,
        coupons=coupons,
        fee=(row.service_fee or 0) if row.service_fee_agreed else 0,
        freight=amounts.freight,
    )


def freight_payer(desk: Desk, line: Line) -> str | None:
    """Who pays for sending back: the customer where the seller gave no cause (20, Returns); nobody where nothing was sent."""
    reason = desk.class_of(line)
    if reason is None or line.get("kind") in (REFUND_ONLY, None):
        return None
    return "customer" if reason == "no_cause" else "seller"


def goods_way(desk: Desk, line: Line) -> str | None:
    """How the goods come back: refused on delivery if still under way, picked up where large, else by courier."""
    if line.get("kind") in (REFUND_ONLY, None):
        return None
    if line.get("under_way") is True:
        return "refuse"
    if line.row.category is None:
        return "by-size"
    return "pickup" if line.row.category in desk.setting.large else "courier"


def allowed_next(desk: Desk, line: Line) -> tuple[Reason, ...]:
    """The statuses that may follow, each with what must be there first; a way that is not open now is left out."""
    kind, state = line.get("kind"), line.status
    if kind is None or state is None:
        return ()
    standing = desk.standing(line)
    found: list[Reason] = []
    for following, condition in ways(kind, state).items():
        name = Name("returns", "status", following)
        is_open = standing.meets(condition) and not (condition == "financed" and has_one_reviewer(desk, line))
        if is_open:
            is_by_itself = kind == REFUND_ONLY and state == PENDING and following == "approved"
            found.append(because("return-way.by-itself" if is_by_itself else "return-way.open", status=name))
        elif condition in _SHOWN_UNMET:
            found.append(because("return-way.until", status=name, first=because(f"return-until.{condition}")))
    return tuple(found)


def number_edits(case: Case) -> Iterator[Edit]:
    """The number for lines that have none."""
    for line in case.lines:
        if line.row.return_no is None and case.number is not None and "return_no" not in line.row.bad:
            yield from edit(case.table, line.row, "return_no", case.number, because("edit.number"))


_PAYER = because("return-why.payer")
_WAY = because("return-why.way")
_WINDOW = because("return-why.window")
_NO_WINDOW = because("return-why.no-window")
_ALLOWED = because("return-why.allowed")
_NEXT_STEP = because("edit.next-step")
_NOTHING_BACK = because("return-why.nothing")

"""What is wrong with a case that no row shows by itself: forbidden ways, one reviewer twice, too many pieces, missing steps."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from toolkit.core.finding import Finding, Severity
from toolkit.core.reason import Name, because
from toolkit.jobs.returning.amounts import Amounts
from toolkit.jobs.returning.case import Case, Line
from toolkit.jobs.returning.cells import allowed_next
from toolkit.jobs.returning.desk import Desk
from toolkit.jobs.returning.steps import has_one_reviewer, not_returnable
from toolkit.registers.fold import fold
from toolkit.registers.schema import Fault
from toolkit.rules.returns import COMPLETED, EXCHANGE, MUST_HOLD, PASSED, PENDING, REFUND_ONLY, contradiction

_FINANCE = frozenset({"finance_reviewer", "finance_at"})
FORBIDS = frozenset({"not-allowed-transition", "same-reviewer", "too-much"})
"""Findings about which a person must decide before anybody outside hears of the case."""


def case_findings(desk: Desk, case: Case, amounts: Amounts | None) -> Iterator[Finding]:
    """The findings of every line of a case. Without amounts, which nobody works out for a case that is over, none about them."""
    for line in case.lines:
        for fault in _faults(desk, line, amounts):
            yield case.table.finding(line.row, fault)


def _faults(desk: Desk, line: Line, amounts: Amounts | None) -> Iterator[Fault]:
    if line.get("kind") is None or line.row.status is None:
        return
    yield from _forbidden(desk, line)
    yield from _missing(desk, line)
    yield from _same_reviewer(desk, line)
    yield from _too_much(desk, line, amounts)
    if line.status == PENDING and line.get("review") is None:
        yield from _window(desk, line)
    if not line.is_over and (line.get("review") == "approved" or line.status in PASSED):
        yield from _used(desk, line)
    if line.status == COMPLETED:
        yield from _fewer(line)


def _forbidden(desk: Desk, line: Line) -> Iterator[Fault]:
    typed, before = line.row.status, line.state
    if before in (None, typed) or desk.is_rightly(line):
        return
    if contradiction(line.get("kind"), str(typed), line.row) is not None:
        return  # said when the row was read
    names = {"before": Name("returns", "status", before), "after": Name("returns", "status", typed)}
    allowed = allowed_next(desk, line)
    why = because("fault.return-way", **names, allowed=allowed) if allowed else because("fault.return-end", **names)
    yield Fault("not-allowed-transition", "status", why)


def _missing(desk: Desk, line: Line) -> Iterator[Fault]:
    """The cells that a status takes for granted (60, 24)."""
    columns, status = line.case.table.columns, str(line.status)
    for column in MUST_HOLD[line.get("kind")].get(status, ()):
        if column in _FINANCE and not desk.has_finance(line):
            continue
        if column in columns and column not in line.row.bad and line.get(column) is None:
            why = because("fault.return-needs", status=Name("returns", "status", status))
            yield Fault("required", column, why)


def _same_reviewer(desk: Desk, line: Line) -> Iterator[Fault]:
    """One person under two spellings, or on two lines of a case."""
    if not has_one_reviewer(desk, line):
        return
    own, other = line.row.reviewer, line.row.finance_reviewer
    if own and other and fold(own) == fold(other):
        return  # said when the row was read
    yield Fault("same-reviewer", "finance_reviewer", because("fault.same-reviewer", name=line.get("finance_reviewer")))


def _too_much(desk: Desk, line: Line, amounts: Amounts | None) -> Iterator[Fault]:
    """More pieces than were ordered, all cases taken together; a fee that eats more than the whole refund."""
    row, before = line.row, desk.before(line)
    if row.quantity is None or line.is_over:
        return
    if before and row.ordered_quantity is not None and row.quantity <= row.ordered_quantity:
        ordered = Decimal(str(row.ordered_quantity))
        if before + Decimal(str(row.quantity)) > ordered:
            why = because("fault.returned-before", before=before, quantity=row.quantity, ordered=ordered)
            # A name alone may stand on two lines of the order: then a person has to look, and nothing is held up.
            yield Fault("too-much", "quantity", why, Severity.ERROR if row.sku else Severity.WARNING)
    if amounts is not None and amounts.fee_left and row.service_fee:
        yield Fault("too-much", "service_fee", because("fault.fee-eats-refund", left=amounts.fee_left))


def _window(desk: Desk, line: Line) -> Iterator[Fault]:
    """Asked for too late, or for a reason for which nothing is taken back: somebody may still say yes, so it is a warning."""
    doubt = not_returnable(desk, line)
    if doubt is not None:
        column = "reason" if doubt == "reason" else "applied_at"
        why = because(f"fault.not-returnable-{doubt}", until=desk.window_until(line))
        yield Fault("not-returnable", column, why, Severity.WARNING)
        return
    starts = desk.window_starts(line)
    counts = desk.class_of(line) in desk.setting.window_for and line.get("under_way") is not True
    columns = [one for one in starts if one in line.case.table.columns]
    if counts and columns and desk.window_until(line) is None and not any(one in line.row.bad for one in columns):
        yield Fault("required", columns[0], because("fault.window-needs-date"))


def _used(desk: Desk, line: Line) -> Iterator[Fault]:
    """Used or opened goods are taken back for a fee or a discount that was agreed."""
    row = line.row
    if line.get("kind") == REFUND_ONLY or not desk.is_used(line) or "service_fee" in row.bad:
        return
    if row.service_fee is None:
        yield Fault("needs-agreement", "service_fee", because("fault.used-needs-agreement"))


def _fewer(line: Line) -> Iterator[Fault]:
    """Fewer pieces stored or sent than came back."""
    column = "resent_quantity" if line.get("kind") == EXCHANGE else "restocked_quantity"
    found, returned = line.row.get(column), line.row.quantity
    if found is not None and returned is not None and found < returned:
        why = because("fault.fewer", found=found, returned=returned)
        yield Fault("quantity-differs", column, why, Severity.WARNING)

"""What comes next for a line, whose work it is, and by when: the queues of operations, finance and warehouse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from toolkit.core.reason import Name, Reason, because
from toolkit.jobs.returning.case import Line
from toolkit.jobs.returning.desk import CUSTOMER, FINANCE, OPERATIONS, WAREHOUSE, Desk
from toolkit.registers.fold import fold
from toolkit.registers.order import day_of
from toolkit.rules.clock import Clock
from toolkit.rules.returns import (
    APPROVED,
    COMPLETED,
    EXCHANGE,
    GOODS,
    PENDING,
    REFUND,
    REFUND_ONLY,
    REJECTED,
    REPLACEMENT,
    RETURN,
    is_fit,
)


@dataclass(frozen=True, slots=True)
class Step:
    """`code` ends a reason's code, `return-step.…`; `clock` is the one that says by when."""

    code: str
    queue: str
    clock: str | None = None
    status: str | None = None


def step_of(desk: Desk, line: Line) -> Step | None:
    """The next thing to do; None where nothing is left, or the line does not say what it is."""
    if line.status != line.row.status:
        return Step("back", OPERATIONS, status=line.status)
    if line.is_over or line.status is None:
        return None
    kind = line.get("kind")
    if kind == REFUND_ONLY:
        return _refund_only(line)
    if kind is None:
        return None
    if line.status == PENDING or line.case.reviewed_at(line) is None or line.get("review") == "rejected":
        return _review(desk, line)
    if line.status == APPROVED:
        return _after_approval(desk, line)
    if line.status == GOODS:
        return _goods(desk, line)
    return _replacement(line) if kind == EXCHANGE else _refund(desk, line)


def _refund_only(line: Line) -> Step:
    if line.get("shipped") is True:
        return Step("shipped", OPERATIONS)
    if line.get("refunded_at") is None:
        return Step("refund-at-once", FINANCE, "refund")
    return Step("set", FINANCE, status=COMPLETED)


def _review(desk: Desk, line: Line) -> Step:
    if line.get("review") == "rejected":
        return Step("set", OPERATIONS, status=REJECTED)
    if line.case.reviewed_at(line) is not None and line.get("review") == "approved":
        return Step("set", OPERATIONS, status=APPROVED)
    if line.case.sent_back:
        return Step("review-again", OPERATIONS, "review")
    doubt = not_returnable(desk, line)
    if doubt is not None:
        return Step(f"review-{doubt}", OPERATIONS, "review")
    if line.get("kind") == EXCHANGE and line.get("replacement_in_stock") is not True:
        is_gone = line.get("replacement_in_stock") is False
        return Step("review-no-stock" if is_gone else "review-stock", OPERATIONS, "review")
    return Step("review-used" if desk.is_used(line) else "review", OPERATIONS, "review")


def not_returnable(desk: Desk, line: Line) -> str | None:
    """Why goods need not be taken back: for such a reason they are not, or it was asked for too late (P-18)."""
    reason = desk.class_of(line)
    if reason is None or line.get("kind") == REFUND_ONLY:
        return None
    if reason not in desk.setting.accepts:
        return "reason"
    until, applied_at = desk.window_until(line), line.get("applied_at")
    is_late = until is not None and applied_at is not None and day_of(applied_at) > until
    return "window" if is_late and reason in desk.setting.window_for else None


def has_one_reviewer(desk: Desk, line: Line) -> bool:
    """Whether one person made both reviews, under whatever spelling, or on two lines of a case."""
    first, second = line.get("reviewer"), line.get("finance_reviewer")
    if not first or not second:
        return False
    book = line.case.table.book
    one, other = desk.snapshot.person(first, book), desk.snapshot.person(second, book)
    return (one is not None and one is other) or fold(first) == fold(second)


def _finance(desk: Desk, line: Line) -> Step | None:
    """The second review, which takes a second person; None once it is made."""
    if not desk.has_finance(line):
        return None
    if line.case.financed_at(line) is None:
        return Step("finance", FINANCE, "finance")
    return Step("finance-other", FINANCE) if has_one_reviewer(desk, line) else None


def _after_approval(desk: Desk, line: Line) -> Step:
    review = _finance(desk, line) if line.get("kind") == RETURN else None
    if review is not None:
        return review
    if not has_address(line):
        return Step("address", OPERATIONS)
    refund_first = desk.refund_first and line.get("kind") == RETURN and line.get("refunded_at") is None
    return Step("set", OPERATIONS, status=REFUND if refund_first else GOODS)


def has_address(line: Line) -> bool:
    """Whether the customer can be told where the goods go, to whom, and by when; what is under way is simply refused."""
    told = ("return_to_contact", "return_to_address", "return_by")
    return line.get("under_way") is True or all(line.get(one) for one in told)


def _goods(desk: Desk, line: Line) -> Step:
    kind = line.get("kind")
    if line.get("received_at") is None:
        if desk.refund_first and kind == RETURN and line.get("refunded_at") is None:
            return Step("refund", FINANCE, "refund")
        return Step("goods", CUSTOMER, "goods")
    if line.get("inspected_at") is None:
        return Step("inspect", WAREHOUSE)
    if not is_fit(line):
        return Step("unfit", OPERATIONS)
    if line.get("restocked_at") is None:
        return Step("restock", WAREHOUSE)
    if kind == EXCHANGE:
        return Step("set", WAREHOUSE, status=REPLACEMENT)
    return Step("set", FINANCE, status=REFUND if line.get("refunded_at") is None else COMPLETED)


def _refund(desk: Desk, line: Line) -> Step:
    review = _finance(desk, line)
    if review is not None:
        return review
    if line.get("refunded_at") is None:
        return Step("refund", FINANCE, "refund")
    return Step("set", FINANCE, status=COMPLETED if line.get("received_at") is not None else GOODS)


def _replacement(line: Line) -> Step:
    if line.get("resent_at") is None:
        return Step("no-stock" if line.get("replacement_in_stock") is False else "resend", WAREHOUSE)
    if line.get("resent_received_at") is None:
        return Step("under-way", CUSTOMER)
    return Step("set", WAREHOUSE, status=COMPLETED)


def in_words(desk: Desk, line: Line, clocks: tuple[Clock, ...]) -> Reason | None:
    """The next step, who does it, and by when where a clock runs."""
    step = step_of(desk, line)
    if step is None:
        return None
    said: dict[str, Any] = {}
    if step.status is not None:
        said["status"] = Name("returns", "status", step.status)
    if step.code == "review-window":
        said["until"] = desk.window_until(line)
    if step.code == "finance-other":
        said["name"] = line.get("finance_reviewer")
        who = because("return-step.role-alone", role=Name("staff", "role", step.queue))
    else:
        who = _who(desk, line, step.queue)
    what = because(f"return-step.{step.code}", **said)
    running = next((one for one in clocks if one.policy.clock == step.clock and one.is_open), None)
    if running is None:
        return because("next.plain", step=what, who=who)
    return because("next.by", step=what, who=who, due=desk.snapshot.wall(line.case.table, running.due_at))


def _who(desk: Desk, line: Line, queue: str) -> Reason:
    if queue == CUSTOMER:
        return because("return-step.customer")
    name, role = desk.person(line, queue), Name("staff", "role", queue)
    return because("return-step.role", role=role, name=name) if name else because("return-step.role-alone", role=role)

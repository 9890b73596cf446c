"""The states of a return and the ways between them, for each of the three kinds (20, Returns). Data first, then three questions.

A way may have a condition, which is a cell that proves that the step before was really taken. A status that skips states is
allowed where each of the skipped ones is proven: two steps between two runs are no mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

REFUND_ONLY, RETURN, EXCHANGE = "refund_only", "return_and_refund", "exchange"
PENDING, APPROVED, REJECTED = "pending_review", "approved", "rejected"
GOODS, REFUND, REPLACEMENT = "waiting_for_goods", "waiting_for_refund", "waiting_for_replacement"
COMPLETED, CANCELLED = "completed", "cancelled"

OVER = frozenset({COMPLETED, REJECTED, CANCELLED})
"""Nothing more is to be done."""
CALLED_OFF = frozenset({REJECTED, CANCELLED})
"""Nothing is refunded, and nothing sent."""
PASSED = frozenset({APPROVED, GOODS, REFUND, REPLACEMENT, COMPLETED})
"""The review was passed."""
BACK = frozenset({GOODS, REFUND, REPLACEMENT, COMPLETED})
"""The customer was told to send the goods, or need not send any."""

_AGAIN = {REJECTED: {PENDING: ""}, CANCELLED: {PENDING: ""}}
"""A customer may object to a refusal, or change their mind: the application is looked at anew."""

MOVES: Mapping[str, Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        REFUND_ONLY: {
            PENDING: {APPROVED: "", REFUND: "", REJECTED: "shipped", CANCELLED: ""},
            APPROVED: {REFUND: "", REJECTED: "shipped", CANCELLED: ""},
            REFUND: {COMPLETED: "", REJECTED: "shipped", CANCELLED: "unpaid"},
            **_AGAIN,
        },
        RETURN: {
            PENDING: {APPROVED: "", REJECTED: "", CANCELLED: ""},
            APPROVED: {GOODS: "financed", REFUND: "refund_first", PENDING: "review_again", CANCELLED: ""},
            GOODS: {
                REFUND: "ready_to_pay",
                COMPLETED: "refund_first",
                REJECTED: "goods_refused",
                PENDING: "review_again",
                CANCELLED: "goods_not_here",
            },
            REFUND: {COMPLETED: "", GOODS: "goods_awaited", PENDING: "review_again"},
            **_AGAIN,
        },
        EXCHANGE: {
            PENDING: {APPROVED: "in_stock", REJECTED: "", CANCELLED: ""},
            APPROVED: {GOODS: "", PENDING: "review_again", CANCELLED: ""},
            GOODS: {REPLACEMENT: "restocked", REJECTED: "goods_refused", CANCELLED: "goods_not_here"},
            REPLACEMENT: {COMPLETED: ""},
            **_AGAIN,
        },
    }
)
"""Kind -> state -> the states that may follow, each with the condition of the way ("" where there is none)."""

_LEFT = {APPROVED: "reviewed", REFUND: "refunded", REPLACEMENT: "resent"}
"""What proves that a skipped state was really gone through, besides the condition of the way that leads on."""

MUST_HOLD: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        REFUND_ONLY: {COMPLETED: ("refunded_at", "refund_method")},
        RETURN: {
            APPROVED: ("review", "reviewer", "reviewed_at"),
            GOODS: ("review", "reviewer", "reviewed_at"),
            REFUND: ("review", "reviewer", "reviewed_at"),
            COMPLETED: (
                "reviewer",
                "reviewed_at",
                "received_at",
                "inspected_at",
                "finance_reviewer",
                "finance_at",
                "refunded_at",
                "refund_method",
            ),
        },
        EXCHANGE: {
            APPROVED: ("review", "reviewer", "reviewed_at", "replacement_in_stock"),
            GOODS: ("review", "reviewer", "reviewed_at", "replacement_in_stock"),
            REPLACEMENT: ("review", "reviewer", "reviewed_at"),
            COMPLETED: (
                "reviewer",
                "reviewed_at",
                "received_at",
                "inspected_at",
                "restocked_at",
                "resent_at",
                "resent_waybill",
                "resent_received_at",
            ),
        },
    }
)
"""Kind -> state -> the cells that cannot be blank in it (60, 24)."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the conditions look at: a line's cells (anything with `.get(column)`), and how the desk works.

    `refund_first`: the money goes back once finance approved, not only when the goods were looked at. `has_finance`: finance
    reviews this kind of case at all.
    """

    cells: Any
    refund_first: bool = False
    has_finance: bool = True

    def meets(self, condition: str) -> bool:
        """Whether a condition holds; none always does."""
        return not condition or _CONDITIONS[condition](self)


def _get(column: str) -> Callable[[Standing], Any]:
    return lambda one: one.cells.get(column)


def _financed(one: Standing) -> bool:
    return not one.has_finance or one.cells.get("finance_review") == "approved"


def _inspected(one: Standing) -> bool:
    cells = one.cells
    return cells.get("received_at") is not None and cells.get("inspected_at") is not None and is_fit(cells)


def _restocked(one: Standing) -> bool:
    return _inspected(one) and one.cells.get("restocked_at") is not None


def is_fit(cells: Any) -> bool:
    """Whether the goods that came back passed, or count as passed because a discount was agreed (20: by agreement)."""
    return cells.get("inspection") != "failed" or (
        bool(cells.get("service_fee")) and bool(cells.get("service_fee_agreed"))
    )


_CONDITIONS: Mapping[str, Callable[[Standing], bool]] = {
    "shipped": lambda one: one.cells.get("shipped") is True,
    "unpaid": lambda one: one.cells.get("refunded_at") is None,
    "reviewed": lambda one: (
        one.cells.get("kind") == REFUND_ONLY
        or (one.cells.get("review") == "approved" and one.cells.get("reviewed_at") is not None)
    ),
    "review_again": lambda one: one.cells.get("review") is None or one.cells.get("finance_review") == "sent_back",
    "in_stock": lambda one: one.cells.get("replacement_in_stock") is not False,
    "financed": _financed,
    "refund_first": lambda one: one.refund_first and _financed(one),
    "ready_to_pay": lambda one: _inspected(one) or (one.refund_first and _financed(one)),
    "goods_refused": lambda one: one.cells.get("received_at") is not None and one.cells.get("inspection") == "failed",
    "goods_not_here": lambda one: one.cells.get("received_at") is None,
    "goods_awaited": lambda one: one.refund_first or one.cells.get("received_at") is None,
    "restocked": _restocked,
    "refunded": lambda one: one.cells.get("refunded_at") is not None,
    "resent": lambda one: one.cells.get("resent_at") is not None,
}


def ways(kind: str, state: str) -> Mapping[str, str]:
    """The states that may follow one, each with its condition.

    A state that the kind does not have (an exchange became a return, since nothing was left) leads back to the review.
    """
    return MOVES[kind].get(state, _END if state == COMPLETED else _ANEW)


_END: Mapping[str, str] = MappingProxyType({})
_ANEW: Mapping[str, str] = MappingProxyType({PENDING: ""})


def may_move(kind: str, before: str, after: str, standing: Standing) -> bool:
    """Whether a line may have come from one state to another: by a listed way, or on by several whose steps are all proven.

    Only the way on may be taken in one go; to be refused, called off or reviewed anew is a step of its own.
    """
    if before == after:
        return True
    seen, found = {before}, [before]
    while found:
        state = found.pop()
        if state != before and (after not in PASSED or not standing.meets(_LEFT.get(state, ""))):
            continue
        open_now = [one for one, condition in ways(kind, state).items() if standing.meets(condition)]
        if after in open_now:
            return True
        fresh = [one for one in open_now if one in PASSED and one not in seen]
        seen.update(fresh)
        found += fresh
    return False


def contradiction(kind: str, status: str, cells: Any) -> str | None:
    """Why a line of this kind cannot stand in a status, as the end of a reason's code; None where nothing speaks against it."""
    if status not in OVER and status not in MOVES[kind]:
        return "not-of-kind"
    if status in PASSED:
        if kind == REFUND_ONLY and cells.get("shipped") is True and status != COMPLETED:
            return "shipped"
        if cells.get("review") == "rejected":
            return "review-rejected"
        if kind == EXCHANGE and status != COMPLETED and cells.get("replacement_in_stock") is False:
            return "no-stock"
        if kind != REFUND_ONLY and status in (REFUND, REPLACEMENT, COMPLETED) and not is_fit(cells):
            return "inspection-failed"
        if kind == RETURN and status in BACK and cells.get("finance_review") == "sent_back":
            return "sent-back"
    is_refused = cells.get("inspection") == "failed" or cells.get("shipped") is True
    if status == REJECTED and cells.get("review") == "approved" and not is_refused:
        return "review-approved"
    return None

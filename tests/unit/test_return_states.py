"""The ways of the three kinds of return (20, Returns): what may follow what, and what a status cannot be said of."""

from __future__ import annotations

from datetime import datetime
from itertools import product

import pytest

from toolkit.registers.returns import RETURNS
from toolkit.rules.returns import MOVES, MUST_HOLD, Standing, contradiction, may_move, ways

KINDS = RETURNS.by_key["kind"].choices
STATUSES = RETURNS.by_key["status"].choices
AT = datetime(2026, 11, 24, 9, 0)
REVIEWED = {"review": "approved", "reviewed_at": AT}
FINANCED = {**REVIEWED, "finance_review": "approved"}
INSPECTED = {"received_at": AT, "inspected_at": AT, "inspection": "passed"}

ALWAYS = {
    "refund_only": {
        ("pending_review", "approved"), ("pending_review", "waiting_for_refund"), ("pending_review", "cancelled"),
        ("approved", "waiting_for_refund"), ("approved", "cancelled"),
        ("waiting_for_refund", "completed"), ("waiting_for_refund", "cancelled"),
        ("rejected", "pending_review"), ("cancelled", "pending_review"),
        ("waiting_for_goods", "pending_review"), ("waiting_for_replacement", "pending_review"),
    },
    "return_and_refund": {
        ("pending_review", "approved"), ("pending_review", "rejected"), ("pending_review", "cancelled"),
        ("approved", "pending_review"), ("approved", "cancelled"),
        ("waiting_for_goods", "pending_review"), ("waiting_for_goods", "cancelled"),
        ("waiting_for_refund", "completed"), ("waiting_for_refund", "waiting_for_goods"), ("waiting_for_refund", "pending_review"),
        ("waiting_for_replacement", "pending_review"),
        ("rejected", "pending_review"), ("cancelled", "pending_review"),
    },
    "exchange": {
        ("pending_review", "approved"), ("pending_review", "rejected"), ("pending_review", "cancelled"),
        ("approved", "waiting_for_goods"), ("approved", "pending_review"), ("approved", "cancelled"),
        ("waiting_for_goods", "cancelled"), ("waiting_for_refund", "pending_review"),
        ("waiting_for_replacement", "completed"),
        ("rejected", "pending_review"), ("cancelled", "pending_review"),
    },
}  # fmt: skip
"""Single steps of a line on which nothing but kind and status stands."""


def moves(kind, cells, **how):
    standing = Standing({"kind": kind, **cells}, **how)
    return {
        (before, after)
        for before, after in product(STATUSES, STATUSES)
        if before != after and may_move(kind, before, after, standing)
    }


@pytest.mark.parametrize("kind", KINDS)
def test_returns_of_a_bare_line_only_listed_steps_are_allowed(kind):
    steps = {(before, after) for before in MOVES[kind] for after in MOVES[kind][before]}
    found = moves(kind, {})
    assert found == ALWAYS[kind]
    assert {one for one in found if one[0] in MOVES[kind]} <= steps


@pytest.mark.parametrize(
    ("kind", "before", "after", "cells", "how", "expected"),
    [
        # Finance comes before the goods, where finance reviews at all.
        ("return_and_refund", "approved", "waiting_for_goods", REVIEWED, {}, False),
        ("return_and_refund", "approved", "waiting_for_goods", FINANCED, {}, True),
        ("return_and_refund", "approved", "waiting_for_goods", REVIEWED, {"has_finance": False}, True),
        # The goods come before the money, but where finance's word is enough.
        ("return_and_refund", "waiting_for_goods", "waiting_for_refund", FINANCED, {}, False),
        ("return_and_refund", "waiting_for_goods", "waiting_for_refund", {"received_at": AT}, {}, False),
        ("return_and_refund", "waiting_for_goods", "waiting_for_refund", INSPECTED, {}, True),
        ("return_and_refund", "waiting_for_goods", "waiting_for_refund", {**INSPECTED, "inspection": "failed"}, {}, False),
        ("return_and_refund", "waiting_for_goods", "waiting_for_refund",
         {**INSPECTED, "inspection": "failed", "service_fee": 20, "service_fee_agreed": True}, {}, True),
        ("return_and_refund", "approved", "waiting_for_refund", FINANCED, {}, False),
        ("return_and_refund", "approved", "waiting_for_refund", FINANCED, {"refund_first": True}, True),
        ("return_and_refund", "approved", "waiting_for_refund", REVIEWED, {"refund_first": True}, False),
        # Steps between two runs: each is proven, or it is a jump.
        ("return_and_refund", "pending_review", "waiting_for_goods", FINANCED, {}, True),
        ("return_and_refund", "pending_review", "waiting_for_goods", {"finance_review": "approved"}, {}, False),
        ("return_and_refund", "pending_review", "completed", {**FINANCED, **INSPECTED, "refunded_at": AT}, {}, True),
        ("return_and_refund", "pending_review", "completed", {**FINANCED, **INSPECTED}, {}, False),
        ("return_and_refund", "pending_review", "completed", {**FINANCED, "refunded_at": AT}, {}, False),
        ("refund_only", "pending_review", "completed", {"refunded_at": AT}, {}, True),
        ("refund_only", "pending_review", "completed", {}, {}, False),
        # Refund only is approved by itself: refusing it takes a shipment.
        ("refund_only", "pending_review", "rejected", {}, {}, False),
        ("refund_only", "pending_review", "rejected", {"shipped": True}, {}, True),
        # Goods that are unfit may be refused; goods that are fit may not.
        ("return_and_refund", "waiting_for_goods", "rejected", INSPECTED, {}, False),
        ("exchange", "waiting_for_goods", "rejected", {**INSPECTED, "inspection": "failed"}, {}, True),
        # Finance sends it back, and the review is made again.
        ("return_and_refund", "approved", "pending_review", REVIEWED, {}, False),
        ("return_and_refund", "approved", "pending_review", {**REVIEWED, "finance_review": "sent_back"}, {}, True),
        # A replacement leaves when the goods are back in stock.
        ("exchange", "waiting_for_goods", "waiting_for_replacement", INSPECTED, {}, False),
        ("exchange", "waiting_for_goods", "waiting_for_replacement", {**INSPECTED, "restocked_at": AT}, {}, True),
        # What is finished stays finished.
        ("exchange", "completed", "pending_review", {}, {}, False),
        ("return_and_refund", "completed", "waiting_for_refund", {}, {}, False),
        ("return_and_refund", "rejected", "approved", REVIEWED, {}, False),
    ],
)  # fmt: skip
def test_returns_a_step_takes_what_was_done_before_it(kind, before, after, cells, how, expected):
    assert may_move(kind, before, after, Standing({"kind": kind, **cells}, **how)) is expected


@pytest.mark.parametrize(
    ("kind", "status", "cells", "expected"),
    [
        ("exchange", "waiting_for_refund", {}, "not-of-kind"),
        ("return_and_refund", "waiting_for_replacement", {}, "not-of-kind"),
        ("refund_only", "waiting_for_goods", {}, "not-of-kind"),
        ("refund_only", "approved", {"shipped": True}, "shipped"),
        ("refund_only", "completed", {"shipped": True}, None),
        ("return_and_refund", "approved", {"review": "rejected"}, "review-rejected"),
        ("return_and_refund", "rejected", {"review": "approved"}, "review-approved"),
        ("return_and_refund", "rejected", {"review": "approved", "inspection": "failed"}, None),
        ("exchange", "approved", {"replacement_in_stock": False}, "no-stock"),
        ("exchange", "approved", {"replacement_in_stock": True}, None),
        ("return_and_refund", "waiting_for_refund", {"inspection": "failed"}, "inspection-failed"),
        ("return_and_refund", "waiting_for_goods", {"inspection": "failed"}, None),
        ("return_and_refund", "waiting_for_goods", {"finance_review": "sent_back"}, "sent-back"),
        ("return_and_refund", "approved", {"finance_review": "sent_back"}, None),
        ("return_and_refund", "cancelled", {"review": "rejected"}, None),
    ],
)
def test_returns_a_status_is_not_one_that_the_cells_speak_against(kind, status, cells, expected):
    assert contradiction(kind, status, cells) == expected


def test_returns_every_state_of_a_kind_is_reached_from_its_beginning_and_has_an_end():
    for kind in KINDS:
        reached, found = {"pending_review"}, ["pending_review"]
        while found:
            fresh = set(ways(kind, found.pop())) - reached
            reached |= fresh
            found += fresh
        assert reached == {*MOVES[kind], "completed"}
        assert set(MUST_HOLD[kind]) <= reached


def test_every_condition_and_every_cell_of_the_rules_has_a_name_that_exists():
    asked = {condition for kind in MOVES.values() for following in kind.values() for condition in following.values()}
    assert all(isinstance(Standing({}).meets(one), bool) for one in asked)
    assert {one for kind in MUST_HOLD.values() for cells in kind.values() for one in cells} <= RETURNS.by_key.keys()
    assert {status for kind in MOVES.values() for status in kind} <= set(STATUSES)

"""The bullets of 20, Returns, on the plan of the returns job: cells, findings, queues, and what a case of several lines is."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from decimal import Decimal

import pytest

from tests.unit.returns_desk import ADDRESS, FINANCED, NOW, PEOPLE, REVIEWED, desk
from tests.unit.test_settings import mistakes
from toolkit.core.actions import Plan
from toolkit.jobs import returns
from toolkit.registers.returns import RETURNS
from toolkit.registers.schema import Writer
from toolkit.settings.lexicons import lexicon_of

HERE = {"received_at": datetime(2026, 11, 23, 17, 0)}
INSPECTED = {**HERE, "inspected_at": datetime(2026, 11, 23, 17, 30), "inspected_by": "Wanda", "inspection": "passed"}
RESTOCKED = {
    **INSPECTED,
    "restocked_at": datetime(2026, 11, 23, 17, 40),
    "restocked_by": "Wanda",
    "restocked_quantity": 1,
}
PAID = {"refunded_at": datetime(2026, 11, 24, 9, 0), "refund_method": "original"}
SENT = {"resent_at": datetime(2026, 11, 24, 9, 0), "resent_waybill": "SF1", "resent_by": "Wanda", "resent_quantity": 1}
APPROVED = {"status": "approved", **REVIEWED}
GOODS = {"status": "waiting_for_goods", **REVIEWED, **FINANCED, **ADDRESS}
BEFORE_SHIPPING = {"kind": "refund_only", "shipped": None, "delivered_on": None, "reason": "dislike"}
EXCHANGE = {"kind": "exchange", "replacement_in_stock": True}


def codes(found, now=NOW):
    return [(column, code) for _, column, code in found.found(now)]


def refunds(found, *rows):
    return [found.cells(row=row).get("refund_amount") for row in rows or range(len(found.rows))]


# -- money ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, "100.00"),
        ({"coupons_used": 12, "points_used": 3}, "85.00"),
        ({"coupons_used": 12, "points_used": 3, "refund_coupons": True, "reviewer": "Olga"}, "97.00"),
        ({"coupons_used": 12, "points_used": 3, "refund_points": True, "reviewer": "Olga"}, "88.00"),
        ({"line_discount": 7.5}, "92.50"),
        ({"freight_paid": 20}, "100.00"),
        ({"freight_paid": 20, "refund_freight": True, "reviewer": "Olga"}, "120.00"),
        ({"freight_paid": 20, "order_is_whole": True}, "100.00"),
        ({"service_fee": 30, "service_fee_agreed": True}, "70.00"),
        ({"service_fee": 30}, "100.00"),
        ({"quantity": 1, "ordered_quantity": 3, "unit_price": 33.33, "line_discount": 10}, "30.00"),
        ({**BEFORE_SHIPPING, "freight_paid": 20}, "120.00"),
        ({**BEFORE_SHIPPING, "freight_paid": 20, "order_is_whole": False}, "100.00"),
        ({**BEFORE_SHIPPING, "freight_paid": 20, "ordered_quantity": None}, "100.00"),
        ({**BEFORE_SHIPPING, "freight_paid": 20, "ordered_quantity": 2}, "100.00"),
        ({**BEFORE_SHIPPING, "freight_paid": 20, "shipped": True}, "100.00"),
        ({**BEFORE_SHIPPING, "freight_paid": 20, "order_is_whole": True}, "120.00"),
        (
            {
                **BEFORE_SHIPPING,
                "freight_paid": 20,
                "order_is_whole": True,
                "refund_freight": False,
                "reviewer": "Olga",
            },
            "100.00",
        ),
        ({**BEFORE_SHIPPING, "coupons_used": 40}, "60.00"),
        ({**EXCHANGE, "freight_paid": 20}, None),
        ({"status": "rejected", "review": "rejected", "reject_reason": "Worn"}, None),
        ({"status": "cancelled"}, None),
    ],
)
def test_returns_refund_goods_and_freight_coupons_points_and_fees_by_their_rules(change, expected):
    found = desk(change)
    assert refunds(found) == [Decimal(expected) if expected else None]
    assert found.cells().get("case_refund") == (Decimal(expected) if expected else None)


def test_returns_freight_of_a_whole_order_goes_back_for_the_classes_that_the_desk_names():
    change = {"freight_paid": 20, "order_is_whole": True}
    config = "returns: {freight_back_for: [quality, transport]}"
    assert refunds(desk(change, config=config)) == [Decimal(120)]
    assert refunds(desk({**change, "reason": "dislike"}, config=config)) == [Decimal(100)]


def test_returns_an_order_is_whole_when_every_line_of_it_comes_back_with_all_its_pieces_at_once():
    """Freight goes back only with the whole order: as a clerk says, else as quantities and the orders register tell."""
    line = {**BEFORE_SHIPPING, "freight_paid": 20, "order_no": "SO-77"}
    two = [{"order_no": "SO-77", "line_no": str(n), "customer": "Ann", "status": "confirmed"} for n in (1, 2)]
    other = {**line, "line_no": "2", "product": "Table"}
    assert refunds(desk(line)) == [Decimal(120)]  # the register knows nothing else of it
    assert refunds(desk(line, orders=two)) == [Decimal(100)]
    assert refunds(desk(line, orders=[two[0], {**two[1], "status": "cancelled"}])) == [Decimal(120)]
    assert refunds(desk(line, other, orders=two)) == [Decimal(110)] * 2
    assert refunds(desk(line, {**other, "quantity": 1, "ordered_quantity": 2}, orders=two)) == [Decimal(100)] * 2
    assert refunds(desk(line, {**other, "return_no": "RT-2", "product": "Chair"}, orders=two)) == [Decimal(100)] * 2


def test_returns_parts_of_a_case_add_up_and_freight_that_was_typed_on_each_line_counts_once():
    lines = ({"line_no": str(n), "product": f"P{n}", "freight_paid": 10, "unit_price": 10} for n in (1, 2, 3))
    found = desk(*({**BEFORE_SHIPPING, "order_is_whole": True, **line} for line in lines))
    assert refunds(found) == [Decimal("13.34"), Decimal("13.33"), Decimal("13.33")]
    assert [found.cells(row=row)["case_refund"] for row in range(3)] == [Decimal(40)] * 3


def test_returns_a_refused_line_takes_no_part_and_the_order_is_not_whole_any_more():
    refused = {"status": "rejected", "review": "rejected", "reviewer": "Olga", "reject_reason": "Worn"}
    found = desk(
        {"line_no": "1", "order_is_whole": True, "freight_paid": 10},
        {"line_no": "2", "product": "Table", **refused},
        config="returns: {freight_back_for: quality}",
    )
    assert refunds(found) == [Decimal(100), None]
    assert [found.cells(row=row)["case_refund"] for row in (0, 1)] == [Decimal(100)] * 2


def test_returns_pieces_of_one_order_line_in_several_cases_add_up_to_what_was_paid():
    lines = [
        {
            "return_no": f"RT-{n}",
            "ordered_quantity": 3,
            "unit_price": 100,
            "coupons_used": 10,
            "applied_at": datetime(2026, 11, 23, n),
        }
        for n in (1, 2, 3)
    ]
    found = desk(*lines)
    assert sum(refunds(found)) == Decimal(290)
    assert codes(found) == []


def test_returns_a_price_that_cannot_be_read_leaves_the_amounts_as_they_are_and_says_so():
    found = desk({"unit_price": "a hundred", "refund_amount": 5})
    assert refunds(found) == [None]
    assert codes(found) == [("unit_price", "not-a-number")]
    assert "refund_amount" not in found.cells()


# -- states --------------------------------------------------------------------------------------------------------


def test_returns_only_listed_transitions_are_allowed_and_the_case_goes_on_from_where_it_stood():
    found = desk({**APPROVED, "status": "pending_review"})
    found.run()
    found.type(status="completed", **PAID)
    assert codes(found) == [("status", "not-allowed-transition")]
    found.run()
    assert found.rows[0]["check"] == (
        "Status: “Pending review” cannot become “Completed”; it may become: Approved, Rejected, Cancelled"
    )
    assert found.rows[0]["allowed_next"] == "Approved, Rejected, Cancelled"
    assert "set it back to “Pending review”" in found.rows[0]["next_step"]
    assert "return-refunded" not in [notice for notice, _ in found.sent]
    found.run()  # what is not allowed does not become right because it stands there
    assert codes(found) == [("status", "not-allowed-transition")]
    found.type(status="approved", refunded_at=None, refund_method=None)
    assert codes(found) == []


def test_returns_steps_between_two_runs_are_fine_where_each_is_proven():
    found = desk()
    found.run()
    found.type(**REVIEWED, **FINANCED, **ADDRESS, **HERE, status="waiting_for_goods")
    assert codes(found) == []
    found.type(status="waiting_for_refund")
    assert codes(found) == [("status", "not-allowed-transition")]
    found.type(**INSPECTED)
    assert codes(found) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"status": "waiting_for_replacement", **REVIEWED}, [("status", "not-allowed-transition")]),
        (
            {"status": "approved", **REVIEWED, "review": "rejected", "reject_reason": "Worn"},
            [("status", "not-allowed-transition")],
        ),
        ({**EXCHANGE, **APPROVED, "replacement_in_stock": False}, [("status", "not-allowed-transition")]),
        ({**EXCHANGE, **APPROVED, "replacement_in_stock": None}, [("replacement_in_stock", "required")]),
        ({**BEFORE_SHIPPING, "shipped": True, "status": "approved"}, [("status", "not-allowed-transition")]),
        ({"status": "approved"}, [("review", "required"), ("reviewer", "required"), ("reviewed_at", "required")]),
        ({**GOODS, **RESTOCKED, **PAID, "status": "completed", "finance_at": None}, [("finance_at", "required")]),
        ({**GOODS, **RESTOCKED, **PAID, "status": "completed"}, []),
        ({"status": "rejected", **REVIEWED, "review": "rejected"}, [("reject_reason", "required")]),
    ],
)
def test_returns_a_status_is_not_one_that_the_row_speaks_against(change, expected):
    assert codes(desk(change)) == expected


# -- reviewers, quantities, agreements -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([{**APPROVED, **FINANCED, "finance_reviewer": "olga"}], [(0, "finance_reviewer", "same-reviewer")]),
        ([{**APPROVED, **FINANCED, "finance_reviewer": "S01"}], [(0, "finance_reviewer", "same-reviewer")]),
        ([{**APPROVED, **FINANCED}], []),
        (
            [{"line_no": "1", **APPROVED}, {"line_no": "2", "status": "approved", "finance_reviewer": "Olga"}],
            [(0, "finance_reviewer", "same-reviewer"), (1, "finance_reviewer", "same-reviewer")],
        ),
    ],
)
def test_returns_the_two_reviewers_are_different_people_under_whatever_name(changes, expected):
    assert desk(*changes).found() == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"quantity": 2}, [("quantity", "too-much")]),
        ({"quantity": 2, "ordered_quantity": 2}, []),
        ({"line_discount": 101}, [("line_discount", "too-much")]),
        ({"service_fee": 101, "service_fee_agreed": True}, [("service_fee", "too-much")]),
        ({"service_fee": 60, "service_fee_agreed": True, "coupons_used": 60}, [("service_fee", "too-much")]),
        ({**GOODS, **RESTOCKED, "restocked_quantity": 2}, [("restocked_quantity", "too-much")]),
        ({"service_fee": 20}, []),
        ({"service_fee": 20, **APPROVED}, [("service_fee_agreed", "needs-agreement")]),
        ({"service_fee": 20, "service_fee_agreed": True, **APPROVED}, []),
        ({"refund_coupons": True}, [("reviewer", "required")]),
        ({**GOODS, **HERE, "restocked_at": datetime(2026, 11, 23, 18, 0)}, [("inspected_at", "required")]),
        ({**EXCHANGE, **GOODS, **RESTOCKED, **SENT, "resent_waybill": None}, [("resent_waybill", "required")]),
        ({**EXCHANGE, **GOODS, **RESTOCKED, **SENT, "resent_quantity": 3}, [("resent_quantity", "too-much")]),
        ({**GOODS, **RESTOCKED, **PAID, "refund_method": "cash"}, [("refund_method", "not-original-method")]),
        ({**GOODS, **RESTOCKED, **PAID, "refund_method": "cash", "original_method": "cash"}, []),
        ({**GOODS, **RESTOCKED, **PAID, "refund_method": "cash", "original_method": "transfer"}, [("refund_method", "not-original-method")]),
        ({**GOODS, "received_at": datetime(2026, 11, 20, 9, 0)}, [("received_at", "out-of-order")]),
    ],
)  # fmt: skip
def test_returns_nothing_is_more_than_it_can_be_and_what_must_be_agreed_is(change, expected):
    assert codes(desk(change)) == expected


def test_returns_a_fee_that_was_typed_on_the_first_line_is_borne_by_the_others_and_is_no_mistake():
    lines = (
        {"line_no": "1", "unit_price": 20, "service_fee": 30, "service_fee_agreed": True},
        {"line_no": "2", "unit_price": 100, "product": "Table"},
    )
    found = desk(*lines)
    assert (found.found(), [found.cells(row=row)["refund_amount"] for row in (0, 1)]) == (
        [],
        [Decimal(0), Decimal(90)],
    )


def test_returns_a_discount_is_held_against_what_all_pieces_of_the_line_cost():
    found = desk({"quantity": 2, "ordered_quantity": 2, "line_discount": 201})
    assert found.cells()["check"] == ("Line discount: 201 is more than the 200 that the pieces of this line cost")


def test_returns_fewer_pieces_stored_than_came_back_is_a_warning():
    done = {**GOODS, **RESTOCKED, **PAID, "status": "completed", "quantity": 2, "ordered_quantity": 2}
    assert codes(desk(done)) == [("restocked_quantity", "quantity-differs")]


@pytest.mark.parametrize(("sku", "letters"), [("CH-1", []), (None, ["return-applied"])])
def test_returns_several_cases_give_back_no_more_than_was_ordered_and_a_name_alone_holds_nothing_up(sku, letters):
    several = {"quantity": 2, "ordered_quantity": 3, "sku": sku}
    found = desk(
        {
            **several,
            "status": "waiting_for_goods",
            "return_no": "RT-0",
            **GOODS,
            "applied_at": datetime(2026, 11, 22, 9, 0),
        },
        several,
    )
    found.run()
    assert found.found() == [(1, "quantity", "too-much")]
    assert [notice for notice, key in found.sent if key == "RT-1#1"] == letters
    found.type(status="cancelled")
    assert found.found() == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"reason": "dislike", "used": True}, [("service_fee", "needs-agreement")]),
        ({"reason": "dislike", "used": True, "service_fee": 0}, []),
        ({"reason": "dislike", "used": True, "service_fee": 15, "service_fee_agreed": True}, []),
        ({"reason": "dislike", "packing_damaged": True, "category": "lighting"}, [("service_fee", "needs-agreement")]),
        ({"reason": "dislike", "packing_damaged": True, "category": "sofa"}, []),
        ({"reason": "quality_defect", "used": True}, []),
    ],
)
def test_returns_used_goods_are_a_paid_exchange_or_a_discount_and_furniture_must_be_opened_to_be_seen(change, expected):
    found = desk({**change, **APPROVED})
    assert codes(found) == expected
    asked = desk({**change, "service_fee": None, "service_fee_agreed": None}).cells()["next_step"]
    may_pass = change["reason"] == "quality_defect" or change.get("category") == "sofa"
    assert ("used or opened" in asked) is not may_pass


# -- who pays, how the goods come back -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "payer", "way"),
    [
        ({"reason": "dislike"}, "customer", "by courier"),
        ({"reason": "transport_damage", "category": "sofa"}, "seller", "collected from home"),
        ({"reason": "wrong_item", "under_way": True, "category": "sofa"}, "seller", "refuse on delivery"),
        ({"reason": "missing_parts", "category": None}, "seller", "large pieces collected, small ones by courier"),
        ({**EXCHANGE, "reason": "size_does_not_fit"}, "customer", "by courier"),
        (BEFORE_SHIPPING, None, None),
    ],
)
def test_returns_without_cause_the_customer_pays_the_freight_and_goods_are_refused_collected_or_sent(
    change, payer, way
):
    cells = desk(change).cells()
    assert (cells.get("freight_payer"), cells.get("buyer_returns")) == (payer, way)


REASONS = """
returns:
  reasons:
    moths: {class: quality, label: {en: Moths, zh-CN: 虫蛀}}
    dislike: {hide: true, class: no_cause}
    size_does_not_fit: {class: not_as_described}
  reason_order: [moths, other]
"""


def test_returns_reasons_are_a_managed_list_to_add_to_hide_from_and_to_order():
    found = desk(
        {"reason": "moths"},
        {"return_no": "RT-2", "order_no": "SO-2", "reason": "dislike"},
        {"return_no": "RT-3", "order_no": "SO-3", "reason": "size_does_not_fit"},
        config=REASONS,
    )
    assert [found.cells(row=row)["freight_payer"] for row in range(3)] == ["seller", "customer", "seller"]
    assert found.found() == []
    offered = lexicon_of(found.settings).offered_keys("returns", RETURNS.by_key["reason"])
    assert offered[:3] == ("moths", "other", "quality_defect")
    assert "dislike" not in offered
    assert len(offered) == 10
    assert lexicon_of(found.settings, "zh-CN").choice_names("returns", "reason", "moths") == ("虫蛀",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("returns: {reasons: {moths: {class: quality}}}", "a reason of your own has a class and a label"),
        (
            "returns: {reasons: {moths: {class: bugs}}}",
            'found "bugs"; allowed: quality, not_as_described, transport, no_cause',
        ),
        ("registers: {returns: {choices: {reason: {moths: [虫蛀]}}}}", "name it under returns.reasons"),
        ("returns: {large: [sofas]}", 'did you mean "sofa"?'),
        ("returns: {reason_order: [dislikes]}", 'did you mean "dislike"?'),
        ("returns: {refund_when: later}", "allowed: inspected, finance"),
    ],
)
def test_returns_a_mistake_in_the_list_is_named(text, said):
    (found,) = [one for one in mistakes(text) if said in one]
    assert found.startswith("config.yaml:1: ")


# -- queues --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, "review: Operations Olga, by 2026-11-24 18:00"),
        ({"reviewer": "Rita"}, "review: Operations Rita, by 2026-11-24 18:00"),
        ({"kind": "exchange"}, "review: first see whether the replacement is in stock: Operations Olga, by 2026-11-24 18:00"),
        ({"kind": "exchange", "replacement_in_stock": False},
         "review: no replacement in stock: get one, agree a return instead, or reject with a reason: Operations Olga, by 2026-11-24 18:00"),
        (APPROVED, "finance review: Finance Finn, by 2026-11-24 18:00"),
        # The one who reviewed first cannot be the second.
        ({**APPROVED, **FINANCED, **ADDRESS, "finance_reviewer": "olga"}, "finance review by somebody other than olga: Finance"),
        ({**GOODS, **RESTOCKED, "status": "waiting_for_refund", "finance_reviewer": "S01"}, "finance review by somebody other than S01: Finance"),
        ({**APPROVED, **FINANCED}, "fill in the return contact, address and date: Operations Olga"),
        ({**APPROVED, **FINANCED, **ADDRESS}, "set the status to “Waiting for goods”: Operations Olga"),
        ({**APPROVED, **FINANCED, "under_way": True}, "set the status to “Waiting for goods”: Operations Olga"),
        (GOODS, "send the goods: the customer, by 2026-12-01 23:59"),
        ({**GOODS, **HERE}, "inspect the goods: Warehouse Wanda"),
        ({**GOODS, **INSPECTED}, "take the goods into stock: Warehouse Wanda"),
        ({**GOODS, **INSPECTED, "inspection": "failed"}, "inspection failed: agree a discount, or reject with a reason: Operations Olga"),
        ({**GOODS, **RESTOCKED}, "set the status to “Waiting for refund”: Finance Finn"),
        ({**GOODS, **RESTOCKED, "status": "waiting_for_refund"}, "refund by the original method: Finance Finn, by 2026-11-30 23:59"),
        ({**GOODS, **RESTOCKED, **PAID, "status": "waiting_for_refund"}, "set the status to “Completed”: Finance Finn"),
        ({**EXCHANGE, **GOODS, **RESTOCKED}, "set the status to “Waiting for replacement”: Warehouse Wanda"),
        ({**EXCHANGE, **GOODS, **RESTOCKED, "status": "waiting_for_replacement"}, "send the replacement, note the waybill: Warehouse Wanda"),
        ({**EXCHANGE, **GOODS, **RESTOCKED, **SENT, "status": "waiting_for_replacement"}, "receive the replacement: the customer"),
        ({**BEFORE_SHIPPING, "shipped": True, "delivered_on": date(2026, 11, 20)},
         "already shipped, so no refund without a return: make it one, or reject it with a reason: Operations Olga"),
        ({"status": "pending_review", **REVIEWED, "review": "rejected", "reject_reason": "Worn"}, "set the status to “Rejected”: Operations Olga"),
    ],
)  # fmt: skip
def test_returns_each_queue_sees_its_step_with_the_role_and_the_due_time(change, expected):
    assert desk(change).cells()["next_step"] == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({**APPROVED, **FINANCED, "finance_reviewer": "olga"}, "Waiting for goods (first: finance approves), Cancelled"),
        ({**APPROVED, **FINANCED}, "Waiting for goods, Cancelled"),
        ({"kind": "exchange", "replacement_in_stock": False}, "Approved (first: replacement in stock), Rejected, Cancelled"),
        ({"kind": "exchange", "replacement_in_stock": True}, "Approved, Rejected, Cancelled"),
    ],
)  # fmt: skip
def test_returns_what_may_follow_says_what_must_be_there_first(change, expected):
    assert desk(change).cells()["allowed_next"] == expected


def test_returns_a_queue_without_anybody_is_named_by_its_role():
    assert desk(people=PEOPLE[3:]).cells()["next_step"] == "review: Operations, by 2026-11-24 18:00"


def test_returns_refund_first_pays_when_finance_said_yes_and_awaits_the_goods_after():
    found = desk({**APPROVED, **FINANCED, **ADDRESS}, config="returns: {refund_when: finance}")
    assert found.cells()["allowed_next"] == "Waiting for goods, Waiting for refund, Cancelled"
    assert found.cells()["next_step"] == "set the status to “Waiting for refund”: Operations Olga"
    found.run()
    found.type(status="waiting_for_refund", **PAID)
    assert (codes(found), found.cells()["next_step"]) == ([], "set the status to “Waiting for goods”: Finance Finn")
    found.run()
    found.type(status="waiting_for_goods", **RESTOCKED)
    assert (codes(found), found.cells()["next_step"]) == ([], "set the status to “Completed”: Finance Finn")


# -- cases, numbers, what stays as it is ---------------------------------------------------------------------------


def test_returns_what_is_typed_on_one_line_holds_for_the_case():
    found = desk(
        {"line_no": "1", **APPROVED, **FINANCED, **ADDRESS},
        {"line_no": "2", "product": "Table", "status": "approved", "applied_at": datetime(2026, 11, 23, 10, 0)},
    )
    assert found.found() == []
    assert found.cells(row=1)["next_step"] == "set the status to “Waiting for goods”: Operations Olga"


def numbers(found):
    return [(one.at.row - 2, one.new) for one in found.job().edits if one.column == "return_no"]


def test_returns_new_lines_of_one_application_get_one_number_and_the_same_again():
    blank = {"return_no": None}
    found = desk(
        {"return_no": "RT-20261123-0004"},
        {**blank, "line_no": "1"},
        {**blank, "line_no": "2"},
        {**blank, "order_no": "SO-2"},
    )
    expected = [(1, "RT-20261123-0005"), (2, "RT-20261123-0005"), (3, "RT-20261123-0006")]
    assert numbers(found) == expected
    assert [(one.key, one.nth) for one in found.job().reservations] == [
        ("RT-20261123-0005", 1),
        ("RT-20261123-0006", 1),
    ]
    found.run()
    assert [one["return_no"] for one in found.rows] == ["RT-20261123-0004", *(number for _, number in expected)]
    found.rows.append({**found.rows[2], "return_no": None, "line_no": "3"})
    found.rows.append({**found.rows[2], "return_no": None, "line_no": "2"})  # a copy of a line is a case of its own
    assert numbers(found) == [(4, "RT-20261123-0005"), (5, "RT-20261123-0007")]


def test_returns_a_line_with_a_fault_gets_no_number_and_no_letter():
    found = desk({"return_no": None, "quantity": None})
    assert numbers(found) == []
    assert found.told() == []
    assert codes(found) == [("quantity", "required")]


def test_returns_a_number_that_stands_twice_is_written_about_to_nobody():
    found = desk({}, {"product": "Table"})
    assert found.told() == []
    assert found.found() == [(0, "return_no", "duplicate-key"), (1, "return_no", "duplicate-key")]


def test_returns_a_second_run_plans_nothing():
    found = desk(
        {"line_no": "1"}, {"line_no": "2", "product": "Table"}, {"return_no": "RT-2", "order_no": "SO-2", **APPROVED}
    )
    found.run()
    again = found.plan()
    assert (again.edits, again.observations, again.reservations) == ((), (), ())
    assert found.told() == []


def test_returns_a_closed_case_is_frozen_whatever_the_rules_become():
    found = desk({**GOODS, **RESTOCKED, **PAID, "status": "completed"})
    found.run()
    before = dict(found.rows[0])
    found.config = "policies: {P-19.review: {target: 5bd}, P-18: off}"
    found.__post_init__()
    assert found.plan().edits == ()
    found.type(refund_amount=1)  # but what was typed over is put right
    found.run()
    assert found.rows[0]["refund_amount"] == before["refund_amount"]


def test_returns_staff_cells_are_never_written():
    found = desk(
        {}, {"return_no": None, "order_no": "SO-2"}, {"return_no": "RT-3", "order_no": "SO-3", **GOODS, **INSPECTED}
    )
    owners = {one.column: RETURNS.by_key[one.column].written_by for one in found.plan().edits}
    assert Writer.STAFF not in owners.values()
    assert [column for column, owner in owners.items() if owner is Writer.FILL] == ["return_no"]


def test_returns_nothing_is_judged_while_the_register_or_the_staff_cannot_be_read():
    found = desk()
    for register in ("returns", "staff"):
        unread = dataclasses.replace(found.snapshot(), unread=(("main", register),))
        assert returns.plan(unread, found.settings, NOW) == Plan()
        assert list(returns.agenda(unread, found.settings, NOW)) == []

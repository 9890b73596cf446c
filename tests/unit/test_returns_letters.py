"""What the customer hears of a return: each letter at its event, once for a case, with what 20, Returns, says it tells."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from tests.unit.returns_desk import ADDRESS, FINANCED, NOW, REVIEWED, desk
from toolkit.letters import sample

HERE = {"received_at": datetime(2026, 11, 24, 9, 0)}
INSPECTED = {**HERE, "inspected_at": datetime(2026, 11, 24, 9, 10), "inspection": "passed"}
RESTOCKED = {**INSPECTED, "restocked_at": datetime(2026, 11, 24, 9, 20)}
PAID = {"refunded_at": datetime(2026, 11, 24, 9, 30), "refund_method": "original"}
SENT = {"resent_at": datetime(2026, 11, 24, 9, 30), "resent_waybill": "SF140009"}
APPROVED = {"status": "approved", **REVIEWED}
GOODS = {"status": "waiting_for_goods", **REVIEWED, **FINANCED, **ADDRESS}
REFUSED = {"status": "rejected", **REVIEWED, "review": "rejected", "reject_reason": "Clear signs of wear."}
BEFORE_SHIPPING = {"kind": "refund_only", "shipped": None, "delivered_on": None, "reason": "dislike"}
EXCHANGE = {"kind": "exchange", "replacement_in_stock": True}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, ["return-applied"]),
        (REVIEWED, []),
        (BEFORE_SHIPPING, ["return-approved"]),
        ({**BEFORE_SHIPPING, "shipped": True}, []),
        # A return: when finance agreed too, and it can be said where to; or when staff went on.
        (APPROVED, []),
        ({**APPROVED, **FINANCED}, []),
        ({**APPROVED, **FINANCED, **ADDRESS, "return_to_contact": None}, []),
        ({**APPROVED, **FINANCED, **ADDRESS}, ["return-approved"]),
        ({**APPROVED, **FINANCED, "under_way": True}, ["return-approved"]),
        ({**APPROVED, **FINANCED, "finance_review": "sent_back", **ADDRESS}, []),
        # An exchange has one review.
        ({**EXCHANGE, **APPROVED, **ADDRESS}, ["return-approved"]),
        (REFUSED, ["return-rejected"]),
        ({**REFUSED, "reject_reason": None}, []),
        ({**GOODS, **HERE}, ["return-received"]),
        # Goods that were refused go back: nobody promises a refund for them.
        ({**GOODS, **INSPECTED, "inspection": "failed"}, []),
        (
            {**GOODS, **INSPECTED, "inspection": "failed", "service_fee": 20, "service_fee_agreed": True},
            ["return-received"],
        ),
        (
            {**GOODS, **INSPECTED, "inspection": "failed", "status": "rejected", "reject_reason": "Worn"},
            ["return-rejected"],
        ),
        ({**GOODS, **RESTOCKED, "status": "waiting_for_refund"}, ["return-received"]),
        ({**GOODS, **RESTOCKED, **PAID, "status": "completed"}, ["return-refunded"]),
        ({**EXCHANGE, **GOODS, **RESTOCKED, **SENT, "status": "waiting_for_replacement"}, ["return-resent"]),
        ({"status": "cancelled"}, []),
        # Whoever has a fault in the row is written to by nobody.
        ({"quantity": 3}, []),
        ({**GOODS, **FINANCED, "finance_reviewer": "S01", **HERE}, []),
    ],
)
def test_returns_each_letter_stands_at_its_event(change, expected):
    assert desk(change).told() == expected


def test_returns_approval_gives_address_contact_and_date_the_freight_and_the_refund():
    change = {**APPROVED, **FINANCED, **ADDRESS, "reason": "dislike", "service_fee": 12, "service_fee_agreed": True}
    (text,) = desk(change, config="currency: GBP").letters().values()
    for said in ("Unit 3", "Returns desk", "0572-8800123", "Tue 1 Dec", "Paid by you", "12.00", "88.00", "courier"):
        assert said in text


def test_returns_goods_under_way_are_refused_on_delivery_not_sent_back():
    (text,) = desk({**APPROVED, **FINANCED, "under_way": True}).letters().values()
    assert "refuse them on delivery" in text


@pytest.mark.parametrize(
    ("change", "expected", "other"),
    [
        (REFUSED, "we could not approve your request", "how the goods get back to you"),
        ({**GOODS, **INSPECTED, "inspection": "failed", "status": "rejected", "reject_reason": "Clear signs of wear."},
         "how the goods get back to you", "we could not approve your request"),
    ],
)  # fmt: skip
def test_returns_rejection_tells_the_reason_and_where_the_goods_are(change, expected, other):
    text = desk(change).letters()["return-rejected"]
    assert ("Clear signs of wear." in text, expected in text, other in text) == (True, True, False)


def test_returns_letters_are_told_the_values_that_their_contract_names():
    found = desk(
        {},
        {"return_no": "RT-2", "order_no": "SO-2", **APPROVED, **FINANCED, **ADDRESS},
        {"return_no": "RT-3", "order_no": "SO-3", **REFUSED},
        {"return_no": "RT-4", "order_no": "SO-4", **GOODS, **HERE},
        {"return_no": "RT-5", "order_no": "SO-5", **GOODS, **RESTOCKED, **PAID, "status": "completed"},
        {"return_no": "RT-6", "order_no": "SO-6", **EXCHANGE, **GOODS, **RESTOCKED, **SENT, "status": "completed",
         "resent_received_at": datetime(2026, 11, 24, 9, 50)},
        {"return_no": "RT-7", "order_no": "SO-7", **GOODS, "return_by": datetime(2026, 11, 25)},
    )  # fmt: skip
    told = {one.notice: one.values() for one in found.job().occasions if one.to.audience == "customer"}
    assert set(told) == {
        "return-applied", "return-approved", "return-rejected", "return-received", "return-refunded", "return-resent",
        "return-due",
    }  # fmt: skip
    for notice, values in told.items():
        wanted = sample.sample(notice, "returns", "customer", "en")
        standing = {"company", "currency", "timezone", "to_name", "now"}
        assert values.keys() == wanted.keys() - standing, notice
        assert values["case"].keys() == wanted["case"].keys(), notice


def test_returns_a_case_of_several_lines_is_one_letter_that_names_them_all():
    found = desk({"line_no": "2", "product": "Table", "quantity": 2, "ordered_quantity": 2}, {"line_no": "1"})
    found.run()
    assert found.sent == [("return-applied", "RT-1#1")]
    (text,) = desk(*found.rows).letters().values()
    assert re.search(r"Table\s×\s2", text)
    assert re.search(r"Chair\s×\s1", text)


def test_returns_a_line_that_is_refused_and_one_that_is_approved_are_told_apart():
    found = desk({"line_no": "1", **APPROVED, **FINANCED, **ADDRESS}, {"line_no": "2", "product": "Table", **REFUSED})
    texts = found.letters()
    assert [("Chair" in texts[one], "Table" in texts[one]) for one in ("return-approved", "return-rejected")][1] == (
        False,
        True,
    )
    assert "100" in texts["return-approved"]


def test_returns_each_letter_once_whoever_sorts_adds_or_deletes_lines():
    found = desk({"line_no": "3"}, {"line_no": "2", "product": "Table"})
    found.run()
    found.rows.append({**found.rows[0], "line_no": "1", "product": "Lamp"})
    found.run(NOW + timedelta(minutes=10))
    found.rows.reverse()
    found.run(NOW + timedelta(minutes=20))
    found.rows = [one for one in found.rows if one["line_no"] != "2"]
    found.run(NOW + timedelta(minutes=30))
    assert found.sent == [("return-applied", "RT-1#2")]


def test_returns_an_application_that_is_taken_up_again_is_answered_again():
    found = desk()
    found.run()
    found.type(**REFUSED)
    found.run()
    found.type(status="pending_review", review=None, reviewed_at=None, reject_reason=None)
    found.run()
    found.type(**{**REFUSED, "reviewed_at": datetime(2026, 11, 24, 9, 0)})
    found.run()
    assert [notice for notice, _ in found.sent] == ["return-applied", "return-rejected", "return-rejected"]


def test_returns_a_refund_that_waits_for_the_morning_still_stands_when_the_case_is_closed():
    found = desk({**GOODS, **RESTOCKED, **PAID, "status": "completed"})
    found.run()
    assert [one.notice for one in found.job().occasions] == ["return-refunded"]
    assert [one.notice for one in found.job(NOW + timedelta(days=4)).occasions] == ["return-refunded"]
    assert found.job(NOW + timedelta(days=7)).occasions == ()


def test_returns_nobody_is_told_of_what_was_before_the_desk_went_live():
    assert desk({}, config="channels: {only_since: 2026-11-24}").told() == []


def test_returns_the_phone_of_one_without_mail_gets_the_text():
    found = desk({"email": None, "phone": "13800138000"})
    assert [(one.to.channel, one.to.address) for one in found.job().occasions] == [("sms", "13800138000")]

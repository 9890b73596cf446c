"""A blank status is the first one: who enters an application or an order has not decided anything yet."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.small_desk import SmallDesk, settings_of

NOW = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
ORDER = {"order_no": "SO-1", "product": "Table", "promised_by": datetime(2026, 12, 18)}
RETURN = {
    "return_no": "RT-1",
    "order_no": "SO-1",
    "kind": "return_and_refund",
    "product": "Table",
    "quantity": 1,
    "unit_price": 500,
    "reason": "quality_defect",
    "shipped": "yes",
    "delivered_on": datetime(2026, 11, 20),
    "applied_at": datetime(2026, 11, 21, 10),
}


@pytest.mark.parametrize(
    ("typed", "status", "codes"),
    [
        ({}, "pending_review", []),
        ({"status": "   "}, "pending_review", []),
        ({"status": "approved"}, "approved", []),
        ({"status": "perhaps"}, None, ["not-a-choice"]),
    ],
)
def test_returns_whose_status_is_blank_wait_for_review_and_what_cannot_be_read_does_not(typed, status, codes):
    desk = SmallDesk(settings_of(), {"orders": [ORDER], "returns": [RETURN | typed]})
    snapshot = desk.snapshot(NOW)
    ((_, row),) = snapshot.rows("returns")
    assert row.status == status
    assert [one.code for one in snapshot.findings if one.register == "returns"] == codes


def test_orders_need_a_number_and_a_promise_and_nothing_else():
    """10: order_no R, promised_by R; a register without a column of statuses or customers is read as well."""
    desk = SmallDesk(settings_of(), {"orders": [ORDER, {"product": "Chair"}]})
    snapshot = desk.snapshot(NOW)
    first, second = (row for _, row in snapshot.rows("orders"))
    assert (first.status, first.has_fault, second.status) == ("new", False, "new")
    assert [(one.column, one.code, one.place.row) for one in snapshot.findings if one.register == "orders"] == [
        ("order_no", "required", 3),
        ("promised_by", "required", 3),
    ]

"""The carrier claims of the “money open” list: what is outstanding, since when (20, Digest and reports)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from tests.small_desk import SmallDesk, settings_of
from toolkit.jobs.order.claims import open_claims

ORDER = {
    "order_no": "SO-1",
    "customer": "Anna Berg",
    "ordered_on": date(2026, 10, 1),
    "promised_by": date(2026, 11, 1),
    "shipped_on": date(2026, 10, 20),
    "picked_up_on": date(2026, 10, 30),
    "carrier": "Deppon",
    "status": "completed",
}
DAMAGED = {"damaged_on_pickup": True}
FILED = {**DAMAGED, "claim_filed_at": datetime(2026, 11, 1, 9), "claim_amount": 680}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, None),
        (DAMAGED, (date(2026, 10, 30), False, None, None)),
        ({**DAMAGED, "claim_amount": 680}, (date(2026, 10, 30), False, Decimal(680), Decimal(680))),
        (FILED, (date(2026, 11, 1), True, Decimal(680), Decimal(680))),
        ({**FILED, "claim_received": 200.5}, (date(2026, 11, 1), True, Decimal(680), Decimal("479.5"))),
        ({**FILED, "claim_received": 680, "claim_result": "paid"}, None),
        ({**FILED, "claim_result": "refused"}, None),
        ({**FILED, "claim_amount": None, "claim_received": 300, "claim_result": "paid"}, None),
    ],
)
def test_money_open_a_carrier_claim_is_open_until_it_is_paid_or_refused(said, expected):
    desk = SmallDesk(settings_of(), {"orders": [{**ORDER, **said}]})
    found = [
        (one.since, one.is_filed, one.claimed, one.outstanding)
        for one in open_claims(desk.snapshot(desk.moment("2026-11-24T10:00")))
    ]
    assert found == ([] if expected is None else [expected])

"""The letters about orders and parts, as the jobs fill them: what the samples promise, and readable in both languages."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from tests.small_desk import SmallDesk, new_letters, settings_of
from toolkit.jobs.order.view import ORDER
from toolkit.jobs.parts import PART
from toolkit.letters import sample
from toolkit.letters.library import Library

ROOT = Path(__file__).parents[2]
CONFIG = (
    "channels: {only_since: 2026-11-01, quiet_hours: none}\norders: {deadline_ticket: false, install_ticket: false}\n"
)
STAFF = [{"staff_no": "S1", "name": "Lena", "role": "order_tracker", "email": "lena@example.com"}]
ORDER_ROW = {
    "order_no": "SO-1",
    "customer": "Anna Berg",
    "email": "anna@example.com",
    "product": "Oak table",
    "quantity": 2,
    "salesperson": "Lena",
    "tracker": "Lena",
    "ordered_on": date(2026, 11, 2),
    "promised_by": date(2026, 12, 1),
    "stock_rechecked_on": date(2026, 11, 3),
    "paid_on": date(2026, 11, 4),
    "materials_ready_on": date(2026, 11, 10),
    "making_days": 10,
    "status": "ready",
}
ON_ITS_WAY = {
    **ORDER_ROW,
    "status": "shipped",
    "shipped_on": date(2026, 11, 24),
    "carrier": "Deppon",
    "waybill": "DPK36",
    "waybill_on": date(2026, 11, 24),
    "waybill_verified_at": datetime(2026, 11, 24, 9),
    "packages": 3,
    "freight": 360,
    "packing_fee": 40.5,
}
TICKET = {
    "ticket_no": "AS-1",
    "kind": "repair",
    "customer": "Anna Berg",
    "email": "anna@example.com",
    "product": "Oak cabinet",
    "category": "cabinet",
    "problem": "The runner is broken",
    "opened_at": datetime(2026, 11, 20, 9),
    "responded_at": datetime(2026, 11, 20, 10),
    "status": "waiting_for_parts",
}


def written(locale):
    """Every letter of the two registers, as the jobs fill it: notice and channel, then the text."""
    moved = SmallDesk(
        settings_of(f"locale: {locale}\n{CONFIG}"),
        {"staff": STAFF, "orders": [{**ORDER_ROW, "order_no": f"SO-{number}"} for number in (1, 2, 3)]},
    )
    moved.run("2026-11-23T10:00")
    told = {"first_promised_by": date(2026, 12, 1), "delay_told_at": datetime(2026, 11, 24, 9)}
    moved.row("orders", 0).update(promised_by=date(2026, 12, 12), **told)
    moved.row("orders", 1).update(promised_by=date(2026, 11, 27), making_days=12, **told)
    moved.row("orders", 2).update(promised_by=date(2026, 11, 27), making_days=30, **told)
    here = {
        **ON_ITS_WAY,
        "order_no": "SO-4",
        "status": "arrived",
        "arrived_on": date(2026, 11, 24),
        "contains_glass": True,
    }
    sent = {"part_no": "PT-1", "ticket_no": "AS-1", "part": "Runner", "quantity": 2, "sent_on": date(2026, 11, 24)}
    others = SmallDesk(
        settings_of(f"locale: {locale}\n{CONFIG}"),
        {"staff": STAFF, "tickets": [TICKET], "parts": [sent], "orders": [dict(ON_ITS_WAY), here]},
    )
    library = Library((ROOT / "templates",), locale, sample.standing(locale))
    found = {}
    for desk in (moved, others):
        for one in new_letters(desk, desk.plan("2026-11-24T10:00")):
            if one.at.register in ("orders", "parts"):
                values = {**one.values(), "to_name": one.to.name, "now": datetime(2026, 11, 24, 10)}
                found[one.notice, one.to.channel] = library.render(one.notice, one.to.channel, values).text.replace(
                    "\N{NO-BREAK SPACE}", " "
                )
    return found


def test_the_letters_are_told_what_the_samples_promise():
    made = sample.rows_of("en")
    assert set(made["order"]) == set(ORDER)
    assert set(made["part"]) == set(PART)


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        (
            "en",
            {
                ("delivery-delayed", "email"): ("12 Dec", "1 Dec", "Oak table × 2"),
                ("delivery-earlier", "email"): ("27 Nov", "1 Dec"),
                ("order-at-risk", "email"): ("27 Nov", "15 Dec", "P-17"),
                ("shipment", "email"): ("Deppon", "DPK36", "360.00", "40.50"),
                ("pickup", "email"): ("outer packing damaged", "glass", "please do sign for it", "object and call us"),
                ("part-posted", "email"): ("Runner", "Pull the drawer out", "AS-1"),
            },
        ),
        (
            "zh-CN",
            {
                ("delivery-delayed", "email"): ("12月12日", "12月1日", "Oak table × 2"),
                ("delivery-earlier", "email"): ("11月27日", "12月1日"),
                ("order-at-risk", "email"): ("11月27日", "12月15日", "P-17"),
                ("shipment", "email"): ("Deppon", "DPK36", "360.00", "40.50"),
                ("pickup", "email"): ("外包装破损", "玻璃", "不要拒收", "提出异议"),
                ("part-posted", "email"): ("Runner", "抽出抽屉", "AS-1"),
            },
        ),
    ],
)
def test_orders_and_parts_each_letter_says_what_the_customer_or_colleague_has_to_know(locale, said):
    found = written(locale)
    assert found.keys() == said.keys()
    assert [(notice, one) for notice, words in said.items() for one in words if one not in found[notice]] == []


@pytest.mark.parametrize(
    ("locale", "said", "expected"),
    [
        ("en", {}, ("the goods have not left", "Promised for Fri 27 Nov; they were expected to leave on Sat 21 Nov", "tell the customer before the date")),
        ("en", {"paid_on": None}, ("Promised for Fri 27 Nov; when they can leave is not known yet",)),
        ("en", {"making_days": 30}, ("will miss its promised date", "Promised for Fri 27 Nov, expected to ship on Tue 15 Dec")),
        ("zh-CN", {}, ("货还没有发出", "承诺 11月27日（周五），原预计 11月21日（周六）发货", "请在到期前告诉客户")),
        ("zh-CN", {"paid_on": None}, ("承诺 11月27日（周五），还不知何时能发货",)),
        ("zh-CN", {"making_days": 30}, ("赶不上承诺的日期", "承诺 11月27日（周五），预计 12月15日（周二）才能发货")),
    ],
)  # fmt: skip
def test_p_17_the_tracker_reads_whether_the_promise_is_lost_or_only_in_danger(locale, said, expected):
    row = {**ORDER_ROW, "promised_by": date(2026, 11, 27), **said}
    small = SmallDesk(settings_of(f"locale: {locale}\n{CONFIG}"), {"staff": STAFF, "orders": [row]})
    (one,) = new_letters(small, small.plan("2026-11-24T10:00"))
    library = Library((ROOT / "templates",), locale, sample.standing(locale))
    values = {**one.values(), "to_name": one.to.name, "now": datetime(2026, 11, 24, 10)}
    text = library.render(one.notice, one.to.channel, values).text.replace("\N{NO-BREAK SPACE}", " ")
    assert (one.notice, [words for words in expected if words not in text]) == ("order-at-risk", [])

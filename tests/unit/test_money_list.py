"""The money list as it is told: both languages, nothing open, amounts that nobody knows, texts that would be formulas."""

from __future__ import annotations

import csv
from datetime import date, datetime

import pytest

from tests.small_desk import SmallDesk, settings_of
from toolkit.app.money import FILES, money_data, money_list, money_text
from toolkit.core.words import Words
from toolkit.settings.lexicons import lexicon_of

TICKET = {
    "ticket_no": "T1",
    "opened_at": datetime(2026, 9, 1, 9),
    "kind": "repair",
    "customer": "=HYPERLINK(A1)",
    "phone": "13800138000",
    "problem": "x",
    "status": "closed",
    "owner": "Nina",
    "paid_by": "customer",
    "finished_at": datetime(2026, 11, 1, 9),
}


def made(*tickets, locale="en"):
    config = settings_of(f"preset: furniture-retail\nlocale: {locale}\n")
    desk = SmallDesk(config, {"tickets": list(tickets)})
    at = desk.moment("2026-11-23T10:00")
    return money_list(desk.snapshot(at), config, at, Words(locale, lexicon_of(config).label))


@pytest.mark.parametrize(
    ("locale", "head", "empty"),
    [
        ("en", ["Money open on 2026-11-23", "We owe CN¥0.00; CN¥0.00 is owed to us."], "  No money is open."),
        ("zh-CN", ["2026-11-23 未结款项", "应付 ¥0.00，应收 ¥0.00。"], "  没有未结款项。"),
    ],
)
def test_digest_money_open_nothing_is_said_to_be_open_in_so_many_words(locale, head, empty):
    lines = money_text(made(locale=locale)).splitlines()
    assert (lines[:2], lines.count(empty)) == (head, 2)
    assert money_data(made(locale=locale)) == {
        "on": "2026-11-23",
        "currency": "CNY",
        "unread": [],
        "sums": [],
        "rows": [],
    }


def test_digest_money_open_a_sum_that_nobody_knows_is_said_not_to_be_in_the_balance():
    shown = made(TICKET, {**TICKET, "ticket_no": "T2", "vendor_fee": 165.0})
    assert money_text(shown).splitlines()[1:3] == [
        "We owe CN¥165.00; CN¥0.00 is owed to us.",
        "Without the amount, and so not in it: 1 sum.",
    ]


def test_digest_money_open_no_text_of_the_csv_is_a_formula_and_numbers_stay_numbers():
    content = FILES[".csv"](made({**TICKET, "vendor_fee": 165.0}))
    assert list(csv.reader(content.decode("utf-8-sig").splitlines()))[1:] == [
        ["Customer's advance for a vendor, to be refunded", "T1", "'=HYPERLINK(A1)", "up to 30 days", "Nina",
         str(date(2026, 11, 1)), "22", "165.00", ""]
    ]  # fmt: skip

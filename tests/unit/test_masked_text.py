"""Numbers and addresses in texts that are shown are masked, however they are spelt; all else stays as it is."""

from __future__ import annotations

import pytest

from toolkit.core.private import masked_text

MASKED = [
    ("550 <zhang@shop.example> no such user", "550 <z***@shop.example> no such user"),
    ("电话13800138000联系", "电话138****8000联系"),
    ("138 0013 8000", "138****8000"),
    ("138-0013-8000", "138****8000"),
    ("13 80 01 38 00 0", "138****8000"),
    ("１３８００１３８０００", "138****8000"),
    ("+86 138 0013 8000", "+86****8000"),
    ("+49 (30) 1234567", "+49****4567"),
    ("（021）62345678、021-6234-5678", "021****5678、021****5678"),
    ("tel:13800138000.", "tel:138****8000."),
    ("张@店.例子.中国", "张***@店.例子.中国"),
    ("li＠shop.example", "l***@shop.example"),
    ("T20261123-001, 13800138000;13900139000", "T20261123-001, 138****8000;139****9000"),
]
LEFT = [
    "AS-20261123-0001",
    "2026-11-24 10:00:00",
    "2026-11-24T10:00:00+08:00",
    "main|tickets|T1|visit||0|2026-11-24T10:00:00|customer|email",
    "price 1380.00, 3 @ 20",
    "order 6222021380013800000",
    "http://127.0.0.1:34567/v4/spreadsheets/1AbC13800138000xyz",
    "postgresql://me:***@db.example/desk",
    "",
]


@pytest.mark.parametrize(("text", "expected"), MASKED)
def test_what_is_private_is_masked(text, expected):
    assert masked_text(text) == expected
    assert masked_text(expected) == expected


@pytest.mark.parametrize("text", LEFT)
def test_what_is_not_stays(text):
    assert masked_text(text) == text


def test_long_texts_of_digits_take_no_time():
    assert masked_text("1 " * 50_000).count("1") == 50_000
    assert len(masked_text("a." * 50_000 + "@")) == 100_001

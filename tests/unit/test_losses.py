"""How many rows may go by themselves."""

from __future__ import annotations

import pytest

from toolkit.app.losses import is_loss

HALF = 0.5
CASES = [
    ("nothing before, nothing now", 0, 0, HALF, False),
    ("the first rows", 0, 5, HALF, False),
    ("more than before", 50, 51, HALF, False),
    ("the same", 50, 50, HALF, False),
    ("the only row gone", 1, 0, HALF, True),
    ("all gone", 500, 0, HALF, True),
    ("all gone, with the share off", 500, 0, None, True),
    ("exactly half", 60, 30, HALF, False),
    ("one more than half", 60, 29, HALF, True),
    ("nearly all, with the share off", 500, 1, None, False),
    ("three of five", 5, 2, HALF, False),
    ("eight of nine", 9, 1, HALF, False),
    ("six of ten", 10, 4, HALF, True),
    ("three of ten at 30 %, as decimals see it", 10, 7, 0.3, False),
    ("four of ten at 30 %", 10, 6, 0.3, True),
]


@pytest.mark.parametrize(
    ("before", "now", "most", "expected"), [one[1:] for one in CASES], ids=[one[0] for one in CASES]
)
def test_a_loss_is_all_rows_or_more_than_the_share_of_a_register_that_is_not_small(before, now, most, expected):
    assert is_loss(before, now, most) is expected

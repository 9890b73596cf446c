"""The money of returns (20, Returns): parts add up to the cent, nothing is negative, nothing is more than was paid."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.rules.refund import CENT, Item, refund_of, spread, taken

D = Decimal


def item(price="100", quantity=1, ordered=None, **more):
    amounts = {name: D(value) if isinstance(value, str) else value for name, value in more.items()}
    pieces = D(str(ordered if ordered is not None else quantity))
    return Item(D(price), D(str(quantity)), pieces, **amounts)


def amounts(*items, freight="0"):
    return [str(one) for one in refund_of(items, D(freight)).amounts]


@pytest.mark.parametrize(
    ("items", "freight", "expected"),
    [
        ([item()], "0", ["100.00"]),
        ([item(quantity=3)], "0", ["300.00"]),
        ([item(discount="20")], "0", ["80.00"]),
        ([item(coupons="15", points="5")], "0", ["80.00"]),
        ([item(coupons="15", points="5", gives_coupons=True)], "0", ["95.00"]),
        ([item(coupons="15", points="5", gives_points=True)], "0", ["85.00"]),
        ([item(fee="30")], "0", ["70.00"]),
        ([item(fee="30")], "12.50", ["82.50"]),
        # Of two pieces one comes back: half of what the line cost less.
        ([item(quantity=1, ordered=2, discount="20", coupons="5")], "0", ["87.50"]),
        # What a line cannot bear the others bear, by what they have left.
        ([item("10"), item("100"), item("300")], "0", ["10.00", "100.00", "300.00"]),
        ([item("10", coupons="50"), item("100"), item("300")], "0", ["0.00", "90.00", "270.00"]),
        ([item("10", fee="20"), item("50"), item("50")], "0", ["0.00", "45.00", "45.00"]),
        # Freight by value, the cent that is left to the largest remainder.
        ([item("10"), item("10"), item("10")], "10", ["13.34", "13.33", "13.33"]),
        ([item("100"), item("50")], "10", ["106.67", "53.33"]),
        # A fee never eats the freight, nor anything that is not there.
        ([item("10", fee="25")], "8", ["8.00"]),
        ([item("0")], "8", ["8.00"]),
        ([item("0.005", quantity=3)], "0", ["0.02"]),
    ],
)
def test_returns_refund_is_goods_less_what_was_not_paid_in_money(items, freight, expected):
    assert amounts(*items, freight=freight) == expected


def test_returns_a_fee_that_no_line_can_bear_is_left_over():
    assert refund_of([item("10", fee="25"), item("5")]).fee_left == D("10.00")
    assert refund_of([item("10", fee="5"), item("5")]).fee_left == 0


money = st.integers(0, 200_000).map(lambda cents: D(cents) * CENT)


@st.composite
def lines(draw):
    ordered = draw(st.integers(1, 7))
    quantity = draw(st.integers(1, ordered))
    return Item(
        draw(money),
        D(quantity),
        D(ordered),
        D(draw(st.integers(0, ordered - quantity))),
        draw(money),
        draw(money),
        draw(money),
        draw(st.booleans()),
        draw(st.booleans()),
        draw(money),
    )


cases = st.lists(lines(), min_size=1, max_size=6)


@given(cases, money)
def test_returns_the_parts_are_whole_cents_never_negative_and_never_more_than_was_paid(items, freight):
    refund = refund_of(items, freight)
    assert len(refund.amounts) == len(items)
    assert all(one == one.quantize(CENT) and one >= 0 for one in refund.amounts)
    assert freight <= refund.total <= sum(one.share(one.price) for one in items) + freight


@given(cases, money)
def test_returns_total_is_what_the_case_comes_to_whichever_line_bears_it(items, freight):
    """Worked out for the case as a whole, without any line: goods less deductions less fees, plus freight."""
    over = sum(one.share(max(one.kept - one.price, D(0))) for one in items)
    goods = sum(one.share(max(one.price - one.kept, D(0))) for one in items)
    worth = max(goods - over, D(0))
    refund = refund_of(items, freight)
    fees = sum(one.fee for one in items)
    assert refund.total == max(worth - fees, D(0)) + freight
    assert refund.fee_left == max(fees - worth, D(0))


@given(cases, money, st.integers(0, 5), money)
def test_returns_who_agrees_to_more_gets_no_more_back(items, freight, place, more):
    place %= len(items)
    one = items[place]
    fields = {name: getattr(one, name) for name in Item.__dataclass_fields__}
    for name in ("discount", "coupons", "points", "fee"):
        dearer = Item(**{**fields, name: fields[name] + more})
        assert (
            refund_of([*items[:place], dearer, *items[place + 1 :]], freight).total <= refund_of(items, freight).total
        )
    assert refund_of(items, freight + more).total == refund_of(items, freight).total + more


@given(money, money, money, st.lists(st.integers(1, 4), min_size=1, max_size=6))
def test_returns_of_one_order_line_case_after_case_add_up_to_what_was_paid(price, discount, coupons, parts):
    ordered, before, total = sum(parts), 0, D(0)
    for quantity in parts:
        one = Item(price, D(quantity), D(ordered), D(before), discount, coupons)
        total += refund_of([one]).total
        before += quantity
    assert total == max(price * ordered - discount - coupons, D(0)).quantize(CENT)


@given(money, st.lists(money, min_size=1, max_size=8))
def test_a_sum_is_spread_without_a_cent_lost_and_nobody_is_a_cent_off(total, weights):
    parts, whole = spread(total, weights), sum(weights)
    assert sum(parts) == total
    if whole:
        assert all(abs(part - total * weight / whole) < CENT for part, weight in zip(parts, weights, strict=True))


@given(st.lists(money, min_size=1, max_size=8), money)
def test_what_is_taken_is_taken_to_the_cent_and_below_zero_from_nobody(several, total):
    left, unborne = taken(several, total)
    assert sum(several) - sum(left) + unborne == total
    assert all(0 <= after <= before for after, before in zip(left, several, strict=True))

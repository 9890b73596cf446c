"""What a case refunds, to the cent: the parts of its lines always add up, and none is more than was paid (20, Returns).

What is typed on a line is taken from that line: its discount, coupons, points and service fee count for all pieces that were
ordered, or for the line, and what a line cannot bear the others bear. Freight belongs to the order and is spread over the lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Item:
    """A line whose money goes back: `quantity` of `ordered` pieces, after `before` that earlier cases gave back.

    `discount`, `coupons` and `points` are what all `ordered` pieces cost less; `gives_…`: a reviewer said that coupons or
    points are refunded too. `fee` is the service fee that the customer agreed to.
    """

    unit_price: Decimal
    quantity: Decimal
    ordered: Decimal
    before: Decimal = Decimal(0)
    discount: Decimal = ZERO
    coupons: Decimal = ZERO
    points: Decimal = ZERO
    gives_coupons: bool = False
    gives_points: bool = False
    fee: Decimal = ZERO

    @property
    def price(self) -> Decimal:
        """What all pieces cost."""
        return cents(self.unit_price * self.ordered)

    @property
    def kept(self) -> Decimal:
        """What of that price does not go back."""
        coupons = ZERO if self.gives_coupons else self.coupons
        return cents(self.discount + coupons + (ZERO if self.gives_points else self.points))

    def share(self, whole: Decimal) -> Decimal:
        """The part of an amount that these pieces have. The parts of all pieces, case after case, add up to the whole."""
        if not self.ordered:
            return ZERO
        first, last = (min(pieces, self.ordered) for pieces in (self.before, self.before + self.quantity))
        return cents(whole * last / self.ordered) - cents(whole * first / self.ordered)


@dataclass(frozen=True, slots=True)
class Refund:
    """What goes back for each line, and in all; `fee_left` is the part of the service fee that no line could bear."""

    amounts: tuple[Decimal, ...]
    fee_left: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """The whole case."""
        return sum(self.amounts, ZERO)


def refund_of(items: Sequence[Item], freight: Decimal = ZERO) -> Refund:
    """The refund of a case: goods less what was not paid in money, less agreed fees, with the freight where that goes back."""
    goods = [item.share(max(item.price - item.kept, ZERO)) for item in items]
    goods, _ = taken(goods, sum((item.share(max(item.kept - item.price, ZERO)) for item in items), ZERO))
    fees = [cents(item.fee) for item in items]
    left = [max(amount - fee, ZERO) for amount, fee in zip(goods, fees, strict=True)]
    unpaid = sum((max(fee - amount, ZERO) for amount, fee in zip(goods, fees, strict=True)), ZERO)
    left, fee_left = taken(left, unpaid)
    added = spread(cents(freight), goods)
    return Refund(tuple(amount + more for amount, more in zip(left, added, strict=True)), fee_left)


def taken(amounts: Sequence[Decimal], total: Decimal) -> tuple[list[Decimal], Decimal]:
    """The amounts less their parts of `total`, none below zero; and what of it they could not bear."""
    there = sum(amounts, ZERO)
    if total >= there:
        return [ZERO] * len(amounts), total - there
    parts = spread(total, amounts)
    return [amount - part for amount, part in zip(amounts, parts, strict=True)], ZERO


def spread(total: Decimal, weights: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """`total` in whole cents by weight: each part is cut to the cent, the cents left over go to the largest remainders.

    Without any weight the first one bears it all.
    """
    whole = sum(weights, ZERO)
    if not whole:
        return tuple(total if place == 0 else ZERO for place in range(len(weights)))
    exact = [total * weight / whole for weight in weights]
    parts = [one.quantize(CENT, ROUND_DOWN) for one in exact]
    left = int((total - sum(parts, ZERO)) / CENT)
    largest = sorted(range(len(parts)), key=lambda place: (parts[place] - exact[place], place))
    for place in largest[:left]:
        parts[place] += CENT
    return tuple(parts)


def cents(amount: Decimal) -> Decimal:
    """To the cent, half a cent up."""
    return amount.quantize(CENT, ROUND_HALF_UP)

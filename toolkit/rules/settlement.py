"""What a vendor's job comes to: price, what is taken off, what the customer advanced, what was paid, what is open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Settled:
    """One job in money, to the cent. `price` is None where none was agreed yet: then all is nothing."""

    price: Decimal | None
    deducted: Decimal = NOTHING
    advanced: Decimal = NOTHING
    paid: Decimal = NOTHING

    @property
    def open(self) -> Decimal:
        """What is still owed to the vendor; below zero what they got too much."""
        return (self.price or NOTHING) - self.deducted - self.advanced - self.paid


def settled(
    price: Decimal | None, reasons: Iterable[str], shares: Mapping[str, float], *, by_customer: bool, is_paid: bool
) -> Settled:
    """A job's price less a share for each reason (never more than all of it); the customer's advance or our transfer pays
    the rest.
    """
    if price is None:
        return Settled(None)
    share = min(Decimal(1), sum((Decimal(str(shares.get(one, 0))) for one in reasons), start=NOTHING))
    deducted = (price * share).quantize(CENT, ROUND_HALF_UP)
    rest = price - deducted
    if by_customer:
        return Settled(price, deducted, advanced=rest)
    return Settled(price, deducted, paid=rest if is_paid else NOTHING)

"""An amount of time as policies write it: `30min`, `24h`, `90bmin`, `2bh`, `3bd`, `7d`, `3mo`, `1y`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

_TEXT = re.compile(r"(?P<amount>\d+(?:\.\d*)?|\.\d+)\s*(?P<unit>[a-z]+)", re.ASCII)
_MINUTE = 60_000_000
_HOUR = 60 * _MINUTE
_MOST_DIGITS = 9  # 10^9 minutes are two thousand years: near the end of any calendar, and never worth counting out


class Unit(StrEnum):
    """`min`, `h`: clock time. `bmin`, `bh`: working time. `bd`: working days. `d`, `mo`, `y`: calendar days, months, years."""

    MINUTE = "min"
    HOUR = "h"
    BUSINESS_MINUTE = "bmin"
    BUSINESS_HOUR = "bh"
    BUSINESS_DAY = "bd"
    DAY = "d"
    MONTH = "mo"
    YEAR = "y"


_CLOCK = {Unit.MINUTE: _MINUTE, Unit.HOUR: _HOUR}
_WORKING = {Unit.BUSINESS_MINUTE: _MINUTE, Unit.BUSINESS_HOUR: _HOUR}
_ALLOWED = ", ".join(Unit)


@dataclass(frozen=True, slots=True)
class Duration:
    """A non-negative amount of one unit; decimals for min, h, bmin, bh only (60, 21).

    `clock` and `working` are the amount in microseconds: `clock` for min and h, `working` for bmin and bh, None otherwise;
    `clock_time` and `working_time` are the same as timedeltas.
    """

    amount: Decimal
    unit: Unit
    clock: int | None = field(init=False, repr=False, compare=False)
    working: int | None = field(init=False, repr=False, compare=False)
    clock_time: timedelta | None = field(init=False, repr=False, compare=False)
    working_time: timedelta | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Check, and count out the microseconds once, so that adding need not."""
        if isinstance(self.amount, float):
            raise TypeError(f"A duration counts exactly: give {self.amount!r} as Decimal, int or text")
        set_field = object.__setattr__
        try:
            set_field(self, "unit", Unit(self.unit))
        except ValueError:
            raise ValueError(f"Unknown unit {self.unit!r} in a duration; allowed: {_ALLOWED}") from None
        amount = Decimal(self.amount)
        if not amount.is_finite() or amount < 0:
            raise ValueError(f"A duration is zero or more, found {self.amount}{self.unit}")
        if amount.adjusted() >= _MOST_DIGITS:
            raise ValueError(f"A duration of {self.amount}{self.unit} is beyond any calendar")
        is_timed = self.unit in _CLOCK or self.unit in _WORKING
        if not is_timed and amount != amount.to_integral_value():
            raise ValueError(f"{self.unit} counts whole ones, found {self.amount}; decimals go with min, h, bmin, bh")
        set_field(self, "amount", amount)
        set_field(self, "clock", _microseconds(amount, _CLOCK.get(self.unit)))
        set_field(self, "working", _microseconds(amount, _WORKING.get(self.unit)))
        set_field(self, "clock_time", None if self.clock is None else timedelta(microseconds=self.clock))
        set_field(self, "working_time", None if self.working is None else timedelta(microseconds=self.working))

    @property
    def count(self) -> int:
        """The amount as a whole number (bd, d, mo, y are always whole)."""
        return int(self.amount)

    @classmethod
    def parse(cls, text: str) -> Duration:
        """`2bh`, `1.5 BH`, ` 0.75bmin `; anything else is a ValueError that names what was found and what is allowed."""
        match = _TEXT.fullmatch(text.strip().lower()) if isinstance(text, str) else None
        if match is None:
            raise ValueError(
                f"{text!r} is not a duration: write an amount and one of {_ALLOWED}, e.g. 30min, 24h, 1.5bh, 3bd, 7d, 3mo"
            )
        if match["unit"] not in set(Unit):
            raise ValueError(f"Unknown unit {match['unit']!r} in the duration {text!r}; allowed: {_ALLOWED}")
        return cls(Decimal(match["amount"]), Unit(match["unit"]))

    def __str__(self) -> str:
        """The shortest text that `parse` reads as the same duration: `1.5bh`, `2bd`."""
        plain = f"{self.amount:f}"
        return f"{plain.rstrip('0').rstrip('.') if '.' in plain else plain}{self.unit}"


def _microseconds(amount: Decimal, unit: int | None) -> int | None:
    """The amount in whole microseconds, halves to even; datetimes are no finer."""
    return None if unit is None else round(amount * unit)

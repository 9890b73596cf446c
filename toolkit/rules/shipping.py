"""When an order can leave: materials, payment, making days; from stock; as the factory says (20, Orders and deliveries)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from math import ceil
from typing import Any

from toolkit.rules.worktime.calendar import BusinessCalendar
from toolkit.rules.worktime.duration import Duration, Unit
from toolkit.rules.worktime.timeline import NoWorkingTimeError

WorkDays = Callable[[date, int], date]
"""The n-th working day after a day; for none the day itself, or the next working day."""


class Basis(StrEnum):
    """What an estimate goes by."""

    FACTORY = "factory"
    STOCK = "stock"
    MAKING = "making"
    LEAD = "lead"


@dataclass(frozen=True, slots=True)
class Estimate:
    """When an order is expected to leave. `since` is the day that the `days` are counted from.

    Without `ship_on` the columns in `missing` would have to be known first.
    """

    basis: Basis
    ship_on: date | None = None
    since: date | None = None
    days: int = 0
    missing: tuple[str, ...] = ()


def estimate(order: Any, lead_days: float | None, workdays: WorkDays) -> Estimate:
    """The estimate for an order, of its own cells and the `lead_days` of its factory's outlook.

    What the factory wrote wins. Goods in stock leave on the next shipping day. Else the latest of materials ready and payment
    received counts, plus the making days; a factory's lead time holds the wait for materials already, so that only a date
    that is known has to be waited for.
    """
    if order.factory_due is not None:
        return Estimate(Basis.FACTORY, order.factory_due)
    if order.in_stock:
        known = [one for one in (order.ordered_on, order.paid_on) if one is not None]
        if not known:
            return Estimate(Basis.STOCK, missing=("ordered_on",))
        return Estimate(Basis.STOCK, workdays(max(known), 1), max(known), 1)
    basis = Basis.LEAD if order.making_days is None and lead_days is not None else Basis.MAKING
    days = order.making_days if order.making_days is not None else lead_days
    missing = [name for name in ("paid_on", "materials_ready_on", "making_days") if order.get(name) is None]
    if basis is Basis.LEAD:
        missing = [name for name in missing if name == "paid_on"]
    if missing or days is None:
        return Estimate(basis, missing=tuple(missing))
    since = max(one for one in (order.materials_ready_on, order.paid_on) if one is not None)
    try:
        return Estimate(basis, workdays(since, ceil(days)), since, ceil(days))
    except (NoWorkingTimeError, ValueError):  # a slip of the hand: beyond every calendar
        return Estimate(basis, missing=("making_days",))


def workdays_of(calendar: BusinessCalendar) -> WorkDays:
    """Counts in a calendar. Many orders share a day and a number of days, so each is counted once."""

    @cache
    def after(day: date, count: int) -> date:
        if not count:
            at = datetime(day.year, day.month, day.day, tzinfo=calendar.timezone)
            return calendar.add(at, Duration.parse("0bd")).date()
        return calendar.add(day, Duration(count, Unit.BUSINESS_DAY)).date()  # type: ignore[arg-type]

    return after

"""`orders` and `parts`: how orders are followed, how a part that was posted is fitted (20, Orders and deliveries)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, PlainValidator

from toolkit.core.words import LOCALES
from toolkit.rules.worktime.duration import Duration, Unit
from toolkit.settings.fields import DaysText, DurationText, WaitText, one_of, one_or_more, say
from toolkit.settings.form_base import Form


@dataclass(frozen=True, slots=True)
class OrderSetting:
    """How orders are followed (20, Orders and deliveries).

    An order with a promised date gets a ticket of kind deadline, one that was sold with installation an install ticket, each
    where it is switched on. Goods leave `transit` before the promise (zero: the promise is the shipping itself); an outlook older
    than `outlook_age` is told of; a freight gap above `freight_gap_above` is shown to the salesperson. A carrier takes claims
    within `claim_within` after the pick-up, where `claim_by` says nothing else. The pick-up advice goes out when the goods
    arrive, or `pickup_after` the waybill was found (None: only when they arrive). Goods that are ready `early_by` before
    they must leave are offered earlier.
    """

    deadline_ticket: bool
    install_ticket: bool
    transit: Duration
    outlook_age: Duration
    freight_gap_above: Decimal
    claim_within: timedelta
    pickup_after: timedelta | None
    early_by: Duration


@dataclass(frozen=True, slots=True)
class PartSetting:
    """`guides[category][locale]` is how a part that was posted is fitted, step by step."""

    guides: Mapping[str, Mapping[str, tuple[str, ...]]]


def _whole_days(value: Any) -> Duration:
    try:
        found = Duration.parse(str(value))
    except ValueError:
        found = Duration.parse("1h")
    if found.unit not in (Unit.DAY, Unit.BUSINESS_DAY):
        raise say("the way takes whole days, e.g. 3d, or working days, e.g. 2bd")
    return found


def _amount(value: Any) -> Decimal:
    try:
        found = Decimal(str(value))
    except ArithmeticError:
        found = Decimal(-1)
    if not found.is_finite() or found < 0 or isinstance(value, bool):
        raise say("an amount of money, zero or more, e.g. 100 or 49.50")
    return found


WholeDaysText = Annotated[Duration, PlainValidator(_whole_days)]
AmountText = Annotated[Decimal, PlainValidator(_amount)]


class OrdersForm(Form):
    deadline_ticket: bool = False
    install_ticket: bool = False
    transit: WholeDaysText = Duration.parse("0d")
    outlook_age: DurationText = Duration.parse("1mo")
    freight_gap_above: AmountText = Decimal(100)  # °
    claim_within: DaysText = timedelta(days=3)  # °
    pickup_after: WaitText = timedelta(hours=24)  # °
    early_by: DurationText = Duration.parse("5bd")  # °


class PartsForm(Form):
    guides: dict[str, dict[Annotated[str, one_of(*LOCALES)], Annotated[tuple[str, ...], one_or_more]]] = Field(
        default_factory=dict
    )


def orders(one: OrdersForm) -> OrderSetting:
    """How orders are followed."""
    return OrderSetting(
        deadline_ticket=one.deadline_ticket,
        install_ticket=one.install_ticket,
        transit=one.transit,
        outlook_age=one.outlook_age,
        freight_gap_above=one.freight_gap_above,
        claim_within=one.claim_within,
        pickup_after=one.pickup_after,
        early_by=one.early_by,
    )

"""What the configuration says of orders and parts, checked and typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from toolkit.rules.worktime.duration import Duration


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

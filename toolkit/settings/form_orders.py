"""The form of what config.yaml says of orders and parts."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, PlainValidator

from toolkit.core.words import LOCALES
from toolkit.rules.worktime.duration import Duration, Unit
from toolkit.settings.fields import DaysText, DurationText, WaitText, one_of, one_or_more, say
from toolkit.settings.form_rules import Form


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

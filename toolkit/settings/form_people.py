"""The form of what is agreed with suppliers and promised to staff (20, Suppliers and staff)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from toolkit.rules.worktime.duration import Duration
from toolkit.settings.fields import DaysText, DurationText, Listed, When
from toolkit.settings.form_rules import Form

Count = Annotated[int, Field(ge=0)]
Money = Annotated[Decimal, Field(ge=0)]


class SuppliersForm(Form):
    when: When = Field(default_factory=dict)
    issue: Listed = ("fault",)
    warn_above: Count = 2
    notice_above: Count = 3
    fund_above: Count = 25
    fund: Money = Decimal(1000)
    fund_within: DurationText = Duration.parse("14d")
    award_after_months: Annotated[int, Field(ge=1)] = 12
    award: dict[str, str] = Field(default_factory=dict)
    reply_within: DurationText = Duration.parse("3bd")
    settle_within: DaysText = timedelta(days=30)
    person_pays: Money = Decimal(20)
    ends_after: DaysText = timedelta(days=30)


class RewardsForm(Form):
    satisfaction: Annotated[float, Field(gt=0, le=1)] = 0.95
    months: Annotated[int, Field(ge=1)] = 3
    bonus: Money | None = None
    quality_report: Money = Decimal(500)
    late_complaint: Money = Decimal(200)

"""`suppliers` and `rewards`: what is agreed with suppliers and promised to staff (20, Suppliers and staff)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from toolkit.core.words import LOCALES
from toolkit.registers.schema import Writer
from toolkit.rules.standing import Limits
from toolkit.rules.worktime.duration import Duration
from toolkit.settings.among import among, keys_among
from toolkit.settings.faults import Mistake
from toolkit.settings.fields import DaysText, DurationText, Listed, When
from toolkit.settings.form_base import Form
from toolkit.settings.names import Names


@dataclass(frozen=True, slots=True)
class SupplierSetting:
    """Which tickets are complaints about a supplier (`when`), by which columns two are about the same issue, what follows.

    `fund` is paid `fund_within` of the decision; a supplier replies `reply_within`, settles what was paid for it
    `settle_within` of the ticket's end, else it comes out of the deposit and `person_pays` is asked of the person concerned;
    a contract ends `ends_after` the decision; `award` is what a year without a complaint is worth, by locale.
    """

    when: When
    issue: tuple[str, ...]
    limits: Limits
    fund: Decimal
    fund_within: Duration
    award: Mapping[str, str]
    reply_within: Duration
    settle_within: timedelta
    person_pays: Decimal
    ends_after: timedelta


@dataclass(frozen=True, slots=True)
class RewardSetting:
    """What is proposed for staff: a bonus for a share of satisfied customers so many months running, a sum for a latent
    quality problem that was confirmed, a sum for each complaint that was not handled in time.
    """

    satisfaction: float
    months: int
    bonus: Decimal | None
    quality_report: Decimal
    late_complaint: Decimal


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


def suppliers(one: SuppliersForm) -> SupplierSetting:
    """What is agreed with suppliers."""
    return SupplierSetting(
        when=one.when,
        issue=one.issue,
        limits=Limits(one.warn_above, one.notice_above, one.fund_above, one.award_after_months),
        fund=one.fund,
        fund_within=one.fund_within,
        award=one.award,
        reply_within=one.reply_within,
        settle_within=one.settle_within,
        person_pays=one.person_pays,
        ends_after=one.ends_after,
    )


def rewards(one: RewardsForm | None) -> RewardSetting | None:
    """What is promised to staff; None where nothing is."""
    if one is None:
        return None
    return RewardSetting(one.satisfaction, one.months, one.bonus, one.quality_report, one.late_complaint)


def misnamed_suppliers(names: Names) -> Iterator[Mistake]:
    """Names that `suppliers` gets wrong."""
    node = names.tree.child("suppliers")
    if node is not None:
        yield from names.when(node, ("suppliers",), "tickets")
        staff = [one.key for one in names.columns["tickets"].values() if one.written_by is Writer.STAFF]
        yield from among(node, ("suppliers",), "issue", staff)
        yield from keys_among(node.child("award"), ("suppliers", "award"), LOCALES)

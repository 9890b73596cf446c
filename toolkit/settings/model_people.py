"""What is agreed with suppliers and promised to staff, as the rest of the toolkit sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from toolkit.rules.policy import When
from toolkit.rules.standing import Limits
from toolkit.rules.worktime.duration import Duration


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

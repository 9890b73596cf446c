"""How a supplier stands by its complaints (20, Suppliers and staff). Proposals only: a manager decides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from toolkit.rules.warranty import add_months


@dataclass(frozen=True, slots=True)
class Limits:
    """The figures of the agreement. More than `warn_above` complaints about one issue in a month: an oral warning; more than
    `notice_above`: a written notice; more than `fund_above` in all: the complaint fund; `award_after` months without any: an award.
    """

    warn_above: int = 2
    notice_above: int = 3
    fund_above: int = 25
    award_after: int = 12


@dataclass(frozen=True, slots=True)
class Complaint:
    """One complaint: the day, what it is about (empty where nobody said), its ticket."""

    on: date
    issue: tuple[str, ...] = ()
    ticket_no: str = ""


class Step(StrEnum):
    """What may be proposed about a supplier."""

    WARNING = "warning"
    NOTICE = "notice"
    REMOVAL = "removal"
    FUND = "fund"
    AWARD = "award"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a supplier stands in the month of `today`. `issue` is the one that asks for the gravest step, else the one that most
    complaints of the month are about; `same_issue` are those about it.
    """

    this_month: int = 0
    same_issue: int = 0
    issue: tuple[str, ...] = ()
    about_issue: tuple[Complaint, ...] = ()
    total: int = 0
    steps: tuple[Step, ...] = ()
    quiet_since: date | None = None
    counted: Sequence[Complaint] = field(default=(), repr=False)


def standing(
    complaints: Sequence[Complaint],
    today: date,
    limits: Limits,
    *,
    since: date | None,
    has_paid_fund: bool,
    awarded_on: date | None = None,
) -> Standing:
    """How a supplier stands. `since` is when the co-operation began, `has_paid_fund` whether its fund was paid, `awarded_on`
    when its last award was decided: the next one takes another year.

    No improvement: after a month with a written notice the same issue is again above the limit of the warning.
    """
    counted = sorted((one for one in complaints if one.on <= today), key=lambda one: (one.on, one.ticket_no))
    before = _by_issue(counted, add_months(today.replace(day=1), -1))
    month = {issue: (_rung(n, before[issue], limits), n) for issue, n in _by_issue(counted, today).items()}
    issue, (rung, same) = max(month.items(), key=lambda one: (*one[1], one[0]), default=((), (0, 0)))
    steps = [RUNGS[rung - 1]] if rung else []
    if len(counted) > limits.fund_above and not has_paid_fund:
        steps.append(Step.FUND)
    quiet_since = max((one for one in (since, counted[-1].on if counted else None) if one is not None), default=None)
    is_rewarded = (
        awarded_on is not None
        and _month(awarded_on) != _month(today)
        and add_months(awarded_on, limits.award_after) > today
    )
    if quiet_since is not None and add_months(quiet_since, limits.award_after) <= today and not is_rewarded:
        steps.append(Step.AWARD)
    here = [one for one in counted if _month(one.on) == _month(today)]
    about = tuple(one for one in here if one.issue and one.issue == issue)
    return Standing(len(here), same, issue, about, len(counted), tuple(steps), quiet_since, counted)


RUNGS = (Step.WARNING, Step.NOTICE, Step.REMOVAL)
"""What the complaints about one issue ask for, the gravest last."""


def _rung(count: int, before: int, limits: Limits) -> int:
    """Which of the rungs so many complaints about one issue reach, after so many in the month before; 0: none."""
    if count <= limits.warn_above:
        return 0
    if before > limits.notice_above:
        return 3
    return 2 if count > limits.notice_above else 1


def _by_issue(complaints: Sequence[Complaint], day: date) -> Counter[tuple[str, ...]]:
    """How many complaints of a day's month are about which issue; those about nothing in particular are not the same."""
    return Counter(one.issue for one in complaints if one.issue and _month(one.on) == _month(day))


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month

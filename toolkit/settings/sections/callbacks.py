"""`callbacks`: what the calls to customers go by: how often one is tried, how long a call may last, when one is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from pydantic import Field

from toolkit.rules.worktime.duration import Duration
from toolkit.settings.fields import DaysText, DurationText, WaitText
from toolkit.settings.form_base import Form


@dataclass(frozen=True, slots=True)
class CallbackSetting:
    """How customers are called. After `tries` unanswered ones a call-back counts as not reached.

    A call stays on the caller's list for `list_for` after it was due. A call of more than `longest_minutes` is noted. Equal
    rows within `same_within` (None: never) are one submission. The questions go out by mail where `letter`, or where a `link`
    to their page is set, in which `{ticket_no}` stands for the number. `periodic` are the calls after delivery (P-21).
    """

    tries: int
    list_for: timedelta
    longest_minutes: float
    same_within: timedelta | None
    letter: bool
    link: str | None
    periodic: tuple[Duration, ...]


class CallbacksForm(Form):
    tries: Annotated[int, Field(ge=1)] = 3  # °
    list_for: DaysText = timedelta(days=30)  # °
    longest: Annotated[float, Field(gt=0)] = 5  # minutes; 20, Call-back questionnaires
    same_within: WaitText = timedelta(minutes=10)  # °
    letter: bool = False
    link: str | None = None
    periodic: tuple[DurationText, ...] = ()


def callbacks(one: CallbacksForm) -> CallbackSetting:
    """How customers are called."""
    return CallbackSetting(
        tries=one.tries,
        list_for=one.list_for,
        longest_minutes=one.longest,
        same_within=one.same_within,
        letter=one.letter or one.link is not None,
        link=one.link,
        periodic=one.periodic,
    )

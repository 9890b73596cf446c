"""The form of what the calls to customers go by: how often one is tried, how long a call may last, when one is due."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from toolkit.settings.fields import DaysText, DurationText, WaitText
from toolkit.settings.form_rules import Form


class CallbacksForm(Form):
    tries: Annotated[int, Field(ge=1)] = 3  # °
    list_for: DaysText = timedelta(days=30)  # °
    longest: Annotated[float, Field(gt=0)] = 5  # minutes; 20, Call-back questionnaires
    same_within: WaitText = timedelta(minutes=10)  # °
    letter: bool = False
    link: str | None = None
    periodic: tuple[DurationText, ...] = ()

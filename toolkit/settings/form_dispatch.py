"""The form of how somebody is chosen and sent to a customer (20, Vendors)."""

from __future__ import annotations

import re
from datetime import time, timedelta
from typing import Annotated, Any

from pydantic import Field, PlainValidator

from toolkit.settings.fields import Listed, TimeText, WaitText, When, one_or_more, say
from toolkit.settings.form_rules import Form

_SLOT = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})", re.ASCII)


def _slot(value: Any) -> tuple[time, time]:
    match = _SLOT.fullmatch(str(value).strip())
    try:
        starts, ends = (time(int(match[n]), int(match[n + 1])) for n in (1, 3)) if match else (time(1), time(0))
    except ValueError:
        starts, ends = time(1), time(0)
    if starts >= ends:
        raise say("a slot is a span of one day such as 09:00-11:00")
    return starts, ends


SlotText = Annotated[tuple[time, time], PlainValidator(_slot)]
Points = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]


class NeededForm(Form):
    when: When = Field(default_factory=dict)
    vendor: bool


class LineForm(Form):
    when: When = Field(default_factory=dict)
    any: Annotated[Listed, Field(min_length=1)]


class PointsForm(Form):
    stars: Points = 0
    near: Points = 0
    load: Points = 0
    price: Points = 0
    skill: Points = 0
    known: Points = 0


class DeductionsForm(Form):
    without_result: Share = 0
    not_satisfied: Share = 0


class DispatchForm(Form):
    auto_assign: bool = False
    needed: tuple[NeededForm, ...] = ()
    statuses: Listed = ()
    points: PointsForm = PointsForm()
    neutral_stars: Annotated[float, Field(ge=1, le=5)] = 3
    full_load: Annotated[int, Field(ge=1)] = 1
    capacity: Annotated[int, Field(ge=1)] = 1
    hours: Annotated[float, Field(gt=0)] = 1
    travel: WaitText = timedelta(0)
    firms_first: bool = True
    skill_columns: Listed = ()
    bonus_columns: Listed = ()
    skills: tuple[LineForm, ...] = ()
    equipment: tuple[LineForm, ...] = ()
    words: dict[str, Listed] = Field(default_factory=dict)
    slots: Annotated[tuple[SlotText, ...], one_or_more, Field(min_length=1)] = ((time(9), time(18)),)
    evening: TimeText = time(18)
    deductions: DeductionsForm = DeductionsForm()

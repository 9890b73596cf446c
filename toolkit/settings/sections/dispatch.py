"""`dispatch`: how somebody is chosen and sent to a customer (20, Vendors)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Annotated, Any

from pydantic import Field, PlainValidator

from toolkit.registers.schema import Type
from toolkit.rules.candidates import POINTS
from toolkit.settings.among import among, items
from toolkit.settings.faults import Mistake
from toolkit.settings.fields import Listed, TimeText, WaitText, When, one_or_more, say
from toolkit.settings.form_base import Form
from toolkit.settings.names import Names


@dataclass(frozen=True, slots=True)
class Line:
    """For tickets of a kind one of these skills, or pieces of equipment, is needed."""

    when: When
    any: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DispatchSetting:
    """`needed` says in order for which tickets somebody must go, while their status is one of `statuses`.

    `capacity` is a day of a vendor whose register says none, `hours` a visit that nobody estimated; `travel` lies between two
    visits. The choice in a column of `skill_columns` is a skill that is needed, that in one of `bonus_columns` is welcome;
    `words` are further words for a skill, `*` those for all of them. `slots` divide the board's day; from `evening` on each
    vendor gets the list of the next day. `deductions` are shares of the price that a statement takes off.
    """

    auto_assign: bool
    needed: tuple[tuple[When, bool], ...]
    statuses: frozenset[str]
    points: Mapping[str, float]
    neutral_stars: float
    full_load: int
    capacity: int
    hours: float
    travel: timedelta
    firms_first: bool
    skill_columns: tuple[str, ...]
    bonus_columns: tuple[str, ...]
    skills: tuple[Line, ...]
    equipment: tuple[Line, ...]
    words: Mapping[str, tuple[str, ...]]
    slots: tuple[tuple[time, time], ...]
    evening: time
    deductions: Mapping[str, float]


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


def dispatch(one: DispatchForm) -> DispatchSetting:
    """How somebody is chosen and sent."""
    return DispatchSetting(
        auto_assign=one.auto_assign,
        needed=tuple((line.when, line.vendor) for line in one.needed),
        statuses=frozenset(one.statuses),
        points={name: getattr(one.points, name) for name in POINTS},
        neutral_stars=one.neutral_stars,
        full_load=one.full_load,
        capacity=one.capacity,
        hours=one.hours,
        travel=one.travel or timedelta(0),
        firms_first=one.firms_first,
        skill_columns=one.skill_columns,
        bonus_columns=one.bonus_columns,
        skills=tuple(Line(line.when, line.any) for line in one.skills),
        equipment=tuple(Line(line.when, line.any) for line in one.equipment),
        words=one.words,
        slots=tuple(sorted(one.slots)),
        evening=one.evening,
        deductions={"without_result": one.deductions.without_result, "not_satisfied": one.deductions.not_satisfied},
    )


def misnamed_dispatch(names: Names) -> Iterator[Mistake]:
    """Names that `dispatch` gets wrong."""
    dispatch, choices = names.tree.child("dispatch"), names.keys("tickets", [Type.CHOICE])
    if dispatch is None:
        return
    yield from among(dispatch, ("dispatch",), "statuses", names.choices("tickets", "status"))
    for columns in ("skill_columns", "bonus_columns"):
        yield from among(dispatch, ("dispatch",), columns, choices)
    for part in ("needed", "skills", "equipment"):
        for i, line in items(dispatch.child(part), ()):
            yield from names.when(line, ("dispatch", part, *i), "tickets")

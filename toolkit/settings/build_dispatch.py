"""The checked form of dispatching into the settings that the toolkit works with."""

from __future__ import annotations

from datetime import timedelta

from toolkit.rules.candidates import POINTS
from toolkit.settings.form_dispatch import DispatchForm
from toolkit.settings.model_dispatch import DispatchSetting, Line


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

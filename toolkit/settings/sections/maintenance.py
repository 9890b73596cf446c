"""`maintenance`: the visits that are owed after acceptance (P-20)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from pydantic import Field, model_validator

from toolkit.core.words import LOCALES
from toolkit.rules.recurring import Interval, interval_of
from toolkit.settings.fields import DaysText, DurationText, one_of, one_or_more, say
from toolkit.settings.form_base import Form


@dataclass(frozen=True, slots=True)
class UpkeepKind:
    """A kind of maintenance visit: how often, or how long after acceptance once; what is done, by locale."""

    interval: Interval
    is_once: bool
    checklist: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class MaintenanceSetting:
    """Upkeep after acceptance (P-20): a visit is entered `ahead` of its day. Of kinds that fall on one day the rarest stands."""

    ahead: timedelta
    kinds: Mapping[str, UpkeepKind]


class UpkeepKindForm(Form):
    every: DurationText | None = None
    after: DurationText | None = None
    checklist: dict[Annotated[str, one_of(*LOCALES)], Annotated[tuple[str, ...], one_or_more]] = Field(
        default_factory=dict
    )

    @model_validator(mode="after")
    def _one_plan(self) -> UpkeepKindForm:
        if (self.every is None) == (self.after is None):
            raise say(
                "a visit comes every so often (every: 3mo), or once so long after acceptance (after: 7d), one of the two"
            )
        for one in (self.every, self.after):
            if one is not None:
                try:
                    interval_of(one)
                except ValueError as error:
                    raise say(str(error)) from None
        return self


class MaintenanceForm(Form):
    ahead: DaysText = timedelta(days=30)
    kinds: dict[str, UpkeepKindForm] = Field(default_factory=dict)


def maintenance(one: MaintenanceForm) -> MaintenanceSetting:
    """The kinds of visits, each with its interval."""
    kinds = {
        name: UpkeepKind(interval_of(interval), kind.every is None, kind.checklist)
        for name, kind in one.kinds.items()
        if (interval := kind.every or kind.after) is not None
    }
    return MaintenanceSetting(one.ahead, kinds)

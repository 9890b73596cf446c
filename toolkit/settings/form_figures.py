"""The form of `figures` in config.yaml: what a month's figures count, and what stands out in them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from toolkit.settings.fields import When
from toolkit.settings.form_rules import Form

Count = Annotated[int, Field(ge=1)]


class FaultsForm(Form):
    when: When = Field(default_factory=dict)


class FiguresForm(Form):
    faults: FaultsForm = FaultsForm()
    delivered_within: Count = 12
    outlier: Annotated[float, Field(gt=0)] = 2
    least: Count = 5
    least_orders: Count = 20
    causes: Count = 3

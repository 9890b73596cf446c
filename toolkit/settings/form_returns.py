"""The form of `returns` in config.yaml: the managed list of reasons, and what follows from a reason's class."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from toolkit.core.words import LOCALES
from toolkit.settings.fields import one_of, one_or_more
from toolkit.settings.form_rules import Form
from toolkit.settings.model_returns import CLASSES, REFUND_WHEN

Classes = Annotated[tuple[Annotated[str, one_of(*CLASSES)], ...], one_or_more]
Words = Annotated[tuple[str, ...], one_or_more]


class ReasonForm(Form):
    class_: Annotated[str, Field(alias="class"), one_of(*CLASSES)]
    label: dict[Annotated[str, one_of(*LOCALES)], str] = Field(default_factory=dict)
    hide: bool = False


class ReturnsForm(Form):
    refund_when: Annotated[str, one_of(*REFUND_WHEN)] = REFUND_WHEN[0]
    accepts: Classes = CLASSES
    window_for: Classes = ()
    freight_back_for: Classes = ()
    large: Words = ()
    opened_to_see: Words = ()
    reasons: dict[str, ReasonForm] = Field(default_factory=dict)
    reason_order: Words = ()

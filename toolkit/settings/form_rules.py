"""The form of the rules in config.yaml and the presets: policies, questionnaires, warranty, evidence, letters."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from toolkit.core.words import LOCALES
from toolkit.rules.recurring import interval_of
from toolkit.settings.fields import (
    DaysText,
    DurationText,
    Listed,
    ShareText,
    TargetText,
    When,
    one_of,
    one_or_more,
    say,
)


class Form(BaseModel):
    """A section: only what is named here may stand in it, and nobody changes it afterwards."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        arbitrary_types_allowed=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,
        defer_build=True,  # one schema is built for the whole file, when a file is read
    )

    @model_validator(mode="before")
    @classmethod
    def _said(cls, data: Any) -> Any:
        """A key without a value says nothing; an unknown one stays, to be complained of."""
        if not isinstance(data, dict):
            return data
        known = {field.alias or name for name, field in cls.model_fields.items()}
        return {key: value for key, value in data.items() if value is not None or key not in known}


class RungForm(Form):
    after: TargetText
    to: str


class PolicyForm(Form):
    clock: str
    start: Listed
    stop: str
    target: TargetText | None = None
    lead: DurationText | None = None
    when: When = Field(default_factory=dict)
    pause_on: Listed = ()
    warn: ShareText = 0.8
    ladder: tuple[RungForm, ...] = ()
    register_: Annotated[str, Field(alias="register")] = "tickets"
    working_days_only: bool = False
    asks: Listed = ()
    off: bool = False

    @model_validator(mode="after")
    def _one_amount(self) -> PolicyForm:
        if (self.target is None) == (self.lead is None):
            raise say("a policy has a target (how long it may take) or a lead (how long before), one of the two")
        return self


class QuestionForm(Form):
    label: dict[Annotated[str, one_of(*LOCALES)], str] = Field(default_factory=dict)
    aliases: Listed = ()
    stars: dict[str, Annotated[float, Field(ge=1, le=5)]] = Field(default_factory=dict)
    no_costs: Annotated[float, Field(ge=0)] = 0
    weight: Annotated[float, Field(ge=0)] = 0


class QuestionnaireForm(Form):
    when: When = Field(default_factory=dict)
    questions: Annotated[dict[str, QuestionForm], Field(min_length=1)]
    off: bool = False


class TermForm(Form):
    months: Annotated[int, Field(ge=0)]
    start: Annotated[Listed, Field(min_length=1)]
    when: When = Field(default_factory=dict)


class CoversForm(Form):
    category: Annotated[Listed, Field(min_length=1)]
    faults: Annotated[Listed, Field(min_length=1)]


class WarrantyForm(Form):
    terms: tuple[TermForm, ...] = ()
    not_covered: dict[str, Annotated[str, one_of("misuse", "disaster")]] = Field(default_factory=dict)
    covers: tuple[CoversForm, ...] = ()
    asks_of: Listed = ()


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


class EvidenceForm(Form):
    when: When
    columns: Annotated[Listed, Field(min_length=1)]
    ask: dict[Annotated[str, one_of(*LOCALES)], Listed] = Field(default_factory=dict)


class NoticeForm(Form):
    register_: Annotated[str, Field(alias="register")] = "tickets"
    to: str
    channels: Annotated[tuple[Annotated[str, one_of("email", "sms", "chat")], ...], one_or_more]
    all_channels: bool = False
    cause: str = ""
    expires: DurationText | None = None
    urgent: bool = False
    when: When = Field(default_factory=dict)
    off: bool = False

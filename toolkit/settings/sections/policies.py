"""`policies`: the rules of the trade by their numbers (20)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from toolkit.rules.policy import Policy, Rung
from toolkit.rules.worktime.duration import Duration
from toolkit.rules.worktime.ends import End
from toolkit.settings.fields import DurationText, Listed, ShareText, TargetText, When, say
from toolkit.settings.form_base import Form


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


def policy(name: str, one: PolicyForm) -> Policy:
    """A policy that is on, as the rules know it."""
    return Policy(
        id=name,
        clock=one.clock,
        starts=one.start,
        stops=one.stop,
        target=one.target if isinstance(one.target, Duration) else None,
        lead=one.lead,
        when=one.when,
        pause_on=one.pause_on,
        warn_share=one.warn,
        ladder=tuple(Rung(rung.after, rung.to) for rung in one.ladder),
        register=one.register_,
        working_days_only=one.working_days_only,
        end=one.target if isinstance(one.target, End) else None,
        asks=one.asks,
    )

"""`policies`: the rules of the trade by their numbers (20)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import Field, model_validator

from toolkit.registers.every import REGISTERS
from toolkit.rules.policy import Policy, Rung
from toolkit.rules.worktime.duration import Duration
from toolkit.rules.worktime.ends import End
from toolkit.settings.among import among, entries, items, mistake, word_at
from toolkit.settings.faults import Mistake, nearest
from toolkit.settings.fields import DurationText, Listed, ShareText, TargetText, When, say
from toolkit.settings.form_base import Form
from toolkit.settings.names import MOMENTS, TO_COLLEAGUES, Names
from toolkit.settings.yaml_source import Way

CLOCKS = {one.name: tuple(one.clocks) for one in REGISTERS if one.clocks}
"""The clocks that each register has; the due cell of `response` is response_due, `promise` warns of promised_by."""
DISPATCHED = "dispatched"
"""What starts the clock of a vendor's answer: the run that first saw the job with the vendor."""
_POLICY_ID = re.compile(r"[A-Z]+-\d+(\.[a-z_]+)?")


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


def misnamed_policies(names: Names) -> Iterator[Mistake]:
    """Names that `policies` gets wrong."""
    known = [key for key, _ in entries(names.preset.child("policies"))]
    yield from names.off("policies", list(dict.fromkeys([*known, *(key.partition(".")[0] for key in known)])))
    for key, node in entries(names.tree.child("policies")):
        way: Way = ("policies", key)
        if key not in known and (not _POLICY_ID.fullmatch(key) or node.child("clock") is None):
            yield mistake(node, way, _unknown_policy(key, known))
        if not isinstance(node.value, dict):
            continue
        register = word_at(node.child("register"), "tickets")
        yield from among(node, way, "register", CLOCKS)
        if register not in CLOCKS:
            continue
        moments = names.keys(register, MOMENTS)
        yield from among(node, way, "clock", CLOCKS[register])
        # A vendor is asked when the row shows it, which is no cell of its own.
        is_reply = word_at(node.child("clock"), "") == "reply"
        yield from among(node, way, "start", [*([DISPATCHED] if is_reply else []), *moments])
        # A call-back is made by a row of the surveys register, so its clock may stop there.
        is_callback = word_at(node.child("clock"), "") == "callback"
        # An installation is entered as a ticket, so the clock of an order may stop there (P-12).
        is_entry = register == "orders" and word_at(node.child("clock"), "") == "entry"
        elsewhere = [*(["called_at"] if is_callback else []), *(["opened_at"] if is_entry else [])]
        yield from among(node, way, "stop", [*elsewhere, *moments])
        yield from names.when(node, way, register)
        for here, rung in items(node.child("ladder"), (*way, "ladder")):
            yield from among(rung, here, "to", (*TO_COLLEAGUES, *names.roles()))
        yield from among(node, way, "asks", names.staff(register))
        has_status = "status" in names.columns[register]
        yield from among(node, way, "pause_on", names.choices(register, "status") if has_status else ())


def _unknown_policy(key: str, known: Sequence[str]) -> str:
    """What to say to a rule that is neither the preset's nor whole: its parts where the number has several, else what is near."""
    parts = [one for one in known if one.startswith(f"{key}.")]
    if parts:
        return f"the preset has this rule in parts; change the one that you mean: {', '.join(parts)}"
    near = nearest(re.sub(r"-(?=\d\b)", "-0", key), known)  # P-1 means P-01, not P-13
    meant = f'; did you mean "{near}"?' if near else ""
    return f"a policy of your own has a name such as P-99 or P-99.reply, and a clock, start and stop{meant}"

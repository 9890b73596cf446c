"""`returns`: the managed list of reasons, what follows from a reason's class, when money goes back (20, Returns)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal

from pydantic import Field

from toolkit.core.words import LOCALES
from toolkit.registers.every import REGISTERS
from toolkit.rules.policy import Policy
from toolkit.settings.among import among, entries, mistake
from toolkit.settings.faults import Mistake
from toolkit.settings.fields import one_of, one_or_more
from toolkit.settings.form_base import Form
from toolkit.settings.names import CHOICE_KEY, KEY, REASONS, Names

_REASON_LABEL = "a reason of your own has a class and a label, e.g. {class: quality, label: {zh-CN: 虫蛀, en: Moths}}"
_REASON_CLASS = "a reason has a class, which says who pays the return freight: name it under returns.reasons"

ReasonClass = Literal["quality", "not_as_described", "transport", "no_cause"]
CLASSES: tuple[ReasonClass, ...] = ("quality", "not_as_described", "transport", "no_cause")
"""What a reason comes down to: it says who pays the return freight, and whether a window counts (20, Returns)."""
NO_CAUSE = CLASSES[-1]
REFUND_WHEN = ("inspected", "finance")
"""Money goes back once the goods were looked at, or once finance approved (P-19)."""
REFUND_STARTS = {"inspected": "inspected_at", "finance": "finance_at"}
"""Where the refund's clock starts, of the starts that its policy names."""


@dataclass(frozen=True, slots=True)
class ReasonSetting:
    """One reason of the managed list. A hidden one is not offered any more, but still read."""

    class_: str
    labels: Mapping[str, str] = field(default_factory=dict)
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class ReturnSetting:
    """`accepts` are the classes of reasons for which this seller takes goods back; `window_for` those that must be named
    within the window of P-18; `freight_back_for` those for which the freight of a whole order goes back as well. `large` are the
    categories that are picked up; `opened_to_see` those that nobody can look at without opening them.
    """

    refund_when: str
    accepts: tuple[str, ...]
    window_for: tuple[str, ...]
    freight_back_for: tuple[str, ...]
    large: frozenset[str]
    opened_to_see: frozenset[str]
    reasons: Mapping[str, ReasonSetting]
    offered: tuple[str, ...]
    """The reasons of the dropdown, in its order."""

    def class_of(self, reason: str | None) -> str | None:
        """The class of a reason; None where none was named."""
        one = self.reasons.get(reason or "")
        return None if one is None else one.class_


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


def returns(one: ReturnsForm) -> ReturnSetting:
    """The reasons in the order of `reason_order`, those that it does not name after them."""
    reasons = {key: ReasonSetting(reason.class_, reason.label, reason.hide) for key, reason in one.reasons.items()}
    order = dict.fromkeys((*(key for key in one.reason_order if key in reasons), *reasons))
    return ReturnSetting(
        refund_when=one.refund_when,
        accepts=one.accepts,
        window_for=one.window_for,
        freight_back_for=one.freight_back_for,
        large=frozenset(one.large),
        opened_to_see=frozenset(one.opened_to_see),
        reasons=reasons,
        offered=tuple(key for key in order if not reasons[key].is_hidden),
    )


def with_refund_start(policies: tuple[Policy, ...], one: ReturnsForm) -> tuple[Policy, ...]:
    """P-19 names both starts of the refund's clock; `refund_when` says which one counts."""
    both = frozenset(REFUND_STARTS.values())
    start = (REFUND_STARTS[one.refund_when],)
    return tuple(
        replace(each, starts=start) if each.register == "returns" and set(each.starts) == both else each
        for each in policies
    )


def misnamed_returns(names: Names) -> Iterator[Mistake]:
    """A reason of one's own has a label; one that is a choice has a class."""
    known = next(one for one in REGISTERS if one.name == "returns").by_key["reason"].choices
    listed = names.tree.find(REASONS)
    for key, node in entries(listed):
        if not KEY.fullmatch(key):
            yield mistake(node, (*REASONS, key), CHOICE_KEY)
        elif key not in known and not entries(node.child("label")):
            yield mistake(node, (*REASONS, key), _REASON_LABEL)
    for key, node in entries(names.tree.find(("registers", "returns", "choices", "reason"))):
        if key not in [one for one, _ in entries(listed)]:
            yield mistake(node, ("registers", "returns", "choices", "reason", key), _REASON_CLASS)
    section = names.tree.child("returns")
    if section is not None:
        yield from among(section, ("returns",), "reason_order", [key for key, _ in entries(listed)])
        for name in ("large", "opened_to_see"):
            yield from among(section, ("returns",), name, names.choices("returns", "category"))

"""How returns are handled, as the rest of the toolkit sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

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

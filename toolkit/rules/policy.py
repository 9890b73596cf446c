"""What a policy is: which clock, what starts and stops it, how long it may run, who hears of it (20, Deadlines)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from toolkit.rules.worktime.duration import Duration

T = TypeVar("T")
When = Mapping[str, tuple[str, ...]]
"""Conditions on columns: each named column holds one of the values."""


def fits(when: When, row: Any) -> bool:
    """Whether a row (anything with `.get(column)`) meets every condition. A blank urgency counts as normal."""
    return all((row.get(column) or _BLANK_MEANS.get(column)) in values for column, values in when.items())


_BLANK_MEANS = {"urgency": "normal"}


class Choice(Generic[T]):
    """What of `options` governs a row: worked out once for each combination of values that a condition looks at."""

    def __init__(self, whens: Iterable[When], decide: Callable[[Any], T]) -> None:
        self.columns = tuple(sorted({column for when in whens for column in when}))
        self._decide = decide
        self._known: dict[tuple[Any, ...], T] = {}

    def of(self, row: Any, looked_at: tuple[Any, ...]) -> T:
        """`looked_at` are the row's values in `columns`."""
        known = self._known.get(looked_at, self)
        if known is self:
            known = self._known[looked_at] = self._decide(row)
        return known  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of the escalation ladder: so long after the breach, this role hears of it."""

    after: Duration
    role: str


@dataclass(frozen=True, slots=True)
class Policy:
    """One clock of one P-number.

    `id` is unique (`P-04.resolve`), `no` is the number of the rule (`P-04`). The clock starts at the first filled column of
    `starts` and stops at `stops`; `lead` (P-17) warns so long before a moment that staff typed. `warn_share` of the
    target gone brings the warning (0.8: the default of 20).
    """

    id: str
    clock: str
    starts: tuple[str, ...]
    stops: str
    target: Duration | None = None
    lead: Duration | None = None
    when: When = field(default_factory=dict)
    pause_on: tuple[str, ...] = ()
    warn_share: float | None = 0.8
    ladder: tuple[Rung, ...] = ()
    register: str = "tickets"
    working_days_only: bool = False

    @property
    def no(self) -> str:
        """The number of the rule in the policy list."""
        return self.id.partition(".")[0]


def governing(policies: Sequence[Policy], clock: str, row: Any) -> Policy | None:
    """The first policy of a clock whose conditions the row meets (60, 24)."""
    return next((one for one in policies if one.clock == clock and fits(one.when, row)), None)


def in_order(policies: Sequence[Policy]) -> tuple[Policy, ...]:
    """Conditional policies first, as listed; those without a condition last (60, 24)."""
    return tuple(sorted(policies, key=lambda one: not one.when))

"""What a policy is: which clock, what starts and stops it, how long it may run, who hears of it (20, Deadlines)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Generic, TypeVar

from toolkit.rules.worktime.duration import Duration
from toolkit.rules.worktime.ends import End

T = TypeVar("T")
When = Mapping[str, tuple[str, ...]]
"""Conditions on columns: each named column holds one of the values."""


def fits(when: When, row: Any) -> bool:
    """Whether a row (anything with `.get(column)`) meets every condition. A blank urgency counts as normal."""
    return all(_meets(_word(row.get(column), column), values) for column, values in when.items())


ANYTHING = "*"
"""How a condition says that the column is filled, with whatever it may be: `vendor: "*"`."""


def _meets(word: Any, values: tuple[str, ...]) -> bool:
    return word in values or (ANYTHING in values and word is not None)


YES, NO = "yes", "no"
"""How a condition writes a box that is ticked, and one that is not; a blank one is neither."""
_BLANK = (None, "")
_BLANK_MEANS = {"urgency": "normal"}


def _word(value: Any, column: str) -> Any:
    """A cell as a condition writes it: choices and text as they are, boxes as yes and no, numbers as short as can be."""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, int | float | Decimal):
        return number_word(value)
    return value or _BLANK_MEANS.get(column)


def number_word(value: float | Decimal) -> str:
    """A number as the conditions compare it: `2`, `1.5`, however it is written."""
    return f"{Decimal(str(value)).normalize():f}"


class Choice(Generic[T]):
    """What of `options` governs a row: worked out once for each combination of values that a condition looks at."""

    def __init__(self, whens: Iterable[When], decide: Callable[[Any], T]) -> None:
        conditions = [pair for when in whens for pair in when.items()]
        self.columns = tuple(sorted({column for column, _ in conditions}))
        named = {column for column, values in conditions if values != (ANYTHING,)}
        self._only_filled = tuple(at for at, column in enumerate(self.columns) if column not in named)
        self._decide = decide
        self._known: dict[tuple[Any, ...], T] = {}

    def of(self, row: Any, looked_at: tuple[Any, ...]) -> T:
        """`looked_at` are the row's values in `columns`. Of a column that need only be filled it is all one what stands there."""
        if self._only_filled:
            seen = list(looked_at)
            for at in self._only_filled:
                seen[at] = seen[at] not in _BLANK
            looked_at = tuple(seen)
        known = self._known.get(looked_at, self)
        if known is self:
            known = self._known[looked_at] = self._decide(row)
        return known  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of the escalation ladder: so long after the breach, or at the end of its day, this role hears of it."""

    after: Duration | End
    role: str


@dataclass(frozen=True, slots=True)
class Policy:
    """One clock of one P-number.

    `id` is unique (`P-04.resolve`), `no` is the number of the rule (`P-04`). The clock starts at the first filled column of
    `starts` and stops at `stops`; it may take `target`, or last until an `end`, of the day or the shift (P-24); `lead`
    (P-17) warns so long before a moment that staff typed. `warn_share` of the target gone brings the warning (0.8: the
    default of 20), and from then on the `asks` are columns to fill where it will be late (P-03, P-08).
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
    end: End | None = None
    asks: tuple[str, ...] = ()

    @property
    def is_typed(self) -> bool:
        """The due time stands in the row, as staff typed it."""
        return self.target is None and self.end is None

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

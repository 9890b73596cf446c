"""Which maintenance visits a contract owes, and from which one on a desk enters them (P-20)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import takewhile
from typing import Protocol

from toolkit.rules.recurring import Interval

_DAY = timedelta(days=1)


class Comes(Protocol):
    """How often a kind of visit comes, or how long after acceptance once."""

    @property
    def interval(self) -> Interval:
        """The time between two, or until the only one."""

    @property
    def is_once(self) -> bool:
        """Whether there is only one."""


@dataclass(frozen=True, slots=True)
class Owed:
    """The visits of a contract, counted from its acceptance. Of kinds that fall on one day the rarest stands."""

    start: date
    kinds: Mapping[str, Comes]

    def between(self, after: date, last: date) -> tuple[tuple[date, str], ...]:
        """Day and kind of the visits after a day, up to a last one."""
        found: dict[date, str] = {}
        for name, kind in self.kinds.items():
            for day in takewhile(lambda one: one <= last, self._days(kind, max(after, self.start))):
                if day not in found or _rarity(kind) > _rarity(self.kinds[found[day]]):
                    found[day] = name
        return tuple(sorted(found.items()))

    def _days(self, kind: Comes, after: date) -> Iterator[date]:
        if not kind.is_once:
            return kind.interval.dates(self.start, after)
        only = kind.interval.nth(self.start, 1)
        return iter([only] if only > after else [])

    def missed(self, known: Collection[date], today: date) -> date | None:
        """The last visit before a day, where nothing is known of it nor of any later one.

        `known` are the days of the visits that stand in the sheet, planned or made. None where nothing was missed:
        what lies further back is nobody's to catch up on, since a later visit took its place; nor is a visit that comes
        once, which belongs to the beginning.
        """
        again = Owed(self.start, {name: kind for name, kind in self.kinds.items() if not kind.is_once})
        past = again.between(self.start, today - _DAY)
        if not past:
            return None
        before = past[-2][0] if len(past) > 1 else self.start
        return None if any(one > before for one in known) else past[-1][0]


def _rarity(kind: Comes) -> tuple[bool, int, int]:
    return (kind.is_once, kind.interval.months, kind.interval.days)

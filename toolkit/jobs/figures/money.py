"""The “money open” list: who owes what since when, the oldest first, with sums by kind and age (20, Digest and reports).

Pure: what is open is found by `toolkit/jobs/figures/owed.py`; here it is aged, sorted and added up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from toolkit.core.reason import Reason

NOTHING = Decimal("0.00")


class Kind(StrEnum):
    """Who owes what: the first two are ours to pay, the others are owed to us."""

    ADVANCE = "advance"
    REFUND = "refund"
    CLAIM = "claim"
    RECOVERY = "recovery"


class Bracket(StrEnum):
    """How old a sum is, in days. `UNDATED`: nobody wrote down the day from which to count."""

    UP_TO_30 = "0-30"
    UP_TO_60 = "31-60"
    UP_TO_90 = "61-90"
    OVER_90 = "over-90"
    UNDATED = "undated"


LAST_DAYS = {Bracket.UP_TO_30: 30, Bracket.UP_TO_60: 60, Bracket.UP_TO_90: 90}
"""The last day of each bracket that has one °."""


@dataclass(frozen=True, slots=True)
class Open:
    """One sum. `case` is the ticket, order or return that it belongs to, by number, else by cell; `who` owes it or is owed it,
    `owner` sees to it; `since` is the day from which it is owed, None where nobody wrote one down; `amount` None while nobody
    knows how much it is. `notes` say what is missing. `book` and `row` tell where it stands.
    """

    kind: Kind
    case: str
    who: str | None
    owner: str | None
    since: date | None
    amount: Decimal | None
    register: str
    book: str
    row: int
    notes: tuple[Reason, ...] = ()

    def age(self, today: date) -> int | None:
        """Days from then to now; of a day to come 0."""
        return None if self.since is None else max(0, (today - self.since).days)


@dataclass(frozen=True, slots=True)
class Sum:
    """All that is open of one kind: how many, how much in each bracket in order. `unknown` are those without an amount."""

    kind: Kind
    count: int
    unknown: int
    by_bracket: tuple[Decimal, ...]

    @property
    def total(self) -> Decimal:
        """In all."""
        return sum(self.by_bracket, NOTHING)


def bracket_of(age: int | None) -> Bracket:
    """The bracket of an age in days."""
    if age is None:
        return Bracket.UNDATED
    return next((one for one, last in LAST_DAYS.items() if age <= last), Bracket.OVER_90)


def by_age(found: Iterable[Open]) -> tuple[Open, ...]:
    """The oldest first, of one day the largest sum first; what has no day comes last. Sorted rows change nothing."""
    return tuple(sorted(found, key=_oldest_first))


def _oldest_first(one: Open) -> tuple[date, Decimal, str, str, str, int]:
    return (one.since or date.max, -(one.amount or NOTHING), str(one.kind), one.book, one.case, one.row)


def sums(found: Sequence[Open], today: date) -> tuple[Sum, ...]:
    """A sum for each kind of which anything is open, in the order of the kinds."""
    every = (_sum(kind, [one for one in found if one.kind is kind], today) for kind in Kind)
    return tuple(one for one in every if one.count)


def _sum(kind: Kind, found: Sequence[Open], today: date) -> Sum:
    amounts = dict.fromkeys(Bracket, NOTHING)
    for one in found:
        amounts[bracket_of(one.age(today))] += one.amount or NOTHING
    return Sum(kind, len(found), sum(one.amount is None for one in found), tuple(amounts.values()))

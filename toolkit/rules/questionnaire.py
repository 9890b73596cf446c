"""Call-backs into scores and ratings (20, Vendors and Call-back questionnaires; 60, 25)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `stars` turns a choice into stars; `no_costs` takes stars off for a "no"; `weight` counts a "yes".

    `aliases` are further headers of its column: how a form asks it.
    """

    key: str
    label: Mapping[str, str]
    stars: Mapping[str, float] = field(default_factory=dict)
    no_costs: float = 0
    weight: float = 0
    aliases: tuple[str, ...] = ()

    def is_complaint(self, answer: object) -> bool:
        """Whether the answer opens a follow-up: "no" to a question about the service, or the worst of its verdicts.

        A question that weighs and costs nothing (whether the brand was known) is not about the service.
        """
        if self.stars:
            return answer in self.stars and self.stars[str(answer)] == min(self.stars.values())
        return answer is False and bool(self.weight or self.no_costs)


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """A set of questions asked after jobs of some kinds (`when`, on the ticket)."""

    name: str
    questions: tuple[Question, ...]
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def rating(self, answers: Mapping[str, object]) -> float | None:
        """Stars from 1 to 5, or None where the deciding question was not answered.

        With a question that gives stars: its stars less what each "no" costs, not below 1 (service-visit).
        Otherwise 1 + 4 times the weighted share of yes among the questions answered (installation).
        """
        with_stars = [one for one in self.questions if one.stars]
        if not with_stars:
            share = self._share_of_yes(answers)
            return None if share is None else 1 + 4 * share
        given = [one.stars[str(answers[one.key])] for one in with_stars if answers.get(one.key) in one.stars]
        if not given:
            return None
        cost = sum(one.no_costs for one in self.questions if answers.get(one.key) is False)
        return max(1.0, sum(given) / len(given) - cost)

    def complaints(self, answers: Mapping[str, object]) -> tuple[str, ...]:
        """The questions whose answer opens a follow-up for the store (20, Call-back questionnaires)."""
        return tuple(one.key for one in self.questions if one.is_complaint(answers.get(one.key)))

    def _share_of_yes(self, answers: Mapping[str, object]) -> float | None:
        asked = [one for one in self.questions if one.weight and isinstance(answers.get(one.key), bool)]
        total = sum(one.weight for one in asked)
        return sum(one.weight for one in asked if answers[one.key]) / total if total else None


def score_of(rating: float) -> float:
    """A rating of 1 to 5 as a score of 0 to 100 (60, 25)."""
    return (rating - 1) / 4 * 100


@dataclass(frozen=True, slots=True)
class Rated:
    """One call-back that counts for a vendor."""

    on: date
    rating: float


def weighted_rating(rated: Iterable[Rated], today: date, half_life_days: float) -> float | None:
    """The mean of the ratings, each weighing half as much for every half-life that it lies back (20, Vendors)."""
    total = weights = 0.0
    for one in rated:
        weight = 0.5 ** (max(0, (today - one.on).days) / half_life_days)
        total += weight * one.rating
        weights += weight
    return total / weights if weights else None


@lru_cache(maxsize=4096)
def one_decimal(value: float) -> float:
    """Rounded half up, as people do."""
    return float(Decimal(repr(value)).quantize(Decimal("0.1"), ROUND_HALF_UP))


def stars(rating: float) -> str:
    """The rating in half stars, e.g. ★★★★½ (20: display is rounded to half a star)."""
    halves = int(Decimal(repr(rating * 2)).quantize(Decimal(1), ROUND_HALF_UP))
    return "★" * (halves // 2) + ("½" if halves % 2 else "")

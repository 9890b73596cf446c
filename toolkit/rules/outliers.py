"""What stands out among its like: how far a number lies above what the others would lead one to expect. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
LEAST_SPREAD = 1.0
"""A spread below one case is no spread: else a single complaint about something rare would stand out."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Something stands out from `deviations` standard deviations on; not with fewer than `least` cases, and where they are
    cases of so many orders not with fewer than `least_orders` of these.
    """

    deviations: float
    least: int
    least_orders: int


@dataclass(frozen=True, slots=True)
class Outlier(Generic[K]):
    """What stands out: so many cases, where the others would lead one to expect so many."""

    what: K
    count: int
    expected: float


def outlying_rates(counts: Mapping[K, int], orders: Mapping[K, int], limits: Limits) -> Iterator[Outlier[K]]:
    """Those whose cases per order lie far above the rate of all others together.

    Expected are orders x the others' rate; the standard deviation is that of a count of rare events: √expected, at least 1 (an
    order may have several cases, so it is not that of a share). What nobody ordered has no rate, and what is the only one of its kind nothing to be compared with.
    """
    all_counts = sum(counts.get(one, 0) for one in orders)
    all_orders = sum(orders.values())
    for one, ordered in orders.items():
        count, others = counts.get(one, 0), all_orders - ordered
        if count < limits.least or ordered < limits.least_orders or others <= 0:
            continue
        expected = ordered * (all_counts - count) / others
        if _stands_out(count, expected, limits):
            yield Outlier(one, count, expected)


def outlying_counts(counts: Mapping[K, int], limits: Limits) -> Iterator[Outlier[K]]:
    """Those with far more cases than the others have on average, where nobody knows how many were ordered; by the same standard
    deviation.
    """
    total = sum(counts.values())
    for one, count in counts.items():
        if count < limits.least or len(counts) == 1:
            continue
        expected = (total - count) / (len(counts) - 1)
        if _stands_out(count, expected, limits):
            yield Outlier(one, count, expected)


def _stands_out(count: int, expected: float, limits: Limits) -> bool:
    return count - expected >= limits.deviations * max(LEAST_SPREAD, sqrt(expected))

"""Choices by a seeded generator: the same case, the same choices."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def pick(rng: random.Random, things: Sequence[T]) -> T:
    """One of them."""
    return things[rng.randrange(len(things))]


def some(rng: random.Random, things: Sequence[T]) -> list[T]:
    """At least one of them, sometimes all."""
    if rng.random() < 0.3:
        return list(things)
    return rng.sample(list(things), rng.randint(1, len(things)))

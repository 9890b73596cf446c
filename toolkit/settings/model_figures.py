"""What a month's figures count, as the rest of the toolkit sees it."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.rules.outliers import Limits
from toolkit.rules.policy import When


@dataclass(frozen=True, slots=True)
class FigureSetting:
    """`faults` says which tickets are about a fault of the goods; they are set against the order lines that were delivered
    within `delivered_within` months. `limits` say what stands out; `causes` is how many of the largest causes are listed.
    """

    faults: When
    delivered_within: int
    limits: Limits
    causes: int

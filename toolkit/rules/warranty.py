"""How long the warranty runs and whether a fault is covered (20, Warranty)."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from toolkit.core.reason import Name, Reason, because
from toolkit.rules.policy import When, fits

OPEN_VERDICT = "coverage.needs-date"
"""Not known yet: the date that the warranty starts from is not in the row."""


@dataclass(frozen=True, slots=True)
class Term:
    """So many months from the first filled of these columns, for the rows that `when` fits."""

    months: int
    starts: tuple[str, ...]
    when: When = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Covers:
    """The faults that are covered in some categories."""

    categories: tuple[str, ...]
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Warranty:
    """The terms, first fit governs, and the causes that are not covered: cause -> code of the words.

    Rows that one of `misuse` fits count as misuse too: what the customer's own fitter broke, say.
    `covers` lists the covered faults by category; a category that is in none of them is covered whatever the fault.
    `asks_of` are the kinds of ticket whose verdict asks for a date that is missing: who asks for a franchise bought
    nothing yet. All kinds where none is named.
    """

    terms: tuple[Term, ...]
    not_covered: Mapping[str, str] = field(default_factory=dict)
    covers: tuple[Covers, ...] = ()
    asks_of: tuple[str, ...] = ()
    misuse: tuple[When, ...] = ()

    def covered_faults(self, category: str | None) -> tuple[str, ...] | None:
        """The faults that are covered in a category; None where all are."""
        return next((one.faults for one in self.covers if category in one.categories), None)


@lru_cache(maxsize=4096)
def add_months(day: date, months: int) -> date:
    """The same day so many months on; the last day of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def term_for(warranty: Warranty, row: Any) -> Term | None:
    """The term that governs a row."""
    return next((term for term in warranty.terms if fits(term.when, row)), None)


def warranty_until(term: Term | None, row: Any) -> date | None:
    """The last day of the warranty, or None where no start date stands."""
    if term is None:
        return None
    start = next((row.get(column) for column in term.starts if row.get(column)), None)
    return add_months(start, term.months) if start else None


def coverage(warranty: Warranty, term: Term | None, row: Any, until: date | None, event_on: date) -> Reason | None:
    """The verdict in words: covered, out of warranty, not covered, or which date is needed; None where nobody asks.

    `event_on` is the day that the fault was reported.
    """
    cause = row.get("cause")
    if cause in warranty.not_covered:
        return because(warranty.not_covered[cause])
    if any(fits(when, row) for when in warranty.misuse):
        return because("coverage.misuse")
    if until is None:
        if warranty.asks_of and row.get("kind") not in warranty.asks_of:
            return None
        starts: Sequence[str] = term.starts if term else ("delivered_on",)
        return because(OPEN_VERDICT, columns=tuple(Name("tickets", one) for one in starts))
    faults = warranty.covered_faults(row.get("category"))
    if event_on <= until and faults is not None and row.get("fault") and row.get("fault") not in faults:
        return because("coverage.fault")
    return because("coverage.in") if event_on <= until else because("coverage.out")

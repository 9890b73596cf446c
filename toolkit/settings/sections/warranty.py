"""`warranty` and `evidence`: what is covered for how long, and what must be shown for it (20, Warranty, Triage)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from toolkit.core.words import LOCALES
from toolkit.rules.warranty import Covers, Term, Warranty
from toolkit.settings.fields import Listed, When, one_of
from toolkit.settings.form_base import Form


@dataclass(frozen=True, slots=True)
class Asked:
    """The evidence that some tickets need: the columns, and what the customer is asked for, in each language."""

    when: When
    columns: tuple[str, ...]
    lines: Mapping[str, tuple[str, ...]]


class TermForm(Form):
    months: Annotated[int, Field(ge=0)]
    start: Annotated[Listed, Field(min_length=1)]
    when: When = Field(default_factory=dict)


class CoversForm(Form):
    category: Annotated[Listed, Field(min_length=1)]
    faults: Annotated[Listed, Field(min_length=1)]


class MisuseForm(Form):
    when: Annotated[When, Field(min_length=1)]


class WarrantyForm(Form):
    terms: tuple[TermForm, ...] = ()
    not_covered: dict[str, Annotated[str, one_of("misuse", "disaster")]] = Field(default_factory=dict)
    misuse: tuple[MisuseForm, ...] = ()
    covers: tuple[CoversForm, ...] = ()
    asks_of: Listed = ()


class EvidenceForm(Form):
    when: When
    columns: Annotated[Listed, Field(min_length=1)]
    ask: dict[Annotated[str, one_of(*LOCALES)], Listed] = Field(default_factory=dict)


def warranty(one: WarrantyForm) -> Warranty:
    """The terms as the rules know them."""
    terms = tuple(Term(term.months, term.start, term.when) for term in one.terms)
    covers = tuple(Covers(each.category, each.faults) for each in one.covers)
    not_covered = {cause: f"coverage.{word}" for cause, word in one.not_covered.items()}
    return Warranty(terms, not_covered, covers, one.asks_of, tuple(each.when for each in one.misuse))

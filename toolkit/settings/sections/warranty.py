"""`warranty` and `evidence`: what is covered for how long, and what must be shown for it (20, Warranty, Triage)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from toolkit.core.words import LOCALES
from toolkit.rules.warranty import Covers, Term, Warranty
from toolkit.settings.among import among, items, keys_among
from toolkit.settings.faults import Mistake
from toolkit.settings.fields import Listed, When, one_of
from toolkit.settings.form_base import Form
from toolkit.settings.names import MOMENTS, Names
from toolkit.settings.yaml_source import Way


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


def misnamed_warranty(names: Names) -> Iterator[Mistake]:
    """Names that `warranty` gets wrong."""
    warranty = names.tree.child("warranty")
    if warranty is None:
        return
    yield from among(warranty, ("warranty",), "asks_of", names.choices("tickets", "kind"))
    for i, term in items(warranty.child("terms"), ()):
        way: Way = ("warranty", "terms", *i)
        yield from among(term, way, "start", names.keys("tickets", MOMENTS))
        yield from names.when(term, way, "tickets")
    for i, misuse in items(warranty.child("misuse"), ()):
        yield from names.when(misuse, ("warranty", "misuse", *i), "tickets")
    for i, covers in items(warranty.child("covers"), ()):
        here: Way = ("warranty", "covers", *i)
        yield from among(covers, here, "category", names.choices("tickets", "category"))
        yield from among(covers, here, "faults", names.choices("tickets", "fault"))
    yield from keys_among(warranty.child("not_covered"), ("warranty", "not_covered"), names.choices("tickets", "cause"))


def misnamed_evidence(names: Names) -> Iterator[Mistake]:
    """Names that `evidence` gets wrong."""
    for i, node in items(names.tree.child("evidence"), ()):
        way: Way = ("evidence", *i)
        yield from names.when(node, way, "tickets")
        yield from among(node, way, "columns", names.staff("tickets"))

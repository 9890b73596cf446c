"""`figures`: what a month's figures count, and what stands out in them (20, Digest and reports)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from toolkit.rules.outliers import Limits
from toolkit.settings.faults import Mistake
from toolkit.settings.fields import When
from toolkit.settings.form_base import Form
from toolkit.settings.names import Names
from toolkit.settings.yaml_source import Way


@dataclass(frozen=True, slots=True)
class FigureSetting:
    """`faults` says which tickets are about a fault of the goods; they are set against the order lines that were delivered
    within `delivered_within` months. `limits` say what stands out; `causes` is how many of the largest causes are listed;
    so many closed tickets a month are drawn for the supervisor to audit.
    """

    faults: When
    delivered_within: int
    limits: Limits
    causes: int
    audit: int


Count = Annotated[int, Field(ge=1)]


class FaultsForm(Form):
    when: When = Field(default_factory=dict)


class FiguresForm(Form):
    faults: FaultsForm = FaultsForm()
    delivered_within: Count = 12
    outlier: Annotated[float, Field(gt=0)] = 2
    least: Count = 5
    least_orders: Count = 20
    causes: Count = 3
    audit: Annotated[int, Field(ge=0)] = 10


def figures(one: FiguresForm) -> FigureSetting:
    """What the figures count."""
    return FigureSetting(
        faults=one.faults.when,
        delivered_within=one.delivered_within,
        limits=Limits(one.outlier, one.least, one.least_orders),
        causes=one.causes,
        audit=one.audit,
    )


def misnamed_figures(names: Names) -> Iterator[Mistake]:
    """Names that `figures` gets wrong."""
    way: Way = ("figures", "faults")
    node = names.tree.find(way)
    if node is not None:
        yield from names.when(node, way, "tickets")

"""Triage: which level and cause a description suggests, when transport is concluded, where a ticket belongs (20, Triage)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from toolkit.rules.policy import When, fits

TRANSPORT, QUALITY = "transport_damage", "product_quality"
LEVELS = ("1", "2", "3", "4")
"""From the gravest to the lightest."""


@dataclass(frozen=True, slots=True)
class Level:
    """Who answers for the tickets of a level (roles, the first there is), and whether somebody must visit."""

    roles: tuple[str, ...] = ()
    needs_vendor: bool = True


@dataclass(frozen=True, slots=True)
class Hint:
    """`suggests` is the level or cause of a ticket whose description holds one of `words`, and none of `unless`.

    Without words it goes by `when` alone: what a choice says needs no description.
    """

    suggests: str
    words: tuple[str, ...]
    unless: tuple[str, ...] = ()
    when: When = field(default_factory=dict)

    def fits(self, text: str, row: Any) -> bool:
        """Whether the description (folded) says so."""
        said = any(word in text for word in self.words) if self.words else bool(self.when)
        return said and not any(word in text for word in self.unless) and fits(self.when, row)


@dataclass(frozen=True, slots=True)
class Route:
    """Where the tickets that `when` fits go: a department, roles of the staff, the store of the customer's region."""

    when: When = field(default_factory=dict)
    department: str | None = None
    roles: tuple[str, ...] = ()
    to_store: bool = False


@dataclass(frozen=True, slots=True)
class Advice:
    """What the next step adds for the tickets that `when` fits while all of `blank` are blank; `say` names the words."""

    say: str
    when: When = field(default_factory=dict)
    blank: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Triage:
    """The rules. Hints and routes are read from the top: the first that fits counts."""

    levels: Mapping[str, Level] = field(default_factory=dict)
    level_hints: tuple[Hint, ...] = ()
    cause_hints: tuple[Hint, ...] = ()
    routes: tuple[Route, ...] = ()
    advice: tuple[Advice, ...] = ()

    def needs_vendor(self, level: str | None) -> bool:
        """Whether a ticket of a level is for a repairer to visit; unknown levels are."""
        found = self.levels.get(level or "")
        return found is None or found.needs_vendor

    def route_of(self, row: Any) -> Route | None:
        """The first route that fits."""
        return next((one for one in self.routes if fits(one.when, row)), None)


def plain(text: str | None) -> str:
    """A description as hints are looked for in it: half width, lower case, single blanks."""
    return " ".join(unicodedata.normalize("NFKC", text or "").casefold().split())


def suggested_level(triage: Triage, row: Any) -> str | None:
    """The level that the description suggests; none where one stands."""
    if row.get("level") is not None:
        return None
    return _hinted(triage.level_hints, row)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A cause that is suggested. An open one is only suspected: `needs` are the columns that would decide."""

    value: str
    needs: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Not concluded yet."""
        return bool(self.needs)


def suggested_cause(triage: Triage, row: Any) -> Suggestion | None:
    """The cause that description, packing and photos suggest; none where one stands.

    What the packing shows outweighs a description that names the damage only; misuse, which it names, comes before it.
    """
    if row.get("cause") is not None:
        return None
    hinted = _hinted(triage.cause_hints, row)
    if hinted in (None, QUALITY) and (shown := _shown(row)) is not None:
        return Suggestion(shown)
    if hinted != TRANSPORT:
        return Suggestion(hinted) if hinted is not None else None
    found = concluded(row)
    return Suggestion(found) if found is not None else Suggestion(TRANSPORT, DECIDING)


DECIDING = ("packing", "photos_usable")
"""What tells damage on the way from a fault of the product."""


def concluded(row: Any) -> str | None:
    """Damage on the way is concluded only after misuse and quality are ruled out; misuse is by the hints before.

    Packing damaged at the matching place, or no usable photos: transport. Photos that show the packing whole: quality.
    Packing damaged elsewhere rules nothing out yet, nor does what was not looked at: None, the cause is open.
    """
    if row.get("packing") == "damaged_there" or row.get("photos_usable") is False:
        return TRANSPORT
    if row.get("packing") == "whole" and row.get("photos_usable"):
        return QUALITY
    return None


def _shown(row: Any) -> str | None:
    """What the packing shows of damage that nobody laid to the transport. Missing photos alone say nothing of it then."""
    if row.get("packing") == "damaged_there":
        return TRANSPORT
    return QUALITY if row.get("packing") == "whole" and row.get("photos_usable") else None


def contradicts(row: Any) -> str | None:
    """The cause that the evidence concludes where staff concluded transport too early."""
    found = concluded(row) if row.get("cause") == TRANSPORT else None
    return found if found not in (None, TRANSPORT) else None


def raised(level: str | None, reopenings: int) -> str | None:
    """A second reopening raises a ticket by one level (40, Clocks)."""
    if level not in LEVELS or reopenings < RAISED_FROM:
        return level
    return LEVELS[max(LEVELS.index(level) - 1, 0)]


RAISED_FROM = 2


def _hinted(hints: Sequence[Hint], row: Any) -> str | None:
    text = plain(row.get("problem"))
    return next((one.suggests for one in hints if one.fits(text, row)), None)

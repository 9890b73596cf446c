"""`triage`: levels, keywords, departments, whom leads go to (20, Triage)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from toolkit.rules.triage import Advice, Hint, Level, Route, Triage, plain
from toolkit.settings.among import among, entries, items, keys_among
from toolkit.settings.faults import Mistake
from toolkit.settings.fields import Listed, When, one_of
from toolkit.settings.form_base import Form
from toolkit.settings.names import Names
from toolkit.settings.yaml_source import Way

ADVICE = ("remote-first", "apologise", "needs", "photos-first", "photos-after", "responsible", "courier")
"""What a line of advice may say: its words are `advice.…` in core/words."""


class LevelForm(Form):
    role: Listed = ()
    vendor: bool = True


class HintForm(Form):
    words: Listed = ()
    unless: Listed = ()
    when: When = Field(default_factory=dict)


class LevelHintForm(HintForm):
    level: str


class CauseHintForm(HintForm):
    cause: str


class RouteForm(Form):
    when: When = Field(default_factory=dict)
    department: str | None = None
    role: Listed = ()
    store: bool = False


class AdviceForm(Form):
    say: Annotated[str, one_of(*ADVICE)]
    when: When = Field(default_factory=dict)
    blank: Listed = ()


class TriageForm(Form):
    levels: dict[str, LevelForm] = Field(default_factory=dict)
    level_words: tuple[LevelHintForm, ...] = ()
    cause_words: tuple[CauseHintForm, ...] = ()
    routes: tuple[RouteForm, ...] = ()
    advice: tuple[AdviceForm, ...] = ()


def triage(one: TriageForm) -> Triage:
    """The rules that the form says."""
    return Triage(
        levels={name: Level(each.role, each.vendor) for name, each in one.levels.items()},
        level_hints=tuple(_hint(each.level, each) for each in one.level_words),
        cause_hints=tuple(_hint(each.cause, each) for each in one.cause_words),
        routes=tuple(Route(each.when, each.department, each.role, each.store) for each in one.routes),
        advice=tuple(Advice(each.say, each.when, each.blank) for each in one.advice),
    )


def _hint(suggests: str, one: HintForm) -> Hint:
    return Hint(suggests, tuple(map(plain, one.words)), tuple(map(plain, one.unless)), one.when)


def misnamed_triage(names: Names) -> Iterator[Mistake]:
    """Names that `triage` and `care` get wrong."""
    triage = names.tree.child("triage")
    if triage is None:
        return
    levels, roles = names.choices("tickets", "level"), names.choices("staff", "role")
    yield from keys_among(triage.child("levels"), ("triage", "levels"), levels)
    for level, node in entries(triage.child("levels")):
        yield from among(node, ("triage", "levels", level), "role", roles)
    for section, key, allowed in (
        ("level_words", "level", levels),
        ("cause_words", "cause", names.choices("tickets", "cause")),
        ("routes", "department", names.choices("tickets", "department")),
        ("advice", "blank", tuple(names.staff("tickets"))),
    ):
        for i, node in items(triage.child(section), ()):
            way: Way = ("triage", section, *i)
            yield from among(node, way, key, allowed)
            yield from among(node, way, "role", roles)
            yield from names.when(node, way, "tickets")
    yield from keys_among(names.tree.child("care"), ("care",), names.choices("tickets", "category"))

"""The checked form of `triage` into its rules."""

from __future__ import annotations

from toolkit.rules.triage import Advice, Hint, Level, Route, Triage, plain
from toolkit.settings.form_triage import HintForm, TriageForm


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

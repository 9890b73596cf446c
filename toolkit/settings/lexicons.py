"""The configuration's own words laid over the labels of a locale, and the questionnaires' columns over the registers."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cache

from toolkit.registers.every import REGISTERS
from toolkit.registers.lexicon import Additions, Lexicon
from toolkit.registers.schema import Column, Register, Type
from toolkit.registers.surveys import SURVEYS
from toolkit.registers.tickets import TICKETS
from toolkit.settings.model import Settings

Choices = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Column -> key -> labels."""


def lexicon_of(settings: Settings, locale: str | None = None) -> Lexicon:
    """What the sheets call things, in the configured locale or another."""
    return _lexicon(_Same(settings), locale or settings.locale)


class _Same:
    """Settings by identity: they hold mappings, which have no hash."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def __hash__(self) -> int:
        return id(self.settings)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.settings is self.settings


@cache
def _lexicon(same: _Same, locale: str) -> Lexicon:
    settings = same.settings
    labels = {one.key: one.label for asked in settings.questionnaires for one in asked.questions if one.label}
    own = {column.key for column in SURVEYS.columns}
    asked_as = {one.key: one.aliases for asked in settings.questionnaires for one in asked.questions if one.aliases}
    additions = {
        name: Additions(
            setting.tab,
            _both(setting.aliases, asked_as) if name == "surveys" else setting.aliases,
            _choices(settings, name, setting.choices if locale == settings.locale else {}, locale),
            {key: label for key, label in labels.items() if key not in own} if name == "surveys" else {},
            {"reason": settings.returns.offered} if name == "returns" else {},
        )
        for name in {one.name for one in REGISTERS}
        for setting in (settings.register(name),)
    }
    return Lexicon(locale, additions)


def _both(
    configured: Mapping[str, tuple[str, ...]], asked_as: Mapping[str, tuple[str, ...]]
) -> Mapping[str, tuple[str, ...]]:
    return {key: (*configured.get(key, ()), *asked_as.get(key, ())) for key in {**configured, **asked_as}}


def _choices(settings: Settings, register: str, said: Choices, locale: str) -> Choices:
    """The choices as config.yaml calls them; the reasons for a return as their list calls them."""
    if register != "returns":
        return said
    listed = settings.returns.reasons
    labels = {
        key: (one.labels.get(locale) or next(iter(one.labels.values())),) for key, one in listed.items() if one.labels
    }
    return {**said, "reason": {**labels, **said.get("reason", {})}}


def survey_columns(settings: Settings) -> tuple[Column, ...]:
    """The questions that are not columns of the call-back register anyway."""
    own = {column.key for column in SURVEYS.columns}
    found: dict[str, Column] = {}
    for asked in settings.questionnaires:
        for one in asked.questions:
            if one.key not in own:
                kind = Type.CHOICE if one.stars else Type.YES_NO
                found.setdefault(one.key, Column(one.key, kind, choices=tuple(one.stars)))
    return tuple(found.values())


def registers_of(settings: Settings) -> tuple[Register, ...]:
    """The registers that the desk has: the call-backs with the columns of the configured questionnaires, the tickets with a
    vendor's column that the toolkit fills where it is to assign vendors itself.
    """
    made: dict[str, Register] = {SURVEYS.name: dataclasses.replace(SURVEYS, extra=survey_columns(settings))}
    if settings.dispatch.auto_assign:
        made[TICKETS.name] = dataclasses.replace(TICKETS, fills=frozenset({"vendor"}))
    return tuple(made.get(one.name, one) for one in REGISTERS if one.name in settings.tabs)

"""What the sheets call things: labels, aliases and choices of a locale, with the configured additions."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from toolkit.core.reason import Name
from toolkit.core.words import LOCALES
from toolkit.registers.fold import fold
from toolkit.registers.schema import Column, Register


@cache
def _labels(locale: str) -> Mapping[str, Any]:
    with (Path(__file__).with_name("labels") / f"{locale}.toml").open("rb") as stream:
        return tomllib.load(stream)


@dataclass(frozen=True)
class Additions:
    """What the configuration adds to one register: its tab, aliases by column, choices by column and key, labels.

    `offered` are the choices of a column that the dropdown shows, in its order; the others are still read.
    """

    tab: str | None = None
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    offered: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Lexicon:
    """Speaks for one locale. Headers and choices are looked up folded (NFKC, simplified, case, width, space)."""

    def __init__(self, locale: str, additions: Mapping[str, Additions] | None = None) -> None:
        self.locale = locale if locale in LOCALES else "en"
        self._additions = additions or {}
        self._own = _labels(self.locale)
        self._others = tuple(_labels(one) for one in LOCALES if one != self.locale)
        self._choices: dict[tuple[str, str], Mapping[str, str]] = {}

    def label(self, name: Name) -> str:
        """What the sheet calls a register, a column or a choice; its key where nothing is known."""
        if name.column is None:
            return self.tabs(name.register)[0]
        if name.choice is None:
            return self.column_names(name.register, name.column)[0]
        return self.choice_names(name.register, name.column, name.choice)[0]

    def tabs(self, register: str) -> tuple[str, ...]:
        """The tab's name first, then the names it may also bear."""
        added = self._more(register).tab
        known = (
            *self._of(register, "tab"),
            *(one for other in self._others for one in other.get(register, {}).get("tab", ())),
        )
        return (added,) if added else known or (register,)

    def column_names(self, register: str, column: str) -> tuple[str, ...]:
        """The label first, then the aliases of the locale."""
        labels = self._more(register).labels.get(column)
        if labels:
            return (labels.get(self.locale) or next(iter(labels.values())),)
        return tuple(self._own.get(register, {}).get("columns", {}).get(column, ())) or (column,)

    def aliases(self, register: str, column: str) -> tuple[str, ...]:
        """Every further header that is read as this column: the configured ones first."""
        return (*self._more(register).aliases.get(column, ()), *self.column_names(register, column)[1:])

    def choice_names(self, register: str, column: str, key: str) -> tuple[str, ...]:
        """The label of a choice first, then its other spellings in this locale."""
        added = self._more(register).choices.get(column, {}).get(key, ())
        known = self._own.get(register, {}).get("choices", {}).get(column, {}).get(key, ())
        return (*added, *known) or (key,)

    def choice_keys(self, register: str, column: Column) -> tuple[str, ...]:
        """The keys of a choice column, the configured additions last."""
        added = self._more(register).choices.get(column.key, {})
        return (*column.choices, *(key for key in added if key not in column.choices))

    def offered_keys(self, register: str, column: Column) -> tuple[str, ...]:
        """The keys that the dropdown of a choice column offers, in its order."""
        return self._more(register).offered.get(column.key) or self.choice_keys(register, column)

    def choices(self, register: str, column: Column) -> Mapping[str, str]:
        """Folded spelling -> key, in either locale; the locale's own words win."""
        cached = self._choices.get((register, column.key))
        if cached is not None:
            return cached
        found: dict[str, str] = {}
        keys = self.choice_keys(register, column)
        for key in keys:
            for word in self.choice_names(register, column.key, key):
                found.setdefault(fold(word), key)
        for other in self._others:
            for key, words in other.get(register, {}).get("choices", {}).get(column.key, {}).items():
                for word in words:
                    found.setdefault(fold(word), key)
        for key in keys:
            found.setdefault(fold(key), key)
        self._choices[register, column.key] = found
        return found

    def header_tiers(self, register: Register) -> tuple[Mapping[str, str], ...]:
        """Folded header -> column key: the labels and configured aliases; the usual aliases; other locales and keys.

        A header is looked up in the first tier, and only a column not found there is looked for in the next.
        """
        own: dict[str, str] = {}
        usual: dict[str, str] = {}
        foreign: dict[str, str] = {}
        for column in register.columns:
            names = self.column_names(register.name, column.key)
            for word in (names[0], *self._more(register.name).aliases.get(column.key, ())):
                own.setdefault(fold(word), column.key)
            for word in names[1:]:
                usual.setdefault(fold(word), column.key)
            for other in self._others:
                for word in other.get(register.name, {}).get("columns", {}).get(column.key, ()):
                    foreign.setdefault(fold(word), column.key)
            foreign.setdefault(fold(column.key), column.key)
        return own, usual, foreign

    def _more(self, register: str) -> Additions:
        return self._additions.get(register, _NOTHING)

    def _of(self, register: str, part: str) -> tuple[str, ...]:
        return tuple(self._own.get(register, {}).get(part, ()))


_NOTHING = Additions()

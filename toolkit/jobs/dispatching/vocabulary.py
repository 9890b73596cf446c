"""The words that vendors' skills and tools go by: a register says 沙发维修, a ticket's category says sofa."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from toolkit.core.reason import Name
from toolkit.core.words import LOCALES
from toolkit.registers.fold import fold
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.tickets import TICKETS
from toolkit.rules.candidates import ANY_SKILL, Ask
from toolkit.rules.policy import fits
from toolkit.settings.lexicons import lexicon_of
from toolkit.settings.model import Settings
from toolkit.settings.sections.dispatch import Line

_SAYS_NOTHING = frozenset({"other"})


class Vocabulary:
    """Spellings of skills or tools -> their keys. In a longer word the longest spelling counts: 床垫 is a mattress, no bed."""

    def __init__(self, spellings: Mapping[str, Iterable[str]], said: Mapping[str, Name] | None = None) -> None:
        self._said = said or {}
        self._keys: dict[str, set[str]] = {}
        for key, words in spellings.items():
            for word in words:
                self._keys.setdefault(fold(word), set()).add(key)
        longest_first = sorted((one for one in self._keys if one), key=lambda one: (-len(one), one))
        self._any = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None
        self.found = lru_cache(maxsize=4096)(self._found)

    def _found(self, texts: tuple[str, ...]) -> frozenset[str]:
        """The keys that a cell's words stand for."""
        if self._any is None:
            return frozenset()
        return frozenset(key for text in texts for word in self._any.findall(fold(text)) for key in self._keys[word])

    def ask(self, words: tuple[str, ...]) -> Ask:
        """One of these is needed."""
        keys = frozenset(key for word in words for key in (*self._keys.get(fold(word), ()), fold(word)))
        return Ask(keys, tuple(self._said.get(word, word) for word in words))


def skill_words(snapshot: Snapshot, settings: Settings) -> Vocabulary:
    """The skills: the choices of the columns that count, in every language, and the configured words."""
    return snapshot.once("skill words", lambda: _skills(settings))


def tool_words(snapshot: Snapshot, settings: Settings) -> Vocabulary:
    """The tools that the configuration asks for."""
    words = {word for line in settings.dispatch.equipment for word in line.any}
    return snapshot.once("tool words", lambda: Vocabulary({fold(word): (word,) for word in sorted(words)}))


def _skills(settings: Settings) -> Vocabulary:
    setting = settings.dispatch
    spellings: dict[str, list[str]] = {}
    said: dict[str, Name] = {}
    for column in ("kind", *setting.skill_columns, *setting.bonus_columns):
        for locale in LOCALES:
            lexicon = lexicon_of(settings, locale)
            for key in lexicon.choice_keys("tickets", TICKETS.by_key[column]):
                if key not in _SAYS_NOTHING:
                    spellings.setdefault(key, []).extend((key, *lexicon.choice_names("tickets", column, key)))
                    said[key] = Name("tickets", column, key)
    for line in setting.skills:
        for word in line.any:
            spellings.setdefault(word, []).append(word)
    for key, words in setting.words.items():
        spellings.setdefault(ANY_SKILL if key == ANY_SKILL else key, []).extend(words)
    return Vocabulary(spellings, said)


def asks_of(row: Any, columns: tuple[str, ...], lines: tuple[Line, ...], words: Vocabulary) -> tuple[Ask, ...]:
    """What a ticket asks for: by its choices, and by the lines that fit it."""
    chosen = [value for column in columns if (value := row.get(column)) and value not in _SAYS_NOTHING]
    found = [words.ask((value,)) for value in chosen]
    found += [words.ask(line.any) for line in lines if fits(line.when, row)]
    return tuple(dict.fromkeys(found))

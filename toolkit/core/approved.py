"""A text that a gateway approved beforehand: only its variables move."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_HOLE = re.compile(r"\$\{(\w+)\}|\{(\d+)\}")
"""`${name}` as Aliyun writes it, `{1}` as Tencent does."""


@dataclass(frozen=True, slots=True)
class Variable:
    """What fills a hole: `source` is a word of the vocabulary or a template expression, `longest` its most characters.

    `shorten` are the rules that are tried in turn until it fits; None: those of the word.
    """

    name: str
    source: str
    longest: int
    shorten: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ApprovedText:
    """The text of a notice as it stands at the gateway, under its `code` there. `dialect` says whose rules it obeys."""

    notice: str
    code: str
    text: str
    dialect: str
    sign: str = ""
    variables: Mapping[str, Variable] = field(default_factory=dict, hash=False)

    @property
    def holes(self) -> tuple[str, ...]:
        """The names of its variables in the order of the text, each as often as it stands there."""
        return tuple(name or number for name, number in _HOLE.findall(self.text))

    @property
    def fixed(self) -> tuple[str, ...]:
        """The pieces of text before, between and behind the variables."""
        return tuple(_HOLE.sub("\0", self.text).split("\0"))

    def filled(self, values: Mapping[str, str]) -> str:
        """The text with its variables put in: what the phone shows behind the sign."""
        return _HOLE.sub(lambda found: values[found[1] or found[2]], self.text)

    @property
    def ordered(self) -> tuple[str, ...]:
        """Each name once, as the gateway wants them: numbers count, names stand in the order of the text."""
        names = tuple(dict.fromkeys(self.holes))
        return tuple(sorted(names, key=int)) if names and all(one.isdecimal() for one in names) else names


def signed(sign: str, text: str) -> str:
    """As it arrives: the gateway puts the sign before it, and the networks count it."""
    return f"【{sign}】{text}" if sign else text


def dialect_of(text: str) -> str:
    """Whose placeholders a text has: tencent's numbers, else aliyun's names."""
    found = _HOLE.findall(text)
    return "tencent" if found and all(number for _, number in found) else "aliyun"

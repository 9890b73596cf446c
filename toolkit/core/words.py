"""Reasons into words of one locale. The texts are data: `words/<subject>.<locale>.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from toolkit.core.reason import Name, Reason

LOCALES = ("zh-CN", "en")
_COUNTED = re.compile(r"(\d+(?:\.\d+)?)((?: [\w-]+){1,3})\((e?s)\)")
"""`{n} working day(s)`, once the number is there: people read `1 working day`, `2 working days`."""


@cache
def texts(locale: str) -> Mapping[str, str]:
    """Every text of a locale by its code, e.g. `finding.required`. A locale without texts speaks English."""
    found: dict[str, str] = {}
    for file in sorted(Path(__file__).with_name("words").glob(f"*.{locale if locale in LOCALES else 'en'}.toml")):
        with file.open("rb") as stream:
            found.update(_flat("", tomllib.load(stream)))
    return found


def _flat(prefix: str, tree: Mapping[str, object]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in tree.items():
        if isinstance(value, Mapping):
            found += _flat(f"{prefix}{key}.", value)
        else:
            found.append((f"{prefix}{key}", str(value)))
    return found


def _counted(found: re.Match[str]) -> str:
    number, words, ending = found.groups()
    return f"{number}{words}{'' if number == '1' else ending}"


class Words:
    """Speaks one locale. `label` turns a `Name` into what the sheet calls it."""

    def __init__(self, locale: str, label: Callable[[Name], str]) -> None:
        self.locale = locale
        self.label = label
        self._texts = texts(locale)

    def say(self, reason: Reason) -> str:
        """The reason as a clerk reads it."""
        text = self._texts[reason.code]
        if not reason.args:
            return text
        said = text.format_map({name: self.word(value) for name, value in reason.args})
        return _COUNTED.sub(_counted, said) if "s)" in text else said

    def numbered(self, reasons: Sequence[Reason]) -> str:
        """One reason as it is; several with a number before each, since they hold commas and semicolons of their own."""
        said = [self.say(one) for one in reasons]
        if not said[1:]:
            return "".join(said)
        return " ".join(self._texts["list.numbered"].format(n=n, text=text) for n, text in enumerate(said, 1))

    def word(self, value: object) -> str:
        """One argument as text."""
        match value:
            case Reason():
                return self.say(value)
            case Name():
                return self.label(value)
            case datetime():
                return value.strftime("%Y-%m-%d %H:%M")
            case date():
                return value.isoformat()
            case tuple() | list():
                return self._texts["list.comma"].join(self.word(part) for part in value)
            case float() | Decimal():
                return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
            case None:
                return self._texts["list.nothing"]
            case _:
                return str(value)

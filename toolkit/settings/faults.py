"""What is wrong in a configuration: every mistake with file, line and name, told at once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from toolkit.core.errors import UsageError

_MOST_LISTED = 20  # a longer list of what is allowed hides the answer; the nearest words are enough then
_LOGIN = re.compile(r"//\S+@")  # the user and password of an address
_ALIKE = 55  # of 100: "tsl" is near "ssl" (67), "misuse" near "customer_misuse" (57), "folder" is not near "smtp"


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One mistake. `file` is a file's name, `name` the dotted way to the value, empty for the file as a whole."""

    file: str
    line: int
    name: str
    text: str

    def __str__(self) -> str:
        """`config.yaml:12: channels.email.security: found "tsl"; …`."""
        return (
            f"{self.file}:{self.line}: {self.name}: {self.text}"
            if self.name
            else f"{self.file}:{self.line}: {self.text}"
        )


class ConfigError(UsageError):
    """The configuration cannot be used; the text has one line for each mistake, in the order of the file."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(set(mistakes)))
        super().__init__("\n".join(str(one) for one in self.mistakes))


def nearest(found: str, allowed: Iterable[str]) -> str | None:
    """The allowed word that looks most like what was found, or None where none does."""
    from rapidfuzz import fuzz, process
    from rapidfuzz.distance import Prefix

    hits = process.extract(found, list(allowed), scorer=fuzz.ratio, processor=_plain, score_cutoff=_ALIKE, limit=5)
    # "furniture" is as near to dorm-furniture as to furniture-retail, but people leave out ends, not beginnings.
    best = max(hits, key=lambda hit: hit[1] + 3 * Prefix.similarity(_plain(found), _plain(hit[0])), default=None)
    return best[0] if best else None


def choices_text(shown: str, allowed: Iterable[str], *, found: str | None = None) -> str:
    """`found "tsl"; allowed: starttls, ssl, none; did you mean "ssl"?`. `shown` is the value as it may be shown."""
    words = [str(one) for one in allowed]
    near = nearest(shown if found is None else found, words)
    return f"found {shown_text(shown)}; {allowed_text(words)}" + (f'; did you mean "{near}"?' if near else "")


def unknown_key_text(key: str, allowed: Iterable[str]) -> str:
    """`unknown key; allowed: a, b; did you mean "b"?`."""
    words = [str(one) for one in allowed]
    near = nearest(key, words)
    return f"unknown key; {allowed_text(words)}" + (f'; did you mean "{near}"?' if near else "")


def allowed_text(words: list[str]) -> str:
    """`allowed: a, b, c`, cut where it is long."""
    if not words:
        return "nothing is allowed here"
    more = f", … ({len(words) - _MOST_LISTED} more)" if len(words) > _MOST_LISTED else ""
    return f"allowed: {', '.join(words[:_MOST_LISTED])}{more}"


def shown_text(value: str | None) -> str:
    """A value in quotes; an empty one is called so."""
    return f'"{_LOGIN.sub("//…@", value)}"' if value else "nothing"


def _plain(text: str) -> str:
    return text.casefold().replace("-", "_").replace(" ", "_")

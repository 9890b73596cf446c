"""Every reason can be said in every locale."""

from __future__ import annotations

import ast
import string
from pathlib import Path

import pytest

from toolkit.core.words import LOCALES, texts

SOURCES = sorted(Path(__file__, "../../../toolkit").resolve().rglob("*.py"))


def codes_in(source: Path) -> set[str]:
    """The codes that `because("…")` names outright."""
    calls = (node for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
    named = (call for call in calls if isinstance(call.func, ast.Name) and call.func.id in ("because", "bad"))
    found = set()
    for call in named:
        for part in ast.walk(call.args[0]) if call.args else ():
            if isinstance(part, ast.Constant) and isinstance(part.value, str) and "." in part.value:
                found.add(part.value)
    return {code for code in found if not code.endswith((".", "-"))}


@pytest.mark.parametrize("locale", LOCALES)
def test_every_reason_that_the_code_gives_has_words(locale):
    known = texts(locale)
    missing = {code: source.name for source in SOURCES for code in codes_in(source) if code not in known}
    assert missing == {}


def test_the_locales_say_the_same_things_of_the_same_arguments():
    def slots(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    first, *others = LOCALES
    for other in others:
        assert set(texts(first)) == set(texts(other))
        differing = {code for code, text in texts(first).items() if slots(text) != slots(texts(other)[code])}
        assert differing == set()


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(
    ("family", "members"),
    [
        ("step", ("response", "solution", "start", "resolve", "callback", "promise")),
        ("duration", ("min", "h", "bmin", "bh", "bd", "d", "mo", "y")),
        ("walk", ("working", "closed", "holiday", "make_up", "extra")),
        ("day", ("mon", "tue", "wed", "thu", "fri", "sat", "sun")),
        ("channel", ("email", "sms", "chat")),
        ("state", ("held", "ready", "sent", "delivered", "undelivered", "failed", "unknown", "expired", "cancelled")),
        ("next", ("response", "solution", "dispatch", "work", "parts", "rework", "accept", "close", "callback")),
    ],
)
def test_a_family_of_words_is_whole(locale, family, members):
    assert {f"{family}.{one}" for one in members} <= set(texts(locale))

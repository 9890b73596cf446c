"""Which test shows which rule of the trade: read from the tests' names, for docs/reference/coverage.md."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.docs.markdown import code, page, table

ROOT = Path(__file__).resolve().parents[2]
LIST = ROOT / "docs" / "coverage.toml"


@dataclass(frozen=True, slots=True, order=True)
class Shown:
    """A test, by its file (below tests/) and its name."""

    file: str
    test: str


@cache
def every_test() -> tuple[Shown, ...]:
    """Every test function of the suite."""
    found = []
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        names = (
            one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")
        )
        found += [Shown(file.relative_to(ROOT).as_posix(), name) for name in names]
    return tuple(sorted(found))


def rules() -> Mapping[str, Mapping[str, tuple[str, tuple[Shown, ...]]]]:
    """Section -> rule -> what it says, and the tests that show it."""
    listed = tomllib.loads(LIST.read_text(encoding="utf-8"))
    found: dict[str, dict[str, tuple[str, tuple[Shown, ...]]]] = {}
    for section, entries in listed.items():
        for name, said in entries.items():
            what, words = (
                (said, [f"{name.lower().replace('-', '_')}_"])
                if isinstance(said, str)
                else (said["what"], said["tests"])
            )
            shown = tuple(one for one in every_test() if any(_cites(one.test, word) for word in words))
            found.setdefault(section, {})[name] = (what, shown)
    return found


def _cites(test: str, words: str) -> bool:
    return test.removeprefix("test_").startswith(words) or f"_{words}" in test


def coverage() -> str:
    """Every rule with the tests that show it."""
    intro = (
        "Every rule of the trade that the toolkit carries out, and the tests that show it: by its number, or by the words in "
        "the test's name (`docs/coverage.toml`)."
    )
    parts = [
        f"## {section.replace('-', ' ').capitalize()}\n\n"
        + table(
            ("rule", "what", "shown by"),
            (
                (code(name), what, "<br>".join(f"{code(one.test)} ({one.file})" for one in shown))
                for name, (what, shown) in entries.items()
            ),
        )
        for section, entries in rules().items()
    ]
    return page("Coverage", "the names of the tests", intro, *parts)

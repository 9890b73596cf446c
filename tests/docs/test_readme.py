"""The README's commands are the ones that .ci/run carries out, and the pages name only what exists."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest

from tests.docs.readme import README, commands
from tests.docs.reference import DOCS, ROOT
from toolkit.cli.door import COMMANDS

RUN = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
PAGES = {
    file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8")
    for file in (README, ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md")))
}
FILE_NAMED = re.compile(r"`((?:toolkit|tests|templates|docs|benchmarks|\.ci)/[\w./-]*[\w/])`")
WORD_OF_FILE = re.compile(r"`(\w+)`,? (?:(?:of|in) |\()`((?:toolkit|tests)/[\w./-]*\.py)`")
COMMAND_NAMED = re.compile(r"(?:`|bin/|^)aftersales ([a-z][a-z-]*)", re.MULTILINE)


def test_the_readme_has_the_two_commands_each_on_one_line():
    assert list(commands()) == ["demo", "tests"]
    assert all("\n" not in text for text in commands().values())


def test_ci_runs_the_readme_commands_by_their_markers():
    assert re.findall(r"readme_command (\w+)$", RUN, re.MULTILINE) == ["demo", "tests"]
    assert '"$python" -m tests.docs.readme "$name"' in RUN


def test_ci_calls_the_one_check_script():
    assert re.search(r"step check .*\.ci/check --no-tests$", RUN, re.MULTILINE)
    check = (ROOT / ".ci" / "check").read_text(encoding="utf-8")
    assert commands()["tests"].rpartition("python ")[2] in check  # the same suite, with its lines counted


@pytest.mark.skipif(os.name == "nt", reason="Windows has no executable bit")
@pytest.mark.parametrize("name", ["run", "check"])
def test_the_scripts_can_be_started(name):
    assert os.access(ROOT / ".ci" / name, os.X_OK)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_speaks_of_commands_that_exist(name):
    assert set(COMMAND_NAMED.findall(PAGES[name])) <= set(COMMANDS)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_names_files_that_exist(name):
    assert [path for path in FILE_NAMED.findall(PAGES[name]) if not (ROOT / path).exists()] == []


@pytest.mark.skipif(shutil.which("git") is None or not (ROOT / ".git").exists(), reason="not a git checkout")
@pytest.mark.parametrize("name", sorted(PAGES))
def test_what_a_page_says_to_stand_in_a_file_stands_there(name):
    said = WORD_OF_FILE.findall(PAGES[name])
    missing = [(word, path) for word, path in said if not re.search(rf"\b{word}\b", (ROOT / path).read_text("utf-8"))]
    assert missing == []


def test_git_overlooks_no_source_file():
    """What .gitignore hides is missing in a clone, and hatchling leaves it out of the wheel."""
    files = [
        file.relative_to(ROOT).as_posix()
        for folder in ("toolkit", "templates", "tests", "docs")
        for file in (ROOT / folder).rglob("*")
        if file.is_file() and not {"__pycache__", ".hypothesis"} & set(file.parts)
    ]
    asked = ["git", "check-ignore", "--no-index", "--stdin"]
    answer = subprocess.run(asked, cwd=ROOT, input="\n".join(files), text=True, capture_output=True, check=False)
    assert answer.stdout.splitlines() == []

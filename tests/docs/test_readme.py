"""The README's commands are the ones that .ci/run carries out, and the pages name only what exists."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest

from tests.docs.readme import README, commands
from tests.docs.reference import DOCS, ROOT, walk
from toolkit.cli.door import COMMANDS

RUN = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
PAGES = (README, ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md")))


def test_the_readme_has_the_two_commands_each_on_one_line():
    assert list(commands()) == ["demo", "tests"]
    assert all("\n" not in text for text in commands().values())


def test_ci_runs_the_readme_commands_by_their_markers():
    assert re.findall(r"readme_command (\w+)$", RUN, re.MULTILINE) == ["demo", "tests"]
    assert "python\" -m tests.docs.readme" in RUN


def test_ci_calls_the_one_check_script():
    assert re.search(r"step \"check\" .*\.ci/check$", RUN, re.MULTILINE)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no executable bit")
@pytest.mark.parametrize("name", ["run", "check"])
def test_the_scripts_can_be_started(name):
    assert os.access(ROOT / ".ci" / name, os.X_OK)


def test_the_pages_speak_of_commands_that_exist():
    unknown = []
    known = {path[0] for path, _ in walk()} | set(COMMANDS)
    for file in PAGES:
        text = file.read_text(encoding="utf-8")
        for word in re.findall(r"(?:`|bin/|^)aftersales ([a-z-]+)", text, re.MULTILINE):
            if word not in known:
                unknown.append(f"{file.name}: aftersales {word}")
    assert not unknown


def test_the_pages_name_files_that_exist():
    missing = []
    for file in PAGES:
        for path in re.findall(r"`((?:toolkit|tests|templates|docs|benchmarks|\.ci)/[\w./-]*[\w/])`", file.read_text(encoding="utf-8")):
            if not (ROOT / path).exists():
                missing.append(f"{file.name}: {path}")
    assert not missing


@pytest.mark.skipif(shutil.which("git") is None or not (ROOT / ".git").exists(), reason="not a git checkout")
def test_git_overlooks_no_source_file():
    files = [str(file.relative_to(ROOT)) for folder in ("toolkit", "templates", "tests", "docs")
             for file in (ROOT / folder).rglob("*") if file.is_file() and "__pycache__" not in file.parts]
    ignored = subprocess.run(["git", "check-ignore", "--no-index", "--stdin"], cwd=ROOT, input="\n".join(files), text=True,
                             capture_output=True, check=False).stdout.splitlines()
    assert not ignored, "a pattern of .gitignore hides these from git and from the wheel"

"""Desks for system tests: made by `init --demo`, once a session, copied for each test; and what tests do with them."""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import date, datetime
from email import message_from_bytes, policy
from functools import cache
from pathlib import Path
from typing import Any

from openpyxl.utils import get_column_letter
from python_calamine import CalamineWorkbook

from toolkit.excel import patch_workbook
from toolkit.settings.layers import DEFAULT_PRESET

ROOT = Path(__file__).resolve().parents[2]
NOW = "2026-11-24T10:00"
"""A Tuesday in working hours, by the wall clock of the desk (Asia/Shanghai)."""
CAN_FORK = hasattr(os, "fork")
Hook = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Done:
    """What a command left: exit code (negative: the signal), stdout, stderr."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The whole of stdout as JSON."""
        return json.loads(self.out)


def aftersales(*words: object, cwd: Path, env: dict[str, str] | None = None, timeout: float = 120) -> Done:
    """The command in a new process, nothing shared."""
    process = subprocess.run(
        [sys.executable, "-m", "toolkit", *map(str, words)],
        cwd=cwd,
        capture_output=True,
        timeout=timeout,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **(env or {})},
        encoding="utf-8",
    )
    return Done(process.returncode, process.stdout, process.stderr)


class _Server:
    """The forking runner of this test process."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.system.runner"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"},
        )
        assert self.process.stdout.readline() == "ready\n"
        self.folder = Path(tempfile.mkdtemp(prefix="runner-"))
        atexit.register(self.close)

    def order(self, words: list[str], cwd: Path, hooks: list[Hook]) -> Done:
        out, err = self.folder / "out", self.folder / "err"
        order = {"argv": words, "cwd": str(cwd), "out": str(out), "err": str(err), "hooks": hooks}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        code = int(self.process.stdout.readline())
        return Done(code, out.read_text("utf-8"), err.read_text("utf-8"))

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)


@cache
def _server() -> _Server:
    return _Server()


def quickly(*words: object, cwd: Path, hooks: list[Hook] | None = None) -> Done:
    """The command in a forked process that has the libraries already; with hooks inside, if any."""
    if not CAN_FORK:
        assert not hooks, "hooks need fork: skip the test here"
        return aftersales(*words, cwd=cwd)
    return _server().order([str(one) for one in words], cwd, hooks or [])


@cache
def _made(locale: str, now: str, ran_at: str | None, preset: str = DEFAULT_PRESET) -> Path:
    """A preset's demo desk in its first state, or after one run."""
    folder = Path(tempfile.mkdtemp(prefix="desk-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if ran_at is None:
        done = quickly("init", folder, "--demo", "--locale", locale, "--preset", preset, "--now", now, cwd=folder)
        assert done.code == 0, done.err
        # A demo shows its letters at night too; the tests are about a desk that keeps quiet hours.
        config = folder / "config.yaml"
        quiet = re.sub(r"(?m)^(  quiet_hours:) none\b", r'\1 "21:00-08:30"', config.read_text("utf-8"))
        assert '  quiet_hours: "21:00-08:30"' in quiet
        # And each notice on its own: what becomes one letter is tested where that is meant (`merging`).
        apart = quiet.replace("  hold_above:", "  merge: false\n  alerts_above: none\n  hold_above:", 1)
        # And no row but those that are there: what orders enter is tested where that is meant (`test_entered_rows`).
        config.write_text(apart + "\norders: {deadline_ticket: false, install_ticket: false}\n", "utf-8")
    else:
        shutil.copytree(_made(locale, now, None, preset), folder, dirs_exist_ok=True)
        done = quickly("run", "--now", ran_at, "--json", cwd=folder)
        assert done.code == 0, done.err
    return folder


def demo(
    folder: Path, *, locale: str = "en", now: str = NOW, ran_at: str | None = None, preset: str = DEFAULT_PRESET
) -> Desk:
    """A copy of a demo desk in `folder`; with `ran_at`, as it stands after one run at that moment."""
    where = folder / "desk"
    shutil.copytree(_made(locale, now, ran_at, preset), where)
    return Desk(where, locale)


@cache
def _registers(locale: str) -> dict[str, Any]:
    return quickly("registers", "--json", cwd=_made(locale, NOW, None)).json


@dataclass
class Desk:
    """A desk's folder and the hands that work on it."""

    folder: Path
    locale: str
    _seen: set[str] = field(default_factory=set)

    @property
    def workbook(self) -> Path:
        return self.folder / "workbooks" / "aftersales.xlsx"

    def __call__(self, *words: object, now: str | None = None, hooks: list[Hook] | None = None) -> Done:
        return quickly(*words, *(("--now", now) if now else ()), cwd=self.folder, hooks=hooks)

    def run(self, now: str = NOW, *, code: int | None = 0, hooks: list[Hook] | None = None) -> dict[str, Any]:
        """`run --json`, expected to end with `code` (None: with whatever code)."""
        done = self("run", "--json", now=now, hooks=hooks)
        assert code in (None, done.code), (done.code, done.err)
        return done.json

    def plan(self, now: str = NOW, *, code: int = 0) -> dict[str, Any]:
        """`plan --json`."""
        done = self("plan", "--json", now=now)
        assert done.code == code, (done.code, done.err)
        return done.json

    def outbox(self, *words: object) -> list[dict[str, Any]]:
        """`outbox list --json`."""
        done = self("outbox", "list", "--json", "--limit", 1000, *words)
        assert done.code == 0, done.err
        return done.json

    def configure(self, old: str, new: str) -> None:
        """Change a line of config.yaml."""
        file = self.folder / "config.yaml"
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), "utf-8")

    # -- the sheets, as staff see them ---------------------------------------------------------------------------

    def tab(self, register: str) -> str:
        found: str = _registers(self.locale)[register]["tab"]
        return found

    def labels(self, register: str) -> dict[str, str]:
        """Column key -> header."""
        return {one["key"]: one["label"] for one in _registers(self.locale)[register]["columns"]}

    def said(self, register: str, column: str, key: str) -> str:
        """A choice in the sheet's words."""
        columns = {one["key"]: one for one in _registers(self.locale)[register]["columns"]}
        return next(one["label"] for one in columns[column]["choices"] if one["key"] == key)

    def rows(
        self, register: str = "tickets", book: dict[str, list[tuple[Any, ...]]] | None = None
    ) -> list[dict[str, Any]]:
        """Every row by column key, `row` being its number in the sheet. `book`: what `sheets` read already."""
        keys = {label: key for key, label in self.labels(register).items()}
        header, *rows = (book or sheets(self.workbook, self.tab(register)))[self.tab(register)]
        names = [keys.get(one, one) for one in header]
        return [
            {**dict(zip(names, row, strict=True)), "row": number}
            for number, row in enumerate(rows, 2)
            if any(one not in (None, "") for one in row)
        ]

    def ticket(self, customer: str) -> dict[str, Any]:
        """The only ticket of a customer."""
        (found,) = [one for one in self.rows() if one["customer"] == customer]
        return found

    def letters_of(self, register: str) -> dict[str, str]:
        """Column key -> column letter."""
        header = sheets(self.workbook, self.tab(register))[self.tab(register)][0]
        keys = {label: key for key, label in self.labels(register).items()}
        return {keys[one]: get_column_letter(n) for n, one in enumerate(header, 1) if one in keys}

    def type(self, row: int, register: str = "tickets", **cells: object) -> None:
        """Staff type into cells of a row. A choice's key becomes the sheet's word."""
        letters = self.letters_of(register)
        columns = {one["key"]: one for one in _registers(self.locale)[register]["columns"]}
        typed = {}
        for key, value in cells.items():
            choices = {one["key"]: one["label"] for one in columns[key]["choices"]}
            moment = (
                datetime.fromisoformat(value)
                if isinstance(value, str) and columns[key]["type"] == "datetime" and "T" in value
                else value
            )
            typed[f"{letters[key]}{row}"] = choices.get(str(value), moment)
        patch_workbook(self.workbook, self.workbook, sheet=self.tab(register), writes=typed)

    def add(self, register: str = "tickets", **cells: object) -> None:
        """Staff add a row at the end."""
        letters = self.letters_of(register)
        columns = {one["key"]: one for one in _registers(self.locale)[register]["columns"]}
        row = {}
        for key, value in cells.items():
            choices = {one["key"]: one["label"] for one in columns[key]["choices"]}
            moment = (
                datetime.fromisoformat(value)
                if isinstance(value, str) and columns[key]["type"] == "datetime"
                else value
            )
            row[letters[key]] = choices.get(str(value), moment)
        patch_workbook(self.workbook, self.workbook, sheet=self.tab(register), appends=[row])

    # -- what left the house -------------------------------------------------------------------------------------

    def files(self) -> list[Path]:
        """Every letter in the outbox folder."""
        folder = self.folder / "outbox"
        return sorted(one for one in folder.rglob("*") if one.is_file() and one.suffix in (".eml", ".txt"))

    def news(self) -> list[tuple[str, str]]:
        """(notice, row key) of the letters that are new since this was last asked, sorted."""
        fresh = [one for one in self.files() if one.name not in self._seen]
        self._seen |= {one.name for one in fresh}
        return sorted(_notice(one) for one in fresh)

    def tree(self, *below: str) -> dict[str, str]:
        """Every file with its hash."""
        return {
            str(one.relative_to(self.folder)): hashlib.sha256(one.read_bytes()).hexdigest()
            for part in below or (".",)
            for one in sorted((self.folder / part).rglob("*"))
            if one.is_file()
        }


def mark(channel: str, key: str) -> str:
    """The end of a letter's file name, by which one key has one file."""
    return hashlib.sha256(f"{channel}|{key}".encode()).hexdigest()[:16]


def _notice(file: Path) -> tuple[str, str]:
    _, notice, key, _ = file.stem.split("-")
    return notice.replace("_", "-"), key.replace("_", "-")


def sheets(workbook: Path, title: str | None = None) -> dict[str, list[tuple[Any, ...]]]:
    """Every tab's values, or one tab's; by calamine, which takes a tenth of the time."""
    book = CalamineWorkbook.from_path(workbook)
    titles = [one for one in book.sheet_names if title in (None, one)]
    return {
        one: [
            tuple(None if cell == "" else cell for cell in row)
            for row in book.get_sheet_by_name(one).to_python(skip_empty_area=False)
        ]
        for one in titles
    }


def plain(file: Path) -> str:
    """A letter as a person reads it: who, subject, text, and the calendar file where there is one."""
    if file.suffix == ".txt":
        return file.read_text("utf-8")
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    parts = [
        f"To: {mail['To']}",
        f"Subject: {mail['Subject']}",
        "",
        mail.get_body(("plain",)).get_content().replace("\r\n", "\n"),
    ]
    for one in mail.iter_attachments():
        content = one.get_content()
        parts.append(
            f"--- {one.get_filename()} ({one.get_content_type()})\n{content if isinstance(content, str) else ''}".replace(
                "\r\n", "\n"
            )
        )
    return "\n".join(parts).rstrip() + "\n"


def wall(value: object) -> str | None:
    """A cell's moment as text."""
    return (
        value.isoformat(timespec="minutes")
        if isinstance(value, datetime)
        else value.isoformat()
        if isinstance(value, date)
        else None
    )

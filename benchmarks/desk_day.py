"""A whole `plan`, `run` and second `run` on desks of growing size, beside what a user would pick instead.

    python -m benchmarks.desk_day [ROWS ...] [--called SHARE] [--runs N]          (default: 1000 10000, 0.95, 3)

The peer is openpyxl: load the same workbook, set five cells in every ticket row, save. Each figure is a fresh process,
start included, the least of the runs (CPU seconds, wall seconds, peak MB); the ratios compare CPU in the same session.
`--called 0` makes a desk of tickets alone. Before the last run staff changed one row in a hundred.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

from benchmarks.big_desk import CALLED, NOW, build
from toolkit.gateways.excel.patch import patch_rows
from toolkit.gateways.excel.read import read_tabs
from toolkit.gateways.excel.sheet_patch import SheetPatch

TAB = "售后登记表"

PEER = """
import sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1])
sheet = book.worksheets[0]
last = sheet.max_column
for row in range(2, sheet.max_row + 1):
    for column in range(last - 4, last + 1):
        sheet.cell(row, column).value = "x"
book.save(sys.argv[2])
"""


@dataclass(frozen=True)
class Figure:
    """The least of the runs."""

    cpu: float
    wall: float
    peak_mb: float

    def __str__(self) -> str:
        return f"{self.cpu:.2f} / {self.wall:.2f} / {self.peak_mb:.0f}"


def measured(command: list[str], folder: Path) -> Figure:
    """One fresh process."""
    began = time.perf_counter()
    settled = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, cwd=folder, env=settled, stdout=quiet, stderr=quiet)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):  # 1: something waits for a person, e.g. held messages
        raise SystemExit(f"{command} ended with {process.returncode}")
    return Figure(used.ru_utime + used.ru_stime, time.perf_counter() - began, used.ru_maxrss / 1024)


def least(figures: list[Figure]) -> Figure:
    """Each least by itself: the machine's other work only ever adds."""
    return Figure(
        min(one.cpu for one in figures), min(one.wall for one in figures), min(one.peak_mb for one in figures)
    )


def change_one_in_a_hundred(desk: Path, rows: int) -> None:
    """Staff at work: so many of the open tickets came in an hour earlier than it said, so their due times move."""
    book = desk / "workbooks" / "aftersales.xlsx"
    tab = read_tabs(book.read_bytes(), [TAB])[0][TAB].rows
    opened_at, status = tab[0].index("登记时间"), tab[0].index("状态")
    still_open = [(number, row) for number, row in enumerate(tab[1:], 2) if row[status] != "已关闭"]
    moved = [
        (number, {opened_at + 1: row[opened_at] - timedelta(hours=1)}) for number, row in still_open[: rows // 100]
    ]
    patch_rows(book, book, [SheetPatch(TAB, moved)])


def apart(work: Callable[..., None], *given: object) -> None:
    """In a process of its own: a process begins with the peak of the one that started it, which is to stay small."""
    process = get_context("spawn").Process(target=work, args=given)
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(f"{work.__name__} failed")


def day(rows: int, scratch: Path, called: float, runs: int) -> list[str]:
    """One line of the table."""
    fresh = scratch / f"fresh{rows}"
    apart(build, rows, fresh, called)
    toolkit = [sys.executable, "-m", "toolkit"]
    now = ["--now", NOW.isoformat(), "-q"]
    plan, first, again, changed, peer = [], [], [], [], []
    for _ in range(runs):
        desk = scratch / "desk"
        shutil.copytree(fresh, desk)
        plan.append(measured([*toolkit, "plan", *now], desk))
        first.append(measured([*toolkit, "run", *now], desk))
        again.append(measured([*toolkit, "run", *now], desk))
        apart(change_one_in_a_hundred, desk, rows)
        changed.append(measured([*toolkit, "run", *now], desk))
        book = str(fresh / "workbooks" / "aftersales.xlsx")
        peer.append(measured([sys.executable, "-c", PEER, book, str(scratch / "peer.xlsx")], desk))
        shutil.rmtree(desk)
    figures = [least(one) for one in (plan, first, again, changed, peer)]
    ratios = [f"{figures[4].cpu / figures[one].cpu:.1f}" for one in (1, 3)]
    return [f"{rows:,}", *map(str, figures), *ratios]


def main() -> None:
    """Print a Markdown table."""
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("rows", nargs="*", type=int, default=[1_000, 10_000])
    asked.add_argument("--called", type=float, default=CALLED)
    asked.add_argument("--runs", type=int, default=3)
    given = asked.parse_args()
    print("CPU s / wall s / peak MB, least of", given.runs)
    print(
        "| tickets | plan | first run | nothing changed | 1 % changed | openpyxl | openpyxl / first | openpyxl / 1 % |"
    )
    print("|--:|--:|--:|--:|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as folder:
        for rows in given.rows:
            print("| " + " | ".join(day(rows, Path(folder), given.called, given.runs)) + " |", flush=True)


if __name__ == "__main__":
    main()

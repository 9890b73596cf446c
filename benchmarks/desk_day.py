"""A whole `plan`, `run` and second `run` on desks of growing size, beside what a user would pick instead.

    python -m benchmarks.desk_day [ROWS ...]          (default: 1000 10000)

The peer is openpyxl: load the same workbook, set five cells in every ticket row, save. Each figure is a fresh process,
start included, the least of three runs (CPU seconds, wall seconds, peak MB); the ratio compares CPU in the same session.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.big_desk import NOW, build

RUNS = 3
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
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
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


def day(rows: int, scratch: Path) -> list[str]:
    """One line of the table."""
    fresh = scratch / f"fresh{rows}"
    build(rows, fresh)
    toolkit = [sys.executable, "-m", "toolkit"]
    now = ["--now", NOW.isoformat(), "-q"]
    first, again, plan, peer = [], [], [], []
    for _ in range(RUNS):
        desk = scratch / "desk"
        shutil.copytree(fresh, desk)
        plan.append(measured([*toolkit, "plan", *now], desk))
        first.append(measured([*toolkit, "run", *now], desk))
        again.append(measured([*toolkit, "run", *now], desk))
        book = str(fresh / "workbooks" / "aftersales.xlsx")
        peer.append(measured([sys.executable, "-c", PEER, book, str(scratch / "peer.xlsx")], desk))
        shutil.rmtree(desk)
    figures = [least(one) for one in (plan, first, again, peer)]
    ratio = figures[3].cpu / figures[1].cpu
    return [f"{rows:,}", *map(str, figures), f"{ratio:.1f}"]


def main() -> None:
    """Print a Markdown table."""
    sizes = [int(one) for one in sys.argv[1:]] or [1_000, 10_000]
    print("CPU s / wall s / peak MB, least of", RUNS)
    print("| tickets | plan | run, first | run, again | openpyxl load + set + save | openpyxl CPU / first run CPU |")
    print("|--:|--:|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as folder:
        for rows in sizes:
            print("| " + " | ".join(day(rows, Path(folder))) + " |", flush=True)
    print(f"peak of this bench itself: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()

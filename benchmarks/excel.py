"""Registers read and written back, side by side with what one would use instead, on one and the same file.

    pip install pandas isal
    python -m benchmarks.excel [ROWS ...] [--runs N]          (default: 10000 100000, 3 runs)

The file is a ticket register of the full schema (benchmarks/big_desk.py without call-backs). Each figure is a fresh
process: CPU seconds without the interpreter's start, and peak MB; the medians of the runs, which take turns, so that
the machine's other work meets all alike. The floor unpacks and packs the sheet with the same zlib level and does nothing else.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.big_desk import build

SHEET = "售后登记表"
COLUMNS = ("CB", "CC", "CD", "CE", "CF")

COMMON = """
import datetime as dt, sys, time
source, target, rows, step = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
first = 80
def values(row):
    return ("逾期 %d 天" % (row % 9), dt.datetime(2026, 11, row % 28 + 1, 9, row % 60), "下一步：回访 %d" % (row % 997),
            row % 500 * 1.5, dt.date(2026, 11, row % 28 + 1))
made = [values(row) for row in range(1009)]  # made before, so that making them is in nobody's figure
"""
END = """
cpu = time.process_time() - began
with open("/proc/self/status") as status:  # getrusage would tell the peak of the process that started this one
    print(cpu, next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024)
"""

WAYS: dict[str, str] = {
    "floor: unpack + pack the sheet": """
import zipfile, zlib
from toolkit.gateways.excel.member import LEVEL
began = time.process_time()
packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -15)
with zipfile.ZipFile(source) as book, book.open("xl/worksheets/sheet1.xml") as sheet, open(target, "wb") as out:
    while piece := sheet.read(1 << 18):
        out.write(packer.compress(piece))
    out.write(packer.flush())
""",
    "toolkit": """
from toolkit.gateways.excel.patch import patch_rows
from toolkit.gateways.excel.sheet_patch import SheetPatch
class Rows:
    def __iter__(self):
        return ((row, dict(enumerate(made[row % 1009], first))) for row in range(2, rows + 2, step))
began = time.process_time()
patch_rows(source, target, [SheetPatch("售后登记表", Rows())])
""",
    "openpyxl: load, set, save": """
import openpyxl
began = time.process_time()
book = openpyxl.load_workbook(source)
sheet = book.worksheets[0]
for row in range(2, rows + 2, step):
    for column, value in enumerate(made[row % 1009], first):
        sheet.cell(row, column).value = value
book.save(target)
""",
    "pandas: read (calamine), set, to_excel": """
import pandas
began = time.process_time()
tabs = pandas.read_excel(source, sheet_name=None, engine="calamine")
frame = next(iter(tabs.values()))
for at in range(5):
    column = frame.columns[first - 1 + at]
    frame[column] = frame[column].astype(object)
    frame.iloc[::step, first - 1 + at] = [made[row % 1009][at] for row in range(2, rows + 2, step)]
with pandas.ExcelWriter(target, engine="xlsxwriter") as out:
    for title, tab in tabs.items():
        tab.to_excel(out, sheet_name=title, index=False)
""",
}
READERS: dict[str, str] = {
    "calamine: bare iteration": """
import python_calamine
began = time.process_time()
for row in python_calamine.CalamineWorkbook.from_path(source).get_sheet_by_index(0).iter_rows():
    pass
""",
    "calamine: to lists": """
import python_calamine
began = time.process_time()
kept = python_calamine.CalamineWorkbook.from_path(source).get_sheet_by_index(0).to_python(skip_empty_area=False)
""",
    "toolkit: typed, checked records": """
from pathlib import Path
from benchmarks.big_desk import NOW
from toolkit.app.desk import opened, remembered
from toolkit.app.reading import read_desk
from toolkit.settings.load import load
settings = load(Path(source).parent.parent / "config.yaml")
now = NOW.replace(tzinfo=settings.timezone)
with opened(settings) as desk:
    memory = remembered(desk, now)
    began = time.process_time()
    read = read_desk(desk, memory, now)
    assert len(read.snapshot.of("tickets")[0].rows) == rows
""",
    "pandas: read_excel (calamine)": """
import pandas
began = time.process_time()
frame = pandas.read_excel(source, engine="calamine")
""",
    "openpyxl: read-only, iterate": """
import openpyxl
began = time.process_time()
for row in openpyxl.load_workbook(source, read_only=True, data_only=True).worksheets[0].iter_rows(values_only=True):
    pass
""",
}


def once(code: str, source: Path, target: Path, rows: int, step: int) -> tuple[float, float]:
    """(CPU seconds, peak MB) of one fresh process."""
    command = [sys.executable, "-c", COMMON + code + END, str(source), str(target), str(rows), str(step)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    cpu, peak = done.stdout.split()
    return float(cpu), float(peak)


def medians(
    ways: dict[str, str], runs: int, measure: Callable[[str], tuple[float, float]]
) -> dict[str, tuple[float, float]]:
    """The median of each figure; the ways take turns."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(runs):
        for name, code in ways.items():
            found[name].append(measure(code))
    return {
        name: (statistics.median(cpu for cpu, _ in all_), statistics.median(peak for _, peak in all_))
        for name, all_ in found.items()
    }


def show(title: str, figures: dict[str, tuple[float, float]], ours: str, floor: str) -> None:
    """One Markdown table."""
    print(f"\n{title}\n")
    print(f"| way | CPU s | peak MB | times {floor.partition(':')[0]} | toolkit is … times as fast |")
    print("|---|--:|--:|--:|--:|")
    for name, (cpu, peak) in figures.items():
        print(
            f"| {name} | {cpu:.2f} | {peak:.0f} | {cpu / figures[floor][0]:.2f} | {cpu / figures[ours][0]:.1f} |",
            flush=True,
        )


def main() -> None:
    """Print the tables."""
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("rows", nargs="*", type=int, default=[10_000, 100_000])
    asked.add_argument("--runs", type=int, default=3)
    asked.add_argument("--only", choices=("write", "read"))
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        for rows in given.rows:
            folder = Path(scratch) / str(rows)
            build(rows, folder, called=0)
            one_file(rows, folder / "workbooks" / "aftersales.xlsx", Path(scratch) / "out.xlsx", given.runs, given.only)


def one_file(rows: int, source: Path, target: Path, runs: int, only: str | None) -> None:
    """The tables of one size."""

    def measured(step: int) -> Callable[[str], tuple[float, float]]:
        return lambda code: once(code, source, target, rows, step)

    for share, step in (("every row", 1), ("1 % of the rows", 100)) if only != "read" else ():
        figures = medians(WAYS, runs, measured(step))
        show(f"{rows:,} tickets, 5 cells in {share}", figures, "toolkit", "floor: unpack + pack the sheet")
    if only != "write":
        figures = medians(READERS, runs, measured(1))
        show(f"{rows:,} tickets, read", figures, "toolkit: typed, checked records", "calamine: bare iteration")


if __name__ == "__main__":
    main()

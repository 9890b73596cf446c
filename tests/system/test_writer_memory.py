"""The writer's memory does not follow the size of the workbook: rows pass through it, they are not held."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.system.desks import ROOT

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
MOST_MB = 80
ROWS = 30_000

PATCH = """
import sys
from pathlib import Path
from toolkit.excel import patch_workbook

def memory(which):
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(one for one in lines if one.startswith(which)).split()[1]) / 1024

start = memory("VmRSS")
step, rows = int(sys.argv[3]), int(sys.argv[4])
writes = {f"{column}{row}": f"due {row}" for row in range(2, rows, step) for column in "RSTUV"}
wishes = memory("VmRSS") - start
patch_workbook(sys.argv[1], sys.argv[2], sheet="T", writes=writes, appends=[{"A": "last"}])
print(memory("VmHWM") - start, wishes)
"""


def big_book(path, rows):
    book = Workbook(write_only=True)
    sheet = book.create_sheet("T")
    for n in range(1, rows + 1):
        sheet.append(
            [f"AS{n:06}", n, n / 7, "客户需要上门维修 " * 3, None, True, f"notes of {n}", *[n + c for c in range(18)]]
        )
    book.save(path)


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    path = tmp_path_factory.mktemp("big") / "big.xlsx"
    big_book(path, ROWS)
    return path


def growth(book, out, step, rows=ROWS):
    """(MB that the process grew by at most from its imports on, of which the wishes themselves)."""
    words = [sys.executable, "-c", PATCH, str(book), str(out), str(step), str(rows)]
    done = subprocess.run(
        words, cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert done.returncode == 0, done.stderr
    return tuple(map(float, done.stdout.split()))


@pytest.mark.parametrize("step", [1, 100], ids=["every row", "a row in a hundred"])
def test_thirty_thousand_rows_are_patched_within_eighty_megabytes(step, book, tmp_path):
    peak, wishes = growth(book, tmp_path / "out.xlsx", step)
    assert peak - wishes <= MOST_MB, f"grew by {peak:.0f} MB, {wishes:.0f} of them the wishes"


def test_three_times_the_rows_take_no_more_memory(book, tmp_path):
    small = tmp_path / "small.xlsx"
    big_book(small, ROWS // 3)
    little, _ = growth(small, tmp_path / "out-small.xlsx", 100, ROWS // 3)
    much, _ = growth(book, tmp_path / "out-big.xlsx", 100)
    assert much <= little + 15, f"{ROWS // 3} rows: {little:.0f} MB, {ROWS} rows: {much:.0f} MB"

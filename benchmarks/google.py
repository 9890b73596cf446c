"""Tickets in a Google sheet: what a run asks, carries and takes, beside what people do with gspread instead.

    python -m benchmarks.google 1000 10000 100000

The spreadsheet is kept by the local Sheets server; the client is a process of its own, and only its CPU time and memory
are shown (wall seconds include the server). The last column adds 0.4 s a call, and waits where 60 calls a minute are over. `update_cell` is
measured on CELLS cells and multiplied, since it would take days.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
from python_calamine import CalamineWorkbook

from benchmarks.big_desk import build
from toolkit.core.place import column_letters
from toolkit.gateways.google.cells import sent
from toolkit.settings.load import load

ROOT = Path(__file__).resolve().parents[1]
WAY = 0.4  # seconds of one call to Google, as a plain one takes from an office
CELLS = 300
QUOTA = 60  # reads, or writes, a minute

TOOLKIT = """
import sys
from toolkit.cli.door import main
sys.argv = ["aftersales", "run", "-q", "-c", sys.argv[1], "--now", sys.argv[2]]
main()
"""
GSPREAD = """
import sys
import gspread
from google.oauth2.credentials import Credentials
url, key, title, how, cells = sys.argv[1:6]


class Local(gspread.HTTPClient):
    def request(self, method, endpoint, *args, **kwargs):
        return super().request(method, endpoint.replace("https://sheets.googleapis.com", url), *args, **kwargs)


book = gspread.authorize(Credentials("local"), http_client=Local).open_by_key(key)
tab = book.worksheet(title)
if how == "cells":
    header = tab.row_values(1)
    rows = tab.get_all_records(expected_headers=[one for one in header if one])
    for n in range(int(cells)):
        tab.update_cell(2 + n // 5, 2 + n % 5, f"value {n}")
else:
    rows = tab.get_all_values()
    for n, row in enumerate(rows[1:], 1):
        for column in range(1, 6):
            row[column] = f"value {n} {column}"
    tab.update(rows, "A1")
"""


def measured(code, *words):
    """(wall seconds, CPU seconds, peak MB, exit code) of a Python process."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", code, *map(str, words)], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    watched, peak, spent = psutil.Process(process.pid), 0, 0.0
    errors = []
    reader = threading.Thread(target=lambda: errors.append(process.stderr.read()))
    reader.start()
    while process.poll() is None:
        try:
            peak = max(peak, watched.memory_info().rss)
            times = watched.cpu_times()
            spent = times.user + times.system
        except psutil.Error:
            break
        time.sleep(0.02)
    reader.join()
    if process.wait() not in (0, 1):
        sys.exit(f"{words}: {errors[0].decode()[-2000:]}")
    return time.perf_counter() - began, spent, peak / 1e6


def main():
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("rows", nargs="*", type=int, default=[1000, 10_000])
    for rows in given.parse_args().rows:
        compare(rows)


def compare(rows):
    from tests.sheets_server import SheetsServer

    with tempfile.TemporaryDirectory(prefix="google-") as folder, SheetsServer(port=0) as server:
        desk = Path(folder)
        build(rows, desk, 0)
        book = filled(server, desk)
        title = book.tabs[0].title
        print(f"\n{rows:,} tickets, {sum(map(len, book.tabs[0].values())):,} cells up to each row's last")
        print(
            "what | calls | reads, writes | MB down | MB up | wall s | CPU s | peak MB | with calls of 0.4 s and the quota, s"
        )
        later = iter(("2026-11-24T10:00", "2026-11-24T10:10", "2026-11-24T10:20"))
        show(server, "run, first time", lambda: measured(TOOLKIT, desk / "config.yaml", next(later)))
        show(server, "run, nothing changed", lambda: measured(TOOLKIT, desk / "config.yaml", next(later)))
        staff_work(book.tabs[0], rows)
        show(server, "run, 1 % changed", lambda: measured(TOOLKIT, desk / "config.yaml", next(later)))
        other = filled(server, desk)
        show(server, "get_all_values, one update", lambda: measured(GSPREAD, server.url, other.id, title, "whole", 0))
        how_often = rows * 5 / CELLS
        show(
            server,
            f"get_all_records, update_cell (of {rows * 5:,} cells)",
            lambda: measured(GSPREAD, server.url, other.id, title, "cells", CELLS),
            times=how_often,
        )


def filled(server, desk):
    """The workbook's tabs in a new spreadsheet, which config.yaml then names."""
    settings = load(desk / "config.yaml")
    book = server.create("Desk", time_zone="Asia/Shanghai", locale="zh_CN")
    workbook = CalamineWorkbook.from_path(desk / "workbooks" / "aftersales.xlsx")
    for title in workbook.sheet_names:
        rows = workbook.get_sheet_by_name(title).to_python(skip_empty_area=False)
        tab = book.add_tab(title, rows=len(rows) + 100, columns=max(map(len, rows), default=1))
        tab.fill([[None if cell == "" else _cell(cell) for cell in row] for row in rows])
    book.delete_tab("Sheet1")
    config = desk / "config.yaml"
    if settings.books[0].path is not None:
        text = config.read_text("utf-8").replace(
            "{name: main, path: workbooks/aftersales.xlsx}",
            f"{{name: main, google: {book.id}, endpoint: '{server.url}'}}",
        )
        config.write_text(text, "utf-8")
    return book


def _cell(value):
    return int(value) if isinstance(value, float) and value.is_integer() else sent(value)


def staff_work(tab, rows):
    """One ticket in a hundred gets another status and a note."""
    header = tab.values()[0]
    status, notes = (column_letters(header.index(name) + 1) for name in ("状态", "备注"))
    for row in range(2, rows + 2, 100):
        tab.type(f"{status}{row}", "处理中" if row % 200 else "等待客户")
        tab.type(f"{notes}{row}", "staff were here")


def show(server, what, work, times=1.0):
    before = len(server.log)
    wall, cpu, peak = work()
    calls = [one for one in server.log[before:] if one.kind != "token"]
    reads = sum(one.method == "GET" for one in calls)
    writes = len(calls) - reads
    down, up = (sum(getattr(one, name) for one in calls) / 1e6 for name in ("bytes_out", "bytes_in"))
    real = max(wall + len(calls) * WAY, max(reads, writes) / QUOTA * 60 if max(reads, writes) > QUOTA else 0)
    about = "≈ " if times != 1 else ""
    figures = (len(calls), reads, writes, down, up, wall, cpu, real)
    calls_, reads_, writes_, down_, up_, wall_, cpu_, real_ = (one * times for one in figures)
    print(
        f"{what} | {about}{calls_:,.0f} | {reads_:,.0f}, {writes_:,.0f} | {down_:,.1f} | {up_:,.1f} | {wall_:,.1f} | {cpu_:,.1f} | {peak:,.0f} | {real_:,.0f}",
        flush=True,
    )


if __name__ == "__main__":
    main()

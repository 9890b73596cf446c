"""The tabs of earlier years (`also`) are read for those who count them, from a real workbook."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from openpyxl import Workbook

from tests.unit.figures.plain import plain
from toolkit.app.desk import opened, remembered
from toolkit.app.reading import Read, read_desk
from toolkit.jobs.figures.month import figures
from toolkit.jobs.figures.shape import Month
from toolkit.settings.load import read

HEADER = ("Ticket no.", "Opened at", "Kind", "Customer", "Phone", "Problem", "Status")
CONFIG = """locale: en
registers: {{tickets: {{tab: Tickets, also: [{also}]}}}}
books: [{{name: main, path: desk.xlsx}}]
"""


def row(number, kind):
    return (number, datetime(2025, 3, 4, 9, 30), kind, "Ann", "13800138000", "it creaks", "Closed")


def read_with(tmp_path: Path, also: str, *, archives: bool) -> Read:
    book = Workbook()
    for title, number, kind in (("Tickets", "T1", "Repair"), ("2024", "T0", "Complaint"), ("Notes", "", "")):
        tab = book.create_sheet(title)
        for cells in (HEADER, row(number, kind)) if number else (("Just", "notes"),):
            tab.append(cells)
    book.remove(book.worksheets[0])
    book.save(tmp_path / "desk.xlsx")
    settings = read(CONFIG.format(also=also), tmp_path)
    now = datetime(2026, 11, 23, 10, tzinfo=settings.timezone)
    with opened(settings) as desk:
        return read_desk(desk, remembered(desk, now), now, archives=archives)


def test_digest_and_reports_the_archives_of_a_workbook_count_in_figures_and_in_no_run(tmp_path):
    without, with_old = (read_with(tmp_path, '"2024"', archives=one) for one in (False, True))
    for found, expected in (
        (without, {("repair",): (1, 1.0)}),
        (with_old, {("repair",): (1, 0.5), ("complaint",): (1, 0.5)}),
    ):
        now = datetime(2026, 11, 23, 10, tzinfo=found.settings.timezone)
        march = figures(found.snapshot, found.settings, Month(2025, 3), now)
        assert plain(march.table("kinds")) == expected
        assert [len(table.rows) for table in found.snapshot.of("tickets")] == [1]
        assert found.refused == ()


def test_digest_and_reports_an_archive_that_is_not_there_is_told(tmp_path):
    found = read_with(tmp_path, '"2024", "2023", "Notes"', archives=True)
    assert [str(one) for one in found.refused] == [
        "Book “main”: “2023” of registers.tickets.also is none of Tickets, 2024, Notes",
        "Book “main”: “Notes” of registers.tickets.also has no header of tickets",
    ]

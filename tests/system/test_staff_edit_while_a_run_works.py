"""Staff save the workbook while a run works on it: every time between its reading and its writing, at the worst moment.

Rows are inserted, sorted, deleted, doubled; keys, headers, toolkit cells typed over; columns inserted, the tab renamed.
Whatever they do, the run writes its own columns alone, each value into the row that it was reckoned for, or nothing.
CI takes 12 examples, always the same; `pytest -m long tests/system/test_staff_edit_while_a_run_works.py` takes
EXAMPLES (400), other ones each time.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sqlite3
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from unittest.mock import patch

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.system.desks import NOW, Desk, _registers, demo, sheets
from toolkit.app.desk import opened
from toolkit.app.planned import planned
from toolkit.app.planning import chosen_jobs
from toolkit.app.run import run
from toolkit.gateways.excel.book import ExcelBook
from toolkit.settings.load import load

NEXT_DAY = "2026-11-25T10:00"
EXAMPLES = int(os.environ.get("EXAMPLES", "400"))
TICKETS_KEPT = 14
HINT = "do you mean"
TYPED = ("next_step", "overdue", "check", "response_due", "updated_at")

# -- the desk -----------------------------------------------------------------------------------------------------


@cache
def _small(*, has_run):
    """A demo desk with few tickets, before its first run or after it."""
    folder = Path(tempfile.mkdtemp(prefix="small-desk-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    desk = demo(folder)
    book = openpyxl.load_workbook(desk.workbook)
    tab = book[desk.tab("tickets")]
    tab.delete_rows(2 + TICKETS_KEPT, tab.max_row)
    book.save(desk.workbook)
    if has_run:
        Sitting(desk).run(NOW)
    return desk.folder


def a_desk(folder, *, has_run):
    shutil.copytree(_small(has_run=has_run), folder / "desk")
    return Desk(folder / "desk", "en")


@dataclass
class Sitting:
    """A run in this process, with staff at the same workbook."""

    desk: Desk
    before_writes: tuple[list[tuple], ...] = ()
    before_note: list[tuple] = field(default_factory=list)
    left: dict = field(default_factory=dict)
    """How the workbook stood when staff had saved it the last time."""
    did: list[str] = field(default_factory=list)
    was_noting: bool = False

    def run(self, now):
        """(what was planned last, what was done)."""
        waiting, letters = list(self.before_writes), len(self.desk.files())
        original = ExcelBook.write
        self.left = sheets(self.desk.workbook)

        def write(book, writes, stamp):
            writes = list(writes)
            if any(one.cells or one.appends for one in writes):
                is_note = len(self.desk.files()) > letters
                edits = self.before_note if is_note else waiting.pop(0) if waiting else []
                self.staff_work(edits)
                self.was_noting |= bool(is_note and edits)
            return original(book, writes, stamp)

        with patch.object(ExcelBook, "write", write), self._open() as desk:
            return run(desk, _at(now), chosen_jobs(()), lambda: datetime.now(UTC))

    def plan(self, now):
        """What a run would do now."""
        with self._open() as desk:
            return planned(desk, _at(now), chosen_jobs(()))

    def _open(self):
        return opened(load(self.desk.folder / "config.yaml"))

    def staff_work(self, edits):
        """Staff do these things, and save."""
        if not edits:
            return
        book = openpyxl.load_workbook(self.desk.workbook)
        for kind, *how in edits:
            done = STAFF[kind](self.desk, book, *how)
            self.did.append(f"{kind} {done}")
        book.save(self.desk.workbook)
        self.left = sheets(self.desk.workbook)


def _at(now):
    return datetime.fromisoformat(f"{now}:00+08:00")


# -- what staff do ------------------------------------------------------------------------------------------------


def tickets(desk, book):
    return next((book[one] for one in book.sheetnames if one.startswith(desk.tab("tickets"))), book.worksheets[0])


def column_of(desk, tab, key):
    label = desk.labels("tickets")[key]
    return next((cell.column for cell in tab[1] if cell.value == label), None)


def a_row(tab, n):
    return 2 + n % max(1, tab.max_row - 1)


def insert_row(desk, book, n, m):
    tab = tickets(desk, book)
    tab.insert_rows(a_row(tab, n))
    if (column := column_of(desk, tab, "notes")) and m % 2:
        tab.cell(a_row(tab, n), column, "typed by staff")
    return a_row(tab, n)


def delete_row(desk, book, n, _m):
    tab = tickets(desk, book)
    row = a_row(tab, n)
    tab.delete_rows(row)
    return row


def sort_rows(desk, book, n, m):
    tab = tickets(desk, book)
    rows = [[cell.value for cell in row] for row in tab.iter_rows(min_row=2)]
    by = n % tab.max_column
    rows.sort(key=lambda row: str(row[by]), reverse=bool(m % 2))
    for number, row in enumerate(rows, 2):
        for column, value in enumerate(row, 1):
            tab.cell(number, column).value = value
    return f"by column {by + 1}"


def rename_header(desk, book, n, _m):
    tab = tickets(desk, book)
    cell = tab.cell(1, 1 + n % tab.max_column)
    was, cell.value = cell.value, f"{cell.value} mine"
    return was


def retype_key(desk, book, n, m):
    tab = tickets(desk, book)
    column = column_of(desk, tab, "ticket_no")
    if column:
        tab.cell(a_row(tab, n), column).value = f"MY-{m % 5}" if m % 7 else None
    return a_row(tab, n)


def type_over(desk, book, n, m):
    tab = tickets(desk, book)
    column = column_of(desk, tab, TYPED[m % len(TYPED)])
    if column:
        tab.cell(a_row(tab, n), column).value = "typed over"
    return a_row(tab, n), TYPED[m % len(TYPED)]


def type_status(desk, book, n, m):
    tab = tickets(desk, book)
    column = column_of(desk, tab, "status")
    if column:
        tab.cell(a_row(tab, n), column).value = desk.said(
            "tickets", "status", ("closed", "cancelled", "dispatched")[m % 3]
        )
    return a_row(tab, n)


def insert_column(desk, book, n, m):
    tab = tickets(desk, book)
    at = 1 + n % tab.max_column
    tab.insert_cols(at)
    if m % 2:
        tab.cell(1, at).value = f"Own {m}"
    return at


def rename_tab(desk, book, _n, _m):
    tab = tickets(desk, book)
    tab.title = desk.tab("tickets") if tab.title != desk.tab("tickets") else f"{tab.title} 2026"
    return tab.title


def double_a_row(desk, book, n, m):
    tab = tickets(desk, book)
    row, at = a_row(tab, n), (tab.max_row + 1 if m % 2 else a_row(tab, m))
    values = [cell.value for cell in tab[row]]
    if at <= tab.max_row:
        tab.insert_rows(at)
    for column, value in enumerate(values, 1):
        tab.cell(at, column).value = value
    return row, at


STAFF = {
    one.__name__.replace("_", " "): one
    for one in (insert_row, delete_row, sort_rows, rename_header, retype_key, type_over, type_status, insert_column, rename_tab, double_a_row)
}  # fmt: skip
NUMBER = st.integers(0, 200)
EDIT = st.tuples(st.sampled_from(sorted(STAFF)), NUMBER, NUMBER)
EDITS = st.lists(EDIT, min_size=1, max_size=3)


# -- what must hold -----------------------------------------------------------------------------------------------


def changed(before, after):
    """(tab, row, column) -> (value before, after) of every cell that differs."""
    found = {}
    for tab in before.keys() | after.keys():
        old, new = before.get(tab, []), after.get(tab, [])
        for n in range(max(len(old), len(new))):
            a, b = (list(rows[n]) if n < len(rows) else [] for rows in (old, new))
            wide = max(len(a), len(b))
            a, b = a + [None] * (wide - len(a)), b + [None] * (wide - len(b))
            found |= {(tab, n + 1, c + 1): (a[c], b[c]) for c in range(wide) if a[c] != b[c]}
    return found


@cache
def writers():
    """(tab, header) -> who writes the column."""
    return {
        (register["tab"], column["label"]): column["written_by"]
        for register in _registers("en").values()
        for column in register["columns"]
    }


def only_its_own(after, written):
    """Each cell that differs is in a column of the toolkit's, by the header that stands there now; `fill` only if it was blank."""
    for (tab, row, column), (old, new) in written.items():
        header = after[tab][0][column - 1]
        writer = writers().get((tab, header))
        assert row > 1, (tab, row, column, old, new)
        assert writer == "toolkit" or (writer == "fill" and old is None), (tab, row, header, writer, old, new)


def edited_cells(made):
    """(place, edit) of the planned edits, but for a hint that names another likely number than before.

    A hint to a number that is in no row is made before the run has numbered its new rows; those are likely ones too.
    """
    tables = {(one.book, one.register.name): one for one in made.snapshot.tables}
    for one in made.plan.edits:
        table = tables[one.at.book, one.at.register]
        if one.column == "check" and HINT in str(one.old) and HINT in str(one.new):
            continue
        yield (table.tab, one.at.row, table.columns[one.column]), one


def told_of(desk, ids):
    """The tickets and call-backs that these letters are about."""
    with sqlite3.connect(desk.folder / "state" / "toolkit.db") as db:
        rows = db.execute("select id, register, row_key from message").fetchall()
    return {(register, key) for number, register, key in rows if number in ids and register in ("tickets", "surveys")}


def check(sitting, now):
    """Run with staff at work, and look at everything that was promised."""
    desk = sitting.desk
    made, applied = sitting.run(now)
    print(f"staff: {sitting.did}; refused: {[str(one) for one in applied.refused]}; {applied.edits} edits")
    after = sheets(desk.workbook)
    written = changed(sitting.left, after)
    only_its_own(after, written)

    known = {(t.register.name, row.key) for t in made.snapshot.tables for row in t.rows if row.key}
    known |= {(one.at.register, str(one.new)) for one in made.plan.edits if one.column in ("ticket_no", "survey_no")}
    sent = told_of(desk, applied.delivery.sent)
    assert sent <= known, "somebody was written to about a row that was gone when the workbook was read last"
    if not applied.refused and not sitting.was_noting:
        stands = {cell for rows in after.values() for row in rows for cell in row}
        assert {key for _, key in sent} <= stands

    again = sitting.plan(now)
    wrong = {place: one for place, one in edited_cells(again) if place in written}
    assert not wrong, f"written into a row that it is not for: {wrong}"
    if any("changed since it was read" in str(one) for one in applied.refused):
        assert not written, "the run gave up, and wrote all the same"
    elif not applied.refused and not sitting.was_noting:
        assert not list(edited_cells(again)), list(edited_cells(again))[:3]

    if not again.read.refused:
        catch_up(Sitting(desk), now)


def catch_up(sitting, now):
    """The next run, undisturbed, writes its own columns alone, and then there is nothing left to do."""
    later = (_at(now) + timedelta(minutes=10)).strftime("%Y-%m-%dT%H:%M")
    _, applied = sitting.run(later)
    after = sheets(sitting.desk.workbook)
    only_its_own(after, changed(sitting.left, after))
    if not applied.refused:
        rest = sitting.plan(later)
        assert (list(edited_cells(rest)), list(rest.plan.appends)) == ([], [])


def in_an_example(before_writes, before_note, *, has_run):
    with tempfile.TemporaryDirectory(prefix="staff-") as folder:
        desk = a_desk(Path(folder), has_run=has_run)
        check(Sitting(desk, tuple(before_writes), before_note), NEXT_DAY if has_run else NOW)


MUCH = {"before_writes": st.lists(EDITS, max_size=4), "before_note": st.just([]) | EDITS, "has_run": st.booleans()}
QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=QUIET,
    phases=[Phase.explicit, Phase.generate],  # to shrink a failure takes minutes: that is for the long run
)
@given(**MUCH)
def test_whatever_staff_save_under_a_run_no_value_of_the_toolkit_lands_in_the_wrong_place(
    before_writes, before_note, has_run
):
    in_an_example(before_writes, before_note, has_run=has_run)


@pytest.mark.long
@settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=QUIET, print_blob=True)
@given(**MUCH)
def test_the_same_with_many_examples(before_writes, before_note, has_run):
    in_an_example(before_writes, before_note, has_run=has_run)


@pytest.mark.parametrize("kind", STAFF)
@pytest.mark.parametrize("has_run", [False, True], ids=["first run", "next day"])
def test_each_thing_that_staff_may_do_between_reading_and_writing(kind, has_run):
    in_an_example([[(kind, 3, 9)]], [], has_run=has_run)


@pytest.mark.parametrize("kind", ["insert row", "sort rows", "delete row", "insert column", "type over"])
def test_what_staff_save_between_the_write_and_the_note_of_what_was_sent_is_not_lost(kind):
    in_an_example([], [(kind, 2, 5)], has_run=False)


@pytest.mark.parametrize("times", [1, 2, 3, 4])
def test_however_often_they_sort_and_delete_it_is_written_right_or_given_up(times):
    in_an_example([[("sort rows", 4 + n, n), ("delete row", n, 0)] for n in range(times)], [], has_run=False)


def test_a_row_that_staff_double_is_settled_by_the_next_run_and_is_no_repeat_of_itself():
    in_an_example([], [("double a row", 0, 0)], has_run=False)

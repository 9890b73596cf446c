"""Staff type, sort, insert and delete in a Google sheet while a run works on it, and the line breaks at the worst moment.

Before or after any request of the run staff do something, and any request may be answered late, wrongly or not at all.
Whatever happens, staff's cells end as staff left them, each value of the toolkit stands in the row that it was reckoned
for, no row is appended twice, and nobody hears of a row that was misread. A second spreadsheet gets the staff's edits
alone, and shows what theirs must look like. CI takes 12 examples; `pytest -m long` takes EXAMPLES (400), other ones each time.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.sheets_server import Fault, SheetsServer
from tests.system.desks import NOW, demo
from tests.system.google_desks import on_google
from tests.system.test_staff_edit_while_a_run_works import edited_cells, told_of, writers
from toolkit.app.desk import opened
from toolkit.app.planned import planned
from toolkit.app.planning import chosen_jobs
from toolkit.app.run import run
from toolkit.core.place import column_letters
from toolkit.settings.load import load

NEXT_DAY = "2026-11-25T10:00"
EXAMPLES = int(os.environ.get("EXAMPLES", "400"))
TICKETS_KEPT = 14
FAULTS = (
    Fault.RATE_LIMITED,
    Fault.INTERNAL,
    Fault.UNAVAILABLE,
    Fault.UNAVAILABLE_HTML,
    Fault.APPLIED_THEN_UNAVAILABLE,
    Fault.APPLIED_THEN_RESET,
    Fault.RESET,
)


@cache
def _small(*, has_run):
    """A workbook desk with few tickets, before its first run or after it."""
    import openpyxl

    folder = Path(tempfile.mkdtemp(prefix="small-desk-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    desk = demo(folder)
    book = openpyxl.load_workbook(desk.workbook)
    tab = book[desk.tab("tickets")]
    tab.delete_rows(2 + TICKETS_KEPT, tab.max_row)
    book.save(desk.workbook)
    if has_run:
        desk.run(NOW)
    return desk


@dataclass
class Sitting:
    """A run in this process, staff at the same spreadsheet, and a twin of it that only staff touch."""

    desk: object
    twin: object
    did: list[str] = field(default_factory=list)

    @property
    def tab(self):
        return next(one for one in self.desk.book.tabs if one.title.startswith(self.desk.tab("tickets")))

    def staff(self, kind, n, m):
        """The same hands at both."""
        for book in (self.desk.book, self.twin):
            tab = next(one for one in book.tabs if one.title.startswith(self.desk.tab("tickets")))
            STAFF[kind](self.desk, tab, n, m)
        self.did.append(f"{kind} {n} {m}")

    def run(self, now, works=(), faults=()):
        server = self.desk.server
        for number, is_before, edits in works:
            hook = server.before if is_before else server.after
            hook(number, lambda _, edits=edits: [self.staff(*one) for one in edits])
        for number, fault in faults:
            server.faults.on(number, fault)
        with _without_waiting(), self._open() as desk:
            return run(desk, _at(now), chosen_jobs(()), lambda: datetime.now(UTC))

    def plan(self, now):
        self.desk.server.reset_script()
        with _without_waiting(), self._open() as desk:
            return planned(desk, _at(now), chosen_jobs(()))

    def _open(self):
        return opened(load(self.desk.folder / "config.yaml"))


def _without_waiting():
    return patch("time.sleep", lambda _: None)


def _at(now):
    return datetime.fromisoformat(f"{now}:00+08:00")


# -- what staff do: by place, so that it means the same in both spreadsheets --------------------------------------


def header(tab):
    return tab.values()[0]


def column_of(desk, tab, key):
    label = desk.labels("tickets")[key]
    return header(tab).index(label) + 1 if label in header(tab) else None


def a_row(n):
    return 2 + n % TICKETS_KEPT


def insert_row(desk, tab, n, m):
    tab.insert_rows(at=a_row(n), count=1 + m % 2)
    if (column := column_of(desk, tab, "notes")) and m % 3:
        tab.type(f"{column_letters(column)}{a_row(n)}", "typed by staff")


def delete_row(desk, tab, n, m):
    tab.delete_rows(at=a_row(n), count=1)


def move_row(desk, tab, n, m):
    if a_row(n) != a_row(m):
        tab.move_rows(a_row(n), a_row(n), a_row(m))


def sort_rows(desk, tab, n, m):
    column = column_of(desk, tab, ("customer", "problem", "opened_at", "phone")[n % 4])
    if column:
        tab.sort(column, 2, descending=bool(m % 2))


def cut_and_paste_a_row(desk, tab, n, m):
    last = column_letters(len(header(tab)))
    at = TICKETS_KEPT + 6 + m % 5
    tab.cut_paste(f"A{a_row(n)}:{last}{a_row(n)}", f"A{at}")


def rename_header(desk, tab, n, m):
    at = 1 + n % len(header(tab))
    tab.type(f"{column_letters(at)}1", f"{header(tab)[at - 1]} mine")


def type_status(desk, tab, n, m):
    column = column_of(desk, tab, "status")
    if column:
        word = desk.said("tickets", "status", ("closed", "cancelled", "dispatched")[m % 3])
        tab.type(f"{column_letters(column)}{a_row(n)}", word)


def insert_column(desk, tab, n, m):
    tab.insert_columns(at=1 + n % len(header(tab)), count=1)


def move_column(desk, tab, n, m):
    wide = len(header(tab))
    if 1 + n % wide != 1 + m % wide:
        tab.move_columns(1 + n % wide, 1 + n % wide, 1 + m % wide)


def rename_tab(desk, tab, n, m):
    tab.rename(desk.tab("tickets") if tab.title != desk.tab("tickets") else f"{tab.title} 2026")


STAFF = {
    one.__name__.replace("_", " "): one
    for one in (insert_row, delete_row, move_row, sort_rows, cut_and_paste_a_row, rename_header, type_status, insert_column, move_column, rename_tab)
}  # fmt: skip
NUMBER = st.integers(0, 200)
EDITS = st.lists(st.tuples(st.sampled_from(sorted(STAFF)), NUMBER, NUMBER), min_size=1, max_size=2)
WORK = st.tuples(st.integers(1, 14), st.booleans(), EDITS)
FAULT = st.tuples(st.integers(1, 14), st.sampled_from(FAULTS))


# -- what must hold -----------------------------------------------------------------------------------------------


def staff_cells(desk, tab):
    """Staff's columns as they stand, by header; blank rows and cells at the end do not count."""
    rows = tab.values()
    known = writers()
    theirs = [place for place, name in enumerate(rows[0]) if known.get((desk.tab("tickets"), name), "staff") == "staff"]
    shown = [[row[place] if place < len(row) else "" for place in theirs] for row in rows]
    shown = [["" if cell is None else cell for cell in row] for row in shown]
    while shown and not any(shown[-1]):
        shown.pop()
    return shown


def numbers(desk, tab):
    column = column_of(desk, tab, "ticket_no")
    return [row[column - 1] if column and column <= len(row) else None for row in tab.values()[1:]]


def check(sitting, now, works, faults):
    desk = sitting.desk
    made, applied = sitting.run(now, works, faults)
    print(
        f"staff: {sitting.did}; refused: {[str(one) for one in applied.refused]}; {applied.edits} edits; {applied.notes}"
    )
    twin = next(one for one in sitting.twin.tabs if one.title.startswith(desk.tab("tickets")))
    assert staff_cells(desk, sitting.tab) == staff_cells(desk, twin), "staff's cells are not as staff left them"
    given, kept = numbers(desk, sitting.tab), numbers(desk, twin)
    for row, was in enumerate(kept):
        if was not in (None, ""):
            assert given[row] == was, f"the number of row {row + 2} was {was} and is {given[row]}"
    fresh = [one for one in given if one and one not in kept]
    assert len(set(fresh)) == len(fresh), f"a number stands twice: {fresh}"
    keys = desk.book.tab(desk.tab("messages")).values()
    place = keys[0].index(desk.labels("messages")["message_key"])
    told = [row[place] for row in keys[1:] if len(row) > place and row[place]]
    assert len(set(told)) == len(told), "a row was appended twice"
    known = {(t.register.name, row.key) for t in made.snapshot.tables for row in t.rows if row.key}
    known |= {(one.at.register, str(one.new)) for one in made.plan.edits if one.column in ("ticket_no", "survey_no")}
    assert told_of(desk, applied.delivery.sent) <= known
    again = sitting.plan(now)
    if not applied.refused and not again.read.refused:
        left = [one for place, one in edited_cells(again)]
        lost = {(one.edit.at.row, one.edit.column) for one in applied.conflicts}
        assert not [one for one in left if (one.at.row, one.column) not in lost and not _is_late(works)], left[:3]
    catch_up(sitting, now)


def _is_late(works):
    """Staff worked after the cells were written: then the next run has something to do."""
    return bool(works)


def catch_up(sitting, now):
    """The next run, undisturbed, brings everything into order, and then there is nothing left to do."""
    sitting.desk.server.reset_script()
    later = (_at(now) + timedelta(minutes=10)).strftime("%Y-%m-%dT%H:%M")
    _, applied = sitting.run(later)
    twin = next(one for one in sitting.twin.tabs if one.title.startswith(sitting.desk.tab("tickets")))
    assert staff_cells(sitting.desk, sitting.tab) == staff_cells(sitting.desk, twin)
    if not applied.refused:
        rest = sitting.plan(later)
        assert (list(edited_cells(rest)), list(rest.plan.appends)) == ([], [])


def in_an_example(works, faults, *, has_run, carries=False):
    with (
        tempfile.TemporaryDirectory(prefix="staff-") as folder,
        SheetsServer(port=0, sort_carries_metadata=carries) as server,
    ):
        made = _small(has_run=has_run)
        shutil.copytree(made.folder, Path(folder) / "desk")
        desk = on_google(type(made)(Path(folder) / "desk", "en"), server)
        twin = server.create("Twin")
        for tab in desk.book.tabs:  # its own first tab stays: nobody works in it
            twin.add_tab(tab.title, rows=tab.rows, columns=tab.columns).fill(tab.values())
        check(Sitting(desk, twin), NEXT_DAY if has_run else NOW, works, faults)


MUCH = {
    "works": st.lists(WORK, max_size=4, unique_by=lambda one: one[:2]),
    "faults": st.lists(FAULT, max_size=3, unique_by=lambda one: one[0]),
    "has_run": st.booleans(),
}
QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=QUIET,
    phases=[Phase.explicit, Phase.generate],
)
@given(**MUCH)
def test_whatever_staff_do_under_a_run_and_however_the_line_breaks_each_cell_ends_right(works, faults, has_run):
    in_an_example(works, faults, has_run=has_run)


@pytest.mark.long
@settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=QUIET, print_blob=True)
@given(**MUCH)
def test_the_same_with_many_examples(works, faults, has_run):
    in_an_example(works, faults, has_run=has_run)


LATER_ON = pytest.mark.long  # the slice of every day: between the look and the write, and one more each


@pytest.mark.parametrize("kind", STAFF)
@pytest.mark.parametrize(
    "number", [pytest.param(one, marks=LATER_ON if one not in (3, 5) else ()) for one in range(2, 12)]
)
def test_each_thing_that_staff_may_do_between_any_two_requests(kind, number):
    in_an_example([(number, True, [(kind, 3, 9)])], [], has_run=number % 2 == 0)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(
    "number", [pytest.param(one, marks=LATER_ON if one not in (2, 5) else ()) for one in range(1, 14)]
)
def test_each_fault_at_any_request(fault, number):
    in_an_example([], [(number, fault)], has_run=number % 2 == 0)

"""Faults that a review of the Google book found, each against the local server with staff at work between two calls."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.sheets_server import Fault, SheetsServer
from tests.system.desks import NOW, demo
from tests.system.google_desks import on_google
from toolkit.app.desk import opened
from toolkit.app.planning import chosen_jobs
from toolkit.app.run import run
from toolkit.core.book import CellWrite, TabWrites
from toolkit.gateways.google.book import GoogleBook
from toolkit.settings.load import load

LOG = [["Key", "Time", "Result"], ["m-1", 46000, "sent"]]
KEYS = {"header": 1, "keys": (1,)}


@pytest.fixture
def server():
    with SheetsServer(port=0) as one:
        yield one


@pytest.fixture
def tab_of(server):
    """`tab_of(rows)`: a book with one tab of exactly these rows, and the tab under the hands of staff."""

    def made(rows, title="Log", *, spare=0):
        sheet = server.create("desk")
        tab = sheet.add_tab(title, rows=len(rows) + spare, columns=max(map(len, rows)))
        tab.fill(rows)
        sheet.delete_tab("Sheet1")
        return GoogleBook("desk", sheet.id, endpoint=server.url), tab

    return made


def without_ends(tab):
    return [row for row in tab.values() if any(one not in (None, "") for one in row)]


def test_rows_that_are_inserted_after_the_size_was_told_push_none_out_of_sight(server, tab_of):
    book, tab = tab_of([["Key"], *([f"T-{n}"] for n in range(50))])
    server.after(1, lambda _: tab.insert_rows(2, 3))
    rows = book.read().tabs["Log"].rows
    assert [row[0] for row in rows if row][-1] == "T-49"
    assert len(rows) == 54


@pytest.mark.parametrize("change", ["rename", "delete"])
def test_a_tab_that_is_renamed_or_cut_while_it_is_read_is_read_anew(server, tab_of, change):
    book, tab = tab_of([["Key", "Name"], *([f"T-{n}", "x"] for n in range(2_600))])
    server.after(2, lambda _: tab.rename("Log 2026") if change == "rename" else tab.delete_rows(5))
    (read,) = book.read().tabs.values()
    assert [list(row) for row in read.rows] == [row for row in tab.values() if row]


@pytest.mark.parametrize("number", [1, 2], ids=["before the look", "under the call"])
def test_a_new_row_never_stays_under_headers_that_moved(server, tab_of, number):
    book, tab = tab_of(LOG, spare=20)
    stamp = book.read().stamp
    server.before(number, lambda _: tab.insert_columns(1))
    new = {1: "m-2", 2: 46001.5, 3: "sent"}
    with pytest.raises(Exception, match="columns of “Log” were changed"):
        book.write([TabWrites("Log", appends=(new,), **KEYS)], stamp)
    assert without_ends(tab) == [["", *row] for row in LOG]


def test_a_row_without_a_number_gets_one_although_a_formula_of_staff_never_stands_still(server, tab_of):
    book, tab = tab_of([["No", "Problem", "Age", "Due"], ["", "leaks", "", ""]], "Tickets", spare=9)
    clock = tab.book.add_tab("Clock", rows=2, columns=1)
    clock.put("A1", [[1]])
    tab.type("C2", "=Clock!$A$1+1")
    read = book.read()
    ticks = iter(range(2, 99))
    for kind in ("values.batchGet", "values.batchUpdate"):
        server.before_kind(kind, lambda _: clock.put("A1", [[next(ticks)]]), times=9)
    cells = (CellWrite(2, 1, None, "T-1"), CellWrite(2, 4, None, "soon"))
    written = book.write([TabWrites("Tickets", cells, owned=frozenset({1, 4}), **KEYS)], read.stamp)
    assert (written.edits, written.conflicts, written.notes) == (2, (), ())
    row = tab.values()[1]
    assert (row[0], row[1], row[3]) == ("T-1", "leaks", "soon")


def test_a_row_without_a_number_is_still_told_by_formulas_where_staff_type_nothing_else(server, tab_of):
    book, tab = tab_of([["No", "Problem", "Due"], ["", "", ""]], "Tickets", spare=9)
    tab.type("B2", "=1+1")
    read = book.read()
    tab.type("B2", "=2+2")
    cells = (CellWrite(2, 3, None, "soon"),)
    written = book.write([TabWrites("Tickets", cells, owned=frozenset({1, 3}), **KEYS)], read.stamp)
    assert [one.why.code for one in written.conflicts] == ["conflict.changed"]


def test_a_lost_answer_and_a_tab_renamed_before_the_next_look_still_have_strays_put_right(server, tab_of):
    book, tab = tab_of([["No", "Name", "Due"], ["T-1", "a", "old 1"], ["T-2", "b", "old 2"]], "Tickets", spare=9)
    read = book.read()
    server.before_kind("values.batchUpdate", lambda _: tab.insert_rows(2))
    server.faults.on("values.batchUpdate", Fault.APPLIED_THEN_RESET)
    server.after_kind("values.batchUpdate", lambda _: tab.rename("Tickets 2026"))
    cells = (CellWrite(2, 3, "old 1", "new 1"), CellWrite(3, 3, "old 2", "new 2"))
    written = book.write([TabWrites("Tickets", cells, owned=frozenset({3}), **KEYS)], read.stamp)
    assert written.is_outdated
    assert [(row[0], row[2]) for row in without_ends(tab)[1:]] == [("T-1", "old 1"), ("T-2", "old 2")]


def test_a_log_line_that_did_not_get_in_is_written_by_the_next_run(server, tmp_path, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _: None)
    desk = on_google(demo(tmp_path), server)
    log = desk.book.tab(desk.tab("messages"))
    server.before_kind("spreadsheets.batchUpdate:appendCells", lambda _: log.insert_columns(1))
    for minute in (0, 10):
        now = datetime.fromisoformat(f"{NOW}:00+08:00").replace(minute=minute)
        with opened(load(desk.folder / "config.yaml")) as one:
            _, applied = run(one, now, chosen_jobs(()), lambda: datetime.now(UTC))
        assert not applied.is_lost
        if minute == 0:
            sent = len(applied.delivery.sent)
            assert (sent > 0, len(without_ends(log))) == (True, 1)
    place = log.values()[0].index(desk.labels("messages")["message_key"])
    assert len({row[place] for row in without_ends(log)[1:]}) == sent


def test_what_staff_type_while_a_stray_is_put_right_is_theirs_though_it_is_what_was_sent(server, tab_of):
    rows = [["No", "Problem", "Vendor"], *([f"T-{n}", f"problem {n}", ""] for n in range(1, 5))]
    book, tab = tab_of(rows, "Tickets", spare=20)
    stamp = book.read().stamp
    server.before_kind("values.batchUpdate", lambda _: tab.insert_rows(2))  # the answer shows another row's number
    server.after_kind("values.batchUpdate", lambda _: tab.type("C5", "V001"))  # T-3's vendor, chosen by hand
    cells = (CellWrite(2, 3, None, "V001"),)
    written = book.write([TabWrites("Tickets", cells, (), 1, (1,), frozenset({1, 3}))], stamp)
    assert written.is_outdated
    assert {row[0]: row[2:] for row in without_ends(tab)[1:]} == {"T-1": [], "T-2": [], "T-3": ["V001"], "T-4": []}


def test_one_protected_row_is_a_conflict_and_the_rest_is_written(server, tab_of):
    rows = [["No", "Problem", "Due"], *([f"T-{n}", "x", ""] for n in range(1, 5))]
    book, tab = tab_of(rows, "Tickets", spare=9)
    tab.protect("A3:C3", editors=["boss@example.com"])
    cells = tuple(CellWrite(row, 3, None, "soon") for row in range(2, 6))
    written = book.write([TabWrites("Tickets", cells, (), 1, (1,), frozenset({1, 3}))], book.read().stamp)
    assert (written.edits, [one.why.code for one in written.conflicts]) == (3, ["conflict.protected"])
    assert [row[2:] for row in without_ends(tab)[1:]] == [["soon"], [], ["soon"], ["soon"]]

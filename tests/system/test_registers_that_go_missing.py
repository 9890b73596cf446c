"""A register that was in use and cannot be read concludes nothing: no letter, no score, no silence is made of its absence."""

from __future__ import annotations

import openpyxl
import pytest

from tests.system.desks import NOW, demo

LATER = "2026-11-24T10:10"


@pytest.fixture
def desk(tmp_path):
    """After the first run, its letters read."""
    made = demo(tmp_path, ran_at=NOW)
    made.news()
    return made


def rename(desk, register, title):
    book = openpyxl.load_workbook(desk.workbook)
    book[desk.tab(register)].title = title
    book.save(desk.workbook)


@pytest.mark.parametrize("register", ["vendors", "surveys", "staff", "holidays", "contacts_opt_out", "messages"])
def test_a_tab_that_was_there_and_is_gone_is_an_error_and_changes_nothing(desk, register):
    before = desk.rows("tickets"), desk.rows("vendors" if register != "vendors" else "tickets")
    rename(desk, register, "Something else")
    planned = desk("plan", "--json", now=LATER)
    assert planned.code == 3
    assert f"“{desk.tab(register)}”" in planned.err
    done = desk("run", "--json", now=LATER)
    assert done.code == 3
    assert done.json["edits"] == []
    assert desk.news() == []
    assert (desk.rows("tickets"), desk.rows("vendors" if register != "vendors" else "tickets")) == before


def test_nobody_outside_is_written_to_while_the_opt_outs_cannot_be_read(desk):
    rename(desk, "contacts_opt_out", "Quiet please")
    desk.add(
        opened_at="2026-11-24T10:05",
        kind="repair",
        customer="Una Reed",
        phone="13900007001",
        problem="A drawer sticks.",
        status="new",
    )
    desk.run(LATER, code=3)
    assert [notice for notice, _ in desk.news() if notice == "received"] == []
    rename_back = openpyxl.load_workbook(desk.workbook)
    rename_back["Quiet please"].title = desk.tab("contacts_opt_out")
    rename_back.save(desk.workbook)
    desk.run("2026-11-24T10:20")
    assert [notice for notice, _ in desk.news()] == ["received"]


def test_a_copied_row_gets_a_number_of_its_own(desk):
    cells = {
        "opened_at": "2026-11-24T10:05",
        "kind": "repair",
        "customer": "Una Reed",
        "phone": "13900007001",
        "problem": "A drawer sticks.",
        "status": "new",
    }
    desk.add(**cells, product="Chest A")
    desk.run(LATER)
    first = desk.ticket("Una Reed")["ticket_no"]
    desk.add(**cells, product="Chest B")
    desk.run("2026-11-24T10:20")
    numbers = [row["ticket_no"] for row in desk.rows() if row["customer"] == "Una Reed"]
    assert numbers[0] == first
    assert len(set(numbers)) == 2
    assert not [one for one in desk.plan("2026-11-24T10:30")["findings"] if "Una Reed" in str(one)]


def test_ratings_out_of_bounds_count_nowhere(desk):
    row = desk.rows("surveys")[0]
    before = {one["vendor_no"]: one["rating"] for one in desk.rows("vendors")}
    desk.type(row["row"], "surveys", adjusted_rating=50000, adjusted_reason="a slip of the hand")
    done = desk("run", "--json", now=LATER)
    errors = [one for one in done.json["findings"] if one["register"] == "surveys" and one["severity"] == "error"]
    assert [(one["code"], one["column"]) for one in errors] == [("not-a-choice", "adjusted_rating")]
    assert {one["vendor_no"]: one["rating"] for one in desk.rows("vendors")} == before


def test_hours_and_times_that_nobody_can_mean_stop_only_themselves(desk):
    visit = next(one for one in desk.rows() if one["visit_at"] and one["started_at"] is None and one["vendor"])
    desk.type(visit["row"], estimated_hours=99999999)
    desk.type(desk.rows("holidays")[0]["row"], "holidays", hours="from nine to noon", working="Yes")
    done = desk("run", "--json", now=LATER)
    assert done.code == 0, done.err
    found = {(one["register"], one["column"], one["code"]) for one in done.json["findings"]}
    assert {("tickets", "estimated_hours", "not-a-choice"), ("holidays", "hours", "not-a-choice")} <= found


def test_a_new_promise_that_is_missed_is_told_anew(desk):
    row = next(one for one in desk.rows() if one["promised_by"] and one["status"] == "In progress")
    desk.type(row["row"], promised_by="2026-11-25T12:00")
    desk.run("2026-11-25T13:00")
    first = [notice for notice, key in desk.news() if key == row["ticket_no"] and notice in ("overdue", "escalation")]
    desk.type(row["row"], promised_by="2026-11-26T12:00")
    desk.run("2026-11-25T13:10")
    desk.news()
    desk.run("2026-11-26T13:00")
    again = [notice for notice, key in desk.news() if key == row["ticket_no"] and notice in ("overdue", "escalation")]
    assert (first, again) == (["overdue"], ["overdue"])


def test_a_typed_over_cell_of_a_closed_row_is_put_right_and_reported(desk):
    row = next(one for one in desk.rows() if one["status"] == "Closed" and one["coverage"])
    desk.type(row["row"], coverage="whatever")
    done = desk("run", "--json", now=LATER)
    (edit,) = [one for one in done.json["edits"] if one["column"] == "coverage"]
    assert (edit["old"], edit["new"]) == ("whatever", row["coverage"])
    (finding,) = [one for one in done.json["findings"] if one["code"] == "typed-over"]
    assert (finding["severity"], finding["column"], finding["value"]) == ("warning", "coverage", "whatever")
    assert desk.plan("2026-11-24T10:20")["edits"] == []

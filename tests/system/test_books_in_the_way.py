"""A workbook that is open, changed under the run, broken, renamed in parts; and two runs at once."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import zipfile

import openpyxl
import pytest

from tests.system.desks import NOW, ROOT, aftersales, demo, sheets
from toolkit.gateways.lock import run_lock

CORPUS = ROOT.parent / "shared" / "data" / "xlsx-corpus"
NOTHING = ([], [], [])
NUMBERS = ("ticket_no", "survey_no", "return_no", "part_no", "contact_no")
ABOUT_TICKETS = ("tickets", "surveys", "vendors")
"""The registers that cannot be judged without each other."""


def asked(plan):
    return plan["edits"], plan["appends"], plan["messages"]


def owner_file(workbook, name="Grace Lee"):
    """The file that Excel leaves beside an open workbook."""
    short, wide = name.encode(), name.encode("utf-16-le")
    content = bytes([len(short)]) + short.ljust(54) + len(name).to_bytes(2, "little") + wide.ljust(108, b"\0")
    lock = workbook.with_name(f"~${workbook.name}")
    lock.write_bytes(content[:165])
    return lock


def libre_lock(workbook, name="Grace Lee"):
    """The same of LibreOffice."""
    lock = workbook.with_name(f".~lock.{workbook.name}#")
    lock.write_text(f"{name},grace,desk-7,24.11.2026 09:58,file:///home/grace/.config;", "utf-8")
    return lock


def rename_header(desk, register, column, to):
    """Staff type over a header."""
    book = openpyxl.load_workbook(desk.workbook)
    tab = book[desk.tab(register)]
    cell = next(one for one in tab[1] if one.value == desk.labels(register)[column])
    cell.value = to
    book.save(desk.workbook)


# -- open in Excel -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lock_of", [owner_file, libre_lock], ids=["Excel", "LibreOffice"])
def test_a_workbook_that_is_open_is_not_written_its_owner_is_named_letters_go_and_the_next_run_catches_up(
    lock_of, tmp_path
):
    whole = demo(tmp_path / "whole")
    expected = whole.run()
    desk = demo(tmp_path)
    before, lock = desk.workbook.read_bytes(), lock_of(desk.workbook)
    run = desk("run", "--json", now=NOW)
    assert run.code == 3
    assert desk.workbook.read_bytes() == before
    assert "Grace Lee" in run.err
    assert "aftersales.xlsx" in run.err
    assert "Traceback" not in run.err
    applied = run.json["applied"]
    assert (applied["edits"], applied["appends"]) == (0, 0)
    # Only letters that show a number wait until that number was read back from the sheet (60, 3).
    numbered = {one["new"] for one in run.json["edits"] if one["column"] in NUMBERS}
    sent = {one["key"] for one in desk.outbox("--state", "sent")}
    assert sent == {one["key"] for one in expected["messages"] if one["row_key"].partition("#")[0] not in numbered}
    assert len(sent) > 20

    lock.unlink()
    caught_up = desk.run("2026-11-24T10:10")
    assert caught_up["applied"]["edits"] > 100
    assert {one["key"] for one in desk.outbox("--state", "sent")} == {one["key"] for one in expected["messages"]}
    assert asked(desk.plan("2026-11-24T10:10")) == NOTHING
    assert differing(desk, whole) == []


def differing(desk, other):
    """Cells of the tickets that differ from another desk's, but for those that show when something was done."""
    return [
        (one["row"], column, one[column], two[column])
        for one, two in zip(desk.rows(), other.rows(), strict=True)
        for column in one
        if column not in ("updated_at", "last_message") and one[column] != two[column]
    ]


def test_a_lock_seen_while_it_is_planned_makes_plan_say_nothing_of_it_for_reading_is_allowed(tmp_path):
    desk = demo(tmp_path)
    owner_file(desk.workbook)
    assert len(desk.plan()["edits"]) > 100


# -- changed between reading and writing -------------------------------------------------------------------------


def test_a_workbook_saved_between_read_and_write_is_planned_anew_and_keeps_what_was_typed(tmp_path):
    desk, trace = demo(tmp_path), tmp_path / "trace"
    row, letters = desk.ticket("Emily Carter"), desk.letters_of("tickets")
    cell = f"{letters['notes']}{row['row']}"
    run = desk.run(
        hooks=[
            ("note_reads", {"trace": str(trace)}),
            (
                "edit_before_write",
                {"workbook": str(desk.workbook), "sheet": desk.tab("tickets"), "cells": {cell: "rang again"}},
            ),
        ]
    )
    calls = trace.read_text().replace('"', "").split()
    assert calls == ["read", "write", "read", "write", "write"], "refused, planned anew, written, noted"
    after = desk.ticket("Emily Carter")
    assert after["notes"] == "rang again 1"
    assert after["ticket_no"]
    assert run["applied"]["edits"] > 100
    assert asked(desk.plan()) == NOTHING
    whole = demo(tmp_path / "whole")
    whole.run()
    assert [one for one in differing(desk, whole) if one[1] != "notes"] == []


def test_a_number_typed_between_read_and_write_is_kept(tmp_path):
    desk = demo(tmp_path)
    row, letters = desk.ticket("Emily Carter"), desk.letters_of("tickets")
    desk.run(
        hooks=[
            (
                "edit_before_write",
                {
                    "workbook": str(desk.workbook),
                    "sheet": desk.tab("tickets"),
                    "cells": {f"{letters['ticket_no']}{row['row']}": "MY"},
                },
            )
        ]
    )
    assert desk.ticket("Emily Carter")["ticket_no"] == "MY 1"
    assert asked(desk.plan()) == NOTHING


def test_a_workbook_that_is_saved_again_and_again_is_given_up_for_this_time_without_harm(tmp_path):
    desk = demo(tmp_path)
    letters = desk.letters_of("tickets")
    cell = f"{letters['notes']}{desk.ticket('Emily Carter')['row']}"
    done = desk(
        "run",
        "--json",
        now=NOW,
        hooks=[
            (
                "edit_before_write",
                {
                    "workbook": str(desk.workbook),
                    "sheet": desk.tab("tickets"),
                    "cells": {cell: "rang again"},
                    "times": 9,
                },
            )
        ],
    )
    assert done.code == 3
    assert "changed" in done.err
    assert desk.ticket("Emily Carter")["notes"] in ("rang again 3", "rang again 4")
    assert desk.ticket("Emily Carter")["ticket_no"] is None
    run = desk.run("2026-11-24T10:10")
    assert run["applied"]["edits"] > 100
    assert desk.ticket("Emily Carter")["ticket_no"] == "AS-20261124-0004"


# -- not a workbook ----------------------------------------------------------------------------------------------


def spoil(desk, how):
    book = desk.workbook
    match how:
        case "no workbook at all":
            book.write_text("Dear colleagues, this is a letter.\n" * 50, "utf-8")
        case "truncated":
            book.write_bytes(book.read_bytes()[: book.stat().st_size // 2])
        case "empty":
            book.write_bytes(b"")
        case "encrypted":
            source = CORPUS / "excelize_encryptAES.xlsx"
            if not source.exists():
                pytest.skip("the corpus is not here")
            shutil.copyfile(source, book)
        case "a zip of other things":
            with zipfile.ZipFile(book, "w") as package:
                package.writestr("readme.txt", "nothing")
        case "gone":
            book.unlink()
        case "a folder":
            book.unlink()
            book.mkdir()


@pytest.mark.parametrize(
    "how", ["no workbook at all", "truncated", "empty", "encrypted", "a zip of other things", "gone", "a folder"]
)
def test_what_cannot_be_read_is_one_clear_sentence_naming_it(how, tmp_path):
    desk = demo(tmp_path)
    spoil(desk, how)
    for command in ("plan", "run"):
        done = desk(command, "--json", now=NOW)
        assert done.code == 3, (command, done)
        said = [line for line in done.err.splitlines() if line.strip()]
        assert len(said) == 1, said
        assert "aftersales.xlsx" in said[0]
        assert "Traceback" not in done.err
        assert done.json["edits"] == []
    if how == "encrypted":
        assert any(word in done.err for word in ("encrypted", "password"))
    assert desk("check", now=NOW).code == 3


def test_another_book_goes_on_where_one_cannot_be_read(tmp_path):
    desk = demo(tmp_path)
    second = desk.workbook.with_name("second.xlsx")
    shutil.copyfile(desk.workbook, second)
    desk.configure(
        "  - {name: main, path: workbooks/aftersales.xlsx}",
        "  - {name: main, path: workbooks/aftersales.xlsx}\n  - {name: second, path: workbooks/second.xlsx}",
    )
    desk.workbook.write_bytes(b"nothing")
    done = desk("run", "--json", now=NOW)
    assert done.code == 3
    assert {one["book"] for one in done.json["applied"]["refused"]} == {"main"}
    assert {one["book"] for one in done.json["edits"]} == {"second"}
    assert done.json["applied"]["edits"] > 100


# -- renamed tabs and columns ------------------------------------------------------------------------------------


def test_a_renamed_tab_is_an_error_that_names_the_closest(tmp_path):
    desk = demo(tmp_path)
    desk.type(3, "vendors", email="wang(at)example.com")
    book = openpyxl.load_workbook(desk.workbook)
    book[desk.tab("tickets")].title = "Tickets 2026"
    book.save(desk.workbook)
    done = desk("run", "--json", now=NOW)
    assert done.code == 3
    assert "“Tickets”" in done.err
    assert "“Tickets 2026”" in done.err
    assert not [one for one in done.json["edits"] if one["register"] == "tickets"]
    others = {(one["register"], one["column"]) for one in done.json["edits"]}
    assert {one for one in others if one[0] in ABOUT_TICKETS} == {("vendors", "check")}, (
        "other registers go on, but no rating is judged without the tickets"
    )


def test_a_renamed_tab_withdraws_no_message_that_waits(tmp_path):
    desk = demo(tmp_path)
    desk.run("2026-11-24T22:00")
    waiting = {one["key"] for one in desk.outbox("--state", "ready") if one["register"] == "tickets"}
    assert waiting
    book = openpyxl.load_workbook(desk.workbook)
    book[desk.tab("tickets")].title = "Tickets 2026"
    book.save(desk.workbook)
    desk.run("2026-11-24T22:10", code=3)
    assert waiting <= {one["key"] for one in desk.outbox("--state", "ready")}
    assert not desk.outbox("--state", "cancelled")


def test_a_required_column_renamed_skips_its_register_only_and_names_the_closest(tmp_path):
    desk = demo(tmp_path)
    desk.type(3, "vendors", email="wang(at)example.com")
    header = desk.labels("tickets")["opened_at"]
    rename_header(desk, "tickets", "opened_at", header + "x")
    for command in ("check", "plan", "run"):
        done = desk(command, "--json", now=NOW)
        assert done.code == 1, (command, done.err)
        (fault,) = [one for one in done.json["findings"] if one["code"] == "missing-column"]
        assert (fault["severity"], fault["register"], fault["column"]) == ("error", "tickets", "opened_at")
        assert header in fault["message"]
        assert header + "x" in fault["message"]
    assert not [one for one in done.json["edits"] if one["register"] == "tickets"]
    edited = {(one["register"], one["column"]) for one in done.json["edits"]}
    assert {one for one in edited if one[0] in ABOUT_TICKETS} == {("vendors", "check")}
    assert len([one for one in done.json["edits"] if one["register"] in ABOUT_TICKETS]) == 1


def test_a_label_twice_is_an_error_with_both_places(tmp_path):
    desk = demo(tmp_path)
    rename_header(desk, "tickets", "notes", desk.labels("tickets")["customer"])
    done = desk("run", "--json", now=NOW)
    assert done.code == 1
    (fault,) = [one for one in done.json["findings"] if one["code"] == "duplicate-column"]
    assert fault["register"] == "tickets"
    assert desk.labels("tickets")["customer"] in fault["message"]


def test_a_toolkit_column_removed_is_done_without_and_the_rest_is_written(tmp_path):
    desk = demo(tmp_path)
    rename_header(desk, "tickets", "next_step", "My own column")
    run = desk("run", "--json", now=NOW)
    assert run.code in (0, 1), run.err
    if run.code == 0:
        assert {one["column"] for one in run.json["edits"]} >= {"response_due", "overdue"}
        assert not [one for one in sheets(desk.workbook)["Tickets"][1:] if one[3]], (
            "nothing was written into a column of staff's"
        )


# -- two runs at once --------------------------------------------------------------------------------------------


def test_a_second_run_steps_back_and_names_who_holds_the_lock_and_since_when(tmp_path):
    desk = demo(tmp_path)
    before = desk.tree("workbooks")
    with run_lock(desk.folder / "state" / "run.lock"):
        began = time.monotonic()
        done = desk("run", now=NOW, hooks=[("short_wait", {"seconds": 0.3})])
        assert time.monotonic() - began < 20
        assert done.code == 3
        assert str(os.getpid()) in done.err
        assert "since 20" in done.err
        assert "Traceback" not in done.err
        assert desk("plan", now=NOW).code == 0, "reading is not stopped"
    assert desk.tree("workbooks") == before
    assert not desk.files()
    desk.run()


@pytest.mark.long
def test_a_second_run_waits_half_a_minute_before_it_steps_back(tmp_path):
    desk = demo(tmp_path)
    with run_lock(desk.folder / "state" / "run.lock"):
        began = time.monotonic()
        done = aftersales("run", "--now", NOW, cwd=desk.folder)
        spent = time.monotonic() - began
    assert done.code == 3
    assert 29 < spent < 35 + 5
    assert str(os.getpid()) in done.err


def test_two_runs_started_together_do_the_work_once(tmp_path):
    desk = demo(tmp_path)
    words = [sys.executable, "-m", "toolkit", "run", "--json", "--now", NOW]
    both = [
        subprocess.Popen(
            words,
            cwd=desk.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        for _ in range(2)
    ]
    outs = [one.communicate(timeout=90) for one in both]
    assert [one.returncode for one in both] == [0, 0], outs
    sent = sorted(json.loads(out)["applied"]["messages"]["sent"] for out, _ in outs)
    whole = demo(tmp_path / "whole")
    assert sent == [0, whole.run()["applied"]["messages"]["sent"]]
    assert [one.stem[7:] for one in desk.files()] == [one.stem[7:] for one in whole.files()]
    assert differing(desk, whole) == []

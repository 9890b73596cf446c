"""A workbook that stays open: what the toolkit would write stands in a read-only companion until it is closed (60, 31)."""

from __future__ import annotations

import os
import stat
from datetime import datetime

import openpyxl
import pytest

from tests.system.desks import NOW, demo
from tests.system.test_books_in_the_way import differing, owner_file

AT_ONCE, AFTER_3H, AFTER_5H, AFTER_6H = NOW, "2026-11-24T13:00", "2026-11-24T15:00", "2026-11-24T16:00"


@pytest.fixture
def desk(tmp_path):
    return demo(tmp_path)


def companion(desk):
    return desk.workbook.with_name("aftersales.toolkit.xlsx")


def rows_of(sheet):
    """The rows below the header by its labels."""
    header = [one.value for one in sheet[2]]
    return [dict(zip(header, row, strict=True)) for row in sheet.iter_rows(min_row=3, values_only=True)]


def test_a_lock_of_hours_gets_a_companion_and_closing_the_workbook_ends_it(desk):
    lock, before = owner_file(desk.workbook), desk.workbook.read_bytes()
    for now in (AT_ONCE, AFTER_3H):
        desk.run(now, code=3)
        assert not companion(desk).exists(), "not yet"
    run = desk("run", "--json", now=AFTER_5H)
    assert run.code == 3
    assert run.json["applied"]["companions"] == [str(companion(desk))]
    assert (
        f"open since 2026-11-24 10:00 or earlier: what the toolkit would write there stands in {companion(desk)}"
        in run.err
    )
    assert desk.workbook.read_bytes() == before

    lock.unlink()
    done = desk("run", "--json", now=AFTER_6H)
    assert done.code == 0, done.err
    assert done.json["applied"]["companions"] == []
    assert not companion(desk).exists()
    assert [one.name for one in desk.workbook.parent.iterdir() if "toolkit" in one.name or ".tmp" in one.name] == []
    # The next lock counts from its own beginning.
    desk.type(3, phone="12")
    owner_file(desk.workbook)
    desk.run("2026-11-24T16:10", code=3)
    assert not companion(desk).exists()


def test_it_holds_what_the_registers_would_hold_key_and_toolkit_columns_alone(desk, tmp_path):
    owner_file(desk.workbook)
    desk.run(AT_ONCE, code=3)
    desk.run(AFTER_5H, code=3)
    whole = demo(tmp_path / "whole")
    whole.run(AT_ONCE)
    whole.run(AFTER_5H)
    book = openpyxl.load_workbook(companion(desk))
    labels = desk.labels("tickets")
    found = {one[labels["ticket_no"]]: one for one in rows_of(book["Tickets"])}
    numbers = [one["ticket_no"] for one in whole.rows()]
    for row in (one for one in whole.rows() if numbers.count(one["ticket_no"]) == 1):
        shown = found[row["ticket_no"]]
        for column in ("check", "overdue", "next_step", "response_due"):
            assert shown[labels[column]] == row[column], (row["ticket_no"], column)
    assert labels["customer"] not in found[row["ticket_no"]]
    assert labels["phone"] not in found[row["ticket_no"]]
    messages = rows_of(book[desk.tab("messages")])
    assert len(messages) > 20, "rows that would be appended stand there too"


def test_it_is_neat(desk):
    owner_file(desk.workbook)
    desk.run(AT_ONCE, code=3)
    desk.run(AFTER_5H, code=3)
    book = openpyxl.load_workbook(companion(desk))
    sheet = book["Tickets"]
    about = sheet["A1"].value
    for part in ("Read-only copy", "aftersales.xlsx", "Grace Lee", "since 2026-11-24 10:00", "As of 2026-11-24 15:00"):
        assert part in about
    assert sheet["A2"].value == desk.labels("tickets")["ticket_no"]
    assert sheet["A2"].font.bold
    assert sheet["A2"].fill.fill_type == "solid"
    assert sheet.freeze_panes == "B3"
    assert sheet.auto_filter.ref.startswith("A2:")
    assert sheet.column_dimensions["B"].width > 15
    due = [one.value for one in sheet[2]].index(desk.labels("tickets")["response_due"]) + 1
    moments = [sheet.cell(row, due) for row in range(3, sheet.max_row + 1) if sheet.cell(row, due).value]
    assert all(isinstance(one.value, datetime) and "yyyy-mm-dd" in one.number_format for one in moments)
    assert moments


@pytest.mark.skipif(os.name == "nt", reason="modes are of POSIX")
def test_it_is_read_only_and_no_more_open_to_others_than_the_workbook(desk):
    desk.workbook.chmod(0o640)
    owner_file(desk.workbook)
    desk.run(AT_ONCE, code=3)
    desk.run(AFTER_5H, code=3)
    assert stat.S_IMODE(companion(desk).stat().st_mode) == 0o440
    first = companion(desk).stat().st_ino
    desk.run(AFTER_6H, code=3)
    assert companion(desk).stat().st_ino != first, "made anew by each run"
    assert "As of 2026-11-24 16:00" in openpyxl.load_workbook(companion(desk))["Tickets"]["A1"].value


def test_the_managers_digest_says_so_and_a_digest_run_leaves_the_companion_as_it_is(desk):
    owner_file(desk.workbook)
    desk.run(AT_ONCE, code=3)
    desk.run(AFTER_5H, code=3)
    before = companion(desk).read_bytes()
    page = desk("digest", now=AFTER_6H)
    (line,) = [one for one in page.out.splitlines() if "aftersales.toolkit.xlsx" in one]
    assert "since 2026-11-24 10:00" in line
    desk("run", "digest", now=AFTER_6H)
    assert companion(desk).read_bytes() == before
    desk.run("2026-11-24T16:10", code=3)
    assert companion(desk).exists(), "the digest run did not make the lock forgotten"


def test_the_summary_names_it(desk):
    owner_file(desk.workbook)
    desk.run(AT_ONCE, code=3)
    done = desk("run", now=AFTER_5H)
    assert "workbooks/aftersales.toolkit.xlsx  (read-only: what waits for a workbook to be closed)" in done.out


def test_a_file_of_that_name_that_is_somebodys_own_is_left_alone(desk):
    companion(desk).write_bytes(b"mine")
    lock = owner_file(desk.workbook)
    desk.run(AT_ONCE, code=3)
    done = desk("run", now=AFTER_5H)
    assert done.code == 3
    assert f"{companion(desk)} is not the toolkit's" in done.err
    lock.unlink()
    desk.run(AFTER_6H)
    assert companion(desk).read_bytes() == b"mine"


def test_it_is_no_register_and_no_conflict_copy(desk):
    lock = owner_file(desk.workbook)
    desk.run(AT_ONCE, code=3)
    done = desk("run", now=AFTER_5H)
    assert "conflict copy" not in done.err
    lock.unlink()
    desk.configure("path: workbooks/aftersales.xlsx", "path: workbooks/aftersales.toolkit.xlsx")
    done = desk("plan", now=AFTER_6H)
    assert done.code == 2
    assert "a copy that the toolkit makes and removes" in done.err


def test_the_wait_is_set_in_the_configuration_or_switched_off(desk):
    owner_file(desk.workbook)
    desk.configure("path: workbooks/aftersales.xlsx}", "path: workbooks/aftersales.xlsx, companion_after: off}")
    desk.run(AT_ONCE, code=3)
    desk.run(AFTER_5H, code=3)
    assert not companion(desk).exists()
    desk.configure("companion_after: off", "companion_after: 30min")
    desk.run("2026-11-24T15:10", code=3)
    assert companion(desk).exists(), "the wait counts from the first run that found it open"
    desk.configure("companion_after: 30min", "companion_after: 2bd")
    wrong = desk("plan", now=AFTER_6H)
    assert wrong.code == 2
    assert "in min or h" in wrong.err


def test_what_was_in_the_companion_reaches_the_workbook_once_it_is_closed(desk, tmp_path):
    lock = owner_file(desk.workbook)
    desk.run(AT_ONCE, code=3)
    desk.run(AFTER_5H, code=3)
    lock.unlink()
    desk.run(AFTER_6H)
    whole = demo(tmp_path / "whole")
    for now in (AT_ONCE, AFTER_5H, AFTER_6H):
        whole.run(now)
    assert [one for one in differing(desk, whole) if one[1] in ("check", "overdue", "next_step", "response_due")] == []


def test_the_headline_speaks_the_language_of_the_desk(tmp_path):
    desk = demo(tmp_path, locale="zh-CN")
    owner_file(desk.workbook, "李四")
    desk.run(AT_ONCE, code=3)
    done = desk("run", now=AFTER_5H)
    assert "关闭之前，工具要写的内容请看" in done.err
    assert "只读副本" in openpyxl.load_workbook(companion(desk))["售后登记表"]["A1"].value

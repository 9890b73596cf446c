"""Other programs at the same file: a swap and a read that are refused for an instant, for long, or for good reason."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from toolkit.core.book import CellWrite, TabWrites
from toolkit.core.errors import BookError, BookLockedError
from toolkit.gateways.excel import book as book_module
from toolkit.gateways.excel import patience
from toolkit.gateways.excel.book import ExcelBook

WRITES = [TabWrites("Sheet", (CellWrite(2, 1, None, "written"),))]


class Naps(list):
    """The waits that were asked for; nobody sleeps."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


@pytest.fixture
def naps(monkeypatch):
    naps = Naps()
    monkeypatch.setattr(book_module.time, "sleep", naps)
    return naps


@pytest.fixture
def path(tmp_path):
    workbook = Workbook()
    workbook.active.append(["no"])
    workbook.save(tmp_path / "desk.xlsx")
    return tmp_path / "desk.xlsx"


def sharing_violation(winerror: int = 32) -> PermissionError:
    """As Windows raises it."""
    error = PermissionError(13, "The process cannot access the file because it is being used by another process")
    error.winerror = winerror
    return error


def failing(function, times, error, only):
    """A function that fails so many times where `only` holds of its first argument."""
    left = [times]

    def wrapped(first, *args, **more):
        if only(first) and left[0] > 0:
            left[0] -= 1
            raise error
        return function(first, *args, **more)

    return wrapped


@pytest.mark.parametrize("times", [1, 3, 5])
def test_a_swap_that_is_refused_some_times_is_tried_again_and_done(path, naps, times, monkeypatch):
    book = ExcelBook("desk", path)
    stamp = book.read().stamp
    refused = failing(Path.replace, times, sharing_violation(), lambda one: one.name.startswith(".desk.xlsx-"))
    monkeypatch.setattr(Path, "replace", lambda one, to: _backup_or(refused, one, to, path))
    written = book.write(WRITES, stamp)
    assert written.edits == 1
    assert naps == [0.1, 0.3, 0.6, 1.0, 2.0][:times]
    assert load_workbook(path)["Sheet"]["A2"].value == "written"
    assert leftovers(path) == []


def _backup_or(refused, one, to, path, replace=Path.replace):
    """Only the workbook itself is held; its backup goes into its folder as ever."""
    return refused(one, to) if to == path else replace(one, to)


def leftovers(path):
    return [one.name for one in path.parent.iterdir() if one.name not in (path.name, ".backups")]


def test_a_swap_that_is_refused_for_good_leaves_the_original_and_says_what_to_do(path, naps, monkeypatch):
    book = ExcelBook("desk", path)
    stamp, before = book.read().stamp, path.read_bytes()
    refused = failing(Path.replace, 99, sharing_violation(), lambda _: True)
    monkeypatch.setattr(Path, "replace", lambda one, to: _backup_or(refused, one, to, path))
    with pytest.raises(BookLockedError) as raised:
        book.write(WRITES, stamp)
    text = str(raised.value)
    for part in (
        str(path),
        "held by another program",
        "used by another process",
        "nothing was written",
        "close it there",
    ):
        assert part in text
    assert len(naps) == 5
    assert path.read_bytes() == before
    assert leftovers(path) == []


@pytest.mark.parametrize("winerror", [32, 33])
def test_a_read_while_excel_saves_waits_for_the_end_of_it(path, naps, winerror, monkeypatch):
    held = failing(Path.read_bytes, 3, sharing_violation(winerror), lambda one: one == path)
    monkeypatch.setattr(Path, "read_bytes", held)
    assert ExcelBook("desk", path).read().tabs["Sheet"].rows == [["no"]]
    assert naps == list(patience.WAITS[:3])


def test_a_read_that_is_refused_for_long_is_one_sentence(path, naps, monkeypatch):
    held = failing(Path.read_bytes, 99, sharing_violation(), lambda one: one == path)
    monkeypatch.setattr(Path, "read_bytes", held)
    with pytest.raises(BookError, match=r"held by another program.*the next run") as raised:
        ExcelBook("desk", path).read()
    assert str(path) in str(raised.value)
    assert naps == list(patience.WAITS)


@pytest.mark.skipif(os.name == "nt", reason="there a missing right and a held file look the same")
def test_a_missing_right_is_told_at_once(path, naps, monkeypatch):
    held = failing(Path.read_bytes, 99, PermissionError(13, "Permission denied"), lambda one: one == path)
    monkeypatch.setattr(Path, "read_bytes", held)
    with pytest.raises(BookError, match="let this user read it"):
        ExcelBook("desk", path).read()
    assert naps == []


def test_a_file_that_is_away_for_the_instant_of_a_save_is_waited_for_and_one_that_is_gone_is_not(
    path, naps, monkeypatch
):
    lock = path.with_name("~$desk.xlsx")
    lock.write_bytes(b"")
    away = failing(Path.read_bytes, 2, FileNotFoundError(2, "No such file"), lambda one: one == path)
    monkeypatch.setattr(Path, "read_bytes", away)
    assert ExcelBook("desk", path).read().tabs["Sheet"].rows == [["no"]]
    assert naps == list(patience.WAITS[:2])
    naps.clear()
    lock.unlink()
    path.unlink()
    with pytest.raises(BookError, match="does not exist"):
        ExcelBook("desk", path).read()
    assert naps == []


def test_a_file_that_is_being_written_is_read_anew_until_it_stands_still(path, naps, monkeypatch):
    whole, read = path.read_bytes(), Path.read_bytes
    path.write_bytes(whole[:500])
    pieces = iter([whole[:2000], whole])

    def growing(one):
        content = read(one)
        if one == path and (more := next(pieces, None)) is not None:
            path.write_bytes(more)
        return content

    monkeypatch.setattr(Path, "read_bytes", growing)
    assert ExcelBook("desk", path).read().tabs["Sheet"].rows == [["no"]]
    assert naps

"""One write of one book, disturbed: killed at each call into the world, no room on the disk, a second writer at once.

What holds afterwards: the file is the old one or the new one, whole; beside it lie hidden temporaries at most; who failed
was told so by a BookError. CI takes a slice; everything is `pytest -m long tests/system/test_killed_writes.py`.
"""

from __future__ import annotations

import importlib.util
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import time
import traceback
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from tests.system import hooks
from tests.system.desks import ROOT
from toolkit.core.book import CellWrite, TabWrites
from toolkit.core.errors import BookChangedError, BookError, BookLockedError
from toolkit.gateways.excel.book import ExcelBook

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kill -9 and limits of files are of POSIX systems")
CHECKER = ROOT.parent / "shared" / "tools" / "check_roundtrip.py"
ROWS = 400
SLICE = 16
LONG = pytest.mark.long
fork = multiprocessing.get_context("fork") if hasattr(os, "fork") else multiprocessing


def a_book(folder, rows=ROWS):
    path = folder / "desk.xlsx"
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "T"
    chance = random.Random(5)
    for n in range(1, rows + 1):
        sheet.append([f"AS{n}", None, chance.random(), f"{chance.getrandbits(160):x}"])
    workbook.save(path)
    return path


def wishes(value="new", column=2, rows=ROWS):
    cells = tuple(CellWrite(row, column, None, value) for row in range(2, rows))
    return [TabWrites("T", cells, ({1: "appended", 2: value},))]


def in_a_process(work, *args):
    """Do it in a forked process; its exit code, negative for a signal."""
    process = fork.Process(target=_quietly, args=(work, *args))
    process.start()
    process.join(60)
    assert process.exitcode is not None, "it hangs"
    return process.exitcode


def _quietly(work, *args):
    code = 1
    try:
        work(*args)
        code = 0
    except BaseException:  # noqa: BLE001  an assertion too
        traceback.print_exc()
    finally:
        hooks.sys.setprofile(None)
        os._exit(code)


def write_once(path, kill_at=None, trace=None):
    book = ExcelBook("desk", path, backups=2)
    stamp = book.read().stamp
    if trace is not None:
        hooks.count_calls(str(trace))
    if kill_at is not None:
        hooks.kill_at(kill_at)
    book.write(wishes(), stamp)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """(the old file, the new file, the calls into the world that a write makes)."""
    folder = tmp_path_factory.mktemp("undisturbed")
    path, trace = a_book(folder), folder / "trace"
    old = path.read_bytes()
    assert in_a_process(write_once, path, None, trace) == 0
    return old, path.read_bytes(), trace.read_text().splitlines()


def left_beside(path):
    """What lies in the folder besides the workbook and its backups."""
    return sorted(one.name for one in path.parent.iterdir() if one not in (path, path.parent / ".backups"))


def is_whole(path, old, new):
    """The file is one of the two, byte for byte; the backups are whole; what else lies there is hidden."""
    content = path.read_bytes()
    assert content in (old, new)
    book = load_workbook(path)
    assert book["T"]["B2"].value == (None if content == old else "new")
    book.close()
    for one in (path.parent / ".backups").glob("*.xlsx"):
        assert one.read_bytes() == old, "a backup is cut off"
    assert all(name.startswith(".") and name.endswith(".tmp") for name in left_beside(path)), left_beside(path)
    return content == new


def moments(count):
    return [pytest.param(n, count, id=f"{n + 1}of{count}") for n in range(count)]


@pytest.mark.parametrize(
    ("nth", "of"), moments(SLICE) + [pytest.param(n, 0, id=f"call-{n}", marks=LONG) for n in range(150)]
)
def test_a_write_killed_at_any_call_leaves_the_old_or_the_new_file_whole(nth, of, tmp_path, undisturbed):
    old, new, calls = undisturbed
    at = nth if not of else (2 * nth + 1) * len(calls) // (2 * of)
    if at >= len(calls):
        pytest.skip(f"a write makes {len(calls)} calls")
    path = tmp_path / "desk.xlsx"
    path.write_bytes(old)
    assert in_a_process(write_once, path, at) == -signal.SIGKILL, calls[at]
    swapped = is_whole(path, old, new)
    done = [one for one in calls[:at] if "after" in one and one.split()[-1].endswith("replace")]
    assert not swapped or done, "it was swapped in before it was"
    assert in_a_process(write_once, path) == 0, "the next write is not hindered by what was left"
    assert path.read_bytes() == new or swapped


def test_the_moments_cover_the_temporary_file_its_sync_the_backup_and_the_swap(undisturbed):
    _, _, calls = undisturbed
    names = [one.split()[-1].rpartition(".")[2] for one in calls]
    assert {"write", "fsync", "replace", "close"} <= set(names)
    assert names.count("fsync") >= 3, "the new file, its backup, the folder"
    swap = len(names) - 1 - names[::-1].index("replace")
    assert "fsync" in names[swap:], "the folder is synced after the swap"


def test_a_new_file_is_nothing_but_what_was_asked_for(tmp_path, undisturbed):
    if not CHECKER.exists():
        pytest.skip("the checker is not beside this checkout")
    spec = importlib.util.spec_from_file_location("check_roundtrip", CHECKER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    before, after = tmp_path / "before.xlsx", tmp_path / "after.xlsx"
    before.write_bytes(undisturbed[0])
    after.write_bytes(undisturbed[1])
    cells = [f'T!B2:B{ROWS - 1}="new"', f'T!A{ROWS + 1}="appended"', f'T!B{ROWS + 1}="new"']
    assert list(module.check(before, after, cells, "cells")) == []


def write_for_ever(path):
    book = ExcelBook("desk", path, backups=2)
    Path(path).with_name("ready").touch()
    for number in range(10**6):
        book.write([TabWrites("T", tuple(CellWrite(row, 2, None, number) for row in range(2, 300)))], book.read().stamp)


@pytest.mark.parametrize("times", [4, pytest.param(120, marks=LONG)])
def test_a_writer_killed_at_random_instants_never_leaves_half_a_write(times, tmp_path):
    path, chance = a_book(tmp_path), random.Random(11)
    for _ in range(times):
        (tmp_path / "ready").unlink(missing_ok=True)
        process = fork.Process(target=write_for_ever, args=(path,))
        process.start()
        while not (tmp_path / "ready").exists():
            time.sleep(0.005)
        time.sleep(chance.uniform(0.0, 0.25))
        process.kill()
        process.join()
        book = load_workbook(path, read_only=True)
        values = {row[1] for row in book["T"].iter_rows(min_row=2, max_row=299, values_only=True)}
        book.close()
        assert len(values) == 1, "cells of two writes"
    hidden = [name for name in left_beside(path) if name != "ready"]
    assert all(name.startswith(".") and name.endswith(".tmp") for name in hidden)


@pytest.mark.long
def test_what_killed_writes_leave_behind_is_cleared_away_by_later_ones(tmp_path, undisturbed):
    old, _, calls = undisturbed
    path = tmp_path / "desk.xlsx"
    path.write_bytes(old)
    at = next(n for n, one in enumerate(calls) if one == "before fsync" or one.endswith(" fsync"))
    assert in_a_process(write_once, path, at) == -signal.SIGKILL
    (stale,) = left_beside(path)
    long_ago = time.time() - 3 * 86_400
    os.utime(tmp_path / stale, (long_ago, long_ago))
    assert in_a_process(write_once, path) == 0
    assert left_beside(path) == [], "three days old, and of a process that is no more"


# -- no room ------------------------------------------------------------------------------------------------------


def refused_for(write, path, *words):
    """Ends the process with 42 if the write is refused by a BookError, in words that name the file."""
    try:
        write()
    except BookError as error:
        os._exit(42 if type(error) is BookError and all(one in str(error) for one in (str(path), *words)) else 43)


def write_with_files_no_longer_than(path, limit):
    import resource

    book = ExcelBook("desk", path, backups=2)
    stamp = book.read().stamp
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    refused_for(lambda: book.write(wishes(), stamp), path)


@pytest.mark.parametrize("share", [0, 0.3, 0.97, *(pytest.param(n / 25, marks=LONG) for n in range(25))])
def test_a_write_that_runs_against_a_limit_says_so_and_leaves_no_trace(share, tmp_path, undisturbed):
    old, new, _ = undisturbed
    path = tmp_path / "desk.xlsx"
    path.write_bytes(old)
    limit = int(share * min(len(old), len(new)))
    assert in_a_process(write_with_files_no_longer_than, path, limit) == 42
    assert path.read_bytes() == old
    assert left_beside(path) == []
    assert not [one for one in (tmp_path / ".backups").glob("*") if one.read_bytes() != old]
    assert in_a_process(write_once, path) == 0
    assert path.read_bytes() == new


@pytest.fixture
def small_disk(tmp_path):
    """Mounts a file system of so many kilobytes; where that is not allowed the test is skipped, and says so."""
    mounted = []

    def mount(kilobytes):
        folder = tmp_path / "small"
        folder.mkdir()
        words = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)]
        if os.geteuid() != 0 or subprocess.run(words, capture_output=True, check=False).returncode != 0:
            pytest.skip("no file system can be mounted here: NOT TESTED on a disk that is really full")
        mounted.append(folder)
        return folder

    yield mount
    for folder in mounted:
        subprocess.run(["umount", str(folder)], capture_output=True, check=False)


def write_where_there_is_no_room(path):
    refused_for(lambda: write_once(path), path, "space")


@pytest.mark.skipif(shutil.which("mount") is None, reason="no mount command: NOT TESTED on a disk that is really full")
@pytest.mark.parametrize("room", [0, 0.5, 1.4, *(pytest.param(n / 10, marks=LONG) for n in range(1, 20))])
def test_on_a_full_disk_the_old_file_stays_and_the_message_says_what_to_do(room, small_disk, undisturbed):
    """`room` counts in files: from 1 on the new file fits, and its backup does not."""
    old, new, _ = undisturbed
    disk = small_disk((len(old) + int(room * len(new))) // 1024 + 8)
    path = disk / "desk.xlsx"
    path.write_bytes(old)
    (disk / ".backups").mkdir()
    code = in_a_process(write_where_there_is_no_room, path)
    if code == 0:
        assert room > 1.5, "there was no room for two"
        return
    assert code == 42
    assert path.read_bytes() == old
    assert left_beside(path) == []
    assert not [one for one in (disk / ".backups").glob("*") if one.read_bytes() != old]


# -- two writers --------------------------------------------------------------------------------------------------


def write_when_the_other_does(path, name, column, gate, answers):
    book = ExcelBook(name, path, backups=1)
    stamp = book.read().stamp
    cells = tuple(CellWrite(row, column, None, name) for row in range(2, ROWS))
    gate.wait(20)
    try:
        book.write([TabWrites("T", cells)], stamp)
        answers.put((name, "written"))
    except (BookChangedError, BookLockedError) as error:
        answers.put((name, type(error).__name__))
    except BaseException as error:  # noqa: BLE001  the other side shall hear of it
        answers.put((name, repr(error)))


@pytest.mark.parametrize("rounds", [6, pytest.param(150, marks=LONG)])
def test_of_two_writers_with_the_same_stamp_one_writes_and_the_other_is_told(rounds, tmp_path):
    lost = []
    for one in range(rounds):
        folder = tmp_path / str(one)
        folder.mkdir()
        path = a_book(folder, 60)
        gate, answers = fork.Barrier(2), fork.Queue()
        both = [
            fork.Process(target=write_when_the_other_does, args=(path, name, column, gate, answers))
            for name, column in (("one", 2), ("two", 5))
        ]
        for process in both:
            process.start()
        said = dict(answers.get(timeout=30) for _ in both)
        for process in both:
            process.join()
        sheet = load_workbook(path)["T"]
        stands = {sheet["B2"].value, sheet["E2"].value} - {None}
        winners = {name for name, answer in said.items() if answer == "written"}
        assert set(said.values()) <= {"written", "BookChangedError", "BookLockedError"}, said
        assert left_beside(path) == []
        if stands != winners or len(winners) != 1:
            lost.append((one, said, stands))
    assert not lost, f"{len(lost)} of {rounds}: an update that was reported as written is gone: {lost[:3]}"

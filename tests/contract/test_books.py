"""What every book keeps, Excel or Google: one suite, a maker for each kind."""

from __future__ import annotations

import datetime as dt
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from tests.sheets_server import SheetsServer
from toolkit.core.book import Book, CellError, CellWrite, TabWrites
from toolkit.core.errors import BookChangedError, BookError, BookLockedError
from toolkit.core.place import column_letters
from toolkit.gateways.excel.book import ExcelBook
from toolkit.gateways.excel.locks import who_has_open
from toolkit.gateways.google.book import GoogleBook
from toolkit.gateways.google.cells import sent

REPO = Path(__file__).resolve().parents[2]
Tabs = Mapping[str, Sequence[Sequence[object]]]


@dataclass(frozen=True)
class Desk:
    """A book made for a test, what staff and other programs can do to it, and its content as bytes (or the like).

    `shown` is a value as the book gives it back: Google has no dates, only numbers.
    """

    book: Book
    staff_type: Callable[[str, int, int, object], None]
    someone_opens: Callable[[str], None]
    content: Callable[[], object]
    shown: Callable[[object], object] = lambda value: value


def excel_desk(folder: Path, tabs: Tabs) -> Desk:
    path = folder / "desk.xlsx"
    workbook = Workbook()
    workbook.remove(workbook.active)
    for title, rows in tabs.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    workbook.save(path)

    def staff_type(title: str, row: int, column: int, value: object) -> None:
        changed = load_workbook(path)
        changed[title].cell(row, column).value = value
        changed.save(path)

    def someone_opens(name: str) -> None:
        wide = name.encode("utf-16-le")
        owner = bytes([len(name)]) + b" " * 54 + len(name).to_bytes(2, "little") + wide
        path.with_name(f"~${path.name}").write_bytes(owner.ljust(165, b" "))

    return Desk(ExcelBook("desk", path), staff_type, someone_opens, path.read_bytes)


def google_desk(server: SheetsServer, tabs: Tabs) -> Desk:
    book = server.create("desk")
    for title, rows in tabs.items():
        tab = book.add_tab(title)
        if book.tabs[0].title not in tabs:
            book.delete_tab(book.tabs[0].title)  # every new spreadsheet has one
        tab.fill([[_as_filled(one) for one in row] for row in rows])
        for number, row in enumerate(rows, 1):
            for column, one in enumerate(row, 1):
                if isinstance(one, str) and one.startswith("="):
                    tab.type(f"{column_letters(column)}{number}", one)

    def staff_type(title: str, row: int, column: int, value: object) -> None:
        book.tab(title).type(f"{column_letters(column)}{row}", value)

    def nobody_can(name: str) -> None:
        raise AssertionError(f"{name} may open a Google sheet, and nobody minds")

    return Desk(
        GoogleBook("desk", book.id, endpoint=server.url),
        staff_type,
        nobody_can,
        lambda: {tab.title: tab.values() for tab in book.tabs},
        _as_filled,
    )


def _as_filled(value: object) -> object:
    return None if value is None else sent(value)


@pytest.fixture(params=["excel", "google"])
def desk_of(request, tmp_path):
    if request.param == "excel":
        yield lambda tabs: excel_desk(tmp_path, tabs)
        return
    with SheetsServer(port=0) as server:
        yield lambda tabs: google_desk(server, tabs)


@pytest.fixture
def file_of(tmp_path):
    return lambda tabs: excel_desk(tmp_path, tabs)


TICKETS = {
    "售后登记表": [
        ["售后编号", "登记时间", "数量", "备注"],
        ["AS001", dt.datetime(2026, 9, 3, 14, 30), 3, None],
        ["AS002", dt.date(2026, 9, 4), 2.5, "=SUM(C2:C3)"],
    ],
    "vendors": [["no"], ["V1"]],
}


def cell(row, column, new, old=None):
    return CellWrite(row, column, old, new)


def test_cells_are_read_with_their_types(desk_of):
    desk = desk_of(
        {"t": [["a", 1, 2.5, True, dt.datetime(2026, 9, 3, 14, 30), dt.date(2026, 9, 3), dt.time(9, 5), None, "00123"]]}
    )
    row = desk.book.read().tabs["t"].rows[0]
    values = ["a", 1, 2.5, True, dt.datetime(2026, 9, 3, 14, 30), dt.date(2026, 9, 3), dt.time(9, 5), None, "00123"]
    assert list(row) == [pytest.approx(one, abs=1e-8) if type(one) is float else one for one in map(desk.shown, values)]
    assert type(row[1]) is int
    assert type(row[3]) is bool
    assert type(row[5]) is type(desk.shown(dt.date(2026, 9, 3)))


def test_blank_rows_before_and_between_keep_the_row_numbers_and_those_at_the_end_go(desk_of):
    desk = desk_of({"t": [[None], [None, "x"], [None], ["y"], [None], [None]]})
    rows = desk.book.read().tabs["t"].rows
    assert rows[1][1] == "x"
    assert rows[3][0] == "y"
    assert len(rows) == 4


def test_only_the_named_tabs_are_read_and_all_titles_are_known(desk_of):
    read = desk_of(TICKETS).book.read(["vendors", "no such tab"])
    assert list(read.tabs) == ["vendors"]
    assert read.all_titles == ("售后登记表", "vendors")


def test_cells_and_rows_of_several_tabs_are_written_at_once_and_read_back(desk_of):
    desk = desk_of(TICKETS)
    book, due = desk.book, dt.datetime(2026, 11, 22, 18, 0)
    written = book.write(
        [
            TabWrites(
                "售后登记表", (cell(2, 4, "=1+1 @客户\n第二行"), cell(3, 3, 7)), ({1: "AS003", 2: due}, {1: "AS004"})
            ),
            TabWrites("vendors", (cell(2, 2, dt.date(2026, 11, 22)),)),
        ],
        book.read().stamp,
    )
    assert (written.edits, written.appends, written.conflicts) == (3, 2, ())
    tabs = book.read().tabs
    assert tabs["售后登记表"].rows[1][3] == "=1+1 @客户\n第二行"
    assert tabs["售后登记表"].rows[2][2] == 7
    assert list(tabs["售后登记表"].rows[3][:2]) == ["AS003", desk.shown(due)]
    assert tabs["售后登记表"].rows[4][0] == "AS004"
    assert tabs["vendors"].rows[1][1] == desk.shown(dt.date(2026, 11, 22))


def test_a_second_write_goes_on_from_the_stamp_that_the_first_gave(desk_of):
    book = desk_of(TICKETS).book
    first = book.write([TabWrites("vendors", (cell(2, 2, "a"),))], book.read().stamp)
    second = book.write([TabWrites("vendors", (cell(2, 2, "b"),))], first.stamp)
    assert second.edits == 1
    assert book.read().tabs["vendors"].rows[1] == ["V1", "b"]


def test_nothing_to_write_leaves_the_content_as_it_is(desk_of):
    desk = desk_of(TICKETS)
    before = desk.content()
    stamp = desk.book.read().stamp
    assert desk.book.write([], stamp).edits == 0
    assert desk.book.write([TabWrites("vendors")], stamp).edits == 0
    written = desk.book.write([TabWrites("vendors", (cell(2, 1, "V1"), cell(2, 5, None)))], stamp)
    assert (written.edits, written.backup) == (0, None)
    assert desk.content() == before


def test_a_row_in_which_staff_typed_since_it_was_read_is_not_written(desk_of):
    desk = desk_of(TICKETS)
    stamp = desk.book.read().stamp
    desk.staff_type("vendors", 2, 1, "V9")
    before = desk.content()
    try:
        written = desk.book.write([TabWrites("vendors", (cell(2, 2, "x"),))], stamp)
    except BookChangedError:
        pass
    else:
        assert (written.edits, written.is_outdated, len(written.conflicts)) == (0, True, 1)
    assert desk.content() == before


def test_a_file_that_changed_since_it_was_read_is_not_written(file_of):
    desk = file_of(TICKETS)
    stamp = desk.book.read().stamp
    desk.staff_type("vendors", 2, 1, "V9")
    before = desk.content()
    with pytest.raises(BookChangedError, match="plan anew"):
        desk.book.write([TabWrites("vendors", (cell(2, 2, "x"),))], stamp)
    assert desk.content() == before


def test_a_file_that_someone_has_open_is_not_written_and_says_who(file_of):
    desk = file_of(TICKETS)
    stamp = desk.book.read().stamp
    desk.someone_opens("李 Ann")
    before = desk.content()
    with pytest.raises(BookLockedError, match="李 Ann"):
        desk.book.write([TabWrites("vendors", (cell(2, 2, "x"),))], stamp)
    assert desk.content() == before


def test_a_formula_is_never_replaced_the_rest_is_written(desk_of):
    book = desk_of(TICKETS).book
    edit = cell(3, 4, "mine")
    written = book.write([TabWrites("售后登记表", (edit, cell(2, 4, "ok")))], book.read().stamp)
    assert [one.write for one in written.conflicts] == [edit]
    assert written.edits == 1
    assert book.read().tabs["售后登记表"].rows[1][3] == "ok"


def test_a_tab_that_is_missing_at_the_write_is_one_clear_error(desk_of):
    desk = desk_of(TICKETS)
    before = desk.content()
    with pytest.raises(BookError, match="no sheet 'gone'"):
        desk.book.write([TabWrites("gone", (cell(1, 1, "x"),))], desk.book.read().stamp)
    assert desk.content() == before


# ---- what only files have


def excel(tmp_path: Path) -> tuple[Path, ExcelBook]:
    excel_desk(tmp_path, TICKETS)
    return tmp_path / "desk.xlsx", ExcelBook("desk", tmp_path / "desk.xlsx", backups=2)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, "password"),
        (b"a,b\n1,2\n", "not a workbook"),
        (b"PK\x03\x04" + b"x" * 50, "cut off or damaged"),
    ],
)
def test_what_is_no_workbook_is_one_clear_error(tmp_path, content, words):
    path = tmp_path / "desk.xlsx"
    path.write_bytes(content)
    with pytest.raises(BookError, match=words):
        ExcelBook("desk", path).read()


def test_a_file_that_is_missing_or_cut_off_is_one_clear_error(tmp_path):
    path, book = excel(tmp_path)
    path.write_bytes(path.read_bytes()[:-400])
    with pytest.raises(BookError, match="cut off"):
        book.read()
    path.unlink()
    with pytest.raises(BookError, match="does not exist"):
        book.read()


def test_formula_errors_are_told_from_blanks(tmp_path):
    path, book = excel(tmp_path)
    workbook = load_workbook(path)
    workbook["vendors"]["C4"].value = "#REF!"
    workbook["vendors"]["C4"].data_type = "e"
    workbook.save(path)
    assert book.read().tabs["vendors"].rows[3][2] == CellError("#REF!")


def test_a_stray_cell_in_the_far_corner_costs_no_memory(tmp_path):
    path = tmp_path / "far.xlsx"
    workbook = Workbook()
    workbook.active["A1"] = "x"
    workbook.active["XFD200000"] = "y"
    workbook.save(path)
    rows = ExcelBook("far", path).read().tabs["Sheet"].rows
    assert rows[0][0] == "x"
    assert rows[199_999][16_383] == "y"


def test_backups_are_kept_and_the_oldest_go(tmp_path):
    path, _ = excel(tmp_path)
    contents = [path.read_bytes()]
    for text in "abc":
        book = ExcelBook("desk", path, backups=2)  # each run has its own
        written = book.write([TabWrites("vendors", (cell(2, 2, text),))], book.read().stamp)
        contents.append(path.read_bytes())
        assert Path(written.backup).read_bytes() == contents[-2]
        time.sleep(0.002)
    assert len(list((tmp_path / ".backups").iterdir())) == 2
    assert [one.name for one in tmp_path.glob("*.tmp")] == []


def test_a_run_that_writes_twice_keeps_one_backup_the_one_from_before_its_first_write(tmp_path):
    path, book = excel(tmp_path)
    before = path.read_bytes()
    first = book.write([TabWrites("vendors", (cell(2, 2, "first"),))], book.read().stamp)
    second = book.write([TabWrites("vendors", (cell(2, 2, "second"),))], first.stamp)
    assert second.backup is None
    (kept,) = (tmp_path / ".backups").iterdir()
    assert kept.read_bytes() == before


def test_what_staff_saved_between_two_writes_of_a_run_is_kept_too(tmp_path):
    path, book = excel(tmp_path)
    book.write([TabWrites("vendors", (cell(2, 2, "first"),))], book.read().stamp)
    changed = load_workbook(path)
    changed["vendors"]["D9"].value = "typed meanwhile"
    changed.save(path)
    saved = path.read_bytes()
    written = book.write([TabWrites("vendors", (cell(2, 2, "second"),))], book.read().stamp)
    assert Path(written.backup).read_bytes() == saved


def test_a_write_that_fails_again_and_again_keeps_its_backup_once(tmp_path, monkeypatch):
    path, _ = excel(tmp_path)
    monkeypatch.setattr(ExcelBook, "_swap", refused_swap)
    for _ in range(4):
        book = ExcelBook("desk", path, backups=2)
        with pytest.raises(BookLockedError):
            book.write([TabWrites("vendors", (cell(2, 2, "x"),))], book.read().stamp)
    assert len(list((tmp_path / ".backups").iterdir())) == 1


def refused_swap(book: ExcelBook, temporary: Path, path: Path, _: object) -> None:
    raise BookLockedError(book.name, f"{temporary} cannot replace {path}")


def test_a_backup_that_could_not_be_written_whole_is_not_left_behind(tmp_path, monkeypatch):
    path, book = excel(tmp_path)
    stamp, folder = book.read().stamp, tmp_path / ".backups"

    def full(handle: int, fsync: Callable[[int], None] = os.fsync) -> None:
        if folder.exists():  # the workbook's new content is synced before: the backup is what fills the disk
            raise OSError(28, "No space left on device")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", full)
    before = path.read_bytes()
    with pytest.raises(BookError, match="free some space"):
        book.write([TabWrites("vendors", (cell(2, 2, "x"),))], stamp)
    assert path.read_bytes() == before
    assert list(folder.iterdir()) == []
    assert list(tmp_path.glob(".*.tmp")) == []


def test_a_name_as_long_as_a_file_system_takes_is_no_obstacle(tmp_path):
    path, _ = excel(tmp_path)
    path = path.rename(tmp_path / f"{'登' * 83}.xlsx")  # 254 bytes of 255
    book = ExcelBook("desk", path, backups=2)
    for text in ("x", "y", "z"):
        book = ExcelBook("desk", path, backups=2)
        written = book.write([TabWrites("vendors", (cell(2, 2, text),))], book.read().stamp)
        assert Path(written.backup).is_file()
    assert load_workbook(path)["vendors"]["B2"].value == "z"
    assert len(list((tmp_path / ".backups").iterdir())) == 2


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
def test_the_owner_of_a_workbook_survives_a_write(tmp_path):
    path, book = excel(tmp_path)
    os.chown(path, 1234, 2345)
    path.chmod(0o664)
    book.write([TabWrites("vendors", (cell(2, 2, "x"),))], book.read().stamp)
    status = path.stat()
    assert (status.st_uid, status.st_gid, status.st_mode & 0o777) == (1234, 2345, 0o664)


def test_mode_and_links_survive_a_write(tmp_path):
    path, _ = excel(tmp_path)
    path.chmod(0o640)
    link = tmp_path / "elsewhere" / "link.xlsx"
    link.parent.mkdir()
    link.symlink_to(path)
    book = ExcelBook("desk", link)
    book.write([TabWrites("vendors", (cell(2, 2, "x"),))], book.read().stamp)
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    assert load_workbook(path)["vendors"]["B2"].value == "x"


def test_libreoffice_locks_count_too_and_an_old_lock_says_so(tmp_path):
    _path, book = excel(tmp_path)
    lock = tmp_path / ".~lock.desk.xlsx#"
    lock.write_text(",王\\, 五,pc-7,22.11.2026 09:00,file:///home/w;", encoding="utf-8")
    os.utime(lock, (1, 1))
    with pytest.raises(BookLockedError, match=r"王, 五.*left over from a crash"):
        book.write([TabWrites("vendors", (cell(2, 2, "x"),))], book.read().stamp)


def test_conflict_copies_beside_the_book_are_told(tmp_path):
    path, book = excel(tmp_path)
    shutil.copy(path, tmp_path / "desk (Ann's conflicted copy 2026-11-22).xlsx")
    shutil.copy(path, tmp_path / "desk 2025.xlsx")
    notes = book.write([], book.read().stamp).notes
    assert len(notes) == 1
    assert "conflicted copy" in notes[0]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write to every folder")
def test_a_read_only_folder_is_one_clear_error(tmp_path):
    _, book = excel(tmp_path)
    stamp = book.read().stamp
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(BookError, match="write to the folder"):
            book.write([TabWrites("vendors", (cell(2, 2, "x"),))], stamp)
    finally:
        tmp_path.chmod(0o755)


KILLED = """
import sys
from toolkit.core.book import CellWrite, TabWrites
from toolkit.gateways.excel.book import ExcelBook
book = ExcelBook("desk", sys.argv[1])
print("ready", flush=True)
number = 0
while True:
    number += 1
    book.write([TabWrites("vendors", tuple(CellWrite(r, 2, None, number) for r in range(2, 200)))], book.read().stamp)
"""


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is of POSIX")
@pytest.mark.parametrize("times", [3, pytest.param(60, marks=pytest.mark.long)])
def test_killed_at_any_instant_the_old_or_the_new_file_stands_whole(tmp_path, times):
    path, book = excel(tmp_path)
    chance = random.Random(7)
    for _ in range(times):
        process = subprocess.Popen([sys.executable, "-c", KILLED, str(path)], cwd=REPO, stdout=subprocess.PIPE)
        process.stdout.readline()
        time.sleep(chance.uniform(0.05, 0.3))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        rows = book.read().tabs["vendors"].rows
        assert len({row[1] for row in rows[1:199] if len(row) > 1}) <= 1


def test_an_owner_file_that_holds_no_name_is_someones(tmp_path):
    path = tmp_path / "desk.xlsx"
    path.write_bytes(b"")
    (tmp_path / "~$desk.xlsx").write_bytes(b"\x20[build-system]\nrequires = [hatchling]" + bytes(130))
    assert who_has_open(path).name == "someone"

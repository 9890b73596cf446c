"""Files that are no workbook, or cannot be had: one sentence with file, cause and cure, nothing touched, other books go on."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.system.desks import NOW, demo

COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")
SAVE, RESTORE = "save it as .xlsx", "or restore it from"
posix = pytest.mark.skipif(os.name == "nt", reason="modes and links of POSIX")


def encrypted(file):
    name = "EncryptedPackage".encode("utf-16-le")
    file.write_bytes(COMPOUND + bytes(1016) + name + bytes(3000))


def old_xls(file):
    file.write_bytes(COMPOUND + bytes(1016) + "Workbook".encode("utf-16-le") + bytes(3000))


def ods(file):
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        package.writestr("content.xml", "<x/>")


def csv(file):
    file.write_text("售后编号,登记时间\nAS-1,2026-09-03\n", "utf-8-sig")


def empty(file):
    file.write_bytes(b"")


def truncated(file):
    file.write_bytes(file.read_bytes()[: file.stat().st_size * 2 // 3])


def no_workbook(file):
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("readme.txt", "nothing")


def bomb(file):
    with_member(file, "xl/worksheets/sheet99.xml", bytes(100 << 20))


def signed(file):
    with_member(file, "_xmlsignatures/sig1.xml", b"<Signature/>")


def with_member(file, name, content):
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr(name, content)


def folder(file):
    file.unlink()
    file.mkdir()
    (file / "inside.txt").write_text("kept", "utf-8")


def dangling(file):
    file.unlink()
    file.symlink_to(file.with_name("moved-away.xlsx"))


def circle(file):
    file.unlink()
    file.symlink_to(file)


def unreadable(file):
    file.chmod(0)


def gone(file):
    file.unlink()


TABLE = [
    (encrypted, ["password", SAVE]),
    (old_xls, ["an old .xls file", SAVE]),
    (ods, ["OpenDocument", SAVE]),
    (csv, ["not a workbook", SAVE]),
    (empty, ["the file is empty", RESTORE]),
    (truncated, ["cut off or damaged", RESTORE]),
    (no_workbook, ["a zip file, but not a workbook", RESTORE]),
    (bomb, ["zip bomb", RESTORE]),
    (signed, ["digitally signed", "save it anew"]),
    (gone, ["does not exist", "mend its path in config.yaml"]),
    (folder, ["is a folder, not a workbook", "in config.yaml"]),
    pytest.param(dangling, ["is a link to", "moved-away.xlsx, which does not exist", "restore it"], marks=posix),
    pytest.param(circle, ["symbolic links", "lead in a circle"], marks=posix),
    pytest.param(unreadable, ["permission is missing", "let this user read it"], marks=posix),
]


def state_of(file):
    """All that could be touched of it."""
    if file.is_symlink():
        return os.readlink(file)
    if file.is_dir():
        return sorted(one.name for one in file.iterdir())
    if not file.exists():
        return None
    return hashlib.sha256(file.read_bytes()).hexdigest(), file.stat().st_mtime_ns, file.stat().st_mode


def with_second(tmp_path, name="second.xlsx"):
    """A desk with a second book, a copy of the first."""
    desk = demo(tmp_path)
    second = desk.workbook.parent / "other" / name
    second.parent.mkdir()
    shutil.copyfile(desk.workbook, second)
    line = "  - {name: main, path: workbooks/aftersales.xlsx}"
    desk.configure(line, f"{line}\n  - {{name: second, path: workbooks/other/{name}}}")
    return desk, second


def said(done):
    return [line for line in done.err.splitlines() if line.strip()]


def beside(file):
    return sorted(one.name for one in file.parent.iterdir())


@pytest.mark.parametrize(("spoil", "words"), TABLE, ids=lambda one: getattr(one, "__name__", ""))
def test_what_cannot_be_read_is_one_sentence_and_the_other_book_goes_on(spoil, words, tmp_path):
    desk, second = with_second(tmp_path)
    spoil(second)
    before, neighbours = state_of(second), beside(second)
    hooks = [("without_root_rights", {})] if spoil is unreadable and os.geteuid() == 0 else []
    for command in ("plan", "check", "run"):
        done = desk(command, "--json", now=NOW, hooks=hooks)
        assert done.code == 3, (command, done.err)
        (sentence,) = said(done)
        assert str(second) in sentence
        assert [word for word in words if word not in sentence] == [], sentence
    assert [(one["book"], one["code"]) for one in done.json["applied"]["refused"]] == [("second", "refused")]
    assert {one["book"] for one in done.json["edits"]} == {"main"}
    assert done.json["applied"]["edits"] > 100
    assert (state_of(second), beside(second)) == (before, neighbours)


@posix
def test_a_folder_that_may_not_be_written_is_said_and_nothing_is_left_in_it(tmp_path):
    desk, second = with_second(tmp_path)
    before = state_of(second)
    second.parent.chmod(0o555)
    hooks = [("without_root_rights", {})] if os.geteuid() == 0 else []
    try:
        assert desk("plan", now=NOW, hooks=hooks).code == 0, "reading is allowed"
        done = desk("run", "--json", now=NOW, hooks=hooks)
    finally:
        second.parent.chmod(0o755)
    assert done.code == 3
    (sentence,) = said(done)
    assert f"{second} cannot be written, permission is missing: let this user write to the folder" in sentence
    assert (state_of(second), beside(second)) == (before, ["second.xlsx"])
    assert done.json["applied"]["edits"] > 100


@posix
def test_a_full_disk_is_said_and_nothing_is_left_on_it(tmp_path):
    desk, second = with_second(tmp_path)
    before = state_of(second)
    done = desk("run", "--json", now=NOW, hooks=[("disk_full", {"folder": str(second.parent)})])
    assert done.code == 3
    (sentence,) = said(done)
    assert f"{second} cannot be written (No space left on device): free some space" in sentence
    assert (state_of(second), beside(second)) == (before, ["second.xlsx"])
    assert done.json["applied"]["edits"] > 100
    assert desk("run", now="2026-11-24T10:10").code == 0, "with space again the next run catches up"


@pytest.fixture
def tiny_disk(tmp_path):
    """A real file system with room for the workbook and little more."""
    where = tmp_path / "tiny"
    where.mkdir()
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root mounts")
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96k", "tiny", where], capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip("this container may not mount: the test above stands in with a failing fsync")
    yield where
    subprocess.run(["umount", where], check=True)


def test_a_disk_that_is_really_full_is_said_and_nothing_is_left_on_it(tmp_path, tiny_disk):
    desk = demo(tmp_path)
    moved = Path(shutil.copy(desk.workbook, tiny_disk / "aftersales.xlsx"))
    (tiny_disk / "ballast").write_bytes(bytes((92 << 10) - moved.stat().st_size))
    desk.configure("path: workbooks/aftersales.xlsx", f"path: {moved}")
    before = state_of(moved)
    done = desk("run", "--json", now=NOW)
    assert done.code == 3
    assert "free some space" in done.err
    assert (state_of(moved), beside(moved)) == (before, ["aftersales.xlsx", "ballast"])


@posix
def test_a_name_that_no_file_system_takes_is_said(tmp_path):
    desk, _ = with_second(tmp_path)
    name = "登" * 120 + ".xlsx"
    desk.configure("workbooks/other/second.xlsx", f"workbooks/other/{name}")
    done = desk("run", "--json", now=NOW)
    assert done.code == 3
    (sentence,) = said(done)
    assert "give it a shorter name or path" in sentence
    assert done.json["applied"]["edits"] > 100


@pytest.mark.parametrize("name", ["old.xls", "calc.ods", "list.csv"])
def test_a_path_to_another_kind_of_file_is_wrong_in_the_configuration(name, tmp_path):
    desk, _ = with_second(tmp_path)
    desk.configure("workbooks/other/second.xlsx", f"workbooks/other/{name}")
    done = desk("plan", now=NOW)
    assert done.code == 2
    assert "a workbook is an .xlsx or .xlsm file; save it as one" in done.err


@posix
def test_a_link_to_a_workbook_stays_a_link_and_what_it_leads_to_is_written(tmp_path):
    desk = demo(tmp_path)
    real = desk.folder / "share" / "real.xlsx"
    real.parent.mkdir()
    desk.workbook.rename(real)
    desk.workbook.symlink_to(real)
    real.chmod(0o660)
    if os.geteuid() == 0:
        os.chown(real, 1234, 2345)
    before, owner = state_of(real), (real.stat().st_uid, real.stat().st_gid)
    desk.run()
    assert os.readlink(desk.workbook) == str(real)
    assert state_of(real) != before
    assert (real.stat().st_uid, real.stat().st_gid, real.stat().st_mode & 0o777) == (*owner, 0o660)
    assert len(list((real.parent / ".backups").iterdir())) == 1, "one backup a run, beside the file itself"
    assert not (desk.workbook.parent / ".backups").exists()

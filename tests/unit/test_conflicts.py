"""Which files beside a workbook are a sync client's conflict copies, and which only look a little like it."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.gateways.excel import conflicts
from toolkit.gateways.excel.conflicts import conflict_copies

DESK, ICLOUD, GOOGLE = "desk", "Mobile Documents/com~apple~CloudDocs", "GoogleDrive-ann@example.com/My Drive"

COPIES = [
    ("OneDrive", "登记表-DESKTOP-7G4K2LM.xlsx", DESK),
    ("OneDrive, once more", "登记表-LAPTOP-7G4K2LM-2.xlsx", DESK),
    ("OneDrive on a Mac", "登记表-Anns-MacBook-Pro.xlsx", DESK),
    ("OneDrive on this computer", "登记表-frontdesk.xlsx", DESK),
    ("OneDrive on this computer, once more", "登记表-FrontDesk-3.xlsx", DESK),
    ("Dropbox", "登记表 (Ann's conflicted copy 2026-11-22).xlsx", DESK),
    ("Dropbox by computer", "登记表 (DESKTOP-7G4K2LM's conflicted copy 2026-11-22 (1)).xlsx", DESK),
    ("Dropbox in Chinese", "登记表 (王五 的冲突副本 2026-11-22).xlsx", DESK),
    ("Dropbox in German", "登记表 (In Konflikt stehende Kopie von Ann 2026-11-22).xlsx", DESK),
    ("Dropbox in French", "登记表 (Copie en conflit de Ann 2026-11-22).xlsx", DESK),
    ("Dropbox, case", "登记表 (Case Conflict).xlsx", DESK),
    ("Google Drive", "登记表[Conflict].xlsx", DESK),
    ("Google Drive, older", "登记表_conf(1).xlsx", DESK),
    ("Google Drive, numbered", "登记表 (1).xlsx", GOOGLE),
    ("Google Drive, in words", "登记表 - Conflicted copy Ann 2026-11-22.xlsx", DESK),
    ("Nextcloud", "登记表 (conflicted copy 2026-11-22 101500).xlsx", DESK),
    ("Nextcloud with its user", "登记表 (conflicted copy ann 2026-11-22 101500).xlsx", DESK),
    ("ownCloud", "登记表_conflict-20261122-101500.xlsx", DESK),
    ("Syncthing", "登记表.sync-conflict-20261122-101500-7MYKOWH.xlsx", DESK),
    ("iCloud", "登记表 2.xlsx", ICLOUD),
    ("WPS cloud", "登记表(冲突副本).xlsx", DESK),
    ("WPS cloud, full-width brackets", "登记表（冲突文件 2026-11-22）.xlsx", DESK),
    ("WPS cloud without brackets", "登记表_冲突副本_20261122.xlsx", DESK),
    ("Nutstore", "登记表(冲突_王五_2026-11-22 10-15-00).xlsx", DESK),
    ("Nutstore in English", "登记表(Ann-NSConflict-2026-11-22).xlsx", DESK),
    ("Seafile", "登记表 (SFConflict ann@example.com 2026-11-22-10-15-00).xlsx", DESK),
    ("Box", "登记表 (Ann Lee's conflicted copy).xlsx", DESK),
    ("a suffix in capitals", "登记表 (conflicted copy 2026-11-22 101500).XLSX", DESK),
]
NEAR_MISSES = [
    "登记表2026.xlsx",
    "登记表 2025.xlsx",
    "登记表 2.xlsx",
    "登记表 (1).xlsx",
    "登记表(旧).xlsx",
    "登记表-备份.xlsx",
    "登记表-2026-11-22.xlsx",
    "登记表-PC端.xlsx",
    "登记表-WIN-WIN方案.xlsx",
    "登记表-北京.xlsx",
    "登记表 冲突处理办法.xlsx",
    "登记表 conflict of interest.xlsx",
    "登记表.toolkit.xlsx",
    "登记表.bak.xlsx",
    "登记表 (conflicted copy 2026-11-22 101500).docx",
    "别的登记表 (冲突副本).xlsx",
    "~$登记表.xlsx",
    ".登记表-abcd1234.tmp",
]


@pytest.fixture(autouse=True)
def _this_computer(monkeypatch):
    monkeypatch.setattr(conflicts.platform, "node", lambda: "FRONTDESK.example.com")


def beside(folder: Path, name: str) -> list[str]:
    folder.mkdir(parents=True)
    for one in ("登记表.xlsx", name):
        (folder / one).write_bytes(b"")
    return conflict_copies(folder / "登记表.xlsx")


@pytest.mark.parametrize(("name", "where"), [row[1:] for row in COPIES], ids=[row[0] for row in COPIES])
def test_the_copy_of_a_sync_client_is_known(name, where, tmp_path):
    assert beside(tmp_path / where, name) == [name]


@pytest.mark.parametrize("name", NEAR_MISSES)
def test_a_name_that_only_looks_like_it_is_left_in_peace(name, tmp_path):
    assert beside(tmp_path / DESK, name) == []


def test_signs_that_mean_something_in_patterns_stand_for_themselves(tmp_path):
    for name in ("desk[1].xlsx", "desk[1] (conflicted copy 2026-11-22 101500).xlsx", "desk1 (Case Conflict).xlsx"):
        (tmp_path / name).write_bytes(b"")
    assert conflict_copies(tmp_path / "desk[1].xlsx") == ["desk[1] (conflicted copy 2026-11-22 101500).xlsx"]

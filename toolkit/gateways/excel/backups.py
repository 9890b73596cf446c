"""Dated copies of a workbook as it was before each write, the oldest of them removed."""

from __future__ import annotations

import contextlib
import os
import shutil
from datetime import datetime
from pathlib import Path
from typing import IO

from toolkit.gateways.excel.atomic import shortened, written_beside

FOLDER = ".backups"
_PIECE = 1 << 20
_STAMP_LENGTH = len(".20261124-100000.123")


def backup_folder(path: Path) -> Path:
    """Where the copies of a workbook lie: beside the file itself, also where `path` is a link to it."""
    return path.resolve().parent / FOLDER


def keep_backup(path: Path, content: IO[bytes], keep: int) -> Path | None:
    """Put the content that is about to be replaced into `.backups/NAME.YYYYMMDD-HHMMSS.xlsx`, keep the newest `keep`.

    Content that is the newest copy already is not kept twice: a write that fails and is tried again every ten minutes
    would else push all other states out.
    """
    if keep < 1:
        return None
    folder = backup_folder(path)
    folder.mkdir(exist_ok=True)
    stem = shortened(path.stem, _STAMP_LENGTH + len(path.suffix.encode()))
    known = sorted(_backups_of(stem, path.suffix, folder))
    if known and _holds(known[-1], content):
        return known[-1]
    stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S.%f")[:-3]
    backup = folder / f"{stem}.{stamp}{path.suffix}"
    temporary = written_beside(backup, lambda out: _copy(content, out))
    try:
        shutil.copystat(path, temporary)
        temporary.replace(backup)
    finally:
        temporary.unlink(missing_ok=True)
    for old in [*known, backup][:-keep]:
        _remove(old)
    return backup


def _holds(backup: Path, content: IO[bytes]) -> bool:
    with contextlib.suppress(OSError), backup.open("rb") as kept:
        content.seek(0)
        while (piece := content.read(_PIECE)) == kept.read(_PIECE):
            if not piece:
                return True
    return False


def _copy(content: IO[bytes], out: IO[bytes]) -> None:
    content.seek(0)
    shutil.copyfileobj(content, out, _PIECE)


def _remove(old: Path) -> None:
    """An old copy that cannot go is no reason not to write: the next write tries again."""
    with contextlib.suppress(OSError):
        if os.name == "nt":
            old.chmod(0o666)  # it has the workbook's mode, and Windows removes nothing that is read-only
        old.unlink(missing_ok=True)


def _backups_of(stem: str, suffix: str, folder: Path) -> list[Path]:
    dots = stem.count(".") + 2  # the stamp has one dot, one stands before it
    found = [one for one in folder.iterdir() if one.name.startswith(f"{stem}.") and one.suffix == suffix]
    return [one for one in found if one.stem.count(".") == dots]

"""Dated copies of a workbook as it was before each write, the oldest of them removed."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from pathlib import Path

FOLDER = ".backups"


def keep_backup(path: Path, content: bytes, keep: int) -> Path | None:
    """Put the content that is about to be replaced into `.backups/NAME.YYYYMMDD-HHMMSS.xlsx`, keep the newest `keep`."""
    if keep < 1:
        return None
    folder = path.parent / FOLDER
    folder.mkdir(exist_ok=True)
    stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S.%f")[:-3]
    backup = folder / f"{path.stem}.{stamp}{path.suffix}"
    with backup.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    shutil.copystat(path, backup)
    for old in sorted(_backups_of(path, folder))[:-keep]:
        old.unlink(missing_ok=True)
    return backup


def _backups_of(path: Path, folder: Path) -> list[Path]:
    dots = path.stem.count(".") + 2  # the stamp has one dot, one stands before it
    found = [one for one in folder.iterdir() if one.name.startswith(f"{path.stem}.") and one.suffix == path.suffix]
    return [one for one in found if one.stem.count(".") == dots]

"""A file replaced as a whole or not at all: written beside it, synced, swapped in."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

TEMPORARY = ".tmp"
LONGEST_NAME = 255
_AROUND = len(".-12345678.tmp")


def replaced(target: Path, write: Callable[[IO[bytes]], object], *, like: Path) -> None:
    """Replace `target` by what `write` writes, with the mode and owner of `target`, or of `like` if it is new."""
    put_in_place(written_beside(target, write), target, like=like)


def put_in_place(temporary: Path, target: Path, *, like: Path) -> None:
    """Swap in what `written_beside` wrote. On Windows the target must not be open any more."""
    try:
        take_after(temporary, target if target.exists() else like)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def written_beside(target: Path, write: Callable[[IO[bytes]], object]) -> Path:
    """A temporary file in the target's folder (the same disk, so that the swap is one step), written and synced.

    Its name begins with a dot and ends in `.tmp`, so that no one takes it for a workbook.
    """
    handle, name = tempfile.mkstemp(prefix=temporary_prefix(target), suffix=TEMPORARY, dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            write(out)
            out.flush()
            os.fsync(out.fileno())
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


def temporary_prefix(target: Path) -> str:
    """What the names of a file's temporary files begin with."""
    return f".{shortened(target.name, _AROUND)}-"


def shortened(stem: str, more: int) -> str:
    """As much of a name as leaves room for `more` bytes: file systems take 255, which is 85 Chinese characters."""
    return stem.encode()[: LONGEST_NAME - more].decode("utf-8", "ignore")


def take_after(path: Path, model: Path) -> None:
    """Give a file the mode of another and, where the system lets us, its owner (mkstemp makes files private)."""
    shutil.copymode(model, path)
    if hasattr(os, "chown"):
        status = model.stat()
        with contextlib.suppress(PermissionError):
            os.chown(path, status.st_uid, status.st_gid)


def sync_folder(folder: Path) -> None:
    """Make a rename in a folder last through a power cut; a no-op where folders cannot be synced (Windows)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)

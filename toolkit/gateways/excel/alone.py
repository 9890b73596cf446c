"""One writer of a workbook at a time: two desks may keep the same file, and each would undo what the other wrote."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from filelock import FileLock, Timeout

from toolkit.gateways.excel.atomic import TEMPORARY, shortened, temporary_prefix
from toolkit.gateways.excel.backups import backup_folder

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

WAIT = 30.0
"""Seconds. A workbook of 100,000 rows is written in ten."""
_POLL = 0.05


class BusyError(Exception):
    """Another process has been writing all the time."""


@contextmanager
def writing_alone(path: Path, opened: IO[bytes], wait: float = WAIT) -> Iterator[None]:
    """Hold the write lock of a workbook that is open; the system frees it when the process dies. Raises BusyError.

    The lock is on the very file, so whoever waited for it has to look whether that still is the file at the path. On a
    share that knows no locks the write goes on without: then only the comparison of stamps stands between two desks.
    """
    release = _flocked(opened, wait) if fcntl else _locked_beside(path, wait)
    try:
        if release is not None:
            _remove_leftovers(path)
        yield
    finally:
        if release is not None:
            release()


def _flocked(opened: IO[bytes], wait: float) -> Callable[[], object] | None:
    """Closing the file frees it too: it is not open any more when a swap has been made."""
    end = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                raise BusyError from None
            time.sleep(_POLL)
        except OSError:
            return None
        else:
            return lambda: None if opened.closed else fcntl.flock(opened, fcntl.LOCK_UN)


def _locked_beside(path: Path, wait: float) -> Callable[[], object] | None:
    """Windows keeps everyone else out of a locked file, so the lock is another one, among the backups."""
    folder = backup_folder(path)
    folder.mkdir(exist_ok=True)
    lock = FileLock(folder / f"{shortened(path.name, len('.lock'))}.lock", timeout=wait)
    try:
        lock.acquire()
    except Timeout:
        raise BusyError from None
    except (NotImplementedError, OSError):
        return None
    return lock.release


def _remove_leftovers(path: Path) -> None:
    """What a killed write left beside the workbook: nobody else can be writing one now."""
    name = re.compile(re.escape(temporary_prefix(path)) + r"[a-z0-9_]{8}" + re.escape(TEMPORARY))
    for one in path.parent.iterdir():
        if name.fullmatch(one.name):
            with suppress(OSError):
                one.unlink()

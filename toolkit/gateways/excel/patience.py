"""A file read whole while others may be saving it: short waits where a program holds it for an instant."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path

from toolkit.gateways.excel.locks import who_has_open

WAITS = (0.05, 0.15, 0.3, 0.6)
"""Seconds between tries. A save takes Excel about half a second, of which the file is away for some milliseconds."""
_PASSING = frozenset({errno.EBUSY, errno.ETXTBSY, errno.EAGAIN})
_SHARING = frozenset({32, 33})  # Windows: ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION


def read_whole(path: Path) -> bytes:
    """The content of a file as one save left it. Raises OSError where waiting does not help, or did not."""
    for wait in WAITS:
        try:
            before = _mark(path)
            content = path.read_bytes()
            if before == _mark(path):
                return content
        except OSError as error:
            if not may_pass(error, path):
                raise
        time.sleep(wait)
    return path.read_bytes()


def may_pass(error: OSError, path: Path) -> bool:
    """Whether an error is one that a program saving this very file makes: Excel removes the old file before it names
    the new one, and Windows lets nobody else open a file that is being written.
    """
    if isinstance(error, FileNotFoundError):
        return who_has_open(path) is not None
    if isinstance(error, PermissionError):
        return os.name == "nt" or is_held(error)
    return error.errno in _PASSING


def is_held(error: OSError) -> bool:
    """Whether Windows says that another program has the file."""
    return getattr(error, "winerror", None) in _SHARING


def _mark(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_mtime_ns, status.st_size, status.st_ino

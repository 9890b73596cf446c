"""What a test may do to a command from inside: kill it at a moment, turn its clock, get in its way. Tests only."""

from __future__ import annotations

import json
import os
import signal
import sys
from datetime import datetime
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

WORLD = frozenset(
    {
        "fsync",
        "replace",
        "rename",
        "unlink",
        "remove",
        "mkdir",
        "chmod",
        "chown",
        "utime",
        "flock",
        "lockf",
        "open",
        "write",
        "truncate",
        "commit",
        "rollback",
        "execute",
        "executemany",
        "connect",
        "send",
        "sendall",
        "close",
    }
)
"""C functions by which a process touches the world: files, SQLite, sockets. A kill between two of them is no new case."""
OPEN_THINGS = frozenset({"Cursor", "Connection", "BufferedWriter", "BufferedRandom", "FileIO", "socket", "SSLSocket"})
LASTING = frozenset({"fsync", "replace", "rename", "unlink", "remove", "commit", "flock", "sendall"})
"""Those after which the world is another for whoever comes next."""


def die() -> None:
    """As by `kill -9`, or as if the power went: nothing is cleaned up."""
    os.kill(os.getpid(), signal.SIGKILL)


class _Counter:
    """Counts the calls into the world, before and after each; writes them down, or dies at the n-th."""

    def __init__(self, at: int | None, trace: str | None) -> None:
        self.at = at
        self.count = 0
        self.trace = os.open(trace, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) if trace else None

    def __call__(self, frame: Any, event: str, arg: Any) -> None:
        if event not in ("c_call", "c_return") or getattr(arg, "__name__", "") not in WORLD:
            return
        if not _is_world(arg):
            return
        if self.at == self.count:
            die()
        self.count += 1
        if self.trace is not None:
            word = f"{'before' if event == 'c_call' else 'after'} {getattr(arg, '__qualname__', arg.__name__)}\n"
            os.write(self.trace, word.encode())


def _is_world(function: Any) -> bool:
    """A module's function, or a method of something open; not `str.replace`, nor a writer into memory."""
    owner = getattr(function, "__self__", None)
    return owner is None or isinstance(owner, ModuleType) or type(owner).__name__ in OPEN_THINGS


def count_calls(trace: str) -> None:
    """Write each call into the world down to `trace`, one a line."""
    sys.setprofile(_Counter(None, trace))


def kill_at(n: int) -> None:
    """Die at the n-th call into the world (from 0), as `count_calls` counts them."""
    sys.setprofile(_Counter(n, None))


def kill_around(target: str, nth: int = 1, *, after: bool = False) -> None:
    """Die before, or after, the nth call of a function named like `smtplib:SMTP.data`."""
    module, _, path = target.partition(":")
    owner: Any = import_module(module)
    *steps, name = path.split(".")
    for step in steps:
        owner = getattr(owner, step)
    original, seen = getattr(owner, name), []

    def wrapped(*args: Any, **more: Any) -> Any:
        seen.append(1)
        if len(seen) == nth and not after:
            die()
        answer = original(*args, **more)
        if len(seen) == nth:
            die()
        return answer

    setattr(owner, name, wrapped)


def clock(at: str) -> None:
    """The real clock of this process shows `at` (ISO with offset) and goes on from there."""
    import time_machine

    time_machine.travel(datetime.fromisoformat(at), tick=True).start()


def short_wait(seconds: float = 0.3) -> None:
    """A second run waits this long for the first, not half a minute."""
    import_module("toolkit.gateways.lock").run_lock.__wrapped__.__kwdefaults__["wait"] = seconds


def edit_before_write(workbook: str, sheet: str, cells: dict[str, Any], times: int = 1) -> None:
    """Somebody saves the workbook between the run's reading and its writing, the first `times` times."""
    from toolkit.excel import patch_workbook
    from toolkit.gateways.excel.book import ExcelBook

    original, seen = ExcelBook.write, []

    def write(self: Any, writes: Any, stamp: Any) -> Any:
        writes = list(writes)
        if len(seen) < times and any(one.cells or one.appends for one in writes):
            seen.append(1)
            patch_workbook(
                workbook, workbook, sheet=sheet, writes={at: f"{text} {len(seen)}" for at, text in cells.items()}
            )
        return original(self, writes, stamp)

    ExcelBook.write = write  # type: ignore[method-assign]


def note_reads(trace: str) -> None:
    """Write down how often books were read and written."""
    from toolkit.gateways.excel.book import ExcelBook

    for name in ("read", "write"):
        original = getattr(ExcelBook, name)

        def wrapped(self: Any, *args: Any, _name: str = name, _original: Any = original, **more: Any) -> Any:
            with Path(trace).open("a", encoding="utf-8") as out:
                out.write(json.dumps(_name) + "\n")
            return _original(self, *args, **more)

        setattr(ExcelBook, name, wrapped)


def without_root_rights() -> None:
    """Root, too, may read and write only what the modes of files say: containers run their tests as root."""
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    override, read_search = 1 << 1, 1 << 2  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    rights = (ctypes.c_uint32 * 6)()
    if libc.capget(header, rights) != 0:
        raise OSError(ctypes.get_errno(), "capget")
    rights[0] &= ~(override | read_search)  # the effective ones
    if libc.capset(header, rights) != 0:
        raise OSError(ctypes.get_errno(), "capset")


def disk_full(folder: str) -> None:
    """Nothing more fits on the disk of this folder: what was written there cannot be synced."""
    import errno

    original = os.fsync

    def fsync(handle: int) -> None:
        if os.readlink(f"/proc/self/fd/{handle}").startswith(folder):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        original(handle)

    os.fsync = fsync


def few_rows(count: int) -> None:
    """A new Google tab has so few rows: a thousand formatted ones of each are all that a local server is busy with."""
    from toolkit.gateways.google.making import wanted

    wanted.ROWS = count

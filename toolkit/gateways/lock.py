"""The run lock: two runs at once, and the second waits, then says who is in its way (60, 10)."""

from __future__ import annotations

import json
import os
import platform
import shlex
import sys
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from toolkit.core.errors import RunLockedError

if TYPE_CHECKING:
    from collections.abc import Iterator

WAIT = 30.0
"""Seconds that a second run waits for the first."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the lock, as it wrote down itself."""

    pid: int
    host: str
    command: str
    since: str

    @classmethod
    def this_process(cls) -> Holder:
        """Ourselves, now."""
        words = [Path(sys.argv[0]).name, *sys.argv[1:]] if sys.argv else ["python"]
        return cls(os.getpid(), platform.node(), shlex.join(words), datetime.now(UTC).isoformat(timespec="seconds"))

    def __str__(self) -> str:
        return f"`{self.command}` (process {self.pid} on {self.host}) since {self.since}"


@contextmanager
def run_lock(path: Path, *, wait: float = WAIT) -> Iterator[None]:
    """Hold the lock file `path`, which lies beside the state database, for as long as the block lasts.

    The system frees it when the process dies, also by kill -9; the file itself stays. Raises RunLockedError after
    `wait` seconds. Not for a network share, where such locks lie.
    """
    # Who holds it stands in a second file: on Windows a locked file cannot even be read.
    note = path.with_name(path.name + ".holder")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path, timeout=wait)
        lock.acquire()
    except Timeout:
        raise RunLockedError(
            f"another run is going on: {_read(note) or 'its name could not be read'}; "
            f"waited {wait:g} s for {path}. Let it finish, or end it, and try again"
        ) from None
    except OSError as error:
        raise RunLockedError(f"the run lock {path} cannot be taken: {error}") from error
    try:
        _write(note, Holder.this_process())
        yield
    finally:
        with suppress(OSError):
            note.unlink(missing_ok=True)
        lock.release()


def holder(path: Path) -> Holder | None:
    """Who wrote last that it holds the lock; after a kill this may be a process that is dead."""
    return _read(path.with_name(path.name + ".holder"))


def _write(note: Path, who: Holder) -> None:
    # The lock is what counts: a note that cannot be written (disk full) must not stop the run.
    with suppress(OSError):
        fresh = note.with_name(note.name + ".new")
        fresh.write_text(json.dumps(asdict(who)), encoding="utf-8")
        fresh.replace(note)


def _read(note: Path) -> Holder | None:
    try:
        return Holder(**json.loads(note.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def is_held(path: Path) -> bool:
    """Whether a run holds the lock right now. The note of a killed run says nothing of that."""
    if not path.exists():
        return False
    lock = FileLock(path, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        return True
    except OSError:
        return False
    lock.release()
    return False

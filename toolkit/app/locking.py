"""One run at a time on one state database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from toolkit.gateways.lock import run_lock
from toolkit.settings.model import Settings


def lock_file(settings: Settings) -> Path:
    """Beside the SQLite file; for any other database in the desk's own folder."""
    _, slashes, path = settings.state.partition("sqlite:///")
    return Path(path).with_name("run.lock") if slashes else settings.home / "state" / "run.lock"


@contextmanager
def lock_of(settings: Settings) -> Iterator[None]:
    """Hold the run lock (RunLockedError after half a minute)."""
    with run_lock(lock_file(settings)):
        yield

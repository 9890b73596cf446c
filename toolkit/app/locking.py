"""One run at a time on one state database.

On SQLite a lock file beside it says so. A PostgreSQL database may serve several computers: there the database holds the
lock, and the file, taken first, tells those on this computer who is at work, for the doctor and the schedule.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from toolkit.gateways.lock import run_lock
from toolkit.settings.model import Settings

SQLITE = "sqlite:///"


def lock_file(settings: Settings) -> Path:
    """Beside the SQLite file; for any other database in the desk's own folder."""
    path = sqlite_file(settings)
    return path.with_name("run.lock") if path else settings.home / "state" / "run.lock"


def sqlite_file(settings: Settings) -> Path | None:
    """The file of the state database; None where it is on PostgreSQL."""
    return Path(settings.state.removeprefix(SQLITE)) if settings.state.startswith(SQLITE) else None


@contextmanager
def lock_of(settings: Settings) -> Iterator[None]:
    """Hold the run lock (RunLockedError after half a minute)."""
    with run_lock(lock_file(settings)):
        if settings.state.startswith(SQLITE):
            yield
            return
        from toolkit.gateways.state import postgres

        with postgres.run_lock(settings.state, settings.home):
            yield

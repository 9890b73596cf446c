"""Where a state database is, and what it refuses."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, IntegrityError, OperationalError, ProgrammingError

from toolkit.core.errors import OutsideError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class StateError(OutsideError):
    """The state database could not be opened, read or written (exit code 3)."""


@contextmanager
def refusals(where: str) -> Iterator[None]:
    """What the database refuses (disk full, locked, not a database) is an OutsideError; a broken constraint is a bug."""
    try:
        yield
    except (IntegrityError, ProgrammingError):
        raise
    except (OperationalError, DatabaseError) as error:
        said = " ".join(str(error.orig).split())
        raise StateError(f"the state database {where} refused: {said}") from error


def located(url: str, base: Path) -> URL:
    """The address of a database, a SQLite path made whole (UsageError; it never repeats `url`, which holds a password)."""
    try:
        target = make_url(url)
    except ArgumentError:
        raise UsageError("state: not a database address, e.g. sqlite:///state/toolkit.db") from None
    match target.get_backend_name():
        case "sqlite":
            if not target.database or target.database == ":memory:":
                raise UsageError(
                    "state: a file is needed, e.g. sqlite:///state/toolkit.db; memory forgets who was told"
                )
            return target.set(database=str(base / target.database))
        case "postgresql":
            return target.set(drivername="postgresql+psycopg")
        case other:
            raise UsageError(f"state: {other} is not known; sqlite and postgresql are")

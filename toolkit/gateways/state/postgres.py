"""The state database on PostgreSQL: its engine, and the run lock that holds for every computer that uses it."""

from __future__ import annotations

import os
import platform
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, event
from sqlalchemy import text as sql
from sqlalchemy.pool import NullPool

from toolkit.core.errors import RunLockedError, UsageError
from toolkit.gateways.state.outside import located, refusals

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Engine
    from sqlalchemy.engine import URL

WAIT = 30.0
"""Seconds that a second run waits for the first, as for the lock file."""
_CONNECT_TIMEOUT = 10
_WRITING, _RUNNING = 1, 2
"""Second halves of the advisory locks; the first is the schema, so that several desks may share a database."""
_SCHEMA = "hashtext('aftersales ' || current_schema())"


def shown(target: URL) -> str:
    """The address without its password."""
    return target.set(drivername="postgresql").render_as_string(hide_password=True)


def engine_for(target: URL, lock_timeout: float) -> Engine:
    """An engine on which one transaction of a desk follows the other, as on SQLite.

    SQLite's BEGIN IMMEDIATE lets one writer in at a time, and the queue relies on it: what it read stands until it
    commits. PostgreSQL would let `outbox cancel` in between. So each transaction begins by waiting for its turn; they
    are short, and none of them is open while a letter leaves.
    """
    options = f"-c lock_timeout={int(lock_timeout * 1000)}"
    try:
        engine = create_engine(
            target, connect_args={"options": options, "connect_timeout": _CONNECT_TIMEOUT, "prepare_threshold": None}
        )
    except ModuleNotFoundError:
        raise UsageError(
            "state: PostgreSQL needs its driver: pip install 'aftersales-toolkit[postgres]' (or psycopg[binary])"
        ) from None

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_SCHEMA}, {_WRITING})")

    return engine


@contextmanager
def run_lock(url: str, base: Path, *, wait: float = WAIT) -> Iterator[None]:
    """Hold the run lock of the desk whose database `url` is, on whatever computer it runs (RunLockedError after `wait`).

    A lock of the session: it ends with this process or its line. Where the line is cut in mid-run a second run may
    begin, and finds what SQLite would show it after a crash: what was being sent counts as unknown, and is not sent again.
    """
    target = located(url, base)
    where, me = shown(target), f"aftersales run, process {os.getpid()} on {platform.node()}"[:63]
    try:
        # A line of its own, which no transaction ends and no pool gives away.
        engine = create_engine(
            target,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={"application_name": me, "connect_timeout": _CONNECT_TIMEOUT},
        )
    except ModuleNotFoundError:
        engine = engine_for(target, wait)  # says what is missing
    with refusals(where):
        connection = engine.connect()
    try:
        with refusals(where):
            _acquire(connection, wait, where)
        yield
    finally:
        connection.invalidate()  # closed for good, and the lock with it, also where the line is dead already
        connection.close()


def _acquire(connection: Connection, wait: float, where: str) -> None:
    end = time.monotonic() + wait
    while not connection.execute(sql(f"SELECT pg_try_advisory_lock({_SCHEMA}, {_RUNNING})")).scalar():
        if time.monotonic() > end:
            who = _holder(connection) or Holder()
            raise RunLockedError(
                f"another run is going on: {who}; waited {wait:g} s for the run lock in {where}. "
                "Let it finish, or end it, and try again"
            )
        time.sleep(0.2)


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose line holds the run lock, and since when that line stands; either may be hidden from us by the server."""

    name: str = ""
    since: datetime | None = None

    def __str__(self) -> str:
        since = f" since {self.since:%Y-%m-%d %H:%M:%S%z}" if self.since else ""
        return f"{self.name or 'its name could not be read'}{since}"


def who_runs(url: str, base: Path) -> Holder | None:
    """Who holds the run lock right now, on whatever computer; None where nobody does (UsageError, StateError)."""
    target = located(url, base)
    engine = engine_for(target, _CONNECT_TIMEOUT)
    with refusals(shown(target)), engine.connect() as connection:
        return _holder(connection)


def _holder(connection: Connection) -> Holder | None:
    query = sql(
        "SELECT a.application_name, a.backend_start FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
        "WHERE l.locktype = 'advisory' AND l.granted AND l.objid = :lock AND l.objsubid = 2 "
        "AND l.classid::bigint = (hashtext('aftersales ' || current_schema())::bigint & 4294967295) "
        "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    found = connection.execute(query, {"lock": _RUNNING}).first()
    return Holder(found[0] or "", found[1]) if found else None

"""Opening the state database: the engine's settings, its schema brought up to date, and transactions."""

from __future__ import annotations

import sqlite3
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event, inspect
from sqlalchemy import text as sql
from sqlalchemy.exc import DBAPIError

from toolkit.gateways.state.outside import StateError, located, refusals
from toolkit.gateways.state.tables import HEAD, metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine, Table

BUSY_TIMEOUT = 30.0
"""Seconds that a writer waits for another one."""


class Connected:
    """Holds the engine and the transaction that is open, if one is. Not for use from two threads at once."""

    def __init__(self, engine: Engine, where: str) -> None:
        self.engine = engine
        self._open: Connection | None = None
        self.where = where

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction; every call made inside the `with` joins it, so that several stand or fall together."""
        if self._open is not None:
            yield self._open
            return
        with refusals(self.where), self.engine.begin() as connection:
            self._open = connection
            try:
                yield connection
            finally:
                self._open = None

    def close(self) -> None:
        """Let go of the file."""
        self.engine.dispose()


def insert_new(connection: Connection, table: Table) -> Any:
    """An INSERT that knows ON CONFLICT: the one word that the two dialects keep in different modules."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        # Callers ask how many rows were new, which SQLAlchemy otherwise does not keep of an INSERT here.
        return postgresql.insert(table).execution_options(preserve_rowcount=True)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)


def connect(url: str, base: Path) -> Connected:
    """Make the engine for `url` (a relative SQLite path counts from `base`) and bring the schema up to date."""
    target = located(url, base)
    if target.get_backend_name() == "sqlite":
        where = str(target.database)
        try:
            Path(where).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StateError(f"the folder of the state database {where} cannot be made: {error}") from error
        engine = create_engine(target, connect_args={"timeout": BUSY_TIMEOUT})
        _settle_sqlite(engine)
    else:
        from toolkit.gateways.state import postgres  # its driver is loaded only by those who have one

        where = postgres.shown(target)
        engine = postgres.engine_for(target, BUSY_TIMEOUT)
    with refusals(where):
        _bring_up_to_date(engine, where)
    return Connected(engine, where)


def _settle_sqlite(engine: Engine) -> None:
    """WAL, full syncs, and BEGIN IMMEDIATE.

    The driver's own BEGIN is deferred and comes with the first write: two processes that both read first then get
    "database is locked" at once, whatever the timeout. So the driver is told to stay out and we say BEGIN ourselves.
    """

    @event.listens_for(engine, "connect")
    def _prepare(driver: Any, _record: object) -> None:
        driver.isolation_level = None
        cursor = driver.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {int(BUSY_TIMEOUT * 1000)}")
        _into_wal(cursor)
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _into_wal(cursor: Any) -> None:
    """The write-ahead log. Where several open a new database at once SQLite does not wait here, so we do."""
    end = time.monotonic() + BUSY_TIMEOUT
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(0.02)
        else:
            return


def _bring_up_to_date(engine: Engine, where: str) -> None:
    """Run the missing migrations; a database at the head costs one small SELECT and no import of alembic."""
    with engine.connect() as connection:
        at = _version(connection)
    if at == HEAD:
        return
    with engine.begin() as connection:
        # Somebody may have migrated while we waited for the lock: it is looked at anew in here.
        if inspect(connection).get_table_names():
            _migrate(connection, where)
        else:
            _create(connection)


def _create(connection: Connection) -> None:
    """A new database has the newest tables at once: to import alembic and go through its history costs a third of a
    second. That both ways end alike is tested.
    """
    metadata.create_all(connection)
    connection.execute(sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
    connection.execute(sql("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})


def _version(connection: Connection) -> str | None:
    try:
        found = connection.execute(sql("SELECT version_num FROM alembic_version")).scalar()
    except DBAPIError as error:
        connection.rollback()
        if "alembic_version" in str(error.orig):  # no such table: a new database
            return None
        raise
    return None if found is None else str(found)


def _migrate(connection: Connection, where: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StateError(
            f"the state database {where} was written by a newer toolkit ({error}); upgrade the toolkit"
        ) from error

"""Deleted means gone: databases leave what was deleted lying in their files until its room is needed."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import text as sql

from toolkit.gateways.state.outside import StateError, refusals

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection, Table

    from toolkit.gateways.state.engine import Connected


@contextmanager
def erasing(state: Connected) -> Iterator[Connection]:
    """A transaction in which SQLite overwrites with zeros whatever is deleted or replaced."""
    with state.transaction() as tx:
        if tx.dialect.name == "sqlite":
            tx.exec_driver_sql("PRAGMA secure_delete = ON")
        yield tx


def scoured(state: Connected, tables: Sequence[Table]) -> None:
    """Write the database anew without what earlier deletes left behind, its log of changes included.

    Not inside a transaction. Room for a second copy of the file is needed; without it the rows are gone all the same.
    """
    if state.engine.dialect.name == "sqlite":
        _scour_file(state)
        return
    with refusals(state.where), state.engine.connect() as connection:
        plain = connection.execution_options(isolation_level="AUTOCOMMIT")
        for table in tables:
            plain.execute(sql(f"VACUUM (FULL) {plain.dialect.identifier_preparer.format_table(table)}"))


def _scour_file(state: Connected) -> None:
    with refusals(state.where):
        raw = state.engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        ((is_busy, *_),) = cursor.fetchall()
        cursor.close()
    except sqlite3.Error as error:
        raise StateError(
            f"removed, but {state.where} could not be written anew, and the removed bytes may still lie in it: {error}; "
            "make room on the disk and forget again"
        ) from error
    finally:
        raw.close()
    if is_busy:
        raise StateError(
            f"removed, but another program reads {state.where}, and its log may still hold the removed bytes; close it "
            "and forget again"
        )

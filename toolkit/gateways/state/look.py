"""A look at a state database without making, changing or migrating it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text as sql
from sqlalchemy.exc import SQLAlchemyError

from toolkit.gateways.state.outside import located
from toolkit.gateways.state.tables import HEAD

_VERSION = "SELECT version_num FROM alembic_version"
_COUNTS = "SELECT state, count(*) FROM message GROUP BY state"


@dataclass(frozen=True, slots=True)
class StateLook:
    """What stands there. `refusal`: why it cannot be used; `messages`: how many stand in which state."""

    where: str
    is_there: bool
    refusal: str = ""
    is_current: bool = True
    messages: Mapping[str, int] = field(default_factory=dict)


def look(path: Path) -> StateLook:
    """Whether a run could open and write the database at `path`."""
    if not path.exists():
        above = next(one for one in path.parents if one.exists())
        return StateLook(
            str(path), False, "" if os.access(above, os.W_OK) else f"the folder {above} cannot be written to"
        )
    if not os.access(path, os.R_OK | os.W_OK) or not os.access(path.parent, os.W_OK):
        return StateLook(str(path), True, "this user may not write to it, or to its folder")
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=5)) as connection:
            version = connection.execute(_VERSION).fetchone()
            counts = connection.execute(_COUNTS).fetchall()
    except sqlite3.Error as error:
        return StateLook(str(path), True, str(error))
    return StateLook(str(path), True, "", bool(version) and version[0] == HEAD, {str(state): n for state, n in counts})


def look_at_server(url: str, base: Path) -> StateLook:
    """The same of a database on PostgreSQL. UsageError where its driver is missing."""
    from toolkit.gateways.state import postgres

    target = located(url, base)
    where = postgres.shown(target)
    try:
        with postgres.engine_for(target, 5.0).connect() as connection:
            if connection.execute(sql("SELECT to_regclass('alembic_version')")).scalar() is None:
                return StateLook(where, False)
            version = connection.execute(sql(_VERSION)).scalar()
            counts = connection.execute(sql(_COUNTS)).all()
    except SQLAlchemyError as error:
        return StateLook(where, True, " ".join(str(getattr(error, "orig", error)).split()))
    return StateLook(where, True, "", version == HEAD, {str(state): n for state, n in counts})

"""A look at a state database without making, changing or migrating it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from toolkit.gateways.state.tables import HEAD


@dataclass(frozen=True, slots=True)
class StateLook:
    """What stands there. `refusal`: why it cannot be used; `messages`: how many stand in which state."""

    path: Path
    is_there: bool
    refusal: str = ""
    is_current: bool = True
    messages: Mapping[str, int] = field(default_factory=dict)


def look(path: Path) -> StateLook:
    """Whether a run could open and write the database at `path`."""
    if not path.exists():
        above = next(one for one in path.parents if one.exists())
        return StateLook(path, False, "" if os.access(above, os.W_OK) else f"the folder {above} cannot be written to")
    if not os.access(path, os.R_OK | os.W_OK) or not os.access(path.parent, os.W_OK):
        return StateLook(path, True, "this user may not write to it, or to its folder")
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=5)) as connection:
            version = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            counts = connection.execute("SELECT state, count(*) FROM message GROUP BY state").fetchall()
    except sqlite3.Error as error:
        return StateLook(path, True, str(error))
    return StateLook(path, True, "", bool(version) and version[0] == HEAD, {str(state): n for state, n in counts})

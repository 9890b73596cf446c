"""Many rows at once: SQLAlchemy writes the statement, the driver takes the rows as they are.

For a hundred thousand rows its parameter and result objects cost five times what SQLite takes to store them.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection, Select
    from sqlalchemy.sql.dml import UpdateBase

CHUNK = 10_000
"""Rows that are handed over in one go."""


def in_bulk(tx: Connection, statement: UpdateBase, names: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> int:
    """Execute a statement for each row, whose items are the parameters `names` as the database stores them; rows changed."""
    compiled = statement.compile(dialect=tx.dialect, column_keys=list(names))
    order = compiled.positiontup
    places = [names.index(name) for name in order or names]
    is_in_order = places == list(range(len(names)))
    changed, rows = 0, iter(rows)
    while chunk := list(islice(rows, CHUNK)):
        if order is None:
            given: Any = [dict(zip(names, row, strict=True)) for row in chunk]
        else:
            given = chunk if is_in_order else [tuple([row[place] for place in places]) for row in chunk]
        changed += max(0, tx.exec_driver_sql(str(compiled), given).rowcount)
    return changed


def plain_rows(tx: Connection, query: Select[Any]) -> Iterator[tuple[Any, ...]]:
    """The rows of a query as the driver gives them: no types are converted."""
    cursor: Any = tx.execute(query).cursor
    while chunk := cursor.fetchmany(CHUNK):
        yield from chunk

"""The cells and rows of a plan into the books: each book once, and what it did not make is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from toolkit.app.applied import Applied, Unmade
from toolkit.app.desk import Desk
from toolkit.app.reading import Read
from toolkit.core.actions import Append, Edit, Plan
from toolkit.core.book import CellWrite, Conflict, TabWrites
from toolkit.core.errors import BookChangedError, BookError
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table


def write_books(desk: Desk, read: Read, plan: Plan, applied: Applied, run_id: int, *, is_last: bool) -> bool:
    """Write every book; True where one changed since it was read and the plan is to be made anew."""
    changed = False
    for name, stamp in read.stamps.items():
        edits = [one for one in plan.edits if one.at.book == name]
        appends = [one for one in plan.appends if one.book == name]
        if not edits and not appends:
            continue
        try:
            is_outdated = _write_book(desk, read, name, stamp, edits, appends, applied, run_id)
        except BookChangedError as error:
            if is_last:
                applied.refused.append(error)
            is_outdated = True
        except BookError as error:
            applied.refused.append(error)
            continue
        changed |= is_outdated
        applied.unsure |= {name} if is_outdated else set()
    return changed and not is_last


def _write_book(
    desk: Desk,
    read: Read,
    name: str,
    stamp: object,
    edits: Sequence[Edit],
    appends: Sequence[Append],
    applied: Applied,
    run_id: int,
) -> bool:
    """Write one book; whether its plan is to be made anew."""
    by_register = _by_register(edits)
    writes = tab_writes(read.snapshot, name, by_register, appends)
    written = desk.books[name].write(writes, stamp)
    read.stamps[name] = written.stamp
    conflicts = _edits_of(written.conflicts, writes, by_register)
    applied.conflicts += [Unmade(conflicts[id(one.write)], one.why, one.found) for one in written.conflicts]
    applied.refused += [written.error] if written.error else []
    applied.edits += written.edits
    applied.appends += written.appends
    applied.notes += written.notes
    applied.backups += [written.backup] if written.backup else []
    del writes  # as many objects as there are cells: gone before the journal is packed
    lost = {id(one) for one in conflicts.values()}
    for register, its in by_register.items():
        if len(its) > len(lost) or any(id(one) not in lost for one in its):
            entries = (
                {"key": one.at.key, "row": one.at.row, "column": one.column, "old": one.old, "new": one.new}
                for one in its
                if id(one) not in lost
            )
            desk.state.journal(run_id, name, register, entries, datetime.now(UTC))
    return written.is_outdated


def _by_register(edits: Iterable[Edit]) -> dict[str, list[Edit]]:
    found: dict[str, list[Edit]] = defaultdict(list)
    for one in edits:
        found[one.at.register].append(one)
    return found


def tab_writes(
    snapshot: Snapshot,
    book: str,
    edits: Mapping[str, Sequence[Edit]],
    appends: Iterable[Append],
) -> list[TabWrites]:
    """The writes of each register's edits, in their order."""
    tables = {table.register.name: table for table in snapshot.tables if table.book == book}
    rows: dict[str, list[Mapping[int, object]]] = defaultdict(list)
    for append in appends:
        columns = tables[append.register].columns
        rows[append.register].append({columns[key]: value for key, value in append.values.items() if key in columns})
    return [
        TabWrites(
            tables[name].tab,
            tuple(
                CellWrite(at.row, tables[name].columns[column], old, new)
                for at, column, old, new, _ in edits.get(name, ())
            ),
            tuple(rows[name]),
            tables[name].header_row,
            *_columns_of(tables[name]),
        )
        for name in dict.fromkeys([*edits, *rows])
    ]


def _columns_of(table: Table) -> tuple[tuple[int, ...], frozenset[int]]:
    """The sheet columns that name a row, and those that the toolkit writes."""
    register, columns = table.register, table.columns
    keys = tuple(columns[one] for one in register.key if one in columns)
    return keys, frozenset(columns[one.key] for one in register.owned if one.key in columns)


def _edits_of(
    dropped: Sequence[Conflict], writes: Sequence[TabWrites], edits: Mapping[str, Sequence[Edit]]
) -> dict[int, Edit]:
    """The edits that the book did not make, by the id of their write: it hands back the very writes that it dropped."""
    wanted, found = {id(one.write) for one in dropped}, {}
    for tab, its in zip(writes, edits.values(), strict=False) if wanted else ():
        found.update({id(write): one for write, one in zip(tab.cells, its, strict=True) if id(write) in wanted})
    return found

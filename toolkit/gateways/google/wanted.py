"""What one write wants of one tab: rows by their names, the cells to change, and how they stood when they were read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from toolkit.core.book import CellWrite, Conflict, Raw, TabWrites
from toolkit.core.reason import because
from toolkit.gateways.google.cells import Cells, Json, at, is_same, raw, sent
from toolkit.gateways.google.layout import TabInfo
from toolkit.gateways.google.reading import PAYLOAD, TabText

Key = tuple[Raw, ...]
_ROW_COSTS = 120  # bytes around a row's values in a call and in its answer


@dataclass
class WantedRow:
    """One row to be written. `key` names it; None where its key is blank or doubled: then it must not have moved."""

    row: int
    before: Mapping[int, Raw]
    """Its cells as they were read, by column: those that matter. All of them in a row without a name."""
    key: Key | None
    open: dict[int, CellWrite]
    """The cells that are not settled yet, by column."""
    values: Mapping[int, Json]
    """What all its cells shall hold, by column."""


@dataclass
class TabJob:
    """One tab's part of a write."""

    info: TabInfo
    text: TabText
    header: int
    names: list[Raw]
    keys: tuple[int, ...]
    owned: frozenset[int]
    rows: list[WantedRow]
    appends: list[Mapping[int, object]] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    edits: int = 0
    appended: int = 0
    sent: dict[int, set[Json]] = field(default_factory=dict)
    """Every value that was sent, by the column that it was sent to."""
    last: dict[tuple[int, int], Json] = field(default_factory=dict)
    """What the last call sent, by row and column."""
    is_shuffled: bool = False
    """Columns moved while something was written: what was sent may stand in any of them."""
    computed: set[int] = field(default_factory=set)
    """Columns in which staff reckon by formulas: what these show changes by itself, so it names no row."""
    targets: dict[int, Mapping[int, Json]] = field(default_factory=dict)
    """What each row (as read) was to get, by column."""

    @property
    def width(self) -> int:
        """The columns that somebody uses."""
        return max(len(self.names), *self.keys, *(column for one in self.rows for column in one.open), 1)

    def touched(self, rows: Sequence[WantedRow]) -> list[int]:
        """The columns that matter to these rows: what names them, and what is to be written."""
        return sorted({*self.keys, *(column for one in rows for column in one.open)})

    def key_of(self, cells: Cells) -> Key | None:
        """What names a row; None where its first key cell is blank."""
        key = tuple(at(cells, column) for column in self.keys)
        return None if not key or key[0] is None else tuple(_spelt(one) for one in key)

    @property
    def theirs(self) -> list[int]:
        """The columns that staff write; of those that they reckon only if there are no others."""
        columns = [column for column in range(1, self.width + 1) if column not in self.owned]
        return [column for column in columns if column not in self.computed] or columns

    def stands(self, row: WantedRow, cells: Cells) -> bool:
        """Whether these are a row's cells: what staff wrote there, and its number unless it is just being given one."""
        columns = {*self.theirs, *self.keys} - row.values.keys()
        return all(is_same(at(cells, column), row.before.get(column)) for column in columns)

    def refuse(self, row: WantedRow, column: int, why: str, found: Raw = None) -> None:
        """Give up a cell, and say why."""
        self.conflicts.append(Conflict(row.open.pop(column), because(f"conflict.{why}"), found))

    def refuse_row(self, row: WantedRow, why: str) -> None:
        """Give up what is left of a row."""
        for column in list(row.open):
            self.refuse(row, column, why)

    def done(self, row: WantedRow, column: int, *, is_new: bool = True) -> None:
        """A cell holds what it shall."""
        del row.open[column]
        self.edits += is_new
        self.text.written.setdefault(row.row, {})[column] = row.values[column]


def _spelt(cell: Raw) -> Raw:
    """True and 1 are the same to a dictionary."""
    return ("bool", cell) if isinstance(cell, bool) else cell


def job_of(text: TabText, wish: TabWrites) -> TabJob:
    """The wish with the rows as they were read."""
    by_row: dict[int, dict[int, CellWrite]] = {}
    for one in wish.cells:
        by_row.setdefault(one.row, {})[one.column] = one
    owned = wish.owned | {one.column for one in wish.cells}
    job = TabJob(text.info, text, wish.header, [], wish.keys, owned, [], list(wish.appends))
    before: dict[int, tuple[Key | None, dict[int, Raw]]] = {}
    first_of: dict[Key, int] = {}
    doubled: set[int] = set()
    for number, cells in text.numbered():
        if number == wish.header:
            job.names = list(cells)
        key = job.key_of(cells) if number > wish.header else None
        if key is not None and (first := first_of.setdefault(key, number)) != number:
            doubled |= {first, number}
        if number in by_row:
            columns = {*wish.keys, *by_row[number]} if key is not None else range(1, len(cells) + 1)
            before[number] = key, {column: at(cells, column) for column in columns}
    before |= _whole(text, doubled & by_row.keys())
    for number, writes in sorted(by_row.items()):
        key, cells_then = before.get(number, (None, {}))
        values = {column: sent(write.new) for column, write in writes.items()}
        job.rows.append(WantedRow(number, cells_then, key, writes, values))
    job.targets = {one.row: one.values for one in job.rows}
    return job


def _whole(text: TabText, numbers: AbstractSet[int]) -> dict[int, tuple[None, dict[int, Raw]]]:
    """All cells of some rows: what names them does not tell them apart."""
    rows = text.numbered() if numbers else ()
    return {number: (None, dict(enumerate(map(raw, cells), 1))) for number, cells in rows if number in numbers}


Part = list[tuple[TabJob, list[WantedRow]]]


def parts(jobs: Sequence[TabJob]) -> Iterator[Part]:
    """The rows of all tabs, some for each call, so that a call and its answer stay near the recommended size."""
    part: Part = []
    size = 0
    for job in jobs:
        rows: list[WantedRow] = []
        for one in job.rows:
            costs = _ROW_COSTS + len(json.dumps(list(one.values.values()), ensure_ascii=False).encode())
            if rows and size + costs > PAYLOAD:
                yield [*part, (job, rows)]
                part, rows, size = [], [], 0
            rows.append(one)
            size += costs
        if rows:
            part.append((job, rows))
    if part:
        yield part


def is_as_read(row: WantedRow, column: int, cells: Cells) -> bool:
    """Whether a cell still holds what it held at the reading."""
    return is_same(at(cells, column), row.before.get(column))

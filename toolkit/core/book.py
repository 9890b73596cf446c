"""The contract that every book keeps, Excel or Google: raw cells out, planned cells in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell that holds a formula's error, e.g. `#REF!`."""

    text: str


# A raw cell: str | int | float | bool | datetime | date | time | timedelta | CellError | None (blank).
Raw = object


@dataclass(frozen=True, slots=True)
class RawTab:
    """One tab as read. Numbers without a date format in a book of the 1904 epoch count from there (`is_1904`).

    `rows[i]` is sheet row `i + 1`, its item j column `j + 1`; short rows are blank to the right.
    """

    title: str
    rows: Sequence[Sequence[Raw]]
    is_1904: bool = False


@dataclass(frozen=True, slots=True)
class RawBook:
    """What was read of a book, and the stamp that proves at the write that it is still the same book."""

    tabs: Mapping[str, RawTab]
    stamp: object
    all_titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CellWrite:
    """One cell: where it was read, what stood there, what shall. `key` holds (column, raw value) of the row's key cells."""

    row: int
    column: int
    old: Raw
    new: object
    key: tuple[tuple[int, Raw], ...] = ()


@dataclass(frozen=True, slots=True)
class TabWrites:
    """All that one run writes to one tab. `appends` are rows by column number, below the last row with a value."""

    title: str
    cells: tuple[CellWrite, ...] = ()
    appends: tuple[Mapping[int, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """What a write did: counts, the edits that were dropped because the world had moved, the book's stamp afterwards."""

    edits: int = 0
    appends: int = 0
    conflicts: tuple[CellWrite, ...] = ()
    api_calls: int = 0
    stamp: object = None
    backup: str | None = None
    notes: tuple[str, ...] = field(default=())


class Book(Protocol):
    """A workbook somewhere. Raises BookError, BookLockedError, BookChangedError."""

    name: str
    location: str

    def read(self, titles: Sequence[str] | None = None) -> RawBook:
        """The named tabs (all, if None) that exist, whole."""
        ...

    def write(self, writes: Sequence[TabWrites], stamp: object) -> Written:
        """All or nothing for this book, lossless, and only if it still is what `stamp` says."""
        ...

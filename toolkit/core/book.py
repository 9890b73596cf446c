"""The contract that every book keeps, Excel or Google: raw cells out, planned cells in."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from toolkit.core.errors import BookError
from toolkit.core.reason import Reason


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell that holds a formula's error, e.g. `#REF!`."""

    text: str


# A raw cell: str | int | float | bool | datetime | date | time | timedelta | CellError | None (blank).
Raw = object
Rows = Sequence[Sequence[object]]
_BLOCK = 4096


def _as_it_is(cell: object) -> Raw:
    return cell


@dataclass(frozen=True, slots=True)
class RawTab:
    """One tab as read. Numbers without a date format in a book of the 1904 epoch count from there (`is_1904`).

    `content` holds the rows, or gives them in blocks each time that it is called, so that a big tab is never in memory
    whole; what cannot be read raises BookError then. `raw` tells what a cell of `content` means: cells that are equal
    mean the same, but for True and 1, False and 0; so whoever reads many cells asks once for each that is different.
    `marks` are columns that the toolkit marked when it made the tab: sheet column -> (register, column key). They tell
    which column is which where somebody gave it another header. `address` opens the tab in a browser, and a cell of it with
    `&range=C7` behind; a tab of a file has none.
    """

    title: str
    content: Rows | Callable[[], Iterator[Rows]]
    is_1904: bool = False
    raw: Callable[[object], Raw] = _as_it_is
    marks: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    address: str | None = None

    def blocks(self) -> Iterator[Rows]:
        """The rows from the top, some thousand at a time, in cells for `raw`.

        The first row of the first block is sheet row 1, its first item column A; short rows are blank to the right.
        """
        if callable(self.content):
            return self.content()
        rows = self.content
        return (rows[start : start + _BLOCK] for start in range(0, len(rows), _BLOCK))

    @property
    def rows(self) -> Sequence[Sequence[Raw]]:
        """All rows in one list: `rows[i]` is sheet row `i + 1`, its item j column `j + 1`."""
        if not callable(self.content):
            return self.content
        return [[self.raw(cell) for cell in row] for block in self.blocks() for row in block]


@dataclass(frozen=True, slots=True)
class RawBook:
    """What was read of a book, and the stamp that proves at the write that it is still the same book.

    `timezone` is the zone that the book itself keeps for its wall times, None where it keeps none.
    """

    tabs: Mapping[str, RawTab]
    stamp: object
    all_titles: tuple[str, ...]
    timezone: ZoneInfo | None = None


class CellWrite(NamedTuple):
    """One cell: where it was read, what stood there, what shall. A tuple, for a first run makes as many as there are cells."""

    row: int
    column: int
    old: Raw
    new: object


class Conflict(NamedTuple):
    """A write that was not made, why not, and what was found in the cell in place of what had been read."""

    write: CellWrite
    why: Reason
    found: Raw = None


@dataclass(frozen=True, slots=True)
class TabWrites:
    """All that one run writes to one tab. `appends` are rows by column number, below the last row with a value,
    or at the end of the table whose header is in row `header`.

    `keys` are the columns that name a row, `owned` those that the toolkit writes: by them a book whose rows move while a
    run works finds a row again. A book that cannot change under the run needs neither.
    """

    title: str
    cells: tuple[CellWrite, ...] = ()
    appends: tuple[Mapping[int, object], ...] = ()
    header: int = 0
    keys: tuple[int, ...] = ()
    owned: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Written:
    """What a write did: counts, the edits that were dropped because the world had moved, the book's stamp afterwards.

    `is_outdated`: the world moved so far that the plan is to be made anew; what was written stands, and counts. So it does
    where an `error` cut the write short.
    """

    edits: int = 0
    appends: int = 0
    conflicts: tuple[Conflict, ...] = ()
    stamp: object = None
    backup: str | None = None
    notes: tuple[str, ...] = field(default=())
    is_outdated: bool = False
    error: BookError | None = None


class Book(Protocol):
    """A workbook somewhere. Raises BookError, BookLockedError, BookChangedError.

    `location` is where a person finds it; `api_calls` counts what was asked of a server so far.
    """

    name: str
    location: str

    @property
    def api_calls(self) -> int: ...

    def read(self, titles: Container[str] | None = None) -> RawBook:
        """The tabs whose titles are among these (all, if None), whole."""
        ...

    def write(self, writes: Sequence[TabWrites], stamp: object) -> Written:
        """Every cell where it belongs or not at all, all else as it was. A file is written whole, and only if it still is
        what `stamp` says; in a book that many type in at once each row is found anew by its key.
        """
        ...

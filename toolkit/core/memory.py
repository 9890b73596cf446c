"""What earlier runs saw and said: read-only to the rules, stored by `run` alone (60, 7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Generic, Protocol, TypeVar

from toolkit.core.message import Stored

TAB = "tab"
"""Remembered of a register as a whole (key ""): it was there and could be read."""
LOCKED = "locked"
"""Remembered of a book as a whole (register and key ""): `yes` from the first run that found it open to the last."""
COMPANION = "companion"
"""Remembered of a book as a whole: the name of the read-only workbook that stands in for it, or nothing."""


KEPT = ("store-followup",)
"""The notices of which a cell of the sheet says when they were sent."""

RowKey = tuple[str, str, str]
"""Book, register, key."""
V = TypeVar("V")


class ByRow(Mapping[RowKey, V], Generic[V]):
    """Something of rows by book, register and key, kept register by register: who walks through one asks for it once,
    and a hundred thousand keys need no tuple each.
    """

    __slots__ = ("_registers",)

    def __init__(self, registers: Mapping[tuple[str, str], Mapping[str, V]] | None = None) -> None:
        self._registers = registers or {}

    def of(self, book: str, register: str) -> Mapping[str, V]:
        """One register's rows by their key."""
        return self._registers.get((book, register), {})

    def __getitem__(self, at: RowKey) -> V:
        book, register, key = at
        return self._registers[book, register][key]

    def __iter__(self) -> Iterator[RowKey]:
        return ((book, register, key) for (book, register), rows in self._registers.items() for key in rows)

    def __len__(self) -> int:
        return sum(map(len, self._registers.values()))

    def __repr__(self) -> str:
        return f"ByRow({self._registers!r})"


@dataclass(frozen=True, slots=True)
class Span:
    """A value that stood in a cell from the run that first saw it until the run that last did (None: still)."""

    value: str
    first_seen_at: datetime
    last_seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """The newest message that reached somebody about a row."""

    notice: str
    role: str
    channel: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Bounce:
    """Why mail to an address comes back, in the words of the server that refused it."""

    at: datetime
    why: str


class Bounces(Protocol):
    """The addresses that send letters back, asked for one by one: what they are may not be told any more."""

    def get(self, address: str, /) -> Bounce | None:
        """The newest bounce of an address (folded)."""
        ...

    def __contains__(self, address: object, /) -> bool: ...

    def __len__(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Memory:
    """The state database as the rules see it. Times are aware (UTC).

    `spans[(book, register, key)][column]` is oldest first; `occasions` are the keys that were queued, sent or skipped, `ever` all keys there ever were, in every book;
    `marks[(book, register, key)]` tells the toolkit cells as the last run left them from any others, and holds the
    figures of `row_count` and `whole_at` under a register named "";
    `outbox` counts messages by state, `missed` names the job slots that were missed since the last digest,
    `unlogged` are messages that the messages tab does not tell of yet.
    `told[(book, register, key, notice)]` is when a letter of some notices (`KEPT`) first reached somebody, `heard[(book,
    register, key)]` when the customer last got any message about a row, `replied` when they answered our mails, oldest first;
    `pending` are the occasions whose message waits to leave;
    `reservations[(book, register, fingerprint, nth)]` is a number given;
    `bounced` are the e-mail addresses (folded) to which nothing goes any more, `came_back` the occasions whose mail did.
    """

    spans: ByRow[Mapping[str, tuple[Span, ...]]] = field(default_factory=ByRow)
    occasions: frozenset[str] = frozenset()
    ever: frozenset[str] = frozenset()
    sent: Mapping[tuple[str, str, str], Sent] = field(default_factory=dict)
    told: Mapping[tuple[str, str, str, str], datetime] = field(default_factory=dict)
    pending: frozenset[str] = frozenset()
    heard: Mapping[tuple[str, str, str], datetime] = field(default_factory=dict)
    replied: Mapping[tuple[str, str, str], tuple[datetime, ...]] = field(default_factory=dict)
    reservations: Mapping[tuple[str, str, str, int], str] = field(default_factory=dict)
    marks: ByRow[int] = field(default_factory=ByRow)
    outbox: Mapping[str, int] = field(default_factory=dict)
    missed: tuple[str, ...] = ()
    unlogged: tuple[Stored, ...] = ()
    bounced: Bounces = field(default_factory=dict[str, Bounce])
    came_back: frozenset[str] = frozenset()
    first_run_at: datetime | None = None
    last_run_at: datetime | None = None

    def standing(self, book: str, column: str) -> Span | None:
        """What is remembered of a book as a whole and still stands."""
        spans = self.spans.get((book, "", ""), {}).get(column, ())
        return spans[-1] if spans and spans[-1].last_seen_at is None and spans[-1].value else None

    def row_count(self, book: str, register: str) -> int | None:
        """How many rows a register had when a run last read its book whole."""
        return self.marks.get((book, "", register))

    def whole_at(self, book: str) -> datetime | None:
        """When a run last read a book whole."""
        seconds = self.marks.get((book, "", ""))
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def figures(rows: Mapping[tuple[str, str], int], at: datetime) -> dict[tuple[str, str, str], int]:
    """The marks that `row_count` and `whole_at` read, of books that were read whole at `at`."""
    counts = {(book, "", register): count for (book, register), count in rows.items()}
    return counts | {(book, "", ""): int(at.timestamp()) for book, _ in rows}

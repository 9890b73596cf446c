"""Orders by their number: a call names the order, not one of its lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from toolkit.registers.fold import fold
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table

Line = tuple[Table, Any]


def lines_of(snapshot: Snapshot, number: str | None, book: str) -> tuple[Line, ...]:
    """An order's lines: of the asker's own book, else of the only book that has the number."""
    by_book = _lines(snapshot).get(fold(number)) if number else None
    if by_book is None:
        return ()
    found = by_book.get(book)
    return found if found is not None else next(iter(by_book.values())) if len(by_book) == 1 else ()


def order_of(snapshot: Snapshot, number: str | None, book: str) -> tuple[Table | None, Any]:
    """The first line of an order: it stands for the whole."""
    found = lines_of(snapshot, number, book)
    return found[0] if found else (None, None)


def orders(snapshot: Snapshot) -> tuple[tuple[Line, ...], ...]:
    """Every order as its lines."""
    return tuple(lines for by_book in _lines(snapshot).values() for lines in by_book.values())


def _lines(snapshot: Snapshot) -> Mapping[str, Mapping[str, tuple[Line, ...]]]:
    """Folded number -> book -> lines."""
    return snapshot.once("orders by number", lambda: _sorted_in(snapshot))


def _sorted_in(snapshot: Snapshot) -> Mapping[str, Mapping[str, tuple[Line, ...]]]:
    found: dict[str, dict[str, list[Line]]] = defaultdict(lambda: defaultdict(list))
    for table, row in snapshot.rows("orders"):
        if row.order_no:
            found[fold(row.order_no)][table.book].append((table, row))
    return {number: {book: tuple(its) for book, its in books.items()} for number, books in found.items()}

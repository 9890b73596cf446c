"""Rows of a register found by number or name: in the asker's own book first, elsewhere where only one bears it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from toolkit.registers.fold import fold
from toolkit.registers.table import Table

Found = tuple[Table, Any]


class Directory:
    """The rows of one register over all books. Keys count from one in each book, so a number alone may name several."""

    def __init__(self, tables: Iterable[Table], name: str | None = None) -> None:
        self._in_book: dict[tuple[str, str], Found | None] = {}
        self._anywhere: dict[str, Found | None] = {}
        for table in tables:
            if name is not None:
                self._add(table, ((row.get(name), row) for row in table.rows))
            # A number wins over a name that reads the same.
            self._put(table, ((key, row) for key, row in table.by_key.items()))

    def find(self, text: str | None, book: str | None = None) -> Found | None:
        """The row of that number or unique name; None where there is none, or several."""
        if not text:
            return None
        folded = fold(text)
        if book is not None and (book, folded) in self._in_book:
            return self._in_book[book, folded]
        return self._anywhere.get(folded)

    def _add(self, table: Table, pairs: Iterable[tuple[str | None, Any]]) -> None:
        for text, row in pairs:
            if text is None:
                continue
            folded = fold(text)
            here = (table.book, folded)
            self._in_book[here] = None if here in self._in_book else (table, row)
            self._anywhere[folded] = None if folded in self._anywhere else (table, row)

    def _put(self, table: Table, pairs: Iterable[tuple[str, Any]]) -> None:
        for text, row in pairs:
            folded = fold(text)
            self._in_book[table.book, folded] = (table, row)
            known = self._anywhere.get(folded)
            elsewhere = known is not None and known[0].book != table.book
            self._anywhere[folded] = None if elsewhere else (table, row)

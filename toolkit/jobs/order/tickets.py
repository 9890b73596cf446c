"""The tickets that belong to orders: which there are, by order and kind, and where a new one goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from toolkit.jobs.ticket.numbers import ticket_numbers
from toolkit.registers.fold import fold
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table
from toolkit.registers.tickets import FINISHED, FROZEN
from toolkit.settings.model import Settings

DEADLINE = "deadline"
INSTALL = "install"
KINDS = (DEADLINE, INSTALL)
_By = Mapping[tuple[str, str, str], Any]


class Entered:
    """The deadline and install tickets of a run's orders. Of several the one that is still open speaks."""

    def __init__(self, snapshot: Snapshot, settings: Settings) -> None:
        self._snapshot, self._settings = snapshot, settings
        self._found = snapshot.once("tickets of orders", lambda: _gathered(snapshot))

    def of(self, book: str, order_no: str, kind: str) -> Any:
        """The ticket of an order (its number folded), of the book that its tickets go to; None where there is none."""
        table = self.into(book)
        return self._found.get((table.book, order_no, kind)) if table is not None else None

    def number(self, book: str, ticket: Any) -> str | None:
        """The ticket's number, or the one that it gets in this very run."""
        table = self.into(book)
        reserved = ticket_numbers(self._snapshot, self._settings)[0]
        number: str | None = ticket.key or (reserved.get((table.book, ticket.row)) if table is not None else None)
        return number

    def into(self, book: str) -> Table | None:
        """The ticket register for orders of a book: its own, else the first. None where a new row could not be found again."""
        tables = self._snapshot.of("tickets")
        table = next((one for one in tables if one.book == book), tables[0] if tables else None)
        if table is None or self._snapshot.is_unread("tickets") or not {"order_no", "kind"} <= table.columns.keys():
            return None
        return table


def is_done(ticket: Any) -> bool:
    """Whether nothing is left to do about a ticket."""
    return ticket.status in FINISHED | FROZEN


def _gathered(snapshot: Snapshot) -> _By:
    found: dict[tuple[str, str, str], Any] = {}
    for table, row in snapshot.rows("tickets"):
        if row.kind not in KINDS or not row.order_no:
            continue
        key = (table.book, fold(row.order_no), row.kind)
        if key not in found or is_done(found[key]):
            found[key] = row
    return found

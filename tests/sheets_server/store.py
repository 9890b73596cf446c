"""All spreadsheets of the server, the clock, and ids that come in the same order on every run."""

from __future__ import annotations

import datetime as dt
import random
import string

from tests.sheets_server.book import Book, Sheet
from tests.sheets_server.clock import Clock
from tests.sheets_server.grid import Grid
from tests.sheets_server.values import SERVICE_ACCOUNT

_LETTERS = string.ascii_letters + string.digits + "-_"


class Store:
    def __init__(self, clock, sort_carries_metadata: bool):
        self.clock: Clock = clock
        self.sort_carries_metadata = sort_carries_metadata
        self.books: dict[str, Book] = {}
        self._random = random.Random(20261122)

    def new_id(self) -> int:
        return self._random.randrange(1, 2**31)

    def new_file_id(self) -> str:
        return "1" + "".join(self._random.choices(_LETTERS, k=43))

    def now(self) -> dt.datetime:
        return self.clock.now()

    def create(self, title: str, **properties) -> Book:
        """A new spreadsheet with one empty tab, as Drive makes it."""
        now = self.now()
        book = Book(self.new_file_id(), title, created=now, modified=now, **properties)
        book.sheets = [Sheet(0, "Sheet1", Grid(1000, 26))]
        owner = {
            "kind": "drive#permission",
            "id": f"{self._random.randrange(10**19, 10**20)}",
            "type": "user",
            "role": "owner",
            "emailAddress": SERVICE_ACCOUNT,
            "displayName": SERVICE_ACCOUNT,
            "deleted": False,
            "pendingOwner": False,
        }
        book.permissions = [owner]
        self.books[book.id] = book
        return book

    def copy(self, source: Book, title: str) -> Book:
        """Drive's copy carries cells, ranges and metadata, not permissions."""
        twin = self.create(title, locale=source.locale, time_zone=source.time_zone)
        forked = source.fork()
        twin.sheets, twin.named, twin.metadata = forked.sheets, forked.named, forked.metadata
        twin.extras, twin.has_formulas = forked.extras, source.has_formulas
        for sheet in twin.sheets:
            sheet.grid.rows = [line[:] for line in sheet.grid.rows]
            sheet.grid.settle()
        return twin

    def touch(self, book: Book) -> None:
        book.modified = self.now()
        book.version += 1
        book.memo = {}

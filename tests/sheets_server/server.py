"""The server as a test holds it: spreadsheets, clock, faults, hooks and log, beside the HTTP address."""

from __future__ import annotations

from tests.sheets_server import http
from tests.sheets_server.book import Book
from tests.sheets_server.clock import Clock
from tests.sheets_server.service import Call, Service
from tests.sheets_server.staff import Workbook


class SheetsServer:
    """`quota`: requests a minute as (reads, writes), or None for no limit. Without a clock the real one is used."""

    def __init__(self, port: int = 0, clock=None, sort_carries_metadata: bool = False, quota=None):
        self.clock = clock or Clock()
        self.service = Service(self, self.clock, sort_carries_metadata, quota)
        self._port, self._http = port, None

    def start(self) -> SheetsServer:
        self._http = http.serve(self._port, self.service)
        return self

    def stop(self) -> None:
        if self._http is not None:
            self._http.stop()
            self._http = None

    __enter__ = start

    def __exit__(self, *exc) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    # spreadsheets

    def create(self, title: str, time_zone: str = "Etc/GMT", locale: str = "en_US") -> Workbook:
        """As by hand: no API request, and the first tab is called Sheet1."""
        with self.service.lock:
            book = self.service.store.create(title, time_zone=time_zone, locale=locale)
        return Workbook(self.service, book.id)

    def book(self, id_or_title: str) -> Workbook:
        for book in self.service.store.books.values():
            if id_or_title in {book.id, book.title}:
                return Workbook(self.service, book.id)
        raise KeyError(id_or_title)

    @property
    def books(self) -> list[Workbook]:
        return [Workbook(self.service, book_id) for book_id in list(self.service.store.books)]

    def deny(self, book_id: str) -> None:
        """Nobody shared it with us. An id that is not there becomes somebody else's spreadsheet."""
        store = self.service.store
        store.books.setdefault(book_id, Book(book_id, "Private", created=store.now(), modified=store.now()))
        store.books[book_id].state = "denied"

    def office_mode(self, book_id: str) -> None:
        """An .xlsx opened in Drive: no Sheets method works on it."""
        self.service.store.books[book_id].state = "office"

    def allow(self, book_id: str) -> None:
        self.service.store.books[book_id].state = "open"

    # what happens around requests

    @property
    def log(self) -> list[Call]:
        return self.service.log

    @property
    def faults(self):
        return self.service.faults

    @property
    def sort_carries_metadata(self) -> bool:
        return self.service.store.sort_carries_metadata

    @sort_carries_metadata.setter
    def sort_carries_metadata(self, value: bool) -> None:
        self.service.store.sort_carries_metadata = value

    def before(self, n: int, function) -> None:
        """`function(server)` before the n-th API request from now; the next one is 1."""
        self.service.hooks.add(n, function)

    def after(self, n: int, function) -> None:
        self.service.hooks.add(n, function, after=True)

    def before_kind(self, kind: str, function, times: int = 1) -> None:
        self.service.hooks.add(kind, function, times=times)

    def after_kind(self, kind: str, function, times: int = 1) -> None:
        self.service.hooks.add(kind, function, times=times, after=True)

    def reset_script(self) -> None:
        """No hooks and no faults any more."""
        self.service.hooks.clear()
        self.service.faults.clear()

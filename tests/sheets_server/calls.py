"""One call as the API's methods see it."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.sheets_server.book import Book
from tests.sheets_server.requests.context import Context
from tests.sheets_server.store import Store


@dataclass
class Call:
    """`query` holds lists, as a query string may repeat a name."""

    store: Store
    book: Book | None
    query: dict[str, list[str]]
    body: dict
    path: dict = field(default_factory=dict)

    def one(self, name: str, default: str | None = None) -> str | None:
        return self.query.get(name, [default])[-1]

    def flag(self, name: str) -> bool:
        return str(self.one(name, "false")).lower() in {"true", "1"}

    def context(self, book: Book) -> Context:
        return Context(book, self.store.new_id, self.store.now(), self.store.sort_carries_metadata)

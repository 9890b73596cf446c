"""The desk opened: its settings, its state database, its books; and what earlier runs remember of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from toolkit.app.dispatch import missed_slots
from toolkit.app.losses import Pair, accepted
from toolkit.core.book import Book
from toolkit.core.errors import UsageError
from toolkit.core.memory import Memory
from toolkit.gateways.excel.book import ExcelBook
from toolkit.gateways.state import StateDatabase, open_state
from toolkit.settings.model import BookSetting, Settings


@dataclass(frozen=True)
class Desk:
    """What a command works with. `accepts`: the losses that this command takes for meant, by the words that say so."""

    settings: Settings
    state: StateDatabase
    books: Mapping[str, Book]
    accepts: Mapping[str, frozenset[Pair]] = field(default_factory=dict)


@contextmanager
def opened(settings: Settings, only_book: str | None = None, accept: Sequence[str] = ()) -> Iterator[Desk]:
    """The desk, with its database open. `only_book` leaves the other books out, `accept` is as `--accept-loss` says."""
    chosen = [one for one in settings.books if only_book in (None, one.name)]
    if not chosen:
        known = ", ".join(one.name for one in settings.books)
        raise UsageError(f"There is no book “{only_book}” in the configuration; there is {known}")
    accepts = {word: accepted(word, settings, [one.name for one in chosen]) for word in accept}
    with open_state(settings.state, settings.home) as state:
        yield Desk(settings, state, {one.name: open_book(one) for one in chosen}, accepts)


def open_book(setting: BookSetting) -> Book:
    """The gateway for a configured book."""
    if setting.path is not None:
        return ExcelBook(setting.name, setting.path, backups=setting.backups)
    from toolkit.gateways.google.book import GoogleBook  # half a second to load: for those who have one

    return GoogleBook(setting.name, setting.google or "", setting.credentials, setting.endpoint)


def remembered(desk: Desk, now: datetime) -> Memory:
    """What earlier runs saw and said, with the outbox's counts."""
    memory = desk.state.memory(tuple(desk.books))
    return dataclasses.replace(
        memory,
        outbox={str(state): n for state, n in desk.state.counts().items()},
        unlogged=desk.state.unlogged(),
        missed=tuple(
            f"{one.job} {one.slot_at.astimezone(desk.settings.timezone):%Y-%m-%d %H:%M}"
            for one in missed_slots(desk.state, desk.settings, now)
        ),
    )

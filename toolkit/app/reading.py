"""Every book of a desk read into a snapshot: what can be read is read, and nothing is concluded from what cannot."""

from __future__ import annotations

import dataclasses
import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from toolkit.app.archives import lost_archives
from toolkit.app.desk import Desk
from toolkit.app.losses import Loss, losses, sentence
from toolkit.app.snapshots import snapshot_of
from toolkit.core.book import RawBook
from toolkit.core.errors import BookError, BookShrunkError
from toolkit.core.memory import Memory
from toolkit.core.words import Words
from toolkit.gateways.excel.backups import backup_folder
from toolkit.jobs.examples import example_findings
from toolkit.registers.fold import fold
from toolkit.registers.snapshot import Snapshot
from toolkit.settings.lexicons import lexicon_of, registers_of
from toolkit.settings.model import Settings
from toolkit.settings.policy_tab import with_policies


@dataclass(frozen=True)
class Read:
    """A snapshot, the stamps to write with, the settings with the policies of the sheet's own tab, the books that could
    not be read, the registers that lost their rows.
    """

    snapshot: Snapshot
    stamps: dict[str, object]
    settings: Settings
    refused: tuple[BookError, ...] = ()
    lost: tuple[Loss, ...] = ()


@contextmanager
def _collecting_no_circles() -> Iterator[None]:
    """Nothing that reading makes refers back to itself, and there are millions of it: Python's search for such circles
    would go through all rows again and again, a fifth of the whole time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_collecting_no_circles()
def read_desk(desk: Desk, memory: Memory, now: datetime, *, archives: bool = False) -> Read:
    """Every register of every book, typed and checked. One book's refusal never stops the others. The `archives` of earlier years
    are read for those who count them only: a run has no use for them, and they grow.
    """
    raw: dict[str, RawBook] = {}
    refused: list[BookError] = []
    for name, book in desk.books.items():
        try:
            raw[name] = book.read(_titles(desk.settings, name, archives=archives))
        except BookError as error:
            refused.append(error)
    snapshot, missing = _snapshot(desk.settings, raw, refused, memory, now)
    lost = losses(snapshot.tables, memory, desk.settings)
    meant = frozenset().union(*desk.accepts.values())
    shrunk = _by_book(one for one in lost if one.pair not in meant)
    if shrunk:  # read as if these books were not there: nothing is concluded from what is left of them
        refused += [_shrunk_error(desk.settings, name, found) for name, found in shrunk.items()]
        raw = {name: one for name, one in raw.items() if name not in shrunk}
        snapshot, missing = _snapshot(desk.settings, raw, refused, memory, now)
        told = tuple(one.finding() for found in shrunk.values() for one in found)
        snapshot = dataclasses.replace(snapshot, findings=(*told, *snapshot.findings))
    settings, faults = with_policies(desk.settings, snapshot.tables)
    snapshot = dataclasses.replace(snapshot, findings=(*snapshot.findings, *faults))
    snapshot = dataclasses.replace(snapshot, findings=(*snapshot.findings, *example_findings(snapshot, settings)))
    missing += lost_archives(settings, raw, snapshot) if archives else ()
    return Read(snapshot, {name: one.stamp for name, one in raw.items()}, settings, (*refused, *missing), lost)


@dataclass(frozen=True)
class _Titles:
    """The titles under which a book may hold registers, however they are spelt."""

    folded: frozenset[str]

    def __contains__(self, title: object) -> bool:
        return fold(title) in self.folded


def _titles(settings: Settings, book: str, *, archives: bool) -> _Titles:
    lexicon = lexicon_of(settings)
    here = [one.name for one in registers_of(settings) if settings.register(one.name).book in (None, book)]
    also = (title for one in here for title in settings.register(one).also) if archives else ()
    return _Titles(frozenset(fold(name) for name in (*(tab for one in here for tab in lexicon.tabs(one)), *also)))


def _snapshot(
    settings: Settings, raw: dict[str, RawBook], refused: list[BookError], memory: Memory, now: datetime
) -> tuple[Snapshot, list[BookError]]:
    """`snapshot_of` the books that can be read to their end: a big tab's rows are read only here."""
    while True:
        try:
            return snapshot_of(settings, raw, memory, now, frozenset(error.book for error in refused))
        except BookError as error:
            refused.append(error)
            del raw[error.book]


def _by_book(lost: Iterable[Loss]) -> dict[str, list[Loss]]:
    found: dict[str, list[Loss]] = {}
    for one in lost:
        found.setdefault(one.book, []).append(one)
    return found


def _shrunk_error(settings: Settings, book: str, lost: Sequence[Loss]) -> BookShrunkError:
    setting = settings.book(book)
    has_backups = setting.path is not None and setting.backups
    backups = str(backup_folder(setting.path)) if setting.path is not None and has_backups else None
    words = Words(settings.locale, lexicon_of(settings).label)
    return BookShrunkError(book, words.say(sentence(lost, settings, str(setting.path or setting.google), backups)))

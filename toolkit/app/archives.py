"""The archives of earlier years: read-only tabs (`also`) that figures count and no run looks at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from toolkit.core.book import RawBook
from toolkit.core.errors import BookError
from toolkit.registers.fold import fold
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Reading, Table, read_table
from toolkit.settings.lexicons import registers_of
from toolkit.settings.model import Settings


def archives_of(settings: Settings, book: str, raw: RawBook, reading: Reading) -> Iterator[Table]:
    """The tabs of earlier years that were read. What is wrong in them nobody is asked to mend."""
    by_folded = {fold(title): tab for title, tab in raw.tabs.items()}
    for register in registers_of(settings):
        setting = settings.register(register.name)
        for title in setting.also if setting.book in (None, book) else ():
            tab = by_folded.get(fold(title))
            read = read_table(register, tab, book, reading) if tab is not None else None
            if isinstance(read, Table):
                yield read


def lost_archives(settings: Settings, raw: Mapping[str, RawBook], snapshot: Snapshot) -> Iterator[BookError]:
    """An archive that is named and not there, or has no header, would go uncounted unseen."""
    read = {(one.register.name, fold(one.tab)) for one in snapshot.archives}
    for register in registers_of(settings):
        setting = settings.register(register.name)
        book = settings.book(setting.book).name
        for title in setting.also:
            if (register.name, fold(title)) not in read and book in raw:
                is_there = fold(title) in {fold(one) for one in raw[book].all_titles}
                what = (
                    f"has no header of {register.name}" if is_there else f"is none of {', '.join(raw[book].all_titles)}"
                )
                yield BookError(book, f"Book “{book}”: “{title}” of registers.{register.name}.also {what}")

"""The Excel files: there, readable, not open for hours; and of every book the tabs and headers."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from toolkit.app.desk import open_book
from toolkit.app.snapshots import snapshot_of
from toolkit.app.symptoms.line import Line, ok, refused, warning, wrong
from toolkit.core.book import RawBook
from toolkit.core.errors import BookError, UsageError
from toolkit.core.finding import Finding, Severity
from toolkit.core.memory import Memory
from toolkit.core.words import Words
from toolkit.gateways.excel.conflicts import conflict_copies
from toolkit.gateways.excel.locks import who_has_open
from toolkit.settings.lexicons import lexicon_of
from toolkit.settings.model import BookSetting, Settings

HEADERS = frozenset({"missing-column", "duplicate-column", "no-toolkit-column"})
LONG_OPEN = timedelta(hours=4)
"""So long open, where no `companion_after` says otherwise, a workbook is in the way of its desk."""
GOOGLE = "if it has to stay open all day, a Google sheet suits better (aftersales init --google): many may type there at once"


def workbooks(settings: Settings, now: datetime) -> Iterator[Line]:
    """Every Excel book, and the registers of all books."""
    raw: dict[str, RawBook] = {}
    for book in settings.books:
        try:
            raw[book.name] = open_book(book).read()
        except BookError as error:
            if book.path is not None:
                yield refused(f"book {book.name}", str(error), is_shut=True)
            continue
        except UsageError:  # a Google sheet of a version that only looks at it
            continue
        if book.path is not None:
            yield from _file(book, raw[book.name], now)
    yield from _registers(settings, raw, now)


def _file(book: BookSetting, raw: RawBook, now: datetime) -> Iterator[Line]:
    path, check = book.path, f"book {book.name}"
    if path is None:
        return
    yield ok(check, f"{path}: {len(raw.all_titles)} tabs ({', '.join(raw.all_titles)})")
    if not os.access(path.resolve().parent, os.W_OK):
        cure = "let this user write there: a workbook is written beside itself and swapped in"
        yield wrong(check, f"the folder {path.resolve().parent} cannot be written to", cure)
    owner = who_has_open(path)
    if owner is not None:
        hours = (now - owner.since) / timedelta(hours=1)
        found = (
            f"{owner.name} has it open since {owner.since.astimezone(now.tzinfo):%Y-%m-%d %H:%M}: nothing is written"
        )
        is_long = hours * timedelta(hours=1) > (book.companion_after or LONG_OPEN)
        crash = "; so long ago that a crash may have left the lock: open and close the file once" * owner.is_stale
        yield warning(check, found + crash, f"close it; {GOOGLE}" if is_long else "close it, the next run catches up")
    for name in conflict_copies(path.resolve()):
        cure = "carry over by hand what is in the copy alone, then remove it"
        yield warning(check, f"{name} looks like a conflict copy of {path.name}", cure)


def _registers(settings: Settings, raw: Mapping[str, RawBook], now: datetime) -> Iterator[Line]:
    """Tabs and headers, as a run reads them; what is wrong in rows is the business of `check`."""
    unread = frozenset(one.name for one in settings.books) - raw.keys()
    late: list[BookError] = []
    readable = dict(raw)
    while readable:
        try:
            snapshot, missing = snapshot_of(settings, readable, Memory(), now, unread)
        except BookError as error:  # a big tab is read to its end only here
            late.append(error)
            del readable[error.book]
            unread |= {error.book}
        else:
            break
    yield from (refused(f"book {error.book}", str(error), is_shut=True) for error in late)
    if not readable:
        return
    yield from (refused("tabs", str(error)) for error in missing)
    words = Words(settings.locale, lexicon_of(settings).label)
    faults = [one for one in snapshot.findings if one.code in HEADERS]
    yield from (_header(one, words) for one in faults)
    for table in snapshot.tables:
        errors = sum(one.severity is Severity.ERROR for one in table.findings)
        mend = f", {errors} to mend in their cells (aftersales check)" if errors else ""
        yield ok("tabs", f"{table.book}/{table.tab}: {len(table.rows)} rows{mend}")


def _header(one: Finding, words: Words) -> Line:
    where = f"{one.book}/{one.place.cell if one.place else one.register}"
    found = f"{where}: {words.say(one.reason)}"
    if one.severity is Severity.WARNING:
        return warning(
            "headers",
            found,
            "add the headers that you want to see, at any place (or run `aftersales init` for a Google sheet)",
        )
    return wrong("headers", found, "name the header back, or add its new name to `aliases` in config.yaml")

"""The desk opened: its settings, its state database, its books; and reading them into a snapshot."""

from __future__ import annotations

import dataclasses
import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from zoneinfo import ZoneInfo

from toolkit.app.archives import archives_of, lost_archives
from toolkit.app.dispatch import missed_slots
from toolkit.app.losses import Loss, Pair, accepted, losses, sentence
from toolkit.core.book import Book, RawBook
from toolkit.core.errors import BookError, BookShrunkError, UsageError
from toolkit.core.finding import Finding, Severity
from toolkit.core.memory import TAB, Memory
from toolkit.core.reason import because
from toolkit.core.words import Words
from toolkit.gateways.excel.backups import backup_folder
from toolkit.gateways.excel.book import ExcelBook
from toolkit.gateways.state import StateDatabase, open_state
from toolkit.jobs.bounces import bounce_findings
from toolkit.jobs.examples import example_findings
from toolkit.registers.fold import closest, fold
from toolkit.registers.references import known_names, reference_findings
from toolkit.registers.schema import Register
from toolkit.registers.settings_tabs import spans_of
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Reading, Table, read_table
from toolkit.registers.tickets import KINDS
from toolkit.rules.policy import Policy
from toolkit.rules.worktime.calendar import BusinessCalendar
from toolkit.rules.worktime.country import HolidayRow, calendar_for, country_days
from toolkit.settings.lexicons import lexicon_of, registers_of
from toolkit.settings.model import BookSetting, Settings
from toolkit.settings.policy_tab import with_policies


@dataclass(frozen=True)
class Desk:
    """What a command works with. `accepts`: the losses that this command takes for meant, by the words that say so."""

    settings: Settings
    state: StateDatabase
    books: Mapping[str, Book]
    accepts: Mapping[str, frozenset[Pair]] = field(default_factory=dict)


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


def snapshot_of(
    settings: Settings,
    raw: Mapping[str, RawBook],
    memory: Memory,
    now: datetime,
    refused: frozenset[str] = frozenset(),
) -> tuple[Snapshot, list[BookError]]:
    """Raw books into a snapshot; and an error for each tab that is missing where it must be, or was before."""
    tables: list[Table] = []
    archives: list[Table] = []
    findings: list[Finding] = []
    unread = {(book, register) for book, register in _in_use(memory) if book in refused}
    zones = {one.name: getattr(raw.get(one.name), "timezone", None) or one.timezone for one in settings.books}
    for name, book in raw.items():
        reading = reading_of(settings, zones[name], now)
        archives += archives_of(settings, name, book, reading)
        for register in registers_of(settings):
            title = find_tab(settings, register, name, book)
            if title is None:
                continue
            read = read_table(register, book.tabs[title], name, reading)
            if isinstance(read, Table):
                tables.append(read)
                findings += read.findings
            else:
                findings += read
                unread.add((name, register.name))
    all_tables = tuple(tables)
    missing = _missing(settings, raw, memory, {(one.book, one.register.name) for one in tables} | unread, refused)
    names = cache(partial(known_names, all_tables))
    for table in all_tables:
        findings += reference_findings(table, names)
    calendar, gaps = _calendar(settings, all_tables, now)
    gone = unread | set(missing)
    findings += bounce_findings(all_tables, memory)
    snapshot = Snapshot(
        all_tables, memory, calendar, zones, (*findings, *gaps), tuple(sorted(gone)), archives=tuple(archives)
    )
    return snapshot, [_no_tab(settings, book, register, raw[book]) for book, register in missing]


def reading_of(settings: Settings, zone: ZoneInfo, now: datetime) -> Reading:
    """What reading the cells of a book in this zone needs besides them."""
    wall = now.astimezone(zone).replace(tzinfo=None)
    after = _entered_after(settings.policies)
    return Reading(lexicon_of(settings), settings.country, wall, zone, settings.evidence, after)


def _entered_after(policies: Iterable[Policy]) -> frozenset[str]:
    """The kinds of tickets that are entered once the job is done: those of which a rule says by when (P-12)."""
    rules = (one for one in policies if (one.register, one.clock) == ("tickets", "entry"))
    return frozenset(kind for one in rules for kind in one.when.get("kind", KINDS))


def _in_use(memory: Memory) -> set[tuple[str, str]]:
    """The registers that earlier runs read."""
    return {(book, register) for (book, register, key), seen in memory.spans.items() if not key and TAB in seen}


def find_tab(settings: Settings, register: Register, book: str, raw: RawBook) -> str | None:
    """The tab that holds a register in a book: by its label or a usual name, else by the marks that it was made with."""
    setting = settings.register(register.name)
    if setting.book is not None and setting.book != book:
        return None
    by_folded = {fold(title): title for title in reversed(tuple(raw.tabs))}
    names = lexicon_of(settings).tabs(register.name)
    named = next((by_folded[fold(one)] for one in names if fold(one) in by_folded), None)
    marked = (title for title, tab in raw.tabs.items() if any(one == register.name for one, _ in tab.marks.values()))
    return named or next(marked, None)


def _missing(
    settings: Settings,
    raw: Mapping[str, RawBook],
    memory: Memory,
    found: set[tuple[str, str]],
    refused: frozenset[str],
) -> list[tuple[str, str]]:
    """(book, register) pairs without their tab: used by an earlier run, or never there and asked for by the settings."""
    gone = {one for one in _in_use(memory) if one[0] in raw and one not in found}
    there = {register for _, register in found | gone}
    for register in registers_of(settings):
        setting = settings.register(register.name)
        is_asked_for = register.name == "tickets" or setting.book is not None or setting.tab is not None
        if is_asked_for and register.name not in there and raw and not refused:
            gone.add((setting.book if setting.book in raw else next(iter(raw)), register.name))  # type: ignore[arg-type]
    return sorted(gone)


def _no_tab(settings: Settings, book: str, register: str, raw: RawBook) -> BookError:
    name = lexicon_of(settings).tabs(register)[0]
    near = closest(name, list(raw.all_titles))
    what_to_do = (
        f"; was it renamed to “{near}”? Rename it back, or set registers.{register}.tab in config.yaml"
        if near
        else f"; it has {', '.join(raw.all_titles)}. Set registers.{register}.tab in config.yaml"
    )
    return BookError(book, f"Book “{book}” has no tab “{name}”{what_to_do}")


def _calendar(settings: Settings, tables: Iterable[Table], now: datetime) -> tuple[BusinessCalendar, list[Finding]]:
    rows = [
        HolidayRow(
            row.date,
            row.name or "",
            bool(row.working),
            tuple(spans_of(row.hours)) if row.hours else None,
        )
        for table in tables
        if table.register.name == "holidays"
        for row in table.rows
        if row.date is not None and not row.has_fault
    ]
    calendar = calendar_for(
        settings.calendar.week, settings.timezone, settings.calendar.holidays, rows, settings.locale
    )
    return calendar, _gaps(settings, now)


def _gaps(settings: Settings, now: datetime) -> list[Finding]:
    """A year without holiday data, or with make-up days not yet published, that deadlines may reach (40, Clocks)."""
    country = settings.calendar.holidays
    if country is None:
        return []
    reach = {now.year} | ({now.year + 1} if now.month == 12 else set())  # noqa: PLR2004  deadlines of December reach January
    known = country_days(country, reach)
    return [
        Finding("no-calendar", because(f"fault.{code}", year=str(year)), value=year, severity=Severity.WARNING)
        for code, years in (("no-calendar", known.missing), ("provisional", known.provisional))
        for year in sorted(years)
    ]

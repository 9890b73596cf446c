"""Raw books typed into a snapshot: the registers found among the tabs, their rows checked, the calendar, what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache, partial
from zoneinfo import ZoneInfo

from toolkit.app.archives import archives_of
from toolkit.core.book import RawBook
from toolkit.core.errors import BookError
from toolkit.core.finding import Finding, Severity
from toolkit.core.memory import TAB, Memory
from toolkit.core.reason import because
from toolkit.jobs.bounces import bounce_findings
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
from toolkit.settings.model import Settings


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

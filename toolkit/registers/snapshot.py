"""All registers of all books as one run read them, and what earlier runs remember. What the rules see."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from toolkit.core.finding import Finding
from toolkit.core.memory import Memory, Span
from toolkit.registers.directory import Directory
from toolkit.registers.schema import Row, When
from toolkit.registers.table import Table
from toolkit.rules.worktime.calendar import BusinessCalendar

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What one run read. `zones` is each book's own zone; cells are wall time there (60, 20)."""

    tables: tuple[Table, ...]
    memory: Memory
    calendar: BusinessCalendar
    zones: Mapping[str, ZoneInfo]
    findings: tuple[Finding, ...] = ()
    unread: tuple[tuple[str, str], ...] = field(default=())
    """(book, register) pairs that could not be read this time: nothing of theirs is judged."""
    archives: tuple[Table, ...] = ()
    """Read-only tabs of earlier years (`also`), which no job writes and no run judges: figures count them."""
    _once: dict[Hashable, object] = field(default_factory=dict, init=False, repr=False)

    def once(self, what: Hashable, work_out: Callable[[], T]) -> T:
        """What several jobs of one run need, worked out by the first that asks; it goes when the snapshot goes."""
        if what not in self._once:
            self._once[what] = work_out()
        return cast(T, self._once[what])

    def with_archives(self) -> Snapshot:
        """The desk with its archives, for those who count. Each archive is a book of its own, so that no row of it can be taken
        for the row of the same number in the tab that is in use.
        """
        if not self.archives:
            return self
        return self.once("with archives", self._with_archives)

    def _with_archives(self) -> Snapshot:
        shelved = tuple(replace(one, book=f"{one.book}/{one.tab}") for one in self.archives)
        zones = {after.book: self.zones[one.book] for one, after in zip(self.archives, shelved, strict=True)}
        return replace(self, tables=(*self.tables, *shelved), zones={**self.zones, **zones}, archives=())

    def of(self, register: str) -> tuple[Table, ...]:
        """The tables of one register, in every book."""
        return tuple(one for one in self.tables if one.register.name == register)

    def rows(self, register: str) -> Iterator[tuple[Table, Any]]:
        """Every row of a register with its table."""
        return ((table, row) for table in self.of(register) for row in table.rows)

    def at(self, table: Table, moment: When) -> datetime:
        """A cell's moment as an aware time; a date without a time is its first instant."""
        zone = self.zones[table.book]
        if isinstance(moment, datetime):
            return moment.replace(tzinfo=zone)
        return datetime(moment.year, moment.month, moment.day, tzinfo=zone)

    def wall(self, table: Table, moment: datetime) -> datetime:
        """An aware time as a cell of this book shows it, to the minute's second."""
        return moment.astimezone(self.zones[table.book]).replace(tzinfo=None, microsecond=0)

    def today(self, table: Table, now: datetime) -> date:
        """The day it is in a book's zone."""
        return now.astimezone(self.zones[table.book]).date()

    def is_unread(self, *registers: str) -> bool:
        """Whether one of these registers is in use but could not be read: what it would have said is not known."""
        return any(name in registers for _, name in self.unread)

    @cached_property
    def _people(self) -> Directory:
        return Directory(self.of("staff"), "name")

    @cached_property
    def _vendors(self) -> Directory:
        return Directory(self.of("vendors"), "name")

    @cached_property
    def _tickets(self) -> Directory:
        return Directory(self.of("tickets"))

    def person(self, name: str | None, book: str | None = None) -> Any:
        """The member of staff of that name or number, None where there is none (or several)."""
        found = self._people.find(name, book)
        return found[1] if found else None

    def vendor(self, name: str | None, book: str | None = None) -> Any:
        """The vendor of that number or name, None where there is none (or several)."""
        if not name:
            return None
        found = self._vendors.find(name, book)
        return found[1] if found else None

    def ticket(self, number: str | None, book: str | None = None) -> tuple[Table, Any] | None:
        """The ticket of that number with its table: as it is spelt in the asker's own book, else however it is spelt."""
        for table in self.of("tickets"):
            if number and table.book == book and number in table.by_key:
                return table, table.by_key[number]
        return self._tickets.find(number, book)

    def spans(self, table: Table, row: Row, column: str) -> tuple[Span, ...]:
        """What earlier runs saw in a cell, oldest first."""
        return self.memory.spans.of(table.book, table.register.name).get(row.key or "", {}).get(column, ())

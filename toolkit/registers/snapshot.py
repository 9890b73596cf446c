"""All registers of all books as one run read them, and what earlier runs remember. What the rules see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from toolkit.core.finding import Finding
from toolkit.core.memory import Memory
from toolkit.registers.fold import fold
from toolkit.registers.schema import Row, When
from toolkit.registers.table import Table
from toolkit.rules.calendar import BusinessCalendar


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

    @cached_property
    def people(self) -> Mapping[str, Any]:
        """Staff by folded name and number."""
        return self._by_name("staff", "name")

    @cached_property
    def vendors(self) -> Mapping[str, Any]:
        """Vendors by folded number and name."""
        return self._by_name("vendors", "name")

    @cached_property
    def tickets(self) -> Mapping[str, tuple[Table, Any]]:
        """Tickets by folded number."""
        return {fold(row.key): (table, row) for table in self.of("tickets") for row in table.by_key.values()}

    def _by_name(self, register: str, name: str) -> Mapping[str, Any]:
        found: dict[str, Any] = {}
        doubled: set[str] = set()
        for table in self.of(register):
            for row in table.rows:
                if (text := row.get(name)) is not None:
                    folded = fold(text)
                    doubled |= {folded} & found.keys()
                    found[folded] = row
        for one in doubled:
            del found[one]
        for table in self.of(register):
            found.update({fold(key): row for key, row in table.by_key.items()})
        return found

    def person(self, name: str | None) -> Any:
        """The member of staff of that name or number, None where there is none (or several)."""
        return self.people.get(fold(name)) if name else None

    def vendor(self, name: str | None) -> Any:
        """The vendor of that number or name, None where there is none (or several)."""
        return self.vendors.get(fold(name)) if name else None

    def spans(self, table: Table, row: Row, column: str) -> tuple[Any, ...]:
        """What earlier runs saw in a cell, oldest first."""
        return self.memory.spans.get((table.book, table.register.name, row.key or ""), {}).get(column, ())

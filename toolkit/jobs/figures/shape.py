"""What figures look like before anybody words, draws or writes them: tables of numbers, each beside the month before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from toolkit.core.reason import Name, Reason

LONGEST = 31
"""Days of the longest month."""
Label = Name | Reason | str | date | None
"""What a line is about. None where the row says nothing (`kind` left blank), which is worded, never left out."""
Value = int | float | Decimal | timedelta | date | Reason | Name | str | None
"""A number in the unit of its column. None: there is nothing to count it from, which is not the same as 0."""


class Unit(StrEnum):
    """How a column's values are to be read."""

    COUNT = "count"
    SHARE = "share"
    """0 to 1, shown in per cent."""
    SPAN = "span"
    """A timedelta of clock time."""
    WORK = "work"
    """A timedelta of working time, told in hours: a working day has no length that everybody knows."""
    MONEY = "money"
    """Decimal, in the desk's currency."""
    STARS = "stars"
    NUMBER = "number"
    DAY = "day"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Column:
    """A measured column; its heading is the text `figures.column.NAME`."""

    name: str
    unit: Unit = Unit.COUNT


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table. `values` stand under the table's columns; `before` are those of the month before, where it is
    compared; `remarks` say what stands out, and why.
    """

    labels: tuple[Label, ...]
    values: tuple[Value, ...]
    before: tuple[Value, ...] = ()
    remarks: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """One table; its title is the text `figures.title.NAME`, what it counts and by which moment is `figures.about.NAME`.

    `by` names the label columns: their headings are `figures.by.NAME`.
    """

    name: str
    by: tuple[str, ...]
    columns: tuple[Column, ...]
    lines: tuple[Line, ...] = ()

    def compared(self, before: Table) -> Table:
        """Set the values of the month before beside those of this one. What was there then and is not now gets no line: a product
        without a complaint is good news.
        """
        then: Mapping[tuple[Label, ...], Line] = {line.labels: line for line in before.lines}
        nothing: tuple[Value, ...] = tuple(0 if one.unit is Unit.COUNT else None for one in self.columns)
        lines = (
            replace(line, before=then[line.labels].values if line.labels in then else nothing) for line in self.lines
        )
        return replace(self, lines=tuple(lines))


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month."""

    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> Month:
        """The month of a day or of a moment."""
        return cls(day.year, day.month)

    def holds(self, day: date | None) -> bool:
        """Whether a day, or a moment in the sheet's own wall time, lies in it; nothing does not."""
        return day is not None and (day.year, day.month) == (self.year, self.month)

    @property
    def before(self) -> Month:
        """The month before."""
        return Month.of(self.first - timedelta(days=1))

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def after(self) -> Month:
        """The month after."""
        return Month.of(self.first + timedelta(days=LONGEST))

    @property
    def last(self) -> date:
        """Its last day."""
        return self.after.first - timedelta(days=1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


@dataclass(frozen=True, slots=True)
class Figures:
    """All tables of a month, in the order a manager reads them."""

    month: Month
    tables: tuple[Table, ...]
    is_running: bool = False
    """The month is not over: what stands here goes on changing."""

    def table(self, name: str) -> Table:
        """A table by its name (KeyError)."""
        for one in self.tables:
            if one.name == name:
                return one
        raise KeyError(name)

"""A month's figures in the words of a reader: titles, headings, shares in per cent, money, spans, what changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import assert_never

from toolkit.core.reason import Name, because
from toolkit.core.words import Words
from toolkit.jobs.figures.shape import Figures, Label, Line, Month, Table, Unit, Value
from toolkit.letters.filters import in_currency

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
PER_CENT = 100
Number = int | float | Decimal | timedelta
Unread = tuple[tuple[str, str], ...]
"""(book, register) pairs that could not be read: what they would have counted is missing."""


@dataclass(frozen=True, slots=True)
class WordedLine:
    """A line as it is read. `before` and `changes` are empty texts where there is nothing to compare with."""

    labels: tuple[str, ...]
    values: tuple[str, ...]
    before: tuple[str, ...]
    changes: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WordedTable:
    """A table as it is read; `raw` has the numbers behind the words, line by line.

    `compared` says of each column whether it stands beside that of the month before, and the two can be compared;
    `has_remarks` whether anything stands out in a line.
    """

    title: str
    about: str
    by: tuple[str, ...]
    columns: tuple[str, ...]
    compared: tuple[bool, ...]
    has_remarks: bool
    lines: tuple[WordedLine, ...]
    raw: Table

    @property
    def name(self) -> str:
        """The table's own name."""
        return self.raw.name


COMPARED = frozenset(set(Unit) - {Unit.DAY, Unit.TEXT})
"""What one month has more or less of than another."""


@dataclass(frozen=True, slots=True)
class Report:
    """A month's figures as they are read. `warnings` say why they are not the whole truth."""

    title: str
    month: str
    before: str
    compared: str
    warnings: tuple[str, ...]
    tables: tuple[WordedTable, ...]
    figures: Figures
    unread: Unread

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be known beforehand."""
        return (self.compared, *self.warnings)


class Wording:
    """Words and money of one reader."""

    def __init__(self, words: Words, currency: str) -> None:
        self.words = words
        self.currency = currency

    def report(self, figures: Figures, unread: Unread = ()) -> Report:
        """The whole report."""
        month, before = self.month(figures.month), self.month(figures.month.before)
        warnings = [self.say("running", month=month)] if figures.is_running else []
        warnings += [self.say("unread", register=Name(register), book=book) for book, register in unread]
        title, compared = self.say("title", month=month), self.say("compared", before=before)
        tables = tuple(self.table(one) for one in figures.tables)
        return Report(title, month, before, compared, tuple(warnings), tables, figures, unread)

    def file(self, report: Report) -> str:
        """The name of the workbook that goes with a letter."""
        return self.say("file", month=str(report.figures.month))

    def table(self, table: Table) -> WordedTable:
        """One table."""
        head = {part: self.words.say(because(f"figures.{part}.{table.name}")) for part in ("title", "about")}
        by = tuple(self.words.say(because(f"figures.by.{name}")) for name in table.by)
        columns = tuple(self.words.say(because(f"figures.column.{one.name}")) for one in table.columns)
        has_before = any(line.before for line in table.lines)
        compared = tuple(has_before and one.unit in COMPARED for one in table.columns)
        has_remarks = any(line.remarks for line in table.lines)
        lines = tuple(self._line(table, line) for line in table.lines)
        return WordedTable(head["title"], head["about"], by, columns, compared, has_remarks, lines, table)

    def _line(self, table: Table, line: Line) -> WordedLine:
        units = [one.unit for one in table.columns]
        before = line.before or (None,) * len(units)
        return WordedLine(
            tuple(self.label(one) for one in line.labels),
            tuple(self.value(one, unit) for one, unit in zip(line.values, units, strict=True)),
            tuple(self.value(one, unit) if line.before else "" for one, unit in zip(before, units, strict=True)),
            tuple(self.change(now, then, unit) for now, then, unit in zip(line.values, before, units, strict=True)),
            tuple(self.words.say(one) for one in line.remarks),
        )

    def label(self, label: Label) -> str:
        """What a line is about; what the row left blank is said, not left out."""
        return self.say("blank") if label is None else self.words.word(label)

    def value(self, value: Value, unit: Unit) -> str:
        """A value in its unit; nothing to count from is told from 0, a day or words that are missing are blank."""
        if value is None:
            return "" if unit in (Unit.DAY, Unit.TEXT) else self.say("no-data")
        if not isinstance(value, Number) or unit in (Unit.DAY, Unit.TEXT):
            return self.words.word(value)
        return self._number(value, unit)

    def change(self, value: Value, before: Value, unit: Unit) -> str:
        """What changed against the month before, with its sign; empty where there is nothing to compare."""
        by = difference(value, before, unit)
        if by is None:
            return ""
        if isinstance(by, timedelta):
            said, none, is_more = self._number(abs(by), unit), self._number(timedelta(), unit), by > timedelta()
        else:
            size = max(by, -by) * (PER_CENT if unit is Unit.SHARE else 1)
            said, none, is_more = self._change(size, unit), self._change(0, unit), by > 0
        return self.say("same") if said == none else self.say("more" if is_more else "less", by=said)

    def month(self, month: Month) -> str:
        """`October 2026`, `2026年10月`."""
        return self.say("month", year=str(month.year), month=because(f"report.month-{month.month}"))

    def span(self, span: timedelta, *, is_work: bool = False) -> str:
        """`2 d 3 h`, `3 h 20 min`, `2天3小时`: the two largest units; of working time `51 h 20 min`, never a day."""
        minutes = round(abs(span) / MINUTE)
        if minutes * MINUTE >= DAY and not is_work:
            minutes = round(minutes * MINUTE / HOUR) * round(HOUR / MINUTE)
        days, rest = divmod(minutes * MINUTE, DAY) if not is_work else (0, minutes * MINUTE)
        hours, rest = divmod(rest, HOUR)
        counts = {"days": days, "hours": hours, "minutes": round(rest / MINUTE)}
        said = [self.say(name, n=n) for name, n in counts.items() if n] or [self.say("minutes", n=0)]
        text = self.say("and").join(said)
        return self.say("minus", n=text) if span < -MINUTE / 2 else text

    def say(self, code: str, **args: object) -> str:
        """A text of the report's own."""
        return self.words.say(because(f"report.{code}", **args))

    def _change(self, size: float | Decimal, unit: Unit) -> str:
        return self.say("points", n=f"{size:.1f}") if unit is Unit.SHARE else self._number(size, unit)

    def _number(self, value: Number, unit: Unit) -> str:
        if isinstance(value, timedelta):
            return self.span(value, is_work=unit is Unit.WORK)
        match unit:
            case Unit.SHARE:
                return f"{value * PER_CENT:.1f}%"
            case Unit.STARS:
                return f"{value:.1f}"
            case Unit.MONEY:
                return self.money(value)
            case Unit.COUNT | Unit.NUMBER | Unit.SPAN | Unit.WORK | Unit.DAY | Unit.TEXT:
                return f"{value:,.2f}".rstrip("0").rstrip(".")
            case _:
                assert_never(unit)

    def money(self, value: float | Decimal) -> str:
        """An amount in the desk's currency."""
        return in_currency(value, self.currency, self.words.locale)


def difference(value: Value, before: Value, unit: Unit) -> Number | None:
    """How much more a value is than the month before; None where the two cannot be compared."""
    if unit not in COMPARED or isinstance(value, bool) or isinstance(before, bool):
        return None
    match value, before:
        case timedelta(), timedelta():
            return value - before
        case (Decimal(), int() | float() | Decimal()) | (int() | float(), Decimal()):
            return Decimal(str(value)) - Decimal(str(before))
        case int() | float(), int() | float():
            return value - before
        case _:
            return None

"""Some thousand rows of a tab, typed column by column: ten times as fast as cell by cell, for most cells repeat."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import compress, zip_longest
from typing import Any, NamedTuple

from toolkit.core.book import Raw, Rows
from toolkit.core.finding import Severity
from toolkit.core.reason import Name, because
from toolkit.registers.reading.bad import Bad
from toolkit.registers.reading.memo import Memo
from toolkit.registers.schema import Column, Columns, Facts, Fault, Register, Row, Writer


class Told(NamedTuple):
    """A fault of a row, and the value to quote where the row no longer has it."""

    row: Row
    fault: Fault
    value: object = None


class ColumnReader:
    """Reads one column: `index` is its place in a row, `read` types a raw cell, `raw` makes one of a cell."""

    def __init__(
        self, column: Column, index: int, read: Callable[[Raw], Any], raw: Callable[[object], Raw], now: datetime
    ) -> None:
        self.column, self.index, self.raw = column, index, raw
        self._read, self._now = read, now
        self._is_free = column.low is None and not column.is_past
        self._memo = Memo(self._typed, self.is_odd)

    def values(self, cells: Sequence[object]) -> tuple[list[Any] | None, bool]:
        """(the typed values, None where all are blank; whether one of them is odd)."""
        memo = self._memo
        memo.begin()
        if type(cells[0]) is not bool and cells[0] == cells[-1] and cells.count(cells[0]) == len(cells):
            value = memo[cells[0]]
            return None if value is None else [value] * len(cells), memo.has_met_odd
        values = list(map(memo.__getitem__, cells))
        return values, memo.has_met_odd

    def is_odd(self, value: Any) -> bool:
        """Whether the row's verdict must be asked: unreadable, out of bounds, in the future."""
        if value is None or self._is_free:
            return type(value) is Bad
        if type(value) is Bad or not fits(self.column, value):
            return True
        return self.column.is_past and is_future(value, self._now)

    def _typed(self, cell: object) -> Any:
        raw = self.raw(cell)
        return None if raw is None else self._read(raw)


class BlockReader:
    """Reads one tab's blocks into a register's rows."""

    def __init__(
        self, register: Register, readers: Sequence[ColumnReader], facts: Facts, *, blank_speaks: bool = True
    ) -> None:
        self._register, self._readers, self._facts = register, readers, facts
        self._meant = [one for one in register.columns if one.blank is not None] if blank_speaks else []
        staff = [one for one in readers if one.column.written_by is Writer.STAFF]
        self._read_for = staff or readers  # a log that the toolkit alone writes
        self._width = max((one.index + 1 for one in readers), default=0)
        self._extra = {one.key for one in register.extra}
        self._bounded = [
            one for one in register.columns if one.low is not None and one.written_by is not Writer.TOOLKIT
        ]

    def read(self, rows: Rows, first: int) -> tuple[list[Row], list[Told]]:
        """The rows with something in them, and what is wrong with them; `first` is the sheet row of the first."""
        cells = _columns(rows, self._width)
        if not cells:
            return [], []
        typed, odd, unread = self._typed(cells)
        numbers: Iterable[int] = range(first, first + len(rows))
        blank = self._blank(typed, cells, len(rows))
        if blank:
            kept = [number not in blank for number in range(len(rows))]
            new_place = dict(zip(compress(range(len(rows)), kept), range(len(rows)), strict=False))
            typed = {key: list(compress(values, kept)) for key, values in typed.items()}
            numbers = compress(numbers, kept)
            odd = {new_place[one] for one in odd if one in new_place}
            unread = {new_place[one]: found for one, found in unread.items() if one in new_place}
        records: list[Row] = [self._register.record(row=number) for number in numbers]
        if not records:
            return [], []
        self._say_blank(typed, unread, len(records))
        columns = Columns(typed, len(records))
        self._fill(records, typed)
        return records, self._verdicts(records, columns, odd, unread)

    def _typed(
        self, cells: Sequence[Sequence[object]]
    ) -> tuple[dict[str, list[Any]], set[int], dict[int, list[tuple[Column, Bad, Raw]]]]:
        """The columns that are not blank; the rows with something odd; what could not be read, by row."""
        typed: dict[str, list[Any]] = {}
        odd: set[int] = set()
        unread: dict[int, list[tuple[Column, Bad, Raw]]] = {}
        for one in self._readers:
            if one.index >= len(cells):
                continue
            values, has_odd = one.values(cells[one.index])
            if values is None:
                continue
            for place in [place for place, value in enumerate(values) if one.is_odd(value)] if has_odd else ():
                odd.add(place)
                value = values[place]
                if type(value) is Bad:
                    unread.setdefault(place, []).append((one.column, value, one.raw(cells[one.index][place])))
                    values[place] = None
            typed[one.column.key] = values
        return typed, odd, unread

    def _blank(self, typed: Mapping[str, list[Any]], cells: Sequence[Sequence[object]], height: int) -> set[int]:
        """The rows in which nobody wrote. A value that could be read says that somebody did; else the cell is looked at."""
        left: Sequence[int] = range(height)
        for one in self._read_for:
            values = typed.get(one.column.key)
            if values is not None:
                shown = cells[one.index]
                left = [place for place in left if values[place] is None or shown[place] is False]
            if not left:
                break
        seen = [one for one in self._read_for if one.index < len(cells)]
        return {place for place in left if not any(_holds(one.raw(cells[one.index][place])) for one in seen)}

    def _say_blank(
        self, typed: dict[str, list[Any]], unread: Mapping[int, list[tuple[Column, Bad, Raw]]], height: int
    ) -> None:
        """Put what a blank cell means into its place; what could not be read means nothing."""
        for column in self._meant:
            values = typed.get(column.key, [None] * height)
            typed[column.key] = [
                column.blank if value is None and not _is_unread(unread.get(place), column) else value
                for place, value in enumerate(values)
            ]

    def _fill(self, records: Sequence[Row], typed: Mapping[str, list[Any]]) -> None:
        record = self._register.record
        for key, values in typed.items():
            if key not in self._extra:
                deque(map(getattr(record, key).__set__, records, values), maxlen=0)  # a slot's setter, without a loop
        keys = [one.column.key for one in self._readers if one.column.key in self._extra]
        if keys:
            blank = [None] * len(records)
            several = zip(*(typed.get(key, blank) for key in keys), strict=True)
            for row, answers in zip(records, several, strict=True):
                row.extra = dict(zip(keys, answers, strict=True))

    def _verdicts(
        self,
        records: Sequence[Row],
        columns: Columns,
        odd: set[int],
        unread: Mapping[int, list[tuple[Column, Bad, Raw]]],
    ) -> list[Told]:
        register = self._register
        unfit: dict[int, list[tuple[Column, Any]]] = {}
        for place in odd:
            row = records[place]
            row.bad = {column.key: raw for column, _, raw in unread.get(place, ())}
            unfit[place] = self._take_out_unfit(row)
        for row, value in zip(records, columns[register.key[0]], strict=True):
            is_the_key = type(value) is str and len(register.key) == 1
            row.key = value if is_the_key else _key_of(register, row)
        told: list[Told] = []
        for place in sorted(odd.union(_suspects(register, columns, self._facts))):
            row = records[place]
            told += [Told(row, _out_of_bounds(column, value), value) for column, value in unfit.get(place, ())]
            told += [
                Told(row, Fault(one.code, column.key, one.reason, _severity(one.code)), raw)
                for column, one, raw in unread.get(place, ())
                if column.written_by is not Writer.TOOLKIT
            ]
            told += [Told(row, fault) for fault in _row_faults(register, row, self._facts)]
        return told

    def _take_out_unfit(self, row: Row) -> list[tuple[Column, Any]]:
        """What is out of its bounds must not count anywhere."""
        unfit = [(one, row.get(one.key)) for one in self._bounded if not fits(one, row.get(one.key))]
        if unfit:
            row.bad = {**row.bad, **{column.key: value for column, value in unfit}}
        for column, _ in unfit:
            setattr(row, column.key, None)
        return unfit


def _is_unread(found: Iterable[tuple[Column, Bad, Raw]] | None, column: Column) -> bool:
    return found is not None and any(one is column for one, _, _ in found)


def _columns(rows: Rows, width: int) -> list[Sequence[object]]:
    """The columns of a block of rows, as far as they are asked for; short rows are blank to the right."""
    lengths = {len(row) for row in rows}
    if max(lengths, default=0) > width:  # a stray cell far to the right is no reason to lay out all columns
        rows = [row[:width] for row in rows]
        lengths = {min(length, width) for length in lengths}
    return list(zip(*rows, strict=True)) if len(lengths) == 1 else list(zip_longest(*rows))


def _suspects(register: Register, columns: Columns, facts: Facts) -> Iterator[int]:
    """The rows of which one of the register's rules may have something to say."""
    for column in register.columns:
        if column.is_required and column.key in facts.present and None in columns[column.key]:
            yield from columns.where(column.key, lambda value: value is None)
    for names in register.one_of:
        several = zip(*(columns[name] for name in names), strict=True)
        yield from (place for place, values in enumerate(several) if values.count(None) == len(values))
    for check in register.checks:
        yield from check.suspects(columns, facts)


def _holds(cell: object) -> bool:
    """Whether somebody wrote there: an unticked box, or blanks alone, are nothing."""
    return cell is not None and cell is not False and not (type(cell) is str and (not cell or cell.isspace()))


def _severity(code: str) -> Severity:
    """Words where a link should be are untidy, not wrong."""
    return Severity.WARNING if code == "not-a-link" else Severity.ERROR


def _key_of(register: Register, row: Row) -> str | None:
    parts = []
    for name in register.key:
        value = row.get(name)
        if value is None:
            value = register.key_default.get(name)
        if value is None:
            return str(row.get(register.key_else)) if register.key_else and row.get(register.key_else) else None
        parts.append(value.isoformat() if isinstance(value, date) else str(value))
    return "#".join(parts)


def _row_faults(register: Register, row: Row, facts: Facts) -> Iterator[Fault]:
    for column in register.columns:
        value = row.get(column.key)
        if value is None:
            if column.is_required and column.key in facts.present and column.key not in row.bad:
                yield Fault("required", column.key, because("fault.required"))
        elif column.is_past and is_future(value, facts.now):
            yield Fault("in-the-future", column.key, because("fault.in-the-future", found=value))
    for names in register.one_of:
        if not any(row.get(name) is not None or name in row.bad for name in names):
            yield Fault(
                "required", names[0], because("fault.one-of", labels=tuple(Name(register.name, name) for name in names))
            )
    for check in register.checks:
        yield from check.faults(row, facts)


def is_future(value: date | datetime, now: datetime) -> bool:
    """Whether a moment, or a day, is yet to come."""
    return value > now if isinstance(value, datetime) else value > now.date()


def fits(column: Column, value: Any) -> bool:
    """Whether a value is within its column's bounds."""
    if value is None or column.low is None:
        return True
    return bool(column.low <= value and (column.high is None or value <= column.high))


def _out_of_bounds(column: Column, value: Any) -> Fault:
    if column.high is None:
        return Fault("not-a-number", column.key, because("fault.negative", found=value))
    return Fault("not-a-choice", column.key, because("fault.range", found=value, low=column.low, high=column.high))

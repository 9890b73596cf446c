"""A tab becomes a table: where the header is, which column is which, typed rows, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from toolkit.core.actions import RowId
from toolkit.core.book import RawTab
from toolkit.core.finding import Finding, Severity
from toolkit.core.place import Place
from toolkit.core.reason import Name, because
from toolkit.registers.header import find_header
from toolkit.registers.lexicon import Lexicon
from toolkit.registers.reading.cells import Bad
from toolkit.registers.reading.readers import reader_of
from toolkit.registers.schema import Column, Facts, Fault, Register, Row, Writer


@dataclass(frozen=True)
class Table:
    """One register of one book, as read."""

    register: Register
    book: str
    tab: str
    header_row: int
    columns: Mapping[str, int]
    """Column key -> sheet column."""
    rows: tuple[Any, ...] = ()
    findings: tuple[Finding, ...] = ()
    by_key: Mapping[str, Any] = field(default_factory=dict)
    """Rows by their key, but for keys that stand twice."""

    def id_of(self, row: Row) -> RowId:
        """The row's name in a plan."""
        return RowId(self.book, self.register.name, row.key, row.row)

    def place(self, row: int | None, column: str | None) -> Place:
        """The cell of a column in a row; the row where the tab has no such column."""
        return Place(self.tab, row, self.columns.get(column) if column else None)

    def finding(self, row: Row, fault: Fault, value: object = None) -> Finding:
        """A fault of one of this table's rows, with its place."""
        return Finding(
            fault.code,
            fault.reason,
            self.book,
            self.register.name,
            row.key,
            fault.column,
            self.place(row.row, fault.column),
            value if value is not None else row.get(fault.column),
            fault.severity,
        )


@dataclass(frozen=True)
class Reading:
    """What reading needs besides the cells."""

    lexicon: Lexicon
    country: str
    now: datetime
    zone: ZoneInfo
    evidence: tuple[tuple[Mapping[str, tuple[str, ...]], tuple[str, ...]], ...] = ()


def read_table(register: Register, raw: RawTab, book: str, reading: Reading) -> Table | tuple[Finding, ...]:
    """The table, or the findings that say why its header cannot be used."""
    header = find_header(register, raw, book, reading.lexicon)
    if not header.is_usable:
        return header.findings
    table = Table(register, book, raw.title, header.row, header.columns)
    rows, findings = _read_rows(table, raw, reading)
    by_key, doubled = _by_key(table, rows)
    findings = [*header.findings, *findings, *doubled]
    for finding in findings:
        if finding.place and finding.place.row and finding.severity is Severity.ERROR:
            _mark(rows, finding.place.row)
    return Table(register, book, raw.title, header.row, header.columns, tuple(rows), tuple(findings), by_key)


def _mark(rows: Sequence[Row], number: int) -> None:
    low, high = 0, len(rows)
    while low < high:
        middle = (low + high) // 2
        if rows[middle].row < number:
            low = middle + 1
        else:
            high = middle
    if low < len(rows) and rows[low].row == number:
        rows[low].has_fault = True


def _read_rows(table: Table, raw: RawTab, reading: Reading) -> tuple[list[Any], list[Finding]]:
    register = table.register
    record, extra_keys = register.record, {one.key for one in register.extra}
    plan = [
        (index - 1, column, reader_of(register.name, column, reading, is_1904=raw.is_1904), key in extra_keys)
        for key, index in sorted(table.columns.items(), key=lambda item: item[1])
        for column in (register.by_key[key],)
    ]
    staff_indexes = [index for index, column, _, _ in plan if column.written_by is Writer.STAFF]
    read_for = staff_indexes or [index for index, *_ in plan]  # a log that the toolkit alone writes
    bounded = [one for one in register.columns if one.low is not None and one.written_by is not Writer.TOOLKIT]
    facts = Facts(reading.now, frozenset(table.columns), reading.evidence)
    rows: list[Any] = []
    findings: list[Finding] = []
    for number, cells in enumerate(raw.rows[table.header_row :], table.header_row + 1):
        width = len(cells)
        if not any(index < width and _holds(cells[index]) for index in read_for):
            continue
        row = record(row=number)
        extra: dict[str, object] = {}
        bad: dict[str, object] = {}
        unread: list[tuple[Column, Bad, object]] = []
        for index, column, read, is_extra in plan:
            raw_cell = cells[index] if index < width else None
            value = read(raw_cell) if raw_cell is not None else None
            if type(value) is Bad:
                bad[column.key] = raw_cell
                if column.written_by is not Writer.TOOLKIT:
                    unread.append((column, value, raw_cell))
                value = None
            if is_extra:
                extra[column.key] = value
            elif value is not None:
                setattr(row, column.key, value)
        row.bad, row.extra = bad, extra
        unfit = [(column, row.get(column.key)) for column in bounded if not _fits(column, row.get(column.key))]
        for column, value in unfit:  # out of its bounds it must not count anywhere
            bad[column.key] = value
            setattr(row, column.key, None)
        row.key = _key_of(register, row)
        rows.append(row)
        findings += [table.finding(row, _out_of_bounds(column, value), value) for column, value in unfit]
        findings += [
            table.finding(row, Fault(one.code, column.key, one.reason, _severity(one.code)), raw_cell)
            for column, one, raw_cell in unread
        ]
        findings += [table.finding(row, fault) for fault in _row_faults(register, row, facts)]
    return rows, findings


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
        elif column.is_past and _is_future(value, facts.now):
            yield Fault("in-the-future", column.key, because("fault.in-the-future", found=value))
    for names in register.one_of:
        if not any(row.get(name) is not None or name in row.bad for name in names):
            yield Fault(
                "required", names[0], because("fault.one-of", labels=tuple(Name(register.name, name) for name in names))
            )
    for check in register.checks:
        yield from check(row, facts)


def _is_future(value: date | datetime, now: datetime) -> bool:
    return value > now if isinstance(value, datetime) else value > now.date()


def _fits(column: Column, value: Any) -> bool:
    if value is None or column.low is None:
        return True
    return bool(column.low <= value and (column.high is None or value <= column.high))


def _out_of_bounds(column: Column, value: Any) -> Fault:
    if column.high is None:
        return Fault("not-a-number", column.key, because("fault.negative", found=value))
    return Fault("not-a-choice", column.key, because("fault.range", found=value, low=column.low, high=column.high))


def _by_key(table: Table, rows: Sequence[Row]) -> tuple[dict[str, Row], list[Finding]]:
    """Rows by their key; a key that stands twice, in whatever case, names none of them."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        if row.key is not None:
            groups.setdefault(row.key.casefold(), []).append(row)
    by_key = {twins[0].key: twins[0] for twins in groups.values() if len(twins) == 1 and twins[0].key is not None}
    findings = []
    for twins in groups.values():
        for twin in twins if len(twins) > 1 else ():
            column = _key_column(table.register, twin)
            others = tuple(
                table.place(one.row, _key_column(table.register, one)).cell for one in twins if one is not twin
            )
            why = because("fault.duplicate-key", others=others[:3])
            findings.append(table.finding(twin, Fault("duplicate-key", column, why)))
    return by_key, findings


def _key_column(register: Register, row: Row) -> str:
    first = register.key[0]
    return register.key_else if register.key_else and row.get(first) is None else first

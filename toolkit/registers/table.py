"""A tab becomes a table: where the header is, which column is which, typed rows, and what is wrong with them."""

from __future__ import annotations

import dataclasses
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from toolkit.core.actions import RowId
from toolkit.core.book import RawTab, Rows
from toolkit.core.finding import Finding, Severity
from toolkit.core.place import Place
from toolkit.core.reason import because
from toolkit.registers.block import BlockReader, ColumnReader
from toolkit.registers.header import HEADER_WITHIN, find_header
from toolkit.registers.lexicon import Lexicon
from toolkit.registers.reading.readers import reader_of
from toolkit.registers.schema import Facts, Fault, Register, Row


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
    address: str | None = None
    """Where a browser opens the tab; None in a file."""

    def id_of(self, row: Row) -> RowId:
        """The row's name in a plan."""
        return RowId(self.book, self.register.name, row.key, row.row)

    def place(self, row: int | None, column: str | None) -> Place:
        """The cell of a column in a row; the row where the tab has no such column."""
        return Place(self.tab, row, self.columns.get(column) if column else None)

    def link(self, place: Place) -> str | None:
        """What opens the sheet at a cell or a row of this table; None where the book is a file."""
        return f"{self.address}&range={place.range}" if self.address and place.row is not None else self.address

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
    entered_after: frozenset[str] = frozenset()
    blank_speaks: bool = True
    """Whether a blank cell means what its column says it does; a file of others says nothing by it."""


def read_table(register: Register, raw: RawTab, book: str, reading: Reading) -> Table | tuple[Finding, ...]:
    """The table, or the findings that say why its header cannot be used."""
    blocks = raw.blocks()
    top = _top(blocks)
    header = find_header(
        register, raw.title, [list(map(raw.raw, row)) for row in top[:HEADER_WITHIN]], book, reading.lexicon, raw.marks
    )
    if not header.is_usable:
        return header.findings
    table = Table(register, book, raw.title, header.row, header.columns, address=raw.address)
    rows, findings = _read_rows(table, raw, chain((top,), blocks), reading)
    by_key, doubled = _by_key(table, rows)
    findings = [*header.findings, *findings, *doubled]
    for finding in findings:
        is_wrong = finding.severity is Severity.ERROR and finding.code not in OWED
        if is_wrong and finding.place and finding.place.row:
            _mark(rows, finding.place.row)
    return dataclasses.replace(table, rows=tuple(rows), findings=tuple(findings), by_key=by_key)


OWED = frozenset({"needs-evidence"})
"""What is still owed to a case: its row was read rightly, gets its number, and its customer may be written to."""


def _top(blocks: Iterator[Rows]) -> Rows:
    """The first blocks as one that the header stands in."""
    top: list[Sequence[object]] = []
    for block in blocks:
        top += block
        if len(top) >= HEADER_WITHIN:
            break
    return top


def _read_rows(table: Table, raw: RawTab, blocks: Iterable[Rows], reading: Reading) -> tuple[list[Any], list[Finding]]:
    register = table.register
    readers = [
        ColumnReader(
            column,
            index - 1,
            reader_of(register.name, column, reading, is_1904=raw.is_1904),
            raw.raw,
            reading.now,
        )
        for key, index in sorted(table.columns.items(), key=lambda item: item[1])
        for column in (register.by_key[key],)
    ]
    facts = Facts(reading.now, frozenset(table.columns), reading.evidence, reading.entered_after)
    reader = BlockReader(register, readers, facts, blank_speaks=reading.blank_speaks)
    rows: list[Any] = []
    findings: list[Finding] = []
    above = 0
    for block in blocks:
        hidden = max(table.header_row - above, 0)
        found, told = reader.read(block[hidden:], above + hidden + 1)
        rows += found
        findings += [table.finding(one.row, one.fault, one.value) for one in told]
        above += len(block)
    return rows, findings


def _mark(rows: Sequence[Row], number: int) -> None:
    place = bisect_left(rows, number, key=lambda row: row.row)
    if place < len(rows) and rows[place].row == number:
        rows[place].has_fault = True


def _by_key(table: Table, rows: Sequence[Row]) -> tuple[dict[str, Row], list[Finding]]:
    """Rows by their key; a key that stands twice, in whatever case, names none of them."""
    first: dict[str, Row] = {}
    groups: dict[str, list[Row]] = {}
    for row in rows:
        if row.key is not None and first.setdefault(row.key.casefold(), row) is not row:
            folded = row.key.casefold()
            groups.setdefault(folded, [first[folded]]).append(row)
    by_key = {row.key: row for folded, row in first.items() if folded not in groups and row.key is not None}
    findings = []
    for twins in sorted(groups.values(), key=lambda twins: twins[0].row):
        for twin in twins:
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

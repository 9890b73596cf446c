"""A tab becomes a table: where the header is, which column is which, typed rows, and what is wrong with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from toolkit.core.actions import RowId
from toolkit.core.book import RawTab
from toolkit.core.finding import Finding, Severity
from toolkit.core.place import Place
from toolkit.core.reason import Name, Reason, because
from toolkit.registers.cells import Bad
from toolkit.registers.fold import closest, fold
from toolkit.registers.lexicon import Lexicon
from toolkit.registers.readers import reader_of
from toolkit.registers.schema import Column, Facts, Fault, Register, Row, Type, Writer

HEADER_WITHIN = 20
"""The header stands in one of the first rows; above it people keep titles and notes."""


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
    header_row, columns, faults = _find_header(register, raw, book, reading.lexicon)
    if any(fault.severity is Severity.ERROR for fault in faults):
        return tuple(faults)
    table = Table(register, book, raw.title, header_row, columns)
    rows, findings = _read_rows(table, raw, reading)
    by_key, doubled = _by_key(table, rows)
    findings = [*faults, *findings, *doubled]
    for finding in findings:
        if finding.place and finding.place.row and finding.severity is Severity.ERROR:
            _mark(rows, finding.place.row)
    return Table(register, book, raw.title, header_row, columns, tuple(rows), tuple(findings), by_key)


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


# -- the header -------------------------------------------------------------------------------------------------


def _find_header(
    register: Register,
    raw: RawTab,
    book: str,
    lexicon: Lexicon,
) -> tuple[int, Mapping[str, int], list[Finding]]:
    tiers = lexicon.header_tiers(register)
    best = max(
        range(min(HEADER_WITHIN, len(raw.rows))),
        key=lambda index: (sum(fold(cell) in tier for cell in _texts(raw.rows[index]) for tier in tiers[:2]), -index),
        default=0,
    )
    header = raw.rows[best] if raw.rows else ()
    headers = [
        (index + 1, str(cell).strip(), fold(str(cell)))
        for index, cell in enumerate(header)
        if isinstance(cell, str) and cell.strip()
    ]
    columns, doubled, taken = _match(tiers, headers)
    faults: list[Finding] = []

    def fault(
        code: str, reason: Reason, column: str | None, number: int | None, severity: Severity = Severity.ERROR
    ) -> None:
        place = Place(raw.title, best + 1, number)
        faults.append(Finding(code, reason, book, register.name, None, column, place, None, severity))

    for key, places in doubled.items():
        cells_there = tuple(Place(raw.title, best + 1, one).cell for one in places)
        fault(
            "duplicate-column",
            because("header.duplicate", label=Name(register.name, key), cells=cells_there),
            key,
            places[-1],
        )
    left = [text for number, text, _ in headers if number not in taken]
    missing = [one for one in register.columns if one.key not in columns and one.key not in doubled]
    for one in missing:
        if one.is_required or (one.key in register.key and one.written_by is not Writer.STAFF):
            near = closest(lexicon.label(Name(register.name, one.key)), left)
            fault(
                "missing-column",
                because(
                    "header.missing-near" if near else "header.missing",
                    label=Name(register.name, one.key),
                    row=best + 1,
                    near=near or "",
                ),
                one.key,
                None,
            )
    own = tuple(Name(register.name, one.key) for one in missing if one.written_by is Writer.TOOLKIT)
    if own and not any(one.severity is Severity.ERROR for one in faults):
        fault("no-toolkit-column", because("header.no-toolkit-column", labels=own), None, None, Severity.WARNING)
    return best + 1, columns, faults


def _texts(cells: Sequence[object]) -> Iterator[str]:
    return (cell for cell in cells if isinstance(cell, str))


def _match(
    tiers: Sequence[Mapping[str, str]],
    headers: Sequence[tuple[int, str, str]],
) -> tuple[dict[str, int], dict[str, list[int]], set[int]]:
    columns: dict[str, int] = {}
    doubled: dict[str, list[int]] = {}
    taken: set[int] = set()
    for depth, tier in enumerate(tiers):
        found: dict[str, list[int]] = defaultdict(list)
        for number, _, folded in headers:
            key = tier.get(folded)
            if number not in taken and key is not None and key not in columns:
                found[key].append(number)
        for key, places in found.items():
            taken.update(places)
            if len(places) == 1 or depth:  # of several usual aliases the first one serves
                columns[key] = places[0]
            else:
                doubled[key] = places
    return columns, doubled, taken


# -- the rows ---------------------------------------------------------------------------------------------------


def _read_rows(table: Table, raw: RawTab, reading: Reading) -> tuple[list[Any], list[Finding]]:
    register = table.register
    record, extra_keys = register.record, {one.key for one in register.extra}
    plan = [
        (index - 1, register.by_key[key], reader_of(register.name, register.by_key[key], reading), key in extra_keys)
        for key, index in sorted(table.columns.items(), key=lambda item: item[1])
    ]
    staff_indexes = [index for index, column, _, _ in plan if column.written_by is Writer.STAFF]
    facts = Facts(reading.now, frozenset(table.columns), reading.evidence)
    rows: list[Any] = []
    findings: list[Finding] = []
    own = not staff_indexes  # a log that the toolkit alone writes
    for number, cells in enumerate(raw.rows[table.header_row :], table.header_row + 1):
        width = len(cells)
        if not any(index < width and cells[index] not in (None, "", False) for index in staff_indexes) and not (
            own and any(cells)
        ):
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
        row.key = _key_of(register, row)
        rows.append(row)
        findings += [
            table.finding(row, Fault(one.code, column.key, one.reason, _severity(one.code)), raw_cell)
            for column, one, raw_cell in unread
        ]
        findings += [table.finding(row, fault) for fault in _row_faults(register, row, facts)]
    return rows, findings


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
            return None
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
        elif column.low is not None or column.high is not None:
            yield from _range(column, value)
    for names in register.one_of:
        if not any(row.get(name) is not None or name in row.bad for name in names):
            yield Fault(
                "required", names[0], because("fault.one-of", labels=tuple(Name(register.name, name) for name in names))
            )
    for check in register.checks:
        yield from check(row, facts)


def _is_future(value: date | datetime, now: datetime) -> bool:
    return value > now if isinstance(value, datetime) else value > now.date()


def _range(column: Column, value: Any) -> Iterator[Fault]:
    if column.low is not None and column.high is not None and not column.low <= value <= column.high:
        yield Fault("not-a-choice", column.key, because("fault.range", found=value, low=column.low, high=column.high))
    elif column.low is not None and value < column.low:
        yield Fault("not-a-number", column.key, because("fault.negative", found=value))


def _by_key(table: Table, rows: Sequence[Row]) -> tuple[dict[str, Row], list[Finding]]:
    by_key: dict[str, Row] = {}
    doubled: dict[str, list[Row]] = {}
    for row in rows:
        if row.key is None:
            continue
        if row.key in by_key:
            doubled.setdefault(row.key, [by_key[row.key]]).append(row)
        else:
            by_key[row.key] = row
    findings = []
    for key, twins in doubled.items():
        del by_key[key]
        for twin in twins:
            others = tuple(table.place(one.row, table.register.key[0]).cell for one in twins if one is not twin)
            findings.append(
                table.finding(
                    twin,
                    Fault("duplicate-key", table.register.key[0], because("fault.duplicate-key", others=others[:3])),
                )
            )
            twin.key = key
    return by_key, findings


# -- across registers -------------------------------------------------------------------------------------------


def reference_findings(table: Table, names: Callable[[str], Mapping[str, str] | None]) -> list[Finding]:
    """Cells that name a row of another register which is not there (or is there twice).

    `names(register)` maps every folded key and unique name of a register to the row's key ('' where a name is
    doubled); None where no such register was read.
    """
    found: list[Finding] = []
    for column in table.register.columns:
        if column.refers_to is None or column.key not in table.columns:
            continue
        known = names(column.refers_to)
        if not known:
            continue
        for row in table.rows:
            value = row.get(column.key)
            if value is None or known.get(fold(value)):
                continue
            found.append(table.finding(row, _reference_fault(column, value, known)))
            if column.type is not Type.PERSON:
                row.has_fault = True
    return found


def _reference_fault(column: Column, value: str, known: Mapping[str, str]) -> Fault:
    target = Name(str(column.refers_to))
    if fold(value) in known:
        return Fault(
            "unknown-reference", column.key, because("fault.ambiguous-reference", found=value, register=target)
        )
    near = closest(value, list(known))
    reason: Reason = because(
        "fault.unknown-near" if near else "fault.unknown",
        found=value,
        register=target,
        near=known.get(near, "") if near else "",
    )
    if column.type is Type.PERSON:  # a free name that is not in the register is a warning (60, 26)
        return Fault("unknown-name", column.key, reason, Severity.WARNING)
    return Fault("unknown-reference", column.key, reason)

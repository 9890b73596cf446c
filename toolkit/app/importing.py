"""Rows that another system exported, for the end of a register: read, compared, appended; nothing that stands there changes.

What is written is planned from what the sheets hold at that moment, so an import that was killed, or is given the same
file again, adds what is missing and nothing twice. It is no run: no rule is asked, no message leaves; the next run
sees the rows as if a clerk had typed them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial

from toolkit.app.cells import cell_of
from toolkit.app.desk import Desk, remembered
from toolkit.app.import_wish import Target, header_of
from toolkit.app.planning import words_of
from toolkit.app.reading import Read, read_desk
from toolkit.app.run import TRIES
from toolkit.app.snapshots import reading_of
from toolkit.app.write_books import tab_writes
from toolkit.core.actions import Append
from toolkit.core.book import CellError
from toolkit.core.errors import BookChangedError, BookError, UsageError
from toolkit.core.finding import Finding, Severity
from toolkit.core.reason import because
from toolkit.gateways.excel.values import LONGEST_TEXT
from toolkit.gateways.tables.file import FileTable
from toolkit.registers.comparing import Sorted, sort_out
from toolkit.registers.foreign import Foreign, Found, read_foreign
from toolkit.registers.references import known_names, reference_findings
from toolkit.registers.schema import Fault, Row
from toolkit.registers.table import OWED, Table
from toolkit.settings.lexicons import lexicon_of

NEVER = frozenset({"duplicate-key", "extra-cells", "too-long"})
"""Rows that no wish lets in: the sheet would have one number twice, values under the wrong header, or no room."""

_SHOWN = 40
"""Characters of a text that is too long, enough to find it."""


@dataclass(frozen=True)
class Import:
    """What an import of a file does, or would do. `into` is the tab that the rows go to; `lacking` are columns that the file
    fills and the tab does not have; `faulty` are the rows with something wrong, `left_out` those that stay away for it.
    """

    source: FileTable
    target: Target
    found: Found
    into: Table
    foreign: Foreign
    sorted: Sorted
    findings: tuple[Finding, ...]
    left_out: frozenset[int]
    appends: tuple[Append, ...]
    lacking: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows the file has."""
        return len(self.foreign.table.rows)

    @property
    def has_left_out(self) -> bool:
        """Whether somebody must see to rows that stay away."""
        return bool(self.left_out)

    def place(self, finding: Finding) -> str:
        """Where in the file a finding belongs."""
        row = finding.place.row if finding.place else None
        if row is None:
            return self.source.name
        return self.source.place(row - 1, self.found.columns.get(finding.column or ""))


@dataclass
class Done:
    """What was written: rows, the copy that was kept, what went wrong with the book."""

    rows: int = 0
    backup: str | None = None
    error: BookError | None = None
    notes: list[str] = field(default_factory=list)


def planned_import(desk: Desk, read: Read, target: Target, source: FileTable, now: datetime) -> Import:
    """What the file would add to the desk as it was read. UsageError where the file cannot be meant."""
    into = _into(desk, read, target)
    settings, register = desk.settings, into.register
    found = header_of(source, register, lexicon_of(settings), target.map)
    reading = reading_of(settings, read.snapshot.zones[into.book], now)
    foreign = read_foreign(
        register,
        source.name,
        source.rows,
        found,
        target.map,
        reading,
        is_1904=source.is_1904,
        is_text=not source.sheet,
    )
    tables = read.snapshot.of(register.name)
    names = cache(partial(known_names, (*read.snapshot.tables,)))
    findings = [*foreign.findings, *reference_findings(foreign.table, names), *_too_long(source, found, foreign)]
    columns = foreign.columns
    sorted_ = sort_out(register, foreign.table.rows, columns, tables, target.map.key)
    twins = {one.place.row for one in findings if one.code == "duplicate-key" and one.place}
    twice = (row for row in sorted_.repeated if row.row not in twins)
    findings += [foreign.table.finding(row, _twice(target, register.key)) for row in twice]
    left_out = _left_out(findings, with_faults=target.with_faults)
    return Import(
        source,
        target,
        found,
        into,
        foreign,
        sorted_,
        tuple(sorted(findings, key=lambda one: (one.place.row or 0) if one.place else 0)),
        left_out,
        tuple(_appends(desk, source, into, foreign, sorted_.new, left_out)),
        tuple(key for key in columns if key not in into.columns),
    )


def run_import(desk: Desk, target: Target, source: FileTable, now: datetime) -> tuple[Import, Read, Done]:
    """Plan and append; the caller holds the run lock. A book that changes meanwhile is read and compared anew."""
    done = Done()
    for attempt in range(1, TRIES + 1):
        read = read_desk(desk, remembered(desk, now), now)
        made = planned_import(desk, read, target, source, now)
        if not made.appends:
            break
        book = made.into.book
        try:
            written = desk.books[book].write(tab_writes(read.snapshot, book, {}, made.appends), read.stamps[book])
        except BookChangedError as error:
            if attempt == TRIES:
                done.error = error
            continue
        except BookError as error:
            done.error = error
            break
        done.rows += written.appends
        done.backup = written.backup or done.backup
        done.error = written.error
        done.notes += written.notes
        if not written.is_outdated:
            break
    return made, read, done


def _into(desk: Desk, read: Read, target: Target) -> Table:
    """The tab that the rows go to: in the book of the register's setting, else in the first that has it."""
    snapshot = read.snapshot
    if snapshot.is_unread(target.register) or (read.refused and not snapshot.of(target.register)):
        raise read.refused[0] if read.refused else UsageError(_headless(desk, target))
    tables = snapshot.of(target.register)
    if not tables:
        raise UsageError(
            f"No book of the desk has a tab for {target.register}: name it under `tabs` in config.yaml, "
            "and make the tab (`aftersales registers` lists its columns)"
        )
    return tables[0]


def _headless(desk: Desk, target: Target) -> str:
    return f"The tab of {target.register} has no usable header in {', '.join(desk.books)}: see `aftersales check`"


def _too_long(source: FileTable, found: Found, foreign: Foreign) -> Iterator[Finding]:
    """Texts that no cell holds: one of them would keep the whole file out of the book."""
    keys = {place: key for key, place in found.columns.items()}
    by_row = {row.row: row for row in foreign.table.rows}
    for number, cells in enumerate(source.rows, 1):
        for place, cell in enumerate(cells):
            if type(cell) is str and 2 * len(cell) > LONGEST_TEXT and place in keys and number in by_row:
                length = len(cell.encode("utf-16-le", "replace")) // 2
                if length > LONGEST_TEXT:
                    why = because("fault.too-long", n=length, most=LONGEST_TEXT)
                    yield foreign.table.finding(by_row[number], Fault("too-long", keys[place], why), cell[:_SHOWN])


def _twice(target: Target, key: Sequence[str]) -> Fault:
    column = (target.map.key or key)[0]
    return Fault("duplicate-key", column, because("fault.duplicate-in-file"))


def _left_out(findings: Sequence[Finding], *, with_faults: bool) -> frozenset[int]:
    """The rows (of the file's own table) that stay away."""
    wrong = (one for one in findings if one.severity is Severity.ERROR and one.code not in OWED)
    kept_out = (one for one in wrong if not with_faults or one.code in NEVER)
    return frozenset(one.place.row for one in kept_out if one.place and one.place.row)


def _appends(
    desk: Desk, source: FileTable, into: Table, foreign: Foreign, new: Sequence[Row], left_out: frozenset[int]
) -> list[Append]:
    lexicon, words = lexicon_of(desk.settings), words_of(desk.settings)
    register = into.register
    columns = [register.by_key[key] for key in foreign.columns if key in into.columns]
    found = []
    for row in new:
        if row.row in left_out:
            continue
        values: Mapping[str, object] = {
            column.key: _bad(row.bad[column.key])
            if column.key in row.bad
            else cell_of(register, column, row.get(column.key), lexicon, words)
            for column in columns
        }
        filled = {key: value for key, value in values.items() if value is not None}
        why = because("append.import", place=source.place(foreign.line_of(row)))
        found.append(Append(into.book, register.name, filled, why))
    return found


def _bad(raw: object) -> object:
    """A cell that could not be read goes into the sheet as it stood; the check cell says there what is wrong."""
    return raw.text if isinstance(raw, CellError) else raw

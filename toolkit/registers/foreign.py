"""A table that another system gave away, read as rows of a register: which of its columns is which, and what it means."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from toolkit.core.book import Raw, RawTab
from toolkit.core.finding import Finding
from toolkit.core.reason import Name, because
from toolkit.registers.fold import fold
from toolkit.registers.header import HEADER_WITHIN, matched
from toolkit.registers.lexicon import Lexicon
from toolkit.registers.reading.bad import LOST_DIGITS
from toolkit.registers.schema import Column, Fault, Register, Row, Type, Writer
from toolkit.registers.table import Reading, Table, read_table

NUMBERED = re.compile(r"#([0-9]{1,5})")
"""`#3`: the file's third column, where its header is blank or stands twice."""
_DAY_FIRST = re.compile(r"\s*([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{2}|[0-9]{4})(?![0-9])(.*)", re.DOTALL)
_SHORTENED = re.compile(r"[0-9](?:\.[0-9]+)?E\+?[0-9]{1,2}", re.IGNORECASE)
_ROUNDED = re.compile(r"[1-9][0-9]{14}0+")
"""A spreadsheet keeps 15 digits of a number and shows the rest as zeros."""
_NUMBERS = frozenset({Type.ID, Type.TEXT, Type.PHONE})
_MOMENTS = frozenset({Type.DATE, Type.DATETIME})


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """What is said of another system's columns. `columns`: register column -> header (`#3` the third, blank: leave it out);
    `constants`: columns that hold the same in every row; `values`: column -> the system's word -> ours; `key`: the columns
    that tell its rows apart; `dates`: `dmy` or `mdy`, how it writes 3/9/2026.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    dates: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The header's place among the rows, column key -> place in a row (from 0), and the headers that serve nothing.

    `absent` are headers that the map names and the file lacks, `doubled` those that stand several times.
    """

    header: int
    columns: Mapping[str, int]
    unused: tuple[str, ...]
    absent: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()


def find_columns(register: Register, rows: Sequence[Sequence[Raw]], lexicon: Lexicon, said: ColumnMap) -> Found:
    """Which column is which: as the map says, else by the register's labels and aliases, in any locale.

    The header is the row among the first that knows most of these names.
    """
    tried = [_columns_at(index, register, rows[index], lexicon, said) for index in range(min(HEADER_WITHIN, len(rows)))]
    return max(tried, key=lambda one: (len(one.columns), -one.header), default=Found(0, {}, ()))


def _columns_at(index: int, register: Register, cells: Sequence[Raw], lexicon: Lexicon, said: ColumnMap) -> Found:
    texts = {place: str(cell).strip() for place, cell in enumerate(cells) if cell is not None and str(cell).strip()}
    places: dict[str, list[int]] = defaultdict(list)
    for place, text in texts.items():
        places[fold(text)].append(place)
    columns: dict[str, int] = {}
    absent: list[str] = []
    doubled: list[str] = []
    for key, header in said.columns.items():
        numbered = NUMBERED.fullmatch(header)
        found = [int(numbered[1]) - 1] if numbered and fold(header) not in places else places.get(fold(header), [])
        if len(found) == 1 and found[0] < max(len(cells), 1):
            columns[key] = found[0]
        elif header:
            (doubled if len(found) > 1 else absent).append(header)
    taken = set(columns.values())
    free = [(place, text, fold(text)) for place, text in texts.items() if place not in taken]
    known = {*said.columns, *said.constants}
    tiers = [
        {word: key for word, key in tier.items() if key not in known}
        for tier in (*_keys(register, texts.values()), *lexicon.header_tiers(register))
    ]
    own, twice, _ = matched(tiers, free)
    columns |= {key: place for key, place in own.items() if register.by_key[key].written_by is not Writer.TOOLKIT}
    doubled += [
        texts[found[0]] for key, found in twice.items() if register.by_key[key].written_by is not Writer.TOOLKIT
    ]
    used = set(columns.values())
    unused = tuple(text for place, text in texts.items() if place not in used)
    return Found(index, columns, unused, tuple(absent), tuple(doubled))


def _keys(register: Register, texts: Collection[str]) -> tuple[Mapping[str, str], ...]:
    """The columns' keys as a tier of their own, where a table speaks in keys: one of them is also another column's alias."""
    spoken = sum(text in register.by_key for text in texts)
    return ({fold(key): key for key in register.by_key},) if 2 * spoken > len(texts) else ()


@dataclass(frozen=True, slots=True)
class Foreign:
    """The rows as the register reads them, each `row.row` the place of its line among the file's rows plus one; `table` is
    what they would be in a sheet, `columns` those that the file or the map fills, `findings` what is wrong with the rows
    (their places are that table's).
    """

    table: Table
    columns: tuple[str, ...]
    findings: tuple[Finding, ...]

    def line_of(self, row: Row) -> int:
        """The place of a row among the file's rows."""
        return row.row - 1


def read_foreign(
    register: Register,
    name: str,
    rows: Sequence[Sequence[Raw]],
    found: Found,
    said: ColumnMap,
    reading: Reading,
    *,
    is_1904: bool = False,
    is_text: bool = False,
) -> Foreign:
    """The file's rows below its header, typed and checked as if they stood in the sheet.

    A row of separated text (`is_text`) with cells beyond the header is out of step: a separator stood in a cell unquoted,
    and nobody knows in which. The number that the toolkit would give may be missing, as it is in a new row.
    """
    filled = [*found.columns, *(key for key in said.constants if key not in found.columns)]
    columns = [register.by_key[key] for key in (*filled, *(key for key in register.key if key not in filled))]
    words = {key: {fold(theirs): ours for theirs, ours in its.items()} for key, its in said.values.items()}
    body: list[list[Raw]] = [[] for _ in range(found.header)]
    body.append([reading.lexicon.label(Name(register.name, one.key)) for one in columns])
    told: list[tuple[int, Fault]] = []
    width = len(rows[found.header])
    for number, row in enumerate(rows[found.header + 1 :], found.header + 2):
        cells = [_given(row, found, column, said, words) for column in columns]
        body.append(cells)
        pairs = zip(columns, cells, strict=True)
        told += [(number, _lost(column, cell)) for column, cell in pairs if _is_lost(column, cell)]
        if is_text and any(cell is not None and str(cell).strip() for cell in row[width:]):
            told.append((number, Fault("extra-cells", "", because("fault.extra-cells", n=len(row), width=width))))
    table = read_table(register, RawTab(name, body, is_1904), "", replace(reading, blank_speaks=False))
    if not isinstance(table, Table):
        raise TypeError(f"a header of {register.name}'s own labels cannot be read: {table}")
    by_row = {one.row: one for one in table.rows}
    lost = [table.finding(by_row[number], fault) for number, fault in told if number in by_row]
    wrong = (one for one in (*table.findings, *lost) if one.place and (one.place.row or 0) > found.header + 1)
    return Foreign(table, tuple(filled), tuple(wrong))


def _given(
    row: Sequence[Raw], found: Found, column: Column, said: ColumnMap, words: Mapping[str, Mapping[str, str]]
) -> Raw:
    """What the file holds in a column, in our words: a constant, a word of the map, a date in an order that is known."""
    if column.key in said.constants:
        return said.constants[column.key]
    place = found.columns.get(column.key)
    cell = row[place] if place is not None and place < len(row) else None
    if isinstance(cell, str):
        if column.key in words:
            cell = words[column.key].get(fold(cell), cell)
        if said.dates and column.type in _MOMENTS:
            cell = _in_order(cell, said.dates)
    elif cell is not None and column.key in words:
        cell = words[column.key].get(fold(str(cell)), cell)
    return cell or None if isinstance(cell, str) else cell


def _in_order(text: str, order: str) -> str:
    """3/9/2026 with its parts in our order, once it is known which of the two is the month."""
    match = _DAY_FIRST.match(text)
    if match is None:
        return text
    first, _, second, year, rest = match.groups()
    day, month = (first, second) if order == "dmy" else (second, first)
    return f"{year if len(year) > len('26') else f'20{year}'}-{month}-{day}{rest}"


def _is_lost(column: Column, cell: Raw) -> bool:
    """A number that a spreadsheet shortened. Readers of phones and keys see to the short form of theirs themselves."""
    if not isinstance(cell, str) or column.type not in _NUMBERS:
        return False
    text = cell.strip()
    return bool(_ROUNDED.fullmatch(text)) or (column.type is Type.TEXT and bool(_SHORTENED.fullmatch(text)))


def _lost(column: Column, cell: Raw) -> Fault:
    return Fault(LOST_DIGITS, column.key, because("bad.lost_digits", found=str(cell).strip()))


def required(register: Register, columns: Mapping[str, object], constants: Mapping[str, object]) -> Iterator[str]:
    """The columns without which no row of the register is whole, and which are not there."""
    there = {*columns, *constants}
    for column in register.columns:
        if column.is_required and column.written_by is not Writer.TOOLKIT and column.key not in there:
            yield column.key
    for names in register.one_of:
        if not there.intersection(names):
            yield names[0]

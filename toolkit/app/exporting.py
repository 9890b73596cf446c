"""The registers for other systems: which rows, which columns, and the values as a file of each kind holds them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import Any

from toolkit.app.build import KINDS
from toolkit.app.cells import cell_of
from toolkit.app.planning import words_of
from toolkit.app.redacting import kept
from toolkit.core.book import CellError
from toolkit.core.errors import UsageError
from toolkit.core.layout import ColumnSpec, TabSpec
from toolkit.core.reason import Name
from toolkit.registers.fold import closest, fold
from toolkit.registers.order import day_of
from toolkit.registers.schema import Column, Register, Type, Writer
from toolkit.registers.snapshot import Snapshot
from toolkit.settings.lexicons import lexicon_of, registers_of
from toolkit.settings.model import Settings

BEGINS: Mapping[str, tuple[str, ...]] = {
    "parts": ("agreed_at", "ordered_on", "received_on", "sent_on"),
    "maintenance": ("due_on",),
    "messages": ("at",),
}
"""The columns that date a row, where the register has no required one; the first that is filled counts."""
ENDS: Mapping[str, tuple[str, ...]] = {"parts": ("sent_on", "fitted_by"), "maintenance": ("done_on",)}
"""The columns that say that a row is over, where no status does."""
_SAMPLE = 200
"""Rows by which the widths of a workbook's columns are told."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which rows (from `since` to `until`, both days with them; only open ones), and how: `by_keys` in place of labels,
    `masked` without what names or reaches a person.
    """

    since: date | None = None
    until: date | None = None
    is_open: bool = False
    by_keys: bool = False
    masked: bool = False


@dataclass(frozen=True)
class Sheet:
    """One register of an export. `rows` gives typed rows as often as it is asked; `undated` were left out for want of a date."""

    register: Register
    columns: tuple[Column, ...]
    rows: tuple[Any, ...]
    undated: int
    settings: Settings
    wish: Wish

    @property
    def headers(self) -> list[str]:
        """What the columns are called."""
        lexicon = lexicon_of(self.settings)
        name = self.register.name
        return [one.key if self.wish.by_keys else lexicon.label(Name(name, one.key)) for one in self.columns]

    def cells(self) -> Iterator[list[object]]:
        """The rows for a sheet: dates as dates, numbers as numbers, the rest as its text."""
        shown = [self._shown_in_sheet(column) for column in self.columns]
        for row in self.rows:
            yield [None if value is None else show(value) for show, value in zip(shown, self._values(row), strict=True)]

    def values(self) -> Iterator[dict[str, object]]:
        """The rows for a program: ISO dates, money as text, lists as lists; blank cells as null."""
        headers = self.headers
        shown = [self._shown_in_json(column) for column in self.columns]
        for row in self.rows:
            yield {
                header: None if value is None else show(value)
                for header, show, value in zip(headers, shown, self._values(row), strict=True)
            }

    def tab(self) -> TabSpec:
        """How it looks as a tab of a workbook, with some rows for the widths."""
        columns = tuple(
            ColumnSpec(header, KINDS.get(one.type, "text"), key=one.key, is_toolkit=one.written_by is Writer.TOOLKIT)
            for header, one in zip(self.headers, self.columns, strict=True)
        )
        name = self.register.name
        title = name if self.wish.by_keys else lexicon_of(self.settings).label(Name(name))
        return TabSpec(title, columns, list(islice(self.cells(), _SAMPLE)))

    def _values(self, row: Any) -> Iterator[object]:
        """The typed values; what could not be read as it stands in the cell."""
        for column in self.columns:
            value = row.get(column.key)
            value = row.bad.get(column.key) if value is None and column.key in row.bad else value
            value = value.text if isinstance(value, CellError) else value
            yield kept(column, value) if self.wish.masked else value

    def _shown_in_sheet(self, column: Column) -> Callable[[Any], object]:
        lexicon, words = lexicon_of(self.settings), words_of(self.settings)
        if self.wish.by_keys and column.type is Type.YES_NO:
            return lambda value: ("yes" if value else "no") if isinstance(value, bool) else value
        if self.wish.by_keys and column.type is Type.CHOICE:
            return lambda value: value
        return lambda value: cell_of(self.register, column, value, lexicon, words)

    def _shown_in_json(self, column: Column) -> Callable[[Any], object]:
        lexicon = lexicon_of(self.settings)
        if column.type is Type.CHOICE and not self.wish.by_keys:
            return lambda value: lexicon.label(Name(self.register.name, column.key, str(value)))
        return _literal


def sheets_of(snapshot: Snapshot, settings: Settings, names: Sequence[str], wish: Wish) -> list[Sheet]:
    """The registers of an export, in the order of the desk (UsageError). Without names all that have rows, or of which the
    wish can be asked.
    """
    there = {one.name: one for one in registers_of(settings) if snapshot.of(one.name)}
    chosen = [_named(text, there, settings) for text in names]
    for one in chosen:
        _must_answer(one, wish)
    found = []
    for one in there.values():
        if chosen and one not in chosen:
            continue
        if not chosen and not _answers(one, wish):
            continue
        sheet = _sheet(snapshot, settings, one, wish)
        if chosen or sheet.rows:
            found.append(sheet)
    return found


def _sheet(snapshot: Snapshot, settings: Settings, register: Register, wish: Wish) -> Sheet:
    there = {key for table in snapshot.of(register.name) for key in table.columns}
    columns = tuple(one for one in register.columns if one.key in there)
    dated = _begins(register)
    rows: list[Any] = []
    undated = 0
    for _, row in snapshot.rows(register.name):
        if wish.is_open and not _is_open(register, row):
            continue
        if wish.since is not None or wish.until is not None:
            at = next((value for key in dated if (value := row.get(key)) is not None), None)
            if at is None:
                undated += 1
                continue
            if not (wish.since or date.min) <= day_of(at) <= (wish.until or date.max):
                continue
        rows.append(row)
    return Sheet(register, columns, tuple(rows), undated, settings, wish)


def _begins(register: Register) -> tuple[str, ...]:
    if register.name in BEGINS:
        return BEGINS[register.name]
    moments = (one.key for one in register.columns if one.is_required and one.type in (Type.DATE, Type.DATETIME))
    return tuple(moments)[:1]


def _knows_its_end(register: Register) -> bool:
    return bool(register.over) or register.name in ENDS


def _is_open(register: Register, row: Any) -> bool:
    if register.over:
        return row.get("status") not in register.over
    return all(row.get(key) is None for key in ENDS[register.name])


def _answers(register: Register, wish: Wish) -> bool:
    is_dated = bool(_begins(register)) or (wish.since is None and wish.until is None)
    return is_dated and (not wish.is_open or _knows_its_end(register))


def _must_answer(register: Register, wish: Wish) -> None:
    if not _answers(register, wish):
        what = "open or over" if wish.is_open and not _knows_its_end(register) else "of a day"
        raise UsageError(f"The rows of {register.name} are not {what}: export them without that option")


def _named(text: str, there: Mapping[str, Register], settings: Settings) -> Register:
    lexicon = lexicon_of(settings)
    for one in there.values():
        if fold(text) in {fold(one.name), *map(fold, lexicon.tabs(one.name))}:
            return one
    near = closest(text, list(there))
    raise UsageError(
        f"The desk has no register “{text}” that could be read"
        + (f"; do you mean {near}?" if near else f"; there is {', '.join(there)}")
    )


def _literal(value: Any) -> object:
    match value:
        case datetime():
            return value.isoformat(timespec="seconds")
        case date() | time():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
        case tuple():
            return list(value)
        case bool() | int() | float() | str():
            return value
        case _:
            return str(value)

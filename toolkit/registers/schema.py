"""The words in which a register is declared: types, writers, columns, rows."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Any

from toolkit.core.finding import Severity
from toolkit.core.reason import Reason


class Type(StrEnum):
    """What a cell of a column holds."""

    ID = "id"
    TEXT = "text"
    LONG_TEXT = "long_text"
    CHOICE = "choice"
    LIST = "list"
    DATE = "date"
    DATETIME = "datetime"
    NUMBER = "number"
    MONEY = "money"
    PHONE = "phone"
    EMAIL = "email"
    URL_LIST = "url_list"
    YES_NO = "yes_no"
    PERSON = "person"


class Writer(StrEnum):
    """Who writes a column (60, 1). FILL: the toolkit fills it when blank and never changes it after."""

    STAFF = "staff"
    TOOLKIT = "toolkit"
    FILL = "fill"


When = date | datetime
"""A moment as typed: a `date` keeps that it had no time (60, 23); a `datetime` is wall time in the book's zone."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `refers_to` names the register in which the value must stand; `low` and `high` bound a number;
    `is_past` says that the moment has happened, so it cannot lie in the future. `blank` is the choice that a blank cell means.
    """

    key: str
    type: Type
    written_by: Writer = Writer.STAFF
    is_required: bool = False
    choices: tuple[str, ...] = ()
    refers_to: str | None = None
    low: float | None = None
    high: float | None = None
    is_past: bool = False
    blank: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """What a register's own checks say of a row: the code, the column to mend, why."""

    code: str
    column: str
    reason: Reason
    severity: Severity = Severity.ERROR


_NOTHING: Mapping[str, object] = MappingProxyType({})
"""What nearly every row has in `bad` and `extra`; a dict of its own would cost each of them 64 bytes."""


@dataclass(slots=True, kw_only=True, eq=False)
class Row:
    """One row as typed. A cell that could not be read is None here and stands raw in `bad`.

    `key` joins the key columns with `#`, None while one is blank; `extra` holds questionnaire columns.
    """

    row: int = 0
    key: str | None = None
    bad: Mapping[str, object] = field(default_factory=lambda: _NOTHING)
    extra: Mapping[str, object] = field(default_factory=lambda: _NOTHING)
    has_fault: bool = False

    def __getitem__(self, column: str) -> Any:
        return self.extra[column] if column in self.extra else getattr(self, column)

    def get(self, column: str) -> Any:
        """The value, or None where the register has no such column."""
        return self.extra.get(column) if column in self.extra else getattr(self, column, None)


def column(
    type_: Type,
    *,
    by: Writer = Writer.STAFF,
    required: bool = False,
    choices: tuple[str, ...] = (),
    refers_to: str | None = None,
    low: float | None = None,
    high: float | None = None,
    past: bool = False,
    blank: str | None = None,
) -> Any:
    """Declare a column as a field of a Row."""
    spec = Column("", type_, by, required, choices, refers_to, low, high, past, blank)
    return field(default=None, metadata={"column": spec})


class Columns:
    """Some rows' typed values by column, for a look at all of them at once."""

    def __init__(self, values: Mapping[str, Sequence[Any]], height: int) -> None:
        self._values, self._blank = values, (None,) * height

    def __getitem__(self, column: str) -> Sequence[Any]:
        """A column's values, one for each row; all None where nothing stands in it."""
        return self._values.get(column, self._blank)

    def __contains__(self, column: str) -> bool:
        """Whether something stands in a column."""
        return column in self._values

    def where(self, column: str, is_so: Callable[[Any], bool]) -> list[int]:
        """The places of the rows whose value in a column is so."""
        if column not in self._values:
            return list(range(len(self._blank))) if is_so(None) else []
        return [place for place, value in enumerate(self._values[column]) if is_so(value)]


@dataclass(frozen=True)
class Check:
    """A check of a register's rows: `faults` says what is wrong with one row, `suspects` for which rows of many to ask it.

    A row that is no suspect has no fault: looking at whole columns is much faster than asking each row.
    """

    faults: Callable[[Any, Facts], Iterator[Fault]]
    suspects: Callable[[Columns, Facts], Iterable[int]]


@dataclass(frozen=True)
class Register:
    """A register: its rows' class, its key, and the checks of its own. `one_of`: of these columns one must be filled.

    `key_else` is the column that names a row whose key is blank (staff: a unique name, 60, 2). `clocks` are those that a
    policy may set on a row, each with the column that shows when it is due ("" where a typed moment is the due time);
    `over` are the statuses of a row of which nothing more is asked, `owner` the columns that name who answers for it; `fills`
    are staff's columns that the configuration lets the toolkit fill where they are blank (60, 1).
    """

    name: str
    record: type[Row]
    key: tuple[str, ...]
    checks: tuple[Check, ...] = ()
    one_of: tuple[tuple[str, ...], ...] = ()
    extra: tuple[Column, ...] = ()
    key_default: Mapping[str, str] = field(default_factory=dict)
    key_else: str | None = None
    clocks: Mapping[str, str] = field(default_factory=dict)
    over: frozenset[str] = frozenset()
    owner: tuple[str, ...] = ()
    fills: frozenset[str] = frozenset()

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Every column in the order of the sheet."""
        declared = tuple(
            self._named(item.metadata["column"], item.name)
            for item in dataclasses.fields(self.record)
            if "column" in item.metadata
        )
        staff = tuple(one for one in declared if one.written_by is not Writer.TOOLKIT)
        toolkit = tuple(one for one in declared if one.written_by is Writer.TOOLKIT)
        return staff + self.extra + toolkit

    def _named(self, column: Column, key: str) -> Column:
        by = Writer.FILL if key in self.fills else column.written_by
        return dataclasses.replace(column, key=key, written_by=by)

    @cached_property
    def by_key(self) -> Mapping[str, Column]:
        """Columns by their key."""
        return {one.key: one for one in self.columns}

    @property
    def owned(self) -> tuple[Column, ...]:
        """The columns that the toolkit writes."""
        return tuple(one for one in self.columns if one.written_by is not Writer.STAFF)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a row's checks may know besides the row: the wall clock of the book, which columns the tab has, the evidence
    that the policies ask for, and the kinds of tickets that are entered once the job is done (P-12).
    """

    now: datetime
    present: frozenset[str]
    evidence: tuple[tuple[Mapping[str, tuple[str, ...]], tuple[str, ...]], ...] = ()
    entered_after: frozenset[str] = frozenset()

"""What a new register looks like, as plain data: the gateways that make files and Google tabs draw it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["text", "date", "datetime", "number", "money"]
RuleKind = Literal["check", "overdue"]

# Colours, as RRGGBB.
STAFF_HEAD, TOOLKIT_HEAD, TOOLKIT_CELL, TOOLKIT_INK = "2F4B66", "6B7F77", "F1F5F2", "44564E"
HEAD_LINE, REQUIRED_LINE = "B9C4CC", "E0A030"
RULES: Mapping[RuleKind, tuple[str, str]] = {"check": ("FBD9D5", "9C1C12"), "overdue": ("F7B7AE", "8A120A")}
"""Ground and ink of the cells that turn red."""
FORMATS: Mapping[Kind, str] = {
    "text": "@",  # phones and ids stay text, their leading zeros too
    "date": "yyyy-mm-dd",
    "datetime": "yyyy-mm-dd hh:mm",
    "number": "General",
    "money": "#,##0.00",
}
_NARROW, _WIDE = 9, 46


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One column as plain data. `note` is shown when a cell of the column is entered; `key` is the column's own name.

    `is_protected`: nobody but the toolkit has any business in it (a number that the toolkit fills where it is blank may
    be typed by staff: it is `is_toolkit` alone).
    """

    label: str
    kind: Kind = "text"
    width: float | None = None  # characters; None: from the label and the first rows
    is_toolkit: bool = False
    is_required: bool = False
    is_hidden: bool = False
    note: str = ""
    choices: tuple[str, ...] | None = None
    key: str = ""
    is_protected: bool = False


@dataclass(frozen=True, slots=True)
class ViewSpec:
    """A named look at a tab that hides rows for whoever chooses it. Columns go by their keys.

    A row is shown if every column of `filled` holds something, no column of `hidden` holds one of the words named there,
    and `formula` is true, in which `{key}` stands for the row's cell of a column. Formulas have no commas: in half of the
    world's locales arguments are separated by semicolons. `order`: the columns that the rows are sorted by.
    """

    title: str
    filled: tuple[str, ...] = ()
    hidden: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    formula: str = ""
    order: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TabSpec:
    """One tab: its columns, its rows, and `colours`: (column index from 0, kind) whose filled cells turn red.

    `register` is the name of the register that it holds; `views` are for books that know such things.
    """

    title: str
    columns: tuple[ColumnSpec, ...]
    rows: Sequence[Sequence[object]] = ()
    freeze: str = "B2"
    has_table: bool = False  # an Excel table (striped, grows as staff type) instead of a plain filter
    colours: tuple[tuple[int, RuleKind], ...] = ()
    tab_colour: str = STAFF_HEAD
    register: str = ""
    views: tuple[ViewSpec, ...] = ()


def width_of(tab: TabSpec, index: int) -> float:
    """A column's width in characters: for the label over two lines and for most of the first rows."""
    column = tab.columns[index]
    if column.width is not None:
        return column.width
    fixed = {"date": 12.0, "datetime": 17.0, "money": 12.0}.get(column.kind, 0.0)
    shown = sorted(places(str(row[index])) for row in tab.rows[:200] if index < len(row) and row[index] is not None)
    typical = shown[len(shown) * 9 // 10] if shown and not fixed else 0
    choice = max((places(word) for word in column.choices or ()), default=0)
    return min(max(_NARROW, fixed, places(column.label) + 3, typical + 2, choice + 4), _WIDE)


def places(text: str) -> int:
    """How many places the longest line of a text takes: a Chinese character takes two."""
    return max(
        sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line) for line in text.split("\n")
    )


@dataclass(frozen=True, slots=True)
class FoundSpec:
    """What a look-up shows of one tab: in which of its columns it looks, first those that tell most, and so many hits.

    Columns are letters of the tab; `shown` are (heading, letters, kind, width).
    """

    tab: str
    looks_in: tuple[str, ...]
    shown: tuple[tuple[str, str, Kind, float], ...]
    hits: int


@dataclass(frozen=True, slots=True)
class LookUpSpec:
    """A tab in which a number or a name is typed, and formulas show the rows that hold it.

    `prompt` stands before the cell to type in, `note` beside it; `count` and `more` are texts of a formula in which {n} is the
    number of rows found: `more` where there are more than are shown.
    """

    title: str
    heading: str
    prompt: str
    note: str
    nothing: str
    count: str
    more: str
    tabs: tuple[FoundSpec, ...]

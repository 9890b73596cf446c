"""A workbook of figures as plain data: it is drawn by the gateway that makes files, for a folder or to go with a letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

Form = Literal["text", "count", "number", "stars", "share", "span", "money", "day"]
"""How a column's numbers are shown; `span` is a timedelta, `share` 0 to 1."""
Plain = str | int | float | Decimal | timedelta | date | None


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column. `is_change`: a difference, shown with its sign; of a span in hours, of a share in points.

    `is_label`: it says what a row is about, and stays in sight when the others are scrolled.
    """

    heading: str
    form: Form = "text"
    is_change: bool = False
    is_label: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table on a tab of its own: `title` stands above it, `about` says what it counts. `empty` stands in for no rows."""

    title: str
    about: str
    columns: tuple[SheetColumn, ...]
    rows: Sequence[Sequence[Plain]]
    empty: str


@dataclass(frozen=True, slots=True)
class Contents:
    """The first tab: what the workbook is, what is to be known of it, and where each table stands."""

    tab: str
    title: str
    notes: tuple[str, ...]
    headings: tuple[str, str, str]  # table, what it counts, rows


@dataclass(frozen=True, slots=True)
class Workbook:
    """The whole file. `file` is its name where nobody chose one; `symbol` is that of the money in it."""

    file: str
    contents: Contents
    sheets: tuple[Sheet, ...]
    symbol: str = ""

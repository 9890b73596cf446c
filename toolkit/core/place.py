"""Where something stands in a workbook."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PLAIN_TAB = re.compile(r"[^\W\d]\w*\Z")
_LIKE_A_CELL = re.compile(r"(?:[A-Za-z]{1,3}\d+|[Rr]\d*[Cc]\d*)\Z")


def column_letters(column: int) -> str:
    """1 -> A, 27 -> AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """A -> 1, AA -> 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def quoted(tab: str) -> str:
    """The tab's name as Excel writes it in a reference."""
    if _PLAIN_TAB.match(tab) and not _LIKE_A_CELL.match(tab):
        return tab
    return "'" + tab.replace("'", "''") + "'"


@dataclass(frozen=True, slots=True)
class Place:
    """One cell (or, without a column, one row; without both, the tab). Rows and columns count from 1."""

    tab: str
    row: int | None = None
    column: int | None = None

    @property
    def cell(self) -> str:
        """`Tab!C7` as Excel quotes it; `Tab!7:7` for a row; `Tab` for the whole tab."""
        return f"{quoted(self.tab)}!{self.range}" if self.row is not None else quoted(self.tab)

    @property
    def range(self) -> str:
        """`C7` within the tab; `7:7` for a row, nothing for the whole tab."""
        if self.row is None:
            return ""
        return f"{self.row}:{self.row}" if self.column is None else f"{column_letters(self.column)}{self.row}"

"""A1 notation: what a range's text says, and the canonical text that Google answers with."""

from __future__ import annotations

import re
from typing import NamedTuple

from tests.sheets_server.grid import Area, Grid

_SIDE = re.compile(r"\$?([A-Za-z]{1,3})?\$?([1-9][0-9]{0,9})?")
_R1C1 = re.compile(r"R([0-9]+)C([0-9]+)")
_PLAIN_TITLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LIKE_A_CELL = re.compile(r"[A-Za-z]{1,3}[0-9]+|[Rr][0-9]*[Cc][0-9]*")


class Ref(NamedTuple):
    """Limits as written, from 0, ends exclusive; None is open."""

    top: int | None
    bottom: int | None
    left: int | None
    right: int | None
    single: bool  # one cell without a colon: a write may grow from it

    def within(self, grid: Grid) -> Area:
        return Area(
            self.top or 0,
            grid.row_count if self.bottom is None else self.bottom,
            self.left or 0,
            grid.column_count if self.right is None else self.right,
        )


WHOLE = Ref(None, None, None, None, single=False)


def column_number(letters: str) -> int:
    """From 1: A is 1."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(index: int) -> str:
    """From 0: 0 is A."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def quoted(title: str) -> str:
    if _PLAIN_TITLE.fullmatch(title) and not _LIKE_A_CELL.fullmatch(title):
        return title
    return "'" + title.replace("'", "''") + "'"


def written(title: str, area: Area) -> str:
    first = f"{column_letters(area.left)}{area.top + 1}"
    if area.bottom - area.top <= 1 and area.right - area.left <= 1:
        return f"{quoted(title)}!{first}"
    return f"{quoted(title)}!{first}:{column_letters(area.right - 1)}{area.bottom}"


def as_asked(title: str, limits: Ref | Area) -> str:
    """As `written`, but ends that were left open stay open, e.g. `T!A1001:B`."""
    first = f"{column_letters(limits.left or 0)}{(limits.top or 0) + 1}"
    last = column_letters(limits.right - 1) if limits.right is not None else ""
    last += str(limits.bottom) if limits.bottom is not None else ""
    return f"{quoted(title)}!{first}" + (f":{last}" if last and last != first else "")


def split(text: str) -> tuple[str | None, str, bool]:
    """(title, the rest, was the title quoted). A text that is one quoted title has no rest."""
    if text.startswith("'"):
        end = 1
        while True:
            end = text.find("'", end)
            if end < 0:
                return None, text, False
            if text[end : end + 2] != "''":
                break
            end += 2
        title, rest = text[1:end].replace("''", "'"), text[end + 1 :]
        if rest.startswith("!"):
            return title, rest[1:], True
        return (title, "", True) if not rest else (None, text, False)
    title, mark, rest = text.rpartition("!")
    return (title, rest, False) if mark else (None, text, False)


def parse(text: str) -> Ref | None:
    """None when the text is no A1 range."""
    if not text:
        return None
    left, colon, right = text.partition(":")
    first = _side(left)
    last = _side(right) if colon else first
    if first is None or last is None:
        return None
    if not colon:
        row, column = first
        return None if row is None or column is None else Ref(row, row + 1, column, column + 1, single=True)
    top, bottom = _span(first[0], last[0])
    start, end = _span(first[1], last[1])
    return Ref(top, bottom, start, end, single=False)


def _side(text: str) -> tuple[int | None, int | None] | None:
    absolute = _R1C1.fullmatch(text)
    if absolute:
        return int(absolute[1]) - 1, int(absolute[2]) - 1
    match = _SIDE.fullmatch(text)
    if not match or not (match[1] or match[2]):
        return None
    return (int(match[2]) - 1 if match[2] else None), (column_number(match[1]) - 1 if match[1] else None)


def _span(first: int | None, last: int | None) -> tuple[int | None, int | None]:
    if first is not None and last is not None and last < first:
        first, last = last, first
    return first, None if last is None else last + 1

"""Just enough of formulas: arithmetic, text, a few functions, errors; and references that follow what moves."""

from __future__ import annotations

import re
from functools import lru_cache

from tests.sheets_server.a1 import column_letters, column_number
from tests.sheets_server.cells import SheetError

REF, DIV, NAME, NA, VALUE = map(SheetError, ("#REF!", "#DIV/0!", "#NAME?", "#N/A", "#VALUE!"))
BROKEN = SheetError("#ERROR!")

_TITLE = r"(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!"
_CELL = r"\$?[A-Za-z]{1,3}\$?[1-9][0-9]*"
_TOKEN = re.compile(
    rf"""\s*(?:
    (?P<text>"(?:[^"]|"")*")
  | (?P<error>\#(?:REF!|DIV/0!|NAME\?|N/A|VALUE!|NUM!|NULL!|ERROR!))
  | (?P<ref>(?P<title>{_TITLE})?(?:{_CELL}(?::{_CELL}|:\$?[A-Za-z]{{1,3}}(?![\w(]))?
        |\$?[A-Za-z]{{1,3}}:\$?[A-Za-z]{{1,3}}|\$?[1-9][0-9]*:\$?[1-9][0-9]*|\#REF!)(?![\w(]))
  | (?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)
  | (?P<name>[^\W\d][\w.]*)
  | (?P<mark><=|>=|<>|[-+*/^&=<>(),;%:{{}}]))""",
    re.VERBOSE,
)
_PART = re.compile(r"(\$?)([A-Za-z]{1,3})?(\$?)([1-9][0-9]*)?")


class Broken(Exception):
    """The text is no formula."""


@lru_cache(maxsize=20000)
def tokens(formula: str) -> tuple[tuple[str, str, str], ...]:
    """(kind, text, blank before it) of everything after the equals sign."""
    found, at = [], 1
    while at < len(formula.rstrip()):
        match = _TOKEN.match(formula, at)
        if not match or match.end() == at:
            raise Broken(formula)
        kind = next(kind for kind in ("text", "error", "ref", "number", "name", "mark") if match[kind] is not None)
        found.append((kind, match[kind], formula[at : match.start(kind)]))
        at = match.end()
    return tuple(found)


def rewritten(formula: str, change) -> str:
    """The formula with each reference replaced by `change(title or None, reference without title)`."""
    try:
        pieces = tokens(formula)
    except Broken:
        return formula
    text = ["="]
    for kind, piece, blank in pieces:
        text.append(blank)
        if kind == "ref":
            prefix, mark, body = piece.rpartition("!") if not piece.endswith("#REF!") else ("", "", piece)
            text.append(change(prefix + mark, plain_title(prefix) if mark else None, body))
        else:
            text.append(piece)
    return "".join(text)


def plain_title(text: str) -> str:
    return text[1:-1].replace("''", "'") if text.startswith("'") else text


def shifted(body: str, rows: int, columns: int) -> str:
    """A reference as a copy sees it that went so many rows down and columns right."""

    def one(part: str) -> str:
        match = _PART.fullmatch(part)
        column, row = match[2], match[4]
        if column and not match[1]:
            index = column_number(column) - 1 + columns
            if index < 0:
                raise IndexError
            column = column_letters(index)
        if row and not match[3] and not (match[1] and not match[2]):
            row = int(row) + rows
            if row < 1:
                raise IndexError
        return f"{match[1]}{column or ''}{match[3]}{row or ''}"

    if body == "#REF!":
        return body
    try:
        return ":".join(one(part) for part in body.split(":"))
    except IndexError:
        return "#REF!"


def remapped(body: str, row_map, column_map) -> str:
    """A reference after rows or columns went elsewhere; the maps give (new first, new last) or None if all is gone."""
    if body == "#REF!":
        return body
    parts = [_PART.fullmatch(part) for part in body.split(":")]
    rows = [int(part[4]) - 1 if part[4] else None for part in parts]
    columns = [column_number(part[2]) - 1 if part[2] else None for part in parts]
    new_rows, new_columns = _ends(rows, row_map), _ends(columns, column_map)
    if new_rows is None or new_columns is None:
        return "#REF!"
    out = []
    for part, row, column in zip(parts, new_rows, new_columns, strict=True):
        letters = "" if column is None else part[1] + column_letters(column)
        lead = "" if column is not None else part[1]
        out.append(f"{letters}{lead}{part[3]}{'' if row is None else row + 1}")
    return ":".join(out)


def _ends(ends: list[int | None], mapping) -> list[int | None] | None:
    known = [end for end in ends if end is not None]
    if not known:
        return ends
    first, last = min(known), max(known)
    moved = mapping(first, last)
    if moved is None:
        return None
    swap = len(known) == 2 and ends[0] > ends[1]
    if len(ends) == 1:
        return [moved[0]]
    if len(known) == 1:
        return [None if end is None else moved[0] for end in ends]
    return [moved[1], moved[0]] if swap else [moved[0], moved[1]]

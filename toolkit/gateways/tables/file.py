"""A file that another system exported, as rows of raw cells, whatever its kind."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from toolkit.core.book import Raw
from toolkit.core.errors import UsageError
from toolkit.core.place import Place, column_letters
from toolkit.gateways.excel.raw import raw_of
from toolkit.gateways.excel.read import read_tabs
from toolkit.gateways.excel.small import panics_told
from toolkit.gateways.excel.unsafe import UnsafeWorkbook
from toolkit.gateways.tables.delimited import rows_of, separator_of
from toolkit.gateways.tables.encoding import decoded
from toolkit.gateways.tables.guard import unguarded

_ZIP, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_MOST_BYTES = 512 << 20
"""More than a million rows of text; a longer file is a mistake, and would fill the memory."""
_PAGE = (b"<html", b"<!doctype html", b"<table", b"<?xml")


@dataclass(frozen=True, slots=True)
class FileTable:
    """One table of a file. `lines[i]` is where `rows[i]` stands: a line of text, or a row of the sheet.

    `kind` says how it was read, for people: `gb18030 “;”` or the sheet's name.
    """

    name: str
    rows: Sequence[Sequence[Raw]]
    lines: Sequence[int]
    kind: str
    sheet: str = ""
    is_1904: bool = False

    def place(self, row: int, column: int | None = None) -> str:
        """Where a person finds it: `orders.csv:7:C`, or `Sheet1!C7`. Both count from 0 here."""
        line = self.lines[row]
        if self.sheet:
            return Place(self.sheet, line, None if column is None else column + 1).cell
        return f"{self.name}:{line}" + ("" if column is None else f":{column_letters(column + 1)}")


def read_file(path: Path, *, sheet: str | None = None, encoding: str | None = None, prefer: object = ()) -> FileTable:
    """The table in a file. `prefer` holds the titles of the sheet to take where none is named (UsageError)."""
    content = _content(path)
    if content.startswith((_ZIP, _OLD)):
        return _from_workbook(path, content, sheet, prefer)
    if content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_PAGE):
        raise UsageError(f"{path.name} is a web page under another name: open it, and save it as .xlsx or CSV")
    try:
        text, found = decoded(content, encoding)
        separator = separator_of(text)
        pairs = list(rows_of(text, separator))
    except UsageError as error:
        raise UsageError(f"{path.name}: {error}") from None
    kind = f"{found} “{separator.replace(chr(9), '<tab>')}”"
    return FileTable(path.name, [_cells(row) for _, row in pairs], [line for line, _ in pairs], kind)


def _cells(row: Sequence[str]) -> list[Raw]:
    return [unguarded(cell) or None for cell in row]


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise UsageError(f"{path} is longer than {_MOST_BYTES >> 20} MB: import it in parts")
        return path.read_bytes()
    except FileNotFoundError:
        raise UsageError(f"There is no file {path}") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None


def _from_workbook(path: Path, content: bytes, sheet: str | None, prefer: object) -> FileTable:
    try:
        tabs, is_1904 = _tabs(content)
    except UnsafeWorkbook as error:
        raise UsageError(f"{path.name} cannot be read: {error}") from None
    filled = {title: rows for title, rows in tabs.items() if any(any(_is_filled(one) for one in row) for row in rows)}
    title = _chosen(path.name, list(tabs), list(filled), sheet, prefer)
    rows = tabs[title]
    kept = [(number, row) for number, row in enumerate(rows, 1) if any(map(_is_filled, row))]
    return FileTable(path.name, [row for _, row in kept], [number for number, _ in kept], title, title, is_1904)


def _is_filled(cell: Raw) -> bool:
    return cell is not None and not (isinstance(cell, str) and not cell.strip())


def _tabs(content: bytes) -> tuple[dict[str, Sequence[Sequence[Raw]]], bool]:
    """Every sheet's rows. The old binary format is read by the same library, without what the new one needs mending of."""
    if content.startswith(_ZIP):
        tabs, _ = read_tabs(content)
        return {title: tab.rows for title, tab in tabs.items()}, any(tab.is_1904 for tab in tabs.values())
    import python_calamine

    try:
        with panics_told():
            book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
            sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise UnsafeWorkbook(f"{error}; open it in Excel or WPS and save it as .xlsx") from None
    return {name: [[raw_of(cell) for cell in row] for row in rows] for name, rows in sheets.items()}, False


def _chosen(file: str, titles: list[str], filled: list[str], sheet: str | None, prefer: object) -> str:
    if sheet is not None:
        if sheet not in titles:
            raise UsageError(f"{file} has no sheet “{sheet}”; it has {', '.join(titles)}")
        return sheet
    named = [one for one in filled if one in prefer]  # type: ignore[operator]
    if len(filled) > 1 and len(named) != 1:
        raise UsageError(f"{file} has several sheets, {', '.join(filled)}: name one with --sheet")
    if not titles:
        raise UsageError(f"{file} has no sheet with cells")
    return (named or filled or titles)[0]

"""Workbooks read by calamine, with what calamine hides put back: formula errors, whole numbers, sparse giants."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial

import python_calamine

from toolkit.core.book import Raw, RawTab
from toolkit.gateways.excel.blocks import BlockSheet, without_prefix
from toolkit.gateways.excel.error_cells import error_of
from toolkit.gateways.excel.package import MOST_BYTES, Package, part_key
from toolkit.gateways.excel.raw import raw_of
from toolkit.gateways.excel.sheet import SheetStream
from toolkit.gateways.excel.small import Surroundings, panics_told
from toolkit.gateways.excel.spread import extent_of, is_compact
from toolkit.gateways.excel.strings import SharedStrings
from toolkit.gateways.excel.unsafe import UnsafeWorkbook
from toolkit.gateways.excel.workbook import SheetEntry, Workbook
from toolkit.gateways.excel.xmltext import attributes

_PREFIXED = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^<>?]*\?>)?\s*<([\w.-]+:)sst[\s>]")
_ERROR_MARK = re.compile(rb"""\st\s*=\s*["']e["']""")
BLOCKS_ABOVE = 4 << 20
_STYLES, _STRINGS = "xl/styles.xml", "xl/sharedStrings.xml"
# what openpyxl lets through of a damaged file; ParseError is a SyntaxError
_OPENPYXL_GIVES_UP = (
    ValueError, LookupError, TypeError, AttributeError, OSError, SyntaxError, EOFError, RuntimeError, zipfile.BadZipFile,
    zlib.error,
)  # fmt: skip
Rows = list[list[Raw]]


def read_tabs(
    content: bytes, titles: Container[str] | None = None, *, blocks_above: int = BLOCKS_ABOVE
) -> tuple[dict[str, RawTab], tuple[str, ...]]:
    """(the named tabs that exist, all titles). Raises UnsafeWorkbook for a file that is no whole workbook.

    A tab whose text is longer than `blocks_above` is read in blocks, and only when its rows are asked for.
    """
    package = Package(content)
    workbook = Workbook(package)
    grids = [entry for entry in workbook.sheets if entry.kind == "worksheet"]
    wanted = [entry for entry in grids if titles is None or entry.title in titles]
    around = _surroundings(package, workbook)
    dense = _calamine(content)
    strings = SharedStrings(around) if around is not None and dense is not None else None
    tabs = {}
    for entry in wanted:
        is_short = package.size(entry.part) <= blocks_above and is_compact(package.read(entry.part))
        if around is None or strings is None or is_short:
            tabs[entry.title] = RawTab(entry.title, _rows(package, dense, content, entry), workbook.is_1904)
        else:
            sheet = BlockSheet(package, entry.part, around, strings, partial(_whole_rows, content, entry))
            tabs[entry.title] = RawTab(entry.title, sheet.blocks, workbook.is_1904, strings.raw)
    return tabs, tuple(entry.title for entry in workbook.sheets)


def explained(tab: RawTab, explaining: Callable[[], AbstractContextManager[None]]) -> RawTab:
    """The tab, with a context around what is read of it later."""
    if not callable(tab.content):
        return tab
    content = tab.content

    def blocks() -> Iterator[Sequence[Sequence[object]]]:
        with explaining():
            yield from content()

    return replace(tab, content=blocks)


def _surroundings(package: Package, workbook: Workbook) -> Surroundings | None:
    """What the cells of all sheets share; None where it does not stand where calamine looks for it.

    Read before calamine sees the workbook: it would unpack whatever is hidden in these parts.
    """
    styles = package.read(_STYLES) if package.has(_STYLES) else None
    strings = package.read(_STRINGS, most=MOST_BYTES) if package.has(_STRINGS) else None
    for kind, name in (("styles", _STYLES), ("sharedStrings", _STRINGS)):
        if workbook.part_of(kind) not in (None, part_key(name)):
            return None
    prefix = _PREFIXED.match(strings) if strings else None
    if strings and prefix and b"<!" not in strings:
        strings = without_prefix(strings, prefix[1])
    return Surroundings(styles, strings, workbook.is_1904)


def _whole_rows(content: bytes, entry: SheetEntry) -> Rows:
    """All rows of a sheet at once."""
    return _rows(Package(content), _calamine(content), content, entry)


def _rows(package: Package, dense: python_calamine.CalamineWorkbook | None, content: bytes, entry: SheetEntry) -> Rows:
    data = package.read(entry.part, most=MOST_BYTES)
    extent = None if is_compact(data) else extent_of(data)
    rows = _by_calamine(dense, entry) if dense and (extent is None or extent.can_be_laid_out) else None
    if rows is None:
        if extent is not None and not extent.can_be_filled:
            raise UnsafeWorkbook(
                f"the cells of the sheet {entry.title!r} lie so far apart that they cannot be read: "
                "clear what stands far to the right and far below"
            )
        rows = _by_openpyxl(content, entry)
    if _ERROR_MARK.search(data):
        _put_errors(rows, data)
    return _trimmed(rows)


def _calamine(content: bytes) -> python_calamine.CalamineWorkbook | None:
    """The workbook in calamine; None where it cannot open it: an Excel-4 macro sheet spoils the whole file for it."""
    try:
        with panics_told():
            return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    except python_calamine.CalamineError:
        return None


def _by_calamine(book: python_calamine.CalamineWorkbook, entry: SheetEntry) -> Rows | None:
    try:
        # skip_empty_area drops leading blank rows and columns: every row number would be off
        with panics_told():
            found = book.get_sheet_by_name(entry.title).to_python(skip_empty_area=False)
    except python_calamine.CalamineError:
        return None
    # Two cells in three are blank text: they are not worth a call.
    return [
        [value or None if type(value) is str and value[:1] != "#" else raw_of(value) for value in row] for row in found
    ]


def _by_openpyxl(content: bytes, entry: SheetEntry) -> Rows:
    from openpyxl import load_workbook  # loaded for the rare book alone: it takes a tenth of a second

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book[entry.title]
        sheet.reset_dimensions()
        rows = [
            _cut([raw_of(value) for value in row]) for row in sheet.iter_rows(min_row=1, min_col=1, values_only=True)
        ]
        book.close()
    except _OPENPYXL_GIVES_UP as error:
        raise UnsafeWorkbook(f"the sheet {entry.title!r} cannot be read: {error}") from error
    return rows


def _put_errors(rows: Rows, data: bytes) -> None:
    """Put the errors where calamine found blanks (python-calamine issue 105)."""
    for block in SheetStream([data], is_whole=True).blocks():
        for place in block.places():
            _, start, _, following, _ = place
            if not _ERROR_MARK.search(block.scan, start, following):
                continue
            row = block.row(place)
            for cell in row.cells():
                if attributes(cell.tag).get("t") == "e":
                    _put(rows, row.number, cell.column, error_of(cell.inside))


def _put(rows: Rows, row: int, column: int, value: Raw) -> None:
    rows.extend([] for _ in range(row - len(rows)))
    line = rows[row - 1]
    line.extend(None for _ in range(column - len(line)))
    line[column - 1] = value


def _cut(row: list[Raw]) -> list[Raw]:
    while row and row[-1] is None:
        row.pop()
    return row


def _trimmed(rows: Rows) -> Rows:
    """The rows without the blank ones at the end."""
    while rows and all(value is None for value in rows[-1]):
        rows.pop()
    return rows

"""One sheet's share of a patch: its rows pass through once, with the wished cells changed and the new rows where they belong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from toolkit.core.place import Place, column_letters
from toolkit.gateways.excel.areas import Area, Areas
from toolkit.gateways.excel.cells import BLOCKED, Known, is_under
from toolkit.gateways.excel.extents import (
    Landing,
    Survey,
    Table,
    area_below,
    landing,
    merged_areas,
    rows_to_watch,
    survey,
    tables_of,
)
from toolkit.gateways.excel.form import FormCheck
from toolkit.gateways.excel.growing import grown_table, grown_tail, styles_above
from toolkit.gateways.excel.growing import widened_head as head_around
from toolkit.gateways.excel.present import SharedStrings
from toolkit.gateways.excel.rewrite import Rewriter, Rows, Wishes
from toolkit.gateways.excel.sheet import SheetStream
from toolkit.gateways.excel.sheet_rows import MOST_COLUMNS, MOST_ROWS, OddMarkup
from toolkit.gateways.excel.styles import Styles
from toolkit.gateways.excel.unsafe import UnsafeWorkbook
from toolkit.gateways.excel.values import Formula, content_of
from toolkit.gateways.excel.workbook import STRICT, SheetEntry, Workbook


@dataclass(frozen=True, slots=True)
class SheetPatch:
    """What shall change in one sheet: rows from top to bottom, each (number, column -> value), and rows to append.

    `rows` is gone through several times; it may make its items as they are asked for. `header` is the row of the list's
    header, 0 if that is not known: new rows belong to the tables that begin there.
    """

    title: str
    rows: Rows = ()
    appends: Sequence[Wishes] = ()
    header: int = 0


@dataclass(frozen=True, slots=True)
class SheetOutcome:
    """What changed in one sheet: how many cells, which may not be touched and why, the numbers of the appended rows."""

    title: str
    edits: int
    blocked: Mapping[tuple[int, int], str]
    appended: tuple[int, ...]


class Again(Exception):  # noqa: N818 - no error: something was learnt that had to be known from the start
    """The patch begins anew."""


class SheetJob:
    """One sheet's share of a patch."""

    def __init__(self, workbook: Workbook, wish: SheetPatch) -> None:
        self.entry: SheetEntry = workbook.worksheet(wish.title)
        if not workbook.package.has(self.entry.part):
            raise UnsafeWorkbook(
                f"the part {self.entry.part!r} of the sheet {wish.title!r} is missing from the package"
            )
        self.tables: list[Table] = tables_of(workbook.package, self.entry.part)
        self.filter: Area | None = None
        self.has_formulas = False
        self._package, self._is_1904, self._is_strict = workbook.package, workbook.is_1904, workbook.is_strict
        self._wish = wish
        self._appends = [row for one in wish.appends if (row := without_blanks(one))]
        self._merged: Areas | None = None
        self._is_whole = False
        self._where: Landing | None = None
        self._rewriter: Rewriter | None = None
        self._around = self._looked_through()

    def _looked_through(self) -> Area | None:
        """Refuse what no sheet can hold; the area around all cells that are to get a value."""
        for row in self._appends:
            _must_fit(1, min(row), max(row))
            for column, value in row.items():
                try:
                    content_of(value, is_1904=self._is_1904)
                except UnsafeWorkbook as error:
                    where = f"a new row of {self._wish.title!r}, column {column_letters(column)}"
                    raise UnsafeWorkbook(f"{where}: {error}") from error
        last, top, left, bottom, right = 0, MOST_ROWS + 1, MOST_COLUMNS + 1, 0, 0
        for number, cells in self._wish.rows:
            if not last < number:
                raise ValueError(f"the rows of a patch must come from top to bottom, {number} after {last}")
            last = number
            if cells:
                first, last_column = min(cells), max(cells)
                _must_fit(number, first, last_column)
                if any(not _is_blank(value) for value in cells.values()):
                    top, bottom = min(top, number), number
                    left, right = min(left, first), max(right, last_column)
        return Area(top, left, bottom, right) if bottom else None

    @property
    def outcome(self) -> SheetOutcome:
        """What changed, once the pieces have been had."""
        rewriter, where = self._rewriter, self._where
        if rewriter is None:
            raise RuntimeError("the sheet was not written yet")
        appended = tuple(range(where.first, where.last + 1)) if where else ()
        return SheetOutcome(self._wish.title, rewriter.cells.edits, dict(rewriter.cells.blocked), appended)

    def grown_tables(self) -> Mapping[str, bytes]:
        """The tables that grew."""
        where = self._where
        return {one.part: grown_table(self._package, one, where) for one in where.tables} if where else {}

    def pieces(self, styles: Styles, strings: SharedStrings) -> Iterator[bytes]:
        """The sheet's new content. Raises Again where it has to be begun anew."""
        try:
            yield from self._pieces(styles, strings)
        except OddMarkup:
            self._is_whole = True
            raise Again from None

    def _stream(self) -> SheetStream:
        return SheetStream(self._package.pieces(self.entry.part, is_sheet=True), is_whole=self._is_whole)

    def _pieces(self, styles: Styles, strings: SharedStrings) -> Iterator[bytes]:
        found, rows = self._landed()
        stream = self._stream()
        if (STRICT in stream.head) != self._is_strict:
            raise UnsafeWorkbook("the workbook is half strict OOXML and half not: save it anew in Excel")
        known = Known(self._merged or Areas(), Areas(), self._headers())
        if self._where is not None and found is not None:
            known.above, known.first_new = styles_above(found, self._where), self._where.first
        rewriter = self._rewriter = Rewriter(
            stream, styles, strings, known, title=self._wish.title, is_1904=self._is_1904
        )
        yield head_around(stream, self._extent())
        if stream.is_bare:
            new = b"".join(rewriter.rows(rows))
            yield re.sub(rb"\s*/>\Z", b">", stream.opening) + new + f"</{stream.prefix}sheetData>".encode()
        else:
            yield stream.opening
            yield from rewriter.rows(rows)
        self._learn_merged(stream, rows)
        self._refuse(rewriter)
        self.has_formulas = rewriter.has_formulas or bool(self._where and self._where.calculated)
        yield stream.closing
        tail = stream.tail
        if self._where is not None:
            tail, self.filter = grown_tail(stream, self._where)
        yield tail
        if self._package.is_unparsed(self.entry.part):
            _must_close(stream)

    def _landed(self) -> tuple[Survey | None, Rows]:
        """Where appended rows go, which takes a look through the sheet; and all rows to write."""
        if not self._appends:
            return None, self._wish.rows
        columns = {column for row in self._appends for column in row}
        written_to = self._around.bottom if self._around else 0
        count = len(self._appends)
        header = self._wish.header
        watched = rows_to_watch(self.tables, columns, header, count, written_to)
        found = survey(self._stream(), watched, area_below(self.tables, columns, header))
        where = self._where = landing(found, self.tables, columns, header, count, written_to)
        rows = {number: dict(cells) for number, cells in self._wish.rows if number >= where.first}
        for number, row in enumerate(self._appends, where.first):
            given = rows.setdefault(number, {})
            given.update(
                {column: Formula(text) for column, text in where.calculated.items() if column not in given} | dict(row)
            )
        before = [(number, cells) for number, cells in self._wish.rows if number < where.first]
        return found, [*before, *sorted(rows.items())]

    def _extent(self) -> Area | None:
        """The area around all cells to be written, new rows included."""
        if self._where is None:
            return self._around
        columns = {column for row in self._appends for column in row}
        new = Area(self._where.first, min(columns), self._where.last, max(columns))
        old = self._around
        return new if old is None else new.around(old.top, old.left).around(old.bottom, old.right)

    def _headers(self) -> frozenset[tuple[int, int]]:
        return frozenset(
            (table.area.top, column)
            for table in self.tables
            if table.has_header
            for column in range(table.area.left, table.area.right + 1)
        )

    def _learn_merged(self, stream: SheetStream, rows: Rows) -> None:
        """Merged areas stand behind the cells: if one hides a cell that was written, it has to be known before."""
        if self._merged is not None:
            return
        merged = Areas(merged_areas(stream))
        for number, cells in rows if merged else ():
            if any(is_under(merged, number, column) for column in cells):
                self._merged = merged
                raise Again

    def _refuse(self, rewriter: Rewriter) -> None:
        """A new row has to be whole."""
        where = self._where
        for (row, column), reason in list(rewriter.cells.blocked.items()) if where else ():
            if where and where.first <= row <= where.last:
                if column in where.calculated and column not in self._appends[row - where.first]:
                    del rewriter.cells.blocked[row, column]  # the formula stands there already
                    continue
                raise UnsafeWorkbook(
                    f"no row can be appended at {Place(self.entry.title, row, column).cell}: {BLOCKED[reason]}"
                )


def _must_close(stream: SheetStream) -> None:
    """The form of what stands around the cells of a part too big to be parsed as a whole."""
    form = FormCheck()
    opening = stream.opening
    form.feed(stream.head + opening + stream.closing + stream.tail)
    form.close()


def without_blanks(row: Wishes) -> dict[int, object]:
    """A row of blanks is no row."""
    return {column: value for column, value in row.items() if not _is_blank(value)}


def _is_blank(value: object) -> bool:
    return value is None or value == ""


def _must_fit(row: int, first: int, last: int) -> None:
    if not (1 <= row <= MOST_ROWS and first >= 1 and last <= MOST_COLUMNS):
        column = first if first < 1 else last
        raise UnsafeWorkbook(f"row {row}, column {column} lies outside of every sheet")

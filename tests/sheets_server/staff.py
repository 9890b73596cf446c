"""A spreadsheet under the hands of people: handles that tests keep, and the edits of the sheet's own menus."""

from __future__ import annotations

from contextlib import contextmanager

from tests.sheets_server import a1, moves, values
from tests.sheets_server.book import Book, Sheet
from tests.sheets_server.cells import Cell, SheetError, as_cell
from tests.sheets_server.formats import tidy
from tests.sheets_server.grid import Area, Grid
from tests.sheets_server.requests import areas, moving, tabs
from tests.sheets_server.requests.context import Context
from tests.sheets_server.values import Entry


class Workbook:
    """A handle by id: it stays good through every change."""

    def __init__(self, service, book_id: str):
        self._service, self.id = service, book_id

    def __repr__(self) -> str:
        return f"<Workbook {self.title!r} {self.id}>"

    @property
    def state(self) -> Book:
        return self._service.store.books[self.id]

    @property
    def title(self) -> str:
        return self.state.title

    @property
    def url(self) -> str:
        return f"https://docs.google.com/spreadsheets/d/{self.id}/edit"

    @property
    def modified(self):
        return self.state.modified

    @property
    def metadata(self) -> list[dict]:
        return self.state.metadata

    @property
    def tabs(self) -> list[Tab]:
        return [Tab(self, sheet.id) for sheet in self.state.sheets]

    def tab(self, title: str) -> Tab:
        sheet = self.state.titled(title)
        if sheet is None:
            raise KeyError(title)
        return Tab(self, sheet.id)

    @contextmanager
    def edit(self):
        """The book locked for one edit of a person; afterwards it counts as changed."""
        with self._service.lock:
            yield self.state
            self._service.store.touch(self.state)

    def context(self) -> Context:
        store = self._service.store
        return Context(self.state, store.new_id, store.now(), store.sort_carries_metadata)

    def add_tab(self, title: str, rows: int = 1000, columns: int = 26, index: int | None = None) -> Tab:
        wanted = {"title": title, "gridProperties": {"rowCount": rows, "columnCount": columns}}
        with self.edit():
            reply = tabs.add_sheet(self.context(), {"properties": wanted | ({} if index is None else {"index": index})})
        return Tab(self, reply["properties"]["sheetId"])

    def delete_tab(self, tab: Tab | str) -> None:
        tab = self.tab(tab) if isinstance(tab, str) else tab
        with self.edit():
            tabs.delete_sheet(self.context(), {"sheetId": tab.id})

    def rename(self, title: str) -> None:
        with self.edit() as book:
            book.title = title


class Tab:
    """A handle by gid. Rows and columns are counted from 1, as people see them; columns may also be letters."""

    def __init__(self, book: Workbook, sheet_id: int):
        self.book, self.id = book, sheet_id

    def __repr__(self) -> str:
        return f"<Tab {self.title!r} {self.id}>"

    @property
    def state(self) -> Sheet:
        return self.book.state.sheet(self.id)

    @property
    def title(self) -> str:
        return self.state.title

    @property
    def rows(self) -> int:
        return self.state.grid.row_count

    @property
    def columns(self) -> int:
        return self.state.grid.column_count

    # reading

    def values(self) -> list[list]:
        """Unformatted, blanks at the ends cut; a blank between is an empty text."""
        sheet = self.state
        how = values.Rendering("UNFORMATTED_VALUE")
        return values.read(self.book.state, sheet, sheet.grid.whole, how).get("values", [])

    def cell(self, where: str):
        """None when blank; an error as its text."""
        area = self._area(where)
        raw = self.state.grid.get(area.top, area.left)
        value = self.book.state.value(self.state, area.top, area.left, raw)
        return value.text if isinstance(value, SheetError) else tidy(value)

    def shown(self, where: str) -> str:
        area = self._area(where)
        raw = self.state.grid.get(area.top, area.left)
        return values.render(self.book.state, self.state, area.top, area.left, raw, values.Rendering()) or ""

    def formula(self, where: str) -> str | None:
        area = self._area(where)
        return as_cell(self.state.grid.get(area.top, area.left)).formula

    def _area(self, where: str) -> Area:
        ref = a1.parse(where)
        if ref is None:
            raise ValueError(where)
        return ref.within(self.state.grid)

    # writing

    def fill(self, rows: list[list]) -> Tab:
        """Raw values from A1 on; whatever stood in the tab is gone. The grid grows where it must."""
        with self.book.edit():
            sheet = self.state
            width = max(map(len, rows), default=0)
            lines = [_trimmed(row) for row in rows]
            old = sheet.grid
            sheet.grid = Grid(max(old.row_count, len(rows)), max(old.column_count, width), lines)
        return self

    def type(self, where: str, text) -> None:
        """As if typed: dates, numbers and formulas are understood; other text stays text."""
        with self.book.edit() as book:
            sheet, area = self.state, self._area(where)
            ref = a1.Ref(area.top, area.top + 1, area.left, area.left + 1, single=True)
            locked, sheet.protected = sheet.protected, []
            try:
                values.write(book, sheet, ref, [[text]], Entry(as_typed=True, now=self.book._service.store.now()))
            finally:
                sheet.protected = locked

    def put(self, where: str, rows: list[list]) -> None:
        """Raw values, whatever is protected."""
        with self.book.edit():
            area = self._area(where)
            for row, line in enumerate(rows, area.top):
                for column, value in enumerate(line, area.left):
                    content = Cell(None if value == "" else value)
                    raw = values.with_content(self.state.grid.get(row, column), content)
                    self.state.grid.put(row, column, raw)

    def clear(self, where: str) -> None:
        with self.book.edit():
            values.erase(self.state, self._area(where))

    # rows, columns, tabs

    def insert_rows(self, at: int, count: int = 1) -> None:
        with self.book.edit() as book:
            moves.insert(book, self.state, "ROWS", at - 1, count)

    def delete_rows(self, at: int, count: int = 1) -> None:
        with self.book.edit() as book:
            moves.delete(book, self.state, "ROWS", at - 1, at - 1 + count)

    def insert_columns(self, at: int | str, count: int = 1) -> None:
        at = _column(at)
        with self.book.edit() as book:
            moves.insert(book, self.state, "COLUMNS", at, count)

    def delete_columns(self, at: int | str, count: int = 1) -> None:
        at = _column(at)
        with self.book.edit() as book:
            moves.delete(book, self.state, "COLUMNS", at, at + count)

    def move_rows(self, start: int, end: int, to: int) -> None:
        """Rows start to end (both included) to the place before row `to`, counted before the move."""
        with self.book.edit() as book:
            moves.move(book, self.state, "ROWS", start - 1, end, to - 1)

    def move_columns(self, start: int | str, end: int | str, to: int | str) -> None:
        with self.book.edit() as book:
            moves.move(book, self.state, "COLUMNS", _column(start), _column(end) + 1, _column(to))

    def sort(self, by_column: int | str, start_row: int = 2, *, descending: bool = False) -> None:
        """All columns, from start_row (1-based) down."""
        with self.book.edit() as book:
            sheet = self.state
            area = sheet.grid.whole._replace(top=start_row - 1)
            carries = self.book._service.store.sort_carries_metadata
            moving.sort(book, sheet, area, [(_column(by_column), descending)], carries_metadata=carries)

    def cut_paste(self, source: str, to: str) -> None:
        with self.book.edit() as book:
            target = self._area(to)
            moving.carry(book, self.state, self._area(source), self.state, (target.top, target.left))

    def rename(self, title: str) -> None:
        with self.book.edit():
            body = {"properties": {"sheetId": self.id, "title": title}, "fields": "title"}
            tabs.update_sheet_properties(self.book.context(), body)

    def merge(self, where: str) -> None:
        with self.book.edit():
            areas.merge_cells(self.book.context(), {"range": self._limits(where)})

    def hide_rows(self, at: int, count: int = 1) -> None:
        with self.book.edit():
            for row in range(at - 1, at - 1 + count):
                self.state.sizes["ROWS"][row] = {**self.state.sizes["ROWS"].get(row, {}), "hiddenByUser": True}

    def protect(self, where: str, editors: list[str] | None = None, *, warning_only: bool = False) -> int:
        """By a person: unlike through the API, the service account is an editor only when it is named."""
        with self.book.edit():
            new_id = self.book._service.store.new_id()
            item = {"protectedRangeId": new_id, "range": self._limits(where), "editors": {"users": list(editors or [])}}
            if warning_only:
                item["warningOnly"] = True
            self.state.protected.append(item)
        return new_id

    def _limits(self, where: str) -> dict:
        ref = a1.parse(where)
        if ref is None:
            raise ValueError(where)
        ends = {
            "startRowIndex": ref.top,
            "endRowIndex": ref.bottom,
            "startColumnIndex": ref.left,
            "endColumnIndex": ref.right,
        }
        return {"sheetId": self.id, **{name: value for name, value in ends.items() if value is not None}}


def _trimmed(row) -> list:
    """Blanks as nothing, and none at the end."""
    line = [None if value == "" else value for value in row]
    while line and line[-1] is None:
        line.pop()
    return line


def _column(at: int | str) -> int:
    return a1.column_number(at) - 1 if isinstance(at, str) else at - 1

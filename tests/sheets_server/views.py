"""A tab as a test looks at it: counts, values, what is shown, formulas."""

from __future__ import annotations

from tests.sheets_server import a1, values
from tests.sheets_server.book import Sheet
from tests.sheets_server.cells import SheetError, as_cell
from tests.sheets_server.formats import tidy
from tests.sheets_server.grid import Area


class TabView:
    """A handle by gid."""

    def __init__(self, book, sheet_id: int):
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

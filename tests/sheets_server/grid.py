"""The cells of a tab as rows of lists, cheap to copy: a fork shares its rows until it writes to them."""

from __future__ import annotations

from typing import NamedTuple


class Area(NamedTuple):
    """Rows top to bottom and columns left to right; the ends are exclusive."""

    top: int
    bottom: int
    left: int
    right: int

    def touches(self, other: Area) -> bool:
        rows = self.top < other.bottom and other.top < self.bottom
        return rows and self.left < other.right and other.left < self.right

    def holds(self, other: Area) -> bool:
        rows = self.top <= other.top and other.bottom <= self.bottom
        return rows and self.left <= other.left and other.right <= self.right


class Grid:
    def __init__(self, row_count: int, column_count: int, rows: list | None = None):
        self.row_count, self.column_count = row_count, column_count
        self.rows: list[list] = rows if rows is not None else []
        self._own: set[int] | None = None  # None: every row is ours alone

    def fork(self) -> Grid:
        twin = Grid(self.row_count, self.column_count, self.rows[:])
        twin._own = set()
        return twin

    def settle(self) -> None:
        """Called when the grid that this one was forked from is gone."""
        self._own = None

    @property
    def whole(self) -> Area:
        return Area(0, self.row_count, 0, self.column_count)

    def get(self, row: int, column: int):
        if row >= len(self.rows):
            return None
        line = self.rows[row]
        return line[column] if column < len(line) else None

    def put(self, row: int, column: int, raw) -> None:
        if raw is None and (row >= len(self.rows) or column >= len(self.rows[row])):
            return
        line = self.line(row)
        if column >= len(line):
            line.extend([None] * (column + 1 - len(line)))
        line[column] = raw

    def line(self, row: int) -> list:
        """A row that may be written to."""
        while row >= len(self.rows):
            self._adopt(len(self.rows), [])
        line = self.rows[row]
        if self._own is not None and id(line) not in self._own:
            line = line[:]
            self.rows[row] = line
            self._own.add(id(line))
        return line

    def _adopt(self, at: int, line: list) -> None:
        self.rows.insert(at, line)
        if self._own is not None:
            self._own.add(id(line))

    def block(self, area: Area) -> list[list]:
        """The raw cells of an area, each row cut off where its stored cells end."""
        return [line[area.left : area.right] for line in self.rows[area.top : area.bottom]]

    def cells(self, area: Area):
        """(row, column, raw) of the stored cells of an area that are something."""
        for row, line in enumerate(self.rows[area.top : area.bottom], area.top):
            for column, raw in enumerate(line[area.left : area.right], area.left):
                if raw is not None:
                    yield row, column, raw

    def resize(self, row_count: int, column_count: int) -> None:
        del self.rows[row_count:]
        if column_count < self.column_count:
            self.delete_columns(column_count, self.column_count)
        self.row_count, self.column_count = row_count, column_count

    def insert_rows(self, at: int, count: int) -> None:
        self.row_count += count
        if at < len(self.rows):
            self._splice(at, at, [[] for _ in range(count)])

    def delete_rows(self, start: int, end: int) -> None:
        self.row_count -= end - start
        del self.rows[start:end]

    def move_rows(self, start: int, end: int, to: int) -> None:
        """To the place before row `to`, counted before the move."""
        self.line(max(end, to) - 1)
        moved = self.rows[start:end]
        del self.rows[start:end]
        at = to - len(moved) if to > start else to
        self.rows[at:at] = moved

    def _splice(self, start: int, end: int, lines: list[list]) -> None:
        self.rows[start:end] = lines
        if self._own is not None:
            self._own.update(map(id, lines))

    def insert_columns(self, at: int, count: int) -> None:
        self.column_count += count
        self._each_line(lambda line: line[:at] + [None] * count + line[at:] if len(line) > at else line)

    def delete_columns(self, start: int, end: int) -> None:
        self.column_count -= end - start
        self._each_line(lambda line: line[:start] + line[end:] if len(line) > start else line)

    def move_columns(self, start: int, end: int, to: int) -> None:
        wide = max(end, to)

        def moved(line: list) -> list:
            line = line + [None] * (wide - len(line))
            rest = line[:start] + line[end:]
            at = to - (end - start) if to > start else to
            return rest[:at] + line[start:end] + rest[at:]

        self._each_line(lambda line: moved(line) if len(line) > min(start, to) else line)

    def _each_line(self, change) -> None:
        self._splice(0, len(self.rows), [change(line) for line in self.rows])

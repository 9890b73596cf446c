"""Whatever rows and columns do, cells, formulas, metadata and merges stay together, and a bad batch changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sheets_server import SheetsServer, requests
from tests.sheets_server.a1 import column_letters
from tests.sheets_server.errors import ApiError

ROWS, COLUMNS = 5, 4
AXES = ("ROWS", "COLUMNS")


@st.composite
def changes(draw):
    """(kind, axis, start, count, to) as numbers that are fitted to the grid of the moment."""
    kind = draw(st.sampled_from(["insert", "delete", "move", "sort"]))
    return kind, draw(st.sampled_from(AXES)), draw(st.integers(0, 9)), draw(st.integers(1, 3)), draw(st.integers(0, 9))


class Model:
    """The same grid as plain lists."""

    def __init__(self):
        self.rows = [[f"r{row}c{column}" for column in range(COLUMNS)] for row in range(ROWS)]

    def turned(self):
        return [list(column) for column in zip(*self.rows, strict=True)]

    def apply(self, kind, axis, start, end, to):
        lines = self.rows if axis == "ROWS" else self.turned()
        if kind == "insert":
            lines[start:start] = [[None] * len(lines[0]) for _ in range(end - start)]
        elif kind == "delete":
            del lines[start:end]
        elif not start <= to <= end:
            moved = lines[start:end]
            at = to - len(moved) if to > start else to
            lines = lines[:start] + lines[end:]
            lines[at:at] = moved
        self.rows = lines if axis == "ROWS" else [list(row) for row in zip(*lines, strict=True)]

    def sort(self, column):
        filled = [row for row in self.rows if row[column] is not None]
        blank = [row for row in self.rows if row[column] is None]
        self.rows = sorted(filled, key=lambda row: row[column]) + blank


def request(sheet_id, kind, axis, start, end, to):
    span = {"sheetId": sheet_id, "dimension": axis, "startIndex": start, "endIndex": end}
    if kind == "insert":
        return {"insertDimension": {"range": span, "inheritFromBefore": start > 0}}
    if kind == "delete":
        return {"deleteDimension": {"range": span}}
    if kind == "sort":
        return {"sortRange": {"range": {"sheetId": sheet_id}, "sortSpecs": [{"dimensionIndex": to}]}}
    return {"moveDimension": {"source": span, "destinationIndex": to}}


def desk():
    book = SheetsServer().create("Moves")
    data = book.add_tab("Data", rows=ROWS, columns=COLUMNS).fill(Model().rows)
    pointers = book.add_tab("Pointers", rows=ROWS, columns=COLUMNS)
    for row in range(ROWS):
        for column in range(COLUMNS):
            place = f"{column_letters(column)}{row + 1}"
            pointers.type(place, f"=Data!{place}")
    return book, data, pointers


def batch(book, *asked):
    fork = book.state.fork()
    context = book.context()
    context.book = fork
    requests.apply(context, list(asked))
    book.state.adopt(fork)


@settings(max_examples=80, deadline=None)
@given(st.lists(changes(), max_size=8), st.booleans())
def test_cells_and_formulas_follow(steps, fails):
    book, data, pointers = desk()
    model, sorted_once = Model(), False
    for kind, axis, wanted, count, aim in steps:
        limit = len(model.rows) if axis == "ROWS" else len(model.rows[0])
        start, to = wanted % limit, aim % (limit + 1)
        end = min(start + count, limit) if kind != "insert" else start + count
        if kind == "delete" and end - start >= limit:
            continue
        if kind == "sort":
            to = aim % len(model.rows[0])
            sorted_once = True
        wish = request(data.id, kind, axis, start, end, to)
        if fails:
            before = [line[:] for line in data.state.grid.rows]
            with pytest.raises(ApiError, match="No sheet with id: 404"):
                batch(book, wish, {"deleteSheet": {"sheetId": 404}})
            assert data.state.grid.rows == before
        batch(book, wish)
        model.sort(to) if kind == "sort" else model.apply(kind, axis, start, end, to)
    rows, columns = len(model.rows), len(model.rows[0])
    assert (data.rows, data.columns) == (rows, columns)
    grid = data.state.grid
    assert [[grid.get(row, column) for column in range(columns)] for row in range(rows)] == model.rows
    if not sorted_once:  # a sort moves values under references that stay
        left = {value for row in model.rows for value in row}
        for row, line in enumerate(Model().rows):
            for column, value in enumerate(line):
                shown = pointers.cell(f"{column_letters(column)}{row + 1}")
                assert shown == (value if value in left else "#REF!")


@settings(max_examples=80, deadline=None)
@given(st.lists(changes(), max_size=8))
def test_row_metadata_follows_its_row_and_dies_with_it(steps):
    server = SheetsServer(sort_carries_metadata=True)
    book = server.create("Metadata")
    tab = book.add_tab("Data", rows=ROWS, columns=1).fill([[f"r{row}"] for row in range(ROWS)])
    for row in range(ROWS):
        place = {"dimensionRange": {"sheetId": tab.id, "dimension": "ROWS", "startIndex": row, "endIndex": row + 1}}
        made = {"metadataId": row + 1, "metadataKey": f"r{row}", "location": place, "visibility": "DOCUMENT"}
        batch(book, {"createDeveloperMetadata": {"developerMetadata": made}})
    for kind, _, wanted, count, aim in steps:
        limit = tab.rows
        start, to = wanted % limit, aim % (limit + 1)
        end = min(start + count, limit) if kind != "insert" else start + count
        if kind == "delete" and end - start >= limit:
            continue
        batch(book, request(tab.id, kind, "ROWS", start, end, 0 if kind == "sort" else to))
    places = {one["metadataKey"]: one["location"]["dimensionRange"]["startIndex"] for one in book.metadata}
    grid = tab.state.grid
    assert places == {grid.get(row, 0): row for row in range(tab.rows) if grid.get(row, 0) is not None}


def test_merges_filters_names_and_protection_follow_too():
    book, data, _ = desk()
    area = {"sheetId": data.id, "startRowIndex": 1, "endRowIndex": 3, "startColumnIndex": 1, "endColumnIndex": 3}
    batch(
        book,
        {"mergeCells": {"range": area}},
        {"addNamedRange": {"namedRange": {"name": "Keys", "range": area}}},
        {"addProtectedRange": {"protectedRange": {"range": area}}},
        {"setBasicFilter": {"filter": {"range": area}}},
        {"addConditionalFormatRule": {"rule": {"ranges": [area], "booleanRule": {"condition": {"type": "NOT_BLANK"}}}}},
    )
    data.insert_rows(at=1)
    data.insert_columns("C")
    data.delete_rows(at=4)
    moved = {**area, "startRowIndex": 2, "endRowIndex": 3, "startColumnIndex": 1, "endColumnIndex": 4}
    sheet = data.state
    assert [sheet.merges, [book.state.named[0]["range"]], [sheet.protected[0]["range"]]] == [[moved]] * 3
    assert (sheet.basic_filter["range"], sheet.conditional[0]["ranges"]) == (moved, [moved])
    data.delete_columns("B", 3)
    assert [sheet.merges, book.state.named, sheet.protected, sheet.conditional] == [[], [], [], []]
    assert sheet.basic_filter is None

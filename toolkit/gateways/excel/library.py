"""The lossless writer for programs of their own: cells and new rows by their names, one sheet, one call."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from toolkit.core.place import column_number
from toolkit.gateways.excel.areas import find_area
from toolkit.gateways.excel.patch import patch_rows
from toolkit.gateways.excel.sheet_patch import SheetPatch
from toolkit.gateways.excel.unsafe import UnsafeWorkbook
from toolkit.gateways.excel.values import Value
from toolkit.gateways.excel.verify import must_read_back

_COLUMN = re.compile(r"[A-Za-z]{1,3}\Z")


def patch_workbook(
    src: str | Path,
    dst: str | Path,
    *,
    sheet: str,
    writes: Mapping[str, Value] | None = None,
    appends: Sequence[Mapping[str, Value]] = (),
    header: int = 0,
) -> None:
    """Write cells (`{"B5": value}`) and append rows (`[{"A": value}]`) to one sheet without touching anything else.

    Rows are appended below the last value, or at the end of the tables that hold their columns; `header` is the row of
    the list's header, to be given where that is not clear. Raises UnsafeWorkbook, `dst` untouched, for whatever cannot
    be done without harm (formula cells, signed or encrypted or damaged files, values without a form), and for a new
    file that does not read back as it was to be. `dst` may be `src`; it is replaced atomically. A patch that changes no
    value leaves `src` as it is, and makes `dst` a copy.
    """
    cells = {_cell_of(name): value for name, value in (writes or {}).items()}
    rows = [{_column_of(letters): value for letters, value in row.items()} for row in appends]
    patch_rows(src, dst, [SheetPatch(sheet, _by_row(cells), rows, header)], must_read_back)


def _by_row(cells: Mapping[tuple[int, int], object]) -> list[tuple[int, dict[int, object]]]:
    """(row, column) -> value as rows from top to bottom."""
    rows: dict[int, dict[int, object]] = {}
    for (row, column), value in cells.items():
        rows.setdefault(row, {})[column] = value
    return sorted(rows.items())


def _cell_of(name: str) -> tuple[int, int]:
    area = find_area(name)
    if area is None or (area.top, area.left) != (area.bottom, area.right) or ":" in name:
        raise UnsafeWorkbook(f"{name!r} is not the name of a cell such as B5")
    return area.top, area.left


def _column_of(letters: str) -> int:
    if not _COLUMN.match(letters):
        raise UnsafeWorkbook(f"{letters!r} is not the name of a column such as B")
    return column_number(letters)

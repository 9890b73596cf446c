"""Rows and columns come, go and move: the grid, and everything that points into it, follow together."""

from __future__ import annotations

from dataclasses import replace

from tests.sheets_server import formulas
from tests.sheets_server.book import AXES, Book, Sheet
from tests.sheets_server.cells import Cell


def insert(book: Book, sheet: Sheet, axis: str, at: int, count: int) -> None:
    change = sheet.grid.insert_rows if axis == "ROWS" else sheet.grid.insert_columns
    change(at, count)
    follow(book, sheet, axis, inserted(at, count))


def delete(book: Book, sheet: Sheet, axis: str, start: int, end: int) -> None:
    change = sheet.grid.delete_rows if axis == "ROWS" else sheet.grid.delete_columns
    change(start, end)
    follow(book, sheet, axis, deleted(start, end))


def move(book: Book, sheet: Sheet, axis: str, start: int, end: int, to: int) -> None:
    """To the place before `to`, counted before the move; into itself is no move."""
    if start <= to <= end:
        return
    change = sheet.grid.move_rows if axis == "ROWS" else sheet.grid.move_columns
    change(start, end, to)
    follow(book, sheet, axis, moved(start, end, to))


def inserted(at: int, count: int):
    return lambda first, last: (first + count * (first >= at), last + count * (last >= at))


def deleted(start: int, end: int):
    gone = end - start

    def mapping(first: int, last: int):
        first = first - gone if first >= end else min(first, start)
        last = last - gone if last >= end else min(last, start - 1)
        return (first, last) if first <= last else None

    return mapping


def moved(start: int, end: int, to: int):
    count = end - start
    at = to - count if to > start else to
    without, again = deleted(start, end), inserted(at, count)

    def mapping(first: int, last: int):
        if start <= first and last < end:
            return first - start + at, last - start + at
        rest = without(first, last)
        return again(*rest) if rest else None

    return mapping


def follow(book: Book, sheet: Sheet, axis: str, mapping) -> None:
    """Ranges, sizes, groups, metadata and formulas after the cells went."""
    for items, item, limits in list(sheet.on_ranges()):
        kept = remap_range(limits, axis, mapping)
        shrunk = items is sheet.merges and kept and _is_one_cell(limits)
        if (not kept or shrunk) and items is not None:
            items.remove(item)
        elif not kept:
            sheet.basic_filter = None
    sheet.conditional[:] = [rule for rule in sheet.conditional if rule["ranges"]]
    for one in list(book.named):
        if one["range"].get("sheetId", 0) == sheet.id and not remap_range(one["range"], axis, mapping):
            book.named.remove(one)
    _follow_sizes(sheet, axis, mapping)
    sheet.groups[axis] = [group for group in sheet.groups[axis] if _remap_span(group["range"], mapping)]
    follow_metadata(book, sheet, axis, mapping)
    if book.has_formulas:
        _follow_formulas(book, sheet, axis, mapping)


def remap_range(limits: dict, axis: str, mapping) -> bool:
    """Changes a GridRange in place; False when nothing of it is left."""
    start_key, end_key = AXES[axis]
    start, end = limits.get(start_key), limits.get(end_key)
    if start is None and end is None:
        return True
    new = mapping(start or 0, (end if end is not None else 10**8) - 1)
    if new is None:
        return False
    if start is not None:
        limits[start_key] = new[0]
    if end is not None:
        limits[end_key] = new[1] + 1
    return True


def _is_one_cell(limits: dict) -> bool:
    return all(limits[end] - limits[start] == 1 for start, end in AXES.values())


def _remap_span(span: dict, mapping) -> bool:
    new = mapping(span["startIndex"], span["endIndex"] - 1)
    if new is None:
        return False
    span["startIndex"], span["endIndex"] = new[0], new[1] + 1
    return True


def _follow_sizes(sheet: Sheet, axis: str, mapping) -> None:
    new = ((mapping(at, at), size) for at, size in sheet.sizes[axis].items())
    sheet.sizes[axis] = {place[0]: size for place, size in new if place is not None}


def follow_metadata(book: Book, sheet: Sheet, axis: str, mapping) -> None:
    for one in list(book.metadata):
        span = one["location"].get("dimensionRange")
        ours = span and span.get("sheetId", 0) == sheet.id and span["dimension"] == axis
        if ours and not _remap_span(span, mapping):
            book.metadata.remove(one)


def _follow_formulas(book: Book, sheet: Sheet, axis: str, mapping) -> None:
    def stay(first: int, last: int):
        return first, last

    rows, columns = (mapping, stay) if axis == "ROWS" else (stay, mapping)
    title = sheet.title.casefold()
    for home in book.sheets:

        def change(prefix: str, named: str | None, body: str, home: Sheet = home) -> str:
            if (home.title if named is None else named).casefold() != title:
                return prefix + body
            return prefix + formulas.remapped(body, rows, columns)

        rewrite_formulas(home, change)


def rewrite_formulas(sheet: Sheet, change) -> None:
    for row, column, raw in list(sheet.grid.cells(sheet.grid.whole)):
        if type(raw) is Cell and raw.formula:
            text = formulas.rewritten(raw.formula, change)
            if text != raw.formula:
                sheet.grid.put(row, column, replace(raw, formula=text))


def displaced(cell: Cell, rows: int, columns: int) -> Cell:
    """A cell copied so far: its relative references go along."""
    if not cell.formula or not (rows or columns):
        return cell
    change = lambda prefix, title, body: prefix + formulas.shifted(body, rows, columns)  # noqa: E731
    return replace(cell, formula=formulas.rewritten(cell.formula, change))

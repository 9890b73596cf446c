"""Requests about rows and columns: insert, delete, move, size, hide, group; and cells pushed aside in a range."""

from __future__ import annotations

from tests.sheets_server import masks, moves, values
from tests.sheets_server.book import Sheet
from tests.sheets_server.errors import invalid
from tests.sheets_server.formats import general
from tests.sheets_server.grid import Area
from tests.sheets_server.requests.context import Context, guard
from tests.sheets_server.resources import told

_WORDS = {"ROWS": "rows", "COLUMNS": "columns"}


def _count(sheet: Sheet, axis: str) -> int:
    return sheet.grid.row_count if axis == "ROWS" else sheet.grid.column_count


def _band(sheet: Sheet, axis: str, start: int, end: int) -> Area:
    grid = sheet.grid
    return Area(start, end, 0, grid.column_count) if axis == "ROWS" else Area(0, grid.row_count, start, end)


def insert_dimension(context: Context, body: dict) -> None:
    sheet, axis, start, end = context.span(body.get("range", {}), to_end=False)
    before, count = body.get("inheritFromBefore", False), _count(sheet, axis)
    if end is None:
        raise invalid("range.endIndex is required.")
    if before and start == 0:
        raise invalid("range.startIndex must be greater than 0 if inheritFromBefore is true.")
    if start > count or (start == count and not before):
        raise invalid(
            f"range.startIndex[{start}] must be less than the grid size ({count}) if inheritFromBefore is false."
        )
    moves.insert(context.book, sheet, axis, start, end - start)
    context.book.check_size()
    _inherit(sheet, axis, start, end, start - 1 if before else end)


def _inherit(sheet: Sheet, axis: str, start: int, end: int, source: int) -> None:
    """New rows and columns take the looks of a neighbour, as in the sheet's own menu."""
    from tests.sheets_server.cells import Cell, slim

    if source >= _count(sheet, axis):
        return
    for row, column, raw in list(sheet.grid.cells(_band(sheet, axis, source, source + 1))):
        if type(raw) is Cell and (raw.format or raw.rule):
            look = slim(Cell(format=raw.format, rule=raw.rule))
            for at in range(start, end):
                sheet.grid.put(*((at, column) if axis == "ROWS" else (row, at)), look)


def delete_dimension(context: Context, body: dict) -> None:
    sheet, axis, start, end = context.span(body.get("range", {}))
    count = _count(sheet, axis)
    if end > count:
        at = max(start, count)
        raise invalid(
            "Cannot delete a dimension that doesn't exist. "
            f"Tried to delete dimension at index: {at}, but there are only {count} {_WORDS[axis]}."
        )
    if end - start >= count:
        raise invalid(f"You can't delete all the {_WORDS[axis]} on the sheet.")
    frozen = sheet.looks.get("gridProperties", {})
    name = "frozenRowCount" if axis == "ROWS" else "frozenColumnCount"
    stuck = frozen.get(name, 0)
    if stuck and start <= 0 + stuck and end >= count:
        raise invalid(f"You can't delete all the non-frozen {_WORDS[axis]} on the sheet.")
    guard(sheet, _band(sheet, axis, start, end))
    moves.delete(context.book, sheet, axis, start, end)
    if stuck and start < stuck:
        frozen[name] = stuck - (min(end, stuck) - start)


def move_dimension(context: Context, body: dict) -> None:
    sheet, axis, start, end = context.span(body.get("source", {}))
    to = body.get("destinationIndex", 0)
    if to > _count(sheet, axis) or end > _count(sheet, axis):
        raise invalid("destinationIndex is beyond the grid.")
    moves.move(context.book, sheet, axis, start, end, to)


def append_dimension(context: Context, body: dict) -> None:
    sheet = context.book.sheet(body.get("sheetId", 0))
    axis, length = body.get("dimension"), body.get("length", 0)
    if axis not in _WORDS or length < 1:
        raise invalid("A dimension and a positive length are required.")
    rows = length if axis == "ROWS" else 0
    sheet.grid.resize(sheet.grid.row_count + rows, sheet.grid.column_count + length - rows)
    context.book.check_size()


def update_dimension_properties(context: Context, body: dict) -> None:
    sheet, axis, start, end = context.span(body.get("range", {}))
    mask = masks.required(body.get("fields"))
    for at in range(start, min(end, _count(sheet, axis))):
        size = masks.update(mask, sheet.sizes[axis].get(at, {}), body.get("properties", {}))
        if size.get("pixelSize", 0) < 0:
            raise invalid("pixelSize must be positive.")
        sheet.sizes[axis][at] = size


def auto_resize_dimensions(context: Context, body: dict) -> None:
    sheet, axis, start, end = context.span(body.get("dimensions", {}))
    for at in range(start, min(end, _count(sheet, axis))):
        size = dict(sheet.sizes[axis].get(at, {}))
        size["pixelSize"] = _fitting(context, sheet, axis, at)
        sheet.sizes[axis][at] = size


def _fitting(context: Context, sheet: Sheet, axis: str, at: int) -> int:
    """A guess at the width of the widest text; without fonts it cannot be more."""
    if axis == "ROWS":
        return 21
    how = values.Rendering()
    shown = [
        values.render(context.book, sheet, row, column, raw, how)
        for row, column, raw in sheet.grid.cells(_band(sheet, axis, at, at + 1))
    ]
    widest = max(
        (len(text if isinstance(text, str) else general(text)) for text in shown if text is not None), default=0
    )
    return 6 + 7 * widest if widest else 100


def _groups(context: Context, body: dict) -> tuple[Sheet, str, int, int]:
    return context.span(body.get("range", {}))


def _depths(sheet: Sheet, axis: str) -> list[int]:
    depths = [0] * _count(sheet, axis)
    for group in sheet.groups[axis]:
        span = group["range"]
        for at in range(span["startIndex"], span["endIndex"]):
            depths[at] = max(depths[at], group["depth"])
    return depths


def _regroup(sheet: Sheet, axis: str, depths: list[int]) -> dict:
    """Groups are the runs of at least a depth, outer ones first."""
    collapsed = {_key(one): True for one in sheet.groups[axis] if one.get("collapsed")}
    groups = []
    for depth in range(1, max(depths, default=0) + 1):
        at = 0
        while at < len(depths):
            end = at
            while end < len(depths) and depths[end] >= depth:
                end += 1
            if end > at:
                span = {"sheetId": sheet.id, "dimension": axis, "startIndex": at, "endIndex": end}
                groups.append({"range": span, "depth": depth})
            at = max(end, at + 1)
    for group in groups:
        if _key(group) in collapsed:
            group["collapsed"] = True
    sheet.groups[axis] = sorted(groups, key=lambda group: (group["range"]["startIndex"], group["depth"]))
    told_groups = [{**group, "range": told(group["range"])} for group in sheet.groups[axis]]
    return {"dimensionGroups": told_groups} if told_groups else {}


def _key(group: dict) -> tuple:
    return group["range"]["startIndex"], group["range"]["endIndex"], group["depth"]


def add_dimension_group(context: Context, body: dict) -> dict:
    sheet, axis, start, end = _groups(context, body)
    depths = _depths(sheet, axis)
    for at in range(start, min(end, len(depths))):
        depths[at] += 1
    return _regroup(sheet, axis, depths)


def delete_dimension_group(context: Context, body: dict) -> dict:
    sheet, axis, start, end = _groups(context, body)
    depths = _depths(sheet, axis)
    if not any(depths[start:end]):
        raise invalid(f"Cannot delete group at range [{start}, {end}): there is no group at this range.")
    for at in range(start, min(end, len(depths))):
        depths[at] = max(depths[at] - 1, 0)
    return _regroup(sheet, axis, depths)


def update_dimension_group(context: Context, body: dict) -> None:
    wanted = body.get("dimensionGroup", {})
    sheet, axis, start, end = _groups(context, wanted)
    for group in sheet.groups[axis]:
        if _key(group) == (start, end, wanted.get("depth", 1)):
            group["collapsed"] = wanted.get("collapsed", False)
            return
    raise invalid("No group at this range and depth.")


def insert_range(context: Context, body: dict) -> None:
    sheet, area = context.place(body.get("range"))
    guard(sheet, area)
    _push(context, sheet, area, body.get("shiftDimension"), away=True)


def delete_range(context: Context, body: dict) -> None:
    sheet, area = context.place(body.get("range"))
    guard(sheet, area)
    _push(context, sheet, area, body.get("shiftDimension"), away=False)


def _push(context: Context, sheet: Sheet, area: Area, axis: str | None, *, away: bool) -> None:
    """The cells below (ROWS) or right (COLUMNS) of the area give way or close up; the grid keeps its size."""
    if axis not in _WORDS:
        raise invalid("No dimension specified.")
    grid = sheet.grid
    rows, columns = (area.bottom - area.top, 0) if axis == "ROWS" else (0, area.right - area.left)
    tail = (
        Area(area.top, grid.row_count, area.left, area.right)
        if rows
        else Area(area.top, area.bottom, area.left, grid.column_count)
    )
    stored = list(grid.cells(tail))
    for row, column, _ in stored:
        grid.put(row, column, None)
    sign = 1 if away else -1
    for row, column, raw in stored:
        new = (row + sign * rows, column + sign * columns)
        inside = new[0] >= area.top and new[1] >= area.left
        if inside and new[0] < grid.row_count and new[1] < grid.column_count:
            grid.put(*new, raw)

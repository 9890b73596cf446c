"""Rows with some of their cells replaced: only those cells' bytes differ, and the row's `spans` if it got wider."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from toolkit.gateways.excel.areas import Area
from toolkit.gateways.excel.present import SharedStrings, stands_already
from toolkit.gateways.excel.sheet import Cell, Row, SheetText, cell_name
from toolkit.gateways.excel.styles import Styles
from toolkit.gateways.excel.values import Content
from toolkit.gateways.excel.xmltext import Splice, attributes, spliced, tag_name, with_attribute, without_attributes

_EXTENSIONS = re.compile(rb"<((?:[\w.-]+:)?extLst)\b.*</\1\s*>", re.DOTALL)
_TRUE = ("1", "true")


@dataclass(slots=True)
class Sheet:
    """A sheet at work: its text, the workbook's styles and strings, and what was found on the way."""

    text: SheetText
    styles: Styles
    strings: SharedStrings
    column_styles: list[tuple[int, int, int]]
    arrays: list[Area]
    merged: list[Area]
    above: Mapping[int, int] = field(default_factory=dict)  # column -> style, for rows from `first_new` on
    first_new: int = 1 << 30
    blocked: dict[tuple[int, int], str] = field(default_factory=dict)
    edited: list[tuple[int, int]] = field(default_factory=list)


def sheet_at_work(text: SheetText, styles: Styles, strings: SharedStrings) -> Sheet:
    """A sheet ready to be rewritten."""
    return Sheet(text, styles, strings, text.column_styles(), text.array_areas(), text.merged_areas())


def rewritten(sheet: Sheet, wishes: Mapping[int, Mapping[int, Content]]) -> Iterator[bytes]:
    """The sheet's cell area in pieces, with the wishes (row -> column -> content) fulfilled; fills in `edited`, `blocked`."""
    text = sheet.text
    at = text.body_start
    for number in sorted(wishes):
        row = text.row(number)
        if row is None:
            start = end = _gap_before(text, number)
            new = _new_row(sheet, number, wishes[number])
        else:
            start, end = row.start, text.row_end(row)[1]
            new = _changed_row(sheet, row, wishes[number])
        if new is not None:
            yield text.data[at:start]
            yield new
            at = end
    yield text.data[at : text.body_end]


def _gap_before(text: SheetText, number: int) -> int:
    """Where a new row goes: before the first row with a greater number, else after the last."""
    following = text.row_after(number)
    if following is not None:
        return following.start
    return text.row_end(text.rows[-1])[1] if text.rows else text.body_start


def _changed_row(sheet: Sheet, row: Row, wishes: Mapping[int, Content]) -> bytes | None:
    """An existing row with its wishes fulfilled; None if nothing changes."""
    text = sheet.text
    inside_end, row_end = text.row_end(row)
    row_tag = text.data[row.start : row.tag_end]
    cells = {cell.column: cell for cell in text.cells(row)}
    cells_end = max((cell.end for cell in cells.values()), default=row.tag_end)
    splices: list[Splice] = []
    for column in sorted(wishes):
        if column in cells:
            changed = _changed_cell(sheet, row.number, cells[column], wishes[column])
            if changed is not None:
                splices.append((cells[column].start - row.tag_end, cells[column].end - row.tag_end, changed))
        elif new := _new_cell(sheet, row, column, wishes[column], row_tag):
            at = next((cell.start for cell in cells.values() if cell.column > column), cells_end) - row.tag_end
            splices.append((at, at, new))
    if not splices:
        return None
    inside = spliced(text.data[row.tag_end : inside_end], splices)
    row_tag = _with_spans(row_tag, [*cells, *wishes])
    if row.is_empty:
        return row_tag[:-2].rstrip() + b">" + inside + b"</" + tag_name(row_tag) + b">"
    return row_tag + inside + text.data[inside_end:row_end]


def _with_spans(tag: bytes, columns: Sequence[int]) -> bytes:
    """The row's start tag with `spans` (a hint) widened to all its cells; never narrowed, never added."""
    spans = attributes(tag).get("spans")
    numbers = [int(number) for number in re.findall(r"\d+", spans or "")]
    if not numbers or not columns or (min(numbers) <= min(columns) and max(columns) <= max(numbers)):
        return tag
    return with_attribute(tag, "spans", f"{min(*numbers, *columns)}:{max(*numbers, *columns)}")


def _new_row(sheet: Sheet, number: int, wishes: Mapping[int, Content]) -> bytes | None:
    p = sheet.text.prefix
    row = Row(number, 0, 0, is_empty=True)
    cells = b"".join(_new_cell(sheet, row, column, wishes[column], b"") for column in sorted(wishes))
    return f'<{p}row r="{number}">'.encode() + cells + f"</{p}row>".encode() if cells else None


def _new_cell(sheet: Sheet, row: Row, column: int, wish: Content, row_tag: bytes) -> bytes:
    """A cell where none was; nothing for a blank. Its style: the row above's if appended, else the row's, the column's."""
    if not wish.inside or _is_blocked(sheet, row.number, column, None):
        return b""
    style = sheet.above.get(column) if row.number >= sheet.first_new else None
    style = _style_for(sheet, _default_style(sheet, row_tag, column) if style is None else style, wish)
    p = sheet.text.prefix
    tag = f'<{p}c r="{cell_name(row.number, column)}"' + (f' s="{style}"' if style else "")
    tag += f' t="{wish.kind}">' if wish.kind else ">"
    sheet.edited.append((row.number, column))
    return tag.encode() + wish.xml(p) + f"</{p}c>".encode()


def _changed_cell(sheet: Sheet, number: int, cell: Cell, wish: Content) -> bytes | None:
    """A cell with another value: `s` and all other attributes stay, `t` and `vm` (a picture in the cell) go with the old."""
    if _is_blocked(sheet, number, cell.column, cell):
        return None
    old_style = cell.style
    style = sheet.above.get(cell.column, old_style) if number >= sheet.first_new and not old_style else old_style
    style = _style_for(sheet, style, wish)
    if stands_already(cell, wish, sheet.strings) and style == old_style:
        return None
    sheet.edited.append((number, cell.column))
    tag = without_attributes(cell.tag, (b"t", b"vm"))
    tag = with_attribute(tag, "s", str(style)) if style != old_style else tag
    tag = with_attribute(tag, "t", wish.kind) if wish.kind else tag
    tag = tag.removesuffix(b"/>").removesuffix(b">").rstrip()
    kept = _EXTENSIONS.search(cell.inside)
    inside = wish.xml(sheet.text.prefix) + (kept[0] if kept else b"")
    if not inside:
        return tag + b"/>"
    return tag + b">" + inside + b"</" + tag_name(cell.tag) + b">"


def _default_style(sheet: Sheet, row_tag: bytes, column: int) -> int:
    given = attributes(row_tag)
    if given.get("customFormat") in _TRUE:
        return int(given.get("s", "0"))
    return next((style for first, last, style in sheet.column_styles if first <= column <= last), 0)


def _style_for(sheet: Sheet, style: int, wish: Content) -> int:
    if wish.is_date:
        return sheet.styles.for_date(style, has_time=wish.has_time)
    return sheet.styles.for_number(style) if wish.is_number else style


def _is_blocked(sheet: Sheet, row: int, column: int, cell: Cell | None) -> bool:
    reason = _reason_against(sheet, row, column, cell)
    if reason:
        sheet.blocked[row, column] = reason
    return bool(reason)


def _reason_against(sheet: Sheet, row: int, column: int, cell: Cell | None) -> str | None:
    if any(area.holds(row, column) for area in sheet.arrays):
        return "it belongs to an array formula or data table"
    if cell is not None and sheet.text.formula.search(cell.inside):
        return "it holds a formula"
    if cell is not None and b"cm" in cell.tag and "cm" in attributes(cell.tag):
        return "it is the head of a dynamic array"
    if any(area.holds(row, column) and (row, column) != (area.top, area.left) for area in sheet.merged):
        return "it is hidden under a merged cell"
    return None

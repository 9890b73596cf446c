"""What an append makes longer besides the rows: tables, filters, conditional formats, validations, the sheet's dimension."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from toolkit.gateways.excel.areas import Area, find_area
from toolkit.gateways.excel.extents import Landing, Survey, Table
from toolkit.gateways.excel.package import Package
from toolkit.gateways.excel.sheet import SheetStream
from toolkit.gateways.excel.xmltext import Markup, Splice, Tag, attributes, spliced, with_attribute, without_attributes

_GROWING = ("conditionalFormatting", "dataValidation")


def grown_table(package: Package, table: Table, where: Landing) -> bytes:
    """A table's part with `ref` and filter down to the last new row."""
    markup = Markup(package.read(table.part))
    area = table.area.down_to(max(table.area.bottom, where.last))
    splices: list[Splice] = []
    for tag in markup.tags():
        if tag.is_end or not (
            (tag.name == "table" and not tag.path) or (tag.name == "autoFilter" and tag.path == ("table",))
        ):
            continue
        text = with_attribute(tag.text, "ref", area.text())
        # `insertRow` says that the one row shown is no data yet
        text = without_attributes(text, (b"insertRow", b"insertRowShift")) if tag.name == "table" else text
        splices.append((tag.start, tag.end, text))
    return spliced(markup.data, splices)


def grown_tail(stream: SheetStream, where: Landing) -> tuple[bytes, Area | None]:
    """What follows the cells, grown to the new rows, and the sheet's filter area if it grew."""
    splices: list[Splice] = []
    grown_filter: Area | None = None
    taken = _validated(stream)
    opened: Tag | None = None
    for tag in stream.tail_markup.tags():
        if tag.is_end:
            if tag.name == "sqref" and opened is not None:  # the x14 form: the areas are text, not an attribute
                old = stream.tail[opened.end : tag.start].decode()
                splices.append((opened.end, tag.start, _grown_areas(old, where, ()).encode()))
            opened = None
        elif tag.name in _GROWING and "sqref" in (given := attributes(tag.text)):
            splices.append(
                (
                    tag.start,
                    tag.end,
                    _with_changed(tag.text, given["sqref"], where, taken if tag.name == "dataValidation" else ()),
                )
            )
        elif tag.name == "sqref" and tag.path[-1:] and tag.path[-1] in _GROWING:
            opened = tag
        elif tag.name == "autoFilter" and not tag.path and not where.tables:
            area = find_area(attributes(tag.text).get("ref", ""))
            if area is not None and area.bottom == where.first - 1:
                grown_filter = area.down_to(where.last)
                splices.append((tag.start, tag.end, with_attribute(tag.text, "ref", grown_filter.text())))
    return spliced(stream.tail, splices), grown_filter


def _validated(stream: SheetStream) -> list[Area]:
    """The areas with a validation: a cell has one at most."""
    tags = [tag for tag in stream.tail_markup.tags() if tag.name == "dataValidation" and not tag.is_end]
    found = (find_area(word) for tag in tags for word in attributes(tag.text).get("sqref", "").split())
    return [area for area in found if area is not None]


def _with_changed(tag: bytes, old: str, where: Landing, taken: Collection[Area]) -> bytes:
    new = _grown_areas(old, where, taken)
    return tag if new == old else with_attribute(tag, "sqref", new)


def _grown_areas(text: str, where: Landing, taken: Collection[Area]) -> str:
    """The areas, those that end right above the new rows and are not of the header made longer."""
    grown = []
    for word in text.split():
        area = find_area(word)
        ends_there = area is not None and where.first - 1 <= area.bottom < where.last and area.bottom > where.header
        if area is not None and ends_there and _is_mine(area, where.tables) and not _is_taken(area, where, taken):
            area = area.down_to(where.last)
            word = area.text()  # noqa: PLW2901 - the word is what is kept otherwise
        grown.append(word)
    return " ".join(grown) if grown != text.split() else text


def _is_taken(area: Area, where: Landing, taken: Collection[Area]) -> bool:
    """Whether another area of its kind, prepared for rows to come, stands where this one would grow to."""
    new = Area(where.first, area.left, where.last, area.right)
    return any(one.meets(new) for one in taken if one != area)


def _is_mine(area: Area, tables: Sequence[Table]) -> bool:
    return not tables or any(area.meets(one.area) for one in tables)


def widened_head(stream: SheetStream, around: Area | None) -> bytes:
    """What stands before the cells, its `dimension` (a hint) widened to an area; never narrowed, never added."""
    for tag in stream.head_markup.tags():
        area = find_area(attributes(tag.text).get("ref", "")) if tag.name == "dimension" and not tag.is_end else None
        if area is not None and around is not None:
            wide = area.around(around.top, around.left).around(around.bottom, around.right)
            if wide != area:
                return spliced(stream.head, [(tag.start, tag.end, with_attribute(tag.text, "ref", wide.text()))])
    return stream.head


def styles_above(sheet: Survey, where: Landing) -> Mapping[int, int]:
    """Column -> style of the row above the new ones; nothing if that is the header, whose looks are its own."""
    row = sheet.rows.get(where.first - 1) if where.first - 1 > where.header else None
    return {cell.column: cell.style for cell in row.cells()} if row else {}

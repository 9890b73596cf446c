"""One cell: most are a bare value in the grid; a Cell is made only where there is a formula, a look, a note or a rule."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class SheetError:
    """An error as a cell's value, e.g. `#REF!`."""

    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    value: object = None
    formula: str | None = None
    format: dict | None = None
    note: str | None = None
    rule: dict | None = None


BLANK = Cell()


def as_cell(raw) -> Cell:
    if raw is None:
        return BLANK
    return raw if type(raw) is Cell else Cell(raw)


def slim(cell: Cell):
    """The cheapest thing that says the same: nothing, a bare value, or the cell itself."""
    if cell.formula is None and not cell.format and not cell.note and not cell.rule:
        return cell.value
    return cell


def with_content(raw, content: Cell):
    """The cell with another content, and its look, note and rule kept; a typed date brings its own number format."""
    if type(raw) is not Cell:
        return slim(content)
    look = raw.format
    if content.format:
        look = {**(look or {}), **content.format}
    return slim(replace(raw, value=content.value, formula=content.formula, format=look))


def is_blank(raw) -> bool:
    """Nothing that a reader of values would see."""
    return raw is None or (type(raw) is Cell and raw.value is None and raw.formula is None)

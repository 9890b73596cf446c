"""The report as plain text: columns that stand under each other, also where Chinese characters take two places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from toolkit.jobs.figures.shape import Unit
from toolkit.jobs.figures.worded import Report, WordedLine, WordedTable, Wording
from toolkit.letters.slots import one_line

GAP = "  "
WORDS = frozenset({Unit.DAY, Unit.TEXT})
"""Columns that are read from the left; numbers stand at the right."""


def as_text(report: Report, wording: Wording) -> str:
    """The whole report."""
    parts = ["\n".join((report.title, *report.notes)), *(_table(one, wording) for one in report.tables)]
    return "\n\n".join(parts) + "\n"


def _table(table: WordedTable, wording: Wording) -> str:
    head = [table.title, table.about]
    if not table.lines:
        return "\n".join([*head, f"{GAP}{wording.say('empty')}"])
    rows = [_headings(table, wording), *(_row(table, line) for line in table.lines)]
    is_right = [False] * len(table.by) + list(_sides(table))
    remarks = [f"{GAP}! {_about(line)}: {one_line(remark)}" for line in table.lines for remark in line.remarks]
    return "\n".join([*head, *aligned(rows, is_right), *remarks])


def _sides(table: WordedTable) -> Iterator[bool]:
    for index, column in enumerate(table.raw.columns):
        yield column.unit not in WORDS
        if table.is_compared(index):
            yield True


def _headings(table: WordedTable, wording: Wording) -> list[str]:
    found = list(table.by)
    for index, heading in enumerate(table.columns):
        found.append(heading)
        if table.is_compared(index):
            found.append(wording.say("change"))
    return found


def _row(table: WordedTable, line: WordedLine) -> list[str]:
    found = list(line.labels)
    for index, value in enumerate(line.values):
        found.append(value)
        if table.is_compared(index):
            found.append(line.changes[index])
    return found


def _about(line: WordedLine) -> str:
    return one_line(" · ".join(line.labels))


def aligned(rows: Sequence[Sequence[str]], is_right: Sequence[bool]) -> Iterator[str]:
    """Rows of one length as lines, their columns under each other; the first row is underlined."""
    shown = [[one_line(cell) for cell in row] for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(*shown, strict=True)]
    for number, row in enumerate(shown):
        yield _line(row, widths, is_right)
        if number == 0:
            yield GAP + GAP.join("-" * width for width in widths)


def _line(row: Sequence[str], widths: Sequence[int], is_right: Sequence[bool]) -> str:
    cells = []
    for text, width, right in zip(row, widths, is_right, strict=True):
        space = " " * (width - cell_len(text))
        cells.append(space + text if right else text + space)
    return (GAP + GAP.join(cells)).rstrip()

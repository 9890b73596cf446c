"""The report as plain text: columns that stand under each other, also where Chinese characters take two places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len, chop_cells

from toolkit.jobs.figures.shape import Unit
from toolkit.jobs.figures.worded import Report, WordedLine, WordedTable, Wording
from toolkit.letters.slots import one_line

GAP = "  "
WIDTH = 120
"""Places of a line °: a wider table goes on below, its lines named anew."""
WORDS = frozenset({Unit.DAY, Unit.TEXT})
"""Columns that are read from the left; numbers stand at the right."""


@dataclass(frozen=True, slots=True)
class _Column:
    """A column with its heading first, on one line each."""

    cells: tuple[str, ...]
    width: int
    is_right: bool

    def shown(self, row: int) -> str:
        """A cell, filled up to the column's width."""
        text = self.cells[row]
        space = " " * (self.width - cell_len(text))
        return space + text if self.is_right else text + space


Part = tuple[_Column, ...]
"""Columns that stay together: a value and its change."""


def as_text(report: Report, wording: Wording) -> str:
    """The whole report."""
    parts = ["\n".join((report.title, *report.notes)), *(_table(one, wording) for one in report.tables)]
    return "\n\n".join(parts) + "\n"


def _table(table: WordedTable, wording: Wording) -> str:
    head = [table.title, *wrapped(table.about)]
    if not table.lines:
        return "\n".join([*head, f"{GAP}{wording.say('empty')}"])
    labels, *parts = _parts(table, wording)
    blocks = ["\n".join(lines(block)) for block in packed(labels, parts)]
    remarks = [f"{GAP}! {_about(line)}: {one_line(remark)}" for line in table.lines for remark in line.remarks]
    return "\n".join([*head, "\n\n".join(blocks), *remarks])


def _parts(table: WordedTable, wording: Wording) -> Iterator[Part]:
    """The columns that name the lines, then each value with its change."""
    yield tuple(_column(heading, (line.labels[at] for line in table.lines)) for at, heading in enumerate(table.by))
    for at, heading in enumerate(table.columns):
        is_right = table.raw.columns[at].unit not in WORDS
        value = _column(heading, (line.values[at] for line in table.lines), is_right=is_right)
        change = _column(wording.say("change"), (line.changes[at] for line in table.lines), is_right=True)
        yield (value, change) if table.compared[at] else (value,)


def _column(heading: str, cells: Iterator[str], *, is_right: bool = False) -> _Column:
    shown = tuple(one_line(one) for one in (heading, *cells))
    return _Column(shown, max(map(cell_len, shown)), is_right)


def _about(line: WordedLine) -> str:
    return one_line(" · ".join(line.labels))


def packed(labels: Part, parts: Sequence[Part]) -> Iterator[Part]:
    """The columns in blocks that fit a line, each with the labels again; a column is never cut."""
    block = labels
    for part in parts:
        if len(block) > len(labels) and _wide(block + part) > WIDTH:
            yield block
            block = labels
        block += part
    yield block


def _wide(block: Part) -> int:
    return sum(len(GAP) + one.width for one in block)


def lines(block: Part) -> Iterator[str]:
    """A block line by line, its headings underlined."""
    for row in range(len(block[0].cells)):
        yield "".join(GAP + one.shown(row) for one in block).rstrip()
        if row == 0:
            yield "".join(GAP + "-" * one.width for one in block)


def wrapped(text: str) -> Iterator[str]:
    """Prose in lines that fit; Chinese breaks anywhere, all else between words."""
    line = ""
    for word in one_line(text).split(" "):
        if line and cell_len(f"{line} {word}") > WIDTH and cell_len(word) <= WIDTH:
            yield line
            line = word
        else:
            *full, line = chop_cells(f"{line} {word}".strip(), WIDTH) or [""]
            yield from full
    yield line

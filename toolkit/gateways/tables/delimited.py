"""Separated text into rows of cells: which sign separates, where each row begins, what is not closed."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from toolkit.core.errors import UsageError

SEPARATORS = (",", ";", "\t", "|")
_LOOKED_AT = 50
"""Rows by which the separator is told."""
_LONGEST = 1 << 20
"""Characters of one cell: more than any sheet holds; a quotation mark that is never closed would swallow the file."""


def separator_of(text: str) -> str:
    """The sign that gives most rows the same width, and that the widest. Of a single column: a comma."""
    best, best_score = SEPARATORS[0], (0.0, 0)
    head = "".join(islice(io.StringIO(text, newline=""), _LOOKED_AT))
    for sign in SEPARATORS:
        widths = Counter(_widths(head, sign))
        width, rows = max(widths.items(), key=lambda one: (one[1], one[0]), default=(0, 0))
        score = (rows / sum(widths.values()), width) if width > 1 else (0.0, 0)
        if score > best_score:
            best, best_score = sign, score
    return best


def _widths(text: str, separator: str) -> list[int]:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        return [len(row) for row in rows if any(row)]
    except csv.Error:
        return []


def rows_of(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """(line on which the row begins, its cells); blank rows are left out. UsageError where the text is no such table.

    `sep=;` in the first line is Excel's own note of the separator, and no row.
    """
    begun = csv.field_size_limit(_LONGEST)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row) and not (line == 1 and len(row) < 3 and row[0].startswith("sep=")):  # noqa: PLR2004
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise UsageError(
            f"line {line}: the quotation marks do not close as they should ({error}); export the file anew"
        ) from None
    finally:
        csv.field_size_limit(begun)

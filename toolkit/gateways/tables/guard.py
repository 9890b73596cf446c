"""Text that a spreadsheet would take for a formula when it opens a CSV file: guarded on the way out, bared on the way in.

A cell of a workbook says that it is text; one of a CSV file cannot. The usual guard is an apostrophe before the text.
"""

from __future__ import annotations

import re

_FORMULA = re.compile(r"'?[=+\-@\t\r]")
_GUARDED = re.compile(r"'(?='?[=+\-@\t\r])")


def guarded(text: str) -> str:
    """The text with an apostrophe where a program would run it; also where it has one already, so that both come back."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """The text as it was before `guarded`."""
    return text[1:] if _GUARDED.match(text) else text

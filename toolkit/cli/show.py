"""Tables and lines for people: tables on a terminal, tab-separated text in a pipe, nothing that moves in either log."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.core.private import masked_text

if TYPE_CHECKING:
    from rich.console import Console

MOST_LINES = 2000
"""More than a terminal keeps."""


def say(text: str = "") -> None:
    """A line on stdout."""
    print(text)  # noqa: T201  the door speaks


def complain(text: str) -> None:
    """A line on stderr; it may quote what a server or a cell said."""
    print(masked_text(text), file=sys.stderr)  # noqa: T201  the door speaks


def console(*, stderr: bool = False) -> Console:
    """A Rich console."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, soft_wrap=False)


def table(
    headers: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    title: str = "",
    styles: Sequence[str] = (),
    tones: Mapping[str, str] | None = None,
) -> None:
    """On a terminal a table of at most `MOST_LINES`, else a line a row with tabs between, headers first.

    `tones`: a cell that is one of these words has its style.
    """
    if not sys.stdout.isatty():
        say("\t".join(headers))
        for row in rows:
            say("\t".join(str(cell).replace("\t", " ").replace("\n", " ") if cell is not None else "" for cell in row))
        return
    from rich import box
    from rich.table import Table
    from rich.text import Text

    drawn = Table(
        title=title or None,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        header_style="bold",
        pad_edge=False,
    )
    for index, header in enumerate(headers):
        drawn.add_column(header, overflow="fold", style=styles[index] if index < len(styles) else None)
    every = iter(rows)
    for row in islice(every, MOST_LINES):
        texts = ["" if cell is None else str(cell) for cell in row]
        drawn.add_row(*(Text(text, style=(tones or {}).get(text, "")) for text in texts))
    console().print(drawn)
    if more := sum(1 for _ in every):
        say(f"… and {more:,} more lines: write the output to a file (> plan.txt) to have them all")


@contextmanager
def working(text: str, *, quiet: bool = False) -> Iterator[None]:
    """A spinner on stderr while long work goes on; only on a terminal."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    with console(stderr=True).status(text):
        yield


def shortened(location: Path | str) -> str:
    """A path as it is typed from here."""
    path = Path(location)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(location)

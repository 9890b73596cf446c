"""The look before a write: where each row stands now, and what its cells hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from toolkit.gateways.google.api import SheetsApi
from toolkit.gateways.google.cells import Cells, at, bands, raw, runs
from toolkit.gateways.google.errors import LayoutChangedError
from toolkit.gateways.google.reading import RANGES, Area, read_areas
from toolkit.gateways.google.wanted import Key, Part, TabJob, WantedRow

_LOOKS = 4
_FULL_LOOK = 200_000  # cells; where whole rows are more, only the columns that matter are looked at


@dataclass
class Seen:
    """One tab as it is now: its header, where each key stands, and the cells of some rows."""

    header: Cells = ()
    places: dict[Key, list[int]] = field(default_factory=dict)
    cells: dict[int, list[Any]] = field(default_factory=dict)
    formulas: dict[int, list[Any]] = field(default_factory=dict)

    def place(self, row: WantedRow) -> int | None:
        """Where a row stands now; None where it is gone or stands twice. One without a name stays where it was."""
        if row.key is None:
            return row.row
        found = self.places.get(row.key, ())
        return found[0] if len(found) == 1 else None


def look(api: SheetsApi, part: Part) -> list[Seen]:
    """Each tab's rows where they stand now. A tab whose header changed raises LayoutChangedError."""
    guesses = [{id(row): row.row for row in rows} for _, rows in part]
    for _ in range(_LOOKS):
        formulas = _cells(api, part, guesses, formulas=True)
        seen = _cells(api, part, guesses, formulas=False)
        is_whole = True
        for (job, rows), one, before, guess in zip(part, seen, formulas, guesses, strict=True):
            _must_have_its_header(job, one)
            one.formulas = before.cells
            for row in rows:
                place = one.place(row)
                if row.key is None:
                    job.computed |= {column for column in job.theirs if holds_formula(one, row.row, column)}
                if place is not None and place != guess[id(row)]:
                    guess[id(row)] = place
                    is_whole = False
                elif place is not None and not _is_one_picture(job, row, one, place):
                    is_whole = False
        if is_whole:
            return seen
    raise LayoutChangedError("its rows moved all the time")


def _must_have_its_header(job: TabJob, seen: Seen) -> None:
    used = {*job.keys, *job.owned, *(column for row in job.rows for column in row.open)}
    for column in used if job.header else ():
        if at(seen.header, column) != at(job.names, column):
            raise LayoutChangedError(f"the columns of “{job.info.title}” were changed")


def _is_one_picture(job: TabJob, row: WantedRow, seen: Seen, place: int) -> bool:
    """Whether all looks saw the same row there: a key that is a formula looks different in each."""
    cells, formulas = seen.cells.get(place, []), seen.formulas.get(place, [])
    if row.key is not None and job.key_of(cells) != row.key:
        return False
    return all(at(cells, column) == at(formulas, column) or _is_formula(at(formulas, column)) for column in job.keys)


def _is_formula(cell: object) -> bool:
    return isinstance(cell, str) and cell.startswith("=")


def holds_formula(seen: Seen, place: int, column: int) -> bool:
    """Whether staff put a formula into a cell; text that begins with `=` reads the same both ways."""
    formula = at(seen.formulas.get(place, []), column)
    return _is_formula(formula) and formula != at(seen.cells.get(place, []), column)


def _cells(api: SheetsApi, part: Part, guesses: Sequence[dict[int, int]], *, formulas: bool) -> list[Seen]:
    """One call (a few for very many rows): the cells of the rows where they are thought to be; and, but for the look at
    formulas, the header and the whole key columns.
    """
    wanted: list[Area] = []
    meaning: list[tuple[int, str]] = []
    for number, ((job, rows), guess) in enumerate(zip(part, guesses, strict=True)):
        for kind, one in _areas(job, rows, guess, formulas=formulas):
            wanted.append(one)
            meaning.append((number, kind))
    seen = [Seen() for _ in part]
    keys: list[dict[int, dict[int, Any]]] = [{} for _ in part]
    for which, top, left, found in read_areas(api, wanted, formulas=formulas):
        number, kind = meaning[which]
        tab = seen[number]
        if kind == "header":
            tab.header = found[0] if found else []
        for place, cells in enumerate(found, top):
            if kind == "key":
                keys[number].setdefault(place, {})[left] = cells[0] if cells else None
            elif kind == "cells":
                _put(tab.cells.setdefault(place, []), left, cells)
    for (job, _), tab, columns in zip(part, seen, keys, strict=True):
        for place, by_column in columns.items():
            row: list[Any] = []
            for column, cell in by_column.items():
                _put(row, column, [cell])
            key = job.key_of(row)
            if key is not None:
                tab.places.setdefault(key, []).append(place)
    return seen


def _areas(
    job: TabJob, rows: Sequence[WantedRow], guess: dict[int, int], *, formulas: bool
) -> Iterator[tuple[str, Area]]:
    info = job.info
    if not formulas:
        if job.header:
            yield "header", Area(info, job.header, 1, job.header, job.width)
        for column in job.keys:
            yield "key", Area(info, job.header + 1, column, None, column)
    down = bands(guess.values(), RANGES // 2)
    columns = job.touched(rows)
    height = sum(bottom - top + 1 for top, bottom in down)
    if any(one.key is None for one in rows) or (not formulas and height * job.width <= _FULL_LOOK):
        columns = list(range(1, job.width + 1))
    for top, bottom in down:
        for left, right in runs(columns, gap=2):
            yield "cells", Area(info, top, left, bottom, right)


def _put(row: list[Any], left: int, cells: Cells) -> None:
    row += [None] * (left - 1 + len(cells) - len(row))
    row[left - 1 : left - 1 + len(cells)] = [raw(one) for one in cells]

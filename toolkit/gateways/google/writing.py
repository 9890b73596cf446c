"""The write: look, send with an echo, believe only the echo; what landed elsewhere is put right at once (facts C3).

Between the look and the write lies one round trip in which staff may insert or sort rows. Nothing can close it; but the
answer shows the key beside each value that was written, and so whether it is the right row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from toolkit.gateways.google.api import SheetsApi
from toolkit.gateways.google.cells import Json, area, at, is_same, runs
from toolkit.gateways.google.errors import LayoutChangedError, UnknownOutcomeError
from toolkit.gateways.google.looking import Seen, holds_formula, look
from toolkit.gateways.google.reading import corner, ranges_of
from toolkit.gateways.google.wanted import Part, TabJob, WantedRow, is_as_read

TRIES = 4


@dataclass(frozen=True, slots=True)
class Target:
    """Where a row is written to, and what."""

    row: WantedRow
    place: int
    values: Mapping[int, Json]


@dataclass
class Sending:
    """One tab's share of a call."""

    job: TabJob
    targets: list[Target]
    areas: list[tuple[int, int, int, int]] = field(default_factory=list)
    """(top, left, bottom, right) of what is sent, and echoed, in this order; the header comes first."""

    def data(self) -> list[dict[str, Any]]:
        """What `values:batchUpdate` takes: blocks of neighbouring rows and columns; null leaves a cell as it is."""
        job, by_place = self.job, {one.place: one for one in self.targets}
        self.areas = [(job.header, 1, job.header, job.width)] if job.header else []
        for named in (True, False):
            targets = [one for one in self.targets if (one.row.key is not None) is named]
            for top, bottom in runs(one.place for one in targets):
                block = [by_place[place] for place in range(top, bottom + 1)]
                columns = {*job.keys, *(column for one in block for column in one.values)}
                whole = ((1, job.width),)
                for left, right in runs(columns, gap=2) if named else whole:
                    self.areas.append((top, left, bottom, right))
        return [
            {"range": area(job.info.title, top, left, bottom, right), "values": self._values(by_place, one)}
            for one in self.areas
            for top, left, bottom, right in (one,)
        ]

    def _values(self, by_place: Mapping[int, Target], one: tuple[int, int, int, int]) -> list[list[Json | None]]:
        top, left, bottom, right = one
        nothing: Mapping[int, Json] = {}
        return [
            [(by_place[row].values if row in by_place else nothing).get(column) for column in range(left, right + 1)]
            for row in range(top, bottom + 1)
        ]

    def echoed(self, answers: Sequence[Sequence[Sequence[Any]]]) -> Echo:
        """What the areas hold after the write."""
        echo = Echo()
        for number, ((top, left, _, _), rows) in enumerate(zip(self.areas, answers, strict=True)):
            for place, cells in enumerate(rows, top):
                if number == 0 and self.job.header:
                    echo.header = list(cells)
                    continue
                row = echo.cells.setdefault(place, [])
                row += [None] * (left - 1 + len(cells) - len(row))
                row[left - 1 : left - 1 + len(cells)] = cells
        return echo


@dataclass
class Echo:
    """What stood where something was written, right after it."""

    header: list[Any] = field(default_factory=list)
    cells: dict[int, list[Any]] = field(default_factory=dict)


def write_part(api: SheetsApi, part: Part) -> list[TabJob]:
    """Write some rows of some tabs. Returns the tabs in which something may have landed on a wrong row or column.

    Every cell is settled afterwards, as done or as a conflict, but for those of the tabs that are returned.
    """
    for _ in range(TRIES):
        part = [(job, [row for row in rows if row.open]) for job, rows in part]
        part = [(job, rows) for job, rows in part if rows]
        if not part:
            return []
        seen = look(api, part)
        sendings = [
            Sending(job, targets)
            for (job, rows), one in zip(part, seen, strict=True)
            if (targets := _settled(job, rows, one))
        ]
        if not sendings:
            return []
        echoes = _sent(api, sendings)
        strays = [
            one.job for one, echo in zip(sendings, echoes, strict=True) if echo is None or not _believed(one, echo)
        ]
        if strays:
            return strays
    raise LayoutChangedError("its answers were lost again and again")


def _settled(job: TabJob, rows: Sequence[WantedRow], seen: Seen) -> list[Target]:
    """What is to be sent: the cells that stand as they were read. All others are done already, or conflicts."""
    targets = []
    for row in rows:
        place = seen.place(row)
        cells = seen.cells.get(place or 0, [])
        if place is None:
            job.refuse_row(row, "doubled" if row.key in seen.places else "gone")
            continue
        if row.key is None and not job.stands(row, cells):
            job.refuse_row(row, "changed")
            continue
        for column in list(row.open):
            found, value = at(cells, column), row.values[column]
            if holds_formula(seen, place, column):
                job.refuse(row, column, "formula", found)
            elif any(one.hides(place, column) for one in job.info.merges):
                job.refuse(row, column, "merged")
            elif any(one.covers(place, column) for one in job.info.locked):
                job.refuse(row, column, "protected")
            elif is_same(found, value):
                job.done(row, column, is_new=not is_as_read(row, column, cells))
            elif not is_as_read(row, column, cells):
                job.refuse(row, column, "changed", found)
        if row.open:
            targets.append(Target(row, place, {column: row.values[column] for column in row.open}))
    return targets


def _sent(api: SheetsApi, sendings: Sequence[Sending]) -> list[Echo | None]:
    """Send, and what the answer shows. An answer that was lost is made up for by reading the same cells."""
    data = [one.data() for one in sendings]
    for sending in sendings:
        sending.job.last = {}
        for target in sending.targets:
            for column, value in target.values.items():
                sending.job.last[target.place, column] = value
                sending.job.sent.setdefault(column, set()).add(value)
    try:
        answers = api.write([block for blocks in data for block in blocks])
    except UnknownOutcomeError:
        texts = [str(block["range"]) for blocks in data for block in blocks]
        try:
            found = ranges_of(api, texts)
        except LayoutChangedError:  # renamed or cut meanwhile: what was written, and where, only the whole tab tells
            return [None for _ in sendings]
    else:
        found = [one.get("values", []) for one in answers]
        places = [corner(str(one["range"])) for one in answers]
        if places != [(top, left) for one in sendings for top, left, _, _ in one.areas]:
            return [None for _ in sendings]
    rest = iter(found)
    return [one.echoed([next(rest) for _ in one.areas]) for one in sendings]


def _believed(sending: Sending, echo: Echo) -> bool:
    """Tick off what the echo shows beside its key. False where one row is not the one that was meant."""
    job = sending.job
    if job.header and any(
        at(echo.header, column) != at(job.names, column) for column in {*job.keys, *job.owned} if column <= job.width
    ):
        job.is_shuffled = True
        return False
    is_right = True
    for target in sending.targets:
        cells, row = echo.cells.get(target.place, []), target.row
        key = tuple(target.values.get(column, row.before.get(column)) for column in job.keys)
        if row.key is None and not job.stands(row, cells):
            is_right = False
        elif any(not is_same(at(cells, column), one) for column, one in zip(job.keys, key, strict=True)):
            is_right = is_right and row.key is None  # its number did not arrive, but it is the row
        else:
            for column, value in target.values.items():
                if is_same(at(cells, column), value):
                    job.done(row, column)
    return is_right

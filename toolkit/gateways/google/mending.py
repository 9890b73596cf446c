"""Putting right what landed on a wrong row or column: the whole tab is looked through for values that were sent.

A cell that holds what was sent, but to another row, and held something else when it was read, gets back what it held.
This is rare: a row must have been inserted, moved or sorted within the one round trip between a look and its write.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from toolkit.core.book import Raw
from toolkit.core.place import Place
from toolkit.gateways.google.api import SheetsApi
from toolkit.gateways.google.cells import Cells, Json, at, is_same, raw, sent
from toolkit.gateways.google.errors import LayoutChangedError, UnknownOutcomeError
from toolkit.gateways.google.layout import FIELDS, TabInfo, layout_of
from toolkit.gateways.google.reading import TabText, read_tabs, with_values
from toolkit.gateways.google.wanted import Key, TabJob

_TRIES = 8
_AT_ONCE = 5_000  # cells in one call
_HEADER_WITHIN = 40
_ALIKE = 0.7  # of a row's cells: then it is the same row, in which somebody typed meanwhile


@dataclass(frozen=True, slots=True)
class Stray:
    """A cell that holds what is not its own, and what it held before."""

    row: int
    column: int
    before: Raw


def mend(api: SheetsApi, job: TabJob) -> list[str]:
    """Put right what went astray in one tab; the cells, as people name them."""
    mended: dict[tuple[int, int], str] = {}
    is_first = True
    for _ in range(_TRIES):
        info = tab_now(api, job.info)
        (text,) = read_tabs(api, [info]) or [TabText(info)]
        audit = _Audit(job, text)
        header = audit.spoilt()  # without its header nothing else can be told: that first
        strays = header or audit.found(is_first=is_first)
        is_first = is_first and bool(header)
        if not strays:
            return list(mended.values())
        for start in range(0, len(strays), _AT_ONCE):
            _put_back(api, job, info, strays[start : start + _AT_ONCE])
        mended |= {(one.row, one.column): Place(info.title, one.row, one.column).cell for one in strays}
    raise LayoutChangedError("its rows moved all the time")


def tab_now(api: SheetsApi, info: TabInfo) -> TabInfo:
    """The tab as it is called, and as large as it is, by now."""
    tabs = layout_of(api.metadata(FIELDS)).tabs
    found = next((one for one in tabs if one.gid == info.gid), None)
    if found is None:
        raise LayoutChangedError(f"the tab “{info.title}” was removed")
    return found


def _put_back(api: SheetsApi, job: TabJob, info: TabInfo, strays: Sequence[Stray]) -> None:
    data = []
    for one in strays:
        value = sent(one.before)
        job.sent.setdefault(one.column, set()).add(value)  # this write may go astray like any other
        job.last[one.row, one.column] = value
        data.append({"range": info.area(one.row, one.column, one.row, one.column), "values": [[value]]})
    try:
        api.write(data)
    except UnknownOutcomeError:
        return  # the next look tells


@dataclass
class _Known:
    """A row as it was when it was read."""

    row: int
    cells: list[Any]
    key: Key | None


@dataclass
class _Audit:
    """A tab as it is now, against what was read of it and sent to it."""

    job: TabJob
    text: TabText
    by_key: dict[Key, _Known] = field(default_factory=dict)
    by_staff: dict[Key, list[_Known]] = field(default_factory=dict)
    given: dict[Key, _Known] = field(default_factory=dict)
    """Rows by the number that they were to get."""

    def __post_init__(self) -> None:
        job = self.job
        for number, cells in job.text.numbered():
            if number <= job.header:
                continue
            known = _Known(number, list(cells), job.key_of(cells))
            if known.key is not None:
                self.by_key[known.key] = known
            self.by_staff.setdefault(_staff(cells, job.theirs), []).append(known)
            wish = job.targets.get(number, {})
            if any(column in wish for column in job.keys):
                key = job.key_of(with_values(list(cells), wish))
                if key is not None:
                    self.given[key] = known

    def spoilt(self) -> list[Stray]:
        """The cells of the header that hold what was sent."""
        rows = dict(self.text.numbered())
        header, _ = self._header(rows)
        return list(self._spoilt_header(header, rows.get(header, ())))

    def found(self, *, is_first: bool) -> list[Stray]:
        """What is astray. Where all still stands as it was sent last, no row moved since: only there can anything be
        astray, and a cell elsewhere in which staff typed the same is theirs. But where what was put back is astray itself,
        its row moved before it, and what it should have replaced may be anywhere.
        """
        rows = dict(self.text.numbered())
        last = self.job.last
        if last and all(is_same(at(rows.get(row, ()), column), value) for (row, column), value in last.items()):
            there = list(self._strays(rows, last))
            if is_first or not there:
                return there
        return list(self._strays(rows, None))

    def _strays(self, rows: Mapping[int, Cells], only: Mapping[tuple[int, int], Json] | None) -> Iterator[Stray]:
        """Every cell that holds what was sent elsewhere, of all or of those at some places."""
        header, columns = self._header(rows)
        back = {now: then for then, now in columns.items()}
        self.job.is_shuffled |= any(then != now for then, now in columns.items())
        sent_to = self._sent_to()
        seen = {self.job.key_of(_as_then(cells, columns)) for number, cells in rows.items() if number > header}
        for number, cells in rows.items():
            if number <= header:
                continue
            suspects = [
                column
                for column, values in sent_to.items()
                if (only is None or (number, column) in only) and _is_in(at(cells, column), values)
            ]
            if not suspects:
                continue
            known = self._known(_as_then(cells, columns), seen, sent_to)
            for column in suspects:
                then = back.get(column)
                before = at(known.cells, then) if known is not None and then is not None else None
                if not self._is_its_own(at(cells, column), known, then, before):
                    yield Stray(number, column, before)

    def _spoilt_header(self, number: int, header: Cells) -> Iterator[Stray]:
        """A row was inserted above the header itself: what was sent to the first row stands in it."""
        everything: set[Raw] = set().union(*({raw(one) for one in values} for values in self.job.sent.values()))
        names = [name for name in self.job.names if raw(name) is not None]
        missing = [name for name in names if name not in header]
        for column, cell in enumerate(header, 1):
            if missing and cell not in names and raw(cell) is not None and _is_in(cell, everything):
                name = at(self.job.names, column)
                yield Stray(number, column, missing.pop(missing.index(name) if name in missing else 0))

    def _sent_to(self) -> dict[int, set[Raw]]:
        """What was sent, by the column in which it may stand."""
        sent_to = {column: {raw(one) for one in values} for column, values in self.job.sent.items()}
        if not self.job.is_shuffled:
            return sent_to
        everything: set[Raw] = set().union(*sent_to.values())
        return dict.fromkeys(range(1, self.text.info.columns + 1), everything)

    def _is_its_own(self, cell: Raw, known: _Known | None, then: int | None, before: Raw) -> bool:
        if is_same(cell, before):
            return True
        wish: Mapping[int, Json] = self.job.targets.get(known.row, {}) if known is not None else {}
        return then is not None and then in wish and is_same(cell, wish[then])

    def _header(self, rows: Mapping[int, Cells]) -> tuple[int, dict[int, int]]:
        """(the row of the header now, each column as it was read -> where it is now)."""
        names = self.job.names
        labels = [name for name in names if raw(name) is not None]
        if not labels:
            return self.job.header, {column: column for column in range(1, self.text.info.columns + 1)}

        def known(row: int) -> int:
            return sum(name in rows.get(row, ()) for name in labels)

        row = max(range(1, _HEADER_WITHIN), key=lambda one: (known(one), one == self.job.header))
        header = list(rows.get(row, ()))
        columns = {}
        for column, name in enumerate(names, 1):
            if raw(name) is None or names.count(name) > 1 or header.count(name) != 1:
                if at(header, column) == raw(name):
                    columns[column] = column
            else:
                columns[column] = header.index(name) + 1
        return row, columns

    def _known(self, cells: Cells, seen: set[Key | None], sent_to: Mapping[int, set[Raw]]) -> _Known | None:
        """Which row this is: by its number, unless that may have gone astray; else by what staff wrote in it."""
        key, staff = self.job.key_of(cells), _staff(cells, self.job.theirs)
        named = (self.given.get(key) or self.by_key.get(key)) if key is not None else None
        is_sure = not any(_is_in(at(cells, column), sent_to.get(column, set())) for column in self.job.keys)
        if named is not None and (is_sure or _staff(named.cells, self.job.theirs) == staff):
            return named
        twins = self.by_staff.get(staff, [])
        if twins:
            return next((one for one in twins if one.key is None or one.key not in seen), twins[0])
        return self._most_alike(cells, seen) or (named if is_sure else None)

    def _most_alike(self, cells: Cells, seen: set[Key | None]) -> _Known | None:
        """The row that is missing under its number and differs least: staff typed in it in the same moment."""
        columns = [one for one in self.job.theirs if at(cells, one) is not None]
        missing = [one for key, one in self.by_key.items() if key not in seen]
        if not missing or not columns:
            return None

        def alike(one: _Known) -> float:
            return sum(is_same(at(one.cells, column), at(cells, column)) for column in columns) / len(columns)

        best = max(missing, key=alike)
        return best if alike(best) >= _ALIKE else None


def _staff(cells: Cells, columns: Sequence[int]) -> Key:
    return tuple(repr(at(cells, column)) for column in columns)


def _as_then(cells: Cells, columns: Mapping[int, int]) -> list[Raw]:
    """A row of today in the columns of the reading."""
    row: list[Raw] = [None] * max(columns, default=0)
    for then, now in columns.items():
        row[then - 1] = at(cells, now)
    return row


def _is_in(cell: Raw, values: set[Raw]) -> bool:
    if isinstance(cell, float):
        return any(is_same(cell, one) for one in values)
    return cell in values

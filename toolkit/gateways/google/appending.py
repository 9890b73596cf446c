"""New rows at the end of a tab: looked for by their keys before every try, so that a lost answer makes no second row."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from toolkit.core.book import Raw
from toolkit.gateways.google.api import SheetsApi
from toolkit.gateways.google.cells import Cells, Json, at, date_format, sent
from toolkit.gateways.google.errors import LayoutChangedError, UnknownOutcomeError
from toolkit.gateways.google.mending import tab_now
from toolkit.gateways.google.reading import PAYLOAD, Area, TabText, are_same, read_areas, read_tabs
from toolkit.gateways.google.wanted import Key, TabJob

_TRIES = 4


def append_rows(api: SheetsApi, job: TabJob) -> dict[Key, int]:
    """Add the rows whose keys are not there yet; returns where each new key stands now.

    `appendCells` finds the end of the tab by itself, on the server: no row number is sent, so none can be outdated, and
    neither filters nor blank rows mislead it as they do `values.append`. Columns it does not find: the header is looked
    at before and after, and what landed under another one is taken back.
    """
    keyed = [(job.key_of(_cells(row)), row) for row in job.appends]
    there = _keys(api, job)
    new = {key: row for key, row in keyed if key is not None and key not in there}
    nameless = [row for key, row in keyed if key is None]  # they cannot be looked for: each is sent once
    waiting = [*new.values(), *nameless]
    for _ in range(_TRIES):
        if not waiting:
            return {key: there[key] for key in new}
        _add(api, job, waiting)
        try:
            there = _keys(api, job)
        except LayoutChangedError:
            _take_back(api, job, waiting)
            raise
        waiting = [row for key, row in new.items() if key not in there]
        job.appended = len(new) + len(nameless) - len(waiting)
    raise LayoutChangedError(f"rows that were added to “{job.info.title}” did not arrive")


def _add(api: SheetsApi, job: TabJob, rows: Sequence[Mapping[int, object]]) -> None:
    for requests in _requests(job, rows):
        try:
            api.change(requests)
        except UnknownOutcomeError:
            return  # the next look tells which arrived


def _cells(row: Mapping[int, object]) -> list[Raw]:
    return [sent(row[column]) if column in row else None for column in range(1, max(row, default=0) + 1)]


def _take_back(api: SheetsApi, job: TabJob, rows: Sequence[Mapping[int, object]]) -> None:
    """Columns moved under the very call: rows that stand in the columns of before are cleared, to be added anew."""
    info = tab_now(api, job.info)
    (text,) = read_tabs(api, [info]) or [TabText(info)]
    sent_rows = [_cells(row) for row in rows]
    astray = [
        (place, len(cells))
        for place, cells in text.numbered()
        if place > job.header and any(are_same(cells, one) for one in sent_rows)
    ]
    data = [{"range": info.area(place, 1, place, width), "values": [[""] * width]} for place, width in astray]
    try:
        api.write(data)
    except UnknownOutcomeError:
        return  # only once: nothing is cleared blindly


def _keys(api: SheetsApi, job: TabJob) -> dict[Key, int]:
    """Where each key stands. LayoutChangedError where a column that matters has another name by now."""
    rows: dict[int, dict[int, Any]] = {}
    areas = [Area(job.info, job.header + 1, column, None, column) for column in job.keys]
    areas += [Area(job.info, job.header, 1, job.header, job.width)] if job.header else []
    for number, top, _, found in read_areas(api, areas):
        if number == len(job.keys):
            _must_have_its_header(job, found[0] if found else ())
            continue
        for place, cells in enumerate(found, top):
            rows.setdefault(place, {})[job.keys[number]] = cells[0] if cells else None
    keys = ((job.key_of(_with_gaps(cells)), place) for place, cells in rows.items())
    return {key: place for key, place in keys if key is not None}


def _must_have_its_header(job: TabJob, header: Cells) -> None:
    for column in {*job.keys, *(column for row in job.appends for column in row)}:
        if at(header, column) != at(job.names, column):
            raise LayoutChangedError(f"the columns of “{job.info.title}” were changed")


def _with_gaps(cells: Mapping[int, Any]) -> list[Any]:
    return [cells.get(column) for column in range(1, max(cells) + 1)]


def _requests(job: TabJob, rows: Sequence[Mapping[int, object]]) -> Iterator[list[dict[str, Any]]]:
    part: list[dict[str, Any]] = []
    size = 0
    for row in rows:
        one = {"values": [_cell(row.get(column)) for column in range(1, max(row) + 1)]}
        costs = len(json.dumps(one, ensure_ascii=False).encode())
        if part and size + costs > PAYLOAD:
            yield [_request(job, part)]
            part, size = [], 0
        part.append(one)
        size += costs
    if part:
        yield [_request(job, part)]


def _request(job: TabJob, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"appendCells": {"sheetId": job.info.gid, "rows": rows, "fields": "userEnteredValue"}}


def _cell(value: object) -> dict[str, Any]:
    kind, content = typed(sent(value))
    return {"userEnteredValue": {kind: content}} if kind else {}


def typed(value: Json) -> tuple[str, Json]:
    """A value as an ExtendedValue's member: text as text, whatever it begins with."""
    if isinstance(value, bool):
        return "boolValue", value
    if isinstance(value, int | float):
        return "numberValue", value
    return ("stringValue", value) if value else ("", "")


def dates_of(rows: Sequence[Mapping[int, object]]) -> dict[int, dict[str, str]]:
    """The columns in which these rows hold dates, with the format to see them by."""
    found: dict[int, dict[str, str]] = {}
    for row in rows:
        for column, value in row.items():
            form = date_format(value)
            if form is not None:
                found[column] = form
    return found

"""Dates that are to be seen as dates: a cell that nobody gave a date format shows a number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from toolkit.gateways.google.api import SheetsApi
from toolkit.gateways.google.cells import runs
from toolkit.gateways.google.errors import UnknownOutcomeError
from toolkit.gateways.google.layout import TabInfo

_DATES = {"DATE", "DATE_TIME", "TIME"}
_FIELDS = "sheets(properties(sheetId),data(startRow,startColumn,rowData(values(effectiveFormat(numberFormat(type))))))"
New = Mapping[int, tuple[dict[str, str], Sequence[int]]]
"""Column -> the format it needs, and the rows in which it got its first date."""


def show_dates(api: SheetsApi, new: Sequence[tuple[TabInfo, New]]) -> None:
    """Give the columns' cells a date format where a sample of them has none. Staff's own date formats stay."""
    samples = [
        (info, row, column)
        for info, columns in new
        for column, (_, rows) in columns.items()
        for row in sorted({min(rows), sorted(rows)[len(rows) // 2], max(rows)})
    ]
    if not samples:
        return
    shown = _shown(api, samples)
    requests = []
    for info, columns in new:
        for column, (form, rows) in columns.items():
            sample = {min(rows), sorted(rows)[len(rows) // 2], max(rows)}
            if any(shown.get((info.gid, row, column)) not in _DATES for row in sample):
                requests += list(_requests(info, column, form, rows))
    if requests:
        try:
            api.change(requests)
        except UnknownOutcomeError:
            return  # looks only; the values are right, and nothing is to be sent blindly again


def _shown(api: SheetsApi, samples: Sequence[tuple[TabInfo, int, int]]) -> dict[tuple[int, int, int], str]:
    found: dict[tuple[int, int, int], str] = {}
    for start in range(0, len(samples), 80):
        ranges = [info.area(row, column, row, column) for info, row, column in samples[start : start + 80]]
        for sheet in api.metadata(_FIELDS, ranges).get("sheets", ()):
            gid = sheet.get("properties", {}).get("sheetId", 0)
            for data in sheet.get("data", ()):
                for at, kind in _kinds(data):
                    found[(gid, *at)] = kind
    return found


def _kinds(data: Mapping[str, Any]) -> Iterator[tuple[tuple[int, int], str]]:
    for row, cells in enumerate(data.get("rowData", ()), data.get("startRow", 0) + 1):
        for column, cell in enumerate(cells.get("values", ()), data.get("startColumn", 0) + 1):
            yield (row, column), cell.get("effectiveFormat", {}).get("numberFormat", {}).get("type", "")


def _requests(info: TabInfo, column: int, form: dict[str, str], rows: Sequence[int]) -> Iterator[dict[str, Any]]:
    for first, last in runs(rows, gap=50):
        yield {
            "repeatCell": {
                "range": {
                    "sheetId": info.gid,
                    "startRowIndex": first - 1,
                    "endRowIndex": last,
                    "startColumnIndex": column - 1,
                    "endColumnIndex": column,
                },
                "cell": {"userEnteredFormat": {"numberFormat": form}},
                "fields": "userEnteredFormat.numberFormat",
            }
        }

"""The Google gateway against Google itself: opt-in, for the person who has an account. Never part of the tests.

    python -m tests.live.google_smoke --google SPREADSHEET_ID --credentials service-account.json

Give it an EMPTY spreadsheet that is shared with the service account as editor. It makes a tab `aftersales smoke`, works
in that tab alone, removes it at the end, and prints what it found, among it the answers that only Google can give:
does row metadata follow a sort, does an echo return whole ranges, do nulls leave cells alone, is there a Retry-After.
"""

from __future__ import annotations

import argparse
import sys
import time
from datetime import datetime
from pathlib import Path

from toolkit.core.book import CellWrite, TabWrites
from toolkit.gateways.google.api import SheetsApi, open_api
from toolkit.gateways.google.book import GoogleBook
from toolkit.gateways.google.cells import is_same, sent
from toolkit.gateways.google.layout import FIELDS, layout_of

TITLE = "aftersales smoke"
ROWS = [["no", "customer", "phone", "due", "check"]] + [
    [f"S-{n:03}", f"客户 {n}", "013800138000", sent(datetime(2026, 11, 22, 9, n)), ""] for n in range(1, 21)
]
KEYS, OWNED = (1,), frozenset({4, 5})


def main() -> int:
    """Run every check; 0 where all went as the gateway expects."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--google", required=True)
    given.add_argument("--credentials", type=Path)
    given.add_argument("--endpoint", help="another address, to try this script itself")
    said = given.parse_args()
    api = open_api("smoke", said.google, said.credentials, said.endpoint)
    book = GoogleBook("smoke", said.google, said.credentials, said.endpoint)
    print(f"{api.location} as {api.account_email or 'somebody'}")
    gid = _make(api)
    wrong = 0
    try:
        for check in (_reads, _writes, _follows_a_move, _appends_once, _sees_formulas):
            began, calls = time.perf_counter(), book.api_calls
            fault = check(api, book)
            wrong += fault is not None
            took = f"{time.perf_counter() - began:.1f} s, {book.api_calls - calls} calls"
            print(
                f"{'ok   ' if fault is None else 'WRONG'} {check.__doc__} ({took}){'' if fault is None else ': ' + fault}"
            )
        print(f"note  row metadata {'follows' if _metadata_follows_a_sort(api, gid) else 'does not follow'} a sort")
    finally:
        api.change([{"deleteSheet": {"sheetId": gid}}])
    return 1 if wrong else 0


def _make(api: SheetsApi) -> int:
    if any(one.title == TITLE for one in layout_of(api.metadata(FIELDS)).tabs):
        sys.exit(f"the tab “{TITLE}” is there already: remove it first")
    (reply,) = api.change([{"addSheet": {"properties": {"title": TITLE}}}])
    api.write([{"range": f"'{TITLE}'!A1:E{len(ROWS)}", "values": ROWS}])
    return int(reply["addSheet"]["properties"]["sheetId"])


def _rows(book: GoogleBook) -> list[list[object]]:
    return [list(row) for row in book.read([TITLE]).tabs[TITLE].rows]


def _reads(_: SheetsApi, book: GoogleBook) -> str | None:
    """What was written RAW reads back as it was: phones keep their zeros, dates are numbers"""
    found = _rows(book)
    for row, wanted in zip(found, ROWS, strict=True):
        if not all(is_same(one, other) for one, other in zip(row, wanted, strict=False)):
            return f"{row} instead of {wanted}"
    return None


def _writes(_: SheetsApi, book: GoogleBook) -> str | None:
    """Cells are written and proven by their echo, text stays text"""
    read = book.read([TITLE])
    cells = (CellWrite(3, 5, None, "=1+1 @x"), CellWrite(9, 4, None, datetime(2027, 1, 2, 3, 4)))
    written = book.write([TabWrites(TITLE, cells, (), 1, KEYS, OWNED)], read.stamp)
    found = _rows(book)
    if written.edits != len(cells) or written.conflicts:
        return f"{written}"
    return None if found[2][4] == "=1+1 @x" and is_same(found[8][3], sent(cells[1].new)) else f"{found[2]} {found[8]}"


def _follows_a_move(api: SheetsApi, book: GoogleBook) -> str | None:
    """A row that moved since it was read is found by its key"""
    read = book.read([TITLE])
    where = {"sheetId": _gid(api), "dimension": "ROWS", "startIndex": 1, "endIndex": 3}
    api.change([{"insertDimension": {"range": where}}])
    written = book.write([TabWrites(TITLE, (CellWrite(5, 5, None, "moved"),), (), 1, KEYS, OWNED)], read.stamp)
    found = {row[0]: row for row in _rows(book) if row}
    api.change([{"deleteDimension": {"range": where}}])
    return None if written.edits == 1 and found["S-004"][4] == "moved" else f"{written} {found['S-004']}"


def _appends_once(_: SheetsApi, book: GoogleBook) -> str | None:
    """A row that was added is not added again"""
    stamp = book.read([TITLE]).stamp
    rows = ({1: "S-900", 2: "last", 4: datetime(2026, 12, 1)},)
    counts = [book.write([TabWrites(TITLE, (), rows, 1, KEYS, OWNED)], stamp).appends for _ in range(2)]
    there = sum(row[:1] == ["S-900"] for row in _rows(book))
    return None if (counts, there) == ([1, 0], 1) else f"{counts}, {there} rows"


def _sees_formulas(api: SheetsApi, book: GoogleBook) -> str | None:
    """A formula in a toolkit column is left alone"""
    where = {"sheetId": _gid(api), "startRowIndex": 5, "endRowIndex": 6, "startColumnIndex": 4, "endColumnIndex": 5}
    formula = {"values": [{"userEnteredValue": {"formulaValue": "=UPPER(A6)"}}]}
    api.change([{"updateCells": {"range": where, "rows": [formula], "fields": "userEnteredValue"}}])
    read = book.read([TITLE])
    written = book.write([TabWrites(TITLE, (CellWrite(6, 5, None, "mine"),), (), 1, KEYS, OWNED)], read.stamp)
    return None if [one.why.code for one in written.conflicts] == ["conflict.formula"] else f"{written}"


def _gid(api: SheetsApi) -> int:
    return next(one.gid for one in layout_of(api.metadata(FIELDS)).tabs if one.title == TITLE)


def _metadata_follows_a_sort(api: SheetsApi, gid: int) -> bool:
    location = {"dimensionRange": {"sheetId": gid, "dimension": "ROWS", "startIndex": 1, "endIndex": 2}}
    mark = {"metadataKey": "smoke", "metadataValue": "first", "visibility": "DOCUMENT", "location": location}
    api.change([{"createDeveloperMetadata": {"developerMetadata": mark}}])
    area = {"sheetId": gid, "startRowIndex": 1, "endRowIndex": len(ROWS), "startColumnIndex": 0, "endColumnIndex": 5}
    api.change([{"sortRange": {"range": area, "sortSpecs": [{"dimensionIndex": 0, "sortOrder": "DESCENDING"}]}}])
    fields = "sheets(properties(sheetId),data(rowMetadata(developerMetadata(metadataValue))))"
    for sheet in api.metadata(fields).get("sheets", ()):
        for data in sheet.get("data", ()):
            rows = [n for n, one in enumerate(data.get("rowMetadata", ())) if one.get("developerMetadata")]
            if sheet["properties"].get("sheetId", 0) == gid and rows:
                return rows != [1]
    return False


if __name__ == "__main__":
    sys.exit(main())

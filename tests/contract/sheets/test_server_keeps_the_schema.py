"""Every request kind and method once, requests and replies held against the API's own description."""

from __future__ import annotations

import pytest
import requests

from tests.sheets_server import SheetsServer, schema
from tests.sheets_server.requests import KINDS

pytestmark = pytest.mark.skipif(schema.document() is None, reason="google-api-python-client is not installed")

A1 = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 1, "startColumnIndex": 0, "endColumnIndex": 1}
BLOCK = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 4, "startColumnIndex": 0, "endColumnIndex": 3}
ELSEWHERE = {"sheetId": 0, "startRowIndex": 20, "endRowIndex": 24, "startColumnIndex": 5, "endColumnIndex": 8}
ROWS = {"sheetId": 0, "dimension": "ROWS", "startIndex": 2, "endIndex": 3}
RED = {"red": 1}
CELL = {
    "userEnteredValue": {"formulaValue": "=1/0"},
    "userEnteredFormat": {
        "backgroundColor": RED,
        "numberFormat": {"type": "DATE", "pattern": "yyyy-mm-dd"},
        "borders": {"top": {"style": "SOLID"}},
        "textFormat": {"bold": True, "foregroundColorStyle": {"themeColor": "ACCENT1"}},
    },
    "note": "why",
    "dataValidation": {"condition": {"type": "BOOLEAN"}},
}
BOOLEAN = {
    "condition": {"type": "TEXT_EQ", "values": [{"userEnteredValue": "x"}]},
    "format": {"backgroundColor": RED},
}
OF_ROW = {"developerMetadataLookup": {"metadataKey": "ticket"}}
PROTECTION = {"protectedRangeId": 7, "range": BLOCK, "description": "ours", "warningOnly": True}
FILTER = {"filterViewId": 8, "title": "open", "range": BLOCK}

# in this order: later ones lean on what earlier ones made
SESSION = [
    {
        "updateSpreadsheetProperties": {
            "properties": {"locale": "zh_CN", "autoRecalc": "HOUR"},
            "fields": "locale,autoRecalc",
        }
    },
    {"addSheet": {"properties": {"sheetId": 5, "title": "Second", "tabColor": RED, "gridProperties": {"rowCount": 9}}}},
    {"duplicateSheet": {"sourceSheetId": 5, "newSheetId": 6, "newSheetName": "Third"}},
    {"deleteSheet": {"sheetId": 6}},
    {
        "updateSheetProperties": {
            "properties": {"sheetId": 5, "rightToLeft": True, "hidden": True, "gridProperties": {"frozenRowCount": 1}},
            "fields": "rightToLeft,hidden,gridProperties.frozenRowCount",
        }
    },
    {
        "updateCells": {
            "start": {"sheetId": 0},
            "rows": [{"values": [CELL, {"userEnteredValue": {"numberValue": 2}}]}],
            "fields": "*",
        }
    },
    {
        "repeatCell": {
            "range": ELSEWHERE,
            "cell": CELL,
            "fields": "userEnteredValue,userEnteredFormat(borders,textFormat)",
        }
    },
    {
        "appendCells": {
            "sheetId": 0,
            "rows": [{"values": [{"userEnteredValue": {"boolValue": True}}]}],
            "fields": "userEnteredValue",
        }
    },
    {"setDataValidation": {"range": A1, "rule": {"condition": {"type": "DATE_IS_VALID"}, "strict": False}}},
    {
        "updateBorders": {
            "range": BLOCK,
            "top": {"style": "DOUBLE"},
            "innerHorizontal": {"style": "DOTTED", "color": RED},
        }
    },
    {
        "pasteData": {
            "coordinate": {"sheetId": 0, "rowIndex": 5},
            "data": "a,b\nc,2",
            "delimiter": ",",
            "type": "PASTE_NORMAL",
        }
    },
    {"copyPaste": {"source": BLOCK, "destination": ELSEWHERE, "pasteType": "PASTE_FORMAT"}},
    {
        "cutPaste": {
            "source": A1,
            "destination": {"sheetId": 0, "rowIndex": 9, "columnIndex": 1},
            "pasteType": "PASTE_NORMAL",
        }
    },
    {"sortRange": {"range": BLOCK, "sortSpecs": [{"dimensionIndex": 1, "sortOrder": "DESCENDING"}]}},
    {"randomizeRange": {"range": BLOCK}},
    {"autoFill": {"sourceAndDestination": {"source": A1, "dimension": "ROWS", "fillLength": 2}}},
    {"findReplace": {"find": "a", "replacement": "z", "allSheets": True}},
    {"trimWhitespace": {"range": BLOCK}},
    {"deleteDuplicates": {"range": BLOCK}},
    {"textToColumns": {"source": A1, "delimiterType": "COMMA"}},
    {"insertDimension": {"range": ROWS, "inheritFromBefore": True}},
    {"deleteDimension": {"range": ROWS}},
    {"moveDimension": {"source": ROWS, "destinationIndex": 9}},
    {"appendDimension": {"sheetId": 0, "dimension": "COLUMNS", "length": 2}},
    {
        "updateDimensionProperties": {
            "range": ROWS,
            "properties": {"hiddenByUser": True, "pixelSize": 40},
            "fields": "*",
        }
    },
    {"autoResizeDimensions": {"dimensions": {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 0, "endIndex": 2}}},
    {"addDimensionGroup": {"range": ROWS}},
    {"updateDimensionGroup": {"dimensionGroup": {"range": ROWS, "depth": 1, "collapsed": True}, "fields": "collapsed"}},
    {"addDimensionGroup": {"range": {**ROWS, "startIndex": 0, "endIndex": 9}}},
    {"deleteDimensionGroup": {"range": ROWS}},
    {"insertRange": {"range": A1, "shiftDimension": "ROWS"}},
    {"deleteRange": {"range": A1, "shiftDimension": "COLUMNS"}},
    {"mergeCells": {"range": ELSEWHERE, "mergeType": "MERGE_ROWS"}},
    {"unmergeCells": {"range": ELSEWHERE}},
    {"mergeCells": {"range": ELSEWHERE, "mergeType": "MERGE_COLUMNS"}},
    {"addNamedRange": {"namedRange": {"namedRangeId": "n", "name": "Keys", "range": BLOCK}}},
    {"updateNamedRange": {"namedRange": {"namedRangeId": "n", "name": "Keys2"}, "fields": "name"}},
    {"addProtectedRange": {"protectedRange": PROTECTION}},
    {"updateProtectedRange": {"protectedRange": {**PROTECTION, "description": "theirs"}, "fields": "description"}},
    {"setBasicFilter": {"filter": {"range": BLOCK, "sortSpecs": [{"dimensionIndex": 0, "sortOrder": "ASCENDING"}]}}},
    {"addFilterView": {"filter": FILTER}},
    {"updateFilterView": {"filter": {**FILTER, "title": "shut"}, "fields": "title"}},
    {"duplicateFilterView": {"filterId": 8}},
    {"addConditionalFormatRule": {"rule": {"ranges": [BLOCK], "booleanRule": BOOLEAN}, "index": 0}},
    {"addConditionalFormatRule": {"rule": {"ranges": [ELSEWHERE], "booleanRule": BOOLEAN}, "index": 1}},
    {"updateConditionalFormatRule": {"sheetId": 0, "index": 0, "newIndex": 1}},
    {"updateConditionalFormatRule": {"index": 1, "rule": {"ranges": [A1], "booleanRule": BOOLEAN}}},
    {"deleteConditionalFormatRule": {"sheetId": 0, "index": 0}},
    {"addBanding": {"bandedRange": {"bandedRangeId": 9, "range": BLOCK, "rowProperties": {"headerColor": RED}}}},
    {"updateBanding": {"bandedRange": {"bandedRangeId": 9, "range": ELSEWHERE}, "fields": "range"}},
    {"addTable": {"table": {"tableId": "t", "name": "Tickets", "range": BLOCK}}},
    {"updateTable": {"table": {"tableId": "t", "name": "Calls"}, "fields": "name"}},
    {
        "createDeveloperMetadata": {
            "developerMetadata": {
                "metadataId": 4,
                "metadataKey": "ticket",
                "metadataValue": "T-1",
                "location": {"dimensionRange": ROWS},
                "visibility": "DOCUMENT",
            }
        }
    },
    {
        "updateDeveloperMetadata": {
            "dataFilters": [OF_ROW],
            "developerMetadata": {"metadataValue": "T-2"},
            "fields": "metadataValue",
        }
    },
]
ENDING = [
    {"deleteDeveloperMetadata": {"dataFilter": OF_ROW}},
    {"deleteTable": {"tableId": "t"}},
    {"deleteBanding": {"bandedRangeId": 9}},
    {"deleteFilterView": {"filterId": 8}},
    {"clearBasicFilter": {"sheetId": 0}},
    {"deleteProtectedRange": {"protectedRangeId": 7}},
    {"deleteNamedRange": {"namedRangeId": "n"}},
]


class Checked:
    """Calls methods by their id in the description, and checks what goes out and what comes back."""

    def __init__(self, server, book_id):
        self.base, self.book, self.seen = f"{server.url}/", book_id, set()
        self.session = requests.Session()
        self.session.trust_env = False

    def __call__(self, method_id, body=None, *, query=None, **path):
        method = schema.methods()[method_id]
        assert set(query or {}) <= set(method["parameters"]) | {"fields"}
        if body is not None:
            assert schema.problems(method["request"]["$ref"], body, nulls=True) == []
        url = self.base + method["path"].format(spreadsheetId=self.book, **path)
        reply = self.session.request(method["httpMethod"], url, params=query, json=body, timeout=10)
        assert reply.status_code == 200, reply.text
        assert schema.problems(method["response"]["$ref"], reply.json()) == []
        self.seen.add(method_id)
        return reply.json()


@pytest.fixture
def call():
    with SheetsServer() as server:
        yield Checked(server, server.create("Schema").id)


def test_the_session_knows_every_kind_of_request():
    assert {kind for request in SESSION + ENDING for kind in request} == set(KINDS)
    assert set(KINDS) <= set(schema.document()["schemas"]["Request"]["properties"])


def test_every_request_and_reply_keeps_the_schema(call):
    grid = {"includeGridData": "true"}
    for request in SESSION:
        call("batchUpdate", {"requests": [request]})
        call("get", query=grid)
    everything = call("get", query=grid)
    assert {
        "merges",
        "protectedRanges",
        "basicFilter",
        "filterViews",
        "conditionalFormats",
        "bandedRanges",
        "rowGroups",
    } <= set(next(one for one in everything["sheets"] if one["properties"]["sheetId"] == 0))
    wanted = {
        "requests": ENDING,
        "includeSpreadsheetInResponse": True,
        "responseIncludeGridData": True,
        "responseRanges": ["A1:C9"],
    }
    assert "data" in call("batchUpdate", wanted)["updatedSpreadsheet"]["sheets"][0]


def test_every_method_keeps_the_schema(call):
    made = {
        "developerMetadata": {
            "metadataId": 4,
            "metadataKey": "ticket",
            "location": {"dimensionRange": ROWS},
            "visibility": "DOCUMENT",
        }
    }
    call(
        "create",
        {"properties": {"title": "Other", "timeZone": "Asia/Shanghai"}, "sheets": [{"properties": {"title": "A"}}]},
    )
    call("batchUpdate", {"requests": [{"createDeveloperMetadata": made}]})
    call("developerMetadata.get", metadataId=4)
    assert call("developerMetadata.search", {"dataFilters": [OF_ROW, {"gridRange": BLOCK}]})["matchedDeveloperMetadata"]
    typed = {"valueInputOption": "USER_ENTERED"}
    call(
        "values.update",
        {"values": [["=1/0", "2026-09-03", None, ""]]},
        query={**typed, "includeValuesInResponse": "true"},
        range="A3",
    )
    call("values.append", {"values": [[1, True]]}, query={**typed, "insertDataOption": "INSERT_ROWS"}, range="A1")
    call("values.get", query={"valueRenderOption": "UNFORMATTED_VALUE", "majorDimension": "COLUMNS"}, range="A1:C4")
    call("values.batchGet", query={"ranges": ["A1:C4", "Sheet1"]})
    data = {
        "data": [{"range": "A3:B3", "values": [[1, 2]]}],
        "valueInputOption": "RAW",
        "includeValuesInResponse": True,
    }
    call("values.batchUpdate", data)
    by_filter = {
        "data": [{"dataFilter": OF_ROW, "values": [["x"]]}],
        "valueInputOption": "RAW",
        "includeValuesInResponse": True,
    }
    assert call("values.batchUpdateByDataFilter", by_filter)["totalUpdatedCells"] == 1
    assert (
        call("values.batchGetByDataFilter", {"dataFilters": [OF_ROW]})["valueRanges"][0]["valueRange"]["range"]
        == "Sheet1!A3:Z3"
    )
    call("getByDataFilter", {"dataFilters": [OF_ROW], "includeGridData": True})
    call("values.clear", {}, range="A1")
    call("values.batchClear", {"ranges": ["A1", "B2"]})
    call("values.batchClearByDataFilter", {"dataFilters": [OF_ROW]})
    call("sheets.copyTo", {"destinationSpreadsheetId": call.book}, sheetId=0)
    assert call.seen == set(schema.methods()) - {"get"}


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"requests": [{"mergeCels": {"range": A1}}]}, "mergeCels"),
        ({"requests": [{"mergeCells": {"rnge": A1}}]}, "rnge"),
        ({"requests": [{"mergeCells": {"range": A1, "mergeType": "ALL"}}]}, "ALL"),
    ],
)
def test_a_member_or_word_that_google_does_not_know_is_refused(call, body, word):
    reply = call.session.post(f"{call.base}v4/spreadsheets/{call.book}:batchUpdate", json=body, timeout=10)
    assert reply.status_code == 400
    assert word in reply.json()["error"]["message"]


@pytest.mark.parametrize("mask", ["sheets.properties.titel", "sheets(data.rowData.values.nota)", "tabs"])
def test_a_mask_with_an_unknown_path_is_refused(call, mask):
    reply = call.session.get(f"{call.base}v4/spreadsheets/{call.book}", params={"fields": mask}, timeout=10)
    assert reply.status_code == 400
    assert "Cannot find matching fields" in reply.text
    body = {"requests": [{"updateCells": {"range": A1, "fields": "userEnteredFormat.bold"}}]}
    reply = call.session.post(f"{call.base}v4/spreadsheets/{call.book}:batchUpdate", json=body, timeout=10)
    assert reply.json()["error"]["message"] == "Invalid requests[0].updateCells: Invalid field: userEnteredFormat.bold"


def test_every_reply_can_be_masked(call):
    reply = call("values.batchGet", query={"ranges": ["A1:C4", "B2"], "fields": "valueRanges(range)"})
    assert reply == {"valueRanges": [{"range": "Sheet1!A1:C4"}, {"range": "Sheet1!B2"}]}
    grid = call("get", query={"fields": "sheets(properties(title,gridProperties/rowCount),merges),properties.timeZone"})
    properties = {"title": "Sheet1", "gridProperties": {"rowCount": 1000}}
    assert grid == {"properties": {"timeZone": "Etc/GMT"}, "sheets": [{"properties": properties}]}


@pytest.mark.parametrize(
    ("path", "resource"),
    [
        ("", "File"),
        ("/permissions", "PermissionList"),
        ("/permissions/{permission}", "Permission"),
        ("/comments", "CommentList"),
    ],
)
def test_drive_tells_its_files_as_described(call, path, resource):
    url = f"{call.base}drive/v3/files/{call.book}"
    call.session.post(f"{url}/comments", json={"content": "late?"}, params={"fields": "id"}, timeout=10)
    wanted = call.session.get(f"{url}/permissions", timeout=10).json()["permissions"][0]["id"]
    reply = call.session.get(url + path.format(permission=wanted), params={"fields": "*"}, timeout=10).json()
    assert reply["kind"].startswith("drive#")
    assert schema.problems(resource, reply, api="drive.v3") == []


def test_drive_lists_and_imports_as_described(call):
    files = f"{call.base}drive/v3/files"
    listed = call.session.get(
        files, params={"fields": "*", "q": "name contains 'sch' and trashed = false"}, timeout=10
    ).json()
    assert [one["name"] for one in listed["files"]] == ["Schema"]
    assert schema.problems("FileList", listed, api="drive.v3") == []
    upload = f"{call.base}upload/drive/v2/files/{call.book}"
    told = call.session.put(upload, data="a,b", params={"uploadType": "media", "convert": "True"}, timeout=10).json()
    assert schema.problems("File", told, api="drive.v2") == []
    assert call.session.get(files, params={"q": "name ~ 'x'"}, timeout=10).status_code == 400


def crippled(value):
    """The value with one member gone or wrong, each way once."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield {key: kept for key, kept in value.items() if key != name}
            yield from ({**value, name: wrong} for wrong in crippled(one))
    elif isinstance(value, list):
        yield []
        yield from ([*value[:at], wrong, *value[at + 1 :]] for at, one in enumerate(value) for wrong in crippled(one))
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (0, 100_000, -1, "x")
    elif isinstance(value, str):
        yield from ("", False)


EVERY_WRONG = [wrong for request in SESSION + ENDING for wrong in crippled(request)]
WAYS = [pytest.param(EVERY_WRONG[::16], id="some"), pytest.param(EVERY_WRONG, id="all", marks=pytest.mark.long)]


@pytest.mark.parametrize("wrongs", WAYS)
def test_a_crippled_request_is_done_or_refused_but_never_a_bug(wrongs):
    with SheetsServer() as server:
        for wrong in wrongs:
            book = server.create("Crippled")
            book.add_tab("Second")
            book.tab("Sheet1").fill([["a,b", 1, None], ["=x", 2.5, True]])
            url = f"{server.url}/v4/spreadsheets/{book.id}"
            done = requests.post(f"{url}:batchUpdate", json={"requests": [wrong]}, timeout=10)
            read = requests.get(url, params={"includeGridData": "true", "ranges": "A1:C9"}, timeout=10)
            assert (done.status_code in {200, 400}, read.status_code) == (True, 200), (wrong, done.text, read.text)
            del server.service.store.books[book.id]

"""`init --google` against the local server: what a new sheet holds, and what a second `init` leaves alone."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
import requests

from tests.sheets_server import SheetsServer
from tests.system.desks import quickly
from toolkit.app.build import tabs
from toolkit.app.demo import demo_rows
from toolkit.app.google_init import wishes
from toolkit.core.errors import BookError
from toolkit.gateways.google.api import open_api
from toolkit.gateways.google.errors import UnknownOutcomeError
from toolkit.gateways.google.making import wanted
from toolkit.gateways.google.making.build import batches, build, look
from toolkit.gateways.google.making.there import COLUMN_MARK, TAB_MARK
from toolkit.settings.load import read

NOW = datetime(2026, 11, 24, 10)
LAST = 30
"""The last row of a new tab in these tests."""
ZONE = "Asia/Shanghai"
SETTINGS = read("preset: furniture-retail\nlocale: en\n", Path("/nowhere"), environment={})
SPECS = tabs(SETTINGS, {})
DEMO = tabs(SETTINGS, demo_rows("en", NOW))
TITLES = [
    "Tickets", "Vendors", "Call-backs", "Orders", "Returns", "Parts", "Contacts", "Suppliers", "Stores", "Staff", "Outlook",
    "Chores", "Holidays", "Do not contact", "Messages",
]  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _few_rows():
    """A thousand formatted rows of each tab would be all that the server is busy with."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wanted, "ROWS", LAST)
        yield


@pytest.fixture(scope="module")
def server():
    with SheetsServer(port=0) as running:
        yield running


class Sheet:
    """A spreadsheet, our look at it, and the hands of staff."""

    def __init__(self, server):
        self.book = server.create("Desk")
        self.id = self.book.id
        self.url = f"{server.url}/v4/spreadsheets/{self.id}"
        self.api = open_api("main", self.id, None, server.url, deadline=5)

    def init(self, specs=SPECS, *, editors=None, zone=ZONE):
        return build(self.api, "main", wishes(SETTINGS, specs, editors), zone)

    def whole(self):
        return requests.get(self.url, params={"includeGridData": "true"}, timeout=30).json()

    def tab(self, title="Tickets"):
        return next(one for one in self.whole()["sheets"] if one["properties"]["title"] == title)

    def change(self, *changes):
        reply = requests.post(f"{self.url}:batchUpdate", json={"requests": list(changes)}, timeout=30)
        assert reply.status_code == 200, reply.text
        return reply.json()["replies"]

    def sheet_id(self, title="Tickets"):
        return self.tab(title)["properties"]["sheetId"]

    def header(self, title="Tickets", row=0):
        return [one.get("formattedValue", "") for one in self.tab(title)["data"][0]["rowData"][row]["values"]]


@pytest.fixture
def sheet(server):
    return Sheet(server)


@pytest.fixture(scope="module")
def made(server):
    """A sheet with the demo. Tests only look at it."""
    sheet = Sheet(server)
    sheet.built, seen = sheet.init(DEMO), sheet.whole()
    sheet.whole = lambda: seen
    return sheet


def cell(tab, row, column):
    return tab["data"][0]["rowData"][row]["values"][column]


def column(label, spec=SPECS[0]):
    """A column's place and its data."""
    place = [one.label for one in spec.columns].index(label)
    return place, spec.columns[place]


def rgb(colour):
    parts = colour["rgbColor"]
    return "".join(f"{round(parts.get(one, 0) * 255):02X}" for one in ("red", "green", "blue"))


# -- a new sheet -------------------------------------------------------------------------------------------------


def test_every_register_is_a_tab_and_the_empty_first_tab_is_gone(made):
    whole = made.whole()
    assert [one["properties"]["title"] for one in whole["sheets"]] == TITLES
    assert whole["properties"]["timeZone"] == ZONE
    assert made.built.removed == "Sheet1"
    assert [one.title for one in made.built.added] == TITLES
    assert all(one.is_new for one in made.built.added)


def test_a_grid_has_room_and_is_no_wider_than_its_columns(made):
    for spec in DEMO:
        grid = made.tab(spec.title)["properties"]["gridProperties"]
        assert grid["rowCount"] == max(LAST, 2 * len(spec.rows))
        assert grid["columnCount"] == len(spec.columns)
        assert (grid["frozenRowCount"], grid["frozenColumnCount"]) == (1, 1)


def test_headers_have_labels_notes_and_the_colours_of_their_writers(made):
    tab = made.tab()
    assert made.header() == [one.label for one in SPECS[0].columns]
    for place, one in enumerate(SPECS[0].columns):
        head = cell(tab, 0, place)
        assert head.get("note", "") == one.note
        assert rgb(head["userEnteredFormat"]["backgroundColorStyle"]) == ("6B7F77" if one.is_toolkit else "2F4B66")
        line = head["userEnteredFormat"]["borders"]["bottom"]
        assert (line["style"] == "SOLID_THICK") == one.is_required


@pytest.mark.parametrize(
    ("label", "pattern"),
    [
        ("Ticket no", "@"),
        ("Phone", "@"),
        ("Opened at", "yyyy-mm-dd hh:mm"),
        ("Bought on", "yyyy-mm-dd"),
        ("Fee", "#,##0.00"),
    ],
)
@pytest.mark.parametrize("row", [1, LAST - 1])
def test_formats_hold_for_the_whole_column(made, label, pattern, row):
    tab = made.tab()
    labels = made.header()
    place = labels.index(next(one for one in labels if one.casefold().startswith(label.casefold())))
    assert cell(tab, row, place)["userEnteredFormat"]["numberFormat"]["pattern"] == pattern


def test_a_phone_stays_text_and_a_date_is_a_number_in_a_date_format(made):
    tab, labels = made.tab(), made.header()
    phones = [cell(tab, row, labels.index("Phone")).get("userEnteredValue") for row in range(1, 60)]
    assert all("stringValue" in one for one in phones if one)
    opened = [cell(tab, row, labels.index("Opened at"))["userEnteredValue"] for row in range(1, 40)]
    assert sum("numberValue" in one for one in opened) > 30


def test_dropdowns_offer_the_words_warn_and_hold_for_every_row(made):
    tab = made.tab()
    for place, one in enumerate(SPECS[0].columns):
        for row in (1, LAST - 1):
            rule = cell(tab, row, place).get("dataValidation")
            assert bool(rule) == bool(one.choices), one.label
            if rule:
                assert rule["condition"]["type"] == "ONE_OF_LIST"
                assert [word["userEnteredValue"] for word in rule["condition"]["values"]] == list(one.choices)
                assert rule["showCustomUi"]
                assert not rule.get("strict")


def test_the_toolkits_columns_are_protected_by_a_warning_and_the_number_is_not(made):
    tab = made.tab()
    guarded = {
        place
        for one in tab["protectedRanges"]
        for place in range(one["range"]["startColumnIndex"], one["range"]["endColumnIndex"])
    }
    assert guarded == {place for place, one in enumerate(SPECS[0].columns) if one.is_protected}
    assert 0 not in guarded, "a ticket number may be typed by staff"
    assert all(one["warningOnly"] for one in tab["protectedRanges"])
    assert all("endRowIndex" not in one["range"] for one in tab["protectedRanges"])


def test_locked_lets_the_toolkits_account_and_the_owner_write_alone(sheet):
    sheet.init(editors=("robot@example.iam.gserviceaccount.com",))
    ranges = sheet.tab()["protectedRanges"]
    assert not any(one.get("warningOnly") for one in ranges)
    assert all("robot@example.iam.gserviceaccount.com" in one["editors"]["users"] for one in ranges)


def test_a_warning_becomes_a_lock_when_that_is_asked_for_and_no_second_one(sheet):
    sheet.init()
    count = len(sheet.tab()["protectedRanges"])
    sheet.init(editors=("robot@example.com",))
    ranges = sheet.tab()["protectedRanges"]
    assert len(ranges) == count
    assert not any(one.get("warningOnly") for one in ranges)


def test_late_and_wrong_rows_turn_red_by_themselves(made):
    rules = made.tab()["conditionalFormats"]
    check, overdue = column("Check")[0], column("Overdue")[0]
    found = {rule["ranges"][0]["startColumnIndex"]: rule["booleanRule"] for rule in rules}
    assert set(found) == {check, overdue}
    for place, rule in found.items():
        cell = f"${'ABCDEF'[place]}2"
        assert rule["condition"]["values"][0]["userEnteredValue"] == f"=(LEN(TRIM({cell}))>0)*({cell}<>0)>0"
    assert rgb(found[overdue]["format"]["backgroundColorStyle"]) == "F7B7AE"


def test_there_are_a_filter_and_stripes_below_the_header(made):
    for spec in DEMO:
        tab = made.tab(spec.title)
        assert tab["basicFilter"]["range"].get("startRowIndex", 0) == 0
        assert tab["basicFilter"]["range"]["endColumnIndex"] == len(spec.columns)
        assert tab["bandedRanges"][0]["range"]["startRowIndex"] == 1


def test_managers_have_their_views(made):
    views = {one["title"]: one for one in made.tab()["filterViews"]}
    assert set(views) == {"Overdue", "Due today", "Mine: choose your name under Owner", "Call-backs due"}
    assert [one["title"] for one in made.tab("Call-backs")["filterViews"]] == ["Overdue"]
    mine = views["Mine: choose your name under Owner"]
    assert mine["sortSpecs"][0]["dimensionIndex"] == column("Owner")[0]
    due = next(
        one["filterCriteria"]["condition"]
        for one in views["Due today"]["filterSpecs"]
        if "condition" in one["filterCriteria"]
    )
    formula = due["values"][0]["userEnteredValue"]
    assert formula.startswith("=")
    assert "," not in formula, "half of the world separates by semicolons"


def test_columns_and_tabs_bear_marks(made):
    tab = made.tab()
    assert {one["metadataKey"]: one["metadataValue"] for one in tab["developerMetadata"]} == {TAB_MARK: "tickets"}
    marks = [one["developerMetadata"][0] for one in tab["data"][0]["columnMetadata"]]
    assert [one["metadataValue"] for one in marks] == [f"tickets.{one.key}" for one in SPECS[0].columns]
    assert {(one["metadataKey"], one["visibility"]) for one in marks} == {(COLUMN_MARK, "DOCUMENT")}


def test_the_demo_fills_the_tabs_that_it_made(made):
    rows = [
        row
        for row in made.tab()["data"][0]["rowData"][1:]
        if any("userEnteredValue" in one for one in row.get("values", ()))
    ]
    assert len(rows) == len(DEMO[0].rows) > 50


def test_few_calls_are_enough_for_any_number_of_rows(server):
    small, big = Sheet(server), Sheet(server)
    small.init()
    big.init([replace(one, rows=list(one.rows) * 5) for one in DEMO])
    assert small.api.calls == big.api.calls <= 7


def test_a_big_change_is_cut_between_tabs_only(sheet):
    heavy = [replace(one, rows=list(one.rows) * 40) for one in DEMO]
    lacks = wanted.lacking(look(sheet.api), wishes(SETTINGS, heavy, None))
    parts = list(batches([], lacks))
    assert len(parts) > 1
    assert [one for part in parts for one in part] == [request for one in lacks for request in one.requests]


# -- a second time -----------------------------------------------------------------------------------------------


def test_a_second_init_changes_nothing_at_all(sheet):
    sheet.init(DEMO)
    before, calls = sheet.whole(), sheet.api.calls
    again = sheet.init(DEMO)
    assert sheet.whole() == before
    assert not again.added
    assert list(again.complete) == TITLES
    assert sheet.api.calls - calls == 2, "two looks"


def test_what_staff_changed_stays(sheet):
    sheet.init(DEMO)
    tab, at = sheet.tab(), sheet.sheet_id()
    wide = len(SPECS[0].columns)
    sheet.change(
        {"updateConditionalFormatRule": {"index": 0, "sheetId": at, "rule": recoloured(tab["conditionalFormats"][0])}},
        move(at, column("Phone")[0], 2),
        {
            "insertDimension": {
                "range": {"sheetId": at, "dimension": "COLUMNS", "startIndex": 4, "endIndex": 5},
                "inheritFromBefore": False,
            }
        },
        write(at, 0, 4, "Our own"),
        write(at, 0, 2, "Tel."),  # a header that no alias knows: its mark tells
        paint(at, 0, 6, 3),
        {"updateSheetProperties": {"properties": {"sheetId": at, "title": "Fälle 2026"}, "fields": "title"}},
        {
            "updateSheetProperties": {
                "properties": {"sheetId": at, "gridProperties": {"frozenColumnCount": 3}},
                "fields": "gridProperties.frozenColumnCount",
            }
        },
        {
            "setBasicFilter": {
                "filter": {
                    "range": {
                        "sheetId": at,
                        "startRowIndex": 0,
                        "endRowIndex": 50,
                        "startColumnIndex": 0,
                        "endColumnIndex": 3,
                    }
                }
            }
        },
        {
            "setDataValidation": {
                "range": area(at, 1, None, 8, 9),
                "rule": {"condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "x"}]}},
            }
        },
    )
    before = sheet.whole()
    again = sheet.init(DEMO)
    assert again.added == ()
    assert sheet.whole() == before
    assert len(sheet.header("Fälle 2026")) == wide + 1


def test_a_new_sheet_gets_the_locale_of_the_desk_and_another_keeps_its_own(server):
    new, old = Sheet(server), Sheet(server)
    old.change(write(0, 0, 0, "x"))
    for one in (new, old):
        build(one.api, "main", wishes(SETTINGS, SPECS, None), ZONE, "zh_CN")
    assert new.whole()["properties"]["locale"] == "zh_CN"
    assert old.whole()["properties"]["locale"] == "en_US"


def test_a_tab_with_content_is_never_removed_nor_filled(sheet):
    sheet.change(write(0, 5, 2, "my notes"))
    built = sheet.init(DEMO)
    titles = [one["properties"]["title"] for one in sheet.whole()["sheets"]]
    assert titles == ["Sheet1", *TITLES], "ours stand behind what is there"
    assert built.removed == ""
    assert sheet.whole()["properties"]["timeZone"] != ZONE, "it is no new sheet: its zone is the staff's"
    assert cell(sheet.tab("Sheet1"), 5, 2)["formattedValue"] == "my notes"


def test_a_note_alone_keeps_the_first_tab(sheet):
    note = {"range": area(0, 40, 41, 3, 4), "rows": [{"values": [{"note": "ask Mei"}]}], "fields": "note"}
    sheet.change({"updateCells": note})
    sheet.init()
    assert "Sheet1" in [one["properties"]["title"] for one in sheet.whole()["sheets"]]


def test_demo_rows_go_into_new_tabs_only(sheet):
    sheet.init()
    sheet.change({"deleteSheet": {"sheetId": sheet.sheet_id("Vendors")}})
    built = sheet.init(DEMO)
    assert [one.title for one in built.added] == ["Vendors"]
    assert len(sheet.header("Vendors", row=1)) > 3
    assert not any("userEnteredValue" in one for one in sheet.tab()["data"][0]["rowData"][1].get("values", ()))


# -- what is missing comes back ----------------------------------------------------------------------------------


def test_a_missing_column_comes_back_at_the_right_end_with_all_that_belongs_to_it(sheet):
    sheet.init(DEMO)
    at, (place, spec) = sheet.sheet_id(), column("Kind")
    sheet.change(
        {
            "deleteDimension": {
                "range": {"sheetId": at, "dimension": "COLUMNS", "startIndex": place, "endIndex": place + 1}
            }
        }
    )
    built = sheet.init(DEMO)
    assert [one.title for one in built.added] == ["Tickets"]
    tab = sheet.tab()
    assert sheet.header()[-1] == "Kind"
    assert tab["properties"]["gridProperties"]["columnCount"] == len(SPECS[0].columns)
    last = len(SPECS[0].columns) - 1
    assert [one["userEnteredValue"] for one in cell(tab, 20, last)["dataValidation"]["condition"]["values"]] == list(
        spec.choices
    )
    assert tab["data"][0]["columnMetadata"][last]["developerMetadata"][0]["metadataValue"] == "tickets.kind"
    assert sheet.init(DEMO).added == ()


def test_a_toolkit_column_that_comes_back_is_protected_and_turns_red(sheet):
    sheet.init()
    at, (place, _) = sheet.sheet_id(), column("Check")
    sheet.change(
        {
            "deleteDimension": {
                "range": {"sheetId": at, "dimension": "COLUMNS", "startIndex": place, "endIndex": place + 1}
            }
        }
    )
    sheet.init()
    tab, last = sheet.tab(), len(SPECS[0].columns) - 1
    assert any(
        one["range"]["startColumnIndex"] <= last < one["range"]["endColumnIndex"] for one in tab["protectedRanges"]
    )
    assert any(one["ranges"][0]["startColumnIndex"] == last for one in tab["conditionalFormats"])
    assert sheet.init().added == ()


def test_a_missing_view_rule_filter_protection_and_dropdown_come_back(sheet):
    sheet.init()
    before, at = sheet.tab(), sheet.sheet_id()
    place = column("Status")[0]
    sheet.change(
        {"deleteFilterView": {"filterId": before["filterViews"][1]["filterViewId"]}},
        {"deleteConditionalFormatRule": {"sheetId": at, "index": 0}},
        {"clearBasicFilter": {"sheetId": at}},
        {"deleteProtectedRange": {"protectedRangeId": before["protectedRanges"][0]["protectedRangeId"]}},
        {"deleteBanding": {"bandedRangeId": before["bandedRanges"][0]["bandedRangeId"]}},
        {"setDataValidation": {"range": area(at, 1, None, place, place + 1)}},
    )
    sheet.init()
    assert bare(sheet.tab()) == bare(before)


def test_a_tab_of_their_own_gets_what_the_toolkit_cannot_do_without_at_the_right_end(sheet):
    sheet.change(
        {"updateSheetProperties": {"properties": {"sheetId": 0, "title": "Tickets"}, "fields": "title"}},
        {"deleteDimension": {"range": {"sheetId": 0, "dimension": "ROWS", "startIndex": LAST, "endIndex": 1000}}},
        write(0, 0, 0, "After-sales 2026"),
        *(
            write(0, 2, place, label)
            for place, label in enumerate(["Customer", "Phone", "Colour of the sofa", "Status"])
        ),
        write(0, 3, 0, "Ann"),
    )
    built = sheet.init(DEMO)
    labels = sheet.header(row=2)
    assert labels[:4] == ["Customer", "Phone", "Colour of the sofa", "Status"]
    assert {"Ticket no.", "Check", "Overdue", "Kind", "Problem"} <= set(labels)
    assert "City" not in labels, "what is not needed is theirs to add"
    assert cell(sheet.tab(), 3, 0)["formattedValue"] == "Ann"
    assert "dataValidation" in cell(sheet.tab(), 10, 3), "their status column offers the words"
    assert not built.added[0].is_new
    assert sheet.init(DEMO).added == ()


# -- what goes wrong ---------------------------------------------------------------------------------------------


class Uncertain:
    """The transport, whose first change gets no clear answer: made or not."""

    def __init__(self, api, *, is_made):
        self.api, self.is_made, self.location, self.account_email = api, is_made, api.location, ""
        self.is_first = True

    def metadata(self, *asked):
        return self.api.metadata(*asked)

    def change(self, asked):
        if self.is_first:
            self.is_first = False
            if self.is_made:
                self.api.change(asked)
            raise UnknownOutcomeError("cut")
        return self.api.change(asked)


@pytest.mark.parametrize("is_made", [True, False])
def test_a_change_without_an_answer_is_looked_for_and_not_made_twice(sheet, server, is_made):
    build(Uncertain(sheet.api, is_made=is_made), "main", wishes(SETTINGS, SPECS, None), ZONE)
    calm = Sheet(server)
    calm.init()
    assert [one["properties"]["title"] for one in sheet.whole()["sheets"]] == TITLES
    for one, other in zip(sheet.whole()["sheets"], calm.whole()["sheets"], strict=True):
        assert bare(one) == bare(other)


def test_a_sheet_that_never_answers_clearly_is_one_error(sheet):
    class Never(Uncertain):
        def change(self, asked):
            raise UnknownOutcomeError("cut")

    with pytest.raises(BookError, match="run `aftersales init` again"):
        build(Never(sheet.api, is_made=False), "main", wishes(SETTINGS, SPECS, None), ZONE)


# -- through the door ---------------------------------------------------------------------------------------------


FEW = [("few_rows", {"count": LAST})]


def desk_of(server, folder, *words):
    book = server.create("Desk")
    said = ("--locale", "en", "--google", book.url, "--endpoint", server.url, "--now", "2026-11-24T10:00")
    done = quickly("init", folder, *said, *words, cwd=folder, hooks=FEW)
    return book, done


def doctor(folder):
    done = quickly("doctor", "--json", "--now", "2026-11-24T10:00", cwd=folder)
    return done.code, [one for one in done.json if one["check"] == "book main"]


def test_init_writes_the_configuration_and_says_what_it_made_and_what_is_next(server, tmp_path):
    book, done = desk_of(server, tmp_path, "--demo")
    assert done.code == 0, done.err
    assert read((tmp_path / "config.yaml").read_text("utf-8"), tmp_path, environment={}).books[0].google == book.id
    assert not (tmp_path / "workbooks").exists()
    assert "made “Tickets”" in done.out
    assert "Share it" in done.out
    assert "aftersales doctor" in done.out
    assert len([row for row in book.tab("Tickets").values() if any(row)]) > 50
    again = quickly("init", tmp_path, cwd=tmp_path)
    assert again.code == 0, again.err
    assert "“Tickets” was complete" in again.out


def test_a_configuration_that_names_another_sheet_is_2_and_nothing_is_changed(server, tmp_path):
    desk_of(server, tmp_path)
    before = (tmp_path / "config.yaml").read_bytes()
    other, done = desk_of(server, tmp_path)
    assert done.code == 2
    assert other.id in done.err
    assert (tmp_path / "config.yaml").read_bytes() == before
    assert [one.title for one in other.tabs] == ["Sheet1"]


def test_the_doctor_says_that_all_is_well_and_what_was_removed(server, tmp_path):
    book, _ = desk_of(server, tmp_path)
    code, found = doctor(tmp_path)
    assert code == 0
    assert {one["state"] for one in found} == {"ok"}, found
    book.delete_tab("Vendors")
    _, found = doctor(tmp_path)
    assert next(one["found"] for one in found if one["state"] == "warning").startswith("something was removed")


def test_the_doctor_tells_another_zone_and_another_locale(server, tmp_path):
    book, _ = desk_of(server, tmp_path)
    with book.edit() as state:
        state.time_zone, state.locale = "Europe/Berlin", "de_DE"
    _, found = doctor(tmp_path)
    told = " ".join(one["found"] for one in found if one["state"] == "warning")
    assert "Europe/Berlin" in told
    assert "de_DE" in told


@pytest.mark.parametrize(
    ("ill", "words"), [("deny", "is not open to"), ("office_mode", "Excel file that was opened in Drive")]
)
def test_a_sheet_that_is_not_shared_and_one_in_office_mode_say_so(server, tmp_path, ill, words):
    book = server.create("Desk")
    getattr(server, ill)(book.id)
    made = quickly("init", tmp_path, "--google", book.id, "--endpoint", server.url, cwd=tmp_path)
    assert made.code == 3
    assert words in made.err
    code, found = doctor(tmp_path)
    assert code == 3
    assert words in found[0]["found"]
    assert found[0]["cure"]


# -- small hands -------------------------------------------------------------------------------------------------


def area(sheet, top, bottom, left, right):
    return {
        "sheetId": sheet,
        "startRowIndex": top,
        "endRowIndex": bottom,
        "startColumnIndex": left,
        "endColumnIndex": right,
    }


def write(sheet, row, column, text):
    rows = [{"values": [{"userEnteredValue": {"stringValue": text}}]}]
    return {
        "updateCells": {
            "range": area(sheet, row, row + 1, column, column + 1),
            "rows": rows,
            "fields": "userEnteredValue",
        }
    }


def paint(sheet, row, left, count):
    pink = {"userEnteredFormat": {"backgroundColorStyle": {"rgbColor": {"red": 1, "green": 0.5, "blue": 0.5}}}}
    where = area(sheet, row, row + 1, left, left + count)
    return {"repeatCell": {"range": where, "cell": pink, "fields": "userEnteredFormat.backgroundColorStyle"}}


def move(sheet, source, target):
    span = {"sheetId": sheet, "dimension": "COLUMNS", "startIndex": source, "endIndex": source + 1}
    return {"moveDimension": {"source": span, "destinationIndex": target}}


def recoloured(rule):
    changed = copy.deepcopy(rule)
    changed["booleanRule"]["format"]["backgroundColorStyle"] = {"rgbColor": {"blue": 1}}
    changed["booleanRule"]["format"].pop("backgroundColor", None)
    return changed


def bare(tab):
    """A tab without the numbers that the server hands out, its lists in one order."""

    def plain(value):
        if isinstance(value, dict):
            ids = {"protectedRangeId", "filterViewId", "bandedRangeId", "metadataId", "index"}
            return {key: plain(one) for key, one in value.items() if key not in ids}
        return [plain(one) for one in value] if isinstance(value, list) else value

    found = plain(tab)
    for name in ("protectedRanges", "filterViews", "conditionalFormats"):
        found[name] = sorted(found.get(name, ()), key=str)
    return found

"""Another system's columns and cells as a register reads them, and its rows against those of the sheets."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from toolkit.core.book import RawTab
from toolkit.registers.comparing import sort_out
from toolkit.registers.contacts import CONTACTS
from toolkit.registers.foreign import ColumnMap, Found, find_columns, read_foreign, required
from toolkit.registers.lexicon import Lexicon
from toolkit.registers.orders import ORDERS
from toolkit.registers.table import Reading, read_table
from toolkit.registers.tickets import TICKETS

ENGLISH = Lexicon("en")
READING = Reading(ENGLISH, "CN", datetime(2026, 11, 24, 10), ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("rows", "said", "found"),
    [
        (
            [["Order number", "客户姓名", "Weight", "check"]],
            ColumnMap(),
            Found(0, {"order_no": 0, "customer": 1}, ("Weight", "check")),
        ),
        (
            [["Export of 23 Nov", None], [None], ["Ref", "Customer", "Phone"]],
            ColumnMap({"order_no": "ref"}),
            Found(2, {"order_no": 0, "customer": 1, "phone": 2}, ()),
        ),
        (
            [["Phone", "Mobile no", "Customer"]],
            ColumnMap({"phone": "Mobile no", "customer": ""}),
            Found(0, {"phone": 1}, ("Phone", "Customer")),
        ),
        (
            [["id", "name", "name"]],
            ColumnMap({"order_no": "#1", "customer": "#3", "city": "#9"}),
            Found(0, {"order_no": 0, "customer": 2}, ("name",), ("#9",)),
        ),
        (
            [["Ref", "name", "name", "Phone", "PHONE："]],
            ColumnMap({"order_no": "Nr", "customer": "name"}),
            Found(0, {}, ("Ref", "name", "name", "Phone", "PHONE："), ("Nr",), ("name", "Phone")),
        ),
        ([["Store", "Phone"]], ColumnMap(constants={"store": "Web"}), Found(0, {"phone": 1}, ("Store",))),
        ([], ColumnMap(), Found(0, {}, ())),
    ],
)
def test_columns_are_found_by_the_map_then_by_label_alias_or_key_in_any_language(rows, said, found):
    assert find_columns(ORDERS, rows, ENGLISH, said) == found


def test_what_the_toolkit_writes_is_never_taken_over():
    header = [one.key for one in ORDERS.columns]
    taken = find_columns(ORDERS, [header], ENGLISH, ColumnMap()).columns
    assert list(taken.items()) == [(one.key, n) for n, one in enumerate(ORDERS.columns) if one.written_by != "toolkit"]


def test_the_columns_without_which_no_row_is_whole():
    assert list(required(ORDERS, {"customer": 1}, {"status": "new"})) == ["order_no", "promised_by"]
    assert (
        list(required(TICKETS, {"opened_at": 0, "customer": 1, "problem": 2, "email": 4}, {"kind": "", "status": ""}))
        == []
    )


def read(register, header, *rows, said=None, is_text=True):
    cells = [header, *([one or None for one in row] for row in rows)]
    said = said or ColumnMap()
    return read_foreign(
        register, "shop", cells, find_columns(register, cells, ENGLISH, said), said, READING, is_text=is_text
    )


HEADER = ["order_no", "customer", "phone", "amount", "ordered_on", "promised_by", "status", "urgency", "waybill"]
SAID = ColumnMap(
    values={"status": {"已发货": "shipped", "Wait": "reviewed"}, "customer": {"n/a": ""}},
    constants={"urgency": "normal", "store": "Web"},
    dates="dmy",
)


def test_cells_are_typed_with_the_maps_words_constants_and_order_of_dates():
    foreign = read(
        ORDERS,
        HEADER,
        ["1001", "Ann", "+86 138-0013-8000", "¥3,299.00", "03/11/2026", "5.12.26 18:00", "已發貨", "", "=1+1"],
        [1002, "n/a", 13900139000, 12.5, date(2026, 11, 4), datetime(2026, 12, 6), "WAIT", "urgent", None],
        said=SAID,
    )
    columns = (*HEADER, "store")
    assert [tuple(row.get(key) for key in columns) for row in foreign.table.rows] == [
        ("1001", "Ann", "13800138000", Decimal("3299.00"), date(2026, 11, 3), datetime(2026, 12, 5, 18), "shipped", "normal", "=1+1", "Web"),
        ("1002", None, "13900139000", Decimal("12.50"), date(2026, 11, 4), datetime(2026, 12, 6), "reviewed", "normal", None, "Web"),
    ]  # fmt: skip
    assert [foreign.line_of(row) for row in foreign.table.rows] == [1, 2]
    assert foreign.findings == ()


def test_the_other_order_of_dates():
    foreign = read(ORDERS, HEADER, ["1", "A", "", "", "03/11/2026", "2026-12-01", "new"], said=ColumnMap(dates="mdy"))
    assert foreign.table.rows[0].ordered_on == date(2026, 3, 11)


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("ordered_on", "03/04/2026", "not-a-date"),
        ("phone", "1.38E+10", "not-a-phone"),
        ("order_no", "2.02611E+14", "lost-digits"),
        ("order_no", 2026112300000001, "lost-digits"),
        ("order_no", "202611230000000000", "lost-digits"),
        ("waybill", "7.31234E+13", "lost-digits"),
        ("waybill", "731234567890123000", "lost-digits"),
        ("status", "lost in transit", "not-a-choice"),
        ("amount", "12,5", "not-a-number"),
        ("promised_by", "", "required"),
    ],
)
def test_a_cell_that_cannot_be_meant_is_a_finding_at_its_column_and_never_a_guess(column, cell, code):
    row = dict(
        zip(HEADER, ["1001", "Ann", "13800138000", "10", "2026-11-03", "2026-12-05", "new", "", "SF1"], strict=True)
    )
    foreign = read(ORDERS, HEADER, list((row | {column: cell}).values()))
    assert [(one.code, one.column, one.place.row) for one in foreign.findings] == [(code, column, 2)]


@pytest.mark.parametrize("waybill", ["731234567890123", "SF1E+10", "400000", "7312345678901230001"])
def test_long_numbers_that_are_whole_are_no_finding(waybill):
    row = ["1001", "Ann", "13800138000", "10", "2026-11-03", "2026-12-05", "new", "", waybill]
    assert read(ORDERS, HEADER, row).findings == ()


def test_a_row_out_of_step_is_told_in_separated_text_but_notes_beside_a_sheets_table_are_not():
    row = ["1001", "Ann", "13800138000", "10", "2026-11-03", "2026-12-05", "new", "", "SF1", "", "x"]
    assert [one.code for one in read(ORDERS, HEADER, row).findings] == ["extra-cells"]
    assert read(ORDERS, HEADER, row, is_text=False).findings == ()
    assert read(ORDERS, HEADER, row[:-1], row[:7]).findings[0].code == "duplicate-key"  # a short row is whole


def test_rows_know_their_place_below_titles_and_blank_cells():
    rows = [["Shop"], [None], ["Order number", "Customer"], [None, " "], ["1001", "Ann"]]
    said = ColumnMap(constants={"ordered_on": "2026-11-03", "promised_by": "2026-12-05", "status": "new"})
    foreign = read_foreign(ORDERS, "shop", rows, find_columns(ORDERS, rows, ENGLISH, said), said, READING)
    assert [(foreign.line_of(one), one.key) for one in foreign.table.rows] == [(3, None), (4, "1001#1")]


# -- against the sheets ---------------------------------------------------------------------------------------------


def table(register, header, *rows):
    """A sheet with these columns, and a blank one for each other that it cannot do without."""
    more = [
        one.key for one in register.columns if one.key not in header and (one.is_required or one.key in register.key)
    ]
    return read_table(register, RawTab("sheet", [[*header, *more], *rows]), "main", READING)


CONTACT = ["ticket_no", "at", "result", "said"]
CALLS = [
    ["T1", datetime(2026, 11, 3, 9, 30), "reached", "hello"],
    ["T1", datetime(2026, 11, 4), "no_answer", None],
    ["T1", datetime(2026, 11, 4), "no_answer", None],
]


def test_rows_without_a_number_are_new_as_often_as_the_sheet_lacks_them():
    sheet = table(CONTACTS, ["contact_no", *CONTACT], ["C1", "t1", date(2026, 11, 4), "no_answer", ""])
    foreign = read(CONTACTS, CONTACT, *CALLS)
    found = sort_out(CONTACTS, foreign.table.rows, foreign.columns, (sheet,))
    assert ([row.row for row in found.new], found.equal, found.differing, found.repeated) == ([2, 4], 1, (), ())
    whole = table(CONTACTS, CONTACT, *CALLS)
    again = sort_out(CONTACTS, foreign.table.rows, foreign.columns, (whole,))
    assert (again.new, again.equal) == ((), 3)


def test_rows_are_compared_by_the_columns_that_the_map_names():
    foreign = read(
        CONTACTS, CONTACT, CALLS[0], ["T2", CALLS[0][1], "reached", "x"], ["T2", CALLS[0][1], "reached", "y"]
    )
    sheet = table(CONTACTS, CONTACT, ["T1", CALLS[0][1], "refused", "hello"])
    found = sort_out(CONTACTS, foreign.table.rows, foreign.columns, (sheet,), ("ticket_no", "at"))
    assert [(one.row.row, one.column, one.there.result, one.row.result) for one in found.differing] == [
        (2, "result", "refused", "reached")
    ]
    assert (found.new, found.equal, [row.row for row in found.repeated]) == ((), 0, [3, 4])


def test_what_the_file_leaves_blank_differs_from_nothing_and_a_blank_cell_of_the_sheet_is_told():
    whole = ["1001", "Ann", "13800138000", "10", "2026-11-03", "2026-12-05", "new", "", "SF1"]
    sheets = (table(ORDERS, HEADER[:6], whole[:6]), table(ORDERS, HEADER, ["1002", *whole[1:]]))
    # a blank status of an order is a new one in the sheet, and nothing in the file
    foreign = read(ORDERS, HEADER, whole, ["1002", *whole[1:3], "", *whole[4:6], "", *whole[7:]], ["1003", *whole[1:]])
    found = sort_out(ORDERS, foreign.table.rows, foreign.table.columns, sheets)
    assert [(one.there.key, one.column) for one in found.differing] == [("1001#1", "waybill")]
    assert ([row.key for row in found.new], found.equal, found.differing_rows) == (["1003#1"], 1, 1)

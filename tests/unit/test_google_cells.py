"""Cells as the Sheets API has them, ranges, and what a look at the metadata tells."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.gateways.google.cells import LONGEST_TEXT, area, bands, date_format, is_same, runs, sent
from toolkit.gateways.google.layout import Layout, Merge, layout_of
from toolkit.gateways.google.reading import corner


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        ("=1+1", "=1+1"),
        ("0042", "0042"),
        (True, True),
        (7, 7),
        (Decimal("12.50"), 12.5),
        (Decimal("12.00"), 12),
        (dt.date(2020, 1, 1), 43831),  # as Google itself said (cassettes)
        (dt.date(1999, 1, 2), 36162),
        (dt.datetime(2020, 1, 1, 12, 0), 43831.5),
        (dt.datetime(2020, 1, 1), 43831),
        (dt.time(6, 0), 0.25),
        (dt.timedelta(hours=36), 1.5),
        ("x" * (LONGEST_TEXT + 9), "x" * LONGEST_TEXT),
    ],
)
def test_a_value_is_sent_as_what_it_is(value, cell):
    assert sent(value) == cell
    assert type(sent(value)) is type(cell)


@given(st.datetimes(dt.datetime(1955, 1, 1), dt.datetime(2110, 1, 1)).map(lambda one: one.replace(microsecond=0)))
def test_a_moment_comes_back_to_the_second(moment):
    days = sent(moment)
    back = dt.datetime(1899, 12, 30) + dt.timedelta(seconds=round(days * 86400))
    assert back == moment


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("", None, True),
        (1, 1.0, True),
        (46024.60416666667, 46024.6041666667, True),
        (46024.60416666667, 46024.604178, False),  # a second later
        (True, 1, False),
        (True, True, True),
        ("1", 1, False),
        ("a ", "a", False),
    ],
)
def test_two_cells_are_the_same(one, other, same):
    assert is_same(one, other) is same
    assert is_same(other, one) is same


def test_only_dates_need_a_date_format():
    assert date_format(dt.date(2026, 1, 1)) == {"type": "DATE", "pattern": "yyyy-mm-dd"}
    assert date_format(dt.datetime(2026, 1, 1)) == {"type": "DATE_TIME", "pattern": "yyyy-mm-dd hh:mm"}
    assert date_format(3) is date_format("2026-01-01") is None


def test_ranges_name_their_tab_whatever_it_is_called():
    assert area("售后登记表", 2, 1, 9, 28) == "'售后登记表'!A2:AB9"
    assert area("Ann's", 2, 3, None, 3) == "'Ann''s'!C2:C"


@pytest.mark.parametrize(
    ("text", "place"),
    [("Sheet1!B7:C9", (7, 2)), ("'Ann''s!'!AA1", (1, 27)), ("'售后'!A1:B2", (1, 1)), ("T!C:C", (1, 3))],
)
def test_the_first_cell_of_a_range_is_found(text, place):
    assert corner(text) == place


def test_numbers_become_runs_and_at_most_so_many_bands():
    numbers = [5, 1, 2, 3, 20, 22]
    assert runs(numbers) == [(1, 3), (5, 5), (20, 20), (22, 22)]
    assert runs(numbers, gap=1) == [(1, 5), (20, 22)]
    assert bands(numbers, 4) == runs(numbers)
    assert bands(numbers, 3) == [(1, 5), (20, 22)]  # two holes of the same size are bridged together
    assert bands(numbers, 1) == [(1, 22)]


@given(st.sets(st.integers(1, 500), min_size=1), st.integers(1, 20))
def test_bands_hold_every_number_and_are_not_too_many(numbers, most):
    found = bands(numbers, most)
    assert len(found) <= most
    assert all(any(first <= one <= last for first, last in found) for one in numbers)
    assert all(first in numbers and last in numbers for first, last in found)


def test_the_metadata_tells_tabs_zone_merges_and_marks():
    mark = {"developerMetadata": [{"metadataKey": "aftersales-column", "metadataValue": "tickets.phone"}]}
    found = layout_of(
        {
            "properties": {"title": "Desk", "locale": "zh_CN", "timeZone": "Asia/Shanghai"},
            "sheets": [
                {"properties": {"sheetId": 7, "title": "chart", "index": 1, "sheetType": "OBJECT"}},
                {
                    "properties": {"title": "T", "gridProperties": {"rowCount": 9, "columnCount": 3}},
                    "merges": [{"endRowIndex": 1, "endColumnIndex": 3}],
                    "data": [{"columnMetadata": [{}, mark]}],
                },
            ],
        }
    )
    (tab,) = found.tabs
    assert (found.zone.key, tab.gid, tab.title, tab.rows, tab.columns) == ("Asia/Shanghai", 0, "T", 9, 3)
    assert tab.merges == (Merge(1, 1, 1, 3),)
    assert (tab.merges[0].hides(1, 1), tab.merges[0].hides(1, 2), tab.merges[0].hides(2, 2)) == (False, True, False)
    assert tab.marks == {2: ("tickets", "phone")}


@pytest.mark.parametrize(
    ("name", "zone"), [("GMT+08:00", "Etc/GMT-8"), ("GMT-7", "Etc/GMT+7"), ("Nowhere/Town", None), ("", None)]
)
def test_a_zone_that_is_an_offset_or_unknown(name, zone):
    found = Layout("", "", name, ()).zone
    assert (found.key if found else None) == zone

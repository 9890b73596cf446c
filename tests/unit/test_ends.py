"""Deadlines that are ends: of the working day, of the shift (P-24)."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from toolkit.jobs.shifts import shift_of
from toolkit.rules.worktime.calendar import BusinessCalendar
from toolkit.rules.worktime.ends import End, end_of_day, end_of_shift
from toolkit.rules.worktime.week import parse_spans

ZONE = ZoneInfo("Asia/Shanghai")
SHOP = BusinessCalendar(ZONE, {"mon-fri": ["09:00-12:00", "13:00-18:00"]}, holidays=[date(2026, 11, 25)])
MALL = BusinessCalendar(ZONE, {"mon-sun": ["00:00-24:00"]}, holidays=[date(2026, 11, 25)])
THREE = parse_spans(["06:00-14:00"], "") + parse_spans(["14:00-22:00"], "") + parse_spans(["22:00-06:00"], "")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("24T10:00", "24T18:00"),
        ("24T12:30", "24T18:00"),
        ("24T08:00", "24T18:00"),
        ("24T17:59", "24T18:00"),
        ("24T18:00", "26T18:00"),
        ("25T10:00", "26T18:00"),
        ("27T19:00", "30T18:00"),
    ],
)
def test_the_end_of_the_day_is_close_of_business_of_the_working_day_that_holds_the_moment_or_comes_next(
    moment, expected
):
    assert end_of_day(SHOP, at(moment)) == at(expected)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("23T06:00", "23T14:00"),
        ("23T13:59", "23T14:00"),
        ("23T14:00", "23T22:00"),
        ("23T23:00", "24T06:00"),
        ("24T02:00", "24T06:00"),
        ("25T02:00", "25T06:00"),
        ("25T07:00", "26T14:00"),
    ],
)
def test_p_24_a_shift_may_cross_midnight_and_none_begins_on_a_day_that_is_closed(moment, expected):
    assert end_of_shift(MALL, at(moment), THREE) == at(expected)


def test_p_24_where_shifts_overlap_who_came_on_last_settles_it_and_a_desk_without_shifts_has_its_day():
    assert end_of_shift(
        MALL, at("24T15:30"), parse_spans(["10:00-16:00"], "") + parse_spans(["15:00-22:00"], "")
    ) == at("24T22:00")
    assert end_of_shift(SHOP, at("24T10:00"), ()) == at("24T18:00")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Early", parse_spans("10:00-16:00", "")),
        ("early", parse_spans("10:00-16:00", "")),
        ("10：00 至 16：00", parse_spans("10:00-16:00", "")),
        ("whenever", ()),
    ],
)
def test_p_24_a_persons_shift_is_named_or_written_as_hours(text, expected):
    assert shift_of(text, {"early": parse_spans("10:00-16:00", "")}) == expected


@pytest.mark.parametrize(("text", "expected"), [("End  of Shift", End.SHIFT), ("end of day", End.DAY), ("2bh", None)])
def test_an_end_is_known_however_it_is_spelt(text, expected):
    assert End.parse(text) is expected

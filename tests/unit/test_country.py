"""A country's days, and the desk's own rows above them."""

from datetime import date, datetime, timedelta

import pytest

from toolkit.worktime import DayKind, Duration, HolidayRow, calendar_for, country_days

WEEK = {"mon-fri": ["09:00-18:00"], "sat": ["10:00-14:00"]}


def hours(calendar, day):
    return calendar.elapsed(day, day + timedelta(days=1)) / timedelta(hours=1)


def test_china_has_its_days_off_and_the_weekends_worked_for_them():
    days = country_days("CN", [2026], "zh-CN")
    assert days.holidays[date(2026, 10, 1)] == "国庆节"
    assert sorted(days.working)[-2:] == [date(2026, 9, 20), date(2026, 10, 10)]
    assert days.working[date(2026, 10, 10)].startswith("2026-10-07 ")
    assert not days.provisional
    assert not days.missing


def test_a_year_without_make_up_days_is_provisional_in_china_alone():
    assert country_days("CN", [2026, 2035]).provisional == {2035}
    assert not country_days("DE", [2026, 2035]).provisional


def test_a_year_without_data_is_missing():
    assert country_days("CN", [1949, 2026, 2101]).missing == {1949, 2101}


def test_a_make_up_day_at_the_turn_of_the_year_is_found_in_its_own_year():
    assert date(2006, 12, 30) in country_days("CN", [2006]).working


def test_regions_and_unknown_countries():
    assert date(2026, 1, 6) in country_days("DE-BY", [2026]).holidays
    assert date(2026, 1, 6) not in country_days("DE", [2026]).holidays
    for country in ("XX", "DE-XX", "China!"):
        with pytest.raises(ValueError, match=country):
            country_days(country, [2026])


def test_a_row_wins_over_make_up_days_over_holidays_over_the_weekday():
    rows = [
        HolidayRow(date(2026, 10, 10), "盘点", working=False),
        HolidayRow(date(2026, 10, 2), "值班", working=True, hours=("10:00-12:00",)),
        HolidayRow(date(2026, 10, 4), "加班", working=True),
        HolidayRow(date(2026, 9, 23), "停电", working=False),
    ]
    plain = calendar_for(WEEK, "Asia/Shanghai", "CN")
    own = calendar_for(WEEK, "Asia/Shanghai", "CN", rows, "zh-CN")
    expected = {
        date(2026, 10, 10): (9, 0),  # a make-up Saturday has Monday's hours; the row closes it
        date(2026, 10, 2): (0, 2),
        date(2026, 10, 4): (0, 9),
        date(2026, 9, 23): (9, 0),
        date(2026, 9, 20): (9, 9),  # a Sunday
        date(2026, 9, 26): (0, 0),  # the Saturday of the Mid-Autumn break
        date(2026, 9, 12): (4, 4),  # a plain Saturday
    }
    assert {day: (hours(plain, day), hours(own, day)) for day in expected} == expected
    day = own.walk(date(2026, 10, 10), date(2026, 10, 10))[0]
    assert (day.kind, day.name, day.is_own) == (DayKind.HOLIDAY, "盘点", True)


def test_a_calendar_reaches_from_long_ago_to_long_ahead():
    calendar = calendar_for(WEEK, "Asia/Shanghai", "CN")
    for year in (1990, 2026, 2045):
        assert calendar.add(datetime(year, 9, 30, 17), Duration.parse("1bh")).year == year


def test_without_a_country_the_week_and_the_rows_alone_count():
    assert hours(calendar_for(WEEK, "Asia/Shanghai", None), date(2026, 10, 1)) == 9


@pytest.mark.parametrize(
    ("year", "breaks"),
    [
        # As the State Council's notices name them, first and last day.
        (2025, ("01-01 01-01", "01-28 02-04", "04-04 04-06", "05-01 05-05", "05-31 06-02", "10-01 10-08")),
        (
            2026,
            ("01-01 01-03", "02-15 02-23", "04-04 04-06", "05-01 05-05", "06-19 06-21", "09-25 09-27", "10-01 10-07"),
        ),
    ],
)
def test_the_weekends_of_a_chinese_break_are_off_and_those_worked_for_it_are_not(year, breaks) -> None:
    spans = [[date.fromisoformat(f"{year}-{one}") for one in span.split()] for span in breaks]
    off = {first + timedelta(days=n) for first, last in spans for n in range((last - first).days + 1)}
    assert set(country_days("CN", [year]).holidays) == off


def test_elsewhere_a_weekend_beside_a_holiday_is_a_plain_weekend() -> None:
    assert date(2026, 4, 4) not in country_days("DE", [2026]).holidays  # between Good Friday and Easter Monday


def test_loading_one_country_leaves_the_library_whole_for_others() -> None:
    assert country_days("CN", [2026]).holidays
    from holidays.countries import Germany, Japan

    assert Germany(years=2026)
    assert Japan(years=2026)

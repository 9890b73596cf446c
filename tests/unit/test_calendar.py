"""Working time by table: each case can be checked by hand."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from toolkit.worktime import BusinessCalendar, DayKind, Duration, NoWorkingTimeError, YearDays

OFFICE = {"mon-fri": ["09:00-18:00"]}
# 2026-09-30 is a Wednesday; 1-7 October is the national holiday, Saturday the 10th is worked instead.
CHINA = BusinessCalendar(
    "Asia/Shanghai",
    OFFICE,
    holidays={date(2026, 10, day) for day in range(1, 8)},
    extra_days={date(2026, 10, 10): [("09:00", "18:00")]},
)
LUNCH = BusinessCalendar("Asia/Shanghai", {"mon-fri": ["13:00-18:00", "09:00-12:00"]})
NIGHT = BusinessCalendar("Asia/Shanghai", {"mon-fri": [("22:00", "06:00")]}, holidays=[date(2026, 9, 29)])
ROUND_THE_CLOCK = BusinessCalendar("Europe/Berlin", {"mon-sun": ["00:00-24:00"]})


def moment(text, calendar=CHINA):
    return datetime.fromisoformat(text).replace(tzinfo=calendar.timezone)


def due(calendar, start, amount, pauses=()):
    found = calendar.add(
        moment(start, calendar), Duration.parse(amount), [tuple(_or_open(t, calendar) for t in p) for p in pauses]
    )
    return found.strftime("%Y-%m-%d %H:%M:%S").removesuffix(":00")


def _or_open(text, calendar):
    return None if text is None else moment(text, calendar)


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        ("2026-09-28 10:00", "2bh", "2026-09-28 12:00"),
        ("2026-09-28 07:00", "2bh", "2026-09-28 11:00"),  # counts from the opening
        ("2026-09-28 16:00", "2bh", "2026-09-28 18:00"),  # runs out at closing: due at closing
        ("2026-09-28 16:00", "2.5bh", "2026-09-29 09:30"),
        ("2026-09-28 18:00", "1bh", "2026-09-29 10:00"),  # the closing instant is not working time
        ("2026-09-28 09:00", "9bh", "2026-09-28 18:00"),
        ("2026-09-28 09:00", "18bh", "2026-09-29 18:00"),
        ("2026-09-30 17:00", "2bh", "2026-10-08 10:00"),  # over the holiday
        ("2026-10-03 12:00", "30bmin", "2026-10-08 09:30"),
        ("2026-10-09 17:00", "2bh", "2026-10-10 10:00"),  # the Saturday that is worked
        ("2026-10-10 17:30", "90bmin", "2026-10-12 10:00"),
        ("2026-09-28 10:00:30", "0.75bmin", "2026-09-28 10:01:15"),
        ("2026-09-28 10:00", "0bh", "2026-09-28 10:00"),
        ("2026-09-28 08:00", "0bh", "2026-09-28 09:00"),
        ("2026-09-28 18:00", "0bmin", "2026-09-29 09:00"),
        ("2026-09-30 18:00", "0bd", "2026-10-08 09:00"),
        ("2026-09-30 16:00", "2bd", "2026-10-09 18:00"),
        ("2026-09-30 16:00", "3bd", "2026-10-10 18:00"),
        ("2026-09-26 12:00", "1bd", "2026-09-28 18:00"),  # a closed day's event
        ("2026-09-28 23:00", "1bd", "2026-09-29 18:00"),
        ("2026-09-28 00:00", "1bd", "2026-09-29 18:00"),
        ("2026-09-28 10:00", "24h", "2026-09-29 10:00"),
        ("2026-09-28 10:00", "30min", "2026-09-28 10:30"),
        ("2026-09-26 23:00", "0h", "2026-09-26 23:00"),
        ("2026-09-28 10:00", "7d", "2026-10-05 23:59:59"),
        ("2026-09-28 00:00", "1d", "2026-09-29 23:59:59"),
        ("2026-09-28 10:00", "0d", "2026-09-28 10:00"),
        ("2026-11-30 10:00", "3mo", "2027-02-28 23:59:59"),  # the last day of a shorter month
        ("2027-11-30 10:00", "3mo", "2028-02-29 23:59:59"),
        ("2028-02-29 10:00", "1y", "2029-02-28 23:59:59"),
        ("2026-09-28 10:00", "14mo", "2027-11-28 23:59:59"),
    ],
)
def test_due_moments(start, amount, expected):
    assert due(CHINA, start, amount) == expected


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        ("2026-09-28 11:00", "2bh", "2026-09-28 14:00"),
        ("2026-09-28 11:00", "1bh", "2026-09-28 12:00"),
        ("2026-09-28 12:00", "0bh", "2026-09-28 13:00"),
        ("2026-09-28 11:00", "1bd", "2026-09-29 18:00"),  # the close of the day's last span
    ],
)
def test_several_spans_a_day(start, amount, expected):
    assert due(LUNCH, start, amount) == expected


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        ("2026-09-30 23:00", "6bh", "2026-10-01 05:00"),
        ("2026-09-29 01:00", "6bh", "2026-09-30 23:00"),  # Tuesday is off: Monday's night goes on, Tuesday's is gone
        ("2026-09-29 22:00", "1bh", "2026-09-30 23:00"),
        ("2026-09-26 01:00", "5bh", "2026-09-26 06:00"),  # Friday's night on Saturday
        ("2026-09-26 07:00", "1bh", "2026-09-28 23:00"),
        ("2026-09-28 12:00", "1bd", "2026-10-01 06:00"),  # Wednesday's close is on Thursday
        ("2026-09-29 01:00", "1bd", "2026-10-01 06:00"),  # the day of the event is the date on the wall
    ],
)
def test_spans_across_midnight_belong_to_the_day_they_start_on(start, amount, expected):
    assert due(NIGHT, start, amount) == expected


@pytest.mark.parametrize(
    ("amount", "pauses", "expected"),
    [
        ("2bh", [("2026-09-28 11:00", "2026-09-28 14:00")], "2026-09-28 15:00"),
        ("2bh", [("2026-09-28 12:00", "2026-09-28 14:00")], "2026-09-28 12:00"),  # begins when all is done
        ("2bh", [("2026-09-28 09:00", "2026-09-28 10:30")], "2026-09-28 12:30"),  # only the part after the start
        ("2bh", [("2026-09-28 18:00", "2026-09-29 09:00")], "2026-09-28 12:00"),
        ("9bh", [("2026-09-28 18:00", "2026-09-29 09:00")], "2026-09-29 10:00"),  # outside working time: costs nothing
        ("9bh", [("2026-09-28 17:00", "2026-09-29 10:00")], "2026-09-29 12:00"),
        (
            "2bh",
            [("2026-09-28 11:00", "2026-09-28 13:00"), ("2026-09-28 12:00", "2026-09-28 14:00")],
            "2026-09-28 15:00",
        ),
        (
            "2bh",
            [("2026-09-28 14:30", "2026-09-28 15:00"), ("2026-09-28 11:00", "2026-09-28 14:00")],
            "2026-09-28 15:30",
        ),
        ("2bh", [("2026-09-28 14:00", "2026-09-28 11:00")], "2026-09-28 12:00"),  # reversed: nothing
        ("2bh", [("2026-09-28 11:00", None)], "2026-09-28 12:00"),  # open: the due moment stands
        ("0bh", [("2026-09-28 09:00", "2026-09-28 14:00")], "2026-09-28 10:00"),
        ("24h", [("2026-09-28 18:00", "2026-09-29 09:00")], "2026-09-30 01:00"),  # the whole pause
        (
            "30min",
            [("2026-09-28 10:10", "2026-09-28 10:20"), ("2026-09-28 10:35", "2026-09-28 11:00")],
            "2026-09-28 11:05",
        ),
        ("2bd", [("2026-09-29 00:00", "2026-09-30 00:00")], "2026-10-08 18:00"),
        ("1bd", [("2026-09-29 09:00", "2026-09-29 18:00")], "2026-09-30 18:00"),  # all its working time
        ("1bd", [("2026-09-29 09:01", "2026-09-30 00:00")], "2026-09-29 18:00"),
        (
            "1bd",
            [("2026-09-29 08:00", "2026-09-29 12:00"), ("2026-09-29 12:00", "2026-09-29 19:00")],
            "2026-09-30 18:00",
        ),
        ("7d", [("2026-09-30 00:00", "2026-10-02 00:00")], "2026-10-07 23:59:59"),
        ("7d", [("2026-09-30 00:01", "2026-10-02 00:00")], "2026-10-06 23:59:59"),
        ("7d", [("2026-10-06 00:00", "2026-10-07 00:00")], "2026-10-05 23:59:59"),
        ("1mo", [("2026-10-28 00:00", "2026-10-29 00:00")], "2026-10-29 23:59:59"),
    ],
)
def test_pauses_put_the_due_moment_off(amount, pauses, expected):
    assert due(CHINA, "2026-09-28 10:00", amount, pauses) == expected


@pytest.mark.parametrize(
    ("start", "end", "pauses", "hours"),
    [
        ("2026-09-28 10:00", "2026-09-28 12:30", [], 2.5),
        ("2026-09-28 12:00", "2026-09-28 10:00", [], 0),
        ("2026-09-30 17:00", "2026-10-08 10:00", [], 2),
        ("2026-09-28 18:00", "2026-09-29 09:00", [], 0),
        ("2026-09-28 09:00", "2026-09-30 09:00", [("2026-09-28 17:00", "2026-09-29 10:00")], 16),
        ("2026-09-28 09:00", "2026-09-28 18:00", [("2026-09-28 12:00", None)], 3),
        ("2026-09-28 09:00", "2026-09-28 18:00", [("2026-09-27 00:00", "2026-09-29 00:00")], 0),
    ],
)
def test_elapsed_counts_working_time_alone(start, end, pauses, hours):
    asked = [tuple(_or_open(text, CHINA) for text in pause) for pause in pauses]
    assert CHINA.elapsed(moment(start), moment(end), asked) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("text", "is_working"),
    [
        ("2026-09-28 08:59:59.999999", False),
        ("2026-09-28 09:00", True),
        ("2026-09-28 17:59:59.999999", True),
        ("2026-09-28 18:00", False),
        ("2026-10-01 12:00", False),
        ("2026-10-10 12:00", True),
        ("2026-10-11 12:00", False),
    ],
)
def test_closing_is_not_working_but_opening_is(text, is_working):
    assert CHINA.is_working(moment(text)) is is_working


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        ("2026-03-28T23:00+01:00", "24bh", "2026-03-30T00:00:00+02:00"),  # a day of 23 hours
        ("2026-10-24T23:00+02:00", "24bh", "2026-10-25T22:00:00+01:00"),  # a day of 25
        ("2026-10-25T01:30+02:00", "1bh", "2026-10-25T02:30:00+02:00"),
        ("2026-10-25T01:30+02:00", "2bh", "2026-10-25T02:30:00+01:00"),
        ("2026-10-24T10:00+02:00", "24h", "2026-10-25T09:00:00+01:00"),
        ("2026-10-24T10:00+02:00", "1bd", "2026-10-26T00:00:00+01:00"),
        ("2026-10-24T10:00+02:00", "1d", "2026-10-25T23:59:59+01:00"),
    ],
)
def test_working_time_is_real_time_where_the_clocks_change(start, amount, expected):
    assert ROUND_THE_CLOCK.add(datetime.fromisoformat(start), Duration.parse(amount)).isoformat() == expected


def test_a_night_span_has_an_hour_more_or_less_where_the_clocks_change():
    nights = BusinessCalendar("Europe/Berlin", {"sat": ["22:00-06:00"], "sun": ["01:00-03:00"]})
    hours = [
        nights.elapsed(date(2026, month, day), date(2026, month, day) + timedelta(days=2))
        for month, day in ((3, 28), (10, 24), (6, 6))
    ]
    assert hours == [timedelta(hours=7), timedelta(hours=9), timedelta(hours=8)]
    early = BusinessCalendar("Europe/Berlin", {"sun": ["01:00-03:00"]})
    hours = [
        early.elapsed(date(2026, month, day), date(2026, month, day + 1)) for month, day in ((3, 29), (10, 25), (6, 7))
    ]
    assert hours == [timedelta(hours=1), timedelta(hours=3), timedelta(hours=2)]


def test_a_start_in_another_zone_a_naive_one_and_a_date_are_understood():
    two = Duration.parse("2bh")
    expected = moment("2026-09-28 12:00")
    assert CHINA.add(datetime(2026, 9, 28, 2, tzinfo=UTC), two) == expected
    assert CHINA.add(datetime(2026, 9, 28, 10), two) == expected
    assert CHINA.add(date(2026, 9, 28), two) == moment("2026-09-28 11:00")
    assert CHINA.add(datetime(2026, 9, 28, 2, tzinfo=UTC), two).tzinfo is CHINA.timezone


def test_microseconds_are_kept():
    start = moment("2026-09-30 17:59:59.999999")
    assert CHINA.add(start, Duration.parse("1bh")) == moment("2026-10-08 09:59:59.999999")
    assert CHINA.elapsed(start, moment("2026-10-08 09:00:00.000001")) == timedelta(microseconds=2)


def test_the_answer_does_not_depend_on_what_was_asked_before():
    for years in (range(2000, 2040, 13), range(2040, 2000, -13)):
        calendar = BusinessCalendar("America/New_York", OFFICE)
        for year in years:
            found = calendar.add(datetime(year, 3, 1, 12), Duration.parse("3000bh"))
            assert found == BusinessCalendar("America/New_York", OFFICE).add(
                datetime(year, 3, 1, 12), Duration.parse("3000bh")
            )
            assert calendar.elapsed(datetime(year, 3, 1, 12), found) == timedelta(hours=3000)


@pytest.mark.parametrize(
    "calendar",
    [
        BusinessCalendar("Asia/Shanghai", {}),
        BusinessCalendar("Asia/Shanghai", {}, extra_days={date(2026, 9, 1): ["09:00-18:00"]}),
        BusinessCalendar("Asia/Shanghai", {}, extra_days={date(2037, 9, 1): ["09:00-18:00"]}),
        BusinessCalendar(
            "Asia/Shanghai", OFFICE, holidays=[date(2026, 9, 28) + timedelta(days=i) for i in range(3660)]
        ),
    ],
)
@pytest.mark.parametrize("amount", ["1bh", "1bd", "0bh", "1bmin"])
def test_ten_years_without_an_opening_are_refused_in_words(calendar, amount):
    for _ in range(2):
        with pytest.raises(NoWorkingTimeError, match="No working time ahead of 2026-09-28 10:00 within ten years"):
            calendar.add(moment("2026-09-28 10:00"), Duration.parse(amount))
        calendar.elapsed(moment("2026-09-28 10:00"), moment("2040-01-01 10:00"))  # lays out what lies beyond


def test_an_opening_nine_years_ahead_is_found():
    calendar = BusinessCalendar("Asia/Shanghai", {}, extra_days={date(2035, 9, 1): ["09:00-18:00"]})
    assert calendar.add(moment("2026-09-28 10:00"), Duration.parse("2bh")) == moment("2035-09-01 11:00")
    with pytest.raises(NoWorkingTimeError):
        calendar.add(moment("2026-09-28 10:00"), Duration.parse("10bh"))


def test_an_amount_beyond_the_calendar_is_refused_at_once():
    for amount in ("99999999bh", "999999999h", "999999999d", "99999999mo"):
        with pytest.raises(NoWorkingTimeError):
            CHINA.add(moment("2026-09-28 10:00"), Duration.parse(amount))


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        ("2026-10-09 18:00", "5bd", "2026-09-25 09:00"),  # 8 Oct, 30, 29, 28, 25 Sep
        ("2026-09-28 12:00", "1bd", "2026-09-25 09:00"),
        ("2026-09-27 12:00", "1bd", "2026-09-25 09:00"),
        ("2026-10-08 10:00", "2bh", "2026-09-30 17:00"),
        ("2026-09-28 11:00", "2bh", "2026-09-28 09:00"),  # the opening, not the closing before
        ("2026-09-28 20:00", "2bh", "2026-09-28 16:00"),
        ("2026-09-28 20:00", "0bh", "2026-09-28 20:00"),
        ("2026-09-28 12:00", "24h", "2026-09-27 12:00"),
        ("2026-09-28 12:00", "3d", "2026-09-25 00:00"),
        ("2026-03-31 12:00", "1mo", "2026-02-28 00:00"),
    ],
)
def test_leads_are_counted_back(start, amount, expected):
    assert CHINA.before(moment(start), Duration.parse(amount)) == moment(expected)


@pytest.mark.parametrize(
    ("amount", "share", "expected"),
    [
        ("10bh", 0.8, "2026-09-29 09:00"),  # 8 h end at 18:00 sharp, see below
        ("2bh", 0.5, "2026-09-28 11:00"),
        ("24h", 0.5, "2026-09-28 22:00"),
        ("1bd", 1, "2026-09-29 18:00"),
        ("1bd", 0.5, "2026-09-29 09:30"),  # 8 h on Monday, 9 on Tuesday
        ("1d", 1, "2026-09-29 23:59:59"),
    ],
)
def test_a_share_of_the_time_is_gone_at_a_moment(amount, share, expected):
    start, duration = moment("2026-09-28 10:00"), Duration.parse(amount)
    found = CHINA.moment_of_share(start, duration, share)
    assert found == (moment("2026-09-28 18:00") if amount == "10bh" else moment(expected))
    assert CHINA.share(start, duration, found) == pytest.approx(share)


def test_shares_leave_pauses_out():
    start, duration = moment("2026-09-28 10:00"), Duration.parse("2bh")
    pauses = [(moment("2026-09-28 11:00"), moment("2026-09-28 14:00"))]
    assert CHINA.moment_of_share(start, duration, 0.8, pauses) == moment("2026-09-28 14:36")
    assert CHINA.share(start, duration, moment("2026-09-28 13:00"), pauses) == 0.5
    assert CHINA.share(start, duration, moment("2026-09-28 16:00"), [(moment("2026-09-28 11:00"), None)]) == 0.5
    assert CHINA.share(start, Duration.parse("0bh"), start) == 1.0
    assert CHINA.share(start, duration, moment("2026-09-28 09:00")) == 0.0


def test_the_walk_tells_each_day_and_why():
    calendar = BusinessCalendar(
        "Asia/Shanghai",
        {"mon-fri": ["09:00-18:00"], "sat": ["10:00-12:00"]},
        holidays=[date(2026, 9, 29)],
        extra_days={date(2026, 10, 4): None},
        names={date(2026, 9, 29): "盘点", date(2026, 10, 4): "加班"},
        days_of_year=lambda year: YearDays({date(year, 10, 1): "国庆节"}, {date(year, 10, 3): "调休"}),
    )
    walk = calendar.walk(moment("2026-09-28 17:00"), moment("2026-10-04 10:00"))
    assert [
        (day.on.isoformat(), day.kind, day.name, day.is_own, day.counted.total_seconds() / 3600) for day in walk
    ] == [
        ("2026-09-28", DayKind.WORKING, "", False, 1),
        ("2026-09-29", DayKind.HOLIDAY, "盘点", True, 0),
        ("2026-09-30", DayKind.WORKING, "", False, 9),
        ("2026-10-01", DayKind.HOLIDAY, "国庆节", False, 0),
        ("2026-10-02", DayKind.WORKING, "", False, 9),
        ("2026-10-03", DayKind.MAKE_UP, "调休", False, 9),  # Monday's hours, not Saturday's
        ("2026-10-04", DayKind.EXTRA, "加班", True, 1),
    ]
    assert walk[0].spans == ((moment("2026-09-28 17:00"), moment("2026-09-28 18:00")),)


def test_the_walk_shows_a_night_at_the_day_it_starts_on_and_without_pauses():
    walk = NIGHT.walk(
        moment("2026-09-29 01:00"),
        moment("2026-09-29 08:00"),
        [(moment("2026-09-29 02:00"), moment("2026-09-29 03:00"))],
    )
    assert [(day.on.day, [(a.hour, b.hour) for a, b in day.spans]) for day in walk] == [
        (28, [(1, 2), (3, 6)]),
        (29, []),
    ]


def test_extra_days_win_over_holidays_and_take_mondays_hours_when_they_give_none():
    day = date(2026, 10, 3)
    for hours in (None, [], ()):
        calendar = BusinessCalendar("Asia/Shanghai", OFFICE, holidays=[day], extra_days={day: hours})
        assert calendar.elapsed(day, day + timedelta(days=1)) == timedelta(hours=9)


def test_overlapping_spans_count_once_also_across_midnight():
    calendar = BusinessCalendar(
        "Asia/Shanghai", {"mon": ["09:00-13:00", "12:00-18:00", "22:00-06:00"], "tue": ["05:00-07:00"]}
    )
    assert calendar.elapsed(date(2026, 9, 28), date(2026, 9, 30)) == timedelta(hours=18)


@pytest.mark.parametrize(
    ("week", "hours"),
    [
        ({"mon-sat": ["09:00-18:00"]}, 54),
        ({"Mon": "09:00-18:00"}, 9),
        ({"mon": "09:00-12:00, 13:00-18:00、20:00-21:00"}, 9),
        ({"monday, wed-fri": ["09:00–18:00"]}, 36),
        ({"fri-mon": [["9:00", "18:00"]]}, 36),
        ({"mon": [(time(9), time(18))]}, 9),
        ({"mon": [(time(18), time(0))]}, 6),
        ({"mon-sun": ["00:00-24:00"]}, 168),
        ({"mon": ["18:00-24:00"], "tue": None, "wed": []}, 6),
        ({"mon": ["09:00-18:00"], "mon-tue": ["17:00-20:00"]}, 14),
    ],
)
def test_weeks_as_people_write_them(week, hours):
    calendar = BusinessCalendar("Asia/Shanghai", week)
    assert calendar.elapsed(date(2026, 9, 28), date(2026, 10, 5)) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("week", "words"),
    [
        ({"mon": ["09:00-09:00"]}, "mon: the span '09:00-09:00' is empty"),
        ({"mon": ["24:00-06:00"]}, "empty"),
        ({"mon": ["09:00-24:01"]}, "between 00:00 and 24:00"),
        ({"mon": ["09:60-18:00"]}, "'09:60'"),
        ({"mon": ["9-18"]}, "'9' in '9-18' is not a time of day"),
        ({"mon": ["09:00"]}, "not a span"),
        ({"mon": 9}, "not a list of spans"),
        ({"mo": ["09:00-18:00"]}, "'mo' in 'mo' is not a weekday"),
        ({"monkey": ["09:00-18:00"]}, "not a weekday"),
        ({"mon-wed-fri": ["09:00-18:00"]}, "range of two"),
    ],
)
def test_a_week_that_cannot_be_read_is_refused_in_words(week, words):
    with pytest.raises(ValueError, match=words):
        BusinessCalendar("Asia/Shanghai", week)


def test_an_unknown_zone_is_refused_in_words():
    with pytest.raises(ValueError, match="'Asia/Peking' is not a time zone"):
        BusinessCalendar("Asia/Peking", OFFICE)


def test_holidays_may_be_datetimes_or_a_mapping_with_names():
    calendar = BusinessCalendar(ZoneInfo("Asia/Shanghai"), OFFICE, holidays={datetime(2026, 9, 29): "盘点"})
    assert calendar.walk(date(2026, 9, 29), date(2026, 9, 29))[0].name == "盘点"

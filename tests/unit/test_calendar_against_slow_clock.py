"""The calendar against an oracle that looks at the wall clock minute by minute, around changes of the clocks."""

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.unit.slow_clock import SlowClock
from toolkit.worktime import BusinessCalendar, Duration

# A zone and a day near which its clocks change (Shanghai changed until 1991; Sao Paulo at midnight until 2019).
CHANGES = [
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Asia/Shanghai", date(2026, 10, 1)),
    ("Asia/Shanghai", date(1988, 9, 11)),
    ("America/Sao_Paulo", date(2018, 2, 18)),
    ("America/Sao_Paulo", date(2018, 11, 4)),
    ("America/Havana", date(2026, 11, 1)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Asia/Kolkata", date(2027, 1, 1)),
]
SETTINGS = settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@st.composite
def spans(draw):
    if draw(st.integers(0, 5)) == 0:
        return (0, 1440)
    opened = draw(st.integers(0, 95)) * 15
    return (opened, opened + draw(st.integers(1, 95)) * 15)


@st.composite
def desks(draw):
    """A calendar, its oracle, a start and up to three pauses, all within days of a change of the clocks."""
    name, change = draw(st.sampled_from(CHANGES))
    zone = ZoneInfo(name)
    week = [draw(st.lists(spans(), max_size=2)) for _ in range(7)]
    week[draw(st.integers(0, 6))] = [(540, 1080)]
    near = st.integers(-3, 3).map(lambda days: change + timedelta(days=days))
    holidays = draw(st.sets(near, max_size=2))
    extra = draw(st.dictionaries(near, st.lists(spans(), min_size=1, max_size=2), max_size=1))
    moments = st.integers(-3 * 1440, 3 * 1440).map(
        lambda minutes: (datetime.combine(change, datetime.min.time(), UTC) + timedelta(minutes=minutes)).astimezone(
            zone
        )
    )
    pauses = draw(st.lists(st.tuples(moments, moments), max_size=3))
    # A whole day's pause among them, as a customer who is away makes one.
    if draw(st.booleans()):
        day = datetime.combine(draw(near), datetime.min.time(), zone)
        pauses.append((day, day + timedelta(days=1)))
    texts = {day: [_text(span) for span in found] for day, found in zip(WEEK, week, strict=True)}
    extra_texts = {day: [_text(span) for span in found] for day, found in extra.items()}
    calendar = BusinessCalendar(zone, texts, holidays, extra_texts)
    return calendar, SlowClock(zone, week, holidays, extra), draw(moments), draw(moments), pauses


WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _text(span):
    opened, closed = span
    return (_clock(opened), _clock(closed if closed <= 1440 else closed - 1440))


def _clock(minute):
    return f"{minute // 60:02}:{minute % 60:02}"


@SETTINGS
@given(desks(), st.integers(0, 2000))
def test_business_minutes_are_those_that_the_wall_clock_shows(desk, minutes):
    calendar, slow, start, _, pauses = desk
    expected = str(slow.add(start, minutes))
    assert str(calendar.add(start, Duration.parse(f"{minutes}bmin"))) == expected
    assert str(calendar.add(start, Duration.parse(f"{minutes}bmin"))) == expected  # now from the table in wall time
    slow.pauses = pauses
    if minutes:
        assert str(calendar.add(start, Duration.parse(f"{minutes}bmin"), pauses)) == str(slow.add(start, minutes))


@SETTINGS
@given(desks(), st.integers(1, 4000))
def test_clock_minutes_wait_the_whole_of_each_pause(desk, minutes):
    calendar, slow, start, _, pauses = desk
    slow.pauses = pauses
    assert str(calendar.add(start, Duration.parse(f"{minutes}min"), pauses)) == str(
        slow.add(start, minutes, is_clock=True)
    )


@SETTINGS
@given(desks())
def test_elapsed_is_the_number_of_working_minutes(desk):
    calendar, slow, start, end, pauses = desk
    slow.pauses = pauses
    elapsed = calendar.elapsed(start, end, pauses)
    assert elapsed == slow.elapsed(start, end)
    assert elapsed == sum((day.counted for day in calendar.walk(start, end, pauses)), timedelta())


@SETTINGS
@given(desks())
def test_a_moment_is_working_when_its_wall_time_lies_in_a_span(desk):
    calendar, slow, start, _, _ = desk
    for minute in range(0, 600, 5):
        moment = (start.astimezone(UTC) + timedelta(minutes=minute)).astimezone(calendar.timezone)
        assert calendar.is_working(moment) == bool(slow.starts_on(moment))


@SETTINGS
@given(desks(), st.integers(1, 2000))
def test_a_lead_is_counted_back_through_working_minutes(desk, minutes):
    calendar, slow, start, _, _ = desk
    assert str(calendar.before(start, Duration.parse(f"{minutes}bmin"))) == str(slow.before(start, minutes))


@settings(SETTINGS, max_examples=8)
@given(desks(), st.integers(1, 4))
def test_business_days_end_at_the_close_of_the_last_that_is_not_wholly_paused(desk, count):
    calendar, slow, start, _, pauses = desk
    slow.pauses = pauses
    assert str(calendar.add(start, Duration.parse(f"{count}bd"), pauses)) == str(slow.add_working_days(start, count))
    assert str(calendar.before(start, Duration.parse(f"{count}bd"))) == str(slow.days_before(start, count))


@settings(SETTINGS, max_examples=8)
@given(desks(), st.integers(1, 4))
def test_calendar_days_end_at_the_end_of_the_last_that_is_not_wholly_paused(desk, count):
    calendar, slow, start, _, pauses = desk
    assume(slow.zone.key != "Pacific/Apia")  # a day that never came has no last second
    slow.pauses = pauses
    due = calendar.add(start, Duration.parse(f"{count}d"), pauses)
    assert due.replace(tzinfo=None) == datetime.combine(slow.add_days(start, count), datetime.min.time()).replace(
        hour=23, minute=59, second=59
    )


@pytest.mark.parametrize("name", sorted({name for name, _ in CHANGES}))
@pytest.mark.parametrize("hours", ["09:00-18:00", "04:15-23:30", "00:30-01:30", "22:00-06:00"])
def test_the_short_cut_through_wall_time_agrees_with_the_long_way(name, hours):
    """A reversed pause counts nothing, but sends the question the long way round, in real time."""
    zone, choice = ZoneInfo(name), random.Random(name + hours)
    change = next(day for found, day in CHANGES if found == name)
    calendar = BusinessCalendar(zone, {"mon-sun": [hours]}, holidays=[change + timedelta(days=2)])
    nothing = (datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))
    for _ in range(300):
        wall = datetime.combine(change, datetime.min.time()) + timedelta(minutes=choice.randint(-6000, 6000))
        start = choice.choice([wall, wall.replace(tzinfo=zone, fold=choice.randint(0, 1)), wall.replace(tzinfo=UTC)])
        amount = Duration.parse(f"{choice.choice([15, 60, 540, 1155, 4000])}bmin")
        assert str(calendar.add(start, amount)) == str(calendar.add(start, amount, [nothing]))

"""When a job is due: tables of entries, moments and slots."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.app.slots import grace, interval, last_slot, slots_between
from toolkit.rules.worktime.duration import Duration
from toolkit.settings.model import ScheduleEntry

BERLIN = ZoneInfo("Europe/Berlin")
SHANGHAI = ZoneInfo("Asia/Shanghai")
APIA = ZoneInfo("Pacific/Apia")


def every(text, job="run"):
    return ScheduleEntry(job, every=Duration.parse(text))


def daily(text, job="digest"):
    return ScheduleEntry(job, daily=time.fromisoformat(text))


def monthly(day, text="09:00"):
    return ScheduleEntry("report", monthly=day, at=time.fromisoformat(text))


def moment(text, zone):
    """Wall time in the zone, or an instant where the text carries an offset."""
    at = datetime.fromisoformat(text)
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("entry", "zone", "now", "slot"),
    [
        # every: evenly from local midnight
        (every("10min"), SHANGHAI, "2026-11-22 09:37:12", "2026-11-22 09:30"),
        (every("10min"), SHANGHAI, "2026-11-22 09:40:00", "2026-11-22 09:40"),
        (every("24h"), SHANGHAI, "2026-11-22 23:59:59", "2026-11-22 00:00"),
        (every("1.5h"), SHANGHAI, "2026-11-22 02:59", "2026-11-22 01:30"),
        (every("0.5min"), SHANGHAI, "2026-11-22 09:37:45", "2026-11-22 09:37:00"),
        # every: the changes of the clocks neither double nor drop one
        (every("30min"), BERLIN, "2026-03-29 03:10", "2026-03-29 03:00"),
        (every("30min"), BERLIN, "2026-10-25T02:40+02:00", "2026-10-25T02:30+02:00"),
        (every("30min"), BERLIN, "2026-10-25T02:40+01:00", "2026-10-25T02:30+01:00"),
        # daily
        (daily("08:30"), SHANGHAI, "2026-11-22 08:30:00", "2026-11-22 08:30"),
        (daily("08:30"), SHANGHAI, "2026-11-22 08:29:59", "2026-11-21 08:30"),
        (daily("00:00"), SHANGHAI, "2026-11-22 00:00:00", "2026-11-22 00:00"),
        (daily("23:59"), SHANGHAI, "2027-01-01 00:00:00", "2026-12-31 23:59"),
        # daily in spring: 02:30 does not exist on 29 March, its instant is shown as 03:30
        (daily("02:30"), BERLIN, "2026-03-29 03:29", "2026-03-28 02:30"),
        (daily("02:30"), BERLIN, "2026-03-29 03:30", "2026-03-29T03:30+02:00"),
        (daily("02:30"), BERLIN, "2026-03-30 02:29", "2026-03-29T03:30+02:00"),
        (daily("02:30"), BERLIN, "2026-03-30 02:30", "2026-03-30T02:30+02:00"),
        # daily in autumn: 02:30 comes twice on 25 October, the first one counts
        (daily("02:30"), BERLIN, "2026-10-25T02:30+02:00", "2026-10-25T02:30+02:00"),
        (daily("02:30"), BERLIN, "2026-10-25T02:30+01:00", "2026-10-25T02:30+02:00"),
        (daily("02:30"), BERLIN, "2026-10-25T02:45+01:00", "2026-10-25T02:30+02:00"),
        (daily("08:30"), BERLIN, "2026-10-25T08:30+01:00", "2026-10-25T08:30+01:00"),
        # monthly
        (monthly(1), SHANGHAI, "2026-11-01 09:00", "2026-11-01 09:00"),
        (monthly(1), SHANGHAI, "2026-11-01 08:59", "2026-10-01 09:00"),
        (monthly(1), SHANGHAI, "2027-01-01 08:59", "2026-12-01 09:00"),
        (monthly(31), SHANGHAI, "2026-02-28 09:00", "2026-02-28 09:00"),
        (monthly(29), SHANGHAI, "2028-02-29 10:00", "2028-02-29 09:00"),
        (monthly(30), SHANGHAI, "2026-03-01 00:00", "2026-02-28 09:00"),
        (monthly(31), SHANGHAI, "2026-04-30 12:00", "2026-04-30 09:00"),
        (monthly(31), SHANGHAI, "2026-12-30 12:00", "2026-11-30 09:00"),
        (monthly(29, "02:30"), BERLIN, "2026-03-29 12:00", "2026-03-29T03:30+02:00"),
    ],
)
def test_the_last_slot_is_the_newest_at_or_before_now(entry, zone, now, slot):
    assert last_slot(entry, moment(now, zone), zone) == moment(slot, zone)


@pytest.mark.parametrize(
    ("entry", "zone", "since", "now", "slots"),
    [
        (daily("08:30"), SHANGHAI, "2026-11-19 08:30", "2026-11-22 09:00", ["2026-11-20 08:30", "2026-11-21 08:30"]),
        (daily("08:30"), SHANGHAI, "2026-11-21 08:30", "2026-11-22 09:00", []),
        (daily("08:30"), SHANGHAI, "2026-11-22 08:30", "2026-11-22 09:00", []),
        (daily("08:30"), SHANGHAI, "2026-11-25 08:30", "2026-11-22 09:00", []),
        (daily("02:30"), BERLIN, "2026-10-24 12:00", "2026-10-26 12:00", ["2026-10-25T02:30+02:00"]),
        (daily("02:30"), BERLIN, "2026-03-28 12:00", "2026-03-30 12:00", ["2026-03-29T03:30+02:00"]),
        (monthly(31), SHANGHAI, "2026-01-31 09:00", "2026-04-30 09:00", ["2026-02-28 09:00", "2026-03-31 09:00"]),
        # Samoa had no 30 December 2011: its slot is the next day's, and one instant is one slot
        (daily("08:30"), APIA, "2011-12-29 08:30", "2012-01-01 08:30", ["2011-12-31 08:30"]),
    ],
)
def test_slots_that_passed_unseen_lie_after_since_and_before_the_last_one(entry, zone, since, now, slots):
    passed = slots_between(entry, moment(since, zone), moment(now, zone), zone)
    assert passed.slots == tuple(moment(one, zone) for one in slots)
    assert passed.count == len(slots)


@pytest.mark.parametrize(
    ("text", "since", "now", "count"),
    [
        ("10min", "09:00", "09:09", 0),
        ("10min", "09:00", "09:10", 0),
        ("10min", "09:00", "09:35", 2),
        ("10min", "09:04", "09:35", 2),
        ("1min", "00:00", "23:59", 1438),
    ],
)
def test_of_an_interval_only_the_number_of_passed_slots_is_told(text, since, now, count):
    passed = slots_between(
        every(text), moment(f"2026-11-22 {since}", SHANGHAI), moment(f"2026-11-22 {now}", SHANGHAI), SHANGHAI
    )
    assert (passed.count, passed.slots) == (count, ())


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (every("10min"), timedelta(minutes=10)),
        (every("0.2min"), timedelta(minutes=1)),
        (every("4h", job="digest"), timedelta(hours=4)),
        (daily("08:30"), timedelta(hours=2)),
        (daily("08:30", job="callbacks"), timedelta(hours=12)),
        (monthly(1), timedelta(days=3)),
    ],
)
def test_the_grace_is_one_interval_or_that_of_the_kind(entry, expected):
    assert grace(entry) == expected


def test_an_entry_without_a_time_has_no_slot():
    entry = ScheduleEntry("run")
    assert last_slot(entry, datetime(2026, 11, 22, tzinfo=UTC), BERLIN) is None
    assert (
        slots_between(entry, datetime(2026, 11, 2, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC), BERLIN).count == 0
    )
    with pytest.raises(ValueError, match="no interval"):
        interval(entry)


ENTRIES = st.one_of(
    st.times().map(lambda at: ScheduleEntry("digest", daily=at.replace(second=0, microsecond=0))),
    st.tuples(st.integers(1, 31), st.times()).map(lambda one: ScheduleEntry("report", monthly=one[0], at=one[1])),
    st.integers(1, 3000).map(lambda n: every(f"{n}min")),
)
MOMENTS = st.datetimes(datetime(2010, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@given(entry=ENTRIES, now=MOMENTS, zone=st.sampled_from([BERLIN, SHANGHAI, APIA, ZoneInfo("Australia/Lord_Howe")]))
def test_a_slot_is_its_own_last_slot_and_never_lies_ahead(entry, now, zone):
    slot = last_slot(entry, now, zone)
    assert slot <= now
    assert last_slot(entry, slot, zone) == slot
    before = last_slot(entry, slot - timedelta(microseconds=1), zone)
    assert before < slot
    assert slots_between(entry, before, now, zone).count == 0


@given(
    entry=ENTRIES,
    moments=st.lists(MOMENTS, min_size=2, max_size=2, unique=True).map(sorted),
    zone=st.sampled_from([BERLIN, SHANGHAI, APIA]),
)
def test_walking_back_slot_by_slot_finds_what_passed_between_two_moments(entry, moments, zone):
    since, now = moments
    reach = timedelta(days=90) if entry.every is None else 60 * interval(entry)
    since = max(since, now - reach)
    walked, slot = [], last_slot(entry, now, zone)
    while slot > since:
        walked.append(slot)
        slot = last_slot(entry, slot - timedelta(microseconds=1), zone)
    passed = slots_between(entry, since, now, zone)
    assert passed.count == max(len(walked) - 1, 0)
    if entry.every is None:
        assert passed.slots == tuple(reversed(walked[1:]))

"""When somebody is left in peace: quiet hours by audience, and what one address gets in a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from tests.contract.outbox_samples import key, letter
from tests.unit.test_settings import settings
from toolkit.app.limits import DailyCap, after_quiet
from toolkit.settings.model import Settings

SHANGHAI = ZoneInfo("Asia/Shanghai")


def configured(text: str) -> Settings:
    return settings(f"channels: {text}")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("now", "audience", "ends"),
    [
        ("24T22:00", "customer", "25T08:30"),
        ("25T08:29", "customer", "25T08:30"),
        ("25T08:30", "customer", None),
        ("24T21:15", "vendor", None),
        ("24T21:30", "vendor", "25T07:00"),
        ("25T07:10", "vendor", None),
        ("25T03:00", "staff", None),
    ],
)
def test_each_audience_has_its_own_night(now, audience, ends):
    night = configured('{quiet_hours: {customer: "21:00-08:30", vendor: "21:30-07:00", staff: none}}')
    assert after_quiet(night, at(now), audience) == (at(ends) if ends else None)


def test_quiet_hours_within_a_day():
    nap = configured('{quiet_hours: "12:00-14:00"}')
    assert after_quiet(nap, at("24T13:00"), "vendor") == at("24T14:00")
    assert after_quiet(nap, at("24T14:00"), "vendor") is None


def test_the_cap_counts_addresses_and_lets_urgent_notices_and_rooms_pass():
    cap = DailyCap(configured("{daily_cap: {customer: 2, vendor: none, staff: 1}}"), SimpleNamespace(hash_of=str))
    message = letter(key("T1", "received"))
    for _ in range(2):
        assert cap.why_not(message) is None
        cap.count(message)
    assert "2 messages today" in cap.why_not(message)
    assert cap.why_not(replace(message, to="other@shop.example")) is None
    assert cap.why_not(replace(message, audience="vendor")) is None
    assert cap.why_not(replace(message, audience="staff", notice="overdue")) is None, "urgent"
    assert cap.why_not(replace(message, audience="staff", notice="digest")) is not None
    assert cap.why_not(replace(message, audience="staff", notice="digest", to="#default")) is None


def test_a_day_is_the_desks_own():
    asked = []
    state = SimpleNamespace(sent_since=asked.append)
    DailyCap.begun(configured("{}"), state, at("24T07:00").astimezone(ZoneInfo("UTC")))
    assert asked == [at("24T00:00")]
    assert asked[0].utcoffset() == timedelta(hours=8)

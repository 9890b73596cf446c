"""The demo desk of every preset, on any day: right rows are right, wrong rows show their finding, a second run plans nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.small_desk import SmallDesk, new_letters, settings_of
from toolkit.app.demo import Typed, demo_faults, demo_rows
from toolkit.rules.worktime.country import calendar_for
from toolkit.settings.layers import PRESETS

NOWS = {
    "Monday morning": datetime(2026, 11, 23, 9, 5),
    "Sunday": datetime(2026, 11, 22, 11, 30),
    "New Year's Day": datetime(2027, 1, 1, 10, 0),
    "month end": datetime(2026, 8, 31, 17, 55),
    "leap day": datetime(2028, 2, 29, 14, 10),
}
DESKS = [pytest.param(preset, locale, now, id=f"{preset}, {locale}, {name}")
    for preset in PRESETS for locale in ("zh-CN", "en") for name, now in NOWS.items()]  # fmt: skip


def demo(preset: str, locale: str, now: datetime) -> tuple[SmallDesk, Any]:
    settings = settings_of(
        f"preset: {preset}\nlocale: {locale}\nchannels: {{only_since: 2020-01-01, quiet_hours: none}}\n"
    )
    days = calendar_for(settings.calendar.week, settings.timezone, settings.calendar.holidays).days
    rows = {
        name: [{key: value.text if isinstance(value, Typed) else value for key, value in row.items()} for row in found]
        for name, found in demo_rows(locale, now, preset, days).items()
    }
    return SmallDesk(settings, rows), demo_faults(locale, now, preset, days)


@pytest.mark.parametrize(("preset", "locale", "now"), DESKS)
def test_check_finds_the_wrong_rows_of_every_demo_desk_and_nothing_else(preset, locale, now):
    desk, faults = demo(preset, locale, now)
    found = {
        (one.register, one.place.row - 2, one.column, one.code)
        for one in desk.snapshot(desk.moment(now)).findings
        if one.place is not None and one.place.row is not None
    }
    assert found == {(one.register, one.row, one.column, one.code) for one in faults}


@pytest.mark.parametrize(("preset", "locale", "now"), DESKS)
def test_every_demo_desk_runs_and_a_second_run_plans_nothing(preset, locale, now):
    desk, _ = demo(preset, locale, now)
    first = desk.run(now)
    assert first.edits
    assert any(one for one in first.occasions if not one.skip)
    desk.run(now)  # rows that the first run entered get what is theirs
    again = desk.plan(now)
    assert (again.edits, again.appends, new_letters(desk, again)) == ((), (), [])


@pytest.mark.parametrize("preset", PRESETS)
def test_every_demo_desk_speaks_both_languages(preset):
    def texts(locale: str) -> list[str]:
        rows = demo_rows(locale, NOWS["Sunday"], preset)
        return [value for found in rows.values() for row in found for value in row.values() if isinstance(value, str)]

    def chinese(text: str) -> bool:
        return any("一" <= sign <= "鿿" for sign in text)

    assert not [one for one in texts("en") if chinese(one)]
    assert sum(map(chinese, texts("zh-CN"))) > 20

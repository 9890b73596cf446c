"""Ten desks live through their days: a clerk does what the next step says, and what must hold holds after every run.

Each preset's demo desk, three runs a working day. CI goes through a few days of every desk; `-m long` through two weeks, with
more than one clerk and over the National Day week and the Spring Festival, whose days off are provisional.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

import pytest

from tests.callback_desk import CallbackDesk
from tests.clerk import Clerk
from tests.small_desk import new_letters, settings_of
from tests.system.desks import ROOT, Desk, demo, plain
from tests.system.typed_by_hand import read_sheets, typed_into
from tests.unit.test_letters_read_well import faults
from toolkit.app.demo import Typed, demo_rows
from toolkit.core.actions import Occasion, Plan
from toolkit.jobs.tickets import agenda
from toolkit.letters import sample
from toolkit.letters.library import Library
from toolkit.rules.worktime.country import calendar_for
from toolkit.settings.layers import PRESETS
from toolkit.settings.lexicons import registers_of
from toolkit.settings.model import Settings

HOURS = (time(9, 40), time(13, 20), time(17, 10))
ENDED = frozenset({"closed", "cancelled", "out_of_scope", "merged"})
AFTER_THE_END = frozenset({"survey", "care", "repair-report", "thanks", "sorry", "closing", "out-of-scope"})
"""What a customer may still hear of a ticket that ended; and that a visit is off, where one stood."""
CALLED_OFF = frozenset({"visit-cancelled", "visit-cancelled-vendor"})
SAID_AGAIN = frozenset({"progress", "callback-list", "waiting"})
"""Notices that may come again in the same words."""


@dataclass
class Days:
    """A desk's days, and all that was sent on them."""

    desk: CallbackDesk
    clerk: Clerk
    sent: Counter[tuple[str, ...]] = field(default_factory=Counter)
    ended: dict[str, datetime] = field(default_factory=dict)
    could_warn: dict[tuple[str, str], datetime] = field(default_factory=dict)
    """(row, step) -> a run at which the clock stood between its warning and its end."""
    steps: dict[str, set[str]] = field(default_factory=dict)
    """Steps of alerts by row, as they fired."""

    def run(self, now: datetime) -> Plan:
        """One run with all that must hold of it."""
        known = self.desk.memory.occasions
        for one in self._clocks(now):
            self.could_warn.setdefault(one, now)
        plan = self.desk.run(now)
        for one in plan.occasions:
            if one.key not in known:
                self.steps.setdefault(one.at.key or "", set()).add(one.step)
            if one.key not in known and not one.skip:
                self._sent(one, now)
        again = self.desk.plan(now)
        found = (again.edits, again.appends, [one.key for one in new_letters(self.desk, again)])
        assert found == ((), (), []), f"{now}: a second plan finds something to do"
        for row in self.desk.rows["tickets"]:
            if row["status"] in ENDED and row.get("ticket_no"):
                self.ended.setdefault(row["ticket_no"], now)
        return plan

    def _clocks(self, now: datetime) -> set[tuple[str, str]]:
        snapshot, at = self.desk.snapshot(self.desk.moment(now)), self.desk.moment(now)
        return {
            (due.subject.at.key or "", due.clock.policy.clock)
            for due in agenda(snapshot, self.desk.settings, at)
            if due.clock.warn_at is not None and due.clock.warn_at <= at <= due.clock.due_at
        }

    def _sent(self, one: Occasion, now: datetime) -> None:
        text = written(one, self.desk.settings.locale)
        assert faults(text) == {}, (one.key, text)
        if one.notice not in SAID_AGAIN:
            self.sent[one.notice, one.to.role, one.to.channel, one.at.key or "", text] += 1
        if (one.at.register == "tickets" and one.to.role == "customer") or one.to.role.startswith("vendor"):
            since = self.ended.get(one.at.key or "")
            is_late = since is not None and one.notice not in AFTER_THE_END | CALLED_OFF
            assert not is_late, f"{now}: {one.key} although it ended by {since}"

    def unwarned(self) -> list[tuple[str, str]]:
        """Clocks that went over without a warning although a run stood in between."""
        return [
            (key, clock)
            for key, clock in self.could_warn
            if f"{clock}.overdue" in self.steps.get(key, ()) and f"{clock}.warning" not in self.steps[key]
        ]


def written(one: Occasion, locale: str) -> str:
    """A letter as it reads."""
    values = {**one.values(), "to_name": one.to.name, "now": datetime(2026, 1, 1)}
    letter = library(one.to.locale or locale).render(one.notice, one.to.channel, values)
    return f"{letter.subject or ''}\n\n{letter.text}"


@cache
def library(locale: str) -> Library:
    """The packaged letters."""
    return Library((ROOT / "templates",), locale, sample.standing(locale))


def opened(preset: str, start: datetime, seed: int) -> Days:
    """A preset's demo desk on its first morning, and its clerk."""
    settings = settings_of(f"preset: {preset}\nchannels: {{only_since: 2020-01-01, quiet_hours: none, chat: none}}\n")
    days = calendar_for(settings.calendar.week, settings.timezone, settings.calendar.holidays).days
    rows: dict[str, list[dict[str, Any]]] = {
        name: [{key: value.text if isinstance(value, Typed) else value for key, value in row.items()} for row in found]
        for name, found in demo_rows("en", start, preset, days).items()
    }
    desk = CallbackDesk(settings, {"surveys": [], **rows} if "surveys" in _tabs(settings) else rows)
    return Days(desk, Clerk(desk, seed))


def _tabs(settings: Settings) -> set[str]:
    return {one.name for one in registers_of(settings)}


def working_days(days: Days, start: date, count: int) -> list[date]:
    """The next days on which the desk is open."""
    calendar = days.desk.snapshot(days.desk.moment(datetime.combine(start, time(9)))).calendar
    found, day = [], start
    while len(found) < count:
        if calendar.days.spans(day.toordinal()):
            found.append(day)
        day += timedelta(days=1)
    return found


def live(preset: str, start: datetime, count: int, seed: int = 1) -> Days:
    """So many working days; each morning somebody new asks for something, until three days before the end."""
    days = opened(preset, start, seed)
    asked = list(days.desk.rows["tickets"])
    open_days = working_days(days, start.date(), count)
    for place, day in enumerate(open_days):
        for hour in HOURS:
            now = datetime.combine(day, hour)
            if now < start:
                continue
            days.run(now)
            days.clerk.works(now + timedelta(minutes=1))
        if place < count - 7:
            days.clerk.enters(asked[place % len(asked)], datetime.combine(day, time(17, 30)))
    days.run(datetime.combine(open_days[-1], time(17, 50)))
    return days


def hold(days: Days) -> None:
    """What holds of all the days together."""
    assert days.clerk.not_understood == set()
    assert [one for one, times in days.sent.items() if times > 1] == [], "somebody read the same twice"
    assert days.unwarned() == []


START = datetime(2026, 11, 23, 9, 30)


@pytest.mark.parametrize("preset", PRESETS)
def test_two_days_at_every_desk(preset):
    hold(live(preset, START, 2))


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(
    "start",
    [START, datetime(2026, 9, 28, 9, 30), datetime(2027, 2, 1, 9, 30)],
    ids=["November", "before the National Day week", "before the Spring Festival"],
)
@pytest.mark.parametrize("preset", PRESETS)
def test_two_weeks_at_every_desk(preset, start, seed):
    days = live(preset, start, 12, seed)
    hold(days)
    left = [
        (row.get("ticket_no"), row["status"], row.get("next_step"))
        for row in days.desk.rows["tickets"]
        if row["status"] not in ENDED and not row.get("check") and row["opened_at"] < start
    ]
    assert left == [], "who does what the next step says comes to the end"


# -- the same with a workbook, an outbox folder and a state database -------------------------------------------------


@pytest.mark.long
@pytest.mark.parametrize("preset", PRESETS)
def test_three_days_of_a_desk_with_a_workbook_and_an_outbox(preset, tmp_path):
    desk = demo(tmp_path, preset=preset, now=START.isoformat())
    settings = settings_of((desk.folder / "config.yaml").read_text("utf-8"))
    ended: dict[str, datetime] = {}
    for round_, now in enumerate(
        datetime.combine(START.date() + timedelta(days=n), at) for n in range(3) for at in HOURS[:2]
    ):
        desk.run(now.isoformat(), code=None)
        again = desk.plan(now.isoformat())
        assert (again["edits"], again["appends"], again["messages"]) == ([], [], []), now
        late = [one for one in desk.news() if one[1] in ended and one[0] in OUTSIDE - AFTER_THE_END - CALLED_OFF]
        assert late == [], (now, ended)
        before, sheets = read_sheets(desk, settings), read_sheets(desk, settings)
        ended |= {
            row["ticket_no"]: now
            for row in sheets.rows["tickets"]
            if row.get("status") in ENDED and row.get("ticket_no")
        }
        Clerk(sheets, seed=round_).works(now + timedelta(minutes=1))
        typed_into(desk, before, sheets)
    assert _twice(desk) == [], "somebody read the same twice"


OUTSIDE = frozenset(
    {"received", "evidence", "solution", "fee", "appointment", "reminder", "delay", "progress", "waiting"}
)
"""What a customer hears of a ticket that is open."""


def _twice(desk: Desk) -> list[str]:
    """Letters whose words stand in two files of the outbox; a calendar file bears the time of its making."""
    read: Counter[str] = Counter()
    for file in desk.files():
        if file.stem.split("-")[1].replace("_", "-") not in SAID_AGAIN:
            read[plain(file).partition("--- ")[0]] += 1
    return [text for text, times in read.items() if times > 1]

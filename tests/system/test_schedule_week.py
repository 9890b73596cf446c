"""The clock of `aftersales schedule`: a week in steps, restarts, a day asleep, jobs that fail, and a real process."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from toolkit.app import daemon
from toolkit.app.dispatch import AGAIN, CUT_OFF, Desk, Dispatcher, Outcome, missed_slots, take_by_hand
from toolkit.core.errors import RunLockedError
from toolkit.gateways.heartbeat import Heartbeat
from toolkit.gateways.state import StateError, open_state
from toolkit.jobs.every import JOBS
from toolkit.rules.worktime.duration import Duration
from toolkit.settings.load import load, read
from toolkit.settings.misnamed import JOBS as SCHEDULED
from toolkit.settings.model import ScheduleEntry

ZONE = ZoneInfo("Asia/Shanghai")
CALLS = ScheduleEntry("callbacks", daily=time(18))
RUN = ScheduleEntry("run", every=Duration.parse("30min"))
DIGEST = ScheduleEntry("digest", daily=time(8, 30))
REPORT = ScheduleEntry("report", monthly=25, at=time(9))
STEP = timedelta(minutes=15)


def at(text):
    """A moment of the week that begins on Monday 23 November 2026."""
    day, _, clock = text.partition(" ")
    number = 23 + ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun").index(day)
    return datetime.combine(datetime(2026, 11, number), time.fromisoformat(clock), tzinfo=ZONE)


class World:
    """A desk whose clock moves when it is told to, and whose jobs only write down that they ran."""

    def __init__(self, folder, *schedule):
        self.settings = replace(read("", folder), timezone=ZONE, schedule=schedule)
        self.now = at("Mon 06:30")
        self.calls = []
        self.failing = {}
        self.stopping = False
        self.restart()

    def restart(self):
        """A new daemon on the same database."""
        database = self.state()
        self.dispatcher = Dispatcher(
            Desk(
                self.settings,
                lambda: database,
                self.work,
                lambda: self.now,
                Heartbeat(self.settings.home / "beat"),
                lambda: self.stopping,
            )
        )

    def state(self):
        return open_state(self.settings.state, self.settings.home)

    def work(self, entry, slot_at):
        self.calls.append((entry.job, slot_at.astimezone(ZONE), self.now))
        if entry.job in self.failing:
            raise self.failing[entry.job]
        return "edits=1"

    def dispatch(self, when=None):
        self.now = at(when) if when else self.now
        return self.dispatcher.dispatch()

    def pass_until(self, end):
        """Dispatch every quarter of an hour until just before `end`; what came of it."""
        results = []
        while self.now < at(end):
            results += self.dispatcher.dispatch()
            self.now += STEP
        return results

    def rows(self, job=None, state=None):
        with self.state() as database:
            found = database.slots(job=job, limit=2000)
        return [(row.slot_at.astimezone(ZONE), row.state) for row in reversed(found) if state in (None, row.state)]

    def ran(self, job):
        return [slot_at for name, slot_at, _ in self.calls if name == job]


def test_a_week_with_restarts_a_day_asleep_and_a_failing_job(tmp_path):
    world = World(tmp_path, CALLS, RUN, DIGEST, REPORT)  # the failing job stands first: it is in everybody's way
    world.failing["callbacks"] = ValueError("no caller")
    world.pass_until("Mon 12:15")
    world.restart()
    world.pass_until("Tue 23:00")
    world.now = at("Thu 07:10")  # asleep: all of Wednesday
    woken = world.dispatch()
    world.pass_until("Fri 08:30")
    world.now = at("Fri 08:50")  # down when the digest was due, then started again
    world.restart()
    world.pass_until("Sat 08:30")
    with world.state() as database:  # the digest of Saturday by hand, right on time
        assert take_by_hand(database, world.settings, ("digest",), world.now) == ("digest",)
    world.pass_until("Sun 23:59")

    once = Counter((job, slot_at) for job, slot_at, _ in world.calls)
    assert set(once.values()) == {1}
    every_row = world.rows()
    assert {state for _, state in every_row} == {"done", "failed", "missed"}

    # The digest: at most once a day, and what was missed is written down.
    assert world.ran("digest") == [at(f"{day} 08:30") for day in ("Mon", "Tue", "Thu", "Fri", "Sun")]
    assert [when for job, _, when in world.calls if job == "digest"][3] == at("Fri 08:50")
    assert world.rows("digest") == [
        (at(f"{day} 08:30"), "missed" if day == "Wed" else "done")
        for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    ]
    # The failing job: every day once, never in the way; Wednesday's was more than twelve hours old on waking.
    assert world.rows("callbacks") == [
        (at(f"{day} 18:00"), "missed" if day == "Wed" else "failed")
        for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    ]
    # The report of Wednesday is still wanted on Thursday.
    assert [(slot_at, when) for job, slot_at, when in world.calls if job == "report"] == [
        (at("Wed 09:00"), at("Thu 07:10"))
    ]
    # The run: each half hour that was awake, and one on waking that tells how many passed.
    asleep = [at("Tue 23:00") + n * timedelta(minutes=30) for n in range(64)]
    half_hours = [at("Mon 06:30") + n * timedelta(minutes=30) for n in range(48 * 7 - 13)]
    assert world.ran("run") == [one for one in half_hours if one not in asleep]
    assert {(one.job, one.outcome, one.skipped) for one in woken} == {
        ("callbacks", Outcome.MISSED, 0),
        ("run", Outcome.DONE, 64),
        ("report", Outcome.DONE, 0),
        ("digest", Outcome.MISSED, 0),
    }


def test_what_a_job_says_and_how_it_failed_stands_in_its_slot(tmp_path):
    world = World(tmp_path, CALLS, RUN)
    world.failing["callbacks"] = ValueError("no caller " + "x" * 900)
    world.dispatch("Mon 18:00")
    with world.state() as database:
        calls, run = (database.slots(job=job)[0] for job in ("callbacks", "run"))
    assert (calls.state, calls.note[:27], len(calls.note)) == ("failed", "ValueError: no caller xxxxx", 500)
    assert (run.state, run.note) == ("done", "edits=1")


def test_two_daemons_on_one_database_never_double_a_job(tmp_path):
    first, second = World(tmp_path, RUN, DIGEST), World(tmp_path, RUN, DIGEST)
    for minute in range(120):
        for world in (first, second) if minute % 3 else (second, first):
            world.now = at("Mon 08:00") + timedelta(minutes=minute)
            world.dispatch()
    assert len(first.calls + second.calls) == 5
    assert len({one[:2] for one in first.calls + second.calls}) == 5


def test_a_new_desk_has_missed_nothing(tmp_path):
    world = World(tmp_path, DIGEST, REPORT, CALLS)
    world.dispatch("Mon 15:00")
    assert world.rows() == []
    world.dispatch("Tue 15:00")  # but from its first tick on it promised
    assert world.rows() == [(at("Mon 18:00"), "missed"), (at("Tue 08:30"), "missed")]


def test_a_slot_that_was_cut_off_by_death_is_tried_once_more_within_its_grace(tmp_path):
    world = World(tmp_path, DIGEST)
    with world.state() as database:
        database.take_slot("digest", at("Mon 08:30"), at("Mon 08:30"))  # and then the power went
    results = world.dispatch("Mon 09:00")
    assert [(one.job, one.outcome, one.note) for one in results] == [
        ("digest", Outcome.FAILED, CUT_OFF),
        ("digest" + AGAIN, Outcome.DONE, "edits=1"),
    ]
    world.restart()
    assert world.dispatch("Mon 09:01") == ()
    with world.state() as database:
        database.take_slot("digest", at("Tue 08:30"), at("Tue 08:30"))
        database.take_slot("digest" + AGAIN, at("Tue 08:30"), at("Tue 08:35"))
    world.restart()
    assert [one.job for one in world.dispatch("Tue 11:00")] == ["digest", "digest" + AGAIN]  # too late for more
    assert world.rows(state="running") == []
    assert len(world.calls) == 1


def test_a_run_lock_that_is_held_fails_the_slot_with_the_reason_and_one_more_try_follows(tmp_path):
    world = World(tmp_path, DIGEST, RUN)
    world.failing["digest"] = RunLockedError("another run is going on: `aftersales run`")
    assert [one.outcome for one in world.dispatch("Mon 08:30")] == [Outcome.FAILED, Outcome.DONE]
    with world.state() as database:
        assert "another run is going on" in database.slots(job="digest")[0].note
    world.dispatch("Mon 08:31")
    assert world.dispatch("Mon 08:32") == ()
    assert len(world.ran("digest")) == 2
    del world.failing["digest"]
    world.failing["digest"] = RunLockedError("again")
    world.dispatch("Tue 08:30")
    del world.failing["digest"]
    assert [(one.job, one.outcome) for one in world.dispatch("Tue 08:31")] == [("digest" + AGAIN, Outcome.DONE)]


def test_an_entry_moved_to_an_earlier_time_has_had_its_turn_today(tmp_path):
    world = World(tmp_path, DIGEST)
    world.dispatch("Mon 08:30")
    world.settings = replace(world.settings, schedule=(ScheduleEntry("digest", daily=time(8)),))
    world.restart()
    assert world.dispatch("Mon 09:00") == ()
    assert [one.slot_at for one in world.dispatch("Tue 08:00")] == [at("Tue 08:00")]


def test_a_clock_that_was_a_year_ahead_stops_nothing(tmp_path):
    world = World(tmp_path, RUN, DIGEST)
    world.now = at("Mon 08:30") + timedelta(days=365)
    world.dispatch()
    assert {one.job for one in world.dispatch("Mon 08:30")} == {"run", "digest"}
    assert {one.job for one in world.dispatch("Tue 08:30")} == {"run", "digest"}


def test_told_to_stop_it_ends_the_job_at_hand_and_leaves_the_others_for_the_next_start(tmp_path):
    world = World(tmp_path, RUN, DIGEST)
    work = world.work

    def stopping(entry, slot_at):
        world.stopping = True
        return work(entry, slot_at)

    world.work = stopping
    world.restart()
    assert [one.job for one in world.dispatch("Mon 08:30")] == ["run"]
    world.stopping = False
    world.restart()
    assert [one.job for one in world.dispatch("Mon 08:31")] == ["digest"]


def test_a_database_that_refuses_once_fails_one_job_only(tmp_path, monkeypatch):
    world = World(tmp_path, DIGEST, RUN)
    database = world.state()
    take = database.take_slot

    def refusing(job, *rest):
        if job == "digest":
            raise StateError("the state database is full")
        return take(job, *rest)

    monkeypatch.setattr(database, "take_slot", refusing)
    monkeypatch.setattr(world, "state", lambda: database)
    world.restart()
    assert [(one.job, one.outcome) for one in world.dispatch("Mon 08:30")] == [
        ("digest", Outcome.FAILED),
        ("run", Outcome.DONE),
    ]


def test_a_run_by_hand_serves_the_entries_that_it_covers_and_no_others(tmp_path):
    world = World(tmp_path, RUN, DIGEST, CALLS)
    world.now = at("Mon 19:00")
    with world.state() as database:
        assert take_by_hand(database, world.settings, ("callbacks",), world.now) == ("callbacks",)
        assert take_by_hand(database, world.settings, ("callbacks",), world.now) == ()
        everything = ("tickets", "callbacks", "returns", "orders", "maintenance", "suppliers", "staff", "chores")
        assert "run" in take_by_hand(database, world.settings, everything, world.now)
        assert take_by_hand(database, world.settings, ("digest",), world.now) == ()  # this morning's: too old
    assert world.dispatch() == ()


def test_the_digest_is_told_of_slots_found_missed_today_or_yesterday(tmp_path):
    world = World(tmp_path, DIGEST, RUN)
    world.dispatch("Mon 08:30")
    world.dispatch("Wed 20:00")
    for minute in range(0, 24 * 60, 30):  # hundreds of newer slots do not push them out
        world.now = at("Wed 20:30") + timedelta(minutes=minute)
        world.dispatch()
    with world.state() as database:
        told = [row.slot_at for row in missed_slots(database, world.settings, at("Thu 08:30"))]
        assert told == [at("Tue 08:30"), at("Wed 08:30")]
        assert missed_slots(database, world.settings, at("Fri 08:30")) == ()


def test_the_heartbeat_is_touched_and_a_broken_one_is_none(tmp_path):
    world = World(tmp_path, RUN)
    beat = Heartbeat(tmp_path / "beat")
    assert beat.last() is None
    world.dispatch("Mon 09:00")
    assert beat.last() == at("Mon 09:00")
    for text in ("", "[]", '{"at": "2026-11-23T09:00:00"}', '{"at": 5}'):
        (tmp_path / "beat").write_text(text)
        assert beat.last() is None
    Heartbeat(tmp_path / "beat" / "under a file").beat(at("Mon 09:00"))


# ---- the daemon's log and pulse


def test_a_bug_s_text_stays_out_of_the_log_and_a_refusal_s_is_in_it(tmp_path, caplog):
    world = World(tmp_path, CALLS, DIGEST)
    world.failing = {
        "callbacks": ValueError("13812345678 is nobody's phone"),
        "digest": RunLockedError("`run` since noon"),
    }
    world.now = at("Mon 18:00")
    with caplog.at_level(logging.INFO):
        daemon._tick(world.dispatcher, world.settings)
        world.now = at("Tue 08:30")
        daemon._tick(world.dispatcher, world.settings)
        world.failing = {}
        world.now = at("Wed 08:30")
        daemon._tick(world.dispatcher, world.settings)
    assert "13812345678" not in caplog.text
    assert (
        'job="callbacks" slot=2026-11-23T18:00+08:00 outcome=failed note="ValueError at test_schedule_week.py'
        in caplog.text
    )
    assert 'outcome=failed note="`run` since noon"' in caplog.text
    assert 'job="digest" slot=2026-11-25T08:30+08:00 outcome=done note="edits=1"' in caplog.text


def test_a_database_that_cannot_be_opened_is_a_line_in_the_log_and_not_the_end(tmp_path, caplog):
    (tmp_path / "state").write_text("")  # a file where the folder belongs
    settings = read("", tmp_path)
    dispatcher = Dispatcher(daemon.desk_of(settings, daemon.real_clock, daemon.Stop()))
    assert daemon._tick(dispatcher, settings) == ()
    assert "outcome=failed" in caplog.text


def test_the_pulse_beats_at_full_minutes_and_survives_clocks_that_are_set_back():
    beats = []
    pulse = daemon.Pulse(lambda: beats.append(1))
    (only,) = pulse._scheduler.jobs
    assert only.next_run.second == 0
    only.next_run = datetime.now() - timedelta(seconds=1)
    pulse.run_pending()
    assert len(beats) == 1
    only.next_run = datetime.now() + timedelta(hours=1)  # as it looks when summer time ends
    pulse.run_pending()
    (only,) = pulse._scheduler.jobs
    assert only.next_run <= datetime.now() + timedelta(minutes=1)


# ---- real processes

SERVE = """
import sys, time
from dataclasses import replace
from pathlib import Path
from toolkit.app import daemon
from toolkit.rules.worktime.duration import Duration
from toolkit.settings.load import load, read
from toolkit.settings.model import ScheduleEntry
from toolkit.settings.misnamed import JOBS as SCHEDULED
def work(settings, entry, slot_at, clock):
    print("began", entry.job, flush=True)
    time.sleep(1.5)
    print("ended", entry.job, flush=True)
    return "edits=0"
daemon.run_entry = work
minutely = tuple(ScheduleEntry(job, every=Duration.parse("1h")) for job in ("run", "staff"))
sys.exit(daemon.serve(replace(read("", Path(sys.argv[1])), schedule=minutely)))
"""


@pytest.fixture
def serving(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    yield process
    if process.poll() is None:
        process.kill()
    process.communicate()


@pytest.mark.skipif(os.name == "nt", reason="SIGTERM is a thing of POSIX systems")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_the_job_end_and_leaves_with_0(serving, tmp_path, number):
    assert serving.stdout.readline() == "began run\n"
    with pytest.raises(RunLockedError, match=f"cannot start.*process {serving.pid}"):
        daemon.once(read("", tmp_path))
    serving.send_signal(number)
    serving.send_signal(number)
    out, log = serving.communicate(timeout=20)
    assert (serving.returncode, out) == (0, "ended run\n")
    assert 'job="run"' in log
    assert "outcome=done" in log
    assert log.endswith("INFO stopped\n")
    with open_state("sqlite:///state/toolkit.db", tmp_path) as state:
        assert [(row.job, row.state) for row in state.slots()] == [("run", "done")]
    assert json.loads((tmp_path / "state" / "schedule.heartbeat").read_text())["pid"] == serving.pid


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is a thing of POSIX systems")
def test_after_a_kill_the_next_start_closes_the_slot_and_tries_once_more(serving, tmp_path, monkeypatch):
    assert serving.stdout.readline() == "began run\n"
    serving.kill()
    serving.wait()
    monkeypatch.setattr(daemon, "run_entry", lambda *_: "edits=0")
    settings = replace(read("", tmp_path), schedule=(ScheduleEntry("run", every=Duration.parse("1h")),))
    with open_state(settings.state, tmp_path) as state:
        slot_at = state.slots()[0].slot_at
    results = daemon.once(settings, lambda: slot_at + timedelta(minutes=1))
    assert [(one.job, one.outcome) for one in results] == [("run", Outcome.FAILED), ("run" + AGAIN, Outcome.DONE)]


def test_the_daemon_leaves_when_its_flag_is_set(tmp_path):
    stop = daemon.Stop()
    stop.set()
    assert daemon.serve(replace(read("", tmp_path), schedule=()), lambda: datetime.now(UTC), stop) == 0


# ---- a desk with its workbook


@pytest.fixture
def demo(tmp_path):
    subprocess.run(
        [sys.executable, "-m", "toolkit", "init", str(tmp_path / "desk"), "--demo"], check=True, capture_output=True
    )
    return tmp_path / "desk"


@pytest.mark.skipif(os.name == "nt", reason="SIGTERM is a thing of POSIX systems")
def test_the_command_runs_at_start_and_ends_with_0_on_sigterm(demo):
    with subprocess.Popen(
        [sys.executable, "-m", "toolkit", "schedule", "-c", str(demo / "config.yaml")],
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        seen = next(line for line in process.stderr if 'job="run"' in line)
        process.send_signal(signal.SIGTERM)
        _, rest = process.communicate(timeout=20)
    assert "outcome=done" in seen
    assert "sent=" in seen
    assert (process.returncode, rest.splitlines()[-1].endswith("stopped")) == (0, True)
    with open_state("sqlite:///state/toolkit.db", demo) as state:
        assert {row.state for row in state.slots(job="run")} == {"done"}
        assert len(state.runs()) == len([row for row in state.slots() if row.state == "done"])


def test_one_digest_a_person_comes_from_a_morning_of_dispatches(demo):
    settings = load(demo / "config.yaml")
    morning = datetime.now(ZONE).replace(hour=8, minute=26, second=0, microsecond=0) + timedelta(days=1)
    results = []
    for minutes in (0, 4, 5, 30, 31):
        now = morning + timedelta(minutes=minutes)
        results += [(one.job, one.outcome) for one in daemon.once(settings, lambda now=now: now)]
    assert results == [("run", Outcome.DONE), ("run", Outcome.DONE), ("digest", Outcome.DONE), ("run", Outcome.DONE)]
    letters = Counter(path.name.split("-")[2] for path in (demo / "outbox").rglob("*-digest-*.eml"))
    assert letters
    assert set(letters.values()) == {1}


def test_a_book_that_is_gone_fails_nothing_but_is_counted(tmp_path):
    settings = replace(read("", tmp_path), schedule=(RUN,))
    (result,) = daemon.once(settings, lambda: at("Mon 08:30"))
    assert (result.outcome, result.note) == (Outcome.DONE, "refused_books=1")


def test_report_runs_on_the_schedule_and_every_job_that_a_schedule_may_name_is_there(tmp_path):
    monthly = ScheduleEntry("report", monthly=23, at=time(9))
    settings = replace(read("", tmp_path), schedule=(monthly,))
    (result,) = daemon.once(settings, lambda: at("Mon 09:00"))
    assert (result.job, result.outcome, result.slot_at) == ("report", Outcome.DONE, at("Mon 09:00"))
    assert daemon.once(settings, lambda: at("Mon 09:01")) == ()
    assert {"run", *JOBS} == set(SCHEDULED)

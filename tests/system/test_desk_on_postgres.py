"""A desk whose state lies on PostgreSQL, from init to forget."""

from __future__ import annotations

import json
import os
import re

import pytest
from sqlalchemy.engine import make_url

from tests.contract.postgres_server import new_database, postgres_server
from tests.system.desks import NOW, demo
from toolkit.gateways.state.postgres import run_lock

LATER = "2026-11-24T10:30"


@pytest.fixture(scope="module")
def server():
    with postgres_server() as found:
        yield found


def test_a_desk_on_a_server_runs_twice_and_forgets(server, tmp_path):
    desk = demo(tmp_path)
    url = make_url(new_database(server)).set(password="${STATE_PASSWORD}")
    (desk.folder / ".env").write_text("STATE_PASSWORD=hunter2", "utf-8")
    (desk.folder / ".env").chmod(0o600)
    said = url.render_as_string(hide_password=False).replace("%24%7B", "${").replace("%7D", "}")
    desk.configure("state: sqlite:///state/toolkit.db", f"state: {said}")
    doctor = desk("doctor", "--json")
    assert "has no tables yet" in doctor.out
    assert desk.run()["applied"]["messages"]["sent"] > 0
    again = desk.run(LATER)
    assert (again["edits"], again["messages"]) == ([], [])
    assert " messages" in desk("doctor", "--json").out
    row = next(one for one in desk.rows() if one["email"] and one["ticket_no"])
    done = desk("forget", row["email"], "--yes")
    assert done.code == 0, done.err
    assert "knows nothing" in desk("forget", row["email"], "--yes").out
    assert "hunter2" not in doctor.out + doctor.err + done.out + done.err


def test_the_doctor_names_the_computer_that_runs_on_the_same_database_and_since_when(server, tmp_path):
    desk = demo(tmp_path)
    url = new_database(server)
    desk.configure("state: sqlite:///state/toolkit.db", f"state: {url}")
    assert _lock_line(desk) == ["run lock", "ok", "free: no run is going on"]
    with run_lock(url, desk.folder):
        check, state, found = _lock_line(desk)
        later = _lock_line(desk, "2099-01-01T09:00")
    who = rf"aftersales run, process {os.getpid()} on \S+ since \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d\+\d{{4}}"
    assert (check, state) == ("run lock", "ok")
    assert re.fullmatch(f"a run is going on: {who}", found)
    assert later[1] == "warning"
    assert re.fullmatch(f"held for more than an hour by {who}", later[2])
    assert _lock_line(desk)[1:] == ["ok", "free: no run is going on"]


def _lock_line(desk, now=None):
    """As the doctor sees the lock; the lock itself goes by the real clock."""
    lines = json.loads(desk("doctor", "--json", *(["--now", now] if now else [])).out)
    return next([one["check"], one["state"], one["found"]] for one in lines if one["check"] == "run lock")


def test_a_server_that_is_not_there_is_one_clear_error(tmp_path):
    desk = demo(tmp_path)
    desk.configure("state: sqlite:///state/toolkit.db", "state: postgresql://me:hunter2@127.0.0.1:9/desk")
    done = desk("run", "--now", NOW)
    assert done.code == 3
    assert "the state database postgresql://me:***@127.0.0.1:9/desk refused" in done.err
    assert "hunter2" not in done.err
    assert "a password in the file in the open" in done.err
    found = desk("doctor")
    assert found.code == 1
    assert "hunter2" not in found.out + found.err

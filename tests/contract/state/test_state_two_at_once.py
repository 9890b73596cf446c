"""Two processes on one database: no message twice, and one run at a time."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.contract.outbox_samples import NOW, ON_POSTGRESQL, key, letter
from toolkit.core.errors import RunLockedError, UsageError
from toolkit.core.message import State
from toolkit.gateways.state import StateError, open_state

WORKER = """
import sys
from datetime import datetime, timedelta
from pathlib import Path
from toolkit.core.message import Accepted
from toolkit.gateways.state import open_state

url, owner, now = sys.argv[1], sys.argv[2], datetime.fromisoformat(sys.argv[3])
lease = timedelta(minutes=15)
with open_state(url, Path(sys.argv[4])) as state:
    print("ready", flush=True)
    sys.stdin.readline()
    while got := state.claim(owner, now, lease=lease, channels=["email"], limit=3):
        for one in got:
            if state.start_sending(one.id, owner, now, lease=lease):
                print(one.id, flush=True)
                state.settle(one.id, owner, Accepted(), now)
"""


def test_two_processes_that_claim_at_once_get_no_message_twice(state, tmp_path):
    state.queue([letter(key(f"T{i}")) for i in range(60)], at=NOW)
    file = tmp_path / "state.url"
    url = file.read_text() if file.exists() else "sqlite:///state/toolkit.db"
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, url, owner, NOW.isoformat(), str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for owner in ("one", "two")
    ]
    for one in workers:
        assert one.stdout.readline() == "ready\n"
    outs = [one.stdin.write("go\n") and one.stdin.flush() for one in workers]
    sent = [int(line) for one in workers for line in one.communicate(timeout=120)[0].split()]
    assert len(outs) == 2
    assert sorted(sent) == list(range(1, 61))
    assert state.counts() == {State.SENT: 60}


@ON_POSTGRESQL
def test_the_run_lock_of_a_server_holds_between_lines_and_ends_with_its_holder(place):
    from toolkit.gateways.state.postgres import run_lock

    url = (place / "state.url").read_text()
    who = r"aftersales run, process \d+ on .* since 20"
    with run_lock(url, place), pytest.raises(RunLockedError, match=who), run_lock(url, place, wait=0):
        pass
    with run_lock(url, place, wait=0):
        pass


@ON_POSTGRESQL
def test_a_server_that_is_not_there_is_refused_without_its_password(place):
    with pytest.raises(StateError) as refused:
        open_state("postgresql://me:hunter2@127.0.0.1:9/desk", place)
    assert "postgresql://me:***@127.0.0.1:9/desk refused" in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_a_crippled_address_is_refused_without_its_password(tmp_path):
    with pytest.raises(UsageError) as refused:
        open_state("postgresql:/me:hunter2@host/desk", tmp_path)
    assert "hunter2" not in str(refused.value)

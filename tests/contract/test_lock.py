"""The run lock, between real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from toolkit.core.errors import RunLockedError
from toolkit.gateways.lock import holder, run_lock

HOLD = """
import sys, time
from pathlib import Path
from toolkit.gateways.lock import run_lock
with run_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def other(tmp_path):
    """Another process that holds the lock."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path / "run.lock")], stdout=subprocess.PIPE)
    process.stdout.readline()
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_the_second_run_waits_then_says_who_holds_the_lock_and_since_when(other, tmp_path):
    began = time.monotonic()
    with pytest.raises(RunLockedError) as refused, run_lock(tmp_path / "run.lock", wait=0.3):
        pytest.fail("both hold it")
    assert time.monotonic() - began >= 0.3
    assert f"process {other.pid} on " in str(refused.value)
    assert "since 20" in str(refused.value)


def test_a_killed_holder_blocks_nobody(other, tmp_path):
    os.kill(other.pid, signal.SIGKILL)
    other.wait()
    with run_lock(tmp_path / "run.lock", wait=5):
        assert holder(tmp_path / "run.lock").pid == os.getpid()
    assert holder(tmp_path / "run.lock") is None


def test_a_holder_whose_note_is_broken_is_still_respected(other, tmp_path):
    (tmp_path / "run.lock.holder").write_text("{")
    with pytest.raises(RunLockedError, match="could not be read"), run_lock(tmp_path / "run.lock", wait=0.1):
        pytest.fail("both hold it")


def test_a_lock_that_cannot_be_made_is_refused_in_words(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RunLockedError, match="cannot be taken"), run_lock(tmp_path / "file" / "run.lock"):
        pytest.fail("held")

"""Killed at each step of a delivery, then run again: nothing told twice, nothing lost, the uncertain listed (kill -9)."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import Counter
from pathlib import Path

import pytest

from tests.contract.outbox_samples import NOW, database, key, letter
from toolkit.app.deliver import deliver
from toolkit.core.message import Accepted, State
from toolkit.gateways.senders.folder import FolderChannel
from toolkit.gateways.senders.mail import MailFrom
from toolkit.gateways.state import queueing

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kill -9 is a thing of POSIX systems")
COUNT = 4
SENDER = MailFrom("care@shop.example")


class Ledger:
    """The world outside: a line for each message that it took, synced."""

    name = "email"
    is_folder = False
    dies_inside = False

    def __init__(self, folder: Path):
        self.path = folder / "ledger"

    def send(self, message):
        if self.dies_inside and message.row_key == "T1":
            die()
        with self.path.open("a") as lines:
            lines.write(message.key + "\n")
        return Accepted("1")

    def close(self):
        """Nothing is held open."""

    def delivered(self):
        return Counter(self.path.read_text().split("\n")[:-1] if self.path.exists() else [])


def folder_channel(folder):
    return FolderChannel(folder / "outbox", lambda: NOW, sender=SENDER)


def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)


def dies(thing, name, nth=1, *, after=False):
    """The process is killed before, or after, the `nth` call of `thing.name`."""
    original, seen = getattr(thing, name), []

    def wrapped(*args, **more):
        seen.append(1)
        if after:
            original(*args, **more) if len(seen) == nth else None
        if len(seen) == nth:
            die()
        return original(*args, **more)

    setattr(thing, name, wrapped)


def run_that_dies(where, folder):
    """Queue and deliver in a process of its own, with death waiting at `where`."""
    state = database(folder)
    channel = folder_channel(folder) if where.startswith("folder") else Ledger(folder)
    match where:
        case "while queueing":
            dies(queueing._Desk, "finish", after=True)
        case "before claim":
            dies(state, "claim")
        case "after claim":
            dies(state, "claim", after=True)
        case "before sending is committed":
            dies(state, "start_sending", after=True)
        case "before the network":
            dies(channel, "send", 2)
        case "mid-send":
            channel.dies_inside = True
        case "after accept":
            dies(channel, "send", 2, after=True)
        case "before settle is committed":
            dies(state, "settle", 2, after=True)
        case "after settle":
            dies(channel, "send", 3)
        case "folder: before the file has its name":
            dies(Path, "replace", 2)
        case "folder: after the file has its name":
            dies(Path, "replace", 2, after=True)
    state.queue([letter(key(f"T{i}")) for i in range(COUNT)], at=NOW)
    deliver(state, {"email": channel}, lambda: NOW, alone=True)


def run_and_be_killed(where, folder):
    # Forked, so that the libraries need not be imported once more for each way to die.
    process = multiprocessing.get_context("fork").Process(target=run_that_dies, args=(where, folder))
    process.start()
    process.join(30)
    assert process.exitcode == -signal.SIGKILL


# where it dies → (messages that arrived at once, that are unknown after the next run)
MATRIX = {
    "while queueing": (0, 0),
    "before claim": (0, 0),
    "after claim": (0, 0),
    "before sending is committed": (0, 0),
    "before the network": (1, 1),
    "mid-send": (1, 1),
    "after accept": (2, 1),
    "before settle is committed": (2, 1),
    "after settle": (2, 1),
}


@pytest.mark.parametrize("where", MATRIX)
def test_a_run_killed_anywhere_tells_nobody_twice_loses_nothing_and_lists_what_is_uncertain(where, tmp_path):
    arrived, uncertain = MATRIX[where]
    run_and_be_killed(where, tmp_path)
    ledger = Ledger(tmp_path)
    assert sum(ledger.delivered().values()) == arrived
    with database(tmp_path) as state:
        state.queue([letter(key(f"T{i}")) for i in range(COUNT)], at=NOW)
        report = deliver(state, {"email": ledger}, lambda: NOW, alone=True)
        counts = state.counts()
        assert len(report.unknown) == uncertain
        assert counts.get(State.UNKNOWN, 0) == uncertain
        assert counts[State.SENT] == COUNT - uncertain
        again = deliver(state, {"email": ledger}, lambda: NOW, alone=True)
        assert not again.has_delivered
        got = ledger.delivered()
        assert max(got.values()) == 1
        sure = {m.message.key for m in state.messages([State.SENT])}
        assert sure <= got.keys()
        assert len(sure) + uncertain == COUNT


@pytest.mark.parametrize("where", ["folder: before the file has its name", "folder: after the file has its name"])
def test_a_folder_killed_while_writing_holds_whole_files_only_and_one_a_key(where, tmp_path):
    run_and_be_killed(where, tmp_path)
    with database(tmp_path) as state:
        report = deliver(state, {"email": folder_channel(tmp_path)}, lambda: NOW, alone=True)
        assert (len(report.unknown), len(report.sent)) == (1, COUNT - 2)
        state.retry(report.unknown[0], NOW)
        assert len(deliver(state, {"email": folder_channel(tmp_path)}, lambda: NOW, alone=True).sent) == 1
    files = [path for path in (tmp_path / "outbox").rglob("*") if path.is_file()]
    assert len(files) == COUNT
    assert all(path.suffix == ".eml" and path.read_bytes().endswith(b"\n") for path in files)

"""Killed at each step of a delivery, then run again: nothing told twice, nothing lost, the uncertain listed (kill -9)."""

from __future__ import annotations

import http.client
import multiprocessing
import os
import random
import signal
import smtplib
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from tests.contract.outbox_samples import NOW, database, key, letter
from tests.system.ways import NAMES, way_by
from toolkit.app.deliver import deliver
from toolkit.app.receipts import ask_for_receipts
from toolkit.core.message import NO_LIMITS, Accepted, State
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
    limits = NO_LIMITS
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


# -- every channel, with a server at its end ---------------------------------------------------------------------

MOMENTS = {
    "before claim": (0, 0),
    "after claim": (0, 0),
    "mid-dialogue": (1, 1),
    "after the server accepted": (2, 1),
    "before commit": (2, 1),
}
"""Where it dies → messages that had arrived then, and of how many nobody knows."""
SEED = int(os.environ.get("CRASH_SEED", "20261122"))
"""Which two moments of each channel run with the other tests; the rest of the matrix is `-m long`."""
SDKS = ("alibabacloud_dysmsapi20170525.client", "tencentcloud.sms.v20210111.sms_client", "twilio.rest", "apprise")


def matrix():
    """Every channel at every moment; all but two of a channel are marked long."""
    dice = random.Random(SEED)
    at_once = {(name, moment) for name in NAMES for moment in dice.sample(list(MOMENTS), 2)}
    return [
        pytest.param(name, moment, id=f"{name}-{moment}", marks=() if (name, moment) in at_once else pytest.mark.long)
        for name in NAMES
        for moment in MOMENTS
    ]


@pytest.fixture(scope="module")
def _libraries():
    """Imported once here, not in each process that is going to die."""
    for name in SDKS:
        pytest.importorskip(name)


def cut_after(owner, is_message, much):
    """The second message stops in the middle: `much` bytes of it leave, then the process is gone."""
    original, seen = owner.send, []

    def send(self, data):
        if is_message(data):
            seen.append(1)
        if len(seen) == 2:
            if self.sock is None:
                self.connect()
            self.sock.sendall(data[: much(data)])
            die()
        return original(self, data)

    owner.send = send


def wait_for_death_at(moment, name, state):
    """What the process itself can do to die at this moment; after the server accepted, it is the server that kills."""
    match moment:
        case "before claim":
            dies(state, "claim")
        case "after claim":
            dies(state, "claim", after=True)
        case "before commit":
            dies(state, "settle", 2, after=True)
        case "mid-dialogue" if name == "email folder":
            dies(Path, "replace", 2)
        case "mid-dialogue" if name == "smtp":  # half the text has left; commands are strings
            cut_after(smtplib.SMTP, lambda data: isinstance(data, bytes), lambda data: len(data) // 2)
        case "mid-dialogue":
            cut_after(http.client.HTTPConnection, lambda data: bytes(data[:4]) == b"POST", lambda _: 10)
        case "after the server accepted" if name == "email folder":
            dies(Path, "replace", 2, after=True)


def deliver_and_die(way, name, moment, folder, told):
    """The process that is killed: it is told the server's port when there is one."""
    port = told.recv()
    state = database(folder)
    wait_for_death_at(moment, name, state)
    state.queue([way.message(number) for number in range(COUNT)], at=NOW)
    deliver(state, {way.name: way.channel(port)}, lambda: NOW, alone=True)


def deliver_and_be_killed(way, name, moment, folder, port, process, tell):
    def kill(count):
        if moment == "after the server accepted" and count == 2:
            os.kill(process.pid, signal.SIGKILL)

    way.taken = kill
    tell.send(port)
    process.join(30)
    assert process.exitcode == -signal.SIGKILL
    way.taken = lambda _count: None


@pytest.mark.usefixtures("_libraries")
@pytest.mark.parametrize(("name", "moment"), matrix())
def test_on_every_channel_a_killed_run_delivers_once_loses_nothing_and_lists_what_is_uncertain(name, moment, tmp_path):
    way = way_by(name, tmp_path)
    context = multiprocessing.get_context("fork")
    told, tell = context.Pipe(duplex=False)
    # Forked before the server has threads, so that it inherits none of their locks.
    process = context.Process(target=deliver_and_die, args=(way, name, moment, tmp_path, told))
    process.start()
    arrived, uncertain = MOMENTS[moment]
    with way.serving() as port:
        deliver_and_be_killed(way, name, moment, tmp_path, port, process, tell)
        assert way.arrived() == Counter({f"T{n}": 1 for n in range(arrived)})
        with database(tmp_path) as state:
            channels = {way.name: way.channel(port)}
            state.queue([way.message(number) for number in range(COUNT)], at=NOW)
            report = deliver(state, channels, lambda: NOW, alone=True)
            before = 1 if uncertain else 0  # the first message was sent and settled by the run that died
            assert (len(report.sent) + before, len(report.unknown)) == wanted(moment)
            check_the_books(state, way, moment)
            settle_by_asking(state, channels, way, moment)
            assert not deliver(state, channels, lambda: NOW + ASKED, alone=True).has_delivered
            assert max(way.arrived().values()) == 1
            channels[way.name].close()


ASKED = timedelta(minutes=11)


def wanted(moment):
    """Messages sent in the end, whichever run did it, and those of which nobody knows."""
    _, uncertain = MOMENTS[moment]
    return COUNT - uncertain, uncertain


def check_the_books(state, way, moment):
    """Everything sent did arrive, once; the one uncertain message is listed, and says why."""
    counts = state.counts()
    assert (counts[State.SENT], counts.get(State.UNKNOWN, 0)) == wanted(moment)
    sure = {one.message.row_key for one in state.messages([State.SENT])}
    got = way.arrived()
    assert max(got.values()) == 1
    assert sure <= got.keys()
    listed = state.messages([State.UNKNOWN])
    assert sure | {one.message.row_key for one in listed} == {f"T{n}" for n in range(COUNT)}
    assert [one.note for one in listed] == ["cut off while sending: it may have arrived"] * len(listed)


def settle_by_asking(state, channels, way, moment):
    """A gateway that can be asked explains the uncertain one in a later run; else it stays listed, and a person decides."""
    unknown = [one.id for one in state.messages([State.UNKNOWN])]
    report = ask_for_receipts(state, channels, lambda: NOW + ASKED)
    left = [one.id for one in state.messages([State.UNKNOWN])]
    did_arrive = MOMENTS[moment][0] == 2
    assert left == ([] if way.can_be_asked and did_arrive else unknown)
    if way.can_be_asked:
        assert list(report.still_unknown) == left
    for number in left:  # what to do: it did arrive and counts as sent, or it goes once more
        if did_arrive:
            state.settle_as_sent(number, NOW + ASKED)
        else:
            state.retry(number, NOW + ASKED)
            assert deliver(state, channels, lambda: NOW + ASKED, alone=True).sent == (number,)
    assert way.arrived() == Counter({f"T{n}": 1 for n in range(COUNT)})

"""A whole `run` killed by SIGKILL at many moments, then run once more: no key sent twice, none lost, the book opens.

The moments are not sleeps: a first run on a copy of the desk counts its calls into the world (fsync, rename, commit,
execute, send …), and the n-th of them is where the next copy dies. CI takes a slice; the whole matrix is
`pytest -m long tests/system/test_killed_runs.py` (KILLS=200 for another number of moments).
"""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import sqlite3
import zipfile
from collections import Counter
from email import message_from_bytes
from pathlib import Path

import openpyxl
import pytest
from aiosmtpd.controller import Controller
from python_calamine import CalamineWorkbook

from tests.system.desks import CAN_FORK, NOW, demo, mark, sheets
from tests.system.hooks import LASTING

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="kill -9 is a thing of POSIX systems")
KILLS = int(os.environ.get("KILLS", "30"))
SLICE = 8
CLOCK = ("clock", {"at": f"{NOW}:00+08:00"})
CLOCKLIKE = ("updated_at", "last_message")
LONG = pytest.mark.long


def spread(count):
    """Two of three moments where something lasting happens (commit, fsync, rename …), the others anywhere in the world."""
    lasting = count * 2 // 3
    return [("lasting", n, lasting) for n in range(lasting)] + [
        ("any", n, count - lasting) for n in range(count - lasting)
    ]


MOMENTS = [pytest.param(*one, id=f"{one[0]}-{one[1] + 1}of{one[2]}") for one in spread(SLICE)]
MOMENTS += [pytest.param(*one, id=f"{one[0]}-{one[1] + 1}of{one[2]}-long", marks=LONG) for one in spread(KILLS)]


class World:
    """What one desk has led to, in a form that can be compared with another."""

    def __init__(self, desk):
        self.desk = desk
        with sqlite3.connect(desk.folder / "state" / "toolkit.db") as db:
            self.messages = db.execute(
                "select key, channel, state from message where state <> 'cancelled' order by key"
            ).fetchall()
            self.reserved = sorted(db.execute("select register, fingerprint, nth, key from reservation").fetchall())
        self.book = sheets(desk.workbook)

    @property
    def marks(self):
        """How many letters lie in the outbox folder for each key."""
        return Counter(one.stem.rpartition("-")[2] for one in self.desk.files())

    def cells(self):
        """Every cell but those that show when something was done; the log as a set, without its times and results."""
        found = {}
        for register in ("tickets", "surveys", "vendors", "staff", "holidays", "contacts_opt_out"):
            found[register] = [
                {k: v for k, v in row.items() if k not in CLOCKLIKE} for row in self.desk.rows(register, self.book)
            ]
        found["messages"] = sorted(
            (one["message_key"], one["channel"], one["to"], one["ticket"] or "", one["subject"])
            for one in self.desk.rows("messages", self.book)
        )
        return found


@pytest.fixture(scope="session")
def whole(tmp_path_factory):
    """The desk that nobody disturbed."""
    desk = demo(tmp_path_factory.mktemp("reference"))
    desk.run()
    return World(desk)


@pytest.fixture(scope="session")
def calls(tmp_path_factory):
    """Every call into the world that an undisturbed run makes, in order."""
    desk, trace = demo(tmp_path_factory.mktemp("counted")), tmp_path_factory.mktemp("trace") / "trace"
    desk.run(hooks=[("count_calls", {"trace": str(trace)})])
    return trace.read_text().splitlines()


def chosen(calls, kind, nth, of):
    """Where to die: the nth of `of` places spread over all calls, or over those that leave something lasting."""
    places = [n for n, one in enumerate(calls) if kind == "any" or one.split()[-1].rpartition(".")[2] in LASTING]
    return places[(2 * nth + 1) * len(places) // (2 * of)]


def differences(mine, theirs):
    """The cells that differ: register, row, column, here, there."""
    found = [("log", one) for one in set(mine.pop("messages")) ^ set(theirs.pop("messages"))]
    for register, rows in mine.items():
        assert len(rows) == len(theirs[register])
        found += [
            (register, row["row"], column, row[column], other[column])
            for row, other in zip(rows, theirs[register], strict=True)
            for column in row
            if row[column] != other[column]
        ]
    return found


def is_whole(workbook):
    """Both readers open it, and no part of the package is cut off."""
    book = openpyxl.load_workbook(workbook, read_only=True)
    assert [tab.title for tab in book if next(tab.iter_rows(values_only=True))]
    book.close()
    assert CalamineWorkbook.from_path(workbook).get_sheet_by_index(0).to_python()
    with zipfile.ZipFile(workbook) as package:
        assert package.testzip() is None


@pytest.mark.parametrize(("kind", "nth", "of"), MOMENTS)
def test_a_run_killed_at_any_moment_and_run_again_leaves_the_desk_as_if_nothing_had_happened(
    kind,
    nth,
    of,
    tmp_path,
    calls,
    whole,
    record_property,
):
    at = chosen(calls, kind, nth, of)
    desk = demo(tmp_path)
    died = desk("run", now=NOW, hooks=[("kill_at", {"n": at})])
    assert died.code == -signal.SIGKILL, (calls[at], died)
    is_whole(desk.workbook)

    again = desk("run", now=NOW)
    world = World(desk)
    unknown = [(channel, key) for key, channel, state in world.messages if state == "unknown"]
    record_property("killed", f"{calls[at]} ({at} of {len(calls)}), {len(unknown)} unknown")
    print(f"killed {calls[at]} ({at} of {len(calls)}): {len(unknown)} unknown")
    is_whole(desk.workbook)
    assert again.code == (1 if unknown else 0), again
    assert len(unknown) <= 1, "only the one that was on its way may be uncertain"
    assert [(key, channel) for key, channel, _ in world.messages] == [
        (key, channel) for key, channel, _ in whole.messages
    ]
    assert {state for _, _, state in world.messages} <= {"sent", "unknown"}
    assert world.reserved == whole.reserved
    assert set(world.marks.values()) == {1}, "a key has one letter"
    missing = whole.marks.keys() - world.marks.keys()
    assert world.marks.keys() <= whole.marks.keys()
    assert missing <= {mark(*one) for one in unknown}, "what is not in the folder is listed as unknown"
    assert differences(world.cells(), whole.cells()) == []
    assert [one["state"] for one in desk.outbox("--state", "unknown")] == ["unknown"] * len(unknown)

    plan = desk.plan()
    assert (plan["edits"], plan["appends"], plan["messages"]) == ([], [], [])
    if unknown:  # a person looks into the folder and lets it go again: the same file, once
        assert desk("outbox", "retry", desk.outbox("--state", "unknown")[0]["id"]).code == 0
        desk.run()
        assert World(desk).marks == whole.marks
        plan = desk.plan()
        assert (plan["edits"], plan["appends"], plan["messages"]) == ([], [], [])


# -- with a mail server that counts ------------------------------------------------------------------------------


class Counting:
    """A mail server that keeps the Message-ID of every mail it said yes to."""

    def __init__(self):
        self.accepted = Counter()

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  aiosmtpd's name
        self.accepted[message_from_bytes(envelope.content)["Message-ID"]] += 1
        return "250 taken"


@pytest.fixture
def mail_server():
    handler = Counting()
    with socket.create_server(("127.0.0.1", 0)) as free:
        handler.port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    yield handler
    controller.stop()


def by_mail(desk, server):
    desk.configure(
        "email: {via: folder}",
        f"email: {{via: smtp, host: 127.0.0.1, port: {server.port}, security: none, from: care@shop.example}}",
    )
    return desk


def ids(messages, *states):
    return {
        f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@shop.example>"
        for key, channel, state in messages
        if channel == "email" and state in states
    }


DATA = "smtplib:SMTP.data"
MAIL_KILLS = [("before", 1), ("after", 1), ("after", 7)]
MAIL_KILLS_LONG = [(when, nth) for when in ("before", "after") for nth in (2, 5, 11, 17, 23)]


@pytest.mark.parametrize(
    ("when", "nth"),
    [
        *(pytest.param(*one, id=f"{one[0]}-data-{one[1]}") for one in MAIL_KILLS),
        *(pytest.param(*one, id=f"{one[0]}-data-{one[1]}-long", marks=LONG) for one in MAIL_KILLS_LONG),
    ],
)
def test_a_run_killed_around_the_servers_yes_delivers_every_mail_once_or_lists_it_as_unknown(
    when, nth, tmp_path, mail_server
):
    desk = by_mail(demo(tmp_path), mail_server)
    died = desk("run", hooks=[CLOCK, ("kill_around", {"target": DATA, "nth": nth, "after": when == "after"})])
    assert died.code == -signal.SIGKILL, died
    assert sum(mail_server.accepted.values()) == (nth if when == "after" else nth - 1)
    again = desk("run", hooks=[CLOCK])
    assert again.code == 1, again
    settled(desk, mail_server, unknown=1)


@pytest.mark.long
@pytest.mark.parametrize("nth", range(KILLS // 3))
def test_a_run_by_mail_killed_at_any_call_delivers_every_mail_once_or_lists_it_as_unknown(
    nth, tmp_path, tmp_path_factory, mail_server
):
    counted = by_mail(demo(tmp_path_factory.mktemp("counted")), mail_server)
    trace = tmp_path / "trace"
    counted("run", hooks=[CLOCK, ("count_calls", {"trace": str(trace)})])
    calls = trace.read_text().splitlines()
    first = next(n for n, one in enumerate(calls) if "socket" in one)
    mail_server.accepted.clear()
    desk = by_mail(demo(tmp_path), mail_server)
    at = first + (2 * nth + 1) * (len(calls) - first) // (2 * (KILLS // 3))
    died = desk("run", hooks=[CLOCK, ("kill_at", {"n": at})])
    assert died.code == -signal.SIGKILL, (calls[at], died)
    desk("run", hooks=[CLOCK])
    settled(desk, mail_server)


def settled(desk, server, unknown=None):
    """Every mail once at the server, or at most once and listed; nothing more is planned, nothing more leaves."""
    world = World(desk)
    uncertain = ids(world.messages, "unknown")
    assert unknown is None or len(uncertain) == unknown
    open_ones = [state for _, _, state in world.messages if state == "unknown"]  # a text message, perhaps
    assert len(open_ones) <= 1
    assert set(server.accepted.values()) == {1}, "the server never got one twice"
    sure = ids(world.messages, "sent")
    assert sure <= server.accepted.keys() <= sure | uncertain
    assert {state for _, _, state in world.messages} <= {"sent", "unknown"}
    assert set(world.marks.values()) == {1}
    is_whole(desk.workbook)
    before = dict(server.accepted)
    assert desk("run", hooks=[CLOCK]).code == (1 if open_ones else 0)
    assert dict(server.accepted) == before, "an unknown one is never sent again by itself"
    plan = desk.plan()
    assert (plan["edits"], plan["appends"], plan["messages"]) == ([], [], [])


def test_the_moments_cover_files_database_and_folders(calls):
    names = [one.split()[-1].rpartition(".")[2] for one in calls]
    assert {"commit", "fsync", "replace", "execute", "write"} <= set(names)
    assert len({chosen(calls, *one) for one in spread(KILLS)}) == KILLS


def test_the_reference_run_itself_was_clean(whole):
    assert {state for _, _, state in whole.messages} == {"sent"}
    assert set(whole.marks) == {mark(channel, key) for key, channel, _ in whole.messages}
    assert not list(Path(whole.desk.folder).rglob("*.part"))


def test_the_log_tells_of_an_uncertain_letter_that_was_sent_after_all(tmp_path):
    desk = demo(tmp_path)
    send = "toolkit.gateways.senders.folder:FolderChannel.send"
    assert (
        desk("run", now=NOW, hooks=[("kill_around", {"target": send, "nth": 5, "after": True})]).code == -signal.SIGKILL
    )
    assert desk("run", now=NOW).code == 1
    (unknown,) = desk.outbox("--state", "unknown")
    desk("outbox", "retry", unknown["id"])
    desk.run("2026-11-24T10:10")
    results = {one["message_key"]: one["result"] for one in desk.rows("messages")}
    assert len(results) == len(desk.rows("messages")), "a line a key"
    assert set(results.values()) == {"sent"}

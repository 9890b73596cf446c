"""Delivering: what becomes of each message."""

from __future__ import annotations

from datetime import timedelta

from tests.contract.outbox_samples import NOW, database, key, letter
from tests.contract.sender_samples import Mailbox, clock, server, smtp
from toolkit.app.deliver import BATCH, deliver
from toolkit.core.message import NO_LIMITS, Accepted, Deferred, State, Unknown
from toolkit.gateways.senders.folder import FolderChannel


def test_a_run_delivers_what_it_can_and_tells_of_each(tmp_path):
    mailbox = Mailbox(None, "451 busy", "550 no")
    with database(tmp_path) as state, server(mailbox) as port:
        plan = [letter(key(row)) for row in "abcd"]
        plan += [
            letter(key("bad"), to="nobody"),
            letter(key("old"), expires_at=NOW),
            letter(key("held"), state=State.HELD),
        ]
        state.queue([*plan, letter(key("text", channel="sms"))], at=NOW - timedelta(minutes=1))
        report = deliver(state, {"email": smtp(port)}, clock)
        assert (report.sent, report.deferred, report.failed, report.expired) == ((1, 4), (2,), (3, 5), (6,))
        assert report.has_delivered
        assert state.counts() == {"sent": 2, "ready": 2, "failed": 2, "expired": 1, "held": 1}
        assert deliver(state, {"email": smtp(port)}, clock).has_delivered is False


class Stub:
    """A channel that answers as told, then accepts."""

    is_folder = False
    name = "email"
    limits = NO_LIMITS

    def __init__(self, *answers):
        self.answers = list(answers)
        self.tried = []

    def send(self, message):
        self.tried.append(message.row_key)
        answer = self.answers.pop(0) if self.answers else Accepted("x")
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self):
        pass


def queue(state, count):
    state.queue([letter(key(f"T{i}")) for i in range(count)], at=NOW)


def test_a_sender_with_a_bug_leaves_its_message_open_and_the_others_go(tmp_path):
    with database(tmp_path) as state:
        queue(state, 3)
        report = deliver(state, {"email": Stub(ZeroDivisionError("bug"))}, clock)
        assert (report.unknown, report.sent) == ((1,), (2, 3))
        assert state.message(1).note == "ZeroDivisionError: bug"


def test_a_server_that_is_down_is_tried_once_a_run_and_costs_no_attempt(tmp_path):
    with database(tmp_path) as state:
        queue(state, 60)
        channel = Stub(*[Deferred("connect", "refused")] * 99)
        report = deliver(state, {"email": channel}, clock)
        assert (channel.tried, report.deferred, report.rested) == (["T0"], (1,), {"email": "refused"})
        assert state.counts() == {State.READY: 60}
        assert state.message(1).attempts == 0


def test_a_server_that_cuts_every_line_costs_three_messages_not_all(tmp_path):
    with database(tmp_path) as state:
        queue(state, 60)
        report = deliver(state, {"email": Stub(*[Unknown("cut")] * 99)}, clock)
        assert (report.unknown, state.counts()) == ((1, 2, 3), {State.UNKNOWN: 3, State.READY: 57})


def test_one_channel_at_rest_does_not_hold_up_another(tmp_path):
    with database(tmp_path) as state:
        pairs = [(letter(key(f"T{i}")), letter(key(f"T{i}", channel="sms"))) for i in range(30)]
        state.queue([m for pair in pairs for m in pair], at=NOW)
        report = deliver(state, {"email": Stub(Deferred("login")), "sms": Stub()}, clock)
        assert (len(report.sent), report.rested.keys()) == (30, {"email"})


def test_a_rehearsal_delivers_to_folders_only_and_expires_nothing_else(tmp_path):
    with database(tmp_path) as state:
        past = NOW - timedelta(minutes=1)
        state.queue([letter(expires_at=NOW), letter(key(channel="sms"))], at=past)
        channels = {"email": Stub(), "sms": FolderChannel(tmp_path / "outbox", clock, name="sms")}
        report = deliver(state, channels, clock, only_folders=True)
        assert (report.sent, report.expired) == ((2,), ())
        assert state.message(1).state == State.READY


def test_what_may_not_be_sent_is_not(tmp_path):
    with database(tmp_path) as state:
        queue(state, 3)
        report = deliver(state, {"email": Stub()}, clock, may_send=lambda m: m.row_key != "T1")
        assert report.sent == (1, 3)


def test_of_a_room_that_rests_nothing_more_is_claimed_and_put_back(tmp_path, monkeypatch):
    with database(tmp_path) as state:
        rooms = [letter(key(f"T{i}", channel="chat"), to="#quiet" if i % 2 else "#loud") for i in range(200)]
        state.queue(rooms, at=NOW)
        channel = Stub(Accepted("x"), Deferred("login", "thrown out"))
        put_back = []
        release = state.release
        monkeypatch.setattr(state, "release", lambda *words, **named: put_back.append(1) or release(*words, **named))
        report = deliver(state, {"chat": channel}, clock)
        assert (len(report.sent), report.deferred, report.rested) == (100, (2,), {"chat #quiet": "thrown out"})
        assert len(put_back) < BATCH
        assert state.counts() == {State.READY: 100, State.SENT: 100}

"""Asking for receipts: bounded, patient, and never a reason for a run to end."""

from __future__ import annotations

from datetime import timedelta

from tests.contract.outbox_samples import MINUTE, NOW, database, key, letter, send
from tests.contract.sms_stubs import RESET, Aliyun, Twilio, serving, sms
from toolkit.app.deliver import deliver
from toolkit.app.receipts import MOST, SILENCES, ask_for_receipts
from toolkit.core.message import NO_LIMITS, Accepted, Delivered, Limits, NotFound, State, Unknown
from toolkit.gateways.senders.folder import FolderChannel

LATER = NOW + timedelta(hours=1)


class Asked:
    """A channel that answers as told when it is asked."""

    is_folder = False
    only_unknown = False
    name = "sms"
    limits = NO_LIMITS

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    def send(self, message):
        return Accepted("x")

    def lookup(self, message, provider_id, sent_at):
        self.asked.append(message.row_key)
        answer = self.answers.pop(0) if self.answers else Delivered(provider_id)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self):
        pass


def queued(state, count, outcome):
    state.queue([letter(key(f"T{i}", channel="sms")) for i in range(count)], at=NOW)
    for _ in range(count):
        send(state, outcome)


def test_a_cut_after_the_gateway_took_it_ends_as_delivered_without_a_second_sending(tmp_path):
    stub = Aliyun(RESET)
    with database(tmp_path) as state, serving(stub):
        state.queue([sms()], at=NOW)
        channels = {"sms": stub.channel()}
        assert deliver(state, channels, lambda: NOW).unknown == (1,)
        assert ask_for_receipts(state, channels, lambda: NOW + 9 * MINUTE).settled == {}
        report = ask_for_receipts(state, channels, lambda: NOW + 11 * MINUTE)
        assert (report.settled, report.has_news) == ({State.DELIVERED: (1,)}, True)
        assert deliver(state, channels, lambda: NOW + 12 * MINUTE).has_delivered is False
    assert len(stub.taken) == 1


def test_a_message_like_another_is_not_taken_for_it(tmp_path):
    stub = Twilio()
    with database(tmp_path) as state, serving(stub):
        state.queue([sms("T1", "您的维修已安排"), sms("T2", "您的维修已安排")], at=NOW)
        channels = {"sms": stub.channel()}
        assert deliver(state, channels, lambda: NOW, may_send=lambda m: m.row_key == "T1").sent == (1,)
        send(state, Unknown("cut"))  # it never reached the gateway, which shows the first one by number and text
        report = ask_for_receipts(state, channels, lambda: NOW + 11 * MINUTE)
        assert report.still_unknown == (2,)
        assert state.message(2).note == "the other side shows one like it only, which was another message"
        assert state.message(2).state is State.UNKNOWN


def test_what_the_gateway_does_not_know_stays_unknown_and_is_listed(tmp_path):
    with database(tmp_path) as state:
        queued(state, 1, Unknown("cut"))
        report = ask_for_receipts(state, {"sms": Asked(NotFound("shows nothing"))}, lambda: LATER)
        assert (report.still_unknown, report.has_news) == ((1,), False)
        assert (state.message(1).state, state.message(1).note) == (State.UNKNOWN, "shows nothing")


def test_a_run_asks_a_bounded_number_and_the_next_goes_on(tmp_path):
    with database(tmp_path) as state:
        queued(state, MOST + 5, Accepted("x"))
        channel = Asked(*[NotFound()] * MOST)
        ask_for_receipts(state, {"sms": channel}, lambda: LATER)
        assert len(channel.asked) == MOST
        ask_for_receipts(state, {"sms": channel}, lambda: LATER + MINUTE)
        assert sorted(set(channel.asked)) == sorted(f"T{i}" for i in range(MOST + 5))


def test_a_gateway_that_is_silent_is_left_alone_for_this_run(tmp_path):
    with database(tmp_path) as state:
        queued(state, 9, Accepted("x"))
        channel = Asked(*[None] * 9)
        ask_for_receipts(state, {"sms": channel}, lambda: LATER)
        assert len(channel.asked) == SILENCES


def test_a_bug_in_a_sender_ends_no_run(tmp_path):
    with database(tmp_path) as state:
        queued(state, 2, Accepted("x"))
        report = ask_for_receipts(state, {"sms": Asked(ZeroDivisionError())}, lambda: LATER)
        assert report.settled == {State.DELIVERED: (1,)}


def test_channels_that_cannot_be_asked_are_not(tmp_path):
    with database(tmp_path) as state:
        queued(state, 1, Accepted("x"))
        folder = FolderChannel(tmp_path / "outbox", lambda: NOW, name="sms")
        assert ask_for_receipts(state, {"sms": folder}, lambda: LATER).settled == {}


def test_a_channel_rests_when_it_had_its_messages_of_the_minute_and_goes_on_in_the_next_run(tmp_path):
    channel = Asked()
    channel.limits = Limits(per_minute=2)
    with database(tmp_path) as state:
        state.queue([letter(key(f"T{i}", channel="sms")) for i in range(5)], at=NOW)
        report = deliver(state, {"sms": channel}, lambda: NOW)
        assert (report.sent, report.rested) == ((1, 2), {"sms": "it takes 2 a minute"})
        assert state.counts() == {State.SENT: 2, State.READY: 3}
        assert deliver(state, {"sms": channel}, lambda: LATER).sent == (3, 4)

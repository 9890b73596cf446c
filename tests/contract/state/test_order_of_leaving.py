"""What somebody is told of one row leaves in the order in which it happened, by whatever ways it goes."""

from __future__ import annotations

from datetime import timedelta

from tests.contract.outbox_samples import MINUTE, NOW, key, letter
from toolkit.app.deliver import BATCH, deliver
from toolkit.core.message import NO_LIMITS, Accepted, Deferred, State

TICKET = (("received", "sms"), ("solution", "email"), ("appointment", "sms"), ("reminder", "email"))


class Way:
    """Writes down what left, in one list for all ways; puts off what it is told to."""

    is_folder = False
    limits = NO_LIMITS

    def __init__(self, name, left, put_off=()):
        self.name, self.left, self.put_off = name, left, list(put_off)

    def send(self, message):
        if self.put_off and self.put_off[0][0] == message.notice:
            return self.put_off.pop(0)[1]
        self.left.append((message.row_key, message.notice))
        return Accepted("x")

    def close(self):
        pass


def told(row, notice, way, role="customer", **more):
    return letter(key(row, notice, role=role, channel=way), **more)


def ways(left, put_off=()):
    return {name: Way(name, left, put_off) for name in ("email", "sms")}


def test_texts_and_mails_about_one_row_leave_in_the_order_of_their_occasions(state):
    rows = [f"T{n}" for n in range(BATCH)]  # more than are claimed at once
    plan = [told(row, notice, way) for row in rows for notice, way in TICKET]
    state.queue(plan, at=NOW)
    left = []
    assert len(deliver(state, ways(left), lambda: NOW).sent) == 4 * BATCH
    assert left == [(row, notice) for row in rows for notice, _ in TICKET]


def test_what_was_planned_by_two_runs_and_waited_for_the_morning_keeps_its_order(state):
    morning = NOW + timedelta(hours=9)
    first, second = told("T1", "received", "sms"), told("T1", "appointment", "sms")
    state.queue([letter(first.key, not_before=morning)], at=NOW)
    state.queue([letter(one.key, not_before=morning) for one in (first, second)], at=NOW + timedelta(hours=1))
    left = []
    deliver(state, ways(left), lambda: morning)
    assert left == [("T1", "received"), ("T1", "appointment")]


def test_what_comes_behind_one_that_was_put_off_waits_for_the_next_run_and_everybody_else_goes(state):
    plan = [told("T1", notice, way) for notice, way in TICKET[:3]]
    plan += [told("T1", "appointment-vendor", "sms", role="vendor:V012"), told("T2", "appointment", "sms")]
    state.queue(plan, at=NOW)
    left = []
    report = deliver(state, ways(left, [("received", Deferred("451", "greylisted"))]), lambda: NOW)
    assert left == [("T1", "appointment-vendor"), ("T2", "appointment")]
    assert (report.deferred, len(report.sent), state.counts()) == ((1,), 2, {State.READY: 3, State.SENT: 2})
    assert [state.message(number).note for number in (2, 3)] == [
        "waits for message 1 about the same row, which was put off"
    ] * 2
    assert [state.message(number).attempts for number in (1, 2, 3)] == [1, 0, 0]
    deliver(state, ways(left), lambda: NOW + 10 * MINUTE)
    assert left[2:] == [("T1", notice) for notice, _ in TICKET[:3]]
    assert {state.message(number).note for number in (1, 2, 3)} == {""}


def test_news_does_not_wait_for_old_news_that_is_put_off_for_long(state):
    state.queue([told("T1", "received", "sms"), told("T1", "appointment", "sms")], at=NOW)
    left, at = [], NOW
    for _ in range(3):  # after 1, 5 and 30 minutes again
        deliver(state, ways(left, [("received", Deferred("451", "busy"))]), lambda at=at: at)
        assert left == []
        at += 10 * MINUTE
    deliver(state, ways(left), lambda: at)
    assert left == [("T1", "appointment")]
    deliver(state, ways(left), lambda: at + 30 * MINUTE)
    assert left == [("T1", "appointment"), ("T1", "received")]


def test_a_way_that_is_down_holds_up_no_other_way(state):
    state.queue([told("T1", "solution", "email"), told("T1", "appointment", "sms")], at=NOW)
    left = []
    deliver(state, ways(left, [("solution", Deferred("connect", "refused"))]), lambda: NOW)
    assert left == [("T1", "appointment")]

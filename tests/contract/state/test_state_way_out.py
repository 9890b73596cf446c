"""Claimed, sending, settled."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.contract.outbox_samples import (
    CHANNELS,
    LEASE,
    MINUTE,
    NOW,
    claim,
    database,
    key,
    letter,
    send,
)
from toolkit.core.message import (
    Accepted,
    Deferred,
    Rejected,
    State,
    Unknown,
)
from toolkit.gateways.state.outbox import ATTEMPTS


def test_messages_leave_oldest_first_when_their_time_has_come(state):
    state.queue(
        [
            letter(key("later"), not_before=NOW + MINUTE),
            letter(key("held"), state=State.HELD),
            letter(key("first")),
            letter(key("text", channel="sms")),
            letter(key("second")),
        ],
        at=NOW,
    )
    got = state.claim("me", NOW, lease=LEASE, channels=("email",), limit=9)
    assert [s.message.row_key for s in got] == ["first", "second"]
    assert claim(state) is not None  # the text message
    assert claim(state) is None
    assert claim(state, NOW + MINUTE) == 1


def test_what_may_not_be_sent_stays_ready(state):
    state.queue([letter(key(f"T{i}")) for i in range(30)], at=NOW)
    got = state.claim("me", NOW, lease=LEASE, channels=CHANNELS, may_send=lambda m: m.row_key == "T29", limit=2)
    assert [s.message.row_key for s in got] == ["T29"]
    assert state.counts() == {State.READY: 29, State.CLAIMED: 1}


def test_two_workers_never_claim_the_same_message(state, tmp_path):
    state.queue([letter(key(f"T{i}")) for i in range(40)], at=NOW)

    def work(owner):
        with database(tmp_path) as mine:
            taken = []
            while got := mine.claim(owner, NOW, lease=LEASE, channels=CHANNELS):
                taken += [s.id for s in got if mine.start_sending(s.id, owner, NOW, lease=LEASE)]
            return taken

    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(work, ("one", "two"))
    assert sorted(one + two) == list(range(1, 41))


OUTCOMES = [
    (Accepted("id-7"), State.SENT, None, ""),
    (Rejected("550", "no such user"), State.FAILED, None, "550 no such user"),
    (Unknown("cut off"), State.UNKNOWN, None, "cut off"),
    (Deferred("451", "busy"), State.READY, NOW + MINUTE, "451 busy"),
    (Deferred("451", "busy", NOW + 7 * MINUTE), State.READY, NOW + 7 * MINUTE, "451 busy"),
    (Deferred("451", "busy", NOW + timedelta(days=9)), State.READY, NOW + timedelta(days=1), "451 busy"),
]


@pytest.mark.parametrize(("outcome", "expected", "not_before", "note"), OUTCOMES)
def test_an_outcome_leads_to_its_state(state, outcome, expected, not_before, note):
    state.queue([letter(expires_at=NOW + timedelta(days=1))], at=NOW)
    number = send(state, outcome)
    stored = state.message(number)
    assert (stored.state, stored.message.not_before, stored.note, stored.attempts) == (expected, not_before, note, 1)
    (tried,) = state.attempts(number)
    assert (tried.started_at, tried.ended_at, tried.outcome) == (NOW, NOW, type(outcome).__name__.lower())


def test_refusals_back_off_and_end(state):
    state.queue([letter()], at=NOW)
    now, waits = NOW, []
    for _ in range(ATTEMPTS):
        number = send(state, Deferred("451"), now)
        again = state.message(number).message.not_before
        waits.append((again - now) // MINUTE)
        assert claim(state, again - timedelta(seconds=1)) is None
        now = again
    assert waits[:5] == [1, 5, 30, 120, 120]
    assert state.message(1).state == State.FAILED
    assert "given up after 6 attempts" in state.message(1).note


def test_a_server_that_is_down_uses_up_no_attempts(state):
    state.queue([letter()], at=NOW)
    for turn in range(10):
        now = NOW + turn * 5 * MINUTE
        number = claim(state, now)
        state.start_sending(number, "me", now, lease=LEASE)
        state.settle(number, "me", Deferred("connect"), now, channel_down=True)
    assert (state.message(1).state, state.message(1).attempts, len(state.attempts(1))) == (State.READY, 0, 10)


def test_what_is_past_its_expiry_expires_held_or_ready(state):
    state.queue(
        [
            letter(key("a"), expires_at=NOW, state=State.HELD),
            letter(key("b"), expires_at=NOW),
            letter(key("c"), expires_at=NOW + MINUTE),
            letter(key("d", channel="sms"), expires_at=NOW),
        ],
        at=NOW - MINUTE,
    )
    assert state.claim("me", NOW, lease=LEASE, channels=CHANNELS, limit=9)[0].message.row_key == "c"
    assert state.expire(NOW, ["email"]) == (1, 2)
    assert state.expire(NOW) == (4,)


def test_the_reaper_frees_the_claimed_and_gives_up_on_the_sending(state):
    state.queue([letter(key("a")), letter(key("b"))], at=NOW)
    state.claim("dead", NOW, lease=LEASE, channels=CHANNELS, limit=2)
    state.start_sending(2, "dead", NOW, lease=LEASE)
    assert state.reap(NOW + LEASE).freed == ()
    reaped = state.reap(NOW + LEASE + MINUTE)
    assert (reaped.freed, reaped.unknown) == ((1,), (2,))
    assert state.attempts(2)[0].outcome == "unknown"
    assert claim(state, NOW + 2 * LEASE) == 1
    assert claim(state, NOW + 2 * LEASE) is None


def test_whoever_holds_the_run_lock_need_not_wait_for_a_lease(state):
    state.queue([letter()], at=NOW)
    claim(state)
    assert state.reap(NOW, alone=True).freed == (1,)


def test_a_process_that_outlived_its_lease_may_still_tell_the_truth(state):
    state.queue([letter()], at=NOW)
    number = claim(state)
    state.start_sending(number, "me", NOW, lease=LEASE)
    state.reap(NOW + 2 * LEASE)
    assert state.settle(number, "other", Accepted(), NOW + 2 * LEASE) is None
    assert state.settle(number, "me", Accepted(), NOW + 2 * LEASE) == State.SENT
    assert state.attempts(number)[0].outcome == "accepted"


def test_but_not_after_a_person_decided(state):
    state.queue([letter()], at=NOW)
    number = claim(state)
    state.start_sending(number, "me", NOW, lease=LEASE)
    state.reap(NOW + 2 * LEASE)
    state.cancel(number, NOW + 2 * LEASE, "called them")
    assert state.settle(number, "me", Accepted(), NOW + 2 * LEASE) is None
    assert state.message(number).state == State.CANCELLED


def test_another_owner_moves_nothing(state):
    state.queue([letter()], at=NOW)
    number = claim(state)
    assert state.start_sending(number, "other", NOW, lease=LEASE) is False
    assert state.release(number, "other", NOW) is False
    assert state.release(number, "me", NOW) is True


def test_no_move_starts_from_a_state_that_is_not_its_own(state):
    state.queue([letter()], at=NOW)
    number = claim(state)
    assert state.settle(number, "me", Accepted(), NOW) is None
    assert state.start_sending(number, "me", NOW, lease=LEASE) is True
    assert state.start_sending(number, "me", NOW, lease=LEASE) is False
    assert state.release(number, "me", NOW) is False
    assert state.settle(number, "me", Accepted(), NOW) == State.SENT
    assert state.settle(number, "me", Rejected("550"), NOW) is None
    assert len(state.attempts(number)) == 1


def test_what_an_address_had_today_counts_what_may_have_arrived(state):
    state.queue([letter(key(f"T{i}"), to="A@shop.example" if i else "b@shop.example") for i in range(6)], at=NOW)
    mine = state.hash_of("a@shop.example")
    send(state, Accepted("1"), NOW)  # to b
    for outcome in (Accepted("2"), Unknown("cut off"), Rejected("550"), Deferred("451")):
        send(state, outcome, NOW)
    assert state.sent_since(NOW) == {mine: 2, state.hash_of("b@shop.example"): 1}
    assert state.sent_since(NOW + MINUTE) == {}

"""A person's moves, and what a person sees."""

from __future__ import annotations

import pytest

from tests.contract.outbox_samples import (
    CHANNELS,
    LEASE,
    NOW,
    claim,
    key,
    letter,
    send,
)
from toolkit.core.message import (
    Accepted,
    Rejected,
    State,
    Unknown,
)
from toolkit.gateways.state import WrongStateError


def put(state, where):
    """A message that stands in the state `where`."""
    match where:
        case State.HELD:
            return state.queue([letter(state=State.HELD)], at=NOW).new[0]
        case State.EXPIRED:
            state.queue([letter(expires_at=NOW)], at=NOW)
            return state.expire(NOW)[0]
        case State.CANCELLED:
            number = state.queue([letter()], at=NOW).new[0]
            return state.cancel(number, NOW, "no").id
    state.queue([letter()], at=NOW)
    match where:
        case State.READY:
            return 1
        case State.CLAIMED:
            return claim(state)
        case State.SENDING:
            number = claim(state)
            state.start_sending(number, "me", NOW, lease=LEASE)
            return number
        case _:
            return send(state, {"sent": Accepted(), "failed": Rejected("550"), "unknown": Unknown("?")}[where])


MOVES = {
    "approve": (lambda s, n: s.approve(n, NOW), {State.HELD}, State.READY),
    "retry": (lambda s, n: s.retry(n, NOW), {State.FAILED, State.UNKNOWN, State.EXPIRED}, State.READY),
    "cancel": (
        lambda s, n: s.cancel(n, NOW, "no"),
        {State.HELD, State.READY, State.FAILED, State.UNKNOWN, State.EXPIRED},
        State.CANCELLED,
    ),
    "settle": (lambda s, n: s.settle_as_sent(n, NOW), {State.FAILED, State.UNKNOWN, State.EXPIRED}, State.SENT),
}
REACHABLE = [s for s in State if s not in (State.DELIVERED, State.UNDELIVERED)]


@pytest.mark.parametrize("word", MOVES)
@pytest.mark.parametrize("where", REACHABLE)
def test_a_persons_move_is_done_from_its_states_and_refused_in_words_from_others(state, word, where):
    move, allowed, lands = MOVES[word]
    number = put(state, where)
    if where in allowed:
        assert move(state, number).state == lands
    else:
        with pytest.raises(WrongStateError, match=f"message {number} is {where}; `outbox {word}` takes"):
            move(state, number)
        assert state.message(number).state == where


def test_a_number_that_is_none_is_refused_in_words(state):
    with pytest.raises(WrongStateError, match="there is no message 12"):
        state.approve(12, NOW)


def test_a_persons_no_outlives_the_plan(state):
    (number,) = state.queue([letter()], at=NOW).new
    state.cancel(number, NOW, "they asked us not to")
    assert state.queue([letter()], at=NOW).new == ()
    assert state.message(number).note == "they asked us not to"


def test_an_approved_message_stays_approved_in_the_next_plan(state):
    number = put(state, State.HELD)
    state.approve(number, NOW)
    state.queue([letter(state=State.HELD, text="newer")], at=NOW)
    assert state.message(number).state == State.READY


def test_a_retry_lifts_an_expiry_that_is_past_and_the_plan_does_not_put_it_back(state):
    number = put(state, State.EXPIRED)
    state.retry(number, NOW)
    state.queue([letter(expires_at=NOW)], at=NOW)
    assert state.expire(NOW) == ()
    assert claim(state) == number


def test_a_retry_sends_the_text_that_was_tried(state):
    number = put(state, State.FAILED)
    state.retry(number, NOW)
    state.queue([letter(text="other")], at=NOW)
    assert state.claim("me", NOW, lease=LEASE, channels=CHANNELS)[0].message.letter.text == "您好"


def test_messages_are_listed_by_state_notice_and_number(state):
    state.queue([letter(key(f"T{i}", "visit" if i % 2 else "survey")) for i in range(6)], at=NOW)
    send(state, Accepted())
    assert state.counts() == {State.READY: 5, State.SENT: 1}
    assert [m.id for m in state.messages([State.READY], notice="visit", limit=2)] == [6, 4]


def test_the_messages_tab_is_told_each_end_once_and_a_later_end_again(state):
    state.queue([letter(key("a")), letter(key("b"))], at=NOW)
    number = send(state, Unknown("?"))
    assert [m.id for m in state.unlogged("main")] == [number]
    state.note_messages([number], NOW)
    assert state.unlogged() == ()
    state.settle_as_sent(number, NOW)
    assert [m.state for m in state.unlogged()] == [State.SENT]
    assert state.unlogged("other") == ()


def test_messages_to_somebody_and_those_about_their_rows_are_found_newest_first_also_when_the_address_is_gone(state):
    mine, other = "zhang@shop.example", "li@shop.example"
    wanted = [
        letter(key("T1")),
        letter(key("T2", role="vendor:V1"), to="v@x.example"),
        letter(key("T9"), key("T2"), to=other),  # one letter about two rows
        letter(key("T3"), to=mine.upper()),
    ]
    others = [letter(key("T4"), to=other), letter(key("T1", role="staff:S1"), to="s@x.example")]
    state.queue([*wanted, *others], at=NOW)
    for one in wanted[:1]:
        state.cancel(next(each.id for each in state.messages() if each.message.key == one.key), NOW, "no")
    state.prune_bodies(NOW + 400 * LEASE, LEASE)
    rows = {("main", "tickets", "T1"), ("main", "tickets", "T2"), ("second", "tickets", "T4")}
    found = state.messages_about([mine], rows, audiences=("customer", "vendor"))
    assert [one.message.key for one in found] == [one.key for one in reversed(wanted)]
    assert found[-1].message.to == ""
    assert state.messages_about([], frozenset(), audiences=("customer",)) == ()

"""Planned messages meet the outbox."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from tests.contract.outbox_samples import (
    LEASE,
    MINUTE,
    NOW,
    claim,
    key,
    letter,
    occasion,
    send,
    states,
)
from toolkit.core.message import (
    Accepted,
    Attachment,
    Deferred,
    Letter,
    Rejected,
    State,
    Unknown,
)
from toolkit.gateways.state import tables


def test_a_message_comes_back_as_it_went_in(state):
    whole = letter(
        key("T1"),
        key("T2"),
        letter=Letter(
            "主题", "正文\n2", "<p>正文</p>", (Attachment("visit.ics", "text/calendar", b"BEGIN\r\n\x00\xff"),)
        ),
        not_before=NOW,
        expires_at=NOW + LEASE,
        thread="T1",
        why="because",
        state=State.HELD,
    )
    (number,) = state.queue([whole], at=NOW).new
    stored = state.message(number)
    assert (stored.message, stored.state, stored.attempts, stored.created_at) == (whole, State.HELD, 0, NOW)


def test_the_same_plan_again_changes_nothing(state):
    plan = [letter(key("T1")), letter(key("T2"), state=State.HELD)]
    assert len(state.queue(plan, at=NOW).new) == 2
    assert state.queue(plan, at=NOW + MINUTE) == type(state.queue([], at=NOW, scope=lambda _: False))()
    assert all(stored.changed_at == NOW for stored in state.messages())


@pytest.mark.parametrize(
    ("planned", "in_scope", "expected"),
    [
        pytest.param([], True, State.CANCELLED, id="gone is cancelled"),
        pytest.param([], False, State.READY, id="gone from a register that could not be read is kept"),
        pytest.param([letter()], True, State.READY, id="standing is kept"),
        pytest.param([letter(text="new words")], True, State.READY, id="another text is replaced"),
        pytest.param([letter(to="li@shop.example")], True, State.HELD, id="another recipient is held again"),
    ],
)
def test_an_unsent_message_follows_the_plan(state, planned, in_scope, expected):
    (number,) = state.queue([letter()], at=NOW).new
    state.queue(planned, at=NOW + MINUTE, scope=lambda _: in_scope)
    stored = state.message(number)
    assert stored.state == expected
    assert state.counts() == {expected: 1}
    if planned:
        assert stored.message.letter == planned[0].letter
        assert stored.message.to == planned[0].to
    else:
        assert (stored.note == "its occasion no longer stands") is in_scope


def test_a_standing_key_keeps_its_message_though_none_was_rendered(state):
    (number,) = state.queue([letter()], at=NOW).new
    state.queue([], at=NOW, standing=frozenset([key()]))
    assert state.message(number).state == State.READY


def test_a_staff_alert_follows_a_new_recipient_without_being_held(state):
    alert = letter(key(role="staff:S03"), to="old@shop.example")
    (number,) = state.queue([alert], at=NOW).new
    state.queue([replace(alert, to="new@shop.example")], at=NOW)
    assert (state.message(number).state, state.message(number).message.to) == (State.READY, "new@shop.example")


def test_a_visit_moved_there_and_back_before_anything_left_is_told_with_its_last_time_only(state):
    a, b = letter(key(cause="A")), letter(key(cause="B"))
    for planned in (a, b, a):
        state.queue([planned], at=NOW)
    assert states(state) == [State.CANCELLED, State.CANCELLED, State.READY]
    assert state.memory(["main"]).occasions == {key(cause="A")}
    send(state, Accepted())
    assert claim(state) is None


def test_a_visit_moved_there_and_back_after_the_first_was_told_is_not_told_again(state):
    a, b = letter(key(cause="A")), letter(key(cause="B"))
    state.queue([a], at=NOW)
    send(state, Accepted())
    state.queue([b], at=NOW)
    state.queue([a], at=NOW)
    assert states(state) == [State.SENT, State.CANCELLED]


@pytest.mark.parametrize("outcome", [Accepted(), Rejected("550"), Unknown("cut")])
def test_what_left_the_house_is_never_queued_or_changed_again(state, outcome):
    state.queue([letter()], at=NOW)
    number = send(state, outcome)
    before = state.message(number)
    state.queue([letter(text="other", to="li@shop.example")], at=NOW + MINUTE)
    state.queue([], at=NOW + 2 * MINUTE)
    assert state.messages() == (before,)


def test_a_text_that_was_tried_once_stands_but_not_the_address(state):
    state.queue([letter()], at=NOW)
    number = send(state, Deferred("451"))
    state.queue([letter(text="other")], at=NOW)
    assert state.message(number).message.letter.text == "您好"
    state.queue([letter(text="other", to="li@shop.example")], at=NOW)
    stored = state.message(number)
    assert (stored.state, stored.message.to, stored.message.letter.text) == (State.HELD, "li@shop.example", "您好")


def test_a_skipped_occasion_is_remembered_and_never_told(state):
    assert state.queue([], skipped=[occasion("T1"), occasion("T1")], at=NOW).skipped == 1
    assert state.queue([letter(occasion("T1").key)], at=NOW).new == ()
    assert state.memory(["main"]).occasions == {occasion("T1").key}


def test_an_occasion_row_tells_what_its_key_says(state):
    odd = occasion("T|1", cause="50%|x")
    state.queue([letter(key(), occasions=(odd.key,), key=odd.key)], at=NOW)
    with state.engine.connect() as connection:
        row = connection.execute(select(tables.occasion)).mappings().one()
    assert (row["row_key"], row["cause"], row["notice"], row["outcome"]) == ("T|1", "50%|x", "visit", "planned")


MERGING = {
    "a merged letter loses what fell away": ([("a", "b")], [("b",)], [("b",)]),
    "a second occasion joins the letter that waits": ([("a",)], [("a", "b")], [("a", "b")]),
    "two letters that wait become one": ([("a",), ("b",)], [("a", "b")], [("a", "b")]),
    "one letter is parted in two": ([("a", "b")], [("a",), ("b",)], [("a",), ("b",)]),
    "letters exchange occasions": ([("a", "b"), ("c",)], [("a",), ("b", "c")], [("a",), ("b", "c")]),
    "the key falls away and comes back beside": ([("a", "b")], [("b", "c"), ("a",)], [("a",), ("b", "c")]),
}


@pytest.mark.parametrize(("before", "after", "living"), MERGING.values(), ids=MERGING.keys())
def test_merged_letters_follow_the_plan(state, before, after, living):
    def plan(groups):
        return [letter(*(key(name) for name in group), text="+".join(group)) for group in groups]

    state.queue(plan(before), at=NOW)
    for _ in range(3):
        state.queue(plan(after), at=NOW)
        alive = [m.message for m in state.messages([State.READY])]
        assert sorted(m.occasions for m in alive) == sorted(tuple(key(n) for n in group) for group in living)
        assert sorted(m.letter.text for m in alive) == sorted("+".join(group) for group in after)
        assert all(m.key in m.occasions for m in alive)
    assert state.memory(["main"]).occasions == {key(n) for group in living for n in group} == state.unsent()


def test_a_letter_merged_with_another_jobs_occasion_waits_for_both(state):
    (number,) = state.queue([letter(key("a"), key("b"))], at=NOW).new
    state.queue([letter(key("a"), text="alone")], at=NOW, scope=lambda _: False)
    assert state.message(number).message.occasions == (key("a"), key("b"))
    assert states(state) == [State.READY]


def test_a_new_occasion_beside_one_that_was_tried_gets_its_own_letter(state):
    state.queue([letter(key("a"))], at=NOW)
    send(state, Deferred("451"))
    state.queue([letter(key("a"), key("b"))], at=NOW)
    assert sorted(m.message.key for m in state.messages()) == [key("a"), key("b")]


def test_adopted_keys_count_as_sent(state):
    assert state.adopt([key("T7"), key("T8")], NOW) == 2
    assert state.adopt([key("T7")], NOW) == 0
    assert state.queue([letter(key("T7"))], at=NOW).new == ()

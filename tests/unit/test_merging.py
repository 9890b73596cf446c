"""Notices to one chat room into one post: what goes together, what stays apart, and that nothing is told twice."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from tests.contract.outbox_samples import NOW, database, key, letter
from toolkit.app.merging import GATHERED, merged, rows_of
from toolkit.core.message import Accepted, Deferred, Letter, State
from toolkit.core.words import Words

WORDS = Words("zh-CN", str)


def notice(row="T1", kind="overdue", room="#default", **more):
    made = key(row, kind, role="staff:S1", channel="chat")
    base = {"channel": "chat", "to": room, "letter": Letter("", f"{kind} {row}"), "to_name": "李四"}
    return letter(made, audience="staff", notice=kind, **base | more)


def together(*messages, frozen=None, apart=lambda _: 0, **more):
    return merged(messages, WORDS, frozen=frozen or {}, apart=apart, **more)


def test_notices_to_one_room_are_one_post_with_a_section_for_each_kind():
    (one,) = together(
        notice("T1", room="#default 13800138000"),
        notice("T2", "escalation", to_name="王五"),
        notice("T3", room="#default 13800138000 13900139000"),
    )
    assert one.occasions == tuple(key(row, kind, role="staff:S1", channel="chat") for row, kind in
                                  (("T1", "overdue"), ("T2", "escalation"), ("T3", "overdue")))  # fmt: skip
    assert one.key == one.occasions[0]
    assert one.to == "#default 13800138000 13900139000"
    assert one.to_name == "李四、王五"
    assert one.letter.text == (
        "本群 3 条提醒\n\n逾期提醒 · 2 条\noverdue T1\n\noverdue T3\n\n逾期上报 · 1 条\nescalation T2"
    )
    assert rows_of(one) == (("main", "tickets", "T1"), ("main", "tickets", "T2"), ("main", "tickets", "T3"))


def test_one_notice_stays_as_it_is():
    assert together(notice()) == (notice(),)


APART = [
    (notice("T1"), notice("T2", room="#managers")),
    (notice("T1"), notice("T2", not_before=NOW)),
    (notice("T1"), notice("T2", state=State.HELD)),
    (letter(key("T1")), letter(key("T2"))),
]


@pytest.mark.parametrize("pair", APART)
def test_what_must_not_meet_stays_apart(pair):
    assert together(*pair) == pair


def test_jobs_and_rows_without_a_number_stay_apart():
    pair = notice("T1"), notice("T2")
    assert together(*pair, apart=lambda one: one.row_key) == pair


def test_what_was_tried_keeps_its_text_and_its_company():
    a, b, c = notice("T1"), notice("T2"), notice("T3")
    one, other = together(a, b, c, frozen={a.key: 7, b.key: 7})
    assert (one.occasions, other.occasions) == ((a.key, b.key), (c.key,))


def test_a_post_expires_with_the_last_of_its_notices():
    early, late = NOW, NOW + timedelta(hours=1)
    assert together(notice("T1", expires_at=early), notice("T2", expires_at=late))[0].expires_at == late
    assert together(notice("T1", expires_at=early), notice("T2"))[0].expires_at is None


@given(
    st.lists(
        st.tuples(st.integers(0, 90), st.sampled_from("ab"), st.sampled_from(["x", "y"])), unique_by=lambda one: one[0]
    )
)
def test_every_occasion_is_in_one_message_exactly(drawn):
    messages = [notice(f"T{n}", kind, "#" + room) for n, kind, room in drawn]
    messages = [m if m.notice != "a" else notice(m.row_key, "overdue", m.to) for m in messages]
    messages = [m if m.notice != "b" else notice(m.row_key, "warning", m.to) for m in messages]
    made = together(*messages)
    assert sorted(k for one in made for k in one.occasions) == sorted(one.key for one in messages)
    assert all(len(one.occasions) <= GATHERED for one in made)
    assert together(*made) or not made


def test_over_the_days_each_occasion_is_told_once(tmp_path):
    """Merged while waiting, joined by a newcomer, cut off in between: the outbox keeps each occasion apart."""
    with database(tmp_path) as state:
        a, b, c = notice("T1"), notice("T2"), notice("T3")
        state.queue(together(a, b), at=NOW, standing={a.key, b.key})
        state.queue(together(a, b, c, frozen=state.frozen()), at=NOW, standing={a.key, b.key, c.key})
        (row,) = [one for one in state.messages() if one.state is State.READY]
        assert set(row.message.occasions) == {a.key, b.key, c.key}
        (claimed,) = state.claim("me", NOW, lease=timedelta(minutes=5), channels=["chat"])
        state.start_sending(claimed.id, "me", NOW, lease=timedelta(minutes=5))
        state.settle(claimed.id, "me", Deferred("500"), NOW)
        d = notice("T4")
        planned = together(a, b, c, d, frozen=state.frozen())
        queued = state.queue(planned, at=NOW, standing={one.key for one in (a, b, c, d)})
        assert len(queued.new) == 1
        ready = [one.message for one in state.messages() if one.state is State.READY]
        assert sorted(len(one.occasions) for one in ready) == [1, 3]
        assert [one.letter.text for one in ready if len(one.occasions) == 1] == ["overdue T4"]


def test_a_post_takes_what_fits_it():
    long = [notice(f"T{n}", letter=Letter("", "很" * 100)) for n in range(7)]
    made = together(*long, room=1000)
    assert [len(one.occasions) for one in made] == [2, 2, 2, 1]
    assert all(len(one.letter.text.encode()) <= 1000 for one in made)
    assert [len(one.occasions) for one in together(*long, room=10)] == [1] * 7


def test_what_a_merged_post_gave_up_is_not_told_with_it(tmp_path):
    with database(tmp_path) as state:
        state.queue(together(notice("T1"), notice("T2")), at=NOW, standing={notice("T1").key, notice("T2").key})
        state.queue(together(notice("T1")), at=NOW, standing={notice("T1").key})  # T2 fell away
        (post,) = state.claim("me", NOW, lease=timedelta(minutes=5), channels=["chat"])
        state.start_sending(post.id, "me", NOW, lease=timedelta(minutes=5))
        state.settle(post.id, "me", Accepted("x"), NOW)
        assert state.memory(("main",)).occasions == {notice("T1").key}  # T2 may be told when it stands again


STEP = st.tuples(
    st.frozensets(st.integers(0, 7)),  # what stands
    st.sampled_from(["now", "night"]),  # whether it may leave
    st.sampled_from([Accepted("x"), Deferred("500"), None]),  # what the bot says; None: nobody asks it
    st.integers(100, 400),  # the room of a post
)


@settings(max_examples=40, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@example(
    [
        (frozenset(), "night", None, 228),
        (frozenset(), "now", None, 228),
        (frozenset([1]), "night", None, 148),
        (frozenset([6, 1, 2, 4, 7, 0, 5, 3]), "now", None, 229),
        (frozenset([3, 7, 1, 4, 2, 5, 6]), "now", Accepted(provider_id="x"), 378),
        (frozenset([6, 1, 2, 4, 7, 0, 5, 3]), "now", None, 217),
    ]
)
@given(st.lists(STEP, min_size=1, max_size=7))
def test_whatever_happens_nothing_is_told_twice_and_nothing_is_lost(tmp_path_factory, steps):
    told = Counter()
    stood = set()
    with database(tmp_path_factory.mktemp("s")) as state:
        for at, (standing, when, answer, room) in enumerate(steps):
            now = NOW + timedelta(hours=3 * at)
            later = now + timedelta(hours=1) if when == "night" else None
            known = state.memory(("main",)).occasions - state.unsent()
            drawn = [notice(f"T{n}", letter=Letter("", f"[T{n}]"), not_before=later) for n in sorted(standing)]
            planned = together(*(one for one in drawn if one.key not in known), frozen=state.frozen(), room=room)
            state.queue(planned, at=now, standing={one.key for one in drawn})
            stood = {one.key for one in drawn}
            after = 0
            while answer is not None and (
                found := state.claim("me", now, lease=timedelta(minutes=5), channels=["chat"], after=after)
            ):
                after = found[0].id
                state.start_sending(after, "me", now, lease=timedelta(minutes=5))
                state.settle(after, "me", answer, now)
                if isinstance(answer, Accepted):
                    told.update(re.findall(r"\[T\d\]", found[0].message.letter.text))
        assert all(count == 1 for count in told.values())
        # Where posts are parted anew an occasion may be left over for the next plans, which take it up.
        for _ in range(3):
            known = state.memory(("main",)).occasions - state.unsent()
            planned = together(*(one for one in drawn if one.key not in known), frozen=state.frozen(), room=room)
            state.queue(planned, at=now, standing=stood)
        ready = "".join(one.message.letter.text for one in state.messages((State.READY,)))
        for key_ in stood:
            mark = f"[{key_.split('|')[2]}]"
            assert (told[mark] == 1) != (mark in ready), "told, or waiting, and never both"

"""Several mails to one person into one letter: what goes together, what it looks like, and that nothing is told twice."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.contract.outbox_samples import NOW, database, key, letter
from toolkit.app.merging import one_letter_each, rows_of
from toolkit.core.message import Accepted, Attachment, Deferred, Letter, State
from toolkit.letters.faults import LetterError
from toolkit.letters.library import Library
from toolkit.letters.sample import sample, standing


def mail(row="T1", kind="appointment", role="customer", **more):
    base = {"thread": f"main|{row}", "expires_at": NOW + timedelta(days=1)}
    return letter(key(row, kind, role=role), **base | more)


def alert(row="T1", kind="overdue", **more):
    return mail(row, kind, role="staff:S1", to="owner@shop.example", **more)


def together(*messages, frozen=None, apart=lambda _: 0, write=None, **more):
    def written(keys, *, is_table):
        if is_table:
            return Letter("table", str(len(keys)))
        return Letter(keys[0], " + ".join(key.split("|")[3] for key in keys))

    return one_letter_each(messages, write or written, frozen=frozen or {}, apart=apart, **more)


def test_notices_about_one_ticket_become_one_letter_headed_by_the_most_important():
    a = mail(kind="received", expires_at=NOW + timedelta(days=2))
    b = mail(kind="visit-moved")
    (one,) = together(a, b)
    assert (one.notice, one.key, one.occasions) == ("visit-moved", b.key, (b.key, a.key))
    assert one.letter.text == "visit-moved + received"
    assert (one.expires_at, one.thread) == (a.expires_at, "main|T1")
    assert rows_of(one) == (("main", "tickets", "T1"),)


def test_alerts_to_one_colleague_become_one_letter_whatever_the_ticket():
    (one,) = together(alert("T1", "warning"), alert("T2", "escalation"), alert("T3"))
    assert one.letter.text == "escalation + overdue + warning"
    assert one.thread is None
    assert [key for _, _, key in rows_of(one)] == ["T2", "T3", "T1"]


def test_more_alerts_than_the_limit_become_a_table_whether_or_not_mails_are_merged():
    six = [alert(f"T{n}", "warning" if n else "escalation") for n in range(6)]
    for merge in (True, False):
        (one,) = together(*six, alerts_above=5, merge=merge)
        assert (one.notice, one.letter.text, len(one.occasions)) == ("alerts", "6", 6)
        assert one.key == six[0].key
    assert together(*six[:5], alerts_above=5)[0].notice == "escalation"
    assert together(*six[:5], alerts_above=5, merge=False) == tuple(six[:5])
    notices = [mail(kind=f"n{n}") for n in range(7)]
    assert together(*notices, alerts_above=5)[0].notice == "n0", "only alerts"


APART = {
    "another ticket": (mail("T1"), mail("T2")),
    "another address": (mail(kind="received"), mail(to="other@shop.example")),
    "another role": (mail(kind="received"), mail(role="vendor:V1")),
    "a text": (mail(kind="received", channel="sms"), mail(channel="sms")),
    "held": (mail(kind="received"), mail(state=State.HELD)),
    "another time": (mail(kind="received"), mail(not_before=NOW)),
    "a digest": (alert(), alert("S1", "digest", register="staff")),
    "another book": (alert("T1"), alert("T2", book="old")),
}


@pytest.mark.parametrize("pair", APART.values(), ids=APART)
def test_what_must_not_meet_stays_apart(pair):
    assert together(*pair) == pair


def test_files_of_one_name_are_told_apart():
    file = Attachment("visit.ics", "text/calendar", b"1")
    one, other = (
        mail(kind=kind, letter=Letter("", "", attachments=(file,))) for kind in ("appointment", "visit-moved")
    )
    (made,) = together(one, other)
    assert [each.name for each in made.letter.attachments] == ["visit.ics", "visit-2.ics"]


def test_where_no_letter_can_be_made_of_them_they_go_one_by_one():
    def fails(_, *, is_table):
        raise LetterError("no")

    pair = alert("T1"), alert("T2")
    assert together(*pair, write=fails) == pair


def test_what_a_person_holds_or_was_tried_is_joined_by_nothing(tmp_path):
    with database(tmp_path) as state:
        a, b, c = mail(kind="received"), mail(kind="solution"), mail(kind="appointment")
        state.queue([mail(kind="received", state=State.HELD), b], at=NOW)
        (found,) = state.claim("me", NOW, lease=timedelta(minutes=5), channels=["email"])
        state.start_sending(found.id, "me", NOW, lease=timedelta(minutes=5))
        state.settle(found.id, "me", Deferred("451"), NOW)
        assert together(a, b, c, frozen=state.frozen()) == (a, b, c)
        state.approve(1, NOW)
        assert together(a, b, c, frozen=state.frozen()) == (a, b, c)


def test_a_notice_that_falls_away_leaves_the_letter_and_one_that_comes_joins_it(tmp_path):
    with database(tmp_path) as state:

        def plan(*messages):
            made = together(*messages, frozen=state.frozen())
            state.queue(made, at=NOW, standing={one.key for one in messages})
            return [(one.state, one.message.letter.text) for one in reversed(state.messages())]

        a, b, c = (mail(kind=kind) for kind in ("received", "solution", "visit-moved"))
        assert plan(a, b) == [(State.READY, "solution + received")]
        assert plan(a, b, c) == [(State.READY, "visit-moved + solution + received")]
        assert plan(a, c) == [(State.READY, "visit-moved + received")]
        assert plan(a)[0][0] is State.READY
        assert plan() == [(State.CANCELLED, "您好")]
        assert plan(a, b)[-1] == (State.READY, "solution + received")


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_a_letter_of_several_notices_greets_once_and_ends_once(locale):
    from toolkit.app.writing import packaged_templates

    library = Library((packaged_templates(),), locale, standing(locale))
    notices = [(name, sample(name, "tickets", "customer", locale)) for name in ("visit-moved", "solution")]
    made = library.render_together(notices)
    single = [library.render(name, "email", values) for name, values in notices]
    assert made.subject == single[0].subject
    greeting = single[1].text.split("\n\n")[1]
    assert made.text.count(greeting) == 1
    assert made.text.count("\n-- \n") == 1
    assert made.html.count("<h1") == 1
    assert made.html.count("<h2") >= 1
    assert made.html.count('class="foot"') == 1
    for one in single:
        assert one.text.split("\n")[0] in made.text


STEP = st.tuples(
    st.frozensets(st.integers(0, 5)),  # what stands
    st.frozensets(st.integers(0, 5)),  # which of it may not leave yet
    st.sampled_from([Accepted("x"), Deferred("451"), None]),  # what the server says; None: nobody asks it
)


@settings(max_examples=30, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(st.lists(STEP, min_size=1, max_size=6), st.sampled_from([None, 2]))
def test_whatever_happens_nothing_is_told_twice_and_nothing_is_lost(tmp_path_factory, steps, alerts_above):
    def write(keys, *, is_table):
        return Letter("s", " ".join(f"[{one.split('|')[2]}]" for one in keys))

    def plan(state, drawn, now):
        known = state.memory(("main",)).occasions - state.unsent()
        new = [one for one in drawn if one.key not in known]
        made = together(*new, frozen=state.frozen(), write=write, alerts_above=alerts_above)
        state.queue(made, at=now, standing={one.key for one in drawn})

    told: Counter[str] = Counter()
    with database(tmp_path_factory.mktemp("s")) as state:
        for at, (standing, waits, answer) in enumerate(steps):
            now = NOW + timedelta(hours=3 * at)
            later = now + timedelta(hours=1)
            drawn = [
                alert(
                    f"T{n}",
                    letter=Letter("s", f"[T{n}]"),
                    not_before=later if n in waits else None,
                    expires_at=None,
                )
                for n in sorted(standing)
            ]
            plan(state, drawn, now)
            after = 0
            while answer is not None and (
                found := state.claim("me", now, lease=timedelta(minutes=5), channels=["email"], after=after)
            ):
                after = found[0].id
                state.start_sending(after, "me", now, lease=timedelta(minutes=5))
                state.settle(after, "me", answer, now)
                if isinstance(answer, Accepted):
                    told.update(re.findall(r"\[T\d\]", found[0].message.letter.text))
        assert all(count == 1 for count in told.values())
        for _ in range(3):  # what was left over where letters are parted anew is taken up by the next plans
            plan(state, drawn, now)
        ready = "".join(one.message.letter.text for one in state.messages((State.READY,)))
        for n in standing:
            assert (told[f"[T{n}]"] == 1) != (f"[T{n}]" in ready), "told, or waiting, and never both"

"""Through the real commands: a bad call-back reaches the store, and only what really left fills `forwarded_at` (P-14; 60, 6)."""

from __future__ import annotations

import pytest

from tests.system.desks import CAN_FORK, demo, wall

NOW, LATER = "2026-11-24T10:00", "2026-11-24T10:20"
RULES = """
policies:
  P-14: {register: surveys, clock: forward, start: called_at, stop: forwarded_at, target: 1bd, ladder: [{after: 1bd, to: manager}]}
  P-15: {register: surveys, clock: feedback, start: forwarded_at, stop: store_feedback_at, target: 2bd, ladder: [{after: 1bd, to: manager}]}
"""


@pytest.fixture
def desk(tmp_path):
    """A desk that has run, with a store and a new call-back of a customer of it who was not satisfied."""
    desk = demo(tmp_path, ran_at="2026-11-24T09:00")
    config = desk.folder / "config.yaml"
    config.write_text(config.read_text("utf-8") + RULES, "utf-8")
    desk.add("stores", store_no="ST9", name="North Street", email="north@shop.example", manager="")
    done = next(
        one for one in desk.rows() if one["status"] == desk.said("tickets", "status", "done") and one["ticket_no"]
    )
    desk.type(done["row"], store="North Street")
    desk.run("2026-11-24T09:10", code=None)
    desk.add(
        "surveys",
        ticket_no=done["ticket_no"],
        called_at="2026-11-24T09:30",
        satisfaction="not_satisfied",
        what_went_wrong="The leg wobbles again",
    )
    desk.news()
    return desk


def newest(desk):
    """What the toolkit's cells say of the call-back."""
    row = desk.rows("surveys")[-1]
    return {
        "forwarded": (wall(row["forwarded_at"]) or "")[:16],
        "forward_due": wall(row["forward_due"]),
        "feedback_due": wall(row["feedback_due"]),
        "overdue": row["overdue"],
    }


PASSED_ON = {
    "forwarded": "2026-11-24T10:00",
    "forward_due": "2026-11-25T18:00",
    "feedback_due": "2026-11-26T18:00",
    "overdue": None,
}


def about_surveys(plan):
    return [one for one in plan["edits"] if one["register"] == "surveys"], [
        one for one in plan["messages"] if one["notice"] == "store-followup"
    ]


def test_p_14_the_letter_that_left_fills_forwarded_at_in_the_second_small_write(desk):
    planned = {one["column"] for one in about_surveys(desk.plan(NOW))[0]}
    assert "forward_due" in planned
    assert "forwarded_at" not in planned  # nothing has left yet
    desk.run(NOW, code=None)
    assert newest(desk) == PASSED_ON
    (letter,) = [one for one in desk.files() if "store_followup" in one.name]
    text = letter.read_bytes().decode("utf-8", "replace")
    assert "north@shop.example" in text
    assert about_surveys(desk.plan("2026-11-24T10:01")) == ([], [])


@pytest.mark.skipif(not CAN_FORK, reason="kill -9 is a thing of POSIX systems")
def test_p_14_killed_between_sending_and_noting_the_next_run_notes_it_and_sends_no_second_letter(desk):
    killed = desk("run", now=NOW, hooks=[("kill_around", {"target": "toolkit.app.run:note_sent"})])
    assert killed.code < 0
    assert newest(desk)["forwarded"] == ""
    desk.run(LATER, code=None)
    assert newest(desk) == PASSED_ON
    assert len([one for one in desk.files() if "store_followup" in one.name]) == 1
    assert about_surveys(desk.plan("2026-11-24T10:21")) == ([], [])


def test_p_14_what_never_left_fills_nothing(desk):
    desk.configure("email: {via: folder}", "email: none")
    desk.run(NOW, code=None)
    assert newest(desk) == {**PASSED_ON, "forwarded": "", "feedback_due": None}


def test_a_run_of_other_jobs_leaves_the_letters_of_the_call_backs_alone(desk):
    desk.configure('quiet_hours: "21:00-08:30"', 'quiet_hours: "09:45-10:10"')
    desk.run(NOW, code=None)
    assert newest(desk)["forwarded"] == ""
    assert desk("run", "tickets", now="2026-11-24T10:05").code in (0, 1)
    states = [one["state"] for one in desk.outbox("--notice", "store-followup")]
    assert states == ["ready"]
    desk.run(LATER, code=None)
    assert newest(desk)["forwarded"] == "2026-11-24T10:20"

"""What the other side says later, and what of it the outbox believes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text as sql

from tests.contract.outbox_samples import MINUTE, NOW, key, letter, send
from toolkit.core.message import (
    Accepted,
    Delivered,
    Letter,
    NotFound,
    Rejected,
    State,
    StillOpen,
    Undelivered,
    Unknown,
)
from toolkit.gateways.state import engine as engine_module
from toolkit.gateways.state import open_state

HOUR = 60 * MINUTE
WINDOW = {"unknown_for": 10 * MINUTE, "sent_within": timedelta(days=3)}


def sms(row="T1", **more):
    content = Letter("", "王先生，11月24日", template="SMS_1", variables={"name": "王先生", "day": "11月24日"})
    return letter(key(row, channel="sms"), to="13800138000", letter=content, **more)


def turn(state, now, limit=99):
    return state.unsettled(["sms"], now, limit=limit, **WINDOW)


def test_code_and_variables_are_frozen_with_the_text(state, tmp_path):
    state.queue([sms()], at=NOW)
    (found,) = state.messages()
    assert found.message.letter == sms().letter
    assert list(found.message.letter.variables) == ["name", "day"]


def test_variables_that_changed_replace_what_waits(state):
    state.queue([sms()], at=NOW)
    changed = Letter("", "王先生，11月24日", template="SMS_2", variables=sms().letter.variables)
    assert state.queue([letter(key("T1", channel="sms"), to="13800138000", letter=changed)], at=NOW).replaced == (1,)
    assert state.message(1).message.letter.template == "SMS_2"


@pytest.mark.parametrize(
    ("outcome", "receipt", "expected"),
    [
        (Accepted("b1"), Delivered("b1"), State.DELIVERED),
        (Accepted("b1"), Undelivered("MK:0001", "off", "b1"), State.UNDELIVERED),
        (Accepted("b1"), StillOpen("b1"), State.SENT),
        (Accepted("b1"), NotFound(), State.SENT),
        (Accepted("b1"), None, State.SENT),
        (Unknown("cut"), Delivered("b1"), State.DELIVERED),
        (Unknown("cut"), Undelivered("MK:0001"), State.UNDELIVERED),
        (Unknown("cut"), StillOpen("b1"), State.SENT),
        (Unknown("cut"), NotFound("shows nothing"), State.UNKNOWN),
        (Unknown("cut"), None, State.UNKNOWN),
    ],
)
def test_an_answer_moves_a_message_only_to_where_it_says(state, outcome, receipt, expected):
    state.queue([sms()], at=NOW)
    number = send(state, outcome)
    state.note_messages([number], NOW)
    (one,) = turn(state, NOW + HOUR)
    moved = state.take_receipt(one, receipt, NOW + HOUR)
    assert moved == (expected if expected != one.stored.state else None)
    assert state.message(number).state == expected
    assert bool(state.unlogged()) is (moved is not None)  # the messages tab hears of it
    if isinstance(receipt, NotFound) and expected is State.UNKNOWN:
        assert state.message(number).note == "shows nothing"
    if moved:
        told = state.engine.connect().execute(sql("SELECT outcome FROM occasion")).scalar()
        assert told == "sent"


def test_what_a_person_settled_meanwhile_stands(state):
    state.queue([sms()], at=NOW)
    number = send(state, Unknown("cut"))
    (one,) = turn(state, NOW + HOUR)
    state.cancel(number, NOW + HOUR, "told by telephone")
    assert state.take_receipt(one, Delivered(), NOW + HOUR) is None
    assert state.message(number).state == State.CANCELLED


def test_unknown_ones_are_asked_after_ten_minutes_and_first_then_the_newest(state):
    state.queue([sms(f"T{i}") for i in range(4)], at=NOW)
    for i, outcome in enumerate([Accepted("a"), Unknown("cut"), Accepted("b"), Rejected("no")]):
        send(state, outcome, NOW + i * MINUTE)
    assert [one.stored.id for one in turn(state, NOW + 5 * MINUTE)] == [3, 1]
    found = turn(state, NOW + 30 * MINUTE)
    assert [one.stored.id for one in found] == [2, 3, 1]
    assert [(one.provider_id, one.sent_at) for one in found] == [
        ("", NOW + MINUTE),
        ("b", NOW + 2 * MINUTE),
        ("a", NOW),
    ]
    assert [one.stored.id for one in turn(state, NOW + 30 * MINUTE, limit=1)] == [2]


def test_the_older_a_message_the_seldomer_it_is_asked_after_and_after_days_not_at_all(state):
    state.queue([sms()], at=NOW)
    send(state, Accepted("a"))
    asked, now = [], NOW
    while now < NOW + timedelta(days=4):
        for one in turn(state, now):
            asked.append((now - NOW) // MINUTE)
            state.take_receipt(one, StillOpen(), now)
        now += 10 * MINUTE
    assert asked[:4] == [0, 10, 20, 30]
    assert 20 < len(asked) < 40
    assert asked[-1] <= 3 * 24 * 60


def test_the_day_of_sending_stays_however_late_the_answer_comes(state):
    state.queue([sms()], at=NOW)
    send(state, Unknown("cut"))
    (one,) = turn(state, NOW + 20 * HOUR)
    state.take_receipt(one, StillOpen("b1"), NOW + 20 * HOUR)
    (again,) = turn(state, NOW + 40 * HOUR)
    assert (again.provider_id, again.sent_at) == ("b1", NOW)


def test_other_channels_are_not_asked_after(state):
    state.queue([letter()], at=NOW)
    send(state, Unknown("cut"))
    assert turn(state, NOW + HOUR) == ()


def test_a_person_may_send_an_undelivered_one_again(state):
    state.queue([sms()], at=NOW)
    number = send(state, Accepted("a"))
    (one,) = turn(state, NOW + HOUR)
    state.take_receipt(one, Undelivered("MK:0001", "switched off"), NOW + HOUR)
    assert state.message(number).note == "MK:0001 switched off"
    assert state.retry(number, NOW + 2 * HOUR).state == State.READY


def test_an_id_of_an_earlier_attempt_does_not_answer_for_a_later_one(state):
    state.queue([sms()], at=NOW)
    number = send(state, Accepted("b1"))
    (one,) = turn(state, NOW + HOUR)
    state.take_receipt(one, Undelivered("off"), NOW + HOUR)
    state.retry(number, NOW + 2 * HOUR)
    send(state, Unknown("cut"), NOW + 2 * HOUR)
    (again,) = turn(state, NOW + 3 * HOUR)
    assert (again.provider_id, again.sent_at) == ("", NOW + 2 * HOUR)


def test_a_database_of_the_first_tables_gets_the_new_columns_and_keeps_its_messages(tmp_path, monkeypatch):
    from alembic import command

    upgrade = command.upgrade
    monkeypatch.setattr(engine_module, "_create", lambda connection: engine_module._migrate(connection, "here"))
    monkeypatch.setattr(engine_module, "HEAD", "0001")
    monkeypatch.setattr(command, "upgrade", lambda config, _: upgrade(config, "0001"))
    old = open_state("sqlite:///x.db", tmp_path)
    with old.engine.begin() as connection:
        assert connection.execute(sql("SELECT version_num FROM alembic_version")).scalar() == "0001"
        connection.execute(
            sql(
                "INSERT INTO message (key, occasions, text, recipient, channel, state, created_at, changed_at) VALUES "
                "('k', '[\"k\"]', '您好', '13800138000', 'sms', 'ready', :at, :at)"
            ),
            {"at": NOW.isoformat(timespec="microseconds")},
        )
    old.close()
    monkeypatch.undo()
    with open_state("sqlite:///x.db", tmp_path) as new:
        (found,) = new.messages()
        assert (found.message.letter.text, found.message.letter.template, dict(found.message.letter.variables)) == (
            "您好",
            "",
            {},
        )
        send(new, Accepted("b1"))
        assert len(turn(new, NOW + HOUR)) == 1

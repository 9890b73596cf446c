"""Bounces and replies in the state database: once each, and what they stop."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text as sql

from tests.contract.outbox_samples import NOW, database, key, letter, send, states
from toolkit.app.mailbox import matched
from toolkit.core.inbound import Inbound, Kind
from toolkit.core.message import Accepted, State
from toolkit.gateways.senders.mail import message_id
from toolkit.gateways.state import LookedAt
from toolkit.gateways.state import engine as engine_module

LOOK = LookedAt(1, 9, NOW)


def mail(kind=Kind.BOUNCE, row="T1", own="<b1@mx>", stops=True, text="550 no such user", ids=None):
    return Inbound(kind, own, ids or (message_id(key(row), "shop.example"),), "daemon@mx", text, stops, NOW, 9)


def sent(state, *rows, to="Zhang@shop.example"):
    state.queue([letter(key(row), to=to, thread=f"main|{row}") for row in rows], at=NOW)
    for _ in rows:
        send(state, Accepted("x"))


def take(state, *mails):
    return state.take_inbound("box", LOOK, matched(mails, state.mails_sent()), None)


def test_a_bounce_is_noted_once_and_stops_the_address(state):
    sent(state, "T1", "T2")
    assert [one.letter.row_key for one in take(state, mail())] == ["T1"]
    assert take(state, mail()) == ()
    assert states(state) == [State.UNDELIVERED, State.SENT]
    memory = state.memory(("main",))
    assert memory.bounced["zhang@shop.example"].why == "550 no such user"
    assert memory.came_back == {key("T1")}
    assert ("main", "tickets", "T1") not in memory.sent
    assert [one.state for one in state.unlogged() if one.message.row_key == "T1"] == [State.UNDELIVERED]
    assert state.looked_at("box") == LOOK


def test_a_letter_that_was_given_up_stops_no_address(state):
    sent(state, "T1")
    take(state, mail(stops=False))
    assert states(state) == [State.UNDELIVERED]
    assert state.memory(("main",)).bounced == {}


def test_a_person_who_settles_or_retries_releases_the_address(state):
    for move in (state.settle_as_sent, state.retry):
        row = move.__name__
        sent(state, row)
        take(state, mail(row=row, own=f"<{row}@mx>"))
        assert state.memory(("main",)).bounced
        (one,) = state.messages((State.UNDELIVERED,))
        move(one.id, NOW + timedelta(hours=1))
        assert state.memory(("main",)).bounced == {}
        assert state.messages((State.UNDELIVERED,)) == ()


def test_a_mail_that_is_not_ours_or_never_left_changes_nothing(state):
    state.queue([letter(key("T1"))], at=NOW)
    assert take(state, mail(), mail(ids=("<" + "0" * 40 + "@shop.example>",), own="<z@mx>")) == ()
    assert states(state) == [State.READY]


def test_a_reply_is_tied_to_its_letter_or_by_the_thread_to_the_newest(state):
    sent(state, "T1")
    root = message_id("thread:main|T1", "elsewhere.example")
    take(
        state,
        mail(Kind.REPLY, own="<r1@x>", text="好的", stops=False),
        mail(Kind.REPLY, own="<r2@x>", text="再见", stops=False, ids=(root,)),
        mail(Kind.BOUNCE, own="<b9@x>", ids=(root,)),
    )
    assert [(one.kind, one.text) for one in state.came_in("main", "T1")] == [(Kind.REPLY, "好的"), (Kind.REPLY, "再见")]
    assert states(state) == [State.SENT], "a bounce must name the letter itself"


def test_a_mail_without_an_id_of_its_own_is_known_by_its_place(state):
    sent(state, "T1")
    assert len(take(state, mail(own=""))) == 1
    assert take(state, mail(own="")) == ()


def test_a_database_of_before_is_brought_up_to_date(tmp_path):
    with database(tmp_path) as state:
        sent(state, "T1")
        with state.engine.begin() as connection:
            for table in ("inbound", "mailbox", "secret"):
                connection.execute(sql(f"DROP TABLE {table}"))
            connection.execute(sql("DROP INDEX message_recipient_hash"))
            for column in ("recipient_hash", "pruned_at"):  # of the migration after it
                connection.execute(sql(f"ALTER TABLE message DROP COLUMN {column}"))
            connection.execute(sql("UPDATE alembic_version SET version_num = :before"), {"before": _before()})
    with database(tmp_path) as state:
        take(state, mail())
        assert states(state) == [State.UNDELIVERED]


def _before():
    from pathlib import Path

    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(Path(engine_module.__file__).parent / "migrations"))
    return script.get_revision("0003").down_revision

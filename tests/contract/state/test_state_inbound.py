"""Bounces and replies in the state database: once each, and what they stop."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text as sql

from tests.contract.outbox_samples import NOW, database, key, letter, send, states
from toolkit.app.mailbox import matched
from toolkit.core.inbound import Inbound, Kind
from toolkit.core.message import Accepted, State
from toolkit.gateways.senders.mail import message_id
from toolkit.gateways.state import LookedAt
from toolkit.gateways.state import engine as engine_module
from toolkit.gateways.state.privacy import Person
from toolkit.gateways.state.salt import hashed

LOOK = LookedAt(1, 9, NOW)
DAY = timedelta(days=1)
SALT = b"0123456789abcdef0123456789abcdef"


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
    assert memory.bounced.get("zhang@shop.example").why == "550 no such user"
    assert ("zhang@shop.example" in memory.bounced, "li@shop.example" in memory.bounced, "" in memory.bounced) == (
        True,
        False,
        False,
    )
    assert memory.came_back == {key("T1")}
    assert ("main", "tickets", "T1") not in memory.sent
    assert [one.state for one in state.unlogged() if one.message.row_key == "T1"] == [State.UNDELIVERED]
    assert state.looked_at("box") == LOOK


def test_an_answer_of_the_customers_is_remembered_of_every_row_that_the_letter_was_about_a_vendors_is_not(state):
    both = letter(key("T1"), key("T2"), to="zhang@shop.example")
    vendor = key("T3", role="vendor:V1")
    state.queue([both, letter(vendor, to="li@vendor.example")], at=NOW)
    for _ in range(2):
        send(state, Accepted("x"))
    answers = [
        replace(mail(Kind.REPLY, own=f"<r{n}@x>", stops=False), received_at=NOW - n * timedelta(minutes=1))
        for n in range(2)
    ]
    of_vendor = mail(Kind.REPLY, own="<v@x>", stops=False, ids=(message_id(vendor, "shop.example"),))
    assert len(take(state, *answers, of_vendor, mail(Kind.BOUNCE, own="<b@x>", stops=False))) == 4
    moments = (NOW - timedelta(minutes=1), NOW)
    assert state.memory(("main",)).replied == {("main", "tickets", row): moments for row in ("T1", "T2")}
    assert state.memory(("other",)).replied == {}


def test_a_letter_that_was_given_up_stops_no_address(state):
    sent(state, "T1")
    take(state, mail(stops=False))
    assert states(state) == [State.UNDELIVERED]
    assert not state.memory(("main",)).bounced


def test_a_person_who_settles_or_retries_releases_the_address(state):
    for move in (state.settle_as_sent, state.retry):
        row = move.__name__
        sent(state, row)
        take(state, mail(row=row, own=f"<{row}@mx>"))
        assert state.memory(("main",)).bounced
        (one,) = state.messages((State.UNDELIVERED,))
        move(one.id, NOW + timedelta(hours=1))
        assert not state.memory(("main",)).bounced
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
            for index in ("message_recipient_hash", "message_provider_id"):
                connection.execute(sql(f"DROP INDEX {index}"))
            for column in ("recipient_hash", "pruned_at"):  # of the migration after it
                connection.execute(sql(f"ALTER TABLE message DROP COLUMN {column}"))
            connection.execute(sql("UPDATE alembic_version SET version_num = :before"), {"before": _before()})
    with database(tmp_path) as state:
        take(state, mail())
        assert states(state) == [State.UNDELIVERED]


def test_a_bounce_stops_its_address_also_when_texts_and_addresses_are_long_pruned(state):
    sent(state, "T1", "T2")
    take(state, mail())
    assert state.prune_bodies(NOW + 91 * DAY, 90 * DAY) == 2
    assert [(one.address, one.text) for one in state.came_in("main", "T1")] == [("", "")]
    assert "Zhang@shop.example" in state.memory(("main",)).bounced
    (second,) = state.messages((State.SENT,))
    assert second.message.to == ""
    state.release_address("zhang@SHOP.example", NOW)
    assert not state.memory(("main",)).bounced
    take(state, mail(row="T2", own="<late@mx>"))  # comes back after its own body went
    assert states(state) == [State.UNDELIVERED, State.UNDELIVERED]
    assert "zhang@shop.example" in state.memory(("main",)).bounced
    state.settle_as_sent(second.id, NOW)
    assert not state.memory(("main",)).bounced


def test_a_forgotten_address_stops_nobody_and_leaves_no_hash(state):
    sent(state, "T1")
    take(state, mail())
    state.prune_bodies(NOW + 91 * DAY, 90 * DAY)
    state.forget(Person(frozenset({"zhang@shop.example"})), NOW + 91 * DAY)
    assert state.came_in("main", "T1") == ()
    take(state, mail(own="<late@mx>"))
    assert not state.memory(("main",)).bounced


def test_two_databases_know_an_address_by_different_hashes(state, tmp_path):
    (tmp_path / "other").mkdir()
    found = set()
    with database(tmp_path / "other") as other:
        for one in (state, other):
            sent(one, "T1")
            take(one, mail())
            with one.engine.connect() as connection:
                found.add(connection.execute(sql("SELECT address_hash FROM inbound")).scalar())
    assert len(found) == 2


def test_the_bounces_of_an_older_database_still_stop_their_addresses(place, monkeypatch):
    """Its hashes had no salt. An address that is gone is known by our letter; where that says nothing, nobody is stopped."""
    addresses = ("Zhang@shop.example", "", "")
    hashes = ("", hashed(SALT, "li@shop.example"), "")
    words = "id, key, occasions, state, recipient_hash, created_at, changed_at"
    old = "uidvalidity, uid, mail_id, kind, message_id, address, address_hash, stops, received_at"
    with monkeypatch.context() as then:
        then.setattr(engine_module, "_create", _at("0004"))
        with database(place) as state, state.engine.begin() as connection:
            moment = NOW if connection.dialect.name == "postgresql" else NOW.isoformat(timespec="microseconds")
            connection.execute(sql("UPDATE secret SET value = :salt"), {"salt": SALT})
            for number in range(3):
                told = {"id": number + 1, "at": moment, "address": addresses[number], "hash": hashes[number]}
                connection.execute(
                    sql(
                        f"INSERT INTO message ({words}) VALUES (:id, 'k' || :id, '[]', 'undelivered', :hash, :at, :at)"
                    ),
                    told | {"id": number + 1},
                )
                connection.execute(
                    sql(
                        f"INSERT INTO inbound ({old}) VALUES (1, :id, 'm' || :id, 'bounce', :id, :address, 'old', true, :at)"
                    ),
                    told,
                )
    with database(place) as state:
        stopped = state.memory(()).bounced
        assert [one in stopped for one in ("zhang@shop.example", "li@shop.example", "wang@shop.example", "")] == [
            True,
            True,
            False,
            False,
        ]
        assert len(stopped) == 2


def _at(revision):
    """Makes a database as an older toolkit left it."""

    def as_it_was(connection):
        config = Config()
        config.set_main_option("script_location", str(Path(engine_module.__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

    return as_it_was


def _before():
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(Path(engine_module.__file__).parent / "migrations"))
    return script.get_revision("0003").down_revision

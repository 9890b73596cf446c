"""Through the real commands: nobody's number stands where it need not, and who asks to be forgotten is."""

from __future__ import annotations

import re
import sqlite3

import pytest

from tests.system.desks import aftersales, demo

LATER = "2026-11-24T10:30"
PHONE, EMAIL = "13912345678", "ouyang.dashan@shop.example"
SPELT = ("139-1234-5678", "１３９１２３４５６７８", PHONE, EMAIL)


@pytest.fixture
def desk(tmp_path):
    """A desk with a customer who hears from it, and wrote phone and address wherever staff type."""
    desk = demo(tmp_path)
    letters = (one for one in desk.plan()["messages"] if "|customer|email" in one["key"])
    number = next(one["row_key"] for one in letters if one["register"] == "tickets")
    row = next(one for one in desk.rows() if one["ticket_no"] == number)
    desk.type(row["row"], phone=PHONE, email=EMAIL, customer="欧阳大山", problem=f"call 139-1234-5678 or {EMAIL}")
    desk.run()
    desk.number = number
    return desk


def shown(desk):
    """Whatever the commands print, on both streams."""
    ids = [str(one["id"]) for one in desk.outbox()]
    commands = [
        ["run", "-v", "--now", LATER],
        ["run", "-v", "--json", "--now", LATER],
        ["plan", "--now", LATER, "-v"],
        ["plan", "--json", "--now", LATER],
        ["check", "--json"],
        ["check"],
        ["explain", desk.number, "--now", LATER],
        ["explain", desk.number, "--json", "--now", LATER],
        ["outbox", "list"],
        ["outbox", "list", "--json"],
        *(["outbox", "show", one] for one in ids),
        *(["outbox", "show", one, "--json"] for one in ids[:3]),
    ]
    for words in commands:
        done = desk(*words)
        assert done.code in (0, 1), (words, done.err)
        yield words, done.out + done.err


def test_no_command_shows_a_number_or_an_address(desk):
    for words, text in shown(desk):
        assert [one for one in SPELT if one in text] == [], words
        assert re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", text) is None, words


def test_the_messages_tab_masks_too(desk):
    rows = desk.rows("messages")
    assert any(one["ticket"] == desk.number for one in rows)
    assert [one for one in rows if any(spelt in str(value) for value in one.values() for spelt in SPELT)] == []


def test_the_whole_text_is_there_for_who_asks(desk):
    number = next(one["id"] for one in desk.outbox() if one["row_key"] == desk.number)
    assert "text" not in desk("outbox", "show", number, "--json").json
    assert desk("outbox", "show", number, "--json", "--full").json["text"]


def bytes_of(desk):
    return b"".join(one.read_bytes() for one in (desk.folder / "state").iterdir() if one.is_file())


def test_who_asks_to_be_forgotten_is(desk):
    assert EMAIL.encode() in bytes_of(desk)
    done = desk("forget", "139 1234 5678", "--yes")
    assert done.code == 0, done.err
    assert "messages to them" in done.out
    assert PHONE not in done.out + done.err
    assert [one for one in SPELT if one.encode() in bytes_of(desk)] == []
    assert "欧阳大山".encode() not in bytes_of(desk)
    again = desk("run", "--json", "--now", LATER)
    assert again.code == 0, again.err
    assert [one for one in again.json["messages"] if one["row_key"] == desk.number] == []


def test_nothing_is_forgotten_without_a_yes(desk):
    before = desk.outbox()
    assert desk("forget", EMAIL).code == 1
    assert desk.outbox() == before
    assert EMAIL.encode() in bytes_of(desk)


@pytest.mark.parametrize("word", ["nobody", "123", "a@", "=1+1"])
def test_what_is_neither_phone_nor_address_is_refused(desk, word):
    done = desk("forget", word, "--yes")
    assert done.code == 2
    assert "phone number or an email address" in done.err


def test_a_stranger_is_known_to_nobody(desk):
    done = desk("forget", "stranger@shop.example", "--yes")
    assert (done.code, "knows nothing" in done.out) == (0, True)


def left_and_all(desk, before):
    """How many messages sent before a day have a text, and how many there are."""
    counted = "SELECT count(nullif(text, '')), count(*) FROM message WHERE sent_at < ?"
    with sqlite3.connect(desk.folder / "state" / "toolkit.db") as database:
        return database.execute(counted, (before,)).fetchone()


def test_ended_messages_lose_their_texts_after_their_time(tmp_path):
    desk = demo(tmp_path, now="2026-06-02T10:00", ran_at="2026-06-02T10:00")
    desk.configure("state: sqlite", "keep_bodies: 30d\nstate: sqlite")
    desk.run("2026-07-01T10:00", code=None)
    left, sent = left_and_all(desk, "2026-06-03")
    assert left == sent > 0
    desk.run("2026-07-03T10:00", code=None)
    assert left_and_all(desk, "2026-06-03") == (0, sent)


def test_a_rehearsal_of_next_year_prunes_nothing(tmp_path):
    desk = demo(tmp_path, now="2090-06-06T10:00", ran_at="2090-06-06T10:00")
    desk.run("2091-06-06T10:00", code=None)
    left, sent = left_and_all(desk, "2090-06-07")
    assert left == sent > 0


def test_the_command_stands_in_the_help(tmp_path):
    assert "Remove a person" in aftersales("forget", "--help", cwd=tmp_path).out

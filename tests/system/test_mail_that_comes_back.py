"""A whole desk with a mailbox: a letter bounces, the next way is taken, a customer answers; and a mailbox that fails."""

from __future__ import annotations

import pytest

from tests.contract.mailbox.imap_server import PASSWORD, USER, imap
from tests.contract.mailbox.mails import ID, postfix, reply
from tests.contract.sender_samples import free_port
from tests.system.desks import CAN_FORK, demo
from toolkit.gateways.senders.mail import message_id

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="turns the clock of a forked run")


def at(clock):
    return [("clock", {"at": f"2026-11-24T{clock}:00+08:00"})]


@pytest.fixture
def server():
    with imap() as found:
        yield found


def with_mailbox(desk, port):
    config = desk.folder / "config.yaml"
    box = f"{{host: 127.0.0.1, port: {port}, security: none, user: {USER}, password: '${{BOX}}', every: 1min}}"
    config.write_text(config.read_text("utf-8") + f"\nmailbox: {box}\n", "utf-8")
    (desk.folder / ".env").write_text(f"BOX={PASSWORD}\n")
    return desk


@pytest.fixture
def desk(tmp_path, server):
    return with_mailbox(demo(tmp_path), server.port)


def by_mail(desk, audience="customer"):
    """A letter that went by mail to somebody who has a mobile too, and whose notice knows SMS."""
    rows = {row["ticket_no"]: row for row in desk.rows()}
    return next(
        one
        for one in desk.outbox()
        if one["channel"] == "email" and one["state"] == "sent" and one["notice"] in ("received", "appointment")
        and rows.get(one["row_key"], {}).get("phone")
    )  # fmt: skip


def test_a_bounce_shows_in_the_row_and_the_letter_goes_by_sms(desk, server):
    desk.run(now=None, hooks=at("10:00"))
    letter = by_mail(desk)
    key = letter["row_key"]
    server.deliver(postfix().replace(ID.encode(), message_id(letter["key"], "shop.example").encode()))
    done = desk("run", hooks=at("10:10"))
    assert done.code == 0, done.err
    assert "1 letter came back" in done.err
    row = next(one for one in desk.rows() if one["ticket_no"] == key)
    assert "550 5.1.1" in row["check"]
    states = {(one["notice"], one["channel"]): one["state"] for one in desk.outbox() if one["row_key"] == key}
    assert states[letter["notice"], "email"] == "undelivered"
    assert states[letter["notice"], "sms"] == "sent"
    logged = [one for one in desk.rows("messages") if one["message_key"] == letter["key"]]
    assert [one["result"] for one in logged] == ["not delivered"]
    told = desk("explain", key, hooks=at("10:11")).out
    assert "came back" in told
    assert "User unknown" in told
    # Once: the next run has nothing to say, and a person who knows better is believed.
    before = len(desk.outbox())
    desk.run(now=None, hooks=at("10:20"))
    assert len(desk.outbox()) == before
    assert desk("outbox", "settle", letter["id"]).code == 0
    desk.run(now=None, hooks=at("10:30"))
    row = next(one for one in desk.rows() if one["ticket_no"] == key)
    assert "550" not in (row["check"] or "")
    assert len(desk.outbox()) == before, "nothing is told twice"


def test_an_answer_stands_in_the_tickets_story(desk, server):
    desk.run(now=None, hooks=at("10:00"))
    letter = by_mail(desk)
    email = next(one["email"] for one in desk.rows() if one["ticket_no"] == letter["row_key"])
    ours = message_id(letter["key"], "shop.example")
    server.deliver(
        reply("Tomorrow is fine.\n\n> old", to=ours, sender=email, own="<1@x>"),
        reply("Bring two people.", to=ours, sender="neighbour@x.example", own="<2@x>"),
    )
    done = desk("run", hooks=at("10:10"))
    assert f"answers by mail to {letter['row_key']}" in done.err
    told = desk("explain", letter["row_key"], hooks=at("10:11")).out
    assert "answer by mail: the customer\n    Tomorrow is fine.\n" in told
    assert "n***@x.example (not the address of this ticket's customer)\n    Bring two people.\n" in told


def test_a_mailbox_that_fails_holds_up_nothing_and_is_told(tmp_path):
    desk = with_mailbox(demo(tmp_path), free_port())
    done = desk("run", hooks=at("10:00"))
    assert done.code == 0, done.err
    assert "the mailbox c***@shop.example at 127.0.0.1" in done.err
    assert any(one["state"] == "sent" for one in desk.outbox())


def test_a_rehearsal_takes_nothing_out_of_the_mailbox(tmp_path):
    desk = with_mailbox(demo(tmp_path), free_port())
    done = desk("run", now="2031-11-25T10:00")
    assert "mailbox" not in done.err

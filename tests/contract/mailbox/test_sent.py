"""A mail of which nobody knows whether it left is looked for among the account's sent mail, on a real IMAP server."""

from __future__ import annotations

import socket
import threading
from datetime import timedelta

import pytest

from tests.contract.google_stubs import SIGN_IN, google
from tests.contract.mailbox.imap_server import PASSWORD, USER, imap
from tests.contract.outbox_samples import MINUTE, NOW, database, key, letter, send
from tests.contract.sender_samples import SENDER, Mailbox, clock, free_port, server
from tests.contract.senders.test_smtp import polite_until, rude_server
from toolkit.app.deliver import deliver
from toolkit.app.receipts import ask_for_receipts
from toolkit.core.message import Accepted, NotFound, State, StillOpen, Unknown
from toolkit.gateways.mailbox import MailboxConfig, MailboxError, SentMail
from toolkit.gateways.senders.findable import FindableSmtp
from toolkit.gateways.senders.mail import build_mail, id_mark, message_id
from toolkit.gateways.senders.oauth2 import Tokens
from toolkit.gateways.senders.smtp import SmtpConfig

LATER = NOW + 11 * MINUTE


@pytest.fixture(scope="module")
def shared():
    with imap() as found:
        with found.session() as client:
            for folder in ("Copies", "Archive"):
                client.create(folder)
        yield found


def sent(shared, *folders, **more):
    config = {"security": "none", "timeout": 5.0} | more
    return SentMail(MailboxConfig("127.0.0.1", shared.port, USER, PASSWORD, **config), folders)


def channel(port, found):
    config = SmtpConfig("127.0.0.1", port, "care@shop.example", security="none", timeout=0.5)
    return FindableSmtp(config, clock, found)


def copy_of(row):
    return build_mail(letter(key(row)), SENDER, NOW).as_bytes()


def test_a_mail_is_found_by_its_message_id_alone_whatever_domain_wrote_it(shared):
    shared.deliver(copy_of("T1"), copy_of("T2"), folder="Copies")
    looking = sent(shared, "Copies", "Archive")
    assert looking.find(id_mark(key("T1"))) == message_id(key("T1"), "shop.example")
    assert looking.find(id_mark(key("T9"))) is None
    shared.deliver(copy_of("T9"), folder="Archive")
    assert looking.find(id_mark(key("T9"))) == message_id(key("T9"), "shop.example")
    looking.close()
    with shared.session() as client:
        client.select("Copies", readonly=True)
        assert all(b"Seen" not in line for line in client.uid("FETCH", "1:*", "(FLAGS)")[1])


def test_a_mail_that_only_speaks_of_it_is_not_taken_for_it(shared):
    """Some servers search headers by likeness, or take no notice of the condition."""
    mark = id_mark(key("T5"))
    reply = (
        f"From: a@x.example\r\nMessage-ID: <re-{mark}shop.example>\r\nIn-Reply-To: <{mark}shop.example>\r\n\r\nok\r\n"
    )
    shared.deliver(reply.encode(), folder="Copies")
    looking = sent(shared, "Copies")
    assert looking.find(mark) is None
    looking.close()


def test_what_was_cut_off_and_stands_among_the_sent_mail_counts_as_sent_and_goes_once(shared, tmp_path):
    with database(tmp_path) as state, rude_server(polite_until(b"BODY", None)) as (port, heard):
        state.queue([letter(key("A")), letter(key("B"))], at=NOW)
        ways = {"email": channel(port, sent(shared, "Copies"))}
        assert deliver(state, ways, lambda: NOW).unknown == (1, 2)
        shared.deliver(copy_of("A"), folder="Copies")
        assert ask_for_receipts(state, ways, lambda: NOW + 9 * MINUTE).settled == {}, "it may still arrive there"
        report = ask_for_receipts(state, ways, lambda: LATER)
        assert (report.settled, report.still_unknown) == ({State.SENT: (1,)}, (2,))
        first, second = state.message(1), state.message(2)
        assert (first.state, first.note) == (State.SENT, "the other side has it")
        assert (second.state, second.note) == (
            State.UNKNOWN,
            "not in Copies of 127.0.0.1 at 2026-11-23 02:00; that is no proof that it did not leave",
        )
        assert deliver(state, ways, lambda: LATER).has_delivered is False
        shared.deliver(copy_of("B"), folder="Copies")  # some servers keep their copy late
        assert ask_for_receipts(state, ways, lambda: LATER + timedelta(hours=1)).settled == {State.SENT: (2,)}
        assert state.memory(("main",)).occasions == {key("A"), key("B")}
        ways["email"].close()
    assert heard.count(b"BODY") == 2


def test_mail_that_was_accepted_is_not_asked_after(shared, tmp_path):
    """There are thousands of them, and the folder knows no more than the server that took them."""
    with database(tmp_path) as state, server(Mailbox()) as port:
        state.queue([letter(key(f"S{n}")) for n in range(3)], at=NOW)
        send(state, Accepted("x"))
        ways = {"email": channel(port, sent(shared, "Copies"))}
        assert (
            state.unsettled(
                ["email"], LATER, unknown_for=MINUTE, sent_within=MINUTE * 99, limit=9, only_unknown=["email"]
            )
            == ()
        )
        report = ask_for_receipts(state, ways, lambda: LATER)
        assert (report.settled, report.still_unknown, state.message(1).state) == ({}, (), State.SENT)
        ways["email"].close()


def test_an_account_that_does_not_answer_is_asked_once_a_run_and_nothing_is_concluded(tmp_path):
    accepted = []
    listening = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            accepted.append(connection)  # and never a word

    threading.Thread(target=serve, daemon=True).start()
    config = MailboxConfig("127.0.0.1", listening.getsockname()[1], USER, PASSWORD, "none", timeout=0.3)
    with database(tmp_path) as state:
        state.queue([letter(key(f"T{n}")) for n in range(5)], at=NOW)
        for _ in range(5):
            send(state, Unknown("cut"))
        ways = {"email": channel(free_port(), SentMail(config, ["Sent"]))}
        assert ask_for_receipts(state, ways, lambda: LATER).still_unknown == (5, 4, 3)
        assert state.message(5).note == "cut"
    listening.close()
    assert len(accepted) == 1


@pytest.mark.parametrize(
    ("folders", "password", "words"),
    [(["Nowhere"], PASSWORD, "could not be read|does not open"), (["Copies"], "wrong", "refused the login")],
)
def test_a_folder_that_is_not_there_and_a_wrong_password_are_told_in_words(folders, password, words, shared):
    config = MailboxConfig("127.0.0.1", shared.port, USER, password, "none", timeout=5.0)
    with pytest.raises(MailboxError, match=words):
        SentMail(config, folders).find("0@")


class Talking:
    """A server that follows a script of what begins a command and what is answered; for what pymap does not have."""

    def __init__(self, script):
        self.script = script
        self.heard = []
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        connection, _ = self.listening.accept()
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"* OK ready\r\n")
            for line in lines:
                tag, _, words = line.decode().strip().partition(" ")
                self.heard.append(words)
                told = next((answer for begin, answer in self.script if words.startswith(begin)), "")
                connection.sendall(f"{told}{tag} OK done\r\n".encode())
        self.listening.close()


MARKED = [
    ("CAPABILITY", "* CAPABILITY IMAP4rev1 AUTH=XOAUTH2 SASL-IR\r\n"),
    ("LIST", '* LIST (\\HasNoChildren) "/" INBOX\r\n* LIST (\\HasNoChildren \\Sent) "/" "[Gmail]/&XfJT0ZCuTvY-"\r\n'),
    ("EXAMINE", "* 3 EXISTS\r\n"),
    ("UID SEARCH", "* SEARCH 7 8\r\n"),
    ("UID FETCH", "* 1 FETCH (UID 7 BODY[HEADER.FIELDS (MESSAGE-ID)] {23}\r\nMessage-ID: <0@x.y>\r\n\r\n)\r\n"),
]


def test_the_folder_that_the_server_marks_is_taken_whatever_it_is_called():
    talking = Talking(MARKED)
    looking = SentMail(MailboxConfig("127.0.0.1", talking.port, USER, PASSWORD, "none", timeout=2.0))
    assert looking.place == "the folder of sent mail of 127.0.0.1"
    assert looking.find("0@") == "<0@x.y>"
    assert looking.place == "[Gmail]/已发邮件 of 127.0.0.1"
    looking.close()
    assert 'EXAMINE "[Gmail]/&XfJT0ZCuTvY-"' in talking.heard
    assert 'UID SEARCH HEADER Message-ID "0@"' in talking.heard


def test_gmail_is_entered_by_the_sign_in_that_letters_leave_by(tmp_path):
    import base64
    import json

    (tmp_path / "gmail.json").write_text(json.dumps(SIGN_IN))
    with google() as token_server:
        tokens = Tokens(tmp_path / "gmail.json", token_server.url)

        class Asking(Talking):
            def serve(self):
                connection, _ = self.listening.accept()
                with connection, connection.makefile("rb") as lines:
                    connection.sendall(b"* OK ready\r\n")
                    for line in lines:
                        tag, _, words = line.decode().strip().partition(" ")
                        self.heard.append(words)
                        if words.startswith("AUTHENTICATE"):
                            connection.sendall(b"+ \r\n")
                            self.heard.append(base64.b64decode(next(lines)))
                        told = next((answer for begin, answer in self.script if words.startswith(begin)), "")
                        connection.sendall(f"{told}{tag} OK done\r\n".encode())
                self.listening.close()

        talking = Asking(MARKED)
        config = MailboxConfig("127.0.0.1", talking.port, USER, "", "none", timeout=2.0, tokens=tokens.token)
        looking = SentMail(config)
        assert looking.find("0@") == "<0@x.y>"
        looking.close()
    assert f"user={USER}\1auth=Bearer ya29.token-1\1\1".encode() in talking.heard


def test_what_the_look_up_says_of_each_case(shared):
    shared.deliver(copy_of("L1"), folder="Copies")
    way = channel(free_port(), sent(shared, "Copies"))
    assert way.lookup(letter(key("L1")), "", NOW) == StillOpen(message_id(key("L1"), "shop.example"))
    assert isinstance(way.lookup(letter(key("L2")), "", NOW), NotFound)
    way.close()

"""SMTP against real servers, polite and rude."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from tests.contract.outbox_samples import key, letter
from tests.contract.sender_samples import Mailbox, free_port, server, smtp
from toolkit.core.message import Accepted, Deferred, Rejected, Unknown
from toolkit.gateways.senders.smtp import SmtpConfig


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("451 try later", Deferred("451", "451 try later")),
        ("421 too busy", Deferred("421", "421 too busy")),
        ("552 too big", Rejected("552", "552 too big")),
        ("550 5.7.1 spam", Rejected("550", "550 5.7.1 spam")),
    ],
)
def test_a_refusal_after_the_text_is_4xx_deferred_5xx_rejected_and_the_next_mail_goes(answer, expected):
    mailbox = Mailbox(answer)
    with server(mailbox) as port:
        channel = smtp(port)
        assert channel.send(letter(key("a"))) == expected
        assert isinstance(channel.send(letter(key("b"))), Accepted)
        channel.close()
    assert len(mailbox.bodies) == 1


@pytest.mark.parametrize(("answer", "kind"), [("450 greylisted", Deferred), ("550 no such user", Rejected)])
def test_a_refused_recipient_is_told_apart_likewise(answer, kind):
    class Choosy(Mailbox):
        async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
            if address.startswith("no"):
                return answer
            envelope.rcpt_tos.append(address)
            return "250 ok"

    mailbox = Choosy()
    with server(mailbox) as port:
        channel = smtp(port)
        assert isinstance(channel.send(letter(key("a"), to="no@shop.example")), kind)
        assert isinstance(channel.send(letter(key("b"))), Accepted)
        channel.close()
    assert mailbox.envelopes == [("care@shop.example", ["zhang@shop.example"])]


def test_fifty_mails_go_over_one_connection():
    mailbox = Mailbox()
    with server(mailbox) as port:
        channel = smtp(port)
        assert all(isinstance(channel.send(letter(key(f"T{i}"))), Accepted) for i in range(50))
        channel.close()
    assert (len(mailbox.bodies), len(mailbox.connections)) == (50, 1)


def test_a_connection_that_the_server_closed_between_two_mails_is_opened_anew():
    mailbox = Mailbox()
    with server(mailbox) as port:
        channel = smtp(port)
        channel.send(letter(key("a")))
    again = Controller(mailbox, hostname="127.0.0.1", port=port)
    again.start()
    assert isinstance(channel.send(letter(key("b"))), Accepted)
    channel.close()
    again.stop()


def test_a_server_that_is_not_there_defers():
    outcome = smtp(free_port()).send(letter())
    assert isinstance(outcome, Deferred)
    assert outcome.code == "connect"


@contextmanager
def rude_server(script):
    """A raw server: `script(line)` gives bytes to answer, None to cut the line, or a number of seconds to say nothing."""
    listening = socket.create_server(("127.0.0.1", 0))
    heard = []

    def talk(connection):
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 rude\r\n")
            body = False
            for line in lines:
                if body and line != b".\r\n":
                    continue
                word = b"BODY" if body else line.strip().upper()
                body = False
                heard.append(word)
                answer = script(word)
                if answer is None:
                    connection.shutdown(socket.SHUT_RDWR)
                    return
                if isinstance(answer, float):
                    time.sleep(answer)
                    return
                body = answer.startswith(b"354")
                connection.sendall(answer)

    def serve():
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=(connection,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listening.getsockname()[1], heard
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()


def polite_until(word, then):
    def script(line):
        if line.startswith(word):
            return then
        return b"354 go on\r\n" if line == b"DATA" else b"250 ok\r\n"

    return script


RUDE = [
    (b"EHLO", None, Deferred),
    (b"MAIL", None, Deferred),
    (b"RCPT", None, Deferred),
    (b"RCPT", 1.0, Deferred),
    (b"DATA", None, Unknown),
    (b"BODY", None, Unknown),
    (b"BODY", 1.0, Unknown),
    (b"BODY", b"what?\r\n", Unknown),
    (b"DATA", b"554 no\r\n", Rejected),
    (b"MAIL", b"530 authenticate first\r\n", Deferred),
]


@pytest.mark.parametrize(("word", "then", "kind"), RUDE)
def test_a_line_cut_before_data_defers_and_one_cut_after_it_leaves_the_matter_open(word, then, kind):
    with rude_server(polite_until(word, then)) as (port, heard):
        channel = smtp(port, timeout=0.3)
        assert type(channel.send(letter())) is kind
        assert sum(line.startswith(word) for line in heard) == 1
        channel.close()


def test_yagmails_hidden_re_send_stays_switched_off():
    """Three copies would go out: this fails if a new yagmail no longer calls our `_attempt_send`."""
    with rude_server(polite_until(b"BODY", None)) as (port, heard):
        began = time.monotonic()
        assert isinstance(smtp(port).send(letter()), Unknown)
    assert heard.count(b"BODY") == 1
    assert time.monotonic() - began < 2


def authenticator(server, session, envelope, mechanism, data):
    return AuthResult(success=data.login == b"care" and data.password == b"s3cret", handled=False)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize(("password", "kind"), [("s3cret", Accepted), ("wrong", Deferred), ("", Deferred)])
def test_a_wrong_password_defers_the_mail_and_is_never_asked_for(password, kind):
    mailbox = Mailbox()
    with server(mailbox, authenticator=authenticator, auth_required=True, auth_require_tls=False) as port:
        channel = smtp(port, user="care", password=password)
        for row in ("a", "b"):
            outcome = channel.send(letter(key(row)))
            assert isinstance(outcome, kind)
        channel.close()
    assert len(mailbox.bodies) == (2 if kind is Accepted else 0)
    assert "s3cret" not in repr(SmtpConfig("h", 1, "a@b.example", password="s3cret"))


@pytest.mark.parametrize("security", ["starttls", "ssl"])
def test_a_certificate_is_verified_and_a_strange_one_gets_no_mail(security, certificate):
    served, trusted = certificate
    mailbox = Mailbox()
    options = {"tls_context": served, "require_starttls": True} if security == "starttls" else {"ssl_context": served}
    with server(mailbox, **options) as port:
        for row in ("a", "b"):
            outcome = smtp(port, security=security).send(letter(key(row)))
            assert isinstance(outcome, Deferred)
            assert "certificate" in outcome.text.lower()
        assert isinstance(smtp(port, security=security, context=trusted).send(letter(key("c"))), Accepted)
    assert len(mailbox.bodies) == 1

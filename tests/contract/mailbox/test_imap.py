"""Reading a mailbox on a real IMAP server."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.contract.mailbox.imap_server import PASSWORD, USER, imap
from tests.contract.mailbox.mails import BOUNCES, NEITHER, reply
from tests.contract.sender_samples import free_port
from toolkit.core.inbound import Kind
from toolkit.gateways.mailbox import MailboxConfig, MailboxError, Mark, read_new, understood
from toolkit.gateways.mailbox import imap as module

TODAY = datetime.now(UTC).date()


@pytest.fixture(scope="module")
def shared():
    with imap() as server:
        yield server


@pytest.fixture
def folder(shared):
    """A folder of its own, empty."""
    with shared.session() as client:
        client.create("work")
    yield "work"
    with shared.session() as client:
        client.delete("work")


def config(server, **more):
    base = {"security": "none", "timeout": 5.0, "folder": "work"} | more
    return MailboxConfig("127.0.0.1", server.port, USER, PASSWORD, **base)


def test_only_what_is_new_is_read_and_nothing_is_changed(shared, folder):
    shared.deliver(reply(own="<1@x>"), BOUNCES["postfix"][0], folder=folder)
    first = read_new(config(shared), None, TODAY)
    assert [understood(one).kind for one in first.mails] == [Kind.REPLY, Kind.BOUNCE]
    assert all(abs((datetime.now(UTC) - one.received_at).total_seconds()) < 120 for one in first.mails)
    again = read_new(config(shared), first.mark, TODAY)
    assert (again.mails, again.mark) == ((), first.mark)
    shared.deliver(reply(own="<2@x>"), folder=folder)
    third = read_new(config(shared), first.mark, TODAY)
    assert [one.uid for one in third.mails] == [third.mark.uid]
    with shared.session() as client:
        client.select(folder, readonly=True)
        assert all(b"Seen" not in line for line in client.uid("FETCH", "1:*", "(FLAGS)")[1])


def test_mails_are_marked_as_seen_only_where_that_is_wished(shared, folder):
    shared.deliver(reply(), folder=folder)
    read_new(config(shared, mark_seen=True), None, TODAY)
    with shared.session() as client:
        client.select(folder, readonly=True)
        assert b"Seen" in client.uid("FETCH", "1:*", "(FLAGS)")[1][0]


def test_a_full_box_is_read_a_piece_at_a_time(shared, folder):
    shared.deliver(*(reply(own=f"<{n}@x>") for n in range(25)), folder=folder)
    mark, seen = None, []
    for left in (15, 5, 0):
        found = read_new(config(shared), mark, TODAY, most=10)
        mark, seen = found.mark, seen + [understood(one).message_id for one in found.mails]
        assert found.left == left
    assert seen == [f"<{n}@x>" for n in range(25)]


def test_of_a_big_mail_only_the_beginning_is_fetched(shared, folder, monkeypatch):
    monkeypatch.setattr(module, "BYTES", 2000)
    shared.deliver(reply("好的。\n\n---- 回复的原邮件 ----\n" + "x\n" * 100_000), folder=folder)
    (mail,) = read_new(config(shared), None, TODAY).mails
    assert len(mail.content) == 2000
    assert understood(mail).text == "好的。"


def test_a_folder_that_was_numbered_anew_is_read_anew(shared, folder):
    shared.deliver(reply(own="<1@x>"), folder=folder)
    first = read_new(config(shared), None, TODAY)
    shared.make_anew(folder)
    shared.deliver(reply(own="<1@x>"), folder=folder)
    second = read_new(config(shared), first.mark, TODAY)
    assert second.mark.uidvalidity != first.mark.uidvalidity
    assert [understood(one).message_id for one in second.mails] == ["<1@x>"]


def test_an_empty_folder_leaves_a_mark_behind_which_the_next_mail_is(shared, folder):
    mark = read_new(config(shared), None, TODAY).mark
    shared.deliver(reply(), folder=folder)
    assert len(read_new(config(shared), mark, TODAY).mails) == 1


def test_noise_stops_nothing(shared, folder):
    shared.deliver(*(one for one in NEITHER.values() if one), reply(), folder=folder)
    found = [understood(one) for one in read_new(config(shared), None, TODAY).mails]
    assert [one.kind for one in found if one] == [Kind.REPLY]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"password": "wrong"}, "refused the login"),
        ({"folder": "nowhere"}, "nowhere"),
        ({"password": "密码"}, "refused|read"),
    ],
)
def test_a_refusal_is_told_without_the_password(shared, folder, more, said):
    with pytest.raises(MailboxError, match=said) as caught:
        read_new(replace(config(shared), **more), Mark(1, 1), TODAY)
    assert PASSWORD not in str(caught.value)
    assert PASSWORD not in repr(config(shared))


def test_a_server_that_is_not_there_or_says_nothing_is_told_in_time():
    nobody = MailboxConfig("127.0.0.1", free_port(), USER, PASSWORD, "none", timeout=0.3)
    with pytest.raises(MailboxError):
        read_new(nobody, None, TODAY)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        for security in ("none", "ssl", "starttls"):
            with pytest.raises(MailboxError):
                read_new(replace(nobody, port=port, security=security), None, TODAY)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    words = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    made = subprocess.run(
        ["openssl", *words.split(), "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        pytest.skip("no openssl on this machine")
    return folder


def test_starttls_verifies_the_certificate(certificate):
    trusted = ssl.create_default_context(cafile=str(certificate / "cert.pem"))
    with imap(certificate / "cert.pem", certificate / "key.pem", trusted) as server:
        server.deliver(reply())
        safe = config(server, security="starttls", folder="INBOX")
        with pytest.raises(MailboxError, match="safe connection"):
            read_new(safe, None, TODAY)
        assert len(read_new(replace(safe, context=trusted), None, TODAY).mails) == 1


def test_ssl_verifies_the_certificate(certificate):
    """The IMAP server speaks no TLS from the first byte on; a door before it does."""
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    trusted = ssl.create_default_context(cafile=str(certificate / "cert.pem"))
    with imap() as server, socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=_doorman, args=(door, served, server.port), daemon=True).start()
        server.deliver(reply())
        safe = replace(config(server, security="ssl", folder="INBOX"), port=door.getsockname()[1])
        with pytest.raises(MailboxError, match="safe connection"):
            read_new(safe, None, TODAY)
        assert len(read_new(replace(safe, context=trusted), None, TODAY).mails) == 1


def _doorman(door, served, port):
    while True:
        try:
            peer, _ = door.accept()
        except OSError:
            return
        try:
            outside = served.wrap_socket(peer, server_side=True)
        except (ssl.SSLError, OSError):
            continue
        inside = socket.create_connection(("127.0.0.1", port))
        for source, target in ((outside, inside), (inside, outside)):
            threading.Thread(target=_carry, args=(source, target), daemon=True).start()


def _carry(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass

"""DKIM: what arrives is verified by the key of the domain; whatever cannot be signed does not leave."""

from __future__ import annotations

import email
import re
import subprocess
import sys
from dataclasses import replace

import dkim
import pytest

from tests.contract.outbox_samples import key, letter
from tests.contract.sender_samples import SENDER, Mailbox, clock, server, smtp
from toolkit.core.message import Accepted, Attachment, Deferred, Letter
from toolkit.gateways.senders import CHANNEL_DOWN
from toolkit.gateways.senders.folder import FolderChannel
from toolkit.gateways.senders.signing import Dkim, SigningError, published, signed
from toolkit.gateways.senders.smtp import SmtpConfig

RECORD = "mail2026._domainkey.shop.example"
HARD = Letter(
    "上门 预约：" + "很长的主题" * 20,
    ".\n..dots\nFrom here on\nblanks at the end   \n\n\n" + "字" * 2000 + "\n\n\n",
    f"<p>您好</p><p>{'x' * 3000}</p>",
    (Attachment("账单.pdf", "application/pdf", b"%PDF\x00\xff\r\n.\r\n"),),
)


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """A key in both of openssl's forms, its public half, and another domain's public half."""
    folder = tmp_path_factory.mktemp("keys")

    def openssl(*words):
        return subprocess.run(["openssl", *map(str, words)], capture_output=True, check=True, text=True).stdout

    new = openssl("genrsa", "2048")
    (folder / "key.pem").write_text(new)
    old = openssl("rsa", "-in", folder / "key.pem", "-traditional")
    own = _record(openssl("rsa", "-in", folder / "key.pem", "-pubout"))
    (folder / "other.pem").write_text(openssl("genrsa", "2048"))
    other = _record(openssl("rsa", "-in", folder / "other.pem", "-pubout"))
    return new, old, own, other


def _record(public):
    return b"v=DKIM1; k=rsa; p=" + "".join(public.splitlines()[1:-1]).encode()


def dns(record):
    """The TXT records of the world: this one."""
    return lambda name, timeout=5: record if name == f"{RECORD}.".encode() else None


def identity(text):
    return Dkim("shop.example", "mail2026", text)


@pytest.mark.parametrize("form", ["new", "old", "with CRLF", "without a last line"])
@pytest.mark.parametrize("message", [letter(), letter(thread="main|T1", letter=HARD)], ids=["plain", "hard"])
def test_what_arrives_is_verified_by_the_domains_key(form, message, keys):
    new, old, own, other = keys
    text = {"new": new, "old": old, "with CRLF": new.replace("\n", "\r\n"), "without a last line": old.rstrip()}[form]
    box = Mailbox()
    with server(box) as port:
        channel = smtp(port, dkim=identity(text), unsubscribe="https://shop.example/u")
        assert isinstance(channel.send(message), Accepted)
        channel.close()
    (arrived,) = box.bodies
    assert dkim.verify(arrived, dnsfunc=dns(own))
    assert not _verifies(arrived, other)
    assert arrived.startswith(b"DKIM-Signature: ")


def _verifies(mail, record):
    try:
        return dkim.verify(mail, dnsfunc=dns(record))
    except dkim.DKIMException:
        return False


TAMPERED = {
    "the text": (b"\r\n\r\n", b"\r\n\r\nx"),
    "the subject": (b"Subject: ", b"Subject: Re: "),
    "who is written to": (b"To: ", b"To: boss@x.example, "),
    "the way to unsubscribe": (b"List-Unsubscribe: <https://shop", b"List-Unsubscribe: <https://evil"),
    "the click to unsubscribe": (b"List-Unsubscribe=One-Click", b"List-Unsubscribe=Two-Click"),
    "that no person wrote it": (b"auto-generated", b"no"),
    "a second sender": (b"MIME-Version: 1.0", b"From: evil@x.example\r\nMIME-Version: 1.0"),
    "a second subject": (b"MIME-Version: 1.0", b"Subject: evil\r\nMIME-Version: 1.0"),
    "an answer to something": (b"MIME-Version: 1.0", b"In-Reply-To: <x@y>\r\nMIME-Version: 1.0"),
}


@pytest.mark.parametrize("case", TAMPERED)
def test_whatever_is_changed_or_added_on_the_way_breaks_the_signature(case, keys):
    new, _, own, _ = keys
    mail = signed(_built(unsubscribe="https://shop.example/u"), identity(new))
    was, becomes = TAMPERED[case]
    assert _verifies(mail, own)
    head, blank, body = mail.partition(b"\r\n\r\n")
    whole = head + blank + body
    changed = whole.replace(was, becomes, 1)
    assert changed != mail
    assert not _verifies(changed, own)


def test_headers_that_are_folded_anew_and_blanks_that_are_cut_do_not(keys):
    new, _, own, _ = keys
    mail = signed(_built(), identity(new))
    assert _verifies(re.sub(rb"\r\nTo: ", b"\r\nTo:\r\n  ", mail, count=1) + b"\r\n\r\n", own)
    assert _verifies(signed(_built().replace(b"\r\n", b"\n"), identity(new)), own)


def _built(**more):
    from toolkit.gateways.senders.mail import build_mail

    return build_mail(letter(), replace(SENDER, **more), clock()).as_bytes()


KEYS = {
    "no key": "hello",
    "half a key": "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n",
    "another kind of key": (
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
        "-----END PRIVATE KEY-----\n"
    ),
    "nothing": "",
}


@pytest.mark.parametrize("case", KEYS)
def test_a_key_that_is_none_stops_the_channel_and_nothing_leaves_unsigned(case):
    box = Mailbox()
    with server(box) as port:
        channel = smtp(port, dkim=identity(KEYS[case]))
        outcome = channel.send(letter())
        channel.close()
    assert outcome == Deferred("signature", "no mail can be signed for shop.example: its key is no usable RSA key")
    assert outcome.code in CHANNEL_DOWN
    assert box.bodies == []


def test_without_the_library_the_extra_is_named_and_nothing_leaves(monkeypatch, keys):
    monkeypatch.setitem(sys.modules, "dkim", None)
    box = Mailbox()
    with server(box) as port:
        outcome = smtp(port, dkim=identity(keys[0])).send(letter())
    words = "the library for DKIM is missing: pip install 'aftersales-toolkit[dkim]'"
    assert outcome == Deferred("not-installed", words)
    assert box.bodies == []


def test_the_folder_keeps_letters_as_before_unsigned(tmp_path):
    FolderChannel(tmp_path, clock, sender=SENDER).send(letter())
    (path,) = tmp_path.rglob("*.eml")
    assert email.message_from_bytes(path.read_bytes())["DKIM-Signature"] is None


def test_the_key_stands_in_no_representation_and_in_no_log(keys, caplog):
    config = SmtpConfig("h", 1, "a@b.example", dkim=identity(keys[0]))
    assert "BEGIN" not in repr(config)
    with caplog.at_level("DEBUG"):
        signed(_built(), identity(keys[0]))
        for bad in KEYS.values():
            with pytest.raises(SigningError):
                signed(_built(), identity(bad))
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ("own", None),
        ("other", f"{RECORD} tells no key, or another"),
        (None, f"{RECORD} tells nothing"),
        (b"v=DKIM1; k=rsa; p=", f"{RECORD} tells no key, or another"),
        (b"hello", f"{RECORD} tells no key, or another"),
        (OSError("no network"), f"{RECORD} cannot be looked up: OSError"),
    ],
)
def test_the_dns_is_asked_whether_it_tells_the_key(record, expected, keys):
    def look_up(name, timeout=5):
        if isinstance(record, Exception):
            raise record
        return {"own": keys[2], "other": keys[3]}.get(record, record) if isinstance(record, str) else record

    found = published(identity(keys[0]), look_up)
    assert found == expected


def test_a_key_that_cannot_sign_is_not_looked_up():
    with pytest.raises(SigningError, match="no usable RSA key"):
        published(identity("hello"), lambda *_, **__: pytest.fail("asked"))


def test_letters_of_one_key_keep_their_message_ids(keys):
    box = Mailbox()
    with server(box) as port:
        channel = smtp(port, dkim=identity(keys[0]))
        for row in ("a", "b"):
            assert channel.send(letter(key(row))).provider_id == str(
                email.message_from_bytes(box.bodies[-1])["Message-ID"]
            )
        channel.close()
    assert len(box.connections) == 1

"""A desk whose letters bear a logo, are signed, leave by a Gmail account, and are looked up where the line was cut."""

from __future__ import annotations

import email.policy
import json
import re
import subprocess

import dkim
import pytest
import time_machine

from tests.contract.google_stubs import CLIENT, SECRETS, SIGN_IN, USER, Gmail, google
from tests.contract.mailbox.imap_server import PASSWORD, imap
from tests.contract.sender_samples import Mailbox, free_port, server
from tests.contract.senders.test_smtp import polite_until, rude_server
from tests.system.desks import CAN_FORK, NOW, demo
from tests.unit.test_picture import png

AT_TEN = [("clock", {"at": "2026-11-24T10:00:00+08:00"})]
turned = pytest.mark.skipif(not CAN_FORK, reason="turns the clock of a forked run")
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


def with_logo(desk):
    (desk.folder / "logo.png").write_bytes(png(480, 96))
    desk.configure("  hotline:", "  logo: logo.png\n  hotline:")
    return desk


def by_smtp(desk, port, extra=""):
    said = f"email: {{via: smtp, host: 127.0.0.1, port: {port}, security: none, from: {USER}{extra}}}"
    desk.configure("email: {via: folder} ", said + " ")
    return desk


def lines(desk, check, code=0):
    done = desk("doctor", "--json", now=NOW)
    assert done.code == code, done.out
    return [one for one in done.json if one["check"] == check]


# -- the logo ----------------------------------------------------------------------------------------------------


def test_the_logo_heads_every_letter_stands_in_no_database_and_a_second_run_plans_nothing(tmp_path):
    desk = with_logo(demo(tmp_path))
    desk.run()
    mails = [one for one in desk.files() if one.suffix == ".eml"]
    assert mails
    for one in mails:
        mail = email.message_from_bytes(one.read_bytes(), policy=email.policy.default)
        page = mail.get_body(("html",)).get_content()
        (tag,) = re.findall(r"<img[^>]*>", page)
        assert ('src="cid:logo@aftersales"' in tag, 'width="240"' in tag, 'height="48"' in tag) == (True, True, True)
        assert 'alt="' in tag
        pictures = [part.get_content() for part in mail.walk() if part.get_content_type() == "image/png"]
        assert pictures == [png(480, 96)]
    for file in (desk.folder / "state").iterdir():
        assert png(480, 96)[:40] not in file.read_bytes()
    plan = desk.plan()
    assert (plan["edits"], plan["messages"]) == ([], [])


def test_a_preview_shows_the_logo_in_the_browser(tmp_path):
    desk = with_logo(demo(tmp_path))
    done = desk("preview", "received", "--to", "page.html", now=NOW)
    assert done.code == 0, done.err
    page = (desk.folder / "page.html").read_text("utf-8")
    assert page.count('src="data:image/png;base64,') == 1
    assert "cid:" not in page
    assert "data:image/png" in desk("preview", "received", "--json", now=NOW).json["html"]


def test_a_letter_without_a_logo_is_as_it_was(tmp_path):
    desk = demo(tmp_path)
    desk("preview", "received", "--to", "without.html", now=NOW)
    with_logo(desk)
    desk("preview", "received", "--to", "with.html", now=NOW)
    plain, logo = ((desk.folder / f"{name}.html").read_text("utf-8") for name in ("without", "with"))
    brand = re.search(r'<td class="brand"[^>]*>([^<]+)</td>', plain)[1]
    assert (plain.count("<img"), logo.count("<img")) == (0, 1)
    assert re.sub(r"<img[^>]*>", brand, logo) == plain


# -- the way out -------------------------------------------------------------------------------------------------


@turned
def test_a_run_signs_in_once_signs_each_letter_and_tells_no_secret(tmp_path):
    desk = with_logo(demo(tmp_path))
    key = subprocess.run(["openssl", "genrsa", "2048"], capture_output=True, check=True, text=True).stdout
    (desk.folder / "dkim.pem").write_text(key)
    public = subprocess.run(
        ["openssl", "rsa", "-pubout"], input=key, capture_output=True, check=True, text=True
    ).stdout.splitlines()[1:-1]
    (desk.folder / "gmail.json").write_text(json.dumps(SIGN_IN))
    with google() as token_server:
        box = Gmail(token_server)
        with server(box, auth_required=True, auth_require_tls=False) as port:
            oauth = f"oauth2: {{file: gmail.json, endpoint: '{token_server.url}'}}"
            signs = "dkim: {domain: shop.example, selector: m, key: dkim.pem}"
            by_smtp(desk, port, f", user: {USER}, {oauth}, {signs}")
            done = desk("run", "--json", hooks=AT_TEN)
            assert done.code == 0, done.err
            again = desk("run", "--json", hooks=[("clock", {"at": "2026-11-24T10:10:00+08:00"})])
            assert (again.json["edits"], again.json["messages"]) == ([], [])
        assert len(token_server.asked) == 1
    assert len(box.bodies) == done.json["applied"]["messages"]["sent"] - len(
        [one for one in desk.outbox() if one["channel"] != "email" and one["state"] == "sent"]
    )
    assert box.bodies
    record = b"v=DKIM1; k=rsa; p=" + "".join(public).encode()
    with time_machine.travel("2026-11-24T10:20:00+08:00"):  # a signature of tomorrow is none
        assert all(dkim.verify(one, dnsfunc=lambda name, timeout=5: record) for one in box.bodies)
    log = done.out + done.err
    assert [one for one in (*SECRETS, key.splitlines()[1]) if one in log] == []


@turned
def test_a_letter_that_was_cut_off_is_found_among_the_sent_mail_by_a_later_run(tmp_path):
    with imap() as box, rude_server(polite_until(b"BODY", None)) as (port, _):
        desk = by_smtp(demo(tmp_path), port, ", sent: {folder: Copies}")
        config = desk.folder / "config.yaml"
        said = f"{{host: 127.0.0.1, port: {box.port}, security: none, user: {USER}, password: '${{BOX}}'}}"
        config.write_text(config.read_text("utf-8") + f"\nmailbox: {said}\n", "utf-8")
        (desk.folder / ".env").write_text(f"BOX={PASSWORD}\n")
        with box.session() as client:
            client.create("Copies")
        assert desk("run", "--json", hooks=AT_TEN).code == 1
        cut = [one for one in desk.outbox("--state", "unknown") if one["channel"] == "email"]
        assert len(cut) == 3  # then the way rests
        from toolkit.gateways.senders.mail import message_id

        ours = message_id(cut[0]["key"], "shop.example")
        box.deliver(f"From: {USER}\r\nMessage-ID: {ours}\r\n\r\nx\r\n".encode(), folder="Copies")
        desk.configure(f"port: {port}", f"port: {free_port()}")
        desk("run", "--json", hooks=[("clock", {"at": "2026-11-24T10:20:00+08:00"})])
    now = {one["id"]: one for one in desk.outbox()}
    assert [now[one["id"]]["state"] for one in cut] == ["sent", "unknown", "unknown"]
    shown = desk("outbox", "show", cut[1]["id"]).out
    assert "not in Copies of 127.0.0.1 at 2026-11-24 10:20" in shown


# -- the doctor --------------------------------------------------------------------------------------------------


def test_a_client_with_which_nobody_signed_in_is_told_with_the_command(tmp_path):
    desk = by_smtp(
        demo(tmp_path, ran_at=NOW),
        free_port(),
        f", user: {USER}, oauth2: {{file: g.json, endpoint: 'http://127.0.0.1:1/'}}",
    )
    (one,) = lines(desk, "email", code=1)
    assert (one["state"], "does not exist" in one["found"], "aftersales login" in one["cure"]) == ("wrong", True, True)
    (desk.folder / "g.json").write_text(json.dumps({"installed": CLIENT}))
    (desk.folder / "g.json").chmod(0o644)
    (one,) = lines(desk, "email", code=1)
    assert "nobody has signed in yet: run `aftersales login`" in one["found"]
    assert [one["state"] for one in lines(desk, "secrets", code=1)] == ["warning"]
    assert CLIENT["client_secret"] not in str(lines(desk, "email", code=1))


def test_a_signature_that_the_dns_knows_nothing_of_and_one_for_another_domain_are_warned_of(tmp_path):
    with server(Mailbox()) as port:
        desk = by_smtp(demo(tmp_path, ran_at=NOW), port, ", dkim: {domain: other.invalid, selector: m, key: dkim.pem}")
        key = subprocess.run(["openssl", "genrsa", "2048"], capture_output=True, check=True, text=True).stdout
        (desk.folder / "dkim.pem").write_text(key)
        dns, strange = lines(desk, "dkim")
    assert (dns["state"], strange["state"]) == ("warning", "warning")
    assert "the signature for other.invalid could not be verified" in dns["found"]
    assert "m._domainkey.other.invalid" in dns["cure"]
    assert strange["found"].startswith("letters are from shop.example and signed for other.invalid")


def test_a_key_that_cannot_sign_is_wrong_though_its_form_is_right(tmp_path):
    with server(Mailbox()) as port:
        desk = by_smtp(demo(tmp_path, ran_at=NOW), port, ", dkim: {domain: shop.example, selector: m, key: dkim.pem}")
        body = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g"
        (desk.folder / "dkim.pem").write_text(f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n")
        (one,) = lines(desk, "dkim", code=1)
    assert (one["state"], "no usable RSA key" in one["found"], body in str(one)) == ("wrong", True, False)


def test_the_account_of_the_sent_mail_is_entered_and_searched(tmp_path):
    with imap() as box, server(Mailbox()) as port:
        account = f"host: 127.0.0.1, port: {box.port}, security: none, user: {USER}, password: '${{BOX}}'"
        desk = by_smtp(demo(tmp_path, ran_at=NOW), port, f", sent: {{{account}, folder: INBOX}}")
        (desk.folder / ".env").write_text(f"BOX={PASSWORD}\n")
        (one,) = lines(desk, "sent mail")
        assert (one["state"], "INBOX of 127.0.0.1 can be searched" in one["found"]) == ("ok", True)
        (desk.folder / ".env").write_text("BOX=wrong\n")
        (one,) = lines(desk, "sent mail", code=1)
    assert (one["state"], "refused the login" in one["found"]) == ("wrong", True)

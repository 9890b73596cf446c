"""What a mail means: bounces of many servers, replies of many programs, and everything else."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.mailbox.mails import BOUNCES, GMAIL, ID, NEITHER, REPLIES, bare, filled, postfix, reply
from toolkit.core.inbound import Kind
from toolkit.gateways.mailbox.imap import Raw
from toolkit.gateways.mailbox.replies import trimmed
from toolkit.gateways.mailbox.sorting import understood


def sorted_out(content):
    return understood(Raw(7, content, None))


@pytest.mark.parametrize("name", BOUNCES)
def test_a_bounce_names_our_letter_and_says_why(name):
    content, stops, why = BOUNCES[name]
    found = sorted_out(content)
    assert (found.kind, found.ids[0], found.stops) == (Kind.BOUNCE, ID, stops)
    assert found.text.startswith(why)
    assert "@" not in found.text
    assert len(found.text) <= 160
    assert found.uid == 7


@pytest.mark.parametrize("name", BOUNCES)
def test_a_bounce_whose_end_was_not_fetched_still_speaks(name):
    content, stops, _ = BOUNCES[name]
    whole = content + b"x" * 1000
    assert sorted_out(whole).stops is stops


@pytest.mark.parametrize("name", REPLIES)
def test_a_reply_is_what_the_person_wrote(name):
    content, said = REPLIES[name]
    found = sorted_out(content)
    assert (found.kind, found.ids, found.sender) == (Kind.REPLY, (ID,), "zhang@shop.example")
    assert found.text == said


@pytest.mark.parametrize("name", NEITHER)
def test_all_other_mail_is_nobodys_business(name):
    assert sorted_out(NEITHER[name]) is None


def test_a_long_reply_is_kept_short():
    text = sorted_out(reply("很" * 5000)).text
    assert (len(text), text[-1]) == (500, "…")


def test_a_customer_who_writes_about_a_bounce_has_replied():
    assert sorted_out(reply("你们的邮件被退信了", subject="退信")).kind is Kind.REPLY


def test_hostile_mails_take_no_time():
    began = time.monotonic()
    for text in (
        " " * 200_000,
        "-" * 200_000,
        "- " * 100_000,
        "On " * 80_000,
        "在" * 100_000,
        "\n" * 200_000,
        ">" * 200_000,
    ):
        trimmed(text)
        sorted_out(bare("utf-8", text.encode()))
        sorted_out(filled(GMAIL).replace(b"** Address", text[:100_000].encode()))
        sorted_out(postfix().replace(b"User unknown", text[:100_000].encode()))
    sorted_out(bare("utf-8", b"<div>" * 50_000 + b"<blockquote>" * 10_000, "html"))
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3000))
    sorted_out(deep)
    assert time.monotonic() - began < 20


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([*BOUNCES, *REPLIES]), st.data())
def test_a_mail_broken_anywhere_never_raises(name, data):
    content = (BOUNCES.get(name) or REPLIES[name])[0]
    at = data.draw(st.integers(0, len(content)))
    length = data.draw(st.integers(0, 40))
    broken = content[:at] + data.draw(st.binary(max_size=20)) + content[at + length :]
    sorted_out(broken)

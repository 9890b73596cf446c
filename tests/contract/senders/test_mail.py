"""The mail itself: parts, headers, names, addresses."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.contract.outbox_samples import NOW, key, letter
from tests.contract.sender_samples import SENDER, clock
from toolkit.core.message import Attachment, Letter, Rejected
from toolkit.gateways.senders.folder import FolderChannel
from toolkit.gateways.senders.mail import UnmailableError, build_mail, message_id


def parsed(message, sender=SENDER):
    raw = build_mail(message, sender, datetime(2026, 11, 23, 10, tzinfo=UTC)).as_bytes()
    raw.decode("ascii")  # nothing a relay could mangle
    assert max(map(len, raw.splitlines())) < 998
    return email.message_from_bytes(raw, policy=email.policy.default)


def test_a_mail_has_a_plain_and_an_html_part_and_its_attachments():
    ics = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
    mail = parsed(
        letter(
            letter=Letter(
                "上门 预约",
                "您好 <你>\n",
                "<p>您好</p>\n",
                (
                    Attachment("上门.ics", "text/calendar", ics),
                    Attachment("账单.pdf", "application/pdf", b"%PDF\x00\xff"),
                ),
            )
        )
    )
    assert mail.get_content_type() == "multipart/mixed"
    parts = [mail.get_body((kind,)).get_content().replace("\r\n", "\n") for kind in ("plain", "html")]
    assert parts == ["您好 <你>\n", "<p>您好</p>\n"]
    calendar, bill = mail.iter_attachments()
    assert (calendar.get_content_type(), calendar.get_param("method")) == ("text/calendar", "REQUEST")
    assert (calendar.get_filename(), calendar.get_payload(decode=True)) == ("上门.ics", ics)
    assert (bill.get_filename(), bill.get_content()) == ("账单.pdf", b"%PDF\x00\xff")


def test_the_headers_say_who_what_and_that_no_person_wrote_it():
    mail = parsed(letter(thread="T1"))
    assert str(mail["Subject"]) == "预约"
    assert str(mail["Message-ID"]) == message_id(key(), "shop.example")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["References"] == mail["In-Reply-To"] == message_id("thread:T1", "shop.example")
    assert mail["List-Unsubscribe"] == "<mailto:stop@shop.example>"
    assert mail["From"].addresses[0].display_name == "安居 售后"
    assert (mail["Date"].datetime, mail["List-Unsubscribe-Post"]) == (datetime(2026, 11, 23, 10, tzinfo=UTC), None)


def test_one_click_is_offered_for_https_only_and_never_to_staff():
    web = replace(SENDER, unsubscribe="https://shop.example/u/1")
    assert parsed(letter(), web)["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert parsed(letter(key(role="staff:S03")), web)["List-Unsubscribe"] is None


def test_the_message_id_depends_on_the_key_alone():
    ids = {str(parsed(letter(key("T1"), text=text))["Message-ID"]) for text in "ab"}
    assert len(ids) == 1
    assert ids != {str(parsed(letter(key("T2")))["Message-ID"])}


NAMES = [
    "张三",
    "张三, boss@x.example",
    '"q" <a@b.example>',
    "O'Brien (x); y",
    "很" * 120 + ", a@b.example",
    "",
    "=?utf-8?b?eA==?=",
    "a\tb",
]


@pytest.mark.parametrize("name", NAMES)
def test_whatever_the_name_there_is_one_recipient(name):
    mail = parsed(letter(to_name=name))
    assert [address.addr_spec for address in mail["To"].addresses] == ["zhang@shop.example"]


@pytest.mark.parametrize(
    "address", ["", "x", "a@b@c.example", "a@b.example\nBcc: x@y.example", "张@shop.example", "A <a@b.example>"]
)
def test_an_address_that_is_none_is_rejected_before_anything_leaves(address, tmp_path):
    with pytest.raises(UnmailableError):
        build_mail(letter(to=address), SENDER, NOW)
    outcome = FolderChannel(tmp_path, clock, sender=SENDER).send(letter(to=address))
    assert isinstance(outcome, Rejected)
    assert list(tmp_path.iterdir()) == []


def test_a_chinese_domain_is_sent_in_punycode():
    assert parsed(letter(to="li@例子.中国"))["To"].addresses[0].addr_spec == "li@xn--fsqu00a.xn--fiqs8s"


@pytest.mark.parametrize("length", range(12))
def test_a_long_chinese_subject_keeps_its_blanks_wherever_it_is_folded(length):
    # Python before 3.13 drops a blank between two encoded words; where they part depends on what stands before.
    subject = f"{'升级' * length}（总监）：解决问题逾期 6 个工作日 · AS-20261107-0001 {'a ' * 20}完"
    assert parsed(letter(letter=Letter(subject, "text")))["Subject"] == subject

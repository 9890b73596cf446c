"""The suite that every channel passes."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime

import pytest

from tests.contract.chat_stubs import BOTS, channel_to
from tests.contract.chat_stubs import serving as serving_a_bot
from tests.contract.outbox_samples import key, letter
from tests.contract.sender_samples import SENDER, Mailbox, clock, server, smtp
from tests.contract.sms_stubs import GATEWAYS, dressed, serving
from toolkit.core.message import Accepted, Letter, Limits
from toolkit.gateways.senders.folder import FolderChannel


class EmailFolder:
    """Files of whole mails."""

    def __init__(self, folder):
        self.channel = FolderChannel(folder / "outbox", clock, sender=SENDER)
        self.folder = folder / "outbox"

    def received(self):
        found = [
            email.message_from_bytes(p.read_bytes(), policy=email.policy.default) for p in self.folder.rglob("*.eml")
        ]
        return [mail.get_body(("plain",)).get_content() for mail in found]


class SmsFolder:
    """Files of text."""

    def __init__(self, folder):
        self.channel = FolderChannel(folder / "outbox", clock, name="sms")
        self.folder = folder / "outbox"

    def received(self):
        return [path.read_text().split("\n\n", 1)[1] for path in self.folder.rglob("*.txt")]


class RealSmtp:
    """A server on the loopback."""

    def __init__(self, port, mailbox):
        self.channel = smtp(port)
        self.mailbox = mailbox

    def received(self):
        return [mail.get_body(("plain",)).get_content() for mail in self.mailbox.mails]


class SmsGateway:
    """A gateway's stub on the loopback: what travelled is a number, a template's code and one variable."""

    def __init__(self, stub):
        self.channel, self.stub = stub.channel(), stub

    def dressed(self, message):
        return dressed(message)

    def received(self):
        assert self.stub.complaints == []
        return [one["text"] for one in self.stub.taken]


class ChatBot:
    """A bot of one of the services, on the loopback."""

    def __init__(self, name, port, bot):
        self.channel = channel_to(name, port, lambda: datetime.now(UTC))
        self.bot = bot

    def received(self):
        return self.bot.texts()


@pytest.fixture(params=["email folder", "sms folder", "smtp", *GATEWAYS, *BOTS])
def way(request, tmp_path):
    match request.param:
        case name if name in GATEWAYS:
            with serving(GATEWAYS[name]()) as stub:
                gateway = SmsGateway(stub)
                yield gateway
                gateway.channel.close()
        case "email folder":
            yield EmailFolder(tmp_path)
        case "sms folder":
            yield SmsFolder(tmp_path)
        case name if name in BOTS:
            bot = BOTS[name]()
            with serving_a_bot(bot) as port:
                yield ChatBot(name, port, bot)
        case _:
            mailbox = Mailbox()
            with server(mailbox) as port:
                real = RealSmtp(port, mailbox)
                yield real
                real.channel.close()


def sent(way, message):
    """Send it, in the dress that this way asks for."""
    return way.channel.send(getattr(way, "dressed", lambda one: one)(message))


NASTY = "王\r\nBcc: evil@x.example\n\n<b>\x00"


def test_an_accepted_message_arrives_whole_and_has_an_id(way):
    outcome = sent(way, letter(text="张先生，您好！\n.\n明天 9:00 见。"))
    assert isinstance(outcome, Accepted)
    assert outcome.provider_id
    assert [text.replace("\r\n", "\n").rstrip("\n") for text in way.received()] == ["张先生，您好！\n.\n明天 9:00 见。"]


def test_two_messages_are_two(way):
    for row in ("T1", "T2"):
        assert isinstance(sent(way, letter(key(row), text=row)), Accepted)
    assert sorted(text.strip() for text in way.received()) == ["T1", "T2"]


def test_hostile_names_subjects_and_keys_add_no_header_line(way):
    hostile = letter(
        key("T1\r\nX: 1"),
        to_name=NASTY,
        notice="visit/../../\n",
        row_key="../../etc/passwd\n",
        letter=Letter("主题\r\nBcc: evil@x.example\r\n\r\nbody", "text"),
        thread="T1\r\nX-Evil: 1",
    )
    assert isinstance(sent(way, hostile), Accepted)
    assert [text.strip() for text in way.received()] == ["text"]


def test_a_channel_says_what_it_is_and_closes_twice(way):
    assert way.channel.is_folder is isinstance(way, EmailFolder | SmsFolder)
    assert way.channel.name in ("email", "sms", "chat")
    assert isinstance(way.channel.limits, Limits)
    way.channel.close()
    way.channel.close()


def test_half_a_surrogate_pair_stops_nothing(way):
    assert isinstance(sent(way, letter(text="a\ud83d b", to_name="x\ud83d")), Accepted)

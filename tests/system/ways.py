"""Every way out of the house with a stub at its end on the loopback: what arrived there, and what it does on the way."""

from __future__ import annotations

import email
import email.policy
import re
from collections import Counter
from contextlib import contextmanager, nullcontext

from tests.contract import chat_stubs, sms_stubs
from tests.contract.outbox_samples import NOW, key, letter
from tests.contract.sender_samples import Mailbox, server, smtp
from toolkit.core.message import Letter
from toolkit.gateways.senders.folder import FolderChannel
from toolkit.gateways.senders.mail import MailFrom

SENDER = MailFrom("care@shop.example")
ROW = re.compile(r"\bT\d+\b")


class Way:
    """One way. `taken` is called behind each message that the other side took, before it says so.

    A way is made before the process that will use it; `serving` opens the server, whose port that process is then told.
    """

    name = "email"
    to = "zhang@shop.example"
    can_be_asked = False

    def __init__(self, folder):
        self.folder = folder
        self.taken = lambda _count: None

    def message(self, number):
        """A message whose text names its row."""
        return letter(key(f"T{number}", channel=self.name), to=self.to, letter=self.letter(f"您好 T{number} 明天见"))

    def letter(self, text):
        return Letter("预约", text)

    def serving(self):
        """The other side; gives its port."""
        return nullcontext(0)

    def channel(self, port):
        raise NotImplementedError

    def texts(self):
        """What the other side took, in its own words."""
        raise NotImplementedError

    def arrived(self):
        """How often each row's message was taken."""
        return Counter(row for text in self.texts() for row in set(ROW.findall(text)))


class Folder(Way):
    def channel(self, port):
        return FolderChannel(self.folder / "outbox", lambda: NOW, sender=SENDER)

    def texts(self):
        files = sorted(path for path in (self.folder / "outbox").rglob("*.eml") if not path.name.startswith("."))
        return [read(path.read_bytes()) for path in files]


class Smtp(Way):
    def __init__(self, folder):
        super().__init__(folder)
        self.mailbox = Mailbox()

    @contextmanager
    def serving(self):
        inner = self.mailbox.handle_DATA

        async def handle(*words):
            answer = await inner(*words)
            self.taken(len(self.mailbox.bodies))
            return answer

        self.mailbox.handle_DATA = handle
        with server(self.mailbox) as port:
            yield port

    def channel(self, port):
        return smtp(port)

    def texts(self):
        return [read(body) for body in self.mailbox.bodies]


class Sms(Way):
    name, to = "sms", sms_stubs.PHONE

    def __init__(self, folder, gateway):
        super().__init__(folder)
        self.stub = sms_stubs.GATEWAYS[gateway]()
        self.can_be_asked = gateway != "apprise"

    def letter(self, text):
        return Letter("", text, template=sms_stubs.TEMPLATE, variables={"1": text})

    @contextmanager
    def serving(self):
        inner = self.stub.answer

        def answer(*words):
            before = len(self.stub.taken)
            said = inner(*words)
            if len(self.stub.taken) > before:
                self.taken(len(self.stub.taken))
            return said

        self.stub.answer = answer
        with sms_stubs.serving(self.stub):
            yield int(self.stub.url.rpartition(":")[2])

    def channel(self, port):
        self.stub.url = f"http://127.0.0.1:{port}"
        return self.stub.channel()

    def texts(self):
        return [one["text"] for one in self.stub.taken]


class Chat(Way):
    name, to = "chat", "#default"

    def __init__(self, folder, service):
        super().__init__(folder)
        self.service = service
        self.bot = chat_stubs.BOTS[service]()

    @contextmanager
    def serving(self):
        inner = self.bot.answer

        def answer(*words):
            before = len(self.bot.posts)
            said = inner(*words)
            if len(self.bot.posts) > before:
                self.taken(len(self.bot.posts))
            return said

        self.bot.answer = answer
        with chat_stubs.serving(self.bot) as port:
            yield port

    def channel(self, port):
        return chat_stubs.channel_to(self.service, port, lambda: NOW)

    def texts(self):
        return self.bot.texts()


MAIL = {"email folder": Folder, "smtp": Smtp}
NAMES = (*MAIL, *sms_stubs.GATEWAYS, *chat_stubs.BOTS)


def way_by(name, folder):
    """The way of this name."""
    if name in MAIL:
        return MAIL[name](folder)
    return (Sms if name in sms_stubs.GATEWAYS else Chat)(folder, name)


def read(body):
    """A mail's plain text."""
    mail = email.message_from_bytes(body, policy=email.policy.default)
    return mail.get_body(("plain",)).get_content()

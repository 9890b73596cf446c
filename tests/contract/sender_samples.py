"""Senders to be tested: a clock, a real SMTP server, a channel that talks to it."""

from __future__ import annotations

import email
import email.policy
import socket
from contextlib import contextmanager

from aiosmtpd.controller import Controller

from tests.contract.outbox_samples import NOW
from toolkit.gateways.senders.mail import MailFrom
from toolkit.gateways.senders.smtp import SmtpChannel, SmtpConfig

SENDER = MailFrom("care@shop.example", "安居 售后", unsubscribe="mailto:stop@shop.example")


def clock():
    return NOW


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Mailbox:
    """What an aiosmtpd server got; `answers` are given before it accepts, one a mail."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.bodies = []
        self.envelopes = []
        self.connections = set()

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.connections.add(session.peer)
        if self.answers and (answer := self.answers.pop(0)):
            return answer
        self.bodies.append(envelope.content)
        self.envelopes.append((envelope.mail_from, list(envelope.rcpt_tos)))
        return "250 taken"

    @property
    def mails(self):
        return [email.message_from_bytes(body, policy=email.policy.default) for body in self.bodies]


@contextmanager
def server(mailbox, **options):
    """A real SMTP server. aiosmtpd cannot choose a port itself."""
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def smtp(port, **more):
    settings = {"security": "none", "timeout": 2.0} | more
    config = SmtpConfig("127.0.0.1", port, "care@shop.example", "安居 售后", **settings)
    return SmtpChannel(config, clock)

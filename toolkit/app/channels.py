"""The configured ways to reach people, opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import TYPE_CHECKING

from toolkit.app.planning import words_of
from toolkit.core.message import Channel
from toolkit.core.reason import because
from toolkit.gateways.senders.folder import FolderChannel
from toolkit.gateways.senders.mail import MailFrom
from toolkit.settings.model import Settings

if TYPE_CHECKING:
    from toolkit.gateways.mailbox import SentMail
    from toolkit.gateways.senders.oauth2 import Tokens
    from toolkit.gateways.senders.smtp import SmtpConfig
    from toolkit.settings.sections.mail import SentSetting

NOBODY = "aftersales@localhost.localdomain"
"""The sender of letters that only go into a folder, while no address is configured."""


def open_channels(settings: Settings, now: Callable[[], datetime]) -> Mapping[str, Channel]:
    """By name. Folders show the day and hour of `now` in the desk's zone."""
    found: dict[str, Channel] = {}

    def local() -> datetime:
        return now().astimezone(settings.timezone)

    email = settings.channels.email
    sender = _sender(settings)
    if email.via == "folder":
        found["email"] = FolderChannel(settings.outbox, local, sender=sender)
    elif email.via == "smtp":
        found["email"] = _smtp(settings, local)
    if settings.channels.chat.via != "none":
        found["chat"] = _chat(settings, local)
    if settings.channels.sms.via == "folder":
        found["sms"] = FolderChannel(settings.outbox, local, name="sms")
    elif settings.channels.sms.via != "none":
        from toolkit.app.sms import open_sms

        found["sms"] = open_sms(settings.channels.sms, local)
    return found


def smtp_config(settings: Settings) -> SmtpConfig:
    """The configured mail server."""
    from toolkit.gateways.senders.oauth2 import Tokens
    from toolkit.gateways.senders.signing import Dkim
    from toolkit.gateways.senders.smtp import SmtpConfig

    email, sender = settings.channels.email, _sender(settings)
    return SmtpConfig(
        host=email.host or "",
        port=email.port or 0,
        from_address=sender.address,
        from_name=sender.name,
        security=email.security,
        user=email.user or "",
        password=email.password or "",
        logo=sender.logo,
        tokens=Tokens(email.oauth2.file, email.oauth2.endpoint) if email.oauth2 else None,
        dkim=Dkim(email.dkim.domain, email.dkim.selector, email.dkim.key) if email.dkim else None,
    )


def sent_mail(sent: SentSetting, tokens: Tokens | None) -> SentMail:
    """The folders of sent mail; without a password the account is entered as the mail server is."""
    from toolkit.gateways.mailbox import MailboxConfig, SentMail

    config = MailboxConfig(
        sent.host,
        sent.port,
        sent.user,
        sent.password,
        sent.security,
        tokens=tokens.token if tokens is not None and not sent.password else None,
    )
    return SentMail(config, sent.folders)


def _smtp(settings: Settings, local: Callable[[], datetime]) -> Channel:
    from toolkit.gateways.senders.smtp import SmtpChannel

    config, sent = smtp_config(settings), settings.channels.email.sent
    if sent is None:
        return SmtpChannel(config, local)
    from toolkit.gateways.senders.findable import FindableSmtp

    return FindableSmtp(config, local, sent_mail(sent, config.tokens))


def _sender(settings: Settings) -> MailFrom:
    email = settings.channels.email
    name, address = parseaddr(email.from_ or email.user or NOBODY)
    return MailFrom(address, name or settings.company.name, logo=settings.company.logo)


def _chat(settings: Settings, local: Callable[[], datetime]) -> Channel:
    """Into the folder, or by bots, whose pace and signatures go by the real clock."""
    chat = settings.channels.chat
    if chat.via == "folder":
        return FolderChannel(settings.outbox, local, name="chat")
    from toolkit.gateways.senders.chat import SERVICES, ChatChannel, Room

    words = words_of(settings)
    return ChatChannel(
        SERVICES[chat.via],
        {one.name: Room(one.webhook, one.secret, one.keyword) for one in chat.rooms},
        lambda: datetime.now(UTC),
        lambda n: words.say(because("chat.more", n=n)),
    )

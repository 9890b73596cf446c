"""The configured ways to reach people, opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import parseaddr
from typing import TYPE_CHECKING

from toolkit.core.message import Channel
from toolkit.gateways.senders.folder import FolderChannel
from toolkit.gateways.senders.mail import MailFrom
from toolkit.settings.model import Settings

if TYPE_CHECKING:
    from toolkit.gateways.senders.smtp import SmtpConfig

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
        from toolkit.gateways.senders.smtp import SmtpChannel

        found["email"] = SmtpChannel(smtp_config(settings), local)
    for name, setting in (("sms", settings.channels.sms), ("chat", settings.channels.chat)):
        if setting.via == "folder":
            found[name] = FolderChannel(settings.outbox, local, name=name)
    if settings.channels.sms.via not in ("folder", "none"):
        from toolkit.app.sms import open_sms

        found["sms"] = open_sms(settings.channels.sms, local)
    return found


def smtp_config(settings: Settings) -> SmtpConfig:
    """The configured mail server."""
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
    )


def _sender(settings: Settings) -> MailFrom:
    email = settings.channels.email
    name, address = parseaddr(email.from_ or email.user or NOBODY)
    return MailFrom(address, name or settings.company.name)

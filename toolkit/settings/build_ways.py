"""The checked forms of chat and mailbox into settings."""

from __future__ import annotations

from datetime import timedelta
from typing import cast
from urllib.parse import urlsplit

from toolkit.settings import form_ways, model_ways

IMAP_PORTS = {"ssl": 993, "starttls": 143, "none": 143}
_EVERY = timedelta(minutes=10)


def chat(one: form_ways.ChatForm) -> model_ways.ChatSetting:
    """The rooms in the file's order, everybody's last. `endpoint` takes the place of each webhook's scheme and host."""

    def address(webhook: str) -> str:
        if one.endpoint is None:
            return webhook
        parts = urlsplit(webhook)
        query = f"?{parts.query}" if parts.query else ""
        return one.endpoint.rstrip("/") + parts.path + query

    rooms = [
        model_ways.RoomSetting(
            name, address(room.webhook), room.secret or "", room.keyword or "", room.roles, room.departments
        )
        for name, room in one.rooms.items()
    ]
    if one.webhook is not None or one.via == "folder":
        webhook = address(one.webhook) if one.webhook is not None else ""
        rooms.append(model_ways.RoomSetting(model_ways.DEFAULT_ROOM, webhook, one.secret or "", one.keyword or ""))
    return model_ways.ChatSetting(one.via, tuple(rooms), one.mention)


def mailbox(one: form_ways.MailboxForm | None) -> model_ways.MailboxSetting | None:
    """None where there is none, or it is switched off."""
    if one is None or one.off:
        return None
    clock = one.every.clock if one.every is not None else None
    return model_ways.MailboxSetting(
        host=one.host,
        port=one.port or IMAP_PORTS[one.security],
        security=cast("model_ways.Security", one.security),
        user=one.user,
        password=one.password,
        folder=one.folder,
        every=timedelta(microseconds=clock) if clock is not None else _EVERY,
        mark_seen=one.mark_seen,
    )

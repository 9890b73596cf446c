"""`channels.chat`: the rooms of staff, and the bots in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, model_validator

from toolkit.settings.fields import Listed, WebText, one_of, say
from toolkit.settings.form_base import Form, via

BOTS = ("wecom", "dingtalk", "feishu", "slack")
DEFAULT_ROOM = "default"


@dataclass(frozen=True, slots=True)
class RoomSetting:
    """A bot's room, and whose it is: staff with one of these roles or in one of these departments."""

    name: str
    webhook: str = field(repr=False)
    secret: str = field(default="", repr=False)
    keyword: str = ""
    roles: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChatSetting:
    """How group chat leaves: `folder`, `none`, or one of BOTS. Rooms in their order; the last one is everybody's."""

    via: str
    rooms: tuple[RoomSetting, ...] = ()
    mention: bool = True


class RoomForm(Form):
    webhook: WebText
    secret: str | None = None
    keyword: str | None = None
    roles: Listed = ()
    departments: Listed = ()

    @model_validator(mode="after")
    def _for_somebody(self) -> RoomForm:
        if not self.roles and not self.departments:
            raise say(
                "a room of its own is for roles or departments of the staff register, e.g. roles: [manager, head]"
            )
        return self


class ChatForm(Form):
    via: Annotated[str, one_of("folder", "none", *BOTS)] = "folder"
    webhook: WebText | None = None
    secret: str | None = None
    keyword: str | None = None
    endpoint: WebText | None = None
    mention: bool = True
    rooms: dict[str, RoomForm] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _reachable(self) -> ChatForm:
        if self.via in BOTS and self.webhook is None:
            raise say(f"via: {self.via} needs webhook: the address of the bot, from the group's settings")
        if any(not name.replace("-", "").replace("_", "").isalnum() or name == "default" for name in self.rooms):
            raise say("a room's name has letters, digits, - and _; the first webhook is the room default")
        if self.via in BOTS and self.endpoint is None:
            rooms = (self.webhook, *(room.webhook for room in self.rooms.values()))
            if any(one is not None and not one.startswith("https://") for one in rooms):
                raise say("a webhook begins with https://")
        return self


Chat = Annotated[ChatForm, BeforeValidator(via)]


def chat(one: ChatForm) -> ChatSetting:
    """The rooms in the file's order, everybody's last. `endpoint` takes the place of each webhook's scheme and host."""

    def address(webhook: str) -> str:
        if one.endpoint is None:
            return webhook
        parts = urlsplit(webhook)
        query = f"?{parts.query}" if parts.query else ""
        return one.endpoint.rstrip("/") + parts.path + query

    rooms = [
        RoomSetting(name, address(room.webhook), room.secret or "", room.keyword or "", room.roles, room.departments)
        for name, room in one.rooms.items()
    ]
    if one.webhook is not None or one.via == "folder":
        webhook = address(one.webhook) if one.webhook is not None else ""
        rooms.append(RoomSetting(DEFAULT_ROOM, webhook, one.secret or "", one.keyword or ""))
    return ChatSetting(one.via, tuple(rooms), one.mention)

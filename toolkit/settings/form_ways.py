"""The form of the ways that lead to staff chat and back from customers: rooms of bots, the mailbox."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from toolkit.settings.fields import DurationText, Listed, WebText, one_of, say
from toolkit.settings.form_rules import Form
from toolkit.settings.model_ways import BOTS


def via(value: Any) -> Any:
    """`email: folder` is short for `email: {via: folder}`."""
    return {"via": value} if isinstance(value, str) else value


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


class MailboxForm(Form):
    host: Annotated[str, Field(min_length=1)]
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    security: Annotated[str, one_of("ssl", "starttls", "none")] = "ssl"
    user: str
    password: str
    folder: str = "INBOX"
    every: DurationText | None = None
    mark_seen: bool = False
    off: bool = False

    @model_validator(mode="after")
    def _on_the_clock(self) -> MailboxForm:
        if self.every is not None and self.every.clock is None:
            raise say("every counts clock time, in min or h")
        return self


Chat = Annotated[ChatForm, BeforeValidator(via)]

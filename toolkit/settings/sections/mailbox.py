"""`mailbox`: where bounces and replies arrive."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Literal, cast

from pydantic import Field, model_validator

from toolkit.settings.fields import DurationText, one_of, say
from toolkit.settings.form_base import Form

Security = Literal["ssl", "starttls", "none"]
IMAP_PORTS = {"ssl": 993, "starttls": 143, "none": 143}
_EVERY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class MailboxSetting:
    """Where bounces and replies arrive."""

    host: str
    port: int
    security: Security
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    every: timedelta = timedelta(minutes=10)
    mark_seen: bool = False


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


def mailbox(one: MailboxForm | None) -> MailboxSetting | None:
    """None where there is none, or it is switched off."""
    if one is None or one.off:
        return None
    clock = one.every.clock if one.every is not None else None
    return MailboxSetting(
        host=one.host,
        port=one.port or IMAP_PORTS[one.security],
        security=cast("Security", one.security),
        user=one.user,
        password=one.password,
        folder=one.folder,
        every=timedelta(microseconds=clock) if clock is not None else _EVERY,
        mark_seen=one.mark_seen,
    )

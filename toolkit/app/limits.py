"""When somebody is left in peace: the quiet hours of an audience, and how much one address gets in a day."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from toolkit.core.message import ROOM, Message
from toolkit.gateways.state import StateDatabase
from toolkit.settings.model import Settings
from toolkit.settings.sections.limits import AUDIENCES

__all__ = ["AUDIENCES", "DailyCap", "after_quiet", "is_urgent"]


def is_urgent(settings: Settings, message: Message) -> bool:
    """Urgent notices to staff pass quiet hours and caps; a folder of files wakes nobody, but it rehearses the real thing."""
    notice = settings.notices.get(message.notice)
    return message.audience == "staff" and notice is not None and notice.is_urgent


def after_quiet(settings: Settings, moment: datetime, audience: str) -> datetime | None:
    """When the quiet hours that hold now for an audience are over; None where none hold."""
    quiet = settings.channels.quiet_hours.get(audience)
    if quiet is None:
        return None
    begins, ends = quiet
    local = moment.astimezone(settings.timezone)
    now = local.time()
    if not (begins <= now < ends if begins <= ends else now >= begins or now < ends):
        return None
    day = local.date() if now < ends else local.date() + timedelta(days=1)
    return datetime.combine(day, ends, tzinfo=settings.timezone)


@dataclass
class DailyCap:
    """What each address has had today, counted from the outbox and on from there.

    A message over the cap stays ready: the first run of the next day sends it, if it does not expire before that.
    A chat room has no cap, since it is not one person's.
    """

    settings: Settings
    state: StateDatabase
    sent: Counter[str] = field(default_factory=Counter)
    hashes: dict[str, str] = field(default_factory=dict)

    @classmethod
    def begun(cls, settings: Settings, state: StateDatabase, now: datetime) -> DailyCap:
        """As the day stands so far; a day is the desk's own."""
        today = datetime.combine(now.astimezone(settings.timezone).date(), time(0), tzinfo=settings.timezone)
        return cls(settings, state, state.sent_since(today))

    def why_not(self, message: Message) -> str | None:
        """Why it has to wait; None where it may go."""
        most = self.settings.channels.daily_cap.get(message.audience)
        if most is None or message.to.startswith(ROOM) or is_urgent(self.settings, message):
            return None
        if self.sent[self._hash(message.to)] < most:
            return None
        return f"waits for tomorrow: this address had {most} messages today (channels.daily_cap)"

    def count(self, message: Message) -> None:
        """One more for its address."""
        self.sent[self._hash(message.to)] += 1

    def _hash(self, address: str) -> str:
        if address not in self.hashes:
            self.hashes[address] = self.state.hash_of(address)
        return self.hashes[address]

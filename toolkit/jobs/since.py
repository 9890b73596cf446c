"""From which day on events get messages: a desk that begins tells nobody of what is long past (60, 16)."""

from __future__ import annotations

from datetime import date, datetime

from toolkit.registers.snapshot import Snapshot
from toolkit.settings.model import Settings


def go_live(settings: Settings, snapshot: Snapshot, now: datetime) -> date:
    """As configured, else the day of the first run."""
    if settings.channels.only_since is not None:
        return settings.channels.only_since
    return (snapshot.memory.first_run_at or now).astimezone(settings.timezone).date()


def is_news(event_at: datetime, settings: Settings, since: date) -> bool:
    """Whether somebody may still hear of an event."""
    return event_at.astimezone(settings.timezone).date() >= since

"""Messages, a database and a clock for the tests of the outbox."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from toolkit.core.actions import Occasion, Recipient, RowId
from toolkit.core.message import Letter, Message, Outcome, State
from toolkit.core.reason import Reason
from toolkit.gateways.state import StateDatabase, open_state

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LEASE = timedelta(minutes=15)
ON_SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
CHANNELS = ("email", "sms", "chat")


def key(row: str = "T1", notice: str = "visit", cause: str = "", role: str = "customer", channel: str = "email") -> str:
    return f"main|tickets|{row}|{notice}||0|{cause}|{role}|{channel}"


def letter(*occasions: str, text: str = "您好", to: str = "zhang@shop.example", **more: object) -> Message:
    """A ready message that serves `occasions` (by default one)."""
    keys = occasions or (key(),)
    _, _, row, notice, _, _, _, role, channel = keys[0].split("|")
    audience = role.partition(":")[0]
    base = Message(
        keys[0], keys, notice, channel, role, audience, to, "张三", Letter("预约", text), "main", "tickets", row
    )
    return replace(base, **more)


def occasion(row: str = "T1", notice: str = "visit", cause: str = "") -> Occasion:
    return Occasion(
        RowId("main", "tickets", row, 2), notice, Recipient("customer", "customer", "email"), Reason("r"), cause=cause
    )


def database(folder: Path) -> StateDatabase:
    """The database of a test: on PostgreSQL where its fixture wrote down an address, else a SQLite file."""
    elsewhere = folder / "state.url"
    return open_state(elsewhere.read_text() if elsewhere.exists() else "sqlite:///state/toolkit.db", folder)


def states(state: StateDatabase) -> list[State]:
    """Where the messages stand, oldest first."""
    return [stored.state for stored in reversed(state.messages())]


def claim(state: StateDatabase, now: datetime = NOW) -> int | None:
    found = state.claim("me", now, lease=LEASE, channels=CHANNELS)
    return found[0].id if found else None


def send(state: StateDatabase, outcome: Outcome, now: datetime = NOW) -> int:
    number = claim(state, now)
    assert number is not None
    assert state.start_sending(number, "me", now, lease=LEASE)
    state.settle(number, "me", outcome, now)
    return number

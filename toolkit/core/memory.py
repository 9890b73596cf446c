"""What earlier runs saw and said: read-only to the rules, stored by `run` alone (60, 7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from toolkit.core.message import Stored

TAB = "tab"
"""Remembered of a register as a whole (key ""): it was there and could be read."""


@dataclass(frozen=True, slots=True)
class Span:
    """A value that stood in a cell from the run that first saw it until the run that last did (None: still)."""

    value: str
    first_seen_at: datetime
    last_seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """The newest message that reached somebody about a row."""

    notice: str
    role: str
    channel: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Memory:
    """The state database as the rules see it. Times are aware (UTC).

    `spans[(book, register, key)][column]` is oldest first; `occasions` are the keys that were queued, sent or skipped, `ever` all keys there ever were, in every book;
    `marks[(book, register, key)]` tells the toolkit cells as the last run left them from any others,
    `outbox` counts messages by state, `missed` names the job slots that were missed since the last digest,
    `unlogged` are messages that the messages tab does not tell of yet.
    `reservations[(book, register, fingerprint, nth)]` is a number given.
    """

    spans: Mapping[tuple[str, str, str], Mapping[str, tuple[Span, ...]]] = field(default_factory=dict)
    occasions: frozenset[str] = frozenset()
    ever: frozenset[str] = frozenset()
    sent: Mapping[tuple[str, str, str], Sent] = field(default_factory=dict)
    reservations: Mapping[tuple[str, str, str, int], str] = field(default_factory=dict)
    marks: Mapping[tuple[str, str, str], int] = field(default_factory=dict)
    outbox: Mapping[str, int] = field(default_factory=dict)
    missed: tuple[str, ...] = ()
    unlogged: tuple[Stored, ...] = ()
    first_run_at: datetime | None = None
    last_run_at: datetime | None = None

"""Carries ready messages out of the house, one at a time; one message's fault never stops the others."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol, assert_never

from toolkit.core.message import (
    NO_LIMITS,
    ROOM,
    Accepted,
    Deferred,
    Outcome,
    Rejected,
    State,
    Unknown,
    room_of,
)
from toolkit.gateways.senders import CHANNEL_DOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from toolkit.core.message import Channel, Message, Stored
    from toolkit.gateways.state import StateDatabase

LEASE = timedelta(minutes=15)


class Cap(Protocol):
    """Who has had enough for today."""

    def why_not(self, message: Message) -> str | None:
        """Why a message has to wait for another day; None where it may go."""
        ...

    def count(self, message: Message) -> None:
        """It went, or may have gone."""
        ...


BATCH = 25
"""Messages claimed in one commit."""
MINUTE = timedelta(minutes=1)
STRIKES = 3
"""Unknown outcomes in a row after which a channel rests until the next run: a server that cuts every line would
otherwise turn the whole queue into messages of which nobody knows whether they arrived."""


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What became of the messages, by id. `rested` names the channels that were given up for this time, and
    why; `capped` had enough for today.
    """

    sent: tuple[int, ...] = ()
    failed: tuple[int, ...] = ()
    unknown: tuple[int, ...] = ()
    deferred: tuple[int, ...] = ()
    expired: tuple[int, ...] = ()
    capped: tuple[int, ...] = ()
    rested: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_delivered(self) -> bool:
        """Whether the sheets have anything to be told (60, 6)."""
        return bool(self.sent or self.failed or self.unknown or self.expired)


def deliver(
    state: StateDatabase,
    channels: Mapping[str, Channel],
    now: Callable[[], datetime],
    *,
    may_send: Callable[[Message], bool] | None = None,
    cap: Cap | None = None,
    only_folders: bool = False,
    alone: bool = False,
    lease: timedelta = LEASE,
) -> DeliveryReport:
    """Send what is ready, oldest first, each message at most once in this call.

    `only_folders` is for rehearsals with another `now`: messages of the other channels stay as they are, they do not
    even expire (60, 10). `alone` says that the run lock is held, so that leases of dead processes need not be awaited.
    `cap` knows who has had enough for today. `lease` must be more than twice a channel's timeout.
    """
    usable = {name: channel for name, channel in channels.items() if channel.is_folder or not only_folders}
    courier = _Courier(state, usable, now, lease, cap)
    lost = state.reap(now(), alone=alone).unknown
    expired = state.expire(now(), usable if only_folders else None)
    after = 0
    try:
        while batch := state.claim(
            courier.owner,
            now(),
            lease=lease,
            channels=courier.working(),
            may_send=courier.choosing(may_send),
            after=after,
            limit=BATCH,
        ):
            for stored in batch:
                courier.carry(stored)
            after = batch[-1].id
    finally:
        courier.settle()
    ids = courier.ids
    return DeliveryReport(
        sent=tuple(ids[State.SENT]),
        failed=tuple(ids[State.FAILED]),
        unknown=(*lost, *ids[State.UNKNOWN]),
        deferred=tuple(ids[State.READY]),
        expired=expired,
        capped=tuple(courier.capped),
        rested=courier.rested,
    )


@dataclass(slots=True)
class _Courier:
    """Sends one message after another.

    What somebody is told of one row leaves in the order in which it happened: what comes behind one that was put off waits
    for the next run, which tries that one first. Only there: once it is to be tried so late that a run passes without it, news
    does not wait for old news. A channel that is down holds up its own messages alone.

    How one ended is committed together with the start of the next: one sync to disk a message instead of two, and
    still nothing leaves before `sending` is committed.
    """

    state: StateDatabase
    channels: Mapping[str, Channel]
    now: Callable[[], datetime]
    lease: timedelta
    cap: Cap | None = None
    owner: str = field(default_factory=lambda: uuid.uuid4().hex)
    ids: dict[State, list[int]] = field(default_factory=lambda: {state: [] for state in State})
    rested: dict[str, str] = field(default_factory=dict)
    capped: list[int] = field(default_factory=list)
    strikes: dict[str, int] = field(default_factory=dict)
    counted: dict[str, list[datetime]] = field(default_factory=dict)
    put_off: dict[tuple[str, ...], int] = field(default_factory=dict)
    ended: tuple[Stored, Outcome, datetime] | None = None

    def working(self) -> list[str]:
        """The channels that do not rest."""
        return [name for name in self.channels if name not in self.rested]

    def choosing(self, may_send: Callable[[Message], bool] | None) -> Callable[[Message], bool] | None:
        """What may be claimed: nothing of a room that rests, for each such message would be put back by itself."""
        if self.rested.keys() <= self.channels.keys():
            return may_send
        return lambda message: lane_of(message) not in self.rested and (may_send is None or may_send(message))

    def carry(self, stored: Stored) -> None:
        """Send one claimed message, if its channel still works and it is still ours."""
        name = stored.message.channel
        lane = lane_of(stored.message)
        with self.state.transaction():
            landed = self._write()
            why_not = self.cap.why_not(stored.message) if self.cap else None
            ahead = self.put_off.get(_about(stored.message))
            if lane in self.rested or why_not or ahead:
                behind = f"waits for message {ahead} about the same row, which was put off" if ahead else None
                self.state.release(stored.id, self.owner, self.now(), note=why_not or behind)
                started = False
                self.capped += [stored.id] if why_not else []
            else:
                started = self.state.start_sending(stored.id, self.owner, self.now(), lease=self.lease)
        self._book(landed)
        if started:
            outcome = _attempt(self.channels[name], stored.message)
            self.ended = (stored, outcome, self.now())
            self._judge(lane, outcome)
            if isinstance(outcome, Deferred) and outcome.code not in CHANNEL_DOWN and stored.message.row_key:
                self.put_off[_about(stored.message)] = stored.id
            if self.cap and isinstance(outcome, Accepted | Unknown):
                self.cap.count(stored.message)
            self._count(name)

    def settle(self) -> None:
        """Write down how the last one ended."""
        self._book(self._write())

    def _write(self) -> State | None:
        if self.ended is None:
            return None
        stored, outcome, at = self.ended
        down = isinstance(outcome, Deferred) and outcome.code in CHANNEL_DOWN
        return self.state.settle(stored.id, self.owner, outcome, at, channel_down=down)

    def _book(self, landed: State | None) -> None:
        """Forget the last one, but only once its end is committed: a transaction that failed is tried once more."""
        if self.ended is not None and landed is not None:
            self.ids[landed].append(self.ended[0].id)
        self.ended = None

    def _judge(self, name: str, outcome: Outcome) -> None:
        """Let a channel rest that cannot be reached, or that leaves everything open."""
        match outcome:
            case Deferred(code, text) if code in CHANNEL_DOWN:
                self.rested[name] = text
            case Unknown(text):
                self.strikes[name] = self.strikes.get(name, 0) + 1
                if self.strikes[name] >= STRIKES:
                    self.rested[name] = text
            case Accepted() | Rejected() | Deferred():
                self.strikes[name] = 0
            case _:
                assert_never(outcome)

    def _count(self, name: str) -> None:
        """Let a channel rest that has had as many messages in this minute as it takes; the next run goes on."""
        most = getattr(self.channels[name], "limits", NO_LIMITS).per_minute  # it has left: no reason to end a run
        if most is None or name in self.rested:
            return
        recent = [at for at in self.counted.get(name, ()) if self.now() - at < MINUTE] + [self.now()]
        self.counted[name] = recent
        if len(recent) >= most:
            self.rested[name] = f"it takes {most} a minute"


def lane_of(message: Message) -> str:
    """What rests together: a channel, or one room of it. A bot that was thrown out of its room stops no other one."""
    return f"{message.channel} {ROOM}{room_of(message.to)[0]}" if message.to.startswith(ROOM) else message.channel


def _about(message: Message) -> tuple[str, ...]:
    """Who is told, and of which row."""
    return (message.book, message.register, message.row_key, message.role)


def _attempt(channel: Channel, message: Message) -> Outcome:
    try:
        return channel.send(message)
    except Exception as error:  # noqa: BLE001  a bug in one sender, met after sending began: nobody knows, others go on
        return Unknown(f"{type(error).__name__}: {error}")

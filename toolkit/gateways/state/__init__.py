"""The state database: what earlier runs saw and promised, and the outbox. `open_state` is the way in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.gateways.state.desk import Attempt, Desk, WrongStateError
from toolkit.gateways.state.engine import connect
from toolkit.gateways.state.inbound import Arrived, Inbounds, LookedAt, MailSent
from toolkit.gateways.state.journal import Journal, Writes
from toolkit.gateways.state.outbox import Outbox, Reaped
from toolkit.gateways.state.outside import StateError
from toolkit.gateways.state.privacy import BeingSentError, Person, Privacy, Trail
from toolkit.gateways.state.queueing import Queued, Queueing
from toolkit.gateways.state.receipts import Receipts, Unsettled
from toolkit.gateways.state.remembering import Recorded, Remembering
from toolkit.gateways.state.runs import Run, Runs, Slot, Slots

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import Self

__all__ = [
    "Arrived",
    "Attempt",
    "BeingSentError",
    "LookedAt",
    "MailSent",
    "Person",
    "Queued",
    "Reaped",
    "Recorded",
    "Run",
    "Slot",
    "StateDatabase",
    "StateError",
    "Trail",
    "Unsettled",
    "Writes",
    "WrongStateError",
    "open_state",
]


class StateDatabase(Remembering, Queueing, Outbox, Receipts, Desk, Runs, Slots, Journal, Inbounds, Privacy):
    """All of it over one connection; calls inside `with state.transaction():` stand or fall together."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_state(url: str, base: Path) -> StateDatabase:
    """Open the database at `url`, made and migrated where needed; a relative SQLite path counts from `base`.

    Raises UsageError where the address cannot be meant, StateError where the world refuses.
    """
    connected = connect(url, base)
    return StateDatabase(connected.engine, connected.where)

"""Asks the gateways what became of messages: `unknown` finds its end, `sent` becomes delivered or undelivered.

A few a run, for every question is a request of its own; unknown ones first, then the newest, then less and less often.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from toolkit.core.message import Channel, Receipt, State, Traceable
from toolkit.gateways.state import StateDatabase, Unsettled

MOST = 30
"""Questions a run."""
UNKNOWN_FOR = timedelta(minutes=10)
"""A message that was cut off may still arrive; nobody is asked before that."""
SENT_WITHIN = timedelta(days=3)
"""Later nobody waits for a receipt; gateways keep them for 7 to 30 days."""
SILENCES = 3
"""A gateway that does not answer so often in a row is not asked again in this run."""


@dataclass(frozen=True, slots=True)
class ReceiptReport:
    """Ids by the state that an answer led to; `still_unknown` are those of which the gateway shows nothing."""

    settled: Mapping[State, tuple[int, ...]] = field(default_factory=dict)
    still_unknown: tuple[int, ...] = ()

    @property
    def has_news(self) -> bool:
        """Whether the sheets have anything to be told."""
        return bool(self.settled)


def ask_for_receipts(
    state: StateDatabase, channels: Mapping[str, Channel], now: Callable[[], datetime], *, most: int = MOST
) -> ReceiptReport:
    """Ask, and write down what is answered."""
    askable: dict[str, Traceable] = {name: one for name, one in channels.items() if isinstance(one, Traceable)}
    if not askable:
        return ReceiptReport()
    turn = state.unsettled(
        list(askable),
        now(),
        unknown_for=UNKNOWN_FOR,
        sent_within=SENT_WITHIN,
        limit=most,
        only_unknown=[name for name, one in askable.items() if one.only_unknown],
    )
    settled: dict[State, list[int]] = {}
    still: list[int] = []
    silent: dict[str, int] = {}
    for one in turn:
        name = one.stored.message.channel
        if silent.get(name, 0) >= SILENCES:
            continue
        receipt = _asked(askable[name], one)
        silent[name] = silent.get(name, 0) + 1 if receipt is None else 0
        landed = state.take_receipt(one, receipt, now())
        if landed is not None:
            settled.setdefault(landed, []).append(one.stored.id)
        elif one.stored.state is State.UNKNOWN:
            still.append(one.stored.id)
    return ReceiptReport({where: tuple(ids) for where, ids in settled.items()}, tuple(still))


def _asked(channel: Traceable, one: Unsettled) -> Receipt | None:
    try:
        return channel.lookup(one.stored.message, one.provider_id, one.sent_at)
    except Exception:  # noqa: BLE001  a bug in one sender must not end a run that has delivered; it is asked again
        return None

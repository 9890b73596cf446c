"""The digest job: what each person should know in the morning, each store, and the managers more (20, Digest and reports).

What waits is gathered once over all registers (`daily/board.py`) and dealt out; nothing is looked at again for each reader.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from toolkit.core.actions import Occasion, Plan
from toolkit.core.reason import because
from toolkit.jobs.daily.board import board_of
from toolkit.jobs.daily.readers import Readers
from toolkit.jobs.daily.values import has_something, values_for
from toolkit.jobs.ticket.view import Views
from toolkit.registers.snapshot import Snapshot
from toolkit.settings.lexicons import lexicon_of
from toolkit.settings.model import Settings


def plan(snapshot: Snapshot, settings: Settings, now: datetime) -> Plan:
    """One digest for each person and store with an address, once a day; none where there is nothing to say."""
    notice = settings.notices.get("digest")
    if notice is None:
        return Plan()
    views = Views(lambda locale: lexicon_of(settings, locale))
    board = board_of(snapshot, settings, now)
    occasions: list[Occasion] = []
    for at, to, reader in Readers(board).recipients(notice):
        values = values_for(board, reader, views.words(to.locale))
        if not has_something(values) and not settings.digest.empty:
            continue
        occasions.append(
            Occasion(
                at=at,
                notice="digest",
                to=to,
                step=board.today.isoformat(),
                reason=because("message.digest"),
                values=partial(dict, values),
                event_at=now,
                expires_at=now + timedelta(days=1),
            )
        )
    return Plan(occasions=tuple(occasions))

"""After the letters have left: which call-backs were passed on by them, for the run's second small write (60, 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import replace
from datetime import datetime
from typing import Any

from toolkit.core.actions import Edit
from toolkit.jobs.callback.calls import NEEDED, Call, calls_made
from toolkit.jobs.callback.follow_ups import LETTER, FollowUps
from toolkit.jobs.ticket.case import judge_of
from toolkit.jobs.ticket.view import Views
from toolkit.registers.snapshot import Snapshot
from toolkit.settings.lexicons import lexicon_of
from toolkit.settings.model import Settings


def passed_on(snapshot: Snapshot, settings: Settings, now: datetime, written: Iterable[Edit]) -> Iterator[Edit]:
    """`forwarded_at` and what follows from it, of the call-backs whose letter to the store has left.

    `snapshot` has the rows as they were read, and the memory as it is now; `written` are the cells that the run has written
    since. What follows is written in one go: else the next run would have something to plan.
    """
    told = {(book, key) for book, register, key, notice in snapshot.memory.told if notice == LETTER}
    if not told or snapshot.is_unread(*NEEDED):
        return
    changed: dict[tuple[str, int], list[Edit]] = defaultdict(list)
    for one in written:
        if one.at.register == "surveys":
            changed[one.at.book, one.at.row].append(one)
    follow_ups = FollowUps(
        snapshot, settings, now, judge_of(snapshot, settings, now), Views(lambda locale: lexicon_of(settings, locale))
    )
    for call in calls_made(snapshot, settings):
        if call.row.forwarded_at is None and (call.table.book, call.number or "") in told:
            fresh = _as_it_stands(call, changed[call.table.book, call.row.row])
            yield from follow_ups.edits(fresh, follow_ups.clocks(fresh))


def _as_it_stands(call: Call, written: Iterable[Edit]) -> Call:
    row: Any = copy(call.row)
    for one in written:
        setattr(row, one.column, one.new)
    return replace(call, row=row)

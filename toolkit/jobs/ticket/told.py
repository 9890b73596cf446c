"""All that a ticket's customer and vendor are to hear now, and whether one of these letters tells the customer anew."""

from __future__ import annotations

from datetime import datetime

from toolkit.core.actions import Occasion
from toolkit.jobs.recipients import opted_out
from toolkit.jobs.since import go_live
from toolkit.jobs.ticket.case import Case
from toolkit.jobs.ticket.letters import Desk, letters
from toolkit.jobs.ticket.news import news
from toolkit.jobs.ticket.view import Views
from toolkit.registers.snapshot import Snapshot
from toolkit.settings.lexicons import lexicon_of
from toolkit.settings.model import Settings


def desk_of(snapshot: Snapshot, settings: Settings, now: datetime) -> Desk:
    """What the letters of one run share, worked out once for all jobs that ask."""

    def opened() -> Desk:
        views = Views(lambda locale: lexicon_of(settings, locale))
        return Desk(snapshot, settings, now, views, opted_out(snapshot, settings), go_live(settings, snapshot, now))

    return snapshot.once(("desk of tickets", now), opened)


def correspondence(desk: Desk, case: Case) -> tuple[Occasion, ...]:
    """The letters that stand for a ticket now. Where one of them is on its way the customer counts as told, so that
    no cell need change once it has left (P-23).
    """
    told = (*letters(desk, case), *news(desk, case))
    if any(desk.is_on_its_way(one) for one in told):
        case.tell()
    return told

"""A vendor declined, or did not answer in time: the dispatcher hears it, and who is next (P-25)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from itertools import pairwise
from typing import Any

from toolkit.core.actions import Occasion, RowId
from toolkit.core.reason import because
from toolkit.jobs.dispatching.outcomes import Found, dispatched, why_best
from toolkit.jobs.recipients import chain, present, reached, role_of_person
from toolkit.jobs.since import is_news
from toolkit.jobs.ticket.asked import DECLINED, SEEN_AS
from toolkit.jobs.ticket.case import Case, Judge
from toolkit.jobs.ticket.letters import Desk
from toolkit.rules.policy import fits

NOTICE = "vendor-silent"


def silent(desk: Desk, judge: Judge) -> Iterator[Occasion]:
    """The letters that stand about vendors who fell out."""
    notice = desk.settings.notices.get(NOTICE)
    if notice is None:
        return
    for found in dispatched(judge).values():
        case, how = found.wanted.case, found.wanted.how
        if how is None or case.number is None or case.is_doubled or not fits(notice.when, case.row):
            continue
        fell_out_at = _since(desk, case)
        if not is_news(fell_out_at, desk.settings, desk.since):
            continue
        asked = chain(desk.snapshot, case.row.owner, case.table.book, notice.to, case.row.store)
        person = present(desk.snapshot, asked, desk.snapshot.today(case.table, desk.now))
        if person is None:
            continue
        role, bounced = role_of_person(person), desk.snapshot.memory.bounced
        for to in reached(notice, desk.settings, person, role, person.name, frozenset(), bounced):
            yield Occasion(
                at=RowId(case.table.book, "tickets", case.number, case.row.row),
                notice=NOTICE,
                to=to,
                cause=case.row.vendor or "",
                round=_turn(case),
                reason=because(f"message.{NOTICE}", ticket=case.number, how=because(f"next.{how}")),
                values=partial(_values, desk, found, to.locale),
                event_at=fell_out_at,
                expires_at=desk.snapshot.calendar.add(fell_out_at, notice.expires) if notice.expires else None,
            )


def _since(desk: Desk, case: Case) -> datetime:
    """When the answer came, else when it was due."""
    clock = case.clock("reply")
    if clock is None:
        return desk.now
    return clock.stopped_at or min(clock.due_at, desk.now)


def _turn(case: Case) -> int:
    """The same vendor may be asked again after another one: how many times somebody was asked before."""
    spans = case.seen.get(SEEN_AS, ())
    vendors = [span.value.partition("|")[0] for span in spans]
    return sum(1 for earlier, later in pairwise(vendors) if earlier != later)


def _values(desk: Desk, found: Found, locale: str) -> dict[str, Any]:
    case, words = found.wanted.case, desk.views.words(locale)
    return {
        "ticket": desk.views.ticket(case, locale),
        "vendor": desk.views.vendor(desk.snapshot.vendor(case.row.vendor, case.table.book)),
        "is_declined": found.wanted.how == DECLINED,
        "suggested": words.say(why_best(found.best)) if found.best is not None else "",
    }

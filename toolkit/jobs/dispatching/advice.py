"""What a ticket's cells say of dispatching: who is suggested, and what comes next where nobody fits or the one asked fell out."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.core.reason import Reason, because
from toolkit.core.words import Words
from toolkit.jobs.dispatching.crew import crew_of
from toolkit.jobs.dispatching.outcomes import NEEDED, Found, found_for, why_best, why_nobody
from toolkit.jobs.edits import Why
from toolkit.jobs.ticket.case import Case
from toolkit.registers.snapshot import Snapshot


def vendor_suggestion(case: Case, words: Words) -> Iterator[tuple[str, object, Why]]:
    """The cell that suggests a vendor; empty once one stands who has not fallen out."""
    if case.judge is None or case.judge.snapshot.is_unread(*NEEDED):
        return
    found = None if case.is_frozen else found_for(case)
    stands = found is not None and bool(case.row.vendor) and found.wanted.how is None
    if found is None or found.best is None or stands:
        yield "suggested_vendor", None, _NO_SUGGESTION
        return
    yield "suggested_vendor", words.say(why_best(found.best)), _why(case, found)


def _why(case: Case, found: Found) -> Reason:
    judge, best = case.judge, found.best
    if judge is None or best is None:
        return _NO_SUGGESTION
    city = found.wanted.job.city
    of_city = sum(1 for one in crew_of(judge.snapshot, judge.settings, judge.now).vendors if city in one.cities)
    return because("edit.suggested-vendor", n=of_city, why=why_best(best))


def dispatch_step(snapshot: Snapshot, case: Case, who: Reason) -> Reason | None:
    """What comes next where nobody fits, or where the vendor who was asked fell out; None where nothing special does."""
    found = found_for(case)
    if found is None:
        return None
    if found.best is None:
        return because("next.find-vendor", why=why_nobody(found), who=who)
    if found.wanted.how is None:
        return None
    standing = snapshot.vendor(case.row.vendor, case.table.book)
    best = found.best.vendor
    return because(
        "next.next-vendor",
        name=standing.name if standing is not None else case.row.vendor,
        how=because(f"next.{found.wanted.how}"),
        vendor=f"{best.no} {best.name}",
        who=who,
    )


_NO_SUGGESTION = because("edit.no-suggestion")

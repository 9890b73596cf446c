"""What the call-backs put into the sheet: number, vendor and score on their own row, the newest score on the ticket."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from toolkit.core.actions import Edit
from toolkit.core.finding import Finding, Severity
from toolkit.core.reason import because
from toolkit.jobs.callback.calls import Call
from toolkit.jobs.edits import edit, holds
from toolkit.registers.schema import Fault
from toolkit.registers.snapshot import Snapshot
from toolkit.rules.questionnaire import one_decimal, score_of
from toolkit.settings.model import Settings

_SCORE = because("edit.score")
_NO_ANSWERS = because("edit.no-answers")
_NO_SURVEY = because("edit.no-survey")


def survey_edits(call: Call) -> Iterator[Edit]:
    """The row's own cells, but for its clocks."""
    table, row = call.table, call.row
    if row.key is None and call.number is not None:
        yield from edit(table, row, "survey_no", call.number, because("edit.number"))
    if call.vendor is not None and row.called_at is not None and not holds(row, "vendor", call.vendor.vendor_no):
        why = because("edit.survey-vendor", ticket=row.ticket_no)
        yield from edit(table, row, "vendor", call.vendor.vendor_no, why)
    score = one_decimal(score_of(call.rating)) if call.rating is not None else None
    rating = one_decimal(call.rating) if call.rating is not None else None
    if holds(row, "score", score) and holds(row, "rating", rating):
        return
    if row.adjusted_rating is not None:
        why = because("edit.adjusted", rating=row.adjusted_rating, reason=row.adjusted_reason)
    else:
        why = _SCORE if call.rating is not None else _NO_ANSWERS
    yield from edit(table, row, "score", score, why)
    yield from edit(table, row, "rating", rating, why)


def ticket_edits(snapshot: Snapshot, made: tuple[Call, ...]) -> Iterator[Edit]:
    """The score of the newest call that counts stands on its ticket."""
    newest: dict[str, dict[int, Call]] = defaultdict(dict)
    for call in made:
        if call.ticket is None or call.ticket_table is None or not call.counts or call.row.called_at is None:
            continue
        its, at = newest[call.ticket_table.book], call.ticket.row
        if at not in its or called(its[at]) <= called(call):
            its[at] = call
    for table in snapshot.of("tickets"):
        its = newest[table.book]
        for row in table.rows:
            found = its.get(row.row) if its else None
            if found is None and row.survey_score is None and not row.bad:
                continue
            score = one_decimal(score_of(found.rating)) if found is not None and found.rating is not None else None
            if holds(row, "survey_score", score):
                continue
            why = because("edit.ticket-score", survey=found.name) if found is not None else _NO_SURVEY
            yield from edit(table, row, "survey_score", score, why)


def called(call: Call) -> str:
    """When the call was made, to sort by."""
    return str(call.row.called_at)


def survey_findings(settings: Settings, made: tuple[Call, ...]) -> Iterator[Finding]:
    """What is remarkable of a call: it lasted too long, it repeats another.

    Where customers are called again after some time (P-21), a second call is none of the job's, and nothing is amiss.
    """
    longest = settings.callbacks.longest_minutes
    for call in made:
        minutes = call.row.minutes
        if minutes is not None and minutes > longest:
            why = because("fault.long-call", minutes=minutes, longest=longest)
            yield call.table.finding(call.row, Fault("long-call", "minutes", why, Severity.WARNING))
        if call.twin_of is not None:
            why = because("fault.twin-call", survey=call.twin_of.name)
            yield call.table.finding(call.row, Fault("not-counted", "called_at", why, Severity.WARNING))
        elif call.second_to is not None and not settings.callbacks.periodic:
            why = because("fault.second-call", survey=call.second_to.name)
            yield call.table.finding(call.row, Fault("not-counted", "called_at", why, Severity.WARNING))

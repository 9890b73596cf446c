"""The call-backs job: scores of the calls made, ratings of the vendors, what the stores are told, the calls to make."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from toolkit.core.actions import Edit, Occasion, Plan
from toolkit.core.finding import Finding
from toolkit.jobs.agenda import Due
from toolkit.jobs.callback.answers import Answers
from toolkit.jobs.callback.calls import NEEDED, calls_made, survey_numbers
from toolkit.jobs.callback.cells import survey_edits, survey_findings, ticket_edits
from toolkit.jobs.callback.contacts import Contacts
from toolkit.jobs.callback.entries import entries_due, entry_alerts
from toolkit.jobs.callback.finishes import finishes_seen
from toolkit.jobs.callback.follow_ups import FollowUps
from toolkit.jobs.callback.ratings import vendor_edits
from toolkit.jobs.callback.wanted import call_list, periodic_dues
from toolkit.jobs.ladder import Ladder
from toolkit.jobs.ticket.case import judge_of
from toolkit.jobs.ticket.view import Views
from toolkit.registers.snapshot import Snapshot
from toolkit.settings.lexicons import lexicon_of
from toolkit.settings.model import Settings


def plan(snapshot: Snapshot, settings: Settings, now: datetime) -> Plan:
    """All that the call-backs, contacts and vendors ask for at `now`; while a register that counts cannot be read, only what is wrong."""
    findings: tuple[Finding, ...] = tuple(survey_findings(settings, calls_made(snapshot, settings)))
    if snapshot.is_unread(*NEEDED):
        return Plan(findings=findings)
    judge, views = judge_of(snapshot, settings, now), Views(lambda locale: lexicon_of(settings, locale))
    ladder = Ladder(snapshot, settings, now, views)
    made = calls_made(snapshot, settings)
    follow_ups = FollowUps(snapshot, settings, now, judge, views)
    answers = Answers(snapshot, settings, now, judge, views)
    contacts = Contacts(snapshot, settings, now, judge, views)
    edits: list[Edit] = []
    occasions: list[Occasion] = []
    for call in made:
        clocks = follow_ups.clocks(call)
        edits += survey_edits(call)
        edits += follow_ups.edits(call, clocks)
        occasions += answers.after(call)
        occasions += follow_ups.letters(call)
        occasions += follow_ups.alerts(call, clocks, ladder)
    edits += ticket_edits(snapshot, made)
    edits += vendor_edits(snapshot, settings, made, now, views)
    edits += contacts.edits()
    occasions += answers.questions()
    occasions += contacts.alerts(ladder)
    occasions += entry_alerts(snapshot, settings, now, views, ladder)
    occasions += call_list(snapshot, settings, now, views)
    observations = tuple(finishes_seen(snapshot, settings, now))
    reservations = (*survey_numbers(snapshot, settings)[1], *contacts.reservations)
    return Plan(tuple(edits), (), tuple(occasions), findings, observations, reservations)


def agenda(snapshot: Snapshot, settings: Settings, now: datetime) -> Iterator[Due]:
    """What is open: call-backs to pass on and to answer, agreed contacts, installations to enter, calls after a delivery.

    The call after a job is a clock of its ticket, and stands on the tickets' agenda.
    """
    if snapshot.is_unread(*NEEDED):
        return
    judge, views = judge_of(snapshot, settings, now), Views(lambda locale: lexicon_of(settings, locale))
    follow_ups = FollowUps(snapshot, settings, now, judge, views)
    for call in calls_made(snapshot, settings):
        yield from follow_ups.dues(call, follow_ups.clocks(call))
    yield from Contacts(snapshot, settings, now, judge, views).dues()
    yield from entries_due(snapshot, settings, now, views)
    yield from periodic_dues(snapshot, settings, now, views)

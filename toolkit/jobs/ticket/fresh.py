"""Tickets that have ended lately: what ended them may still have to be told, so they are not settled yet."""

from __future__ import annotations

from datetime import datetime

from toolkit.jobs.ticket.case import Case, Judge

LAST_LETTERS = ("out-of-scope", "closing", "care", "repair-report")
"""The letters that may leave after a ticket was closed."""


def has_just_ended(judge: Judge, case: Case) -> bool:
    """Whether the status was first seen while the desk runs, and not longer ago than a letter about it may wait.

    What the first run of all finds closed was closed before anybody asked the toolkit to tell of it.
    """
    first_run_at, spans = judge.snapshot.memory.first_run_at, case.seen.get("status")
    if first_run_at is None or first_run_at >= judge.now:
        return False
    if not spans or spans[-1].value != case.row.status:
        return True
    return spans[-1].first_seen_at > max(first_run_at, _told_from(judge))


def _told_from(judge: Judge) -> datetime:
    """Letters about what happened before this moment have expired by now."""
    return judge.snapshot.once(("told-from", judge.now), lambda: _earliest(judge))


def _earliest(judge: Judge) -> datetime:
    calendar, notices = judge.snapshot.calendar, judge.settings.notices
    waits = (notices[name].expires for name in LAST_LETTERS if name in notices)
    return min((calendar.before(judge.now, one) for one in waits if one is not None), default=judge.now)
